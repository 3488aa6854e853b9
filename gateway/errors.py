"""Errors of the wiring.

Complaint            what stands in the way of starting, and what to do about it, in one line
"""


class Complaint(Exception):
    """Cannot start; the message says why and what to do."""
