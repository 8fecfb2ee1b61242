"""What an engine opens, refuses and gives back."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from awards.db import AnyDatabase, PostgresDatabase, SQLiteDatabase, bind, database_url, engine_from_url
from awards.db.postgres import UnsafeSettingsError
from awards.errors import Unavailable
from tests.awards.db.tables import Account, names


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/a.sqlite", Path("/var/lib/a.sqlite")),
        ("sqlite:///a/b.db", Path("a/b.db").absolute()),
    ],
)
def test_sqlite_addresses(url: str, path: Path) -> None:
    database = engine_from_url(url)
    assert isinstance(database, SQLiteDatabase)
    assert database.path == path


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a?synchronous=off",
        "mysql://a/b",
        "postgresql://a",
    ],
)
def test_addresses_that_name_no_database(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        engine_from_url(url)


def test_where_the_database_is() -> None:
    assert database_url({"AWARDS_DATABASE_URL": "postgresql://h/n"}) == "postgresql://h/n"
    assert database_url({"AWARDS_DATA": "/srv/awards"}) == "sqlite:////srv/awards/awards.sqlite"
    assert database_url({}) == f"sqlite:///{Path('awards-data').absolute()}/awards.sqlite"


def test_an_address_is_shown_without_its_password() -> None:
    assert "hunter2" not in repr(engine_from_url("postgresql://awards:hunter2@db/awards"))


def test_importing_connects_to_nothing(tmp_path: Path) -> None:
    program = (
        "import awards.piccolo_conf, awards.piccolo_app, threading; assert threading.active_count() == 1"
    )
    subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={
            "AWARDS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
            "PYTHONPATH": ":".join(sys.path),
        },
        cwd=tmp_path,
        check=True,
    )
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_never_closes_still_ends(tmp_path: Path) -> None:
    program = """
import asyncio
from awards.db import bind, engine_from_url
async def main():
    engine = engine_from_url("sqlite:///here.sqlite")
    await engine.send("CREATE TABLE t (n integer)")
    await engine.begin()
asyncio.run(main())
"""
    subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path)},
        cwd=tmp_path,
        check=True,
        timeout=60,
    )


@pytest.mark.only("sqlite")
async def test_sqlite_is_opened_safely(engine: SQLiteDatabase) -> None:
    for pragma, value in {"synchronous": 2, "foreign_keys": 1, "journal_mode": "wal"}.items():
        async with engine.transaction():
            assert await engine.send(f"PRAGMA {pragma}") == [{pragma: value}]
        assert await engine.reading(f"PRAGMA {pragma}", ()) == [{pragma: value}]
    with pytest.raises(Unavailable, match="readonly"):
        await engine.reading("DELETE FROM probe_account", ())


async def test_a_file_system_without_a_write_ahead_log_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another process holds the file in the old journal mode, and keeps it there.
    path = tmp_path / "old.sqlite"
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("CREATE TABLE t (n integer)")
    stranger.execute("BEGIN")
    stranger.execute("SELECT * FROM t").fetchall()
    monkeypatch.setattr("awards.db.sqlite.OTHER_PROCESS_SECONDS", 0.01)
    old = SQLiteDatabase(path)
    with pytest.raises(Exception, match=r"locked|write-ahead log"):
        await old.start()
    stranger.close()
    await old.start()  # and recovers by itself
    await old.close()


@pytest.mark.only("postgres")
async def test_postgres_that_may_lose_what_it_confirmed_is_refused(engine: PostgresDatabase) -> None:
    await engine.send("ALTER ROLE current_user SET synchronous_commit = off")
    unsafe = PostgresDatabase(engine.url)
    try:
        with pytest.raises(UnsafeSettingsError, match="synchronous_commit"):
            await unsafe.start()
    finally:
        await engine.send("ALTER ROLE current_user RESET synchronous_commit")
        await unsafe.close()


async def test_closing_gives_everything_back_and_it_opens_again(engine: AnyDatabase) -> None:
    await engine.close()
    closed = threading.active_count()
    await asyncio.gather(*(Account.count() for _ in range(10)))
    await engine.close()
    assert threading.active_count() == closed
    if isinstance(engine, SQLiteDatabase):
        assert not engine.path.with_name(engine.path.name + "-wal").exists()
    assert await names() == ["shared"]
    await engine.close()
    await engine.close()


async def test_two_event_loops_use_one_engine(engine: AnyDatabase) -> None:
    """A second loop, in a thread, has its own pool but the same writer."""

    async def elsewhere() -> None:
        for number in range(20):
            async with engine.transaction():
                await Account.insert(Account(name=f"e{number}"))
        if isinstance(engine, PostgresDatabase):
            await engine.close()

    async def here() -> None:
        for number in range(20):
            async with engine.transaction():
                await Account.insert(Account(name=f"h{number}"))

    await asyncio.gather(asyncio.to_thread(lambda: asyncio.run(elsewhere())), here())
    assert len(await names()) == 41


async def test_instants_come_back_as_they_went(engine: AnyDatabase) -> None:
    seoul = timezone(timedelta(hours=9))
    at = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=seoul)
    await Account.update({Account.seen: at}).where(Account.name == "shared")
    row = await Account.select().where(Account.seen == at).first()
    assert row is not None
    assert row["seen"] == at
    assert row["seen"].utcoffset() == timedelta(0)


@pytest.mark.only("sqlite")  # PostgreSQL brings a program of its own
async def test_a_copy_of_the_live_database(engine: SQLiteDatabase, tmp_path: Path) -> None:
    async with engine.transaction():  # a writer does not disturb, and what is not committed is not copied
        await Account.insert(Account(name="unfinished"))
        await engine.backup_to(tmp_path / "copy.sqlite")
    copy = SQLiteDatabase(tmp_path / "copy.sqlite")
    bind(copy)
    assert await names() == ["shared"]
    bind(engine)
    await copy.close()
    assert files_in(tmp_path) == ["copy.sqlite"]


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())
