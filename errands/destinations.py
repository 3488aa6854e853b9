"""Where a webhook may lead: to public addresses, and to those of our own that the operator has allowed.

A tree is written by people who may not know this network, and an answer can redirect anywhere. So a name is resolved
here, all of its addresses are checked, and the connection is made to an address that was checked: a name that resolves
to something else a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from errands.errors import Refused, Unreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Given host and port; the addresses as text. Raises OSError."""

LONGEST = 2000
_RESOLVERS = ThreadPoolExecutor(4, thread_name_prefix="resolve")
"""Of its own: a name server that does not answer must not hold up what else waits for a thread."""
_HOST = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?")
# IANA special-purpose registries (RFC 6890 and its updates), multicast (RFC 5771), reserved (RFC 1112), and the address
# at which Azure answers its machines.
_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
# Within it: protocol assignments with Teredo and ORCHID, documentation, 6to4: each may hide an address of version 4.
_NOT_PUBLIC_6 = tuple(ipaddress.IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: an address of version 4 in the last 32 bits."""


@dataclass(frozen=True, slots=True)
class Destination:
    """host: a name, lower case, or an address. target: path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """What stands in ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def destination(url: str) -> Destination:
    """Raises Refused for what is no plain http(s) address."""
    if len(url) > LONGEST or re.search(r"[\x00-\x20\x7f\\]", url):
        raise Refused("the address of a webhook is not well formed")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").casefold(), parts.port
    except ValueError:
        raise Refused("the address of a webhook is not well formed") from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        raise Refused("the address of a webhook is not well formed")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    return Destination(parts.scheme, _host(host), port or (443 if parts.scheme == "https" else 80), target)


class Allowed:
    """What the operator allows beyond the public: hosts by name, addresses, networks (CIDR)."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        """Raises ValueError for an entry that is none of these."""
        hosts: set[str] = set()
        networks: list[Network] = []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry.strip().strip("[]")))
            except ValueError:
                name = entry.strip().casefold().rstrip(".")
                if not _HOST.fullmatch(name) or _is_number(name):
                    raise ValueError(f"{entry!r} is neither a host nor an address nor a network") from None
                hosts.add(name)
        self._hosts, self._networks = frozenset(hosts), tuple(networks)

    async def addresses(self, wanted: Destination, resolve: Resolve) -> list[str]:
        """The addresses that may be connected to. Raises Refused, Unreachable."""
        by_name = wanted.host in self._hosts
        try:
            literal = _address(wanted.host)
            found = [wanted.host] if literal else await resolve(wanted.host, wanted.port)
        except (OSError, UnicodeError):
            raise Unreachable("the name of a webhook's host is not known") from None
        addresses = [address for one in found if (address := _address(one)) is not None]
        if not addresses or len(addresses) != len(found):
            raise Unreachable("the name of a webhook's host has no address")
        ours = [by_name or any(address in network for network in self._networks) for address in addresses]
        if not all(own or is_public(address) for own, address in zip(ours, addresses, strict=True)):
            raise Refused("a webhook leads to an address that is not public; DENWABAN_WEBHOOK_ALLOW can allow it")
        if wanted.scheme == "http" and not all(ours):
            raise Refused("a webhook without TLS leads outside; DENWABAN_WEBHOOK_ALLOW can allow its host")
        return [str(address) for address in addresses]


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
    return not any(address in network for network in _NOT_PUBLIC_4)


async def by_system(host: str, port: int) -> list[str]:
    """The system's resolver."""

    def ask() -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(one[4][0]) for one in found))

    return await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)


def _host(host: str) -> str:
    """Raises Refused."""
    if (literal := _address(host)) is not None:
        return str(literal)
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    # 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 to some resolvers, and names to nobody.
    if not _HOST.fullmatch(name) or _is_number(name):
        raise Refused("the host of a webhook is no name and no plain address")
    return name.rstrip(".")


def _address(text: str) -> Address | None:
    """An address in its usual form, of version 4 where it stands for one; None for anything else."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return None
        return found.ipv4_mapped or found
    return found


def _is_number(host: str) -> bool:
    """WHATWG URL, "ends in a number": what a browser would read as an address of version 4."""
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdecimal() or bool(re.fullmatch(r"0x[0-9a-f]*", last))
