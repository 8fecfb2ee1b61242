"""A long computation that can be stopped, and that says how far it is.

Fits say it to whoever listens (`heard`), which changes nothing in them: a listener that is not there costs nothing, and
what it makes of it is its own affair. A search for an assignment, which can also be stopped, has its own `Watch`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn


@dataclass(frozen=True, slots=True)
class Advance:
    """
    How far a fit is.

    Parameters
    ----------
    what : str
        What is being looked for, in a few words.
    step : int
        From 1.
    most : int or None
        As many steps as it takes, where that is known.
    """

    what: str
    step: int
    most: int | None = None

    def __str__(self) -> str:
        return f"{self.what}, step {self.step:,}" + (f" of {self.most:,}" if self.most else "")


_listener: ContextVar[Callable[[Advance], None] | None] = ContextVar("listener", default=None)


@contextmanager
def heard(listener: Callable[[Advance], None]) -> Iterator[None]:
    """Within it and in this thread, every step of a long fit is told to the listener, who must not take long."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(what: str, step: int, most: int | None = None) -> None:
    """Say how far a fit is, if anybody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(Advance(what, step, most))


class Stopped(RuntimeError):
    """
    The computation was stopped, or its time was over; nothing was decided.

    `bound` is what no assignment can exceed, as far as it was known: the largest objective, or None where not
    even that was. `timed_out` tells the two reasons apart.
    """

    def __init__(self, timed_out: bool, bound: int | None = None) -> None:
        super().__init__("the time for the assignment is over" if timed_out else "the assignment was stopped")
        self.timed_out = timed_out
        self.bound = bound


@dataclass(frozen=True, slots=True)
class Progress:
    """
    Parameters
    ----------
    stage : str
        ``choose`` first pairs, ``balance`` loads, ``solve``, ``branch``, ``explain``, ``prove``.
    round : int
        Solved programmes so far.
    pairs : int
        Pairs looked at in the present programme.
    """

    stage: str
    round: int
    pairs: int


class Watch:
    """Asked often and cheaply whether to go on. The monotonic clock only ends a computation, it never shapes one."""

    def __init__(
        self,
        seconds: float | None = None,
        stop: Callable[[], bool] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        if seconds is not None and not seconds > 0:
            raise ValueError(f"the time limit must be above 0 seconds, not {seconds}")
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._stop, self._progress = stop, progress
        self._rounds = 0
        self.error: BaseException | None = None
        self.found: Any = None  # the latest prices: they bound the optimum of a stopped computation

    @property
    def watches(self) -> bool:
        return self._ends is not None or self._stop is not None

    @property
    def left(self) -> float | None:
        """Seconds, never below a millisecond."""
        return None if self._ends is None else max(self._ends - time.monotonic(), 1e-3)

    def over(self) -> bool:
        """Whether to stop; safe inside a solver, which no exception may cross."""
        try:
            return self._late() or (self._stop is not None and bool(self._stop()))
        except BaseException as error:
            self.error = error
            return True

    def check(self) -> None:
        if self.error is not None:
            raise self.error
        if self._late():
            raise Stopped(timed_out=True)
        if self._stop is not None and self._stop():
            raise Stopped(timed_out=False)

    def expire(self) -> NoReturn:
        """The solver saw the end of the time first."""
        raise Stopped(timed_out=self._ends is not None)

    def tell(self, stage: str, pairs: int = 0, *, solved: bool = False) -> None:
        self._rounds += solved
        if self._progress is not None:
            self._progress(Progress(stage, self._rounds, pairs))
        self.check()

    def _late(self) -> bool:
        return self._ends is not None and time.monotonic() >= self._ends
