"""What axe finds wrong with a page: WCAG 2.2 A and AA, and contrast of 7:1 (AAA)."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}


async def faults(page: Page) -> list[str]:
    results = await Axe().run(page, options=RULES)
    found: list[dict[str, Any]] = results.response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
