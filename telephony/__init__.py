"""The line: SIP, the edge in front of it, frames, keys, playout, recording. Knows nothing of menus.

Only PCM, keys and seconds cross: ``telephony.orders`` is the whole vocabulary between a line worker and the hub.
"""
