"""SQLite: one writer that takes turns, and readers beside it, each connection on a thread of its own.

A statement and its rows cost one hop to the thread and back. What is confirmed is on the disk
(synchronous=FULL).
"""

import asyncio
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from piccolo.engine import sqlite as _values  # noqa: F401 - imported for the value adapters that it registers

from awards.db.engine import Database
from awards.db.private import close_to_others, private_file, private_folder
from awards.db.refusals import from_sqlite
from awards.db.sqlite_ddl import change_schema, is_schema_change
from awards.db.transactions import Session, Statement, see_through, waiting_at_most
from awards.db.turnstile import Turnstile
from awards.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2
OTHER_PROCESS_SECONDS = 10.0  # how long a writer waits for the writer of another process
FULL = 2
OLDEST = (3, 35, 0)  # the first with RETURNING and DROP COLUMN

# Piccolo's own goes through Decimal, for text in a column of integers; there is none here.
sqlite3.register_converter("INTEGER", int)

_READS = re.compile(r"\s*(SELECT|VALUES|EXPLAIN)\b", re.IGNORECASE)


class SQLiteDatabase(Database):
    def __init__(self, path: Path) -> None:
        super().__init__("sqlite")
        if sqlite3.sqlite_version_info < OLDEST:
            raise RuntimeError(f"SQLite {sqlite3.sqlite_version} is too old: 3.35 or newer is needed")
        self.path = path
        self._turnstile = Turnstile()
        self._threads: _Threads | None = None
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"<SQLite {self.path}>"

    @property
    def locked(self) -> bool:
        """Whether somebody writes at this moment."""
        return self._turnstile.taken

    def get_version_sync(self) -> float:
        """Piccolo asks: from 3.35 on it adds RETURNING to an insert."""
        major, minor, _patch = sqlite3.sqlite_version_info
        return major + minor / 100

    async def start(self) -> None:
        await self.on_writer(_nothing)
        await self._on_reader(_nothing)

    async def close(self) -> None:
        with self._guard:
            threads, self._threads = self._threads, None
        if threads is not None:
            await see_through(asyncio.to_thread(threads.close))

    async def begin(self) -> Session:
        await self._take_turn()
        return _Writer(self)

    async def leave(self, session: "_Writer", *, commit: bool) -> None:
        threads = self._open()
        try:
            await self._hop(threads.writer, threads.end, session, commit)
        finally:
            self._turnstile.release()

    async def reading(self, sql: str, args: Sequence[Any]) -> list[Any]:
        return await self._on_reader(_execute, sql, args)

    async def autocommit(self, sql: str, args: Sequence[Any]) -> list[Any]:
        if reads_only(sql):
            return await self.reading(sql, args)
        if is_schema_change(sql):  # may take several statements: all of them or none
            async with self.transaction():
                return await self.send(sql, args)
        await self._take_turn()
        try:
            return await self.on_writer(_execute, sql, args)
        finally:
            self._turnstile.release()

    async def backup_to(self, target: Path) -> None:
        """A consistent copy of the live database, on the disk when this returns. Writers go on meanwhile."""
        await self.start()
        try:
            await see_through(asyncio.to_thread(_copy, self.path, target))
        except sqlite3.Error as error:
            raise from_sqlite(error) or error from error

    async def _take_turn(self) -> None:
        if not self._turnstile.try_acquire():
            async with waiting_at_most(self.patience, "the database is busy: too many writers are waiting"):
                await self._turnstile.acquire()

    async def on_writer(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do something with the writer's connection, on its thread."""
        return await self._hop(self._open().writer, work, *args, **kwargs)

    async def _on_reader(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        threads = self._open()
        if not threads.ready:  # the writer makes the file and its journal
            await self._hop(threads.writer, _nothing)
        return await self._hop(threads.readers, work, *args, **kwargs)

    def _open(self) -> "_Threads":
        with self._guard:
            if self._threads is None:
                self._threads = _Threads(self.path)
            return self._threads

    async def _hop(
        self,
        executor: ThreadPoolExecutor,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        threads = self._open()

        def on_thread() -> T:
            return work(threads.connection(writes=executor is threads.writer), *args, **kwargs)

        try:
            return await self._run_in(executor, on_thread)
        except sqlite3.Error as error:
            ours = from_sqlite(error)
            if ours is None:
                raise
            raise ours from error
        except OSError as error:  # the folder cannot be made
            raise Unavailable(str(error)) from error

    async def _run_in(self, executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, work)


class _Writer(Session):
    """BEGIN goes with the first statement, so that it costs no hop of its own."""

    def __init__(self, database: SQLiteDatabase) -> None:
        self._database = database
        self.begun = False

    async def run_all(self, statements: Sequence[Statement]) -> list[list[Any]]:
        return await self._database.on_writer(self._execute, statements)

    async def end(self, *, commit: bool) -> None:
        await self._database.leave(self, commit=commit)

    def _execute(self, connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[list[Any]]:
        if not self.begun:
            connection.execute("BEGIN IMMEDIATE")
            self.begun = True
        return [_execute_inside(connection, sql, args) for sql, args in statements]


class _Threads:
    """The threads of an open database and the connection that each of them keeps."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self.ready = False
        self._mine = threading.local()
        self._all: list[sqlite3.Connection] = []

    def connection(self, *, writes: bool) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = _connect(self.path, writes=writes)
            self._mine.connection = connection
            self._all.append(connection)
            self.ready = self.ready or writes
        return connection

    def end(self, connection: sqlite3.Connection, session: _Writer, commit: bool) -> None:
        """On the writer's thread, after all that the session sent."""
        try:
            if commit and session.begun:
                _commit(connection)
        finally:
            if connection.in_transaction:
                try:
                    connection.rollback()
                except (
                    sqlite3.Error
                ):  # closed, its transaction ends with it; the next statement opens another
                    self._mine.connection = None
                    self._all.remove(connection)
                    connection.close()

    def close(self) -> None:
        # Readers first: the last to close, the writer, folds the journal back into the file.
        self.readers.shutdown(wait=True)
        self.writer.shutdown(wait=True)
        for connection in reversed(self._all):
            connection.close()


@lru_cache(maxsize=4096)
def reads_only(sql: str) -> bool:
    return _READS.match(sql) is not None


def _connect(path: Path, *, writes: bool) -> sqlite3.Connection:
    if writes:
        private_folder(path.parent)
        # What SQLite makes beside it takes its mode; what is there already may be older than this rule.
        private_file(path)
        for beside in ("-wal", "-shm"):
            close_to_others(path.with_name(path.name + beside))
    connection = sqlite3.connect(
        path,
        timeout=OTHER_PROCESS_SECONDS,
        isolation_level=None,
        detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
        check_same_thread=False,  # closed by the thread that closes them all
        cached_statements=256,
    )
    try:
        if writes:
            connection.execute("PRAGMA journal_mode = WAL")
        else:
            connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -20000")
        connection.execute("PRAGMA temp_store = MEMORY")
        _refuse_less(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_less(connection: sqlite3.Connection, path: Path) -> None:
    def value(pragma: str) -> Any:
        return connection.execute(f"PRAGMA {pragma}").fetchone()[0]

    if value("synchronous") < FULL:
        raise RuntimeError(f"{path}: synchronous is below FULL, a confirmed score could be lost")
    if value("journal_mode") != "wal":
        raise RuntimeError(f"{path}: this file system does not allow SQLite's write-ahead log")
    if value("foreign_keys") != 1:
        raise RuntimeError(f"{path}: this SQLite does not enforce foreign keys")


# What runs on a connection's thread


def _nothing(connection: sqlite3.Connection) -> None:
    """Only opens it."""


def _execute(connection: sqlite3.Connection, sql: str, args: Sequence[Any]) -> list[Any]:
    cursor = connection.execute(sql, args)
    try:
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
    finally:
        cursor.close()  # else a row that cannot be read would leave a reader in the past


def _execute_inside(connection: sqlite3.Connection, sql: str, args: Sequence[Any]) -> list[Any]:
    if not connection.in_transaction:
        raise Unavailable("SQLite undid the transaction by itself")
    if is_schema_change(sql):
        change_schema(connection, sql)
        return []
    return _execute(connection, sql, args)


def _commit(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        raise Unavailable("SQLite undid the transaction by itself")
    connection.execute("COMMIT")


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    private_file(part)
    connection = sqlite3.connect(source, timeout=OTHER_PROCESS_SECONDS, isolation_level=None)
    try:
        connection.execute("VACUUM INTO ?", (str(part),))
    finally:
        connection.close()
    _sync(part)
    part.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
