"""Several processes on one database, as an operator starts them, and browsers that go from one to the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from awards import ids
from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.clock import SystemClock
from awards.db import SQLiteDatabase, transaction
from tests.faults.conftest import Place
from tests.faults.forked import ForkedServer
from tests.people import Member, id_of
from tests.wire import Answer, Wire

# One address for all of them, as behind a proxy.
ADDRESS = "http://127.0.0.1:8000"
FORM = {"content-type": "application/x-www-form-urlencoded"}
LIMIT_SECONDS = 60.0


@asynccontextmanager
async def two_servers(
    place: Place, *, workers: bool = True, **settings: str
) -> AsyncIterator[tuple[ForkedServer, ForkedServer]]:
    """SQLite: two that do everything. PostgreSQL: two that serve pages, and two that send mail and do jobs."""
    together = {"AWARDS_BASE_URL": ADDRESS, **settings}
    inside = workers and isinstance(place.engine, SQLiteDatabase)
    servers = tuple(place.server(worker=inside, **together) for _number in range(2))
    beside = [place.worker(**together) for _number in range(2 if workers and not inside else 0)]
    for number, process in enumerate([*servers, *beside]):
        process.log = process.data / f"process-{number}.log"
    async with AsyncExitStack() as stack:
        for process in [*servers, *beside]:
            await stack.enter_async_context(process)
        yield servers[0], servers[1]
        for process in [*servers, *beside]:
            assert process.is_up, process.said()[-3000:]
            assert "Traceback" not in process.said(), process.said()[-3000:]


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody with a live session; every process of the service is the same to them."""

    cookie: str
    csrf: str
    person_id: int = 0
    session_id: int = 0

    async def get(self, server: ForkedServer, path: str) -> Answer:
        async with Wire(server.port, headers={"cookie": self.cookie, "accept": "text/html"}) as wire:
            return await wire.get(path)

    async def post(self, server: ForkedServer, path: str, fields: Mapping[str, object]) -> Answer:
        body = urlencode({"csrf": self.csrf, **fields}).encode()
        async with Wire(server.port, headers={"cookie": self.cookie, "accept": "text/html"}) as wire:
            return await wire.request("POST", path, body, FORM)


async def browser_of(member: Member) -> Browser:
    person_id = await id_of(member)
    async with transaction():
        token = await sessions.start(person_id, at=SystemClock().now(), agent="tests", address="127.0.0.1")
    mine = Session.token_sha256 == ids.token_hash(token)
    (row,) = await Session.select(Session.id, Session.csrf).where(mine)
    return Browser(f"session={token}", row["csrf"], person_id, row["id"])


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            while not await holds():  # noqa: ASYNC110  # another process changes it
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"still not after {LIMIT_SECONDS:.0f} seconds: {what}") from None
