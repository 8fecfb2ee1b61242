# ruff: noqa: PT012 - what must raise is a whole transaction
import asyncio
import sqlite3

import pytest

from awards.db import (
    AnyDatabase,
    PostgresDatabase,
    SQLiteDatabase,
    advisory_lock,
    in_transaction,
    lock_rows,
    transaction,
)
from awards.errors import BrokenReference, Busy, Conflict
from tests.awards.db.conftest import nothing_is_held
from tests.awards.db.tables import Account, Payment, balance, names


class LeaveError(Exception):
    """What a test raises to leave a block."""


async def test_all_of_it_or_nothing(engine: AnyDatabase) -> None:
    async with transaction():
        await Account.insert(Account(name="kept"))
    with pytest.raises(LeaveError):
        async with transaction():
            await Account.insert(Account(name="undone"))
            raise LeaveError
    assert await names() == ["kept", "shared"]


async def test_it_sees_its_own_writes_and_others_do_not(engine: AnyDatabase) -> None:
    written, looked = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with transaction():
            await Account.insert(Account(name="new"))
            assert await names() == ["new", "shared"]
            written.set()
            await looked.wait()

    writer = asyncio.create_task(write())
    await written.wait()
    assert await names() == ["shared"]
    looked.set()
    await writer
    assert await names() == ["new", "shared"]


async def test_reads_after_a_commit_see_it(engine: AnyDatabase) -> None:
    for number in range(1, 50):
        async with transaction():
            await Account.update({Account.balance: number}).where(Account.name == "shared")
        assert await balance() == number
        await Account.update({Account.balance: -number}).where(Account.name == "shared")
        assert await balance() == -number


async def test_in_transaction(engine: AnyDatabase) -> None:
    assert not in_transaction()
    async with transaction():
        assert in_transaction()
        async with transaction():
            assert in_transaction()
        assert in_transaction()
    assert not in_transaction()


async def test_an_inner_error_undoes_only_the_inner_writes(engine: AnyDatabase) -> None:
    async with transaction():
        await Account.insert(Account(name="outer"))
        with pytest.raises(LeaveError):
            async with transaction():
                await Account.insert(Account(name="inner"))
                async with transaction():
                    await Account.insert(Account(name="innermost"))
                raise LeaveError
        await Account.insert(Account(name="after"))
    assert await names() == ["after", "outer", "shared"]


async def test_a_failed_statement_in_a_savepoint_leaves_the_outer_level_usable(engine: AnyDatabase) -> None:
    async with transaction():
        with pytest.raises(Conflict):
            async with transaction():
                await Account.insert(Account(name="shared"))
        await Account.insert(Account(name="after"))
    assert await names() == ["after", "shared"]


async def test_an_outer_error_undoes_the_inner_level_that_ended_well(engine: AnyDatabase) -> None:
    with pytest.raises(LeaveError):
        async with transaction():
            async with transaction():
                await Account.insert(Account(name="inner"))
            raise LeaveError
    assert await names() == ["shared"]


async def test_discard_undoes_without_an_error(engine: AnyDatabase) -> None:
    async with transaction() as outer:
        await Account.insert(Account(name="dry"))
        async with transaction() as inner:
            await Account.insert(Account(name="drier"))
            inner.discard()
        assert await names() == ["dry", "shared"]
        outer.discard()
    assert await names() == ["shared"]
    assert nothing_is_held(engine)


async def test_gather_inside_a_transaction(engine: AnyDatabase) -> None:
    async with transaction():
        await asyncio.gather(*(Account.insert(Account(name=f"n{number}")) for number in range(20)))
        counts = await asyncio.gather(*(Account.count() for _ in range(20)))
        assert counts == [21] * 20
    assert len(await names()) == 21


async def test_sibling_savepoints_undo_each_their_own(engine: AnyDatabase) -> None:
    async def child(number: int) -> None:
        async with transaction():
            await Account.insert(Account(name=f"a{number:02}"))
            await asyncio.sleep(0)
            await Account.insert(Account(name=f"b{number:02}"))
            if number % 2:
                raise LeaveError

    async with transaction():
        ends = await asyncio.gather(*(child(number) for number in range(10)), return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), LeaveError] * 5
    assert await names() == [*(f"{letter}{n:02}" for letter in "ab" for n in range(0, 10, 2)), "shared"]


async def test_a_statement_beside_an_open_savepoint_is_not_undone_with_it(engine: AnyDatabase) -> None:
    opened = asyncio.Event()

    async def undone() -> None:
        async with transaction() as level:
            await Account.insert(Account(name="undone"))
            opened.set()
            await asyncio.sleep(0.01)
            level.discard()

    async def kept() -> None:
        await opened.wait()
        await Account.insert(Account(name="kept"))

    async with transaction():
        await asyncio.gather(undone(), kept())
    assert await names() == ["kept", "shared"]


async def test_a_task_that_outlives_its_transaction_commits_by_itself(engine: AnyDatabase) -> None:
    ended, others = asyncio.Event(), asyncio.Event()

    async def straggler() -> None:
        await ended.wait()
        assert not in_transaction()
        await Account.insert(Account(name="late"))
        async with transaction():
            await Account.insert(Account(name="later"))
        others.set()

    async with transaction() as first:
        task = asyncio.create_task(straggler())
        await Account.insert(Account(name="discarded"))
        first.discard()
    # The next transaction is open while the straggler writes: its rows must not fall into it.
    if isinstance(engine, PostgresDatabase):
        async with transaction() as second:
            ended.set()
            await others.wait()
            second.discard()
    else:
        ended.set()
    await task
    assert await names() == ["late", "later", "shared"]


async def test_a_failing_commit_leaves_nothing_locked(engine: AnyDatabase) -> None:
    for _ in range(30):  # more than the pool holds
        with pytest.raises(BrokenReference):
            async with transaction():
                await Account.insert(Account(name="undone"))
                await engine.send("INSERT INTO probe_late (account) VALUES (987654)")
        assert not in_transaction()
    assert nothing_is_held(engine)
    await Account.insert(Account(name="next"))
    assert await names() == ["next", "shared"]


@pytest.mark.only("sqlite")  # PostgreSQL's is tested by killing it
async def test_a_failing_rollback_leaves_nothing_locked(engine: SQLiteDatabase) -> None:

    def refuse_to_roll_back(connection: sqlite3.Connection) -> None:
        def allowed(action: int, what: str | None, *_: object) -> int:
            refused = action == sqlite3.SQLITE_TRANSACTION and what == "ROLLBACK"
            return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

        connection.set_authorizer(allowed)

    await engine.on_writer(refuse_to_roll_back)
    with pytest.raises(LeaveError):
        async with transaction():
            await Account.insert(Account(name="undone"))
            raise LeaveError
    assert nothing_is_held(engine)
    async with transaction():
        await Account.insert(Account(name="next"))
    assert await names() == ["next", "shared"]


async def test_a_failing_begin_leaves_nothing_locked(
    engine: AnyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(engine, SQLiteDatabase):
        release, held = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with transaction():
                held.set()
                await release.wait()

        holder = asyncio.create_task(hold())
        await held.wait()
        monkeypatch.setattr(engine, "patience", 0.05)
        with pytest.raises(Busy):
            async with transaction():
                pass
        with pytest.raises(Busy):
            await Account.insert(Account(name="never"))
        assert await names() == ["shared"], "readers go on"
        release.set()
        await holder
    else:
        borrowed = [await engine.begin() for _ in range(10)]
        monkeypatch.setattr(engine, "patience", 0.05)
        with pytest.raises(Busy):
            async with transaction():
                pass
        for session in borrowed:
            await session.end(commit=False)
    assert nothing_is_held(engine)
    await Account.insert(Account(name="next"))


async def test_a_transaction_that_swallowed_a_failed_statement(engine: AnyDatabase) -> None:
    """SQLite goes on; PostgreSQL has undone everything, and must not look as if it had not."""

    async def swallow() -> None:
        async with transaction():
            await Account.insert(Account(name="before"))
            with pytest.raises(Conflict):
                await Account.insert(Account(name="shared"))

    if isinstance(engine, SQLiteDatabase):
        await swallow()
        assert await names() == ["before", "shared"]
    else:
        with pytest.raises(RuntimeError, match="passed over"):
            await swallow()
        assert await names() == ["shared"]
    assert nothing_is_held(engine)


async def test_locked_rows_make_others_wait(engine: AnyDatabase) -> None:
    async def add_one() -> None:
        async with transaction():
            row = await lock_rows(Account.select().where(Account.name == "shared")).first()
            assert row is not None
            await asyncio.sleep(0)
            await Account.update({Account.balance: row["balance"] + 1}).where(Account.id == row["id"])

    await asyncio.gather(*(add_one() for _ in range(25)))
    assert await balance() == 25


async def test_an_advisory_lock_lets_one_through_at_a_time(engine: AnyDatabase) -> None:
    inside = 0
    most = 0

    async def pass_through() -> None:
        nonlocal inside, most
        async with transaction():
            await advisory_lock("gate")
            inside += 1
            most = max(most, inside)
            await Account.count()
            inside -= 1

    await asyncio.gather(*(pass_through() for _ in range(20)))
    assert most == 1
    with pytest.raises(RuntimeError, match="open one first"):
        await advisory_lock("gate")


async def test_a_cancelled_wait_for_a_turn_passes_the_turn_on(engine: AnyDatabase) -> None:
    async def hold() -> None:
        async with transaction():
            await Account.insert(Account(name="held"))
            await asyncio.sleep(0.02)

    async def wait() -> None:
        async with transaction():
            await Payment.count()

    holder = asyncio.create_task(hold())
    waiters = [asyncio.create_task(wait()) for _ in range(20)]
    await asyncio.sleep(0.005)
    for waiter in waiters[::2]:
        waiter.cancel()
    ends = await asyncio.gather(holder, *waiters, return_exceptions=True)
    assert {type(end) for end in ends} <= {type(None), asyncio.CancelledError}
    assert nothing_is_held(engine)


async def test_batch_is_refused(engine: AnyDatabase) -> None:
    with pytest.raises(RuntimeError):
        await Account.select().batch()
