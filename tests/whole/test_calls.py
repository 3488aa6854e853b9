"""Real calls over Kamailio to the whole family: heard by Whisper, moved to the page, kept in one record."""

from __future__ import annotations

import asyncio
import io
import wave

import pytest
from observers import Page, kinds, of_number, until

from ivr import events

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


async def test_a_caller_says_what_it_is_about_gets_a_link_and_goes_on_by_tapping(household, console):
    call = asyncio.create_task(
        household.call(
            "wait:2", "text:住所変更したい", "hear:1.2", "text:はい", "wait:14", "hangup", number="09011110001"
        )
    )
    (link, *_) = await until(console.links, 60)
    page = Page(link)
    assert "会員番号" in await page.open()
    assert "郵便番号" in await page.answer(value="12345678")
    report = (await call)[-1]
    assert report["answered"] is not None
    await page.open()
    after_the_call = await page.answer(value="1000001")
    assert "郵便番号" not in after_the_call.split("<h1", 1)[1].split("</h1>", 1)[0]

    timeline = await of_number(household, "+819011110001")
    spoken = kinds(timeline, "Spoke")
    assert spoken[0]["choice"] == "address_change"
    assert spoken[0]["engine"] == "whisper"
    assert spoken[-1]["choice"] == "yes"
    assert [f["value"] for f in kinds(timeline, "Filled")] == ["12345678", "1000001"]
    voice_left = next(line.seq for line in timeline if line.kind == "Left")
    assert any(line.kind == "Filled" and line.seq > voice_left for line in timeline)


async def test_keys_interrupt_at_once_and_lead_to_a_message_with_its_transcript(household, console):
    await household.call(
        "wait:1",
        "key:0",
        "hear:1.5",
        "text:山田です。折り返しお電話をください。",
        "key:#",
        "hear:1.2",
        number="09011110002",
        options=("--patience", "40"),
    )

    async def transcribed():
        timeline = await of_number(household, "+819011110002")
        return timeline if timeline and kinds(timeline, "Transcribed") else None

    timeline = await until(transcribed, 60, every=0.5)
    (recorded,) = kinds(timeline, "Recorded")
    assert recorded["seconds"] > 1
    assert "電話" in kinds(timeline, "Transcribed")[0]["text"]
    assert kinds(timeline, "Finish")[-1]["outcome"] == "message"

    (conversation,) = [
        c for c in (await conversations_of(console)) if recorded["recording"] in (await console.client.get(c)).text
    ]
    sound = await console.client.get(f"{conversation}/sound/{recorded['recording']}")
    with wave.open(io.BytesIO(sound.content)) as heard:
        assert heard.getframerate() == 8000
        assert heard.getnframes() / 8000 == pytest.approx(recorded["seconds"], abs=0.3)


async def conversations_of(console):
    import re

    page = await console.client.get("/console")
    return list(dict.fromkeys(re.findall(r'href="(/console/[0-9a-f]{32})"', page.text)))


async def test_the_record_and_the_recordings_are_unreadable_at_rest(household, console):
    canary = "87654321"
    await household.call(
        "wait:1", "key:1", "wait:1", "key:1", "wait:2", f"keys:{canary}", "wait:1", "hangup", number="09011110003"
    )
    timeline = await of_number(household, "+819011110003")
    assert "".join(p["digit"] for p in kinds(timeline, "Pressed")).endswith(canary)
    everything = b"".join(p.read_bytes() for p in household.folder.rglob("*") if p.is_file())
    for secret in (canary, "09011110003", "+819011110003", "9011110003"):
        assert secret.encode() not in everything


async def test_a_hub_that_is_killed_in_a_call_comes_back_to_it_and_loses_no_acknowledged_event(household, console):
    call = asyncio.create_task(
        household.call(
            "wait:2", "key:3", "wait:2", "key:9", "wait:14", "key:1", "wait:2", "hangup", number="09011110004"
        )
    )

    async def pressed():
        timeline = await of_number(household, "+819011110004")
        return timeline if timeline and len(kinds(timeline, "Pressed")) >= 2 else None

    before = await until(pressed, 30)
    pid = household.kill("hub")
    report = (await call)[-1]
    assert report["reason"] == "ours"
    assert await household.until_replaced("hub", pid) != pid
    await household.until_ready()
    after = await of_number(household, "+819011110004")
    assert [events.load(line.payload) for line in before if line.kind in ("Joined", "Pressed")] == [
        events.load(line.payload) for line in after[: len(before)] if line.kind in ("Joined", "Pressed")
    ]
    assert len(kinds(after, "Pressed")) == 3
    assert after[-1].kind == "Left"


async def test_a_line_that_is_killed_costs_its_own_call_and_the_next_is_answered(household, console):
    doomed = asyncio.create_task(household.call("wait:20", "hangup", number="09011110005"))

    async def joined():
        return await of_number(household, "+819011110005")

    await until(joined, 20)
    pids = {name: household.kill(name) for name in ("line0", "line1")}
    for name, pid in pids.items():
        await household.until_replaced(name, pid)
    await household.until_ready()

    async def answered():
        report = (await household.call("wait:1", "key:4", "wait:1", "hangup", number="09011110006"))[-1]
        return report if report["answered"] is not None else None

    assert (await until(answered, 30))["first_audio"] is not None
    doomed.cancel()
    await asyncio.gather(doomed, return_exceptions=True)

    async def lost():
        timeline = await of_number(household, "+819011110005")
        return [left for left in kinds(timeline, "Left") if left["reason"] == "lost"]

    assert await until(lost, 20)
