"""The service as tests ask it: one application, a clock that stands still, clients that are signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from awards.app import create_app
from awards.clock import FixedClock
from awards.settings import Settings
from tests.factories import AT
from tests.page import Client
from tests.people import Member, sign_in

ClientFor = Callable[[Member], Awaitable[Client]]


@pytest.fixture
def clock() -> FixedClock:
    """2026-03-10 09:00 UTC until it is moved."""
    return FixedClock(AT)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Any:
    """The application on the test's database. Its lifespan is not started: no worker, no engine of its own."""
    return create_app(settings, clock=clock)


@pytest.fixture
async def client(app: Any, settings: Settings) -> AsyncIterator[Client]:
    """Somebody who is not signed in."""
    async with Client(app, settings.base_url) as visitor:
        yield visitor


@pytest.fixture
async def client_for(client: Client, clock: FixedClock) -> AsyncIterator[ClientFor]:
    """`await client_for(AMINA)`: a browser of her own, signed in now."""
    made: list[Client] = []

    async def signed_in(member: Member) -> Client:
        theirs = client.another()
        made.append(theirs)
        await sign_in(theirs, member, at=clock.now())
        return theirs

    yield signed_in
    for theirs in made:
        await theirs.http.aclose()
