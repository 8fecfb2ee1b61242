"""The service behind a socket, for browsers that visit it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from playwright.async_api import Page

from awards.app import create_app
from awards.clock import Clock
from awards.settings import Settings
from tests.permissions import files
from tests.processes import free_port


@asynccontextmanager
async def served(data: Path, clock: Clock, *, pseudo_locale: bool = False) -> AsyncIterator[str]:
    """Its origin. The database is the test's own and open already, so the application's start and end are left out."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    settings = Settings(data=data, base_url=origin, port=port, pseudo_locale=pseudo_locale)
    files.put(settings)
    app = create_app(settings, clock=clock)
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110  # the server tells nobody when it is up
            await asyncio.sleep(0.01)
    yield origin
    server.should_exit = True
    await task


def listen(page: Page, origin: str, complaints: list[str]) -> None:
    """Whatever the browser says aloud, of which the policy of the content is loudest; and who else is asked."""

    def asked(url: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            complaints.append(f"asked elsewhere: {url}")

    page.on("request", lambda request: asked(request.url))
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
