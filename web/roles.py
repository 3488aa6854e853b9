"""Who may do what: the one table. A route names what it is about; the door asks here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from conversation.users import Role

May = Literal[
    "timelines", "console", "customers.read", "customers.change", "callbacks.read", "callbacks.change",
    "trees.read", "trees.change", "users.read", "users.change", "audit",
]  # fmt: skip

WHO: Mapping[May, tuple[Role, ...]] = {
    # conversations, and what was said in them
    "timelines": ("agent", "supervisor", "admin", "auditor"),
    # everything else that the console shows: files of lists, messages
    "console": ("supervisor", "admin", "auditor"),
    "customers.read": ("supervisor", "admin", "auditor"),
    "customers.change": ("admin",),
    "callbacks.read": ("agent", "supervisor", "admin", "auditor"),
    "callbacks.change": ("agent", "supervisor", "admin"),
    "trees.read": ("admin", "auditor"),
    "trees.change": ("admin",),
    "users.read": ("admin", "auditor"),
    "users.change": ("admin",),
    "audit": ("admin", "auditor"),
}


def may(role: Role, what: May) -> bool:
    return role in WHO[what]


def all_of(role: Role) -> frozenset[May]:
    """Everything that this role may do."""
    return frozenset(what for what, roles in WHO.items() if role in roles)
