from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import UTC, datetime

import pytest
from screens import House
from sqlalchemy import select

from conversation.history import Line
from conversation.tables import Audit, table
from ivr.events import Recorded, Spoke, Transcribed
from web.catalogue import words
from web.console import rows

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


async def audited(house: House) -> list[tuple[str, str]]:
    found = table(Audit)
    wanted = select(found.c.what, found.c.about).order_by(found.c.at)
    return await house.store.read(lambda connection: [tuple(row) for row in connection.execute(wanted)])


@pytest.mark.real
@pytest.mark.parametrize(
    "path",
    [
        "/console",
        "/console.csv",
        "/console/events",
        "/console/outbox",
        "/console/outbox/events",
        "/console/" + "0" * 32,
        "/console/" + "0" * 32 + "/events",
        "/console/" + "0" * 32 + "/sound/r",
    ],
)
async def test_without_a_session_nothing_is_shown(house: House, path: str) -> None:
    async with house.browser() as browser:
        answer = await browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")


@pytest.mark.real
async def test_an_empty_centre_says_so(house: House) -> None:
    async with await house.signed_in() as browser:
        assert "まだ会話はありません" in (await browser.get("/console")).text
        assert "まだメッセージはありません" in (await browser.get("/console/outbox")).text


@pytest.mark.real
async def test_conversations_are_listed_latest_first_in_the_time_of_the_centre_page_by_page(house: House) -> None:
    made = []
    for _ in range(53):
        made.append(await house.call())
        house.clock.pass_by(seconds=7)
    async with await house.signed_in() as browser:
        first = (await browser.get("/console")).text
        listed = re.findall(r'href="/console/([0-9a-f]{32})"', first)
        assert listed == made[:2:-1]
        assert "2026-11-24 10:06:04" in first
        older = re.search(r'href="(/console\?before=[^"]+)"', first)
        assert older
        second = (await browser.get(older[1])).text
    assert re.findall(r'href="/console/([0-9a-f]{32})"', second) == made[2::-1]


@pytest.mark.real
async def test_the_timeline_shows_call_and_page_and_what_was_heard_and_how_sure(house: House) -> None:
    conversation = await house.call()
    await house.say(conversation, "カードをなくしました", "lost")
    async with await house.signed_in() as browser:
        page = (await browser.get(f"/console/{conversation}")).text
        english = await browser.get(f"/console/{conversation}", headers={"accept-language": "en"})
    assert "「カードをなくしました」とお話しになりました" in page
    assert "「紛失・再発行」と判断しました" in page
    assert "確信度 93%" in page
    assert "+819012345678（携帯電話）" in page
    assert "Said “カードをなくしました”" in english.text


@pytest.mark.real
async def test_hostile_speech_is_shown_and_never_run(house: House) -> None:
    conversation = await house.call()
    spoke = Spoke(at=AT, channel="voice", text=HOSTILE, value=HOSTILE, choice=HOSTILE, scores=((HOSTILE, 0.5),))
    await house.post(conversation, spoke)
    await house.post(conversation, Transcribed(at=AT, channel="voice", recording="r", text=HOSTILE))
    async with await house.signed_in() as browser:
        page = (await browser.get(f"/console/{conversation}")).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.real
async def test_the_timeline_grows_while_it_is_watched_until_the_session_ends(house: House) -> None:
    conversation = await house.call()
    live = f"/console/{conversation}/events"
    async with await house.signed_in() as browser, browser.stream("GET", live) as stream, asyncio.timeout(10):
        lines = stream.aiter_lines()
        async for line in lines:
            if "お話しになりました" in line:
                break
            if "おたずね" in line:
                await house.say(conversation, "カードをなくしました", "lost")
        await house.users.sign_out(browser.cookies["denwaban_session"])
        await house.say(conversation, "はい", "yes")
        rest = "\n".join([line async for line in lines])
    assert "event: now\ndata: " in rest
    assert "はい」とお話し" not in rest


@pytest.mark.real
async def test_a_message_can_be_played_and_only_within_its_conversation(house: House) -> None:
    conversation, other = await house.call(), await house.call()
    await house.recordings.append(conversation, "rec1", 0, b"\1\2" * 4000)
    await house.post(conversation, Recorded(at=AT, channel="voice", recording="rec1", seconds=0.5))
    async with await house.signed_in() as browser:
        page = (await browser.get(f"/console/{conversation}")).text
        assert f'src="/console/{conversation}/sound/rec1"' in page
        sound = await browser.get(f"/console/{conversation}/sound/rec1")
        assert sound.headers["content-type"] == "audio/wav"
        assert sound.content.endswith(b"\1\2" * 4000)
        part = await browser.get(f"/console/{conversation}/sound/rec1", headers={"range": "bytes=44-47"})
        assert (part.status_code, part.content) == (206, b"\1\2\1\2")
        assert part.headers["content-range"] == f"bytes 44-47/{len(sound.content)}"
        beyond = await browser.get(f"/console/{conversation}/sound/rec1", headers={"range": "bytes=999999-"})
        assert beyond.status_code == 416
        assert (await browser.get(f"/console/{other}/sound/rec1")).status_code == 404
        assert (await browser.get(f"/console/{conversation}/sound/none")).status_code == 404


@pytest.mark.real
async def test_trial_messages_are_shown_with_their_link(house: House) -> None:
    conversation = await house.call()
    async with await house.signed_in() as browser, asyncio.timeout(10):
        async with browser.stream("GET", "/console/outbox/events") as stream:
            await house.press(conversation, "11")
            async for line in stream.aiter_lines():
                found = re.search(rf'<a href="({house.url}/l/[A-Za-z0-9_-]{{22}})"', line)
                if found:
                    break
        assert found
        assert (await browser.get(found[1])).status_code == 200


@pytest.mark.real
async def test_an_unknown_conversation_is_a_page(house: House) -> None:
    async with await house.signed_in() as browser:
        for path in ("/console/" + "0" * 32, "/console/<script>", "/console/nope"):
            page = await browser.get(path)
            assert page.status_code == 404
            assert "会話が見つかりません" in page.text


@pytest.mark.real
async def test_the_list_is_saved_as_csv_that_spreadsheets_can_read(house: House) -> None:
    conversation = await house.call()
    async with await house.signed_in() as browser:
        answer = await browser.get("/console.csv")
    assert answer.text.startswith("\ufeff")
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert table[0][0] == "会話"
    assert table[1][:3] == [conversation, "2026-11-24T10:00:00+09:00", "2026-11-24T10:00:00+09:00"]


@pytest.mark.real
async def test_everything_that_is_opened_is_on_the_audit(house: House) -> None:
    conversation = await house.call()
    async with await house.signed_in() as browser:
        for path in ("/console", f"/console/{conversation}", "/console/outbox", "/console.csv"):
            assert (await browser.get(path)).status_code == 200
    assert {("list", ""), ("timeline", conversation), ("outbox", ""), ("export", "")} <= set(await audited(house))


@pytest.mark.real
async def test_the_language_is_switched_by_our_form_and_leads_back_into_the_console_only(house: House) -> None:
    async with await house.signed_in() as browser:
        page = await browser.get("/console/outbox")
        found = re.search(r'name="token" value="([0-9a-f]+)"', page.text)
        assert found
        data = {"token": found[1], "language": "en", "back": "/console/outbox"}
        assert (await browser.post("/console/language", data={**data, "token": "0"})).status_code == 403
        answer = await browser.post("/console/language", data=data)
        assert answer.headers["location"] == "/console/outbox"
        assert '<html lang="en">' in (await browser.get("/console")).text
        away = await browser.post("/console/language", data={**data, "back": "//evil.example"})
        assert away.headers["location"] == "/console"


def test_an_entry_of_a_later_release_does_not_hide_the_others() -> None:
    told = rows(
        [
            Line(1, AT, "voice", "Teleported", {"kind": "Teleported"}, None),
            Line(2, AT, "voice", "Left", {"kind": "Left", "at": AT.isoformat(), "channel": "voice"}, None),
        ],
        words("en"),
    )
    assert [row.told.text for row in told] == ["This entry cannot be shown", "The call ended"]
