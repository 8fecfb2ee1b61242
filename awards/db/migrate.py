"""Bringing a database to the shape that the code expects. Two at once are safe: the second finds it done."""

import asyncio
import contextlib
import fcntl
import io
import os
import sys
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cache

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig, Finder, MigrationModule

from awards.db.binding import bind, current
from awards.db.door import CLASS, lock_number
from awards.db.postgres import PostgresDatabase
from awards.db.sqlite import SQLiteDatabase
from awards.db.turnstile import Turnstile
from awards.db.urls import AnyDatabase

_one_at_a_time = Turnstile()  # in this process; Piccolo finds its engine in a module
LOOK_AGAIN_SECONDS = 0.05


async def migrate(engine: AnyDatabase) -> list[str]:
    """Apply what is pending and return the ids of what was applied."""
    async with _alone(engine):
        if not await Migration.table_exists():
            await Migration.create_table()
        applied_now = []
        for app, modules in _apps():
            done = set(await Migration.get_migrations_which_ran(app_name=app.app_name))
            for identity in sorted(modules.keys() - done):
                await _apply(app, identity, modules[identity])
                applied_now.append(identity)
        return applied_now


async def _apply(app: AppConfig, identity: str, module: MigrationModule) -> None:
    manager = await module.forwards()
    row = Migration(name=identity, app_name=app.app_name)
    with _quietly():
        if isinstance(manager, MigrationManager) and not manager.wrap_in_transaction:
            await manager.run()
            await Migration.insert(row)
            return
        # Piccolo notes "done" after its transaction; here the note and the change are one.
        async with current().transaction():
            if isinstance(manager, MigrationManager):
                await manager.run()
            await Migration.insert(row)


def _apps() -> Sequence[tuple[AppConfig, dict[str, MigrationModule]]]:
    apps = Finder().get_app_configs(sort_by_migration_dependencies=True)
    return [(app, _modules(app.resolved_migrations_folder_path)) for app in apps]


@cache
def _modules(folder: str) -> dict[str, MigrationModule]:
    path = sys.path.copy()
    try:
        return BaseMigrationManager().get_migration_modules(folder)
    finally:
        sys.path[:] = path  # Piccolo adds the folder for good


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Piccolo prints its progress, and warns of lengths, which SQLite ignores."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.asynccontextmanager
async def _alone(engine: AnyDatabase) -> AsyncIterator[None]:
    await _one_at_a_time.acquire()
    before = current()
    try:
        bind(engine)
        lock = _postgres_lock(engine) if isinstance(engine, PostgresDatabase) else _file_lock(engine)
        async with lock:
            yield
    finally:
        bind(before)
        _one_at_a_time.release()


@contextlib.asynccontextmanager
async def _file_lock(engine: SQLiteDatabase) -> AsyncIterator[None]:
    await engine.start()  # makes the folder
    handle = os.open(engine.path.with_name(engine.path.name + ".migrating"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        yield
    finally:
        os.close(handle)  # gives the lock back; the file stays, removing it would let a third one in


@contextlib.asynccontextmanager
async def _postgres_lock(engine: PostgresDatabase) -> AsyncIterator[None]:
    connection = await engine.connect()
    usual = engine.command_seconds
    try:
        await connection.execute(f"SELECT pg_advisory_lock({CLASS}, {lock_number('migrate')})")
        engine.command_seconds = None  # building an index takes as long as it takes
        yield
    finally:
        engine.command_seconds = usual
        await connection.close()
