from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sending
from record import NUMBER, Clock, Place, Trees, called, pressed

from conversation.history import Line
from conversation.inbox import Inbox
from conversation.live import Delivery
from conversation.store import Store
from deflect.codes import MOST, Codes
from deflect.errors import RevokedLink, SenderBusy, SenderRefused
from deflect.links import Links
from deflect.mover import Mover
from deflect.offers import Limits
from deflect.senders import Outbox, Sender, TrialSender
from ivr.events import Caller, Joined, PageArrived

URL = "https://example.jp/l/{token}"


class Parts:
    """What a hub has of the record and the move, on one store."""

    def __init__(self, store: Store, trees: Trees, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.inbox = Inbox(store, trees, clock)
        self.links = Links(store, timedelta(hours=24), clock)
        self.codes = Codes(self.links, store, clock)
        self.outbox = Outbox(store, clock)

    @asynccontextmanager
    async def mover(self, sender: Sender | None = None, limits: Limits | None = None) -> AsyncIterator[None]:
        mover = Mover(
            self.inbox,
            self.links,
            self.codes,
            self.outbox,
            sender or TrialSender(self.outbox),
            url=URL,
            clock=self.clock,
            limits=limits,
            again=0.02,
        )
        running = asyncio.create_task(mover.run())
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def awaited(self, *kinds: str) -> Callable[[], asyncio.Future[Delivery]]:
        """The next delivery of one of these kinds of event."""
        found: asyncio.Future[Delivery] = asyncio.get_running_loop().create_future()

        def heard(delivery: Delivery) -> None:
            if delivery.event.kind in kinds and not found.done():
                found.set_result(delivery)

        self.inbox.subscribe(heard)
        return lambda: asyncio.wait_for(found, 20)  # type: ignore[return-value]


@pytest.fixture
def parts(place: Place, trees: Trees, clock: Clock) -> Parts:
    return Parts(place.open(), trees, clock)


async def ask_for_link(parts: Parts) -> str:
    return await called(parts.inbox, parts.clock, "11")


async def kinds(parts: Parts, conversation: str) -> list[str]:
    return [line.kind for line in await parts.inbox.timeline(conversation)]


async def test_the_link_that_the_caller_asked_for_is_sent_and_leads_to_the_conversation(parts: Parts) -> None:
    sent = parts.awaited("LinkSent")
    async with parts.mover():
        conversation = await ask_for_link(parts)
        delivery = await sent()
    assert delivery.event.to_masked == "090-****-5678"
    (message,) = await parts.outbox.messages(10)
    assert (message.to, message.conversation) == (NUMBER, conversation)
    assert message.text.startswith("みらいライフ")
    assert len(message.text) <= 70
    page = await parts.links.find(message.text.rpartition("/l/")[2].split()[0])
    assert (page.conversation, page.trusted) == (conversation, True)


async def test_what_was_left_undone_is_performed_at_the_next_start_and_once(parts: Parts) -> None:
    conversation = await ask_for_link(parts)
    for _ in range(3):
        if await parts.inbox.pending_effects():
            sent = parts.awaited("LinkSent")
            async with parts.mover():
                await sent()
                while await parts.inbox.pending_effects():
                    await asyncio.sleep(0)
    assert (await kinds(parts, conversation)).count("LinkSent") == 1
    assert len(await parts.outbox.messages(10)) == 1


@pytest.mark.real
@pytest.mark.parametrize("moment", ["before-sending", "after-sending", "after-reporting"])
async def test_a_kill_at_any_moment_sends_one_message_and_reports_it_once(
    place: Place, trees: Trees, clock: Clock, moment: str
) -> None:
    conversation = await ask_for_link(Parts(place.open(), trees, clock))
    await place.close()
    for then, status in ((moment, -9), ("never", 0)):
        command = [sys.executable, sending.__file__, place.url, str(place.folder / "spool"), then]
        done = await asyncio.to_thread(subprocess.run, command, timeout=60, capture_output=True)
        assert done.returncode == status, done.stderr
    parts = Parts(place.open(), trees, clock)
    lines: list[Line] = await parts.inbox.timeline(conversation)
    assert [line.kind for line in lines].count("LinkSent") == 1
    (message,) = await parts.outbox.messages(10)
    assert (await parts.links.find(message.text.rpartition("/l/")[2].split()[0])).conversation == conversation


class FailingSender:
    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.keys: list[str] = []

    async def send(self, to: str, text: str, *, key: str, conversation: str) -> None:
        self.keys.append(key)
        if self._errors:
            raise self._errors.pop(0)


async def test_a_busy_provider_is_asked_again_with_the_same_key(parts: Parts) -> None:
    sender, sent = FailingSender(SenderBusy(), SenderBusy()), parts.awaited("LinkSent", "LinkFailed")
    async with parts.mover(sender):
        await ask_for_link(parts)
        assert (await sent()).event.kind == "LinkSent"
    assert len(sender.keys) == 3
    assert len(set(sender.keys)) == 1


@pytest.mark.parametrize(
    ("errors", "tries"), [([SenderRefused()], 1), ([SenderBusy()] * 3, 3), ([RuntimeError("a defect")], 1)]
)
async def test_a_provider_that_does_not_send_is_told_to_the_caller(
    parts: Parts, errors: list[Exception], tries: int
) -> None:
    sender, failed = FailingSender(*errors), parts.awaited("LinkSent", "LinkFailed")
    async with parts.mover(sender):
        await ask_for_link(parts)
        delivery = await failed()
    assert (delivery.event.kind, delivery.event.reason, len(sender.keys)) == ("LinkFailed", "provider", tries)


async def test_the_fourth_message_to_a_number_in_a_day_is_refused_and_tomorrow_sent(parts: Parts) -> None:
    async with parts.mover():
        for expected in ("LinkSent", "LinkSent", "LinkSent", "LinkFailed"):
            reported = parts.awaited("LinkSent", "LinkFailed")
            await ask_for_link(parts)
            delivery = await reported()
            assert delivery.event.kind == expected
        assert delivery.event.reason == "limit"
        parts.clock.forward(days=1, seconds=1)
        reported = parts.awaited("LinkSent", "LinkFailed")
        await ask_for_link(parts)
        assert (await reported()).event.kind == "LinkSent"


async def test_calls_at_once_do_not_slip_through_the_limit(parts: Parts) -> None:
    counted: list[str] = []
    parts.inbox.subscribe(
        lambda delivery: counted.append(delivery.event.kind) if delivery.event.kind.startswith("Link") else None
    )
    async with parts.mover(limits=Limits(overall=2)):
        await asyncio.gather(*(ask_for_link(parts) for _ in range(6)))
        while len(counted) < 6:
            await asyncio.sleep(0)
    assert sorted(counted) == ["LinkFailed"] * 4 + ["LinkSent"] * 2


async def test_the_console_line_shows_neither_number_nor_link(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    sent = parts.awaited("LinkSent")
    async with parts.mover():
        await ask_for_link(parts)
        await sent()
    (message,) = await parts.outbox.messages(10)
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "090-****-5678" in logged
    assert NUMBER[3:] not in logged
    assert message.text.rpartition("/l/")[2].split()[0] not in logged


async def landline(parts: Parts) -> str:
    """A call without a mobile number that asked for a code."""
    conversation = await parts.inbox.open(language="ja")
    await parts.inbox.post(
        conversation, Joined(at=parts.clock(), channel="voice", caller=Caller(number=None, number_class="withheld"))
    )
    return conversation


async def ask_for_code(parts: Parts) -> str:
    conversation = await landline(parts)
    for digit in "112":
        delivery = await parts.inbox.post(conversation, pressed(parts.clock, digit))
        if any(action.kind == "IssueCode" for action in delivery.actions):
            return conversation
    raise AssertionError("the tree offered no code")


async def test_a_code_is_issued_to_the_caller_and_its_page_trusted_by_its_two_digits(parts: Parts) -> None:
    issued, trusted = parts.awaited("CodeIssued"), parts.awaited("Pressed")
    async with parts.mover():
        conversation = await ask_for_code(parts)
        code = (await issued()).event.code
        token, page, match = await parts.codes.redeem(code, "192.0.2.1")
        await parts.inbox.post(conversation, PageArrived(at=parts.clock(), channel="page", page=page, match=match))
        assert not (await parts.links.find(token)).trusted
        for digit in match:
            await parts.inbox.post(conversation, pressed(parts.clock, digit))
        await trusted()
        while not (await parts.links.find(token)).trusted:
            await asyncio.sleep(0)


async def test_a_page_whose_digits_do_not_match_is_refused(parts: Parts) -> None:
    issued = parts.awaited("CodeIssued")
    async with parts.mover():
        conversation = await ask_for_code(parts)
        token, page, match = await parts.codes.redeem((await issued()).event.code, "192.0.2.1")
        await parts.inbox.post(conversation, PageArrived(at=parts.clock(), channel="page", page=page, match=match))
        other = f"{(int(match) + 7) % 90 + 10}"
        refused: list[str] = []
        parts.inbox.subscribe(
            lambda delivery: refused.extend(action.kind for action in delivery.actions if action.kind == "RefusePage")
        )
        for digit in other * 4:
            await parts.inbox.post(conversation, pressed(parts.clock, digit))
        assert refused
        while await parts.inbox.pending_effects():
            await asyncio.sleep(0)
    with pytest.raises(RevokedLink):
        await parts.links.find(token)


async def test_when_too_many_codes_live_the_caller_is_told(parts: Parts) -> None:
    for number in range(MOST):
        await parts.codes.issue(f"other {number}")
    refused = parts.awaited("CodeIssued", "CodeRefused")
    async with parts.mover():
        await ask_for_code(parts)
        assert (await refused()).event.kind == "CodeRefused"
