from __future__ import annotations

import pytest
from playwright.async_api import expect
from screens import House

from ivr.events import Recorded, Spoke

pytestmark = pytest.mark.real

HOSTILE = "<img src=x onerror=document.title='caught'><script>document.title='caught'</script>"


async def test_the_admin_is_made_signs_in_watches_a_call_and_signs_out(house: House, phone) -> None:
    page = await phone(f"/setup/{await house.users.setup_token()}", width=1200)
    await page.get_by_label("ユーザー名").fill("admin")
    await page.get_by_label("パスワード", exact=True).fill("a long and calm sentence")
    await page.get_by_label("パスワード（確認）").fill("a long and calm sentence")
    await page.get_by_role("button", name="管理者を作成する").click()
    await expect(page.get_by_role("heading", name="まだ会話はありません")).to_be_visible()
    await expect(page.locator("#light")).to_have_text("自動更新中")
    conversation = await house.call()
    await page.get_by_role("link", name=conversation[:8]).click()
    await expect(page.get_by_text("電話がつながりました")).to_be_visible()
    await house.say(conversation, "カードをなくしました", "lost")
    await expect(page.get_by_text("「カードをなくしました」とお話しになりました")).to_be_visible()
    await expect(page.locator('[data-fact="node"]')).to_have_text("lost_stop")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("Said “カードをなくしました”")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await page.goto(house.url + f"/console/{conversation}")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert phone.complaints == []


async def test_the_list_moves_a_conversation_up_when_something_happens_in_it(house: House, phone) -> None:
    first = await house.call()
    house.clock.pass_by(seconds=5)
    second = await house.call()
    page = await phone("/console", width=1200, session=await house.admin())
    rows = page.locator("tbody tr")
    await expect(rows.first).to_have_id(f"c{second}")
    house.clock.pass_by(seconds=5)
    await house.press(first, "2")
    await expect(rows.first).to_have_id(f"c{first}")
    await expect(rows).to_have_count(2)


async def test_a_message_goes_on_playing_while_the_timeline_grows(house: House, phone) -> None:
    conversation = await house.call()
    await house.recordings.append(conversation, "rec1", 0, b"\0\1" * 8000 * 8)
    await house.post(conversation, Recorded(at=house.clock(), channel="voice", recording="rec1", seconds=8))
    page = await phone(f"/console/{conversation}", session=await house.admin())
    await page.evaluate(
        """new Promise((heard) => {
            player = document.querySelector("audio");
            player.ontimeupdate = () => player.currentTime > 0.2 && heard();
            player.muted = true;
            player.play();
        })"""
    )
    await house.say(conversation, "カードをなくしました", "lost")
    await expect(page.get_by_text("「カードをなくしました」とお話しになりました")).to_be_visible()
    assert await page.evaluate("player.isConnected && !player.paused")


async def test_hostile_speech_that_arrives_live_is_text(house: House, phone) -> None:
    conversation = await house.call()
    page = await phone(f"/console/{conversation}", session=await house.admin())
    await house.post(conversation, Spoke(at=house.clock(), channel="voice", text=HOSTILE, confidence=0.5))
    await expect(page.get_by_text("onerror=document.title")).to_be_visible()
    assert await page.locator(".lines img, .lines script").count() == 0
    assert "caught" not in await page.title()
    assert phone.complaints == []
