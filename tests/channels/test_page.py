from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from channels.page import PageChannel, Taken
from conversation.inbox import Inbox
from conversation.live import Delivery
from conversation.store import Store
from deflect.errors import ExpiredLink, RevokedLink, UnknownLink
from deflect.links import Links, Page
from ivr import demo
from ivr.events import Joined, Left, PageArrived, Pressed
from ivr.tree import Tree, load

VALUES = {"sms_sender": "050-1234-5678", "link_domain": "localhost", "centre_number": "03-1234-5678"}


class Trees:
    def __init__(self) -> None:
        self.tree = load(demo.text(), values=VALUES)

    def choose(self, conversation: str) -> Tree:
        return self.tree

    def by_digest(self, digest: str) -> Tree | None:
        return self.tree

    def from_source(self, source: str) -> Tree:
        return self.tree


class Desk:
    """A call that is asked for its matter, and its page."""

    def __init__(self, store: Store) -> None:
        self.now = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
        self.inbox = Inbox(store, Trees(), self.clock)
        self.links = Links(store, timedelta(hours=24), self.clock)
        self.channel = PageChannel(self.inbox, self.links, self.clock)
        self.conversation, self.token = "", ""
        self._forms = (f"form-{number}" for number in itertools.count())

    def clock(self) -> datetime:
        return self.now

    async def begin(self, *, trusted: bool = True) -> Page:
        self.conversation = await self.inbox.open(language="ja", number="+819012345678")
        await self.inbox.post(self.conversation, Joined(at=self.now, channel="voice"))
        self.token = await self.links.issue(self.conversation, trusted=trusted)
        return await self.channel.find(self.token)

    async def press(self, digits: str) -> None:
        for digit in digits:
            await self.inbox.post(self.conversation, Pressed(at=self.now, channel="voice", digit=digit))

    def form(self) -> str:
        return next(self._forms)

    async def kinds(self) -> list[str]:
        return [line.kind for line in await self.inbox.timeline(self.conversation) if line.cause is None]


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = Store.open(f"sqlite:///{tmp_path / 'record.db'}", bytes(32), spool=tmp_path / "spool")
    yield Desk(store)
    await store.close()


async def test_a_tap_is_an_answer_of_the_page(desk: Desk) -> None:
    page = await desk.begin()
    assert await desk.channel.choose(page, node="matter", option="lost", form=desk.form()) is Taken.YES
    assert (await desk.inbox.state(desk.conversation)).node == "lost_stop"
    assert await desk.kinds() == ["Joined", "Joined", "Chose"]


async def test_the_same_form_twice_is_one_answer(desk: Desk) -> None:
    page, form = await desk.begin(), desk.form()
    for _ in range(2):
        assert await desk.channel.choose(page, node="matter", option="lost", form=form) is Taken.YES
    assert (await desk.kinds()).count("Chose") == 1


async def test_a_tap_on_a_question_that_is_over_is_late(desk: Desk) -> None:
    page = await desk.begin()
    await desk.press("2")
    assert await desk.channel.choose(page, node="matter", option="order_status", form=desk.form()) is Taken.LATE
    assert (await desk.inbox.state(desk.conversation)).node == "lost_stop"


async def test_an_option_that_nobody_offered_answers_nothing(desk: Desk) -> None:
    page = await desk.begin()
    assert await desk.channel.choose(page, node="matter", option="treasure", form=desk.form()) is Taken.LATE
    assert (await desk.inbox.state(desk.conversation)).node == "matter"


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("12345678", Taken.YES),
        ("１２３４−５６７８", Taken.YES),
        ("1234 5678", Taken.YES),
        ("1234567", Taken.WRONG),
        ("x", Taken.WRONG),
    ],
)
async def test_a_number_is_taken_as_people_write_it_or_asked_for_again(desk: Desk, value: str, taken: Taken) -> None:
    page = await desk.begin()
    await desk.press("2")
    await desk.channel.choose(page, node="lost_stop", option="yes", form=desk.form())
    assert await desk.channel.fill(page, node="lost_member", value=value, form=desk.form()) is taken


async def test_a_page_joins_once_and_an_untrusted_one_not_at_all(desk: Desk) -> None:
    page = await desk.begin()
    await desk.channel.arrive(page)
    await desk.channel.arrive(page)
    assert (await desk.kinds()).count("Joined") == 2
    stranger = await desk.begin(trusted=False)
    await desk.channel.arrive(stranger)
    assert (await desk.kinds()).count("Joined") == 1


async def test_a_view_shows_the_question_and_whether_the_call_is_on(desk: Desk) -> None:
    page = await desk.begin()
    view = await desk.channel.view(page)
    assert view.ask is not None
    assert (view.ask.node, view.call, view.match, view.recording) == ("matter", "on", None, False)
    await desk.inbox.post(desk.conversation, Left(at=desk.now, channel="voice"))
    assert (await desk.channel.view(page)).call == "ended"


async def test_an_untrusted_page_shows_its_two_digits(desk: Desk) -> None:
    await desk.begin()
    _, row = desk.links.make(desk.conversation, trusted=False, match="42")
    desk.links.keep(row)
    await desk.inbox.post(desk.conversation, PageArrived(at=desk.now, channel="page", page=row.id, match="42"))
    page = Page(row.id, desk.conversation, False, row.expires_at, row.match)
    assert (await desk.channel.view(page)).match == "42"


async def test_a_wish_for_a_person_and_for_a_language_reach_the_call(desk: Desk) -> None:
    page = await desk.begin()
    await desk.channel.speak(page, "en", form=desk.form())
    assert (await desk.inbox.state(desk.conversation)).language == "en"
    await desk.channel.person(page, form=desk.form())
    assert (await desk.inbox.state(desk.conversation)).escorted


async def test_a_page_is_told_of_its_own_conversation_until_it_leaves(desk: Desk) -> None:
    page = await desk.begin()
    told: list[Delivery] = []
    leave = desk.channel.watch(page, told.append)
    await desk.press("2")
    other = await desk.inbox.open(language="ja")
    await desk.inbox.post(other, Joined(at=desk.now, channel="voice"))
    leave()
    await desk.press("1")
    assert [delivery.conversation for delivery in told] == [page.conversation]


async def test_a_page_never_times_anybody_out(desk: Desk) -> None:
    page = await desk.begin()
    desk.now += timedelta(hours=20)
    assert await desk.channel.choose(page, node="matter", option="lost", form=desk.form()) is Taken.YES
    assert "Waited" not in await desk.kinds()


async def test_links_that_lead_nowhere_are_told_apart(desk: Desk) -> None:
    page = await desk.begin()
    with pytest.raises(UnknownLink):
        await desk.channel.find("A" * 22)
    await desk.links.revoke(page.id)
    with pytest.raises(RevokedLink):
        await desk.channel.find(desk.token)
    await desk.begin()
    desk.now += timedelta(hours=25)
    with pytest.raises(ExpiredLink):
        await desk.channel.find(desk.token)
