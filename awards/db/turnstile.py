"""A lock that lets one through at a time, in the order they came, from any event loop of the process.

An asyncio.Lock belongs to one event loop; SQLite has one writer for the whole process.
"""

import asyncio
import threading
from collections import deque


class Turnstile:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()

    @property
    def taken(self) -> bool:
        return self._taken

    def try_acquire(self) -> bool:
        with self._guard:
            if self._taken:
                return False
            self._taken = True
            return True

    async def acquire(self) -> None:
        loop = asyncio.get_running_loop()
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn: asyncio.Future[None] = loop.create_future()
            place = (loop, turn)
            self._waiting.append(place)
        try:
            await turn
        except asyncio.CancelledError:
            with self._guard:
                still_waiting = place in self._waiting
                if still_waiting:
                    self._waiting.remove(place)
            if not still_waiting:  # the turn was already given, perhaps is still on its way: hand it on
                self.release()
            raise

    def release(self) -> None:
        while True:
            with self._guard:
                if not self._waiting:
                    self._taken = False
                    return
                loop, turn = self._waiting.popleft()
            try:
                loop.call_soon_threadsafe(_give, turn)
            except RuntimeError:  # that loop has closed; nobody there will ever come
                continue
            return


def _give(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)
