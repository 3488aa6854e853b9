from __future__ import annotations

import pytest
from screens import House

pytestmark = pytest.mark.real


async def test_alive_and_ready_are_two_questions(house: House) -> None:
    async with house.browser() as browser:
        assert (await browser.get("/readyz")).status_code == 200
        house.health["ready"] = False
        assert (await browser.get("/readyz")).status_code == 503
        assert (await browser.get("/healthz")).json() == {"alive": True}


async def test_figures_are_given_as_prometheus_reads_them(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "denwaban_calls 0" in answer.text
