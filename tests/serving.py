"""The service as tests ask it: one application, a clock that stands still, clients that are signed in."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from awards.app import create_app
from awards.clock import FixedClock
from awards.settings import Settings
from awards.web.edge import Edge
from awards.web.kept import KeptPages
from awards.web.site import Masthead
from tests.factories import AT
from tests.page import Client
from tests.people import Member, sign_in

ClientFor = Callable[[Member], Awaitable[Client]]


@dataclass(frozen=True, slots=True)
class Service:
    """Put together once: its two hundred routes cost more than most tests that ask them."""

    app: Edge
    settings: Settings
    clock: FixedClock

    def as_new(self) -> None:
        self.clock.move_to(AT)
        self.app.litestar.state.site.masthead = Masthead()
        assert isinstance(self.app.app, KeptPages)
        self.app.app.forget()
        shutil.rmtree(self.settings.mail_folder, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    clock = FixedClock(AT)
    return Service(create_app(settings, clock=clock), settings, clock)


@pytest.fixture
def new_service(shared_service: Service) -> Service:
    shared_service.as_new()
    return shared_service


@pytest.fixture
def service(new_service: Service) -> Service:
    """Files whose tests ask nothing but the application have another fixture of this name."""
    return new_service


@pytest.fixture
def clock(new_service: Service) -> FixedClock:
    """2026-03-10 09:00 UTC until it is moved."""
    return new_service.clock


@pytest.fixture
def settings(new_service: Service) -> Settings:
    return new_service.settings


@pytest.fixture
def app(new_service: Service) -> Any:
    """The application on the test's database. Its lifespan is not started: no worker, no engine of its own."""
    return new_service.app


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
