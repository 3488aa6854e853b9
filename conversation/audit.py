"""The row that says who did what, to be kept together with what was done."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from conversation.operations import Put
from conversation.tables import Audit


def noted(site: str, at: datetime, user: str | None, what: str, about: str = "") -> Put:
    """user: an id, None for nobody who signed in. about: an id, never content."""
    return Put(Audit(site_id=site, id=uuid4().hex, at=at, user_id=user, what=what, about=about))
