from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import errand
import office as offices
import pytest
import pytest_asyncio
from errand import Parts
from office import Office, answer
from record import NUMBER, Clock, Place

from conversation.errors import Away

PEOPLE = "customer_id,name,kana,number,member,rank\nC1,山田 太郎,ヤマダ タロウ,090-1234-5678,0012,gold\n".encode()


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    async with offices.office() as made:
        made.replies = [answer({"order": {"state": "発送済み"}})]
        yield made


@pytest.fixture
def parts(place: Place, clock: Clock, office: Office) -> Parts:
    return Parts(place.open(), clock, office.url)


async def kinds(parts: Parts, conversation: str) -> list[str]:
    return [line.kind for line in await parts.inbox.timeline(conversation)]


async def test_a_webhook_is_sent_what_the_tree_names_and_its_answer_goes_on_in_the_tree(
    parts: Parts, office: Office
) -> None:
    replied = parts.awaited("Replied", "CallFailed")
    async with parts.running():
        conversation = await parts.call("10012")
        delivery = await replied()
    (asked,) = office.asked
    assert asked.message == {
        "site": "main",
        "tree": "なんでも窓口",
        "node": "look_up",
        "conversation": conversation,
        "values": {"code": "0012"},
    }
    assert delivery.event.values == (("state", "発送済み"),)
    assert "ご注文は、発送済みです。" in [action.text for action in delivery.actions if action.kind == "Say"]


async def test_a_webhook_whose_answer_lacks_a_value_leads_on_by_the_failed_branch_and_tells_no_log(
    parts: Parts, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    office.replies = [answer({"order": {"note": "極秘の値"}})]
    failed = parts.awaited("Replied", "CallFailed")
    async with parts.running():
        await parts.call("14649")
        delivery = await failed()
    assert (delivery.event.kind, delivery.event.reason) == ("CallFailed", "bad_answer")
    assert [action.kind for action in delivery.actions if action.kind == "Enqueue"]
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "a webhook failed" in logged
    for secret in ("4649", "極秘の値", office.url, NUMBER):
        assert secret not in logged


async def test_a_webhook_without_a_secret_is_not_called(place: Place, clock: Clock, office: Office) -> None:
    parts = Parts(place.open(), clock, office.url)
    parts.webhooks = offices_signed(clock)
    failed = parts.awaited("CallFailed")
    async with parts.running():
        await parts.call("10012")
        assert (await failed()).event.reason == "refused"
    assert office.asked == []


def offices_signed(clock: Clock) -> errand.Webhooks:
    return errand.Webhooks(clock, secrets={}, allowed=errand.Allowed(["127.0.0.1"]))


async def test_a_caller_who_knows_the_member_number_is_known_by_name(parts: Parts) -> None:
    await parts.customers.import_csv(PEOPLE)
    identified = parts.awaited("Identified", "NotIdentified")
    async with parts.running():
        await parts.call("20012")
        delivery = await identified()
    assert delivery.event.kind == "Identified"
    assert dict(delivery.event.values) == {
        "customer_name": "山田 太郎",
        "customer_kana": "ヤマダ タロウ",
        "customer_rank": "gold",
    }


async def test_a_number_that_guesses_is_not_asked_again_after_ten_tries(parts: Parts) -> None:
    await parts.customers.import_csv(PEOPLE)
    reasons = []
    async with parts.running():
        for _ in range(11):
            failed = parts.awaited("Identified", "NotIdentified")
            await parts.call("29999")
            reasons.append((await failed()).event.reason)
    assert reasons == ["no_match"] * 10 + ["tries"]


async def test_whoever_asks_for_a_person_is_told_that_the_desk_is_closed(parts: Parts) -> None:
    answered = parts.awaited("Connected", "NotConnected")
    async with parts.running():
        await parts.call("4")
        delivery = await answered()
    assert (delivery.event.kind, delivery.event.reason) == ("NotConnected", "closed")
    assert "窓口は終了しました。" in [action.text for action in delivery.actions if action.kind == "Say"]


@pytest.mark.parametrize("found", ["connected", "busy", "failed"])
async def test_a_desk_is_asked_where_there_is_one(parts: Parts, found: str) -> None:
    class OneDesk:
        async def fetch(self, queue: str, conversation: str) -> str:
            return found if queue == "main" else "failed"

    answered = parts.awaited("Connected", "NotConnected")
    async with parts.running(OneDesk()):
        await parts.call("4")
        event = (await answered()).event
    assert (event.kind if found == "connected" else event.reason) == ("Connected" if found == "connected" else found)


async def test_a_callback_is_kept_and_the_caller_told(parts: Parts) -> None:
    booked = parts.awaited("Booked", "NotBooked")
    async with parts.running():
        conversation = await parts.call("311")
        assert (await booked()).event.kind == "Booked"
        await parts.settled()
    (request,) = await parts.callbacks.listed(10)
    assert (request.conversation, request.number, request.queue, request.wanted) == (conversation, NUMBER, "main", None)


async def test_a_callback_to_a_number_that_may_not_be_called_is_refused(parts: Parts) -> None:
    refused = parts.awaited("Booked", "NotBooked")
    async with parts.running():
        await parts.call("311", number="+14155550100")
        event = (await refused()).event
    assert (event.kind, event.reason) == ("NotBooked", "number")
    assert await parts.callbacks.listed(10) == []


@pytest.mark.parametrize(("code", "areas"), [("1000001", ("東京都千代田区千代田",)), ("9999999", ())])
async def test_a_postal_code_brings_its_area(parts: Parts, code: str, areas: tuple[str, ...]) -> None:
    found = parts.awaited("AreaFound")
    async with parts.running():
        await parts.call("5" + code)
        assert (await found()).event.areas == areas


async def test_an_absent_database_is_told_to_who_waits(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def away(*request: object, **values: object) -> None:
        asked.append(request)
        raise Away("the database does not answer")

    monkeypatch.setattr(parts.customers, "identify", away)
    monkeypatch.setattr(parts.callbacks, "book", away)
    monkeypatch.setattr("errands.runner.ASKS", (0.0, 0.01, 0.02))
    for keys, kind in (("20012", "NotIdentified"), ("311", "NotBooked")):
        failed = parts.awaited("Identified", "NotIdentified", "Booked", "NotBooked")
        async with parts.running():
            await parts.call(keys)
            event = (await failed()).event
        assert (event.kind, event.reason) == (kind, "away")
    assert len(asked) == 6


@pytest.mark.real
@pytest.mark.parametrize("moment", ["before", "after", "reported"])
@pytest.mark.parametrize(("keys", "kind"), [("10012", "Replied"), ("311", "Booked")])
async def test_a_kill_at_any_moment_leaves_one_errand_done_and_reported_once(
    place: Place, clock: Clock, office: Office, moment: str, keys: str, kind: str
) -> None:
    conversation = await Parts(place.open(), clock, office.url).call(keys)
    await place.close()
    for then, status in ((moment, -9), ("never", 0)):
        command = [sys.executable, errand.__file__, place.url, str(place.folder / "spool"), office.url, then]
        done = await asyncio.to_thread(subprocess.run, command, timeout=60, capture_output=True)
        assert done.returncode == status, done.stderr
    parts = Parts(place.open(), clock, office.url)
    assert (await kinds(parts, conversation)).count(kind) == 1
    if kind == "Booked":
        assert len(await parts.callbacks.listed(10)) == 1
    else:
        # The office may be asked twice, never under two names; once it was told, it is not asked again.
        assert len({asked.headers["webhook-id"] for asked in office.asked}) == 1
        assert len(office.asked) == (2 if moment == "after" else 1)
