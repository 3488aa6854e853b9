from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect
from screens import House

pytestmark = pytest.mark.real


async def joined(house: House, conversation: str) -> None:
    """The page is alive: its event stream is open."""
    async with asyncio.timeout(8):
        while not (await house.inbox.state(conversation)).screen:
            await asyncio.sleep(0.02)


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.id"))


async def test_speech_changes_the_page_and_a_tap_moves_the_call(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation))
    await expect(page.locator("h1")).to_have_text("ご用件をお聞かせください。")
    await joined(house, conversation)
    assert await focused(page) == "prompt"
    await house.say(conversation, "カードをなくしました", "lost")
    await expect(page.locator("h1")).to_have_text("カードのご利用を、今すぐ止めますか。")
    heard: list[str] = []
    house.inbox.subscribe(lambda delivery: heard.extend(action.kind for action in delivery.actions), conversation)
    await page.get_by_role("button", name="はい").click()
    await expect(page.locator("h1")).to_have_text("8桁の会員番号を入力してください。")
    assert "Acknowledge" in heard
    assert await focused(page) == "prompt"
    assert phone.complaints == []


async def test_a_spoken_answer_is_on_the_screen_within_a_second_of_being_kept(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation))
    await joined(house, conversation)
    seen = asyncio.create_task(
        page.evaluate("new Promise((seen) => new MutationObserver(() => seen()).observe(ask, {childList: true}))")
    )
    await page.evaluate("0")  # the page takes calls in order: the observer is set
    await house.say(conversation, "カードをなくしました", "lost")
    async with asyncio.timeout(1.0):
        await seen


async def test_what_is_being_typed_survives_news_from_the_call(house: House, phone) -> None:
    conversation, path = await house.on_page()
    page = await phone(path)
    await joined(house, conversation)
    await page.locator("#value").press_sequentially("1234")
    await house.hang_up(conversation)
    await expect(page.locator("#status")).to_contain_text("お電話は終了しました")
    assert await focused(page) == "value"
    await page.keyboard.type("5678")
    await expect(page.locator("#value")).to_have_value("12345678")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("郵便番号")
    assert (await house.inbox.state(conversation)).variable("member") == "12345678"


async def test_a_wrong_number_is_told_beside_what_was_typed(house: House, phone) -> None:
    _, path = await house.on_page()
    page = await phone(path)
    await page.fill("#value", "123")
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator("#note")).to_contain_text("数字が正しくないようです")
    await expect(page.locator("#value")).to_have_value("123")
    await page.fill("#value", "12345678")
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator("h1")).to_contain_text("郵便番号")
    await expect(page.locator("#note")).to_be_empty()


async def test_two_devices_at_once_stay_in_step(house: House, phone) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    one, two = await phone(path), await phone(path)
    await joined(house, conversation)
    await one.get_by_role("button", name="紛失・再発行").click()
    for page in (one, two):
        await expect(page.locator("h1")).to_have_text("カードのご利用を、今すぐ止めますか。")
    await two.get_by_role("button", name="はい").click()
    for page in (one, two):
        await expect(page.locator("h1")).to_have_text("8桁の会員番号を入力してください。")


async def test_a_late_tap_is_told_gently_and_answers_nothing(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation))
    await joined(house, conversation)
    await page.route("**/events", lambda route: route.abort())
    await page.reload()
    await house.say(conversation, "カードをなくしました", "lost")
    await page.get_by_role("button", name="営業時間").click()
    await expect(page.locator("#note")).to_contain_text("次のご質問へ進んでいました")
    await expect(page.locator("h1")).to_have_text("カードのご利用を、今すぐ止めますか。")
    assert (await house.inbox.state(conversation)).node == "lost_stop"


async def test_the_page_works_without_javascript(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation), java_script_enabled=False)
    await page.get_by_role("button", name="紛失・再発行").click()
    await page.get_by_role("button", name="はい").click()
    await page.fill("#value", "87654321")
    await page.get_by_role("button", name="送信する").click()
    await expect(page.locator("h1")).to_be_visible()
    assert (await house.inbox.state(conversation)).variable("lost_member") == "87654321"


async def test_the_page_works_by_keyboard_alone_and_in_english(house: House, phone) -> None:
    conversation = await house.call("en")
    page = await phone(await house.link(conversation), locale="en-GB")
    await joined(house, conversation)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Change of address"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Would you like to block your card right now?")
    assert await focused(page) == "prompt"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.locator("h1")).to_have_text("Please enter your 8-digit member number.")
    await page.keyboard.press("Tab")
    await page.keyboard.type("12345678")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answers")).to_contain_text("12345678")


async def test_the_language_is_switched_in_place(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation))
    await joined(house, conversation)
    await page.locator("#tongue button").click()
    await expect(page.locator("h1")).to_have_text("How can we help you today?")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#tongue button")).to_have_text("日本語")
    await expect(page.locator("#foot")).to_contain_text("Talk to a person")


async def test_talking_to_a_person_stays_at_the_same_place(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation))
    await joined(house, conversation)
    places = [await page.locator("#foot .person").bounding_box()]
    await house.say(conversation, "カードをなくしました", "lost")
    await expect(page.locator("h1")).to_contain_text("止めますか")
    places.append(await page.locator("#foot .person").bounding_box())
    await house.hang_up(conversation)
    await expect(page.locator("#foot a.person")).to_have_attribute("href", "tel:0312345678")
    places.append(await page.locator("#foot .person").bounding_box())
    assert places[0] == places[1] == places[2]


async def test_every_target_is_large_enough_and_nothing_is_cut_off_on_a_narrow_screen(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation), width=320, height=568)
    for _ in range(2):
        targets = await page.locator("button:visible, a:visible, input:visible").all()
        assert len(targets) > 3
        for target in targets:
            box = await target.bounding_box()
            assert box
            assert box["height"] >= 48
            assert box["width"] >= 48
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 320
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        await house.press(conversation, "12")
        await page.reload()


async def test_the_page_comes_back_by_itself_after_the_connection_broke(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(await house.link(conversation))
    await joined(house, conversation)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="営業時間").click()
    await expect(page.locator("#note")).to_contain_text("通信が途切れています")
    await house.say(conversation, "カードをなくしました", "lost")
    await page.context.set_offline(False)
    await expect(page.locator("h1")).to_have_text("カードのご利用を、今すぐ止めますか。")


async def test_a_page_reached_by_code_opens_by_itself_when_the_caller_confirms(house: House, phone) -> None:
    conversation = await house.call()
    await house.say(conversation, "カードをなくしました", "lost")
    code, _ = await house.codes.issue(conversation)
    page = await phone("/code")
    assert await focused(page) == "code"
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")
    match = await page.locator(".match b").inner_text()
    assert "カード" not in await page.content()
    await house.press(conversation, match)
    await expect(page.locator("h1")).to_have_text("カードのご利用を、今すぐ止めますか。")
    await joined(house, conversation)
    assert phone.complaints == []


async def test_without_javascript_a_page_reached_by_code_looks_again_by_itself(house: House, phone) -> None:
    conversation = await house.call()
    code, _ = await house.codes.issue(conversation)
    page = await phone("/code", java_script_enabled=False)
    await page.fill("#code", code)
    await page.locator(".button.main").click()
    await house.press(conversation, await page.locator(".match b").inner_text())
    await expect(page.locator("h1")).to_have_text("ご用件をお聞かせください。", timeout=8000)


async def test_nothing_is_asked_of_any_other_host(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone("/code")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(house.url + await house.link(conversation))
    await joined(house, conversation)
    assert all(url.startswith((house.url, "data:")) for url in asked)
    before_usable = [url for url in asked if not url.startswith("data:")]
    assert before_usable[0].startswith(house.url + "/l/"), "one request, then only the script and its events"
    assert len(before_usable) <= 3
