"""Keeping strangers' sound out of a call.

The SIP library plays RTP from whoever sends it to a call's port. So once the far end's address is known, the port's
socket is connected to it, and the kernel drops everybody else's datagrams. The socket is found among this process's own
by the port that it is bound to; the library knows nothing of it, and sends on as before.
"""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

_FAMILY_NONE = bytes(16)
"""A sockaddr of family AF_UNSPEC: connecting to it undoes a connection (connect(2))."""
_libc = ctypes.CDLL(None, use_errno=True)


def address(text: str) -> tuple[str, int] | None:
    """``192.0.2.1:4000`` as a pair; None for what is no IPv4 address with a port."""
    host, _, port = text.rpartition(":")
    try:
        socket.inet_aton(host)
        number = int(port)
    except (OSError, ValueError):
        return None
    return (host, number) if host.count(".") == 3 and 0 < number < 65536 else None


def lock(port: int, source: tuple[str, int]) -> bool:
    """Let the UDP socket bound to this port of ours hear ``source`` alone. True if that worked."""
    found = _bound_to(port)
    if found is None:
        return False
    with found:
        try:
            found.connect(source)
        except OSError:
            return False
    return True


def unlock(port: int) -> bool:
    """Let it hear everybody again. True if that worked. The port stays its own only if it was bound by number."""
    found = _bound_to(port)
    if found is None:
        return False
    with found:
        return bool(_libc.connect(found.fileno(), _FAMILY_NONE, len(_FAMILY_NONE)) == 0)


def _bound_to(port: int) -> socket.socket | None:
    """A second handle on the socket; closing it leaves the library's own open."""
    for entry in Path("/proc/self/fd").iterdir():
        try:
            if not os.readlink(entry).startswith("socket:"):  # noqa: PTH115 -- not a path
                continue
            candidate = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue
        name = candidate.getsockname() if candidate.family == socket.AF_INET else None
        if candidate.type == socket.SOCK_DGRAM and name is not None and name[1] == port:
            return candidate
        candidate.close()
    return None
