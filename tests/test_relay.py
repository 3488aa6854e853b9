"""The relay that tests of bad networks lean on."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from relay import Relay, chances, jitter


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client and a server."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        for end in (one, two):
            end.bind(("127.0.0.1", 0))
            end.settimeout(2)
        yield one, two


def send(client: socket.socket, relay: Relay, count: int) -> None:
    for number in range(count):
        client.sendto(bytes([number]), relay.address)


def receive(server: socket.socket, count: int) -> list[int]:
    return [server.recvfrom(10)[0][0] for _ in range(count)]


def test_what_is_sent_arrives_and_so_does_the_answer(ends):
    client, server = ends
    with Relay(server.getsockname()) as relay:
        client.sendto(b"moshi", relay.address)
        data, source = server.recvfrom(100)
        server.sendto(data + b" moshi", source)
        assert client.recvfrom(100) == (b"moshi moshi", relay.address)
    assert (relay.passed, relay.lost) == (2, 0)


def test_exactly_the_named_ones_are_lost(ends):
    client, server = ends
    with Relay(server.getsockname(), loss=[False, False, True]) as relay:
        send(client, relay, 9)
        assert receive(server, 6) == [0, 1, 3, 4, 6, 7]
    assert relay.lost == 3


def test_the_first_can_be_spared(ends):
    client, server = ends
    with Relay(server.getsockname(), loss=[True], clean=3) as relay:
        send(client, relay, 5)
        assert receive(server, 3) == [0, 1, 2]
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            receive(server, 1)


def test_unequal_delays_reorder(ends):
    client, server = ends
    with Relay(server.getsockname(), delay=[0.2, 0.0]) as relay:
        began = time.monotonic()
        send(client, relay, 4)
        assert receive(server, 4) == [1, 3, 0, 2]
        assert time.monotonic() - began >= 0.2


def test_a_datagram_can_come_twice(ends):
    client, server = ends
    with Relay(server.getsockname(), twice=[True, False]) as relay:
        send(client, relay, 2)
        assert receive(server, 3) == [0, 0, 1]


def test_chances_are_the_same_every_time_and_about_as_many_as_asked():
    assert chances(0.05) == chances(0.05) != chances(0.05, seed=2)
    assert 30 <= sum(chances(0.05)) <= 70
    assert jitter(0.06) == jitter(0.06)
    assert 0 <= min(jitter(0.06)) <= max(jitter(0.06)) <= 0.06
