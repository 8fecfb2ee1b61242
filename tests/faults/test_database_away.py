"""PostgreSQL goes away, before the start and under load: calm pages meanwhile, and it recovers by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from awards.clock import SystemClock
from tests.chance import chance, times
from tests.databases import Databases, PostgresServer
from tests.faults.conftest import Place
from tests.faults.saving import Ledger
from tests.faults.together import until
from tests.panel_at_work import panel_at_work
from tests.processes import Server
from tests.wire import Wire

pytestmark = [pytest.mark.faults, pytest.mark.only("postgres")]


@pytest.fixture
def postgres(databases: Databases) -> PostgresServer:
    assert isinstance(databases, PostgresServer)
    return databases


@pytest.fixture
async def stoppable(postgres: PostgresServer) -> AsyncIterator[PostgresServer]:
    """One that is ours to stop; it runs again after the test."""
    assert postgres.cluster is not None
    yield postgres
    if not postgres.cluster.is_up:
        await asyncio.to_thread(postgres.cluster.start)


async def stop(postgres: PostgresServer) -> None:
    assert postgres.cluster is not None
    await asyncio.to_thread(postgres.cluster.stop)


async def start(postgres: PostgresServer) -> None:
    assert postgres.cluster is not None
    await asyncio.to_thread(postgres.cluster.start)


async def is_calm(server: Server) -> None:
    """Alive, not ready, and every page says so in words instead of breaking."""
    async with Wire(server.port, headers={"accept": "text/html"}) as wire:
        assert (await wire.get("/health/live")).status == 200
        assert (await wire.get("/health/ready")).status == 503
        for path in ("/", "/account", "/start"):
            page = await wire.get(path, cookie="session=somebody")
            assert page.status == 503, f"{path}: {page.status}"
            assert page.headers["retry-after"]
            assert "<h1" in page.text
            assert "Traceback" not in page.text


async def ledger_of(place: Place) -> Ledger:
    panel = await panel_at_work(judges=12, entries=12, sheets_per_judge=3, now=SystemClock().now())
    await place.engine.close()
    return Ledger(panel, chance())


@pytest.mark.stops_the_server
async def test_away_at_the_start_it_waits(place: Place, stoppable: PostgresServer) -> None:
    await ledger_of(place)
    await stop(stoppable)
    server = place.server(worker=True)
    try:
        await server.start(until="/health/live")
        await is_calm(server)
        await start(stoppable)
        await server.answers("/health/ready", 200)
        await server.answers("/", 200)
    finally:
        await server.kill()


@pytest.mark.stops_the_server
async def test_gone_while_judges_save_nothing_acknowledged_is_lost(
    place: Place, stoppable: PostgresServer
) -> None:
    ledger = await ledger_of(place)
    ended = asyncio.Event()
    async with place.server(worker=True) as server:
        process = server.process
        saving = [
            asyncio.create_task(ledger.judge_until(judge, server.port, ended))
            for judge in ledger.panel.judges
        ]
        await asyncio.sleep(0.3)
        for _ in range(times(2, drill=10)):
            await stop(stoppable)
            await is_calm(server)
            await start(stoppable)
            await server.answers("/health/ready", 200)
            known = len(ledger.acknowledged)

            async def more(known: int = known) -> bool:
                return len(ledger.acknowledged) > known

            await until(more, "saves go on when it is back")
        ended.set()
        await asyncio.gather(*saving)
        assert ledger.refused
        await ledger.resolve(server.port)
        assert server.process is process, "it is the same process"
        assert server.is_up
    await ledger.check()


async def test_connections_killed_under_saves(postgres: PostgresServer, place: Place) -> None:
    ledger = await ledger_of(place)
    ended = asyncio.Event()
    async with place.server() as server:
        saving = [
            asyncio.create_task(ledger.judge_until(judge, server.port, ended))
            for judge in ledger.panel.judges
        ]
        for _ in range(times(10, drill=100)):
            await asyncio.sleep(ledger.random.uniform(0.02, 0.15))
            await postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname LIKE '{postgres.prefix}%' AND pid <> pg_backend_pid()"
            )
        ended.set()
        await asyncio.gather(*saving)
        await server.answers("/health/ready", 200)
        await ledger.resolve(server.port)
    await ledger.check()
