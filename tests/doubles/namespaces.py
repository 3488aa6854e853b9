"""Network namespaces for a test: a contact centre behind one-to-one NAT, and a caller on the other side.

    caller 198.51.100.2 --- 198.51.100.1 router 10.77.0.1 --- 10.77.0.2 centre
                            198.51.100.10 is the centre, for callers

What a call needs of advertised addresses shows only here: on loopback every wrong address still arrives.
Needs root, as making namespaces does.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _setns(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@contextlib.contextmanager
def inside(name: str | None) -> Iterator[None]:
    """Sockets and processes that this thread makes within are in the network namespace ``name``; None: where it is."""
    if name is None:
        yield
        return
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        _setns(there)
        yield
    finally:
        _setns(home)
        os.close(there)
        os.close(home)


@dataclass(frozen=True, slots=True)
class Town:
    """Names of the namespaces, and addresses as drawn above."""

    caller: str
    router: str
    centre: str
    caller_address: str = "198.51.100.2"
    centre_address: str = "10.77.0.2"
    advertised: str = "198.51.100.10"


_NAT = """
table ip nat {{
    chain pre {{
        type nat hook prerouting priority -100;
        iifname "caller" ip daddr {town.advertised} dnat to {town.centre_address};
    }}
    chain post {{
        type nat hook postrouting priority 100;
        oifname "caller" ip saddr {town.centre_address} snat to {town.advertised};
    }}
}}
"""


@contextlib.contextmanager
def town() -> Iterator[Town]:
    """Makes the three namespaces and removes them."""
    tag = f"dw{os.getpid() % 100000}"
    here = Town(f"{tag}-caller", f"{tag}-router", f"{tag}-centre")
    names = (here.caller, here.router, here.centre)
    try:
        for name in names:
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        for name, address, gateway in (
            (here.caller, here.caller_address, "198.51.100.1"),
            (here.centre, here.centre_address, "10.77.0.1"),
        ):
            inner = name.rpartition("-")[2]
            _ip("link", "add", "up0", "netns", name, "type", "veth", "peer", "name", inner, "netns", here.router)
            _ip("-n", name, "addr", "add", f"{address}/24", "dev", "up0")
            _ip("-n", name, "link", "set", "up0", "up")
            _ip("-n", here.router, "addr", "add", f"{gateway}/24", "dev", inner)
            _ip("-n", here.router, "link", "set", inner, "up")
            _ip("-n", name, "route", "add", "default", "via", gateway)
        _ip("-n", here.router, "addr", "add", f"{here.advertised}/32", "dev", "caller")
        _in(here.router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        _in(here.router, "nft", _NAT.format(town=here))
        yield here
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, timeout=10)


def _in(name: str, *command: str) -> None:
    subprocess.run(["ip", "netns", "exec", name, *command], check=True, timeout=10)
