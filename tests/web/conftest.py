from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio
import screens


@pytest_asyncio.fixture
async def house(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[screens.House]:
    async with screens.house(tmp_path, free_port()) as made:
        yield made
