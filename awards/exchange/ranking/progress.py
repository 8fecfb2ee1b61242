"""What is being done, said on stderr once it takes longer than a second, and every second that nothing is heard."""

import os
import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

from awards.exchange.ranking.widths import clean
from judging.watching import Advance, heard

PATIENCE = 1.0
# On a terminal one line changes; elsewhere lines add up, so that a long run says less.
OFTEN, EVERY, SELDOM = 0.2, 1.0, 5.0
LONG = 60.0


class Progress:
    """
    Told what is being done, it says so with the seconds so far: one line that changes on a terminal, lines elsewhere.
    A thread of its own repeats it where one step takes long. Fits inside it are heard too.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.started = self.said = time.monotonic()
        self.live = self.stream.isatty()
        self.text, self.width = "", 0
        # What was heard since the last line, by what it is about: a step within a step is said behind it.
        self.details: dict[str, Advance] = {}
        self._lock, self._over = threading.Lock(), threading.Event()
        self._hearing = heard(self._hear)
        self._thread = threading.Thread(target=self._repeat, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._hearing.__enter__()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hearing.__exit__(kind, error, trace)
        self._over.set()
        self._thread.join()
        with self._lock:
            self._clear()

    def note(self, text: str) -> None:
        """A line that stays."""
        with self._lock:
            self._clear()
            self.stream.write(text + "\n")
            self.stream.flush()

    def __call__(self, text: str) -> None:
        with self._lock:
            self.text, self.details = text, {}
        self._say(OFTEN if self.live else EVERY)

    def _hear(self, advance: Advance) -> None:
        with self._lock:
            self.details[advance.what] = advance
        self._say(OFTEN if self.live else EVERY)

    def _repeat(self) -> None:
        while not self._over.wait(EVERY / 4):
            self._say(EVERY)

    def _say(self, every: float) -> None:
        now = time.monotonic()
        if now - self.started > LONG and not self.live:
            every = SELDOM
        if now - self.started < PATIENCE or now - self.said < every:
            return
        with self._lock:
            if now - self.said < every:
                return
            self.said = now
            parts = [self.text, *map(str, self.details.values())]
            text = clean(f"{now - self.started:.0f} s: {', '.join(filter(None, parts))}")
            self.details = {}
            if self.live:
                text = text[: self._columns() - 1]
                self.stream.write("\r" + text.ljust(self.width))
                self.width = len(text)
            else:
                self.stream.write(text + "\n")
            self.stream.flush()

    def _clear(self) -> None:
        if self.live and self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
            self.width = 0

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self.stream.fileno()).columns or 80
        except (OSError, ValueError):
            return 80
