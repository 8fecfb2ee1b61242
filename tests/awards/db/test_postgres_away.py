"""PostgreSQL dies, restarts and returns; the service says Unavailable meanwhile and goes on afterwards."""

import asyncio

import pytest

from awards.db import AnyDatabase, PostgresDatabase, transaction
from awards.errors import Unavailable
from tests.awards.db.tables import Account, balance, names
from tests.chance import times
from tests.databases import Databases, PostgresServer

pytestmark = [pytest.mark.faults, pytest.mark.only("postgres")]


@pytest.fixture
def server(databases: Databases, engine: AnyDatabase) -> PostgresServer:
    assert isinstance(databases, PostgresServer)
    return databases


async def kill_connections(server: PostgresServer) -> None:
    await server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname LIKE '{server.prefix}%' AND pid <> pg_backend_pid()"
    )


async def recovered() -> None:
    """The pool learns of each dead connection when it lends it: a few refusals, then none."""
    for _ in range(20):
        try:
            await Account.count()
            return
        except Unavailable:
            await asyncio.sleep(0.05)
    pytest.fail("it did not recover")


async def test_killed_while_idle(server: PostgresServer, engine: PostgresDatabase) -> None:
    await asyncio.gather(*(Account.count() for _ in range(10)))
    await kill_connections(server)
    await recovered()
    assert engine.lent == 0
    await asyncio.gather(*(Account.count() for _ in range(20)))


async def test_killed_inside_a_transaction(server: PostgresServer, engine: PostgresDatabase) -> None:
    for _ in range(times(3, drill=30)):
        with pytest.raises(Unavailable):  # noqa: PT012 - what must raise is a whole transaction
            async with transaction():
                await Account.insert(Account(name="lost"))
                await kill_connections(server)
                async with transaction():
                    await Account.insert(Account(name="also lost"))
        await recovered()
        assert engine.lent == 0
    assert await names() == ["shared"]


async def test_killed_before_the_commit(server: PostgresServer, engine: PostgresDatabase) -> None:
    async def lose() -> None:
        async with transaction():
            await Account.update({Account.balance: 5}).where(Account.name == "shared")
            await kill_connections(server)

    with pytest.raises(Unavailable):
        await lose()
    await recovered()
    assert await balance() == 0
    assert engine.lent == 0


async def test_killed_under_load(server: PostgresServer, engine: PostgresDatabase) -> None:
    done = 0

    async def add() -> None:
        nonlocal done
        for _ in range(times(20, drill=100)):
            try:
                async with transaction():
                    await Account.update({Account.balance: Account.balance + 1}).where(
                        Account.name == "shared"
                    )
            except Unavailable:
                continue
            done += 1

    async def kill() -> None:
        for _ in range(times(4, drill=20)):
            await asyncio.sleep(0.02)
            await kill_connections(server)

    await asyncio.gather(kill(), *(add() for _ in range(20)))
    await recovered()
    # A COMMIT that was sent and never answered may have happened; an answered one has.
    assert await balance() >= done > 0
    assert engine.lent == 0


@pytest.mark.stops_the_server
async def test_the_server_goes_away_and_comes_back(server: PostgresServer, engine: PostgresDatabase) -> None:
    assert server.cluster is not None
    await Account.count()
    await asyncio.to_thread(server.cluster.stop)
    try:
        for _ in range(3):
            with pytest.raises(Unavailable):
                await Account.count()
            with pytest.raises(Unavailable):
                await engine.ping()
            with pytest.raises(Unavailable):
                async with transaction():
                    pass
    finally:
        await asyncio.to_thread(server.cluster.start)
    await recovered()
    await engine.ping()
    assert await names() == ["shared"]
    assert engine.lent == 0


@pytest.mark.stops_the_server
async def test_it_is_away_at_the_start_and_comes_later(
    server: PostgresServer, engine: PostgresDatabase
) -> None:
    assert server.cluster is not None
    await engine.close()
    await asyncio.to_thread(server.cluster.stop)
    try:
        with pytest.raises(Unavailable):
            await engine.start()
    finally:
        await asyncio.to_thread(server.cluster.start)
    await recovered()
