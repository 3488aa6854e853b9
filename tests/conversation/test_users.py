from __future__ import annotations

import asyncio

import pytest
from record import Clock, Place
from sqlalchemy import select

from conversation.errors import LastAdmin, NameTaken, TooManyTries, UnknownUser, WrongCredentials
from conversation.store import Store
from conversation.tables import Audit, Session, SetUp, table
from conversation.tables import User as UserRow
from conversation.users import ROLES, Role, User, Users

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


async def signed_in(users: Users, name: str) -> User | None:
    return await users.session(await users.sign_in(name, PASSWORD, "192.0.2.9"))


async def invited(users: Users, name: str, role: Role, by: str = "nobody") -> str:
    """A user who has chosen a password; the id."""
    made, token = await users.invite(name, role, by)
    await users.accept(token, PASSWORD)
    return made


async def first(users: Users) -> str:
    return next(one.id for one in await users.everyone() if one.role == "admin")


async def test_the_first_user_is_an_admin(admin: Users) -> None:
    user = await signed_in(admin, "hanako")
    assert user is not None
    assert user.role == "admin"


@pytest.mark.parametrize("role", ROLES)
async def test_who_is_invited_chooses_a_password_once_and_has_the_role(admin: Users, role: Role) -> None:
    made, token = await admin.invite("Taro", role, "nobody")
    assert [(one.name, one.state) for one in await admin.everyone()] == [("hanako", "active"), ("taro", "invited")]
    assert await admin.invited(token) == "taro"
    with pytest.raises(WrongCredentials):
        await admin.sign_in("taro", "", "192.0.2.9")
    await admin.accept(token, PASSWORD)
    user = await signed_in(admin, "taro")
    assert user is not None
    assert (user.id, user.role) == (made, role)
    assert await admin.invited(token) is None
    with pytest.raises(WrongCredentials):
        await admin.accept(token, "another password")


async def test_an_invitation_ends_after_a_day_and_a_new_one_ends_the_old(admin: Users, clock: Clock) -> None:
    made, old = await admin.invite("taro", "agent", "nobody")
    new = await admin.invite_again(made, "nobody")
    assert await admin.invited(old) is None
    assert await admin.invited(new) == "taro"
    clock.forward(hours=25)
    assert await admin.invited(new) is None
    with pytest.raises(UnknownUser):
        await admin.invite_again("0" * 32, "nobody")


async def test_a_new_link_changes_the_password_and_ends_the_sessions_of_before(admin: Users) -> None:
    made = await invited(admin, "taro", "agent")
    session = await admin.sign_in("taro", PASSWORD, "192.0.2.9")
    token = await admin.invite_again(made, "nobody")
    assert await admin.session(session) is not None
    await admin.accept(token, "quite another password")
    assert await admin.session(session) is None
    with pytest.raises(WrongCredentials):
        await admin.sign_in("taro", PASSWORD, "192.0.2.9")


async def test_a_name_is_taken_once_however_it_is_written(admin: Users) -> None:
    with pytest.raises(NameTaken):
        await admin.invite(" HANAKO ", "agent", "nobody")


async def test_another_role_holds_at_once(admin: Users) -> None:
    made = await invited(admin, "taro", "agent")
    session = await admin.sign_in("taro", PASSWORD, "192.0.2.9")
    await admin.change(made, await first(admin), role="auditor")
    user = await admin.session(session)
    assert user is not None
    assert user.role == "auditor"


async def test_a_closed_account_is_out_at_once_and_can_be_opened_again(admin: Users) -> None:
    made = await invited(admin, "taro", "agent")
    session = await admin.sign_in("taro", PASSWORD, "192.0.2.9")
    link = await admin.invite_again(made, "nobody")
    await admin.change(made, "nobody", closed=True)
    assert await admin.session(session) is None
    assert await admin.invited(link) is None
    with pytest.raises(WrongCredentials, match=r"^unknown name or wrong password$"):
        await admin.sign_in("taro", PASSWORD, "192.0.2.9")
    with pytest.raises(UnknownUser):
        await admin.invite_again(made, "nobody")
    await admin.change(made, "nobody", closed=False)
    assert await admin.session(session) is None
    assert await signed_in(admin, "taro") is not None


async def test_the_last_admin_can_neither_be_closed_nor_get_another_role(admin: Users) -> None:
    me = await first(admin)
    await admin.invite("taro", "admin", me)  # who has not come yet cannot let others in
    with pytest.raises(LastAdmin):
        await admin.change(me, me, closed=True)
    with pytest.raises(LastAdmin):
        await admin.change(me, me, role="auditor")
    await invited(admin, "jiro", "admin")
    await admin.change(me, me, role="auditor")
    with pytest.raises(UnknownUser):
        await admin.change("0" * 32, me, closed=True)


async def test_two_admins_who_close_each_other_at_once_leave_one(place: Place, admin: Users, clock: Clock) -> None:
    me, other = await first(admin), await invited(admin, "jiro", "admin")
    second = Store.open(place.url, bytes(range(32)), spool=place.folder / "other", busy=5.0)
    place.stores.append(second)
    results = await asyncio.gather(
        admin.change(me, other, closed=True),
        Users(second, clock).change(other, me, closed=True),
        return_exceptions=True,
    )
    assert [type(one).__name__ for one in results].count("LastAdmin") == 1
    assert [one.state for one in await admin.everyone()].count("active") == 1


async def test_what_was_done_to_whom_is_on_the_audit_latest_first(admin: Users, clock: Clock) -> None:
    me = await first(admin)
    made = await invited(admin, "taro", "agent", me)
    clock.forward(seconds=1)
    await admin.change(made, me, role="supervisor")
    clock.forward(seconds=1)
    await admin.change(made, me, closed=True)
    rows = await admin.audited(10)
    assert [(row.what, row.user, row.about) for row in rows[:2]] == [
        ("user.closed", "hanako", made),
        ("user.role.supervisor", "hanako", made),
    ]
    assert {"user.invited", "user.joined"} <= {row.what for row in rows}
    assert [row.what for row in await admin.audited(1, rows[0].at)] == ["user.role.supervisor"]
