"""Every page, in both languages, light and dark, is judged by axe: WCAG 2.2 A and AA, and contrast of 7:1 (AAA)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page
from screens import House

from ivr.events import Recorded, Transcribed

pytestmark = pytest.mark.real

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}


async def faults(page: Page) -> list[str]:
    results = await Axe().run(page, options=RULES)
    found: list[dict[str, Any]] = results.response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


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
    for path in ("/console", f"/console/{conversation}", "/console/outbox", "/console/nope"):
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
