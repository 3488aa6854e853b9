"""The whole family, started for real: Kamailio, line workers, hub, ear and mouth."""

from __future__ import annotations

import pytest_asyncio
from observers import Console

from gateway.household import Household


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def household(tmp_path_factory):
    async with Household(tmp_path_factory.mktemp("household"), {"LINES": "2"}) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def console(household):
    console = Console(household)
    await console.sign_in()
    yield console
    await console.client.aclose()
