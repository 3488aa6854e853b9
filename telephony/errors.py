"""What can go wrong on the line.

LineError
|- CannotListen     the SIP port or address cannot be had
|- EngineBroken     the SIP library does not behave as this code needs it
|- BadScript        the test caller was told something that it does not understand
"""

from __future__ import annotations


class LineError(Exception):
    """The line cannot do its work."""


class CannotListen(LineError):
    """The SIP port or address cannot be had: another program has it, or this machine has no such address."""


class EngineBroken(LineError):
    """The SIP library does not behave as this code needs it."""


class BadScript(LineError):
    """The test caller was told something that it does not understand."""
