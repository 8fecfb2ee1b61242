"""How long a page may take before that is a fault. A loaded machine with two cores is slow, and no test asserts a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from playwright.async_api import Page

from tests.factories import AT

PATIENCE_SECONDS = 60


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Waits for what no locator can see."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await true():  # noqa: ASYNC110  # neither the database nor the browser tells of it
            await asyncio.sleep(0.02)


async def stand_still(page: Page) -> None:
    """The clock of every page that is opened here from now on stands until the test moves it. Axe never ends then."""
    await page.clock.install(time=AT)
    await page.clock.pause_at(AT + timedelta(hours=1))
