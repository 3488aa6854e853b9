"""The fields of the smartphone page in a real browser: every kind of value, wrong ones, waiting, passing over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import screens
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from screens import House

from ivr.events import AreaFound, Filled

pytestmark = pytest.mark.real

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}
STEPS = (
    ("name", "山田 太郎|ヤマダ タロウ"),
    ("address", "1000001|東京都千代田区千代田1-1"),
)


async def opened(everything: House, phone: Any, language: str = "ja", **options: Any) -> tuple[str, Page]:
    conversation = await everything.call(language)
    path = everything.url + await everything.link(conversation)
    page = await phone(path, **options)
    async with asyncio.timeout(8):
        while not (await everything.inbox.state(conversation)).screen:
            await asyncio.sleep(0.02)
    return conversation, page


async def told(everything: House, conversation: str, node: str, value: str) -> None:
    """Another device of the same customer fills in a field."""
    await everything.post(conversation, Filled(at=everything.clock(), channel="page", node=node, value=value))


async def test_a_name_is_given_with_its_reading_by_keyboard_alone(everything: House, phone) -> None:
    conversation, page = await opened(everything, phone)
    await expect(page.locator("h1")).to_have_text("お名前をお願いいたします。")
    await page.keyboard.press("Tab")
    await page.keyboard.type("山田 太郎")
    await page.keyboard.press("Tab")
    await page.keyboard.type("やまだ たろう")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("新しいご住所をお願いいたします。")
    assert (await everything.inbox.state(conversation)).variable("name") == "山田 太郎|ヤマダ タロウ"
    await expect(page.locator("#answers")).to_contain_text("山田 太郎（ヤマダ タロウ）")
    assert phone.complaints == []


async def test_a_wrong_value_is_told_its_field_is_gone_to_and_nothing_typed_is_lost(everything: House, phone) -> None:
    _, page = await opened(everything, phone)
    await page.fill("#value", "山田 太郎")
    await page.fill("#kana", "yamada")
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator("#note")).to_contain_text("カタカナまたはひらがな")
    await expect(page.locator("#value")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#value")).to_have_value("山田 太郎")
    await expect(page.locator("#kana")).to_have_value("yamada")
    await expect(page.locator("#value")).to_be_focused()


async def test_both_fields_of_a_name_survive_news_from_the_call(everything: House, phone) -> None:
    conversation, page = await opened(everything, phone)
    await page.fill("#value", "山田 太郎")
    await page.locator("#kana").press_sequentially("やま")
    await everything.hang_up(conversation)
    await expect(page.locator("#status")).to_contain_text("お電話は終了しました")
    await page.keyboard.type("だ")
    await expect(page.locator("#value")).to_have_value("山田 太郎")
    await expect(page.locator("#kana")).to_have_value("やまだ")


async def test_a_postal_code_is_looked_up_while_the_page_waits_and_the_rest_is_asked_for(
    everything: House, phone
) -> None:
    conversation, page = await opened(everything, phone)
    await told(everything, conversation, *STEPS[0])
    await expect(page.locator("#code")).to_have_attribute("autocomplete", "postal-code")
    await page.fill("#code", "100-0001")
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator(".wait")).to_contain_text("このままお待ちください")
    area = AreaFound(at=everything.clock(), channel="system", code="1000001", areas=("東京都千代田区千代田",))
    await everything.post(conversation, area)
    await expect(page.locator("h1")).to_contain_text("東京都千代田区千代田ですね。")
    await page.fill("#value", "1-1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answers")).to_contain_text("〒100-0001 東京都千代田区千代田1-1")


async def test_questions_that_may_be_passed_over_are_passed_over_by_keyboard(everything: House, phone) -> None:
    conversation, page = await opened(everything, phone)
    for step in STEPS:
        await told(everything, conversation, *step)
    await expect(page.locator("h1")).to_have_text("解決しましたか。")
    for question in ("いかがでしたか。", "理由をお聞かせください。"):
        await page.locator(".skip").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text(question)
    await expect(page.locator("textarea")).to_be_visible()
    await page.locator("textarea").press_sequentially("とても\n良い")
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator("#answers")).to_contain_text("とても 良い")


@pytest.mark.parametrize("node", ["check", "name", "address", "day", "hour", "guests", "amount", "opinion", "where"])
async def test_every_kind_of_field_is_accessible_and_large_enough(
    tmp_path: Path, free_port: Callable[[], int], phone, node: str
) -> None:
    async with screens.house(tmp_path / "own", free_port(), screens.beginning_at(node)) as house:
        for language, locale in (("ja", "ja-JP"), ("en", "en-GB")):
            _, page = await opened(house, phone, language, locale=locale, width=320, height=700)
            await expect(page.locator("#value")).to_be_visible()
            await judged(page)
            await page.goto(f"{page.url}?note=wrong")
            await judged(page)


async def test_a_page_that_waits_and_one_that_may_be_passed_over_are_accessible(everything: House, phone) -> None:
    conversation, page = await opened(everything, phone, width=320, height=700)
    await told(everything, conversation, *STEPS[0])
    await told(everything, conversation, "address", "100-0001")
    await expect(page.locator(".wait")).to_be_visible()
    await judged(page)
    await everything.post(
        conversation, AreaFound(at=everything.clock(), channel="system", code="1000001", areas=("東京都",))
    )
    await expect(page.locator("h1")).to_contain_text("東京都ですね")
    await judged(page)
    await told(everything, conversation, "address/rest", "千代田区1-1")
    await expect(page.locator(".skip")).to_be_visible()
    await judged(page)


async def judged(page: Page) -> None:
    """In light and in dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        results = await Axe().run(page, options=RULES)
        violations: list[dict[str, Any]] = results.response["violations"]
        assert [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]] == []
    for target in await page.locator("button:visible, input:visible, textarea:visible").all():
        box = await target.bounding_box()
        assert box
        assert box["height"] >= 48
        assert box["x"] + box["width"] <= 320
