# ruff: noqa: PT012 - what must raise is a whole transaction
"""Whatever the driver says, the service hears one of four words; mistakes of ours stay what they were."""

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from awards.db import AnyDatabase, SQLiteDatabase, engine_from_url, transaction
from awards.errors import AwardsError, BrokenReference, Busy, Conflict, Unavailable
from tests.awards.db.tables import Account, Payment, names

UNTRANSLATED = (sqlite3.Error, asyncpg.PostgresError)


async def test_a_second_row_under_one_name_is_a_conflict(engine: AnyDatabase) -> None:
    with pytest.raises(Conflict):
        await Account.insert(Account(name="shared"))


async def test_a_second_row_under_one_key_is_a_conflict(engine: AnyDatabase) -> None:
    with pytest.raises(Conflict):
        await engine.send("INSERT INTO probe_account (id, name) VALUES (1, 'other')")


async def test_a_row_that_points_nowhere(engine: AnyDatabase) -> None:
    with pytest.raises(BrokenReference):
        await Payment.insert(Payment(account=987654))


async def test_a_row_that_others_need(engine: AnyDatabase) -> None:
    await Payment.insert(Payment(account=1))
    with pytest.raises(BrokenReference):
        await Account.delete().where(Account.id == 1)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nothing FROM probe_account",
        "SELEKT",
        "INSERT INTO probe_payment (amount) VALUES (1)",
        "INSERT INTO probe_account (name, balance) VALUES ('x', NULL)",
    ],
)
async def test_a_mistake_of_ours_is_not_dressed_up(engine: AnyDatabase, statement: str) -> None:
    if "NULL" in statement:
        await engine.send("CREATE TABLE probe_strict (n integer NOT NULL)")
        statement = "INSERT INTO probe_strict VALUES (NULL)"
    with pytest.raises(UNTRANSLATED) as caught:
        await engine.send(statement)
    assert not isinstance(caught.value, AwardsError)


async def test_the_drivers_error_is_kept_as_the_cause(engine: AnyDatabase) -> None:
    with pytest.raises(Conflict) as caught:
        await Account.insert(Account(name="shared"))
    assert isinstance(caught.value.__cause__, UNTRANSLATED)


async def test_another_process_that_writes_for_too_long_means_busy(
    engine: AnyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(engine, SQLiteDatabase):
        await engine.send("PRAGMA busy_timeout = 20")
        stranger = sqlite3.connect(engine.path, isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            await Account.insert(Account(name="never"))
        with pytest.raises(Busy):
            async with transaction():
                await Account.count()
        stranger.execute("ROLLBACK")
        stranger.close()
    else:
        monkeypatch.setattr(engine, "command_seconds", 0.2)
        locked, release = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with transaction():
                await Account.update({Account.balance: 1}).where(Account.name == "shared")
                locked.set()
                await release.wait()

        holder = asyncio.create_task(hold())
        await locked.wait()
        with pytest.raises(Busy):
            await Account.update({Account.balance: 2}).where(Account.name == "shared")
        release.set()
        await holder
    await Account.insert(Account(name="next"))


async def test_a_database_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")
    nowhere = [
        f"sqlite:///{tmp_path}/file/x.sqlite",
        f"postgresql://nobody@/nothing?host={tmp_path}",
        "postgresql://nobody@127.0.0.1:1/nothing",
    ]
    for url in nowhere:
        away = engine_from_url(url)
        for attempt in (away.start, away.ping):
            with pytest.raises(Unavailable):
                await attempt()
        with pytest.raises(Unavailable):
            async with away.transaction():
                await away.send("SELECT 1")
        await away.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"this is not what a database looks like" * 100)
    away = engine_from_url(f"sqlite:///{tmp_path}/x.sqlite")
    with pytest.raises(Unavailable):
        await away.start()
    await away.close()


@pytest.mark.only("sqlite")  # a full disk is simulated by SQLite's own limit
async def test_a_full_disk_is_unavailable_and_loses_only_its_own_transaction(engine: SQLiteDatabase) -> None:
    (pages,) = (row["page_count"] for row in await engine.send("PRAGMA page_count"))
    await _limit_pages(engine, pages + 5)
    with pytest.raises(Unavailable):
        async with transaction():
            await Account.insert(Account(name="small"))
            with pytest.raises(Unavailable):
                for number in range(500):
                    await Account.insert(Account(name=f"{number:040}"))
            # SQLite may have undone everything by itself: nothing may be written outside by mistake.
            await Account.insert(Account(name="too late"))
            raise Unavailable("where SQLite kept the transaction, the caller gives it up")
    assert await names() == ["shared"]
    assert not engine.locked
    await _limit_pages(engine, 1_000_000)
    await Account.insert(Account(name="again"))
    assert await names() == ["again", "shared"]


async def _limit_pages(engine: SQLiteDatabase, pages: int) -> None:
    await engine.send(f"PRAGMA max_page_count = {pages}")
