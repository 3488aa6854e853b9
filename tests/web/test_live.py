from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from conversation.errors import Away
from web.errors import TooBusy
from web.live import EventStream, Seats, Wake, event


def test_every_line_of_an_event_is_a_field_of_its_own() -> None:
    assert event("now", "<p>\r\none\ntwo") == b"event: now\ndata: <p>\ndata: one\ndata: two\n\n"
    assert event("now", "") == b"event: now\ndata: \n\n"


async def test_many_tellings_wake_once() -> None:
    wake = Wake()
    for _ in range(5):
        wake.tell()
    assert await wake.wait(1)
    assert not await wake.wait(0.01)


async def test_a_telling_between_two_waits_is_not_lost_even_from_another_thread() -> None:
    wake = Wake()
    await asyncio.to_thread(wake.tell)
    assert await wake.wait(1)


def test_seats_are_few_for_each_and_for_all_and_free_again() -> None:
    seats = Seats(most=3, each=2)
    with seats.seat("a"), seats.seat("a"):
        with pytest.raises(TooBusy), seats.seat("a"):
            pass
        with seats.seat("b"), pytest.raises(TooBusy), seats.seat("c"):
            pass
    assert seats.taken == 0


async def _run(source: AsyncGenerator[bytes, None], *, leaves: asyncio.Event) -> list[bytes]:
    sent: list[bytes] = []

    async def receive() -> dict[str, str]:
        await leaves.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message.get("body", b""))  # type: ignore[arg-type]

    await EventStream(lambda: source, contextlib.nullcontext())({"type": "http"}, receive, send)  # type: ignore[arg-type]
    return sent


async def test_a_source_is_left_the_moment_the_browser_has_gone() -> None:
    leaves, left = asyncio.Event(), asyncio.Event()

    async def source() -> AsyncGenerator[bytes, None]:
        try:
            yield b"one"
            leaves.set()
            await asyncio.Event().wait()
        finally:
            left.set()

    async with asyncio.timeout(2):
        sent = await _run(source(), leaves=leaves)
    assert b"one" in sent
    assert left.is_set()


async def test_a_stream_ends_quietly_when_the_record_is_away() -> None:
    async def source() -> AsyncGenerator[bytes, None]:
        yield b"one"
        raise Away("the database does not answer")

    async with asyncio.timeout(2):
        sent = await _run(source(), leaves=asyncio.Event())
    assert sent[-2:] == [b"one", b""]


async def test_what_goes_wrong_in_a_source_is_not_swallowed() -> None:
    async def source() -> AsyncGenerator[bytes, None]:
        yield b"one"
        raise LookupError

    async with asyncio.timeout(2):
        with pytest.raises(LookupError):
            await _run(source(), leaves=asyncio.Event())
