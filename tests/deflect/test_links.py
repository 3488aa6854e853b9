from __future__ import annotations

import asyncio
import re
import sqlite3
from datetime import timedelta

import pytest
from record import Clock, Place
from sqlalchemy import select

from conversation.store import Store
from conversation.tables import PageLink, table
from deflect.errors import ExpiredLink, RevokedLink, UnknownLink
from deflect.links import Links


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
def links(store: Store, clock: Clock) -> Links:
    return Links(store, timedelta(hours=24), clock)


async def test_a_link_leads_to_its_conversation_however_often_it_is_opened(links: Links, clock: Clock) -> None:
    token = await links.issue("c1")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    for _ in range(5):
        page = await links.find(token)
        assert (page.conversation, page.trusted) == ("c1", True)
    assert page.expires == clock() + timedelta(hours=24)


async def test_no_two_links_are_alike(links: Links) -> None:
    tokens = await asyncio.gather(*(links.issue("c1") for _ in range(100)))
    assert len(set(tokens)) == 100


@pytest.mark.parametrize("token", ["", "x" * 22, "x" * 21, "x" * 5000, "あ" * 22, "../../etc/passwd/aaaaaa", "%00" * 7])
async def test_a_guessed_link_is_unknown(links: Links, token: str) -> None:
    await links.issue("c1")
    with pytest.raises(UnknownLink):
        await links.find(token)


async def test_a_link_expires_and_a_clock_that_steps_back_later_only_brings_back_its_time(
    links: Links, clock: Clock
) -> None:
    token = await links.issue("c1")
    clock.forward(hours=24)
    with pytest.raises(ExpiredLink):
        await links.find(token)


async def test_a_revoked_link_is_dead_and_others_of_the_conversation_live(links: Links) -> None:
    one, other = await links.issue("c1"), await links.issue("c1")
    await links.revoke((await links.find(one)).id)
    with pytest.raises(RevokedLink):
        await links.find(one)
    assert (await links.find(other)).conversation == "c1"


async def test_a_page_is_untrusted_until_it_is_trusted(links: Links) -> None:
    token = await links.issue("c1", trusted=False)
    page = await links.find(token)
    assert not page.trusted
    await links.trust(page.id)
    assert (await links.find(token)).trusted


async def test_the_token_is_not_in_the_database(links: Links, store: Store) -> None:
    token = await links.issue("c1", key="effect:c1:3")
    rows = await store.read(lambda connection: [tuple(row) for row in connection.execute(select(table(PageLink)))])
    assert token not in repr(rows)


async def test_the_same_key_gives_the_same_link_and_one_row(links: Links, store: Store) -> None:
    assert await links.issue("c1", key="a") == await links.issue("c1", key="a") != await links.issue("c1", key="b")
    assert len(await store.read(lambda connection: connection.execute(select(table(PageLink))).all())) == 2


async def test_a_link_works_while_the_database_is_away_and_afterwards(here: Place, clock: Clock) -> None:
    store = here.open(busy=0.05)
    links = Links(store, timedelta(hours=24), clock)
    other = sqlite3.connect(here.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    kept, revoked = await links.issue("c1", trusted=False), await links.issue("c2")
    assert store.away
    await links.trust((await links.find(kept)).id)
    await links.revoke((await links.find(revoked)).id)
    for _ in range(2):
        assert (await links.find(kept)).trusted
        with pytest.raises(RevokedLink):
            await links.find(revoked)
        other.close()
        assert await store.settled(10)
