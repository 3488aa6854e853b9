from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from telephony.source import address, lock, unlock


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    for one in made:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()
        one.bind(free)  # by number: a port that the system chose is lost when the socket is disconnected
        one.settimeout(5)
    yield made
    for one in made:
        one.close()


def test_a_locked_port_hears_one_address_alone_until_it_is_unlocked(sockets: list[socket.socket]) -> None:
    port, friend, stranger = sockets
    here = port.getsockname()
    assert lock(here[1], friend.getsockname())
    stranger.sendto(b"stranger", here)
    friend.sendto(b"friend", here)
    assert port.recv(100) == b"friend"
    assert unlock(here[1])
    stranger.sendto(b"stranger", here)
    assert port.recv(100) == b"stranger"


def test_what_is_no_port_of_ours_is_neither_locked_nor_unlocked(sockets: list[socket.socket]) -> None:
    port = sockets[0].getsockname()[1]
    sockets[0].close()
    assert not lock(port, ("127.0.0.1", 9))
    assert not unlock(port)


@pytest.mark.parametrize("text", ["", "x", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:0", "[::1]:4000", "1:2:3"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert address(text) is None


def test_an_address_is_a_host_and_a_port() -> None:
    assert address("192.0.2.1:4000") == ("192.0.2.1", 4000)
