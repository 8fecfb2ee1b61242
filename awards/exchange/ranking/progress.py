"""What is being done, said on stderr once it takes longer than a second."""

import sys
import time
from typing import TextIO

PATIENCE = 1.0
OFTEN = 0.2
SELDOM = 5.0


class Progress:
    """One line that changes on a terminal; elsewhere a line every few seconds."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.started = self.said = time.monotonic()
        self.live = self.stream.isatty()
        self.width = 0

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if now - self.started < PATIENCE or now - self.said < (
            OFTEN if self.live else SELDOM if self.width else 0
        ):
            return
        self.said = now
        if self.live:
            self.stream.write("\r" + text.ljust(self.width))
        else:
            self.stream.write(f"{now - self.started:.0f} s: {text}\n")
        self.width = max(len(text), 1)
        self.stream.flush()

    def done(self) -> None:
        if self.live and self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
