"""How many statements a piece of work sent, and which: the budget of a page, the proof against an N+1."""

from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Counter:
    """The statements sent while it counted. BEGIN, COMMIT and savepoints do not count."""

    def __init__(self, outer: "Counter | None" = None) -> None:
        self._outer = outer
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)

    @property
    def repeated(self) -> dict[str, int]:
        """Statements sent more than once, the mark of a loop around a query."""
        return {sql: times for sql, times in Tally(self.statements).most_common() if times > 1}

    def add(self, sql: str) -> None:
        self.statements.append(sql)
        if self._outer is not None:
            self._outer.add(sql)


_counter: ContextVar[Counter | None] = ContextVar("awards_statement_counter", default=None)


@contextmanager
def counting() -> Iterator[Counter]:
    """Count the statements of this task and of the tasks it starts meanwhile."""
    counter = Counter(_counter.get())
    token = _counter.set(counter)
    try:
        yield counter
    finally:
        _counter.reset(token)


def count(sql: str) -> None:
    counter = _counter.get()
    if counter is not None:
        counter.add(sql)
