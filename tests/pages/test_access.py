"""Every page, in both languages, light and dark, is judged by axe: WCAG 2.2 A and AA, and contrast of 7:1 (AAA)."""

from __future__ import annotations

import asyncio

import pytest
from judge import faults
from screens import House

from ivr.events import Recorded, Transcribed

pytestmark = pytest.mark.real


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_customers_pages_are_accessible(house: House, phone, language: str, scheme: str) -> None:
    locale = "en-GB" if language == "en" else "ja-JP"
    conversation = await house.call(language)
    path = await house.link(conversation)
    page = await phone(path, locale=locale, color_scheme=scheme)
    assert await faults(page) == []
    await house.press(conversation, "12")
    await page.wait_for_selector("#value")
    await page.fill("#value", "1")
    await page.locator(".button.main").click()
    await page.wait_for_selector("#note.alarm")
    assert await faults(page) == []
    await house.hang_up(conversation)
    await page.wait_for_selector("#foot a.person")
    assert await faults(page) == []
    code, _ = await house.codes.issue(await house.call(language))
    await page.goto(house.url + "/code")
    await page.fill("#code", "1")
    await page.locator(".button.main").click()
    await page.wait_for_selector("#wrong")
    assert await faults(page) == []
    await page.fill("#code", code)
    await page.locator(".button.main").click()
    await page.wait_for_selector(".match")
    assert await faults(page) == []
    await page.goto(house.url + "/l/unknown")
    assert await faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_consoles_pages_are_accessible(house: House, phone, language: str, scheme: str) -> None:
    options = {"locale": "en-GB" if language == "en" else "ja-JP", "color_scheme": scheme}
    link = await house.users.setup_token()
    page = await phone(f"/setup/{link}", **options)
    assert await faults(page) == []
    await page.goto(house.url + "/signin")
    assert await faults(page) == []
    session = await house.admin()
    page = await phone("/console", session=session, **options)
    assert await faults(page) == []
    conversation = await house.call(language)
    await house.say(conversation, "住所変更したい", "address_change")
    await house.press(conversation, "1")
    async with asyncio.timeout(5):
        while not await house.outbox.messages(1):
            await asyncio.sleep(0.02)
    await house.recordings.append(conversation, "rec1", 0, b"\0\1" * 800)
    await house.post(conversation, Recorded(at=house.clock(), channel="voice", recording="rec1", seconds=2))
    await house.post(conversation, Transcribed(at=house.clock(), channel="voice", recording="rec1", text="もしもし"))
    for path in ("/console/customers", "/console/callbacks"):
        await page.goto(house.url + path)
        assert await faults(page) == [], path
    await house.callbacks.book(conversation, "main", "+819012345678", None, key="1")
    await page.goto(house.url + "/console/customers")
    upload = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"customer_id,kana,rank\nC1,,gold\nC2,?,gold\n"}
    await page.set_input_files("#list", upload)
    await page.locator("button.push").click()
    await page.wait_for_selector(".told table")
    assert await faults(page) == []
    await page.set_input_files("#list", {**upload, "buffer": b"name\n"})
    await page.locator("button.push").click()
    await page.wait_for_selector("#fault")
    assert await faults(page) == []
    for path in ("/console", f"/console/{conversation}", "/console/outbox", "/console/callbacks", "/console/nope"):
        await page.goto(house.url + path)
        assert await faults(page) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_pages_of_users_are_accessible(house: House, phone, language: str, scheme: str) -> None:
    options = {"locale": "en-GB" if language == "en" else "ja-JP", "color_scheme": scheme}
    session = await house.admin()
    me = (await house.users.everyone())[0].id
    _, link = await house.users.invite("taro", "agent", me)
    closed, _ = await house.users.invite("jiro", "auditor", me)
    await house.users.change(closed, me, closed=True)
    page = await phone("/console/users", session=session, width=1280, **options)
    assert await faults(page) == []
    await page.fill("#name", "hanako")
    await page.locator(".push-button").click()
    await page.wait_for_selector(".once")
    assert await faults(page) == []
    for path in ("/console/audit", "/editor"):
        await page.goto(house.url + path)
        assert await faults(page) == [], path
    agent = await house.user("agent", "saburo")
    page = await phone("/console/users", session=agent, **options)
    assert await faults(page) == []
    page = await phone(f"/invited/{link}", **options)
    assert await faults(page) == []
