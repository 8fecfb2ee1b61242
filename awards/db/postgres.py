"""PostgreSQL: a pool whose connections always come back, and a database that may go away and return."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg

from awards.db.engine import Database
from awards.db.refusals import FROM_ASYNCPG, from_postgres
from awards.db.transactions import Session, Statement, see_through

CONNECTIONS = (2, 10)
CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 30.0


class UnsafeSettingsError(RuntimeError):
    """The server would confirm what it may still lose."""


class PostgresDatabase(Database):
    def __init__(self, url: str) -> None:
        super().__init__("postgres")
        self.url = url
        self.command_seconds: float | None = COMMAND_SECONDS
        # A pool belongs to the event loop that opened it.
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncpg.Pool] = WeakKeyDictionary()
        self._opening: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    def __repr__(self) -> str:
        return f"<PostgreSQL {self.url.rpartition('@')[2]}>"  # without the password

    @property
    def lent(self) -> int:
        """Connections of this loop's pool that somebody uses at this moment."""
        pool = self._pools.get(asyncio.get_running_loop())
        return 0 if pool is None else pool.get_size() - pool.get_idle_size()

    async def start(self) -> None:
        await self._pool()

    async def close(self) -> None:
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is None:
            return
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await pool.close()
        except FROM_ASYNCPG:
            pool.terminate()

    async def connect(self) -> asyncpg.Connection:
        """A connection outside the pool: for a lock that outlives transactions. The caller closes it."""
        async with _translating():
            return await asyncpg.connect(self.url, timeout=CONNECT_SECONDS)

    async def begin(self) -> Session:
        pool, connection = await self._borrow()
        session = _Borrowed(self, pool, connection)
        try:
            await session.run("BEGIN")
        except BaseException:
            await see_through(session.end(commit=False))
            raise
        return session

    async def autocommit(self, sql: str, args: Sequence[Any]) -> list[Any]:
        pool, connection = await self._borrow()
        try:
            async with _translating():
                rows: list[Any] = await connection.fetch(sql, *args, timeout=self.command_seconds)
                return rows
        finally:
            await see_through(give_back(pool, connection))

    def transform_response_to_dicts(self, results: list[Any]) -> list[dict[str, Any]]:
        return [dict(record) for record in results]

    async def _borrow(self) -> tuple[asyncpg.Pool, Any]:
        pool = await self._pool()
        # Not acquire(timeout=...): a cancellation at the wrong instant would lose the connection in there.
        async with _translating(), asyncio.timeout(self.patience):
            return pool, await pool.acquire()

    async def _pool(self) -> asyncpg.Pool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is not None:
            return pool
        async with self._opening.setdefault(loop, asyncio.Lock()):
            pool = self._pools.get(loop)
            if pool is None:
                least, most = CONNECTIONS
                async with _translating():
                    pool = await asyncpg.create_pool(
                        self.url,
                        min_size=least,
                        max_size=most,
                        timeout=CONNECT_SECONDS,
                        command_timeout=COMMAND_SECONDS,
                        init=_refuse_less,
                    )
                self._pools[loop] = pool
        return pool


class _Borrowed(Session):
    def __init__(self, database: PostgresDatabase, pool: asyncpg.Pool, connection: Any) -> None:
        self._database = database
        self._pool = pool
        self._connection = connection

    async def run_all(self, statements: Sequence[Statement]) -> list[list[Any]]:
        seconds = self._database.command_seconds
        async with _translating():
            return [await self._connection.fetch(sql, *args, timeout=seconds) for sql, args in statements]

    async def end(self, *, commit: bool) -> None:
        try:
            if commit:
                async with _translating():
                    done = await self._connection.execute("COMMIT", timeout=self._database.command_seconds)
                if done != "COMMIT":  # PostgreSQL answers ROLLBACK, without an error
                    raise RuntimeError("a failed statement was passed over: PostgreSQL undid the transaction")
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            if self._connection.is_in_transaction() and not self._connection.is_closed():
                await self._connection.execute("ROLLBACK", timeout=CONNECT_SECONDS)
        except FROM_ASYNCPG:
            with suppress(asyncpg.InterfaceError):  # it died, and the pool has taken it back
                self._connection.terminate()  # its transaction ends with it
        finally:
            await give_back(self._pool, self._connection)


async def give_back(pool: asyncpg.Pool, connection: Any) -> None:
    # One that cannot be reset is thrown away by the pool.
    with suppress(*FROM_ASYNCPG):
        await pool.release(connection, timeout=CONNECT_SECONDS)


async def _refuse_less(connection: Any) -> None:
    if await connection.fetchval("SHOW synchronous_commit") == "off":
        raise UnsafeSettingsError("synchronous_commit is off: PostgreSQL could lose a confirmed score")


@asynccontextmanager
async def _translating() -> AsyncIterator[None]:
    try:
        yield
    except FROM_ASYNCPG as error:
        ours = from_postgres(error)
        if ours is None:
            raise
        raise ours from error
