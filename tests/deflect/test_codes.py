from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record import Clock, Place
from sqlalchemy import select

from conversation.store import Store
from conversation.tables import Code, table
from deflect.codes import ALL, CLIENT, MOST, Codes
from deflect.errors import CodeError, RevokedLink, TooManyCodes, TooManyTries, WrongCode
from deflect.links import Links


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
def codes(store: Store, clock: Clock) -> Codes:
    return Codes(Links(store, timedelta(hours=24), clock), store, clock)


async def test_a_code_leads_to_an_untrusted_page_with_two_digits_to_match(codes: Codes) -> None:
    code, seconds = await codes.issue("c1")
    assert re.fullmatch(r"[0-9]{6}", code)
    assert seconds == 300
    token, page_id, match = await codes.redeem(code, "192.0.2.1")
    page = await codes.links.find(token)
    assert (page.id, page.conversation, page.trusted, page.match) == (page_id, "c1", False, match)
    assert re.fullmatch(r"[1-9][0-9]", match)


async def test_a_code_works_once_also_when_two_type_it_at_once(codes: Codes) -> None:
    code, _ = await codes.issue("c1")
    results = await asyncio.gather(
        *(codes.redeem(code, f"192.0.2.{number}") for number in range(4)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["WrongCode"] * 3 + ["tuple"]


async def test_a_code_dies_after_five_minutes(codes: Codes, clock: Clock) -> None:
    code, _ = await codes.issue("c1")
    clock.forward(minutes=5)
    with pytest.raises(WrongCode):
        await codes.redeem(code, "192.0.2.1")


async def test_a_new_code_replaces_the_conversations_old_one(codes: Codes) -> None:
    old, _ = await codes.issue("c1")
    new, _ = await codes.issue("c1")
    with pytest.raises(WrongCode):
        await codes.redeem(old, "192.0.2.1")
    assert await codes.redeem(new, "192.0.2.1")


async def test_one_client_has_few_tries_and_others_are_not_harmed(codes: Codes, clock: Clock) -> None:
    code, _ = await codes.issue("c1")
    for _ in range(CLIENT.most):
        with pytest.raises(WrongCode):
            await codes.redeem(wrong(code), "192.0.2.1")
    with pytest.raises(TooManyTries):
        await codes.redeem(code, "192.0.2.1")
    assert await codes.redeem(code, "192.0.2.2")
    clock.forward(minutes=11)
    code, _ = await codes.issue("c1")
    assert await codes.redeem(code, "192.0.2.1")


async def test_the_whole_world_together_has_few_tries(codes: Codes, clock: Clock) -> None:
    code, _ = await codes.issue("c1")
    for number in range(ALL.most):
        with pytest.raises(WrongCode):
            await codes.redeem(wrong(code), f"client {number}")
    with pytest.raises(TooManyTries):
        await codes.redeem(code, "one more")


async def test_only_so_many_codes_live_at_once(codes: Codes, clock: Clock) -> None:
    issued = [(await codes.issue(f"c{number}"))[0] for number in range(MOST)]
    assert len(set(issued)) == MOST
    with pytest.raises(TooManyCodes):
        await codes.issue("one more")
    await codes.issue("c0")
    clock.forward(minutes=5)
    await codes.issue("one more")


async def test_codes_are_stored_as_keyed_hashes(codes: Codes, store: Store) -> None:
    code, _ = await codes.issue("c1")
    (row,) = await store.read(lambda connection: connection.execute(select(table(Code))).all())
    assert code not in repr(tuple(row))
    assert row.code_hash == store.keys.index("code", code)


async def test_a_refused_page_is_dead(codes: Codes) -> None:
    code, _ = await codes.issue("c1")
    token, page, _ = await codes.redeem(code, "192.0.2.1")
    await codes.links.revoke(page)
    with pytest.raises(RevokedLink):
        await codes.links.find(token)


STEP = st.one_of(
    st.tuples(st.just("issue"), st.integers(0, 30)),
    st.tuples(st.just("guess"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 200)),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=80))
async def test_whatever_is_tried_the_chance_of_a_guess_stays_small(
    here: Place, clock: Clock, steps: list[tuple[str, int]]
) -> None:
    if not here.stores:
        here.open()
    codes = Codes(Links(here.stores[0], timedelta(hours=24), clock), here.stores[0], clock)
    clock.forward(days=2)
    alive: dict[str, tuple[str, object]] = {}
    taken: list[object] = []
    for what, number in steps:
        now = clock()
        alive = {conversation: one for conversation, one in alive.items() if one[1] > now}
        try:
            match what:
                case "issue":
                    code, seconds = await codes.issue(f"c{number}")
                    alive[f"c{number}"] = (code, now + timedelta(seconds=seconds))
                case "guess":
                    await codes.redeem("no code", f"client {number}")
                case _:
                    clock.forward(seconds=number)
        except WrongCode:
            taken.append(now)
        except CodeError:
            continue
        assert len(alive) <= MOST
        assert sum(at > now - ALL.within for at in taken) <= ALL.most
