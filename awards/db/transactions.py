"""One transaction, and the savepoints inside it, the same for both engines.

Piccolo's own keep the connection when a COMMIT fails, treat a nested transaction as none, and let a task that
outlives one write into the next. Here every way out, a cancellation too, ends with nothing locked.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from piccolo.engine.base import BaseTransaction

from awards.errors import AwardsError, Busy

if TYPE_CHECKING:
    from awards.db.engine import Database

T = TypeVar("T")
Statement = tuple[str, Sequence[Any]]


class Session(ABC):
    """What one open transaction talks to: SQLite's writer, or a connection from PostgreSQL's pool."""

    @abstractmethod
    async def run_all(self, statements: Sequence[Statement]) -> list[list[Any]]:
        """One after the other; what each found."""

    async def run(self, sql: str, args: Sequence[Any] = ()) -> list[Any]:
        return (await self.run_all([(sql, args)]))[0]

    @abstractmethod
    async def end(self, *, commit: bool) -> None:
        """COMMIT or ROLLBACK, then give everything back, whatever happens. Only a COMMIT may raise."""


async def see_through(work: Coroutine[Any, Any, T]) -> T:
    """Wait for the end of the work even when cancelled meanwhile; the cancellation follows."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # looked at, so that it is not reported as lost: the caller asked to be cancelled
    raise cancelled


class Transaction(BaseTransaction):
    """One level: the transaction itself, or a savepoint in the level that was open when it began.

    Tasks started inside share it through the ContextVar. `turn` makes them send one statement at a time, and
    makes the statements of one wait while the savepoint of another is open: what that undoes is only its own.
    """

    __slots__ = ("_discarded", "_savepoint", "engine", "is_open", "parent", "session", "turn")

    _numbers = count(1)

    session: Session
    parent: "Transaction | None"

    def __init__(self, engine: "Database") -> None:
        self.engine = engine
        self.turn = asyncio.Lock()
        self.is_open = False
        self._discarded = False

    def discard(self) -> None:
        """Undo everything at the end instead of keeping it: a dry run, a test."""
        self._discarded = True

    async def __aenter__(self) -> "Transaction":
        while (parent := self.engine.level()) is not None:
            await parent.take_turn()
            if parent.is_open:
                break
            parent.turn.release()
        self.parent = parent
        if parent is None:
            self.session = await self.engine.begin()
        else:
            self.session = parent.session
            self._savepoint = f"level_{next(self._numbers)}"
            try:
                await self.session.run(f"SAVEPOINT {self._savepoint}")
            except BaseException:
                parent.turn.release()
                raise
        self.is_open = True
        self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        """Never swallows an error."""
        # Before the COMMIT is sent: what a task that goes on sends from now on commits by itself.
        self.is_open = False
        # Not reset(token): a fixture or a generator may be closed in another context than it was opened in.
        self.engine.current_transaction.set(self.parent)
        await see_through(self._leave(keep=error is None and not self._discarded))
        return False

    async def _leave(self, *, keep: bool) -> None:
        try:
            await self.take_turn()
        except Busy:
            await self._close(keep=False)
            raise
        try:
            await self._close(keep=keep)
        finally:
            self.turn.release()  # who waits for this level finds it closed and goes up

    async def _close(self, *, keep: bool) -> None:
        if self.parent is None:
            await self.session.end(commit=keep)
            return
        try:
            if keep:
                await self.session.run(f"RELEASE SAVEPOINT {self._savepoint}")
            else:
                with suppress(AwardsError):  # then the database is away, and the level above finds out
                    await self.session.run(f"ROLLBACK TO SAVEPOINT {self._savepoint}")
                    await self.session.run(f"RELEASE SAVEPOINT {self._savepoint}")
        finally:
            self.parent.turn.release()

    async def take_turn(self) -> None:
        if not self.turn.locked():
            await self.turn.acquire()
            return
        try:
            async with asyncio.timeout(self.engine.patience):
                await self.turn.acquire()
        except TimeoutError:
            raise Busy("another task kept this transaction for too long") from None


@asynccontextmanager
async def waiting_at_most(seconds: float, what: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Busy(what) from None
