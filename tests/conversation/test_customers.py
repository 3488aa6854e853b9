from __future__ import annotations

import asyncio

import pytest
from record import NUMBER, Clock, Place
from sqlalchemy import select

from conversation import customers as module
from conversation.customers import Customers
from conversation.errors import TooManyTries, UnusableList
from conversation.store import Store
from conversation.tables import Customer as CustomerRow
from conversation.tables import CustomerMark, table

HEAD = "customer_id,name,kana,number,member,birthday,rank\n"
PEOPLE = (
    HEAD
    + "C1,山田 太郎,ヤマダ タロウ,090-1234-5678,0012,昭和55年4月1日,gold\n"
    + "C2,山田 花子,ヤマダ ハナコ,090-1234-5678,0013,1980-04-01,\n"
    + "C3,佐藤 一,サトウ ハジメ,03-1234-5678,0014,1980-04-01,\n"
)


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
async def customers(store: Store, clock: Clock) -> Customers:
    made = Customers(store, clock)
    await made.import_csv(PEOPLE.encode())
    return made


async def test_a_list_brought_in_again_changes_nothing_and_a_new_one_what_is_new(
    customers: Customers, clock: Clock
) -> None:
    again = await customers.import_csv(PEOPLE.encode("cp932"))
    assert (again.added, again.changed, again.same, again.refusals) == (0, 0, 3, 0)
    clock.forward(days=1)
    changed = PEOPLE.replace("0013", "0099") + "C4,鈴木 次郎,,,0015,,\nC5,x\n"
    done = await customers.import_csv(changed.encode())
    assert (done.added, done.changed, done.same, done.refusals) == (1, 1, 2, 1)
    assert [(one.line, one.why) for one in done.refused] == [(6, "cells")]
    assert await customers.count() == 4
    assert await customers.identify("a", None, [("member", "0013")]) is None  # what was before is known no more
    found = await customers.identify("b", None, [("member", "0099")])
    assert found is not None


async def test_a_file_that_cannot_be_used_changes_nothing(customers: Customers) -> None:
    with pytest.raises(UnusableList):
        await customers.import_csv(b"name\nx\n")
    assert await customers.count() == 3


@pytest.mark.parametrize(
    ("number", "known", "customer"),
    [
        (None, [("member", "0012")], "山田 太郎"),
        (None, [("member", "００-12")], "山田 太郎"),
        (None, [("member", "0012"), ("birthday", "1980-04-01")], "山田 太郎"),
        (NUMBER, [("kana", "やまだ はなこ")], "山田 花子"),
        (NUMBER, [("name", "山田 花子|ヤマダ ハナコ")], "山田 花子"),
        ("+81312345678", [("birthday", "1980-04-01")], "佐藤 一"),  # the number chooses among three
        (None, [("birthday", "1980-04-01")], None),
        (NUMBER, [("birthday", "1980-04-01")], None),  # two of them have this number
        (NUMBER, [("member", "0012"), ("birthday", "1980-04-02")], None),
        (NUMBER, [("member", "0012"), ("birthday", "")], None),
        (NUMBER, [("member", "0012"), ("street", "x")], None),
        (NUMBER, [], None),
        ("+81312345678", [("number", "0312345678")], None),  # a number alone is no proof, whoever gives it
        ("+81312345678", [("number", "0312345678"), ("rank", "gold")], None),
        (None, [("number", "0312345678"), ("member", "0014")], "佐藤 一"),
        ("not a number", [("member", "0014")], "佐藤 一"),
        (None, [("member", "'; DROP TABLE customer; --")], None),
    ],
)
async def test_a_caller_is_the_one_customer_with_all_that_was_given(
    customers: Customers, number: str | None, known: list[tuple[str, str]], customer: str | None
) -> None:
    found = await customers.identify("conversation", number, known)
    assert (dict(found.values)["customer_name"] if found else None) == customer


async def test_trees_are_given_the_columns_that_are_there(customers: Customers) -> None:
    found = await customers.identify("conversation", None, [("member", "0013")])
    assert found is not None
    assert found.values == (("customer_name", "山田 花子"), ("customer_kana", "ヤマダ ハナコ"))
    assert found.id != "C2"


async def test_a_conversation_has_five_wrong_tries(customers: Customers) -> None:
    for _ in range(5):
        assert await customers.identify("one", None, [("member", "9999")]) is None
    with pytest.raises(TooManyTries):
        await customers.identify("one", None, [("member", "0012")])
    assert await customers.identify("other", None, [("member", "0012")]) is not None


async def test_a_number_has_ten_wrong_tries_an_hour(customers: Customers, clock: Clock) -> None:
    for conversation in range(10):
        await customers.identify(f"{conversation}", NUMBER, [("member", "9999")])
    with pytest.raises(TooManyTries):
        await customers.identify("another", NUMBER, [("member", "0012")])
    clock.forward(hours=1, seconds=1)
    assert await customers.identify("later", NUMBER, [("member", "0012")]) is not None


async def test_who_guesses_at_one_customer_from_many_numbers_is_stopped(customers: Customers) -> None:
    for day in range(1, 11):
        wrong = [("member", "0012"), ("birthday", f"1970-01-{day:02}")]
        assert await customers.identify(f"{day}", f"+8190000000{day:02}", wrong) is None
    with pytest.raises(TooManyTries):
        await customers.identify("x", None, [("member", "0012"), ("birthday", "1980-04-01")])
    assert await customers.identify("y", None, [("member", "0013"), ("birthday", "1980-04-01")]) is not None


async def test_all_together_have_a_limit(customers: Customers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALL", module.tries.Limit(3, module.timedelta(hours=1)))
    for conversation in range(3):
        await customers.identify(f"{conversation}", None, [("member", "9999")])
    with pytest.raises(TooManyTries):
        await customers.identify("x", None, [("member", "0012")])


async def test_right_tries_do_not_count(customers: Customers) -> None:
    for _ in range(20):
        assert await customers.identify("one", NUMBER, [("member", "0012")]) is not None


async def test_many_tries_at_once_do_not_slip_through(customers: Customers) -> None:
    tried = await asyncio.gather(
        *(customers.identify("one", None, [("member", "9999")]) for _ in range(12)), return_exceptions=True
    )
    assert [type(one).__name__ for one in tried].count("TooManyTries") == 7


async def test_what_is_listed_is_masked(customers: Customers) -> None:
    listed = await customers.listed(2)
    assert len(listed) == 2
    shown = {(one.customer, one.name, one.number, one.rank) for one in await customers.listed(10)}
    assert ("C1", "山***", "090-****-5678", "gold") in shown
    assert ("C3", "佐***", "031-****-5678", "") in shown


async def test_the_database_holds_nothing_of_a_customer_in_the_clear(customers: Customers, store: Store) -> None:
    def everything(connection):  # type: ignore[no-untyped-def]
        return [
            tuple(row) for one in (CustomerRow, CustomerMark) for row in connection.execute(select(table(one))).all()
        ]

    stored = repr(await store.read(everything)).encode() + b"".join(
        value for row in await store.read(everything) for value in row if isinstance(value, bytes)
    )
    for secret in ("山田", "ヤマダ", "C1", "09012345678", "0012", "gold", "1980"):
        assert f"'{secret}'".encode() not in stored
        assert "山田".encode() not in stored


async def test_another_key_opens_and_finds_nothing(place: Place, clock: Clock, customers: Customers) -> None:
    other = place.open(site="other")
    assert await Customers(other, clock).count() == 0
    assert await Customers(other, clock).identify("x", None, [("member", "0012")]) is None


@pytest.mark.real
async def test_twenty_thousand_customers_come_in_while_calls_are_recorded(here: Place, clock: Clock) -> None:
    store = here.open()
    customers = Customers(store, clock)
    lines = [f"C{n},山田 {n},ヤマダ,0901234{n % 10000:04},{n:06},1980-04-01,gold" for n in range(20_000)]
    bringing = asyncio.create_task(customers.import_csv((HEAD + "\n".join(lines)).encode()))
    written = 0
    while not bringing.done():
        await store.write()
        written += 1
        await asyncio.sleep(0.01)
    assert (await bringing).added == 20_000
    assert written > 3
    assert await store.settled(20)
    assert store.health().state == "ok"
    found = await customers.identify("x", None, [("member", "019999")])
    assert found is not None
