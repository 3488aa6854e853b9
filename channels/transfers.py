"""Where a call may be put through to: numbers that a published tree writes, and the names of the settings' list.

Emergency numbers are nobody's to be transferred to: whoever needs them must call from where they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

EMERGENCY = frozenset({"110", "118", "119", "112", "911"})
"""Police, coast guard, fire and ambulance in Japan, and what people of other countries dial instead."""
_NUMBER = re.compile(r"\+?[0-9]{2,15}")
_URI = re.compile(r"sips?:(?P<user>[A-Za-z0-9._+*#~-]{1,64})@[A-Za-z0-9.:\[\]-]{1,253}(;transport=(tcp|tls|udp))?")
_PREFIXES = re.compile(r"^(?:\+81|184|186)+")
"""The country, and what withholds or shows a number (184, 186)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """named: name to number or SIP address. domain: of numbers, the trunk's; empty: where the call came from."""

    named: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""

    def target(self, to: str) -> str | None:
        """What the line is told: a SIP address, or a number whose domain the line knows; None: not to be called."""
        found = to if _NUMBER.fullmatch(to) else self.named.get(to, "")
        if not is_allowed(found):
            return None
        return f"sip:{found}@{self.domain}" if self.domain and _NUMBER.fullmatch(found) else found


def is_allowed(target: str) -> bool:
    """Whether this is a number or SIP address that a call may be put through to."""
    uri = _URI.fullmatch(target)
    if uri is None and not _NUMBER.fullmatch(target):
        return False
    bare = _PREFIXES.sub("", re.sub(r"[-.]", "", uri["user"] if uri else target))
    # Behind many exchanges a 0 in front is the way out.
    return bare not in EMERGENCY and bare.removeprefix("0") not in EMERGENCY
