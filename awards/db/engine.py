"""What the two engines have in common."""

from abc import abstractmethod
from collections.abc import Generator, Sequence
from contextvars import ContextVar
from typing import Any, NoReturn

from piccolo.engine.base import BaseAtomic, Engine
from piccolo.query.base import DDL, Query
from piccolo.querystring import QueryString

from awards.db.counting import count
from awards.db.transactions import Session, Statement, Transaction


class Database(Engine[Transaction]):
    """A Piccolo engine that survives load, cancellation and a database that goes away."""

    # Seconds to wait for a turn before saying Busy. No test and no page waits so long for its own work.
    patience = 30.0

    def __init__(self, engine_type: str) -> None:
        # Not super().__init__(): it connects, and importing a module must not.
        self.engine_type = engine_type
        self.min_version_number = 0
        self.log_queries = False
        self.log_responses = False
        self.query_id = 0
        self.current_transaction: ContextVar[Transaction | None] = ContextVar(
            f"awards_{engine_type}_{id(self)}", default=None
        )

    # The life of an engine

    @abstractmethod
    async def start(self) -> None:
        """Connect now, not at the first query. Raises Unavailable, or RuntimeError for unsafe settings."""

    @abstractmethod
    async def close(self) -> None:
        """Give back every connection and thread. The engine opens again when it is asked again."""

    async def ping(self) -> None:
        """Raises Unavailable or Busy when the database does not answer."""
        await self.autocommit("SELECT 1", ())

    # Sending statements

    @abstractmethod
    async def begin(self) -> Session: ...

    @abstractmethod
    async def autocommit(self, sql: str, args: Sequence[Any]) -> list[Any]: ...

    def level(self) -> Transaction | None:
        """The innermost level still open. A task may hold a copy of one that has ended since."""
        level = self.current_transaction.get()
        while level is not None and not level.is_open:
            level = level.parent
        return level

    async def send(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        return (await self.send_all([(sql, args)]))[0]

    async def send_all(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """Several at once, in their order, each without waiting for what the one before it found."""
        for sql, _args in statements:
            count(sql)
        while (level := self.level()) is not None:
            await level.take_turn()
            try:
                if level.is_open:
                    return await level.session.run_all(statements)
            finally:
                level.turn.release()
        return [await self.autocommit(sql, args) for sql, args in statements]

    # What Piccolo calls

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Any]:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.send(sql, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Any]:
        return await self.send(ddl)

    def transaction(self, *args: object, **kwargs: object) -> Transaction:
        return Transaction(self)

    def transaction_exists(self) -> bool:
        return self.level() is not None

    def atomic(self, *args: object, **kwargs: object) -> "Atomic":
        return Atomic(self)

    async def batch(self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None) -> NoReturn:
        raise RuntimeError("batch() leaves the transaction: page by key with limit() instead")

    async def check_version(self) -> None:
        """Each engine checks what it opens."""

    async def prep_database(self) -> None:
        """No extensions are used."""

    async def get_version(self) -> float:
        return 0.0

    def get_version_sync(self) -> float:
        return 0.0


class Atomic(BaseAtomic):
    """Statements that are added first and run together, as Piccolo's table commands want them."""

    __slots__ = ("engine", "queries")

    def __init__(self, engine: Database) -> None:
        self.engine = engine
        self.queries: list[Query[Any, Any] | DDL] = []

    def add(self, *query: Query[Any, Any] | DDL) -> None:
        self.queries += query

    async def run(self) -> None:
        queries, self.queries = self.queries, []
        async with self.engine.transaction():
            for query in queries:
                await query.run()

    def run_sync(self) -> NoReturn:
        raise RuntimeError("this service is asynchronous: await run()")

    def __await__(self) -> Generator[Any, None, None]:
        return self.run().__await__()
