"""Commands as an operator starts them: twice at once, with wrong settings, on the wrong database."""

import asyncio

import pytest

from awards.db import SQLiteDatabase, bind
from awards.db.versions import pending
from tests import factories
from tests.faults.conftest import Place
from tests.faults.forked import run_forked
from tests.processes import run_awards

pytestmark = pytest.mark.faults

PRODUCTION = {"AWARDS_MODE": "production", "AWARDS_BASE_URL": "https://awards.example"}


async def test_two_migrations_at_once_are_one(empty_place: Place) -> None:
    commands = [
        asyncio.to_thread(run_awards, "migrate", data=empty_place.data, AWARDS_DATABASE_URL=empty_place.url)
        for _ in range(2)
    ]
    first, second = await asyncio.gather(*commands)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    said = sorted([first.stdout, second.stdout])
    assert "migrations run" in said[0]
    assert "Nothing to do" in said[1]
    bind(empty_place.engine)
    assert await pending() == []


async def test_wrong_settings_are_refused_each_by_its_name(place: Place) -> None:
    wrong = {
        "AWARDS_MODE": "production",
        "AWARDS_BASE_URL": "http://awards.example/path",
        "AWARDS_DATABASE_URL": "mysql://somewhere/awards",
        "AWARDS_TRUSTED_PROXIES": "the-proxy",
        "AWARDS_SMTP_TLS": "yes",
        "AWARDS_SMTP_PORT": "mail",
        "AWARDS_MAIL_FROM": "nobody",
        "PORT": "http",
    }
    done = await asyncio.to_thread(run_awards, "serve", data=place.data, **wrong)
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr
    missing = [name for name in wrong if name not in done.stderr and name != "AWARDS_MODE"]
    assert not missing, f"not named: {missing}\n{done.stderr}"

    done = await asyncio.to_thread(run_forked, "serve", data=place.data, AWARDS_MODE="staging")
    assert done.returncode not in (0, None)
    assert "AWARDS_MODE" in done.stderr


async def test_production_needs_an_address(place: Place) -> None:
    done = await asyncio.to_thread(run_forked, "serve", data=place.data, AWARDS_MODE="production")
    assert done.returncode not in (0, None)
    assert "AWARDS_BASE_URL" in done.stderr


async def test_production_refuses_the_demonstration(place: Place) -> None:
    await factories.season(demo=True)
    await place.engine.close()
    settings = PRODUCTION | {"AWARDS_DATABASE_URL": place.url}
    done = await asyncio.to_thread(run_forked, "serve", data=place.data, timeout=30, **settings)
    assert done.returncode not in (0, None)
    assert "demonstration" in done.stderr
    assert "Traceback" not in done.stderr


async def test_production_starts_without_it(place: Place) -> None:
    """What is refused above is refused for the demonstration alone."""
    await factories.season()
    await place.engine.close()
    async with place.server(**PRODUCTION):
        pass


async def test_a_database_of_another_version_is_not_ready(empty_place: Place) -> None:
    server = empty_place.server()
    try:
        await server.start(until="/health/live")
        answer = await server.answers("/health/ready", 503)
        assert "awards migrate" in answer.text
        done = await asyncio.to_thread(
            run_forked, "migrate", data=empty_place.data, AWARDS_DATABASE_URL=empty_place.url
        )
        assert done.returncode == 0, done.stderr
        await server.answers("/health/ready", 200)
    finally:
        await server.kill()


async def test_a_confirmed_save_is_on_the_disk(place: Place) -> None:
    """kill -9 proves nothing about a power cut: what does is that every commit is synced, and less is refused."""
    if isinstance(place.engine, SQLiteDatabase):
        settings = await place.engine.on_writer(
            lambda connection: [
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("synchronous", "journal_mode", "foreign_keys")
            ]
        )
        assert settings == [2, "wal", 1]
        return
    (row,) = await place.engine.send("SHOW synchronous_commit")
    assert row["synchronous_commit"] == "on"
    await place.engine.send(f'ALTER DATABASE "{await _name(place)}" SET synchronous_commit = off')
    await place.engine.close()
    done = await asyncio.to_thread(
        run_forked, "serve", data=place.data, timeout=30, AWARDS_DATABASE_URL=place.url
    )
    assert done.returncode not in (0, None)
    assert "synchronous_commit" in done.stderr


async def _name(place: Place) -> str:
    (row,) = await place.engine.send("SELECT current_database() AS name")
    return str(row["name"])
