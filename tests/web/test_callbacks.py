from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from screens import NUMBER, House
from sqlalchemy import select

from conversation.tables import Audit, table
from web.security import form_token


async def booked(house: House, queue: str = "main", wanted: datetime | None = None) -> str:
    """A request, and its conversation."""
    conversation = await house.call()
    assert await house.callbacks.book(conversation, queue, NUMBER, wanted, key=conversation) is None
    return conversation


async def audited(house: House) -> list[tuple[str, str]]:
    found = table(Audit)
    wanted = select(found.c.what, found.c.about).order_by(found.c.at)
    return await house.store.read(lambda connection: [tuple(row) for row in connection.execute(wanted)])


@pytest.mark.real
async def test_when_nobody_waits_the_page_says_so(house: House) -> None:
    async with await house.signed_in() as browser:
        assert "折り返しのご依頼はありません" in (await browser.get("/console/callbacks")).text


@pytest.mark.real
async def test_a_request_is_listed_with_its_hour_and_conversation_its_number_in_part(house: House) -> None:
    conversation = await booked(house, wanted=datetime(2026, 11, 25, 5, 30, tzinfo=UTC))
    async with await house.signed_in() as browser:
        page = (await browser.get("/console/callbacks")).text
    assert "2026-11-25 14:30:00" in page
    assert f'href="/console/{conversation}"' in page
    assert "090-****-5678" in page
    assert NUMBER not in page
    assert "12345678" not in page


@pytest.mark.real
async def test_a_number_is_shown_in_full_to_who_asks_and_that_is_on_record(house: House) -> None:
    await booked(house)
    (request,) = await house.callbacks.listed(1)
    async with await house.signed_in() as browser:
        page = (await browser.get(f"/console/callbacks?show={request.id}")).text
        assert f'href="tel:{NUMBER}"' in page
        assert NUMBER not in (await browser.get("/console/callbacks?show=<script>")).text
    assert ("callback.number", request.id) in await audited(house)


@pytest.mark.real
async def test_a_request_is_marked_as_done_and_opened_again(house: House) -> None:
    await booked(house)
    (request,) = await house.callbacks.listed(1)
    async with await house.signed_in() as browser:
        token = form_token(browser.cookies["denwaban_session"])
        for state, is_done in (("done", True), ("open", False)):
            form = {"token": token, "state": state}
            answer = await browser.post(f"/console/callbacks/{request.id}", data=form)
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/callbacks")
            (now,) = await house.callbacks.listed(1)
            assert (now.done is not None) is is_done
        assert (await browser.post("/console/callbacks/x", data={"token": token})).status_code == 404
        forged = await browser.post(f"/console/callbacks/{request.id}", data={"token": "0" * 32, "state": "done"})
        assert forged.status_code == 403
    assert {("callback.done", request.id), ("callback.reopened", request.id)} <= set(await audited(house))


@pytest.mark.real
async def test_the_list_is_a_file_too_in_which_nothing_is_a_formula(house: House) -> None:
    await booked(house, queue="=1+1")
    async with await house.signed_in() as browser:
        answer = await browser.get("/console/callbacks.csv", headers={"accept-language": "en"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, row = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head == ["State", "Wanted at", "Telephone", "Queue", "Asked", "Done at"]
    assert row[:4] == ["Open", "As soon as possible", "090-****-5678", "'=1+1"]
    assert row[5] == ""
