from __future__ import annotations

import base64
import hashlib

import pytest
from screens import House

pytestmark = pytest.mark.real
INLINE = "document.documentElement.dataset.ready = 1;"
INDEX = (
    f'<!doctype html><script>{INLINE}</script><script type="module" src="/editor/assets/index-Ab12_x-9.js"></script>'
)


def build(house: House) -> None:
    (house.editor / "assets").mkdir(parents=True)
    (house.editor / "index.html").write_text(INDEX, "utf-8")
    (house.editor / "assets" / "index-Ab12_x-9.js").write_text("1", "utf-8")
    (house.editor / "secret.txt").write_text("x", "utf-8")


async def test_before_it_is_built_the_page_says_how(house: House) -> None:
    async with await house.signed_in() as admin:
        page = await admin.get("/editor")
    assert page.status_code == 503
    assert "make build" in page.text


async def test_the_page_comes_with_a_policy_of_its_own(house: House) -> None:
    build(house)
    async with await house.signed_in() as admin:
        for path in ("/editor", "/editor/" + "0" * 32):
            page = await admin.get(path)
            assert page.text == INDEX
            policy = page.headers["content-security-policy"]
            hash = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
            assert f"script-src 'self' 'sha256-{hash}';" in policy
            assert "frame-ancestors 'none'" in policy
            assert "microphone=(self)" in page.headers["permissions-policy"]
            assert page.headers["cache-control"] == "no-store"
        assert (await admin.get("/editor/elsewhere")).status_code == 404


async def test_what_it_loads_is_kept_for_ever_and_nothing_else_is_given_out(house: House) -> None:
    build(house)
    async with house.browser() as browser:
        script = await browser.get("/editor/assets/index-Ab12_x-9.js")
        assert "immutable" in script.headers["cache-control"]
        assert "javascript" in script.headers["content-type"]
        for path in ("none.js", "..%2fsecret.txt", "%2e%2e%2fsecret.txt", "../secret.txt", ".hidden"):
            assert (await browser.get(f"/editor/assets/{path}")).status_code in (303, 404)
        assert (await browser.get("/editor")).headers["location"] == "/signin"
