"""Who seems to be calling, read from the INVITE as it came.

Headers in order of worth: P-Asserted-Identity (RFC 3325), then From. Privacy (RFC 3323), ``anonymous`` and the Japanese
prefixes 184 (withhold) and 186 (present) are honoured. Nothing here is proof: a trunk's assertion is worth what the
trunk is worth, so whoever uses a number must treat it as unverified.

Everything is hostile: only the header part is read, only characters of a dialled number come out, nothing raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

LONGEST_NUMBER = 20
LONGEST_NAME = 64
_COMPACT = {"f": "from", "t": "to", "i": "call-id"}
_URI = re.compile(r"(?i)\b(sips?|tel):([^@;?>\s,]{1,128})(?:@([^;?>\s,]{1,255}))?")
_VISUAL = re.compile(r"[-.()]")
_NUMBER = re.compile(rf"^\+?[0-9*#]{{1,{LONGEST_NUMBER}}}$")
_USER = re.compile(rf"^[A-Za-z0-9_.+*#~-]{{1,{LONGEST_NAME}}}$")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_NAMELESS = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private", "withheld"})
_HIDES = frozenset({"id", "user", "header", "full"})


@dataclass(frozen=True, slots=True)
class Identity:
    """caller, called, diverted: user parts as received (numbers without visual separators), or None.

    host: host and port that the call says it comes from, or None.
    """

    caller: str | None
    called: str | None
    diverted: str | None
    privacy: bool
    sip_call_id: str
    host: str | None = None


def identify(invite: str) -> Identity:
    """Total: garbage gives an Identity of Nones."""
    headers = _headers(invite)

    def users(name: str) -> list[str]:
        return [user for value in headers.get(name, []) for user in _users(value)]

    privacy = bool(_HIDES & {word.strip().lower() for value in headers.get("privacy", []) for word in value.split(";")})
    asserted, claimed = users("p-asserted-identity"), users("from")
    named = [user for user in (*asserted, *claimed) if user.lower() not in _NAMELESS]
    nameless = any(user.lower() in _NAMELESS for user in claimed)
    privacy = privacy or nameless or "anonymous.invalid" in " ".join(headers.get("from", [])).lower()
    caller, hidden = _without_prefix(next((user for user in named if _NUMBER.match(user)), next(iter(named), None)))
    privacy = privacy or hidden
    return Identity(
        caller=None if privacy else caller,
        called=_called(invite, users("to")),
        diverted=next(iter((*users("diversion"), *users("history-info"))), None),
        privacy=privacy,
        sip_call_id=re.sub(r"[^!-~]", "", next(iter(headers.get("call-id", [])), ""))[:128],
        host=_host(headers.get("from", [])) or _host(headers.get("contact", [])),
    )


def _called(invite: str, to: list[str]) -> str | None:
    request = _users(invite.split("\n", 1)[0][:512])
    return next(iter((*to, *request)), None)


def _host(values: list[str]) -> str | None:
    for value in values:
        for match in _URI.finditer(_unquoted(value)):
            host = match[3] or ""
            if _HOST.fullmatch(host) and not host.lower().endswith(".invalid"):
                return host
    return None


def _headers(invite: str) -> dict[str, list[str]]:
    head = re.split(r"\r?\n\r?\n", invite[:65_536], maxsplit=1)[0]
    lines: list[str] = []
    for line in re.split(r"\r?\n", head)[1:]:
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += " " + line.strip()  # RFC 3261 7.3.1: a folded header
        else:
            lines.append(line)
    headers: dict[str, list[str]] = {}
    for line in lines[:200]:
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if colon and key:
            headers.setdefault(_COMPACT.get(key, key), []).append(value.strip()[:1024])
    return headers


def _users(value: str) -> list[str]:
    """User parts of the SIP and tel URIs in a header; what stands in a quoted display name is none."""
    return [user for match in _URI.finditer(_unquoted(value)) if (user := _clean(match)) is not None]


def _unquoted(value: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"?', " ", value)


def _clean(match: re.Match[str]) -> str | None:
    scheme, user, host = match.groups()
    if host is None and scheme.lower() != "tel":
        return None  # sip:host has no user
    user = unquote(user.partition(":")[0], errors="replace")
    number = _VISUAL.sub("", user)
    if _NUMBER.match(number):
        return number
    return user if _USER.match(user) else None


def _without_prefix(number: str | None) -> tuple[str | None, bool]:
    """A dialled 184 withholds the number, 186 presents it; what remains is the number."""
    if number is None:
        return None, False
    for prefix, hides in (("184", True), ("186", False)):
        if re.fullmatch(prefix + r"0\d{8,10}", number):
            return number[3:], hides
    return number, False
