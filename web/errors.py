"""What can go wrong on the screens.

ScreenError
|-- BrokenCatalogue    ours: words are missing or unreadable
|-- Refused            theirs: answered with a page that says what to do
    |-- Forged         a form that was not ours, or is too old (403)
    |-- TooBusy        too many requests from one client (429)
    |-- NotSignedIn    the console needs a session (303 to the sign-in page)
    |-- NotAllowed     the role does not allow it (403)
    |-- NoSuchPage     nothing here (404)
    |-- ApiRefused     a request to the API; answered in JSON
"""

from __future__ import annotations


class ScreenError(Exception):
    """Something on the screens went wrong."""


class BrokenCatalogue(ScreenError):
    """A catalogue of words cannot be used."""


class Refused(ScreenError):
    """The request is refused; ``status`` and ``reason`` choose the page that says so."""

    status = 400
    reason = "refused"


class Forged(Refused):
    """The form did not come from our page, or from one that is too old."""

    status = 403
    reason = "refused"


class TooBusy(Refused):
    """Too many requests from one client. ``after``: whole seconds until the next is taken."""

    status = 429
    reason = "busy"

    def __init__(self, after: int = 30) -> None:
        super().__init__("too many requests")
        self.after = after


class NotSignedIn(Refused):
    """The console is for those who signed in."""

    status = 303


class NotAllowed(Refused):
    """``roles``: those that may."""

    status = 403
    reason = "not_allowed"

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__("the role does not allow it")
        self.roles = roles


class NoSuchPage(Refused):
    """Nothing is here."""

    status = 404
    reason = "unknown"


class ApiRefused(Refused):
    """Answered in JSON: ``reason`` is an id in the catalogue (``api.<reason>``), ``more`` stands beside it."""

    def __init__(self, status: int, reason: str, **more: object) -> None:
        super().__init__(reason)
        self.status, self.reason, self.more = status, reason, more
