from __future__ import annotations

import asyncio

import pytest
from record import Clock, Place
from sqlalchemy import select

from conversation.errors import TooManyTries, WrongCredentials
from conversation.store import Store
from conversation.tables import Audit, Session, SetUp, table
from conversation.tables import User as UserRow
from conversation.users import Users

PASSWORD = "correct horse battery"


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
def users(store: Store, clock: Clock) -> Users:
    return Users(store, clock)


@pytest.fixture
async def admin(users: Users) -> Users:
    token = await users.setup_token()
    assert token is not None
    await users.create_admin(token, "Hanako", PASSWORD)
    return users


async def test_the_set_up_link_makes_one_admin_and_no_second(users: Users) -> None:
    token = await users.setup_token()
    assert token is not None
    assert await users.setup_open(token)
    user = await users.create_admin(token, "Hanako", PASSWORD)
    assert user.name == "hanako"
    assert await users.setup_token() is None
    assert not await users.setup_open(token)
    with pytest.raises(WrongCredentials):
        await users.create_admin(token, "Mallory", PASSWORD)


async def test_two_who_use_the_set_up_link_at_once_make_one_admin(users: Users) -> None:
    token = await users.setup_token() or ""
    made = await asyncio.gather(
        *(users.create_admin(token, name, PASSWORD) for name in ("a", "b")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in made) == ["User", "WrongCredentials"]


async def test_a_set_up_link_expires_and_the_next_start_replaces_it(users: Users, clock: Clock) -> None:
    first = await users.setup_token() or ""
    second = await users.setup_token() or ""
    assert not await users.setup_open(first)
    assert await users.setup_open(second)
    clock.forward(hours=25)
    assert not await users.setup_open(second)


async def test_a_session_begins_with_the_right_password_and_ends_by_signing_out(admin: Users) -> None:
    token = await admin.sign_in(" hanako ", PASSWORD, "192.0.2.1")
    user = await admin.session(token)
    assert user is not None
    assert user.name == "hanako"
    await admin.sign_out(token)
    assert await admin.session(token) is None


@pytest.mark.parametrize(("name", "password"), [("hanako", "wrong"), ("nobody", PASSWORD), ("hanako", "")])
async def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(
    admin: Users, name: str, password: str
) -> None:
    with pytest.raises(WrongCredentials, match=r"^unknown name or wrong password$"):
        await admin.sign_in(name, password, "192.0.2.1")


async def test_a_session_ends_when_idle_and_however_busy_in_the_end(admin: Users, clock: Clock) -> None:
    idle = await admin.sign_in("hanako", PASSWORD, "192.0.2.1")
    busy = await admin.sign_in("hanako", PASSWORD, "192.0.2.1")
    clock.forward(minutes=29)
    assert await admin.session(busy) is not None
    clock.forward(minutes=2)
    assert await admin.session(idle) is None
    for _ in range(40):
        clock.forward(minutes=20)
        await admin.session(busy)
    assert await admin.session(busy) is None


async def test_too_many_wrong_passwords_close_the_account_for_a_while_from_wherever(admin: Users, clock: Clock) -> None:
    for number in range(10):
        with pytest.raises(WrongCredentials):
            await admin.sign_in("hanako", "wrong", f"192.0.2.{number}")
    with pytest.raises(TooManyTries) as error:
        await admin.sign_in("hanako", PASSWORD, "192.0.2.99")
    assert 0 < error.value.seconds <= 900
    clock.forward(minutes=16)
    assert await admin.sign_in("hanako", PASSWORD, "192.0.2.99")


async def test_too_many_tries_from_one_source_close_it_for_all_names_also_after_a_restart(
    admin: Users, store: Store, clock: Clock
) -> None:
    for number in range(10):
        with pytest.raises(WrongCredentials):
            await admin.sign_in(f"name{number}", "wrong", "192.0.2.1")
    with pytest.raises(TooManyTries):
        await Users(store, clock).sign_in("hanako", PASSWORD, "192.0.2.1")
    assert await admin.sign_in("hanako", PASSWORD, "192.0.2.2")


async def test_many_guesses_at_once_are_counted_all_the_same(admin: Users) -> None:
    guesses = (admin.sign_in("hanako", f"guess{number}", "192.0.2.1") for number in range(25))
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert [type(result) for result in results].count(WrongCredentials) == 10


async def test_signing_in_rightly_does_not_use_up_tries(admin: Users) -> None:
    for _ in range(12):
        await admin.sign_in("hanako", PASSWORD, "192.0.2.1")


async def test_neither_passwords_nor_tokens_are_stored(admin: Users, store: Store) -> None:
    token = await admin.sign_in("hanako", PASSWORD, "192.0.2.1")

    def everything(connection):
        return [
            tuple(row) for rows in (UserRow, Session, SetUp, Audit) for row in connection.execute(select(table(rows)))
        ]

    stored = repr(await store.read(everything))
    assert PASSWORD not in stored
    assert token not in stored
    assert "$argon2id$" in stored


async def test_who_signed_in_and_looked_at_what_is_written_down(admin: Users, store: Store, clock: Clock) -> None:
    user = await admin.session(await admin.sign_in("hanako", PASSWORD, "192.0.2.1"))
    assert user is not None
    await admin.audit(user.id, "timeline", "conversation-1")
    rows = table(Audit)
    wanted = select(rows.c.user_id, rows.c.what, rows.c.about).order_by(rows.c.at)
    written = await store.read(lambda connection: [tuple(row) for row in connection.execute(wanted)])
    assert (user.id, "signed_in", "") in written
    assert (user.id, "timeline", "conversation-1") in written
