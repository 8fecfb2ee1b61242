"""The service behind a socket, for browsers that visit it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import uvicorn
from playwright.async_api import Page

from awards.app import create_app
from awards.clock import Clock
from awards.files.place import files_of
from awards.publication.pack import keys
from awards.settings import Settings
from awards.web.edge import Edge
from awards.web.kept import KeptPages
from awards.web.site import Masthead
from tests.permissions import files


@asynccontextmanager
async def served(data: Path, clock: Clock, *, pseudo_locale: bool = False) -> AsyncIterator[str]:
    """Its origin. The database is the test's own and open already, so the application's start and end are left out."""
    door = socket.create_server(("127.0.0.1", 0), backlog=2048)
    port = door.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    settings = Settings(data=data, base_url=origin, port=port, pseudo_locale=pseudo_locale)
    files.put(settings)
    app = _application(pseudo_locale)
    _as_new(app, settings, clock)
    # Whoever holds a connection when a test has failed is not waited for.
    config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    # The door is open before the server stands in it: who comes early waits there.
    task = asyncio.create_task(server.serve(sockets=[door]))
    try:
        yield origin
    finally:
        server.should_exit = True
        await task


@cache
def _application(pseudo_locale: bool) -> Edge:
    """Put together once: its routes cost more than most visits."""
    return create_app(Settings(pseudo_locale=pseudo_locale))


def _as_new(app: Edge, settings: Settings, clock: Clock) -> None:
    site = app.litestar.state.site
    site.settings, site.clock, site.files, site.masthead = settings, clock, files_of(settings), Masthead()
    app.settings, app.clock = settings, clock
    assert isinstance(app.app, KeptPages)
    app.app.forget()
    keys.bind(settings.data)


def listen(page: Page, origin: str, complaints: list[str]) -> None:
    """Whatever the browser says aloud, of which the policy of the content is loudest; and who else is asked."""

    def asked(url: str) -> None:
        if not url.startswith((origin, "data:", "blob:")):
            complaints.append(f"asked elsewhere: {url}")

    page.on("request", lambda request: asked(request.url))
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
