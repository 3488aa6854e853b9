"""The whole family, started for real: Kamailio, line workers, hub, ear and mouth."""

from __future__ import annotations

import pytest
import pytest_asyncio
from observers import Console

from gateway.household import Household


@pytest.fixture(scope="session")
def prompts(tmp_path_factory):
    """Prompts that one family made serve the next."""
    return tmp_path_factory.mktemp("prompts") / "made"


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def household(tmp_path_factory, prompts):
    async with Household(tmp_path_factory.mktemp("household"), {"LINES": "2"}, prompts) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def console(household):
    console = Console(household)
    await console.sign_in()
    yield console
    await console.client.aclose()
