"""The rules: what may happen, what is wanted, the tree, and the engine that walks it.

Pure by contract: no clock, no input or output, no channel. Time arrives inside events.
"""
