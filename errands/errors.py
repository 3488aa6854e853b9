"""What can go wrong with a webhook.

CallError            its text is a fixed sentence for the log; ``reason`` is what the tree is told
├── Refused              ours: an address that may not be called, or no secret to sign with
├── Unreachable          theirs, as all that follow: no connection, or it broke off
├── TookTooLong
├── BadStatus            no 2xx; passing when it may be another the next time
├── TooLarge
└── BadAnswer            not a JSON object, or not with all that the tree wants of it
"""

from __future__ import annotations

from typing import ClassVar


class CallError(Exception):
    """reason: as in ``ivr.events.CallFailed``. is_passing: whether to ask again."""

    reason: ClassVar[str]
    is_passing = False


class Refused(CallError):
    reason = "refused"


class Unreachable(CallError):
    reason = "unreachable"
    is_passing = True


class TookTooLong(CallError):
    reason = "timeout"
    is_passing = True


class BadStatus(CallError):
    reason = "status"

    def __init__(self, text: str, *, is_passing: bool = False) -> None:
        super().__init__(text)
        self.is_passing = is_passing


class TooLarge(CallError):
    reason = "too_large"


class BadAnswer(CallError):
    reason = "bad_answer"
