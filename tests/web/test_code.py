from __future__ import annotations

import asyncio
import re

import pytest
from screens import House

pytestmark = pytest.mark.real


async def _match(house: House, browser: object, code: str) -> tuple[str, str]:
    """(path of the page that the code led to, the two digits it shows)."""
    page = await browser.post("/code", data={"code": code})  # type: ignore[attr-defined]
    assert page.status_code == 200, page.text
    found = re.search(r"<b>(\d\d)</b>", page.text)
    assert found
    return page.url.path, found[1]


async def test_a_right_code_leads_to_a_page_that_shows_two_digits_and_nothing_given_before(house: House) -> None:
    conversation = await house.call()
    await house.say(conversation, "カードをなくしました", "lost")
    code, _ = await house.codes.issue(conversation)
    async with house.browser(follow_redirects=True) as browser:
        path, match = await _match(house, browser, code)
        page = await browser.get(path)
    assert match in page.text
    assert "紛失" not in page.text
    assert "カード" not in page.text
    assert (await house.inbox.state(conversation)).match == match


async def test_the_page_opens_when_the_caller_keys_the_two_digits(house: House) -> None:
    conversation = await house.call()
    await house.say(conversation, "カードをなくしました", "lost")
    code, _ = await house.codes.issue(conversation)
    async with house.browser(follow_redirects=True) as browser, asyncio.timeout(10):
        path, match = await _match(house, browser, code)
        async with browser.stream("GET", f"{path}/events") as stream:
            await house.press(conversation, match)
            told = [line async for line in stream.aiter_lines() if line.startswith("event: now")]
        assert told, "the open page was told to look again"
        page = await browser.get(path)
    assert "カードのご利用を、今すぐ止めますか。" in page.text


async def test_an_untrusted_page_cannot_answer_and_does_not_join(house: House) -> None:
    conversation = await house.call()
    code, _ = await house.codes.issue(conversation)
    async with house.browser(follow_redirects=True) as browser:
        path, _ = await _match(house, browser, code)
        data = {"node": "matter", "option": "lost", "form": "x" * 22}
        assert (await browser.post(f"{path}/answer", data=data)).status_code == 403
        assert (await browser.post(f"{path}/person", data=data)).status_code == 403
    state = await house.inbox.state(conversation)
    assert state.node == "matter"
    assert not state.screen


async def test_wrong_digits_shut_the_page(house: House) -> None:
    conversation = await house.call()
    code, _ = await house.codes.issue(conversation)
    async with house.browser(follow_redirects=True) as browser, asyncio.timeout(10):
        path, match = await _match(house, browser, code)
        wrong = "11" if match != "11" else "12"
        async with browser.stream("GET", f"{path}/events") as stream:
            await house.press(conversation, wrong + wrong)
            assert [line async for line in stream.aiter_lines() if line.startswith("event: now")]
        assert (await browser.get(path)).status_code == 410


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12a456", "<b>123", "①②③"])
async def test_what_is_no_six_digits_is_said_and_does_not_count_as_a_try(house: House, code: str) -> None:
    async with house.browser() as browser:
        page = await browser.post("/code", data={"code": code})
    assert page.status_code == 422
    assert "6桁の数字で入力してください。" in page.text


async def test_a_code_typed_in_full_width_with_a_space_is_taken(house: House) -> None:
    code, _ = await house.codes.issue(await house.call())
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    async with house.browser(follow_redirects=True) as browser:
        await _match(house, browser, f"{wide[:3]} {wide[3:]}")


async def test_a_code_works_once_for_five_minutes(house: House) -> None:
    conversation = await house.call()
    code, _ = await house.codes.issue(conversation)
    late, _ = await house.codes.issue(await house.call())
    async with house.browser(follow_redirects=True) as browser:
        await _match(house, browser, code)
        assert (await browser.post("/code", data={"code": code})).status_code == 422
        house.clock.pass_by(minutes=6)
        page = await browser.post("/code", data={"code": late, "lang": "en"})
    assert "wrong or has expired" in page.text


async def test_guessing_is_stopped_after_a_few_tries(house: House) -> None:
    code, _ = await house.codes.issue(await house.call())
    guess = "000000" if code != "000000" else "000001"
    async with house.browser() as browser:
        answers = [(await browser.post("/code", data={"code": guess})).status_code for _ in range(8)]
        right = await browser.post("/code", data={"code": code})
    assert answers[0] == 422
    assert answers[-1] == 429
    assert right.status_code == 429
    assert "しばらくお待ちいただいて" in right.text
