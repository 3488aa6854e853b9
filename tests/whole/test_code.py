"""A caller on a landline, who cannot get a message, moves to a web page by a spoken code and two digits."""

from __future__ import annotations

import re

import httpx
import pytest
import pytest_asyncio
from observers import kinds, of_number, until

from gateway.load import LoadCall, Pulse

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


@pytest_asyncio.fixture(loop_scope="package")
async def reach_code(household):
    """Calls as this number, asks for the code, and gives the call and the code."""
    async with Pulse() as pulse:

        async def reach(number: str):
            call = LoadCall(household.settings["HOST"], household.sip, number)
            pulse.calls.append(call)
            assert await call.dial()
            assert await call.until_sound(10)
            e164 = f"+81{number[1:]}"
            for count, key in enumerate("112", 1):
                call.press(key)

                async def pressed(count=count):
                    timeline = await of_number(household, e164)
                    return timeline and len(kinds(timeline, "Pressed")) >= count

                await until(pressed)

            async def issued():
                found = kinds(await of_number(household, e164) or [], "CodeIssued")
                return found[0]["code"] if found else None

            return call, e164, await until(issued)

        yield reach


async def enter(household, code):
    """A browser that typed the code: (client, path of its page, text)."""
    client = httpx.AsyncClient(base_url=household.url, follow_redirects=True, timeout=10)
    shown = await client.post("/code", data={"code": code, "lang": "ja"})
    return client, shown.url.path, shown.text


async def test_the_page_shows_nothing_until_the_caller_keys_the_two_digits_that_it_shows(household, reach_code):
    call, e164, code = await reach_code("0312340001")
    client, path, text = await enter(household, code)
    match = re.search(r"<b>(\d\d)</b>", text).group(1)
    assert "会員番号" not in text
    assert "住所変更" not in text
    call.press(match)

    async def trusted():
        page = await client.get(path)
        return "会員番号" in page.text

    assert await until(trusted)
    again = await client.post("/code", data={"code": code, "lang": "ja"})
    assert again.status_code == 422, "a code works once"
    await client.aclose()
    assert kinds(await of_number(household, e164), "TrustPage")


async def test_a_stranger_who_guessed_the_code_sees_nothing_when_the_caller_keys_other_digits(household, reach_code):
    call, e164, code = await reach_code("0312340002")
    client, path, text = await enter(household, code)
    match = re.search(r"<b>(\d\d)</b>", text).group(1)
    other = f"{(int(match) + 1) % 100:02}"
    for _ in range(2):
        asked = len(kinds(await of_number(household, e164), "Ask"))
        call.press(other)

        async def asked_again(asked=asked):
            return len(kinds(await of_number(household, e164), "Ask")) > asked

        await until(asked_again)
    assert kinds(await of_number(household, e164), "RefusePage")

    async def refused():
        return (await client.get(path)).status_code in (404, 410)

    assert await until(refused)
    await client.aclose()
