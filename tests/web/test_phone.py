from __future__ import annotations

import asyncio
import contextlib
import gzip
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
import screens
from screens import House

from ivr.events import AreaFound, Joined

pytestmark = pytest.mark.real


class _Forms(HTMLParser):
    """The hidden fields of each form of a page, by the form's id; also those that name their form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = found.get("id", "")
        elif tag == "input" and found.get("type") == "hidden":
            self.forms.setdefault(found.get("form", self._open), {})[found["name"]] = found["value"]


def form(html: str, name: str = "answer") -> dict[str, str]:
    return dict(_Forms(html).forms[name])


def heading(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert found
    return found[1]


async def test_the_page_shows_the_present_question_and_a_tap_answers_it(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        assert heading(page.text) == "ご用件をお聞かせください。"
        assert 'value="lost"' in page.text
        page = await browser.post(f"{path}/answer", data={**form(page.text), "option": "lost"})
    assert heading(page.text) == "カードのご利用を、今すぐ止めますか。"
    assert (await house.inbox.state(conversation)).node == "lost_stop"
    assert "紛失・再発行" in page.text


async def test_a_number_typed_in_full_width_with_hyphens_is_taken(house: House) -> None:
    conversation, path = await house.on_page()
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        page = await browser.post(f"{path}/answer", data={**form(page.text), "value": "１２３４－５６７８"})
    assert (await house.inbox.state(conversation)).variable("member") == "12345678"


async def test_a_number_that_cannot_be_right_is_asked_for_again_with_a_reason(house: House) -> None:
    _, path = await house.on_page()
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        before = heading(page.text)
        page = await browser.post(f"{path}/answer", data={**form(page.text), "value": "123"})
    assert heading(page.text) == before
    assert "数字が正しくないようです" in page.text


async def test_a_late_tap_does_not_answer_the_next_question_and_is_told_gently(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        await house.say(conversation, "カードをなくしました", "lost")
        page = await browser.post(f"{path}/answer", data={**form(page.text), "option": "order_status"})
    assert heading(page.text) == "カードのご利用を、今すぐ止めますか。"
    assert "次のご質問へ進んでいました" in page.text
    assert (await house.inbox.state(conversation)).node == "lost_stop"


async def test_a_form_sent_twice_counts_once_and_complains_of_nothing(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        data = {**form(page.text), "option": "lost"}
        first, second = await asyncio.gather(*(browser.post(f"{path}/answer", data=data) for _ in range(2)))
    assert heading(first.text) == heading(second.text) == "カードのご利用を、今すぐ止めますか。"
    assert "次のご質問へ進んでいました" not in first.text + second.text
    kinds = [line.kind for line in await house.inbox.timeline(conversation)]
    assert kinds.count("Chose") == 1


async def test_looking_is_not_joining_so_preview_robots_change_nothing(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    before = len(await house.inbox.timeline(conversation))
    async with house.browser() as robot:
        for _ in range(3):
            assert (await robot.get(path)).status_code == 200
            assert (await robot.head(path)).status_code == 200
    assert len(await house.inbox.timeline(conversation)) == before
    assert not (await house.inbox.state(conversation)).screen


async def test_a_page_joins_once_when_it_proves_to_be_alive(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser() as browser:
        for _ in range(2):
            async with browser.stream("GET", f"{path}/events") as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("event: now"):
                        break
    joined = [
        line for line in await house.inbox.timeline(conversation) if line.kind == "Joined" and line.channel == "page"
    ]
    assert len(joined) == 1


async def test_without_a_script_the_first_answer_joins_the_page(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser() as browser:
        page = await browser.get(path)
        await browser.post(f"{path}/answer", data={**form(page.text), "option": "lost"})
    kinds = [(line.kind, line.channel) for line in await house.inbox.timeline(conversation)]
    assert kinds.index(("Joined", "page")) < kinds.index(("Chose", "page"))


async def _next_page(lines: object) -> str:
    got: list[str] = []
    async for line in lines:  # type: ignore[attr-defined]
        if line.startswith("data: "):
            got.append(line[6:])
        elif not line and got:
            return "\n".join(got)
    raise AssertionError("the stream ended")


async def test_a_spoken_answer_reaches_the_open_page(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser() as browser, browser.stream("GET", f"{path}/events") as stream, asyncio.timeout(5):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert heading(await _next_page(lines)) == "ご用件をお聞かせください。"
        await house.say(conversation, "カードをなくしました", "lost")
        assert heading(await _next_page(lines)) == "カードのご利用を、今すぐ止めますか。"
        await house.hang_up(conversation)
        assert "お電話は終了しました" in await _next_page(lines)


async def test_during_the_call_a_person_is_asked_for_on_the_call_and_afterwards_by_telephone(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        assert "tel:0312345678" not in page.text
        page = await browser.post(f"{path}/person", data=form(page.text, "wish"))
        assert (await house.inbox.state(conversation)).escorted
        await house.hang_up(conversation)
        page = await browser.get(path)
    assert 'href="tel:0312345678"' in page.text


async def test_the_language_can_be_changed_for_page_and_call(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        page = await browser.post(f"{path}/language", data={**form(page.text, "tongue"), "language": "en"})
    assert '<html lang="en">' in page.text
    assert heading(page.text) == "How can we help you today?"
    assert (await house.inbox.state(conversation)).language == "en"


async def test_a_finished_matter_says_so(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser(follow_redirects=True) as browser:
        page = await browser.get(path)
        for option in ("opening_hours", "no"):
            page = await browser.post(f"{path}/answer", data={**form(page.text), "option": option})
    assert (await house.inbox.state(conversation)).finished
    assert heading(page.text) == "お手続きは終了しました"


@pytest.mark.parametrize("token", ["x", "A" * 22, "../../etc", "a" * 300, "%00" * 5])
async def test_an_unknown_link_is_a_page_for_people_with_the_number_to_call(house: House, token: str) -> None:
    async with house.browser() as browser:
        page = await browser.get(f"/l/{token}")
    assert page.status_code == 404
    assert "03-1234-5678" in page.text
    assert "ページが見つかりません" in page.text
    assert "We cannot find this page" in page.text


async def test_an_expired_and_a_revoked_link_say_so(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    other = await house.link(conversation)
    await house.links.revoke((await house.links.find(other.removeprefix("/l/"))).id)
    house.clock.now += timedelta(hours=25)
    async with house.browser(headers={"accept-language": "en"}) as browser:
        expired, revoked = await browser.get(path), await browser.get(other)
        posted = await browser.post(f"{path}/answer", data={"node": "matter", "option": "lost", "form": "x" * 20})
    assert expired.status_code == revoked.status_code == posted.status_code == 410
    assert heading(expired.text) == "This link has expired"
    assert heading(revoked.text) == "This link can no longer be used"


async def test_an_open_page_whose_link_is_revoked_shows_nothing_more(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    page = await house.links.find(path.removeprefix("/l/"))
    async with house.browser() as browser, browser.stream("GET", f"{path}/events") as stream, asyncio.timeout(5):
        lines = stream.aiter_lines()
        await _next_page(lines)
        await house.links.revoke(page.id)
        await house.say(conversation, "カードをなくしました", "lost")
        rest = [line async for line in lines]
    assert "data: " in rest
    assert not any("カード" in line for line in rest)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"node": "matter", "option": "lost"},
        {"node": "matter", "option": "<script>", "form": "x" * 20},
        {"node": "m" * 200, "option": "lost", "form": "x" * 20},
        {"node": "matter", "option": "lost", "form": "page:other"},
    ],
)
async def test_a_form_that_is_not_ours_is_refused(house: House, data: dict[str, str]) -> None:
    path = await house.link(await house.call())
    async with house.browser() as browser:
        assert (await browser.post(f"{path}/answer", data=data)).status_code == 403


async def test_what_a_stranger_types_never_becomes_markup(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    await house.say(conversation, "<script>alert(1)</script>", "lost")
    async with house.browser() as browser:
        page = await browser.get(path)
        bad = await browser.get(f"{path}?note=<script>alert(1)</script>")
    assert "<script>alert" not in page.text + bad.text


async def test_the_page_weighs_at_most_14_kilobytes_before_it_is_usable(house: House) -> None:
    _, path = await house.on_page()
    async with house.browser() as browser:
        first = await browser.get(path)
        script = await browser.get(re.search(r'src="([^"]+)"', first.text)[1])  # type: ignore[index]
    assert '<link rel="stylesheet' not in first.text
    assert len(gzip.compress(first.content)) + len(gzip.compress(script.content)) <= 14 * 1024
    assert len(script.content) < 2048


async def test_a_client_that_asks_too_fast_is_told_to_wait(house: House) -> None:
    path = await house.link(await house.call())
    async with house.browser() as browser:
        answers = [await browser.get(path) for _ in range(140)]
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        house.clock.pass_by(minutes=1)
        assert (await browser.get(path)).status_code == 200


async def test_events_of_one_link_are_open_a_few_times_at_most(house: House) -> None:
    path = await house.link(await house.call())
    async with house.browser() as browser, asyncio.timeout(20):
        opened: list[httpx.Response] = []
        try:
            for _ in range(12):
                request = browser.build_request("GET", f"{path}/events")
                opened.append(await browser.send(request, stream=True))
            more = await browser.get(f"{path}/events")
        finally:
            for one in opened:
                await one.aclose()
    assert more.status_code == 429


async def test_a_page_cannot_join_for_the_voice(house: House) -> None:
    conversation = await house.call()
    path = await house.link(conversation)
    async with house.browser() as browser:
        page = await browser.get(path)
        await browser.post(f"{path}/answer", data={**form(page.text), "option": "lost", "channel": "voice"})
    events = [line for line in await house.inbox.timeline(conversation) if line.cause is None]
    assert [line.channel for line in events if line.kind == Joined.__name__] == ["voice", "page"]


@contextlib.asynccontextmanager
async def standing(folder: Path, port: int, node: str, language: str = "ja") -> AsyncIterator[tuple[House, str, str]]:
    """A house whose calls stand at this node: it, a conversation, and the path of its page."""
    async with screens.house(folder, port, screens.beginning_at(node)) as house:
        conversation = await house.call(language)
        yield house, conversation, await house.link(conversation)


@pytest.mark.parametrize(
    ("node", "typed", "saved"),
    [
        ("day", {"value": "2026-12-01"}, ("day", "2026-12-01")),
        ("day", {"value": "令和8年12月1日"}, ("day", "2026-12-01")),
        ("hour", {"value": "13:30"}, ("hour", "13:30")),
        ("guests", {"value": "３"}, ("guests", "3")),
        ("amount", {"value": "12,000円"}, ("amount", "12000")),
        ("name", {"value": "髙橋 太郎", "kana": "たかはし たろう"}, ("name", "髙橋 太郎|タカハシ タロウ")),
        (
            "address",
            {"code": "100-0001", "value": "東京都千代田区千代田1-1"},
            ("address", "1000001|東京都千代田区千代田1-1"),
        ),
        ("opinion", {"value": "とても\n良かった"}, ("opinion", "とても 良かった")),
        ("where", {"value": "03-1234-5678"}, ("where", "0312345678")),
        ("check", {"value": "1234-5674"}, ("member", "12345674")),
    ],
)
async def test_every_kind_of_value_is_taken_from_its_field(
    tmp_path: Path, free_port: Callable[[], int], node: str, typed: dict[str, str], saved: tuple[str, str]
) -> None:
    async with standing(tmp_path, free_port(), node) as (house, conversation, path):
        async with house.browser(follow_redirects=True) as browser:
            page = await browser.get(path)
            page = await browser.post(f"{path}/answer", data={**form(page.text), **typed})
        assert "alarm" not in page.text.partition("</style>")[2]
        assert (await house.inbox.state(conversation)).variable(saved[0]) == saved[1]


@pytest.mark.parametrize(
    ("node", "typed", "told"),
    [
        ("day", {"value": "2026-11-24"}, "2026年11月25日、水曜日以降を入力してください。"),
        ("day", {"value": "2027-12-01"}, "までの中から入力してください。"),
        ("day", {"value": "2026-02-30"}, "日付を確認できませんでした。"),
        ("hour", {"value": "18:00"}, "午後5時までの中から入力してください。"),
        ("guests", {"value": "9"}, "8以下で入力してください。"),
        ("guests", {"value": "たくさん"}, "数字だけで入力してください。"),
        ("amount", {"value": "9999999"}, "1,000,000円以下で入力してください。"),
        ("name", {"value": "髙橋", "kana": "takahashi"}, "フリガナは、カタカナまたはひらがなで"),
        ("address", {"code": "123", "value": "千代田1-1"}, "7桁の郵便番号、または番地までのご住所を"),
        ("address", {"code": "", "value": ""}, "7桁の郵便番号、または番地までのご住所を"),
        ("check", {"value": "1234-5678"}, "番号のどこかに誤りがあるようです。"),
        ("check", {"value": "12345"}, "番号の形が合わないようです。"),
    ],
)
async def test_what_is_wrong_with_a_value_is_told_and_it_may_be_typed_again(
    tmp_path: Path, free_port: Callable[[], int], node: str, typed: dict[str, str], told: str
) -> None:
    async with (
        standing(tmp_path, free_port(), node) as (house, _, path),
        house.browser(follow_redirects=True) as browser,
    ):
        page = await browser.get(path)
        before = heading(page.text)
        page = await browser.post(f"{path}/answer", data={**form(page.text), **typed})
        assert heading(page.text) == before
        assert told in page.text
        assert 'aria-invalid="true"' in page.text


async def test_a_postal_code_alone_is_looked_up_and_its_area_is_shown_for_the_rest(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    async with standing(tmp_path, free_port(), "address") as (house, conversation, path):
        async with house.browser(follow_redirects=True) as browser:
            page = await browser.get(path)
            page = await browser.post(f"{path}/answer", data={**form(page.text), "code": "100-0001", "value": ""})
            assert "このままお待ちください" in page.text
            assert 'http-equiv="refresh"' in page.text, "without a script the page looks again by itself"
            area = AreaFound(at=house.clock(), channel="system", code="1000001", areas=("東京都千代田区千代田",))
            await house.post(conversation, area)
            page = await browser.get(path)
            assert "東京都千代田区千代田ですね" in heading(page.text)
            await browser.post(f"{path}/answer", data={**form(page.text), "value": "１－１"})
        address = (await house.inbox.state(conversation)).variable("address")
    assert address is not None
    assert address.startswith("1000001|東京都千代田区千代田")


async def test_an_optional_question_may_be_passed_over_and_another_may_not(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    async with standing(tmp_path, free_port(), "rating") as (house, conversation, path):
        async with house.browser(follow_redirects=True) as browser:
            for node in ("rating.score", "rating.why"):
                page = await browser.get(path)
                assert "答えずに次へ進む" in page.text
                await browser.post(f"{path}/answer", data={**form(page.text), "skip": "1"})
                assert (await house.inbox.state(conversation)).node == node
        assert (await house.inbox.state(conversation)).given == ()
    (tmp_path / "other").mkdir()
    async with standing(tmp_path / "other", free_port(), "day") as (house, conversation, path):
        async with house.browser(follow_redirects=True) as browser:
            page = await browser.get(path)
            assert "答えずに次へ進む" not in page.text
            page = await browser.post(f"{path}/answer", data={**form(page.text), "skip": "1"})
        assert (await house.inbox.state(conversation)).node == "day"
        assert "日付を確認できませんでした" in page.text


async def test_every_page_of_every_kind_of_field_stays_light(tmp_path: Path, free_port: Callable[[], int]) -> None:
    async with standing(tmp_path, free_port(), "name") as (house, _, path), house.browser() as browser:
        first = await browser.get(path)
        script = await browser.get(re.search(r'src="([^"]+)"', first.text)[1])  # type: ignore[index]
    assert len(gzip.compress(first.content)) + len(gzip.compress(script.content)) <= 14 * 1024
