"""The editor's every view and dialog, in both languages, light and dark, judged by axe as the other pages are."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from judge import faults
from playwright.async_api import Page, expect
from screens import House

pytestmark = pytest.mark.real

HERE = Path(__file__).parent


DIST = HERE.parent.parent / "web" / "ui" / "dist"
EVERYTHING = HERE.parent / "doubles" / "everything.yaml"


async def judged(page: Page, what: str) -> None:
    await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    assert await faults(page) == [], what


async def unfolded(page: Page) -> None:
    await page.eval_on_selector_all(".inspector details", "all => all.forEach((one) => { one.open = true; })")
    await page.eval_on_selector_all(".inspector .head[aria-expanded=false]", "all => all.forEach((one) => one.click())")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_every_view_and_dialog_is_accessible(house: House, phone, language: str, scheme: str) -> None:
    house.editor.symlink_to(DIST)
    options: dict[str, Any] = {"locale": "en-GB" if language == "en" else "ja-JP", "color_scheme": scheme}
    async with contextlib.aclosing(await house.caller()) as admin:
        source = EVERYTHING.read_text("utf-8").replace("next: rank", "next: nowhere")
        tree = (await admin.post("/api/trees", json={"source": source})).json()["id"]
    page: Page = await phone("/editor", session=await house.admin(), width=1280, height=800, **options)
    await expect(page.locator("table")).to_be_visible()
    await judged(page, "list")
    await page.locator("main .button.main").click()
    await expect(page.locator("dialog input:checked")).to_be_focused()
    await judged(page, "new")
    await page.goto(f"{house.url}/editor/{tree}")
    outline = page.get_by_role("tree")
    for name in ("matter", "member", "check", "look_up", "rank", "who", "rating", "desk_hours", "staff", "message"):
        await page.get_by_role("searchbox").fill(name)
        await page.get_by_role("treeitem").filter(has=page.locator(f"code.name:text-is('{name}')")).click()
        await unfolded(page)
        await judged(page, name)
    await page.get_by_role("searchbox").fill("")
    await outline.focus()
    await page.keyboard.press("Home")
    await unfolded(page)
    await judged(page, "settings")
    for key, place in (("2", ".svelte-flow__node"), ("3", "textarea"), ("1", "[role=tree]")):
        await page.keyboard.press(f"Alt+{key}")
        await expect(page.locator(f"#main {place}").first).to_be_visible()
        await judged(page, f"view {key}")
    for key in "5678":
        await page.keyboard.press(f"Alt+{key}")
        await judged(page, f"panel {key}")
    for key in ("n", "?"):
        await outline.focus()
        await page.keyboard.press(key)
        await expect(page.locator("dialog")).to_be_visible()
        await judged(page, f"dialog {key}")
        await page.keyboard.press("Escape")
    await page.locator("header .button.main").click()
    await page.locator("dialog .button.main").click()
    await expect(page.locator("dialog [role=alert]")).to_be_visible()
    await judged(page, "publish")
    assert phone.complaints == []
