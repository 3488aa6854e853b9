"""The smartphone page in Chromium, in step with a live call: what is tapped is heard, what is keyed is seen."""

from __future__ import annotations

import time

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from observers import kinds, of_number, until
from playwright.async_api import async_playwright, expect

from gateway.load import LoadCall, Pulse

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]

NUMBER, E164 = "09014140001", "+819014140001"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest_asyncio.fixture(loop_scope="package")
async def telephone():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP", has_touch=True)
        context.set_default_timeout(15_000)
        yield await context.new_page()
        await browser.close()


async def test_a_tap_is_heard_a_key_is_seen_and_the_page_goes_on_after_the_call(household, console, telephone):
    before = await console.links()
    async with Pulse() as pulse:
        call = LoadCall(household.settings["HOST"], household.sip, NUMBER)
        pulse.calls.append(call)
        assert await call.dial()
        assert await call.until_sound(10)
        call.press("1")

        async def offered():
            return len(kinds(await of_number(household, E164) or [], "Ask")) >= 2

        await until(offered)
        call.press("1")

        async def sent():
            return [link for link in await console.links() if link not in before]

        (link,) = await until(sent)
        await telephone.goto(link)
        await expect(telephone.locator("h1")).to_contain_text("会員番号")

        # Keyed on the telephone, seen on the screen.
        call.press("12345678")
        await expect(telephone.locator("h1")).to_contain_text("郵便番号")

        # Tapped on the screen, heard on the telephone: the prompt of before is replaced, at once.
        assert await call.until_quiet(1.5, 60)
        tapped = time.time()
        await telephone.locator("#value").fill("1000001")
        await telephone.locator("#answer button:not([name])").click()
        assert await call.until_sound(10, tapped)
        found = await Axe().run(telephone)
        assert found.violations_count == 0, found.generate_report()
        await call.hang_up()

    async def left():
        return kinds(await of_number(household, E164), "Left")

    await until(left)
    asked = await telephone.locator("h1").inner_text()
    await telephone.locator("#value").fill("0312345678")
    await telephone.locator("#answer button:not([name])").click()
    await expect(telephone.locator("h1")).not_to_have_text(asked)
    timeline = await of_number(household, E164)
    assert [p["channel"] for p in kinds(timeline, "Acknowledge")].count("page") >= 2
