from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from screens import House

from web.errors import Forged, TooBusy
from web.security import Pace, check_form, form_token

AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.real
@pytest.mark.parametrize("path", ["/code", "/signin", "/l/unknown", "/console", "/healthz", "/static/page.js", "/none"])
async def test_every_answer_is_guarded(house: House, path: str) -> None:
    async with house.browser() as browser:
        answer = await browser.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    if not path.startswith("/static"):
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.real
async def test_the_style_inside_a_page_is_the_one_that_the_policy_allows(house: House) -> None:
    session = await house.admin()
    async with house.browser(cookies={"denwaban_session": session}) as browser:
        for path in ("/code", "/console"):
            page = await browser.get(path)
            style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
            assert style
            hash = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
            assert f"'sha256-{hash}'" in page.headers["content-security-policy"]
            assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=|style=\"", page.text)
            assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)


@pytest.mark.real
async def test_a_large_body_is_refused_declared_or_not(house: House) -> None:
    async def pieces():  # type: ignore[no-untyped-def]
        for _ in range(30):
            yield b"a=" + b"x" * 1000 + b"&"

    kind = {"content-type": "application/x-www-form-urlencoded"}
    async with house.browser() as browser:
        assert (await browser.post("/code", data={"code": "x" * 10_001})).status_code == 413
        assert (await browser.post("/code", content=pieces(), headers=kind)).status_code == 413


@pytest.mark.real
@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
async def test_a_form_sent_by_another_site_is_refused(house: House, headers: dict[str, str]) -> None:
    async with house.browser() as browser:
        assert (await browser.post("/code", data={"code": "123456"}, headers=headers)).status_code == 403


@pytest.mark.real
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": "null"}, {}])
async def test_our_own_forms_pass_whatever_a_browser_tells(house: House, headers: dict[str, str]) -> None:
    async with house.browser() as browser:
        assert (await browser.post("/code", data={"code": "1"}, headers=headers)).status_code == 422


@pytest.mark.real
async def test_what_is_no_urlencoded_form_is_refused(house: House) -> None:
    async with house.browser() as browser:
        assert (await browser.post("/code", json={"code": "123456"})).status_code == 403
        assert (await browser.post("/code", files={"code": b"123456"})).status_code == 403
        many = "&".join(f"a{number}=1" for number in range(50))
        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert (await browser.post("/code", content=many, headers=kind)).status_code == 403


@pytest.mark.real
async def test_other_methods_and_paths_are_answered_in_words(house: House) -> None:
    async with house.browser() as browser:
        answers: list[httpx.Response] = [
            await browser.delete("/code"),
            await browser.get("/l"),
            await browser.get("/x/y"),
        ]
    assert [answer.status_code for answer in answers] == [405, 404, 404]
    assert all("03-1234-5678" in answer.text for answer in answers)


@pytest.mark.real
async def test_what_nobody_foresaw_is_a_guarded_page_that_tells_nothing(house: House) -> None:
    house.health.clear()
    house.health["ready"] = _Unprintable()
    async with house.browser() as browser:
        answer = await browser.get("/readyz")
    assert answer.status_code == 500
    assert "8190" not in answer.text
    assert "content-security-policy" in answer.headers


class _Unprintable:
    def __bool__(self) -> bool:
        raise RuntimeError("+819012345678 said something")


def test_a_form_carries_what_only_the_cookie_gives() -> None:
    check_form("secret", form_token("secret"))
    for secret, given in ((None, form_token("secret")), ("other", form_token("secret")), ("secret", "")):
        with pytest.raises(Forged):
            check_form(secret, given)
    assert "secret" not in form_token("secret")


def test_a_client_may_burst_and_then_go_on_at_its_rate() -> None:
    now = [AT]
    pace = Pace(rate=1.0, burst=3, clock=lambda: now[0])
    for _ in range(3):
        pace.take("a")
    with pytest.raises(TooBusy):
        pace.take("a")
    pace.take("b")
    now[0] += timedelta(seconds=1)
    pace.take("a")
    with pytest.raises(TooBusy):
        pace.take("a")


def test_a_clock_set_back_gives_nobody_more() -> None:
    now = [AT]
    pace = Pace(rate=1.0, burst=1, clock=lambda: now[0])
    pace.take("a")
    now[0] -= timedelta(hours=1)
    with pytest.raises(TooBusy):
        pace.take("a")
