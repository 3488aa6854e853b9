from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import screens
from playwright.async_api import Browser, Page, async_playwright

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture
async def house(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[screens.House]:
    async with screens.house(tmp_path, free_port()) as made:
        yield made


@pytest_asyncio.fixture
async def everything(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[screens.House]:
    """A house whose tree has every kind of value; calls stand at the name."""
    async with screens.house(tmp_path / "everything", free_port(), screens.beginning_at("name")) as made:
        yield made


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield browser
        await browser.close()


@pytest.fixture
def phone(house: screens.House, chromium: Browser) -> Open:
    """Opens a page on a telephone of its own; whatever a page complains of in the browser fails the test."""

    async def opened(path: str, *, width: int = 390, height: int = 844, session: str = "", **options: Any) -> Page:
        settings = {"locale": "ja-JP", **options}
        context = await chromium.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(8000)
        if session:
            await context.add_cookies([{"name": "denwaban_session", "value": session, "url": house.url}])
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message.text))
        await page.goto(path if "://" in path else house.url + path)
        return page

    def _note(text: str) -> None:
        if "Content Security Policy" in text:
            complaints.append(text)

    complaints: list[str] = []
    opened.complaints = complaints  # type: ignore[attr-defined]
    return opened
