# ruff: noqa: PT012 - what must raise is a whole transaction
"""Load and cancellation: nothing fails, nothing is lost, nothing stays behind. Nothing here is timed."""

import asyncio
import random
import threading

import pytest

from awards.db import AnyDatabase, SQLiteDatabase, lock_rows, transaction
from awards.errors import Conflict
from tests.awards.db.conftest import nothing_is_held
from tests.awards.db.tables import Account, Payment, balance, names
from tests.chance import chance, times

READERS_AND_WRITER = 3
POOL = 10


async def add(amount: int, name: str = "shared") -> None:
    """Read, then write what was computed: the pattern that loses updates."""
    async with transaction():
        row = await lock_rows(Account.select().where(Account.name == name)).first()
        assert row is not None
        await Account.update({Account.balance: row["balance"] + amount}).where(Account.id == row["id"])


async def test_contended_transactions_lose_nothing(engine: AnyDatabase) -> None:
    tasks, rounds = times(60, drill=500), times(4, drill=10)

    async def many() -> None:
        for _ in range(rounds):
            await add(1)

    await asyncio.gather(*(many() for _ in range(tasks)))
    assert await balance() == tasks * rounds
    assert nothing_is_held(engine)


async def test_readers_beside_writers_see_only_whole_transactions(engine: AnyDatabase) -> None:
    await Account.insert(Account(name="a", balance=100), Account(name="b", balance=100))
    writing = True

    async def move() -> None:
        for _ in range(times(30, drill=300)):
            async with transaction():
                await add(-1, "a")
                await add(1, "b")

    async def watch() -> None:
        while writing:
            rows = await Account.select(Account.balance).where(Account.name.is_in(["a", "b"]))
            assert sum(row["balance"] for row in rows) == 200

    watchers = [asyncio.create_task(watch()) for _ in range(3)]
    await asyncio.gather(move(), move())
    writing = False
    await asyncio.gather(*watchers)


async def test_random_cancellations_leave_nothing_behind(engine: AnyDatabase) -> None:
    dice = chance()
    await Account.insert(Account(name="a", balance=1000), Account(name="b", balance=1000))
    await asyncio.gather(*(Account.count() for _ in range(20)))  # opens every connection there will be
    threads = threading.active_count()

    async def transfer(name: str) -> None:
        async with transaction():
            await add(-1, "a")
            try:
                async with transaction():
                    await Payment.insert(Payment(account=1, amount=1))
                    await Account.insert(Account(name=name if dice.random() < 0.7 else "shared"))
            except Conflict:
                pass
            await asyncio.gather(Account.count(), Payment.count())
            await add(1, "b")
        await Account.select().where(Account.name == name)
        await Account.update({Account.balance: 1}).where(Account.name == name)

    async def cancelled_somewhere(task: asyncio.Task[None], wait: random.Random) -> None:
        for _ in range(wait.randrange(40)):
            await asyncio.sleep(0)
        if wait.random() < 0.5:
            await asyncio.sleep(wait.random() * 0.05)
        task.cancel()
        if wait.random() < 0.2:  # twice, perhaps while it cleans up
            await asyncio.sleep(0)
            task.cancel()

    for batch in range(times(5, drill=20)):
        tasks = [asyncio.create_task(transfer(f"n{batch}-{number}")) for number in range(20)]
        await asyncio.gather(*(cancelled_somewhere(task, dice) for task in tasks))
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ends} <= {type(None), asyncio.CancelledError}, ends
        assert nothing_is_held(engine)

    assert threading.active_count() <= threads
    assert await balance("a") + await balance("b") == 2000
    await add(7)
    assert await balance() == 7
    if isinstance(engine, SQLiteDatabase):
        ours = [thread for thread in threading.enumerate() if thread.name.startswith("sqlite-")]
        assert len([thread for thread in ours if thread.is_alive()]) >= READERS_AND_WRITER - 1
    else:
        (row,) = await engine.send(
            "SELECT count(*) AS n, count(*) FILTER (WHERE state LIKE 'idle in%') AS stuck "
            "FROM pg_stat_activity WHERE datname = current_database()"
        )
        assert row["n"] <= POOL
        assert row["stuck"] == 0


async def test_a_timeout_inside_a_transaction_undoes_its_level_only(engine: AnyDatabase) -> None:
    async with transaction():
        await Account.insert(Account(name="before"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                async with transaction():
                    await Account.insert(Account(name="timed out"))
                    await asyncio.Event().wait()
        await Account.insert(Account(name="after"))
    assert await names() == ["after", "before", "shared"]
    assert nothing_is_held(engine)


async def test_a_cancelled_statement_inside_a_transaction(engine: AnyDatabase) -> None:
    """The task goes on after it swallowed its cancellation; what it does then must be whole."""
    numbers = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) "
    slow = numbers + (
        "SELECT max(x) FROM n" if isinstance(engine, SQLiteDatabase) else "SELECT pg_sleep(0.2)"
    )
    async with transaction():
        await Account.insert(Account(name="before"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                async with transaction():
                    await engine.send(slow)
                    await engine.send(slow)
                    await asyncio.sleep(0.02)
        await Account.insert(Account(name="after"))
    assert await names() == ["after", "before", "shared"]
