from __future__ import annotations

import re

import httpx
import pytest
from screens import PASSWORD, House

pytestmark = pytest.mark.real


def token(html: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', html)
    assert found
    return found[1]


async def sign_in(browser: httpx.AsyncClient, name: str = "admin", password: str = PASSWORD) -> httpx.Response:
    page = await browser.get("/signin")
    return await browser.post("/signin", data={"token": token(page.text), "name": name, "password": password})


async def test_the_set_up_link_makes_the_admin_once_and_signs_in(house: House) -> None:
    link = await house.users.setup_token()
    async with house.browser() as browser:
        page = await browser.get(f"/setup/{link}")
        assert "はじめに、管理者を作成します" in page.text
        data = {"token": token(page.text), "name": "admin", "password": PASSWORD, "again": PASSWORD}
        made = await browser.post(f"/setup/{link}", data=data)
        assert (made.status_code, made.headers["location"]) == (303, "/console")
        assert (await browser.get("/console")).status_code == 200
    async with house.browser() as stranger:
        assert (await stranger.get(f"/setup/{link}")).status_code == 410
        assert (await stranger.post(f"/setup/{link}", data=data)).status_code == 410
        assert (await stranger.get("/setup/unknown")).status_code == 410


@pytest.mark.parametrize(
    ("name", "password", "again", "says"),
    [
        ("admin", "elevenchars", "elevenchars", "12文字以上にしてください"),
        ("admin", "aaaaaaaaaaaa", "aaaaaaaaaaab", "一致しません"),
        ("", PASSWORD, PASSWORD, "ユーザー名は"),
        ("admin", "x" * 201, "x" * 201, "200文字以内"),
    ],
)
async def test_what_is_wrong_with_a_new_admin_is_said(
    house: House, name: str, password: str, again: str, says: str
) -> None:
    link = await house.users.setup_token()
    async with house.browser() as browser:
        page = await browser.get(f"/setup/{link}")
        data = {"token": token(page.text), "name": name, "password": password, "again": again}
        page = await browser.post(f"/setup/{link}", data=data)
    assert page.status_code == 422
    assert says in page.text
    assert password not in page.text


async def test_twelve_characters_of_any_kind_are_a_password(house: House) -> None:
    link = await house.users.setup_token()
    async with house.browser() as browser:
        page = await browser.get(f"/setup/{link}")
        data = {"token": token(page.text), "name": "admin", "password": "あ" * 12, "again": "あ" * 12}
        assert (await browser.post(f"/setup/{link}", data=data)).status_code == 303


async def test_signing_in_needs_the_right_password_and_says_no_more_than_that(house: House) -> None:
    await house.admin()
    async with house.browser() as browser:
        wrong = await sign_in(browser, password="something else entirely")
        unknown = await sign_in(browser, name="nobody")
        assert wrong.status_code == unknown.status_code == 401
        assert "ユーザー名またはパスワードが正しくありません。" in wrong.text
        assert (await browser.get("/console")).headers["location"] == "/signin"
        assert (await sign_in(browser)).headers["location"] == "/console"
        assert (await browser.get("/console")).status_code == 200


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    await house.admin()
    async with house.browser() as browser:
        answer = await sign_in(browser)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("denwaban_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


async def test_a_session_that_was_planted_before_sign_in_is_not_the_one_after(house: House) -> None:
    await house.admin()
    planted = "p" * 43
    async with house.browser(cookies={"denwaban_session": planted}) as browser:
        assert (await browser.get("/console")).status_code == 303
        answer = await sign_in(browser)
    assert planted not in answer.headers["set-cookie"]
    async with house.browser(cookies={"denwaban_session": planted}) as stranger:
        assert (await stranger.get("/console")).headers["location"] == "/signin"


async def test_a_sign_in_form_that_is_not_ours_is_refused(house: House) -> None:
    await house.admin()
    async with house.browser() as browser:
        data = {"token": "0" * 32, "name": "admin", "password": PASSWORD}
        assert (await browser.post("/signin", data=data)).status_code == 403
        other = token((await browser.get("/signin")).text)
    async with house.browser() as browser:
        await browser.get("/signin")
        answer = await browser.post("/signin", data={"token": other, "name": "admin", "password": PASSWORD})
    assert answer.status_code == 403
    assert "画面の有効期限が切れました" in answer.text


async def test_failed_tries_end_in_a_pause(house: House) -> None:
    await house.admin()
    async with house.browser() as browser:
        answers = [(await sign_in(browser, password="wrong wrong wrong")).status_code for _ in range(11)]
        house.clock.pass_by(seconds=60)
        paused = await sign_in(browser)
        assert answers[0] == 401
        assert answers[-1] == 429
        assert paused.status_code == 429
        assert int(paused.headers["retry-after"]) > 60
        house.clock.pass_by(minutes=20)
        assert (await sign_in(browser)).status_code == 303


async def test_signing_out_needs_our_form_and_ends_the_session(house: House) -> None:
    async with await house.signed_in() as browser:
        page = await browser.get("/console")
        assert (await browser.post("/signout", data={"token": "0" * 32})).status_code == 403
        assert (await browser.get("/console")).status_code == 200
        session = browser.cookies["denwaban_session"]
        left = await browser.post("/signout", data={"token": token(page.text)})
        assert left.headers["location"] == "/signin?left=1"
    async with house.browser(cookies={"denwaban_session": session}) as browser:
        assert (await browser.get("/console")).headers["location"] == "/signin"


async def test_an_idle_session_ends(house: House) -> None:
    async with await house.signed_in() as browser:
        house.clock.pass_by(minutes=31)
        assert (await browser.get("/console")).headers["location"] == "/signin"
