from __future__ import annotations

import asyncio
import re
from typing import Any, get_args

import httpx
import pytest
from screens import House
from sqlalchemy import select

from conversation import customer_list
from conversation.customer_list import Why
from conversation.tables import Audit, table
from web.catalogue import words
from web.security import form_token

LIST = "customer_id,name,number\nC1,<b>山田</b>,090-1234-5678\nC2,佐藤 花子,312345678\n".encode()


def token(browser: httpx.AsyncClient) -> str:
    return form_token(browser.cookies["denwaban_session"])


async def bring(browser: httpx.AsyncClient, data: bytes, **form: str) -> httpx.Response:
    form = {"token": token(browser), **form}
    return await browser.post("/console/customers", data=form, files={"list": ("list.csv", data, "text/csv")})


@pytest.mark.real
async def test_without_a_session_nothing_is_shown_and_nothing_brought_in(house: House) -> None:
    async with house.browser() as browser:
        for path in ("/console/customers", "/console/callbacks", "/console/callbacks.csv"):
            assert (await browser.get(path)).headers["location"] == "/signin"
        answer = await browser.post("/console/customers", files={"list": ("list.csv", LIST)})
        assert answer.headers["location"] == "/signin"
    assert await house.customers.count() == 0


@pytest.mark.real
async def test_an_empty_list_says_how_to_begin(house: House) -> None:
    async with await house.signed_in() as browser:
        assert "まだ顧客は登録されていません" in (await browser.get("/console/customers")).text


@pytest.mark.real
async def test_a_list_is_brought_in_and_told_and_shown_in_part(house: House) -> None:
    async with await house.signed_in() as browser:
        page = (await bring(browser, LIST)).text
        assert "取り込みが終わりました" in page
        assert re.search(r"追加</dt><dd>1<", page)
        assert "<td>3</td><td>number</td>" in page
        assert "電話番号として読めません" in page
        assert "312345678" not in page
        shown = (await browser.get("/console/customers")).text
        english = (await browser.get("/console/customers", headers={"accept-language": "en"})).text
    assert "<td>C1</td><td>&lt;***</td><td>090-****-5678</td>" in shown
    assert "山田" not in shown
    assert "Customer list" in english
    found = table(Audit)
    audited = await house.store.read(lambda connection: connection.execute(select(found.c.what)).scalars().all())
    assert {"customers", "customers.imported"} <= set(audited)


@pytest.mark.real
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "ファイルを選んでください"),
        (b"name\nx\n", "customer_id の列がありません"),
        ("customer_id\n1\n".encode("utf-16"), "文字コードを読み取れません"),
        (b'customer_id\n"', "2行目から先を CSV として読めません"),
    ],
)
async def test_a_file_that_cannot_be_used_says_what_to_do(house: House, data: bytes, said: str) -> None:
    async with await house.signed_in() as browser:
        answer = await bring(browser, data)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.real
async def test_a_form_that_is_not_ours_brings_nothing_in(house: House) -> None:
    async with await house.signed_in() as browser:
        assert (await bring(browser, LIST, token="0" * 32)).status_code == 403
        plain: dict[str, Any] = {"token": token(browser), "list": "customer_id"}
        assert (await browser.post("/console/customers", data=plain)).status_code == 403
        kind = {"content-type": "multipart/form-data; boundary=x"}
        broken = await browser.post("/console/customers", content=b"nonsense", headers=kind)
        assert broken.status_code == 403
    assert await house.customers.count() == 0


@pytest.mark.real
async def test_a_file_may_be_large_here_and_nowhere_else_and_not_larger(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await house.signed_in() as browser:
        rows = b"".join(b"C%d,rank\n" % n for n in range(4000))
        assert "4000" in (await bring(browser, b"customer_id,rank\n" + rows)).text
        over = await bring(browser, b"x" * (customer_list.LARGEST + 20_000))
        assert over.status_code == 413
        elsewhere = await browser.post("/console/language", data={"back": "x" * 10_001})
        assert elsewhere.status_code == 413


@pytest.mark.real
async def test_two_lists_at_once_both_come_in(house: House) -> None:
    async with await house.signed_in() as browser:
        first = b"customer_id\n" + b"".join(b"A%d\n" % n for n in range(500))
        second = b"customer_id\n" + b"".join(b"B%d\n" % n for n in range(500))
        answers = await asyncio.gather(bring(browser, first), bring(browser, second))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await house.customers.count() == 1000


def test_every_fault_of_a_line_has_words() -> None:
    for language in ("ja", "en"):
        for why in get_args(Why):
            assert words(language)(f"line_fault.{why}")
