"""Files of strangers are read in processes of their own: what crashes or eats memory there stays there."""

import asyncio
import atexit
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec

from awards.files.child import Answer, Ask
from awards.files.examining import Made
from awards.files.kinds import BY_ENDING, Kind, Refused, Why

# How many at once: the deadline hour must leave room for the pages.
AT_ONCE = 2
_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_THREADS = ThreadPoolExecutor(AT_ONCE, "examining")


async def examine(path: Path, name: str) -> Kind:
    """What the file is. Raises Refused."""
    return BY_ENDING[(await _ask(Ask("examine", str(path), name))).ending]


async def make_copies(path: Path, ending: str, folder: Path) -> list[Made]:
    """See `examining.make_copies`. Raises Refused."""
    return (await _ask(Ask("copies", str(path), ending, str(folder)))).made


class _Helper:
    """One process that forks another for each file. It ends when its input does: with us, however we end."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "awards.files.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
            start_new_session=True,
        )

    def ask(self, line: bytes) -> bytes:
        """Nothing where it is gone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(line)
            self.process.stdin.flush()
            return self.process.stdout.readline()
        return b""

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


_idle: list[_Helper] = []


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()


async def _ask(ask: Ask) -> Answer:
    line = msgspec.json.encode(ask) + b"\n"
    async with _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        said = b""
        while not said:
            is_new = not _idle
            said = await _asked(_Helper() if is_new else _idle.pop(), line)
            if is_new:
                break
    if not said:
        raise Refused(Why.BROKEN)
    answer = msgspec.json.decode(said, type=Answer)
    if answer.refused:
        raise Refused(Why(answer.refused))
    return answer


async def _asked(helper: _Helper, line: bytes) -> bytes:
    """Nothing where the helper is gone: one that was idle for long has ended by itself."""
    said = b""
    try:
        said = await asyncio.get_running_loop().run_in_executor(_THREADS, helper.ask, line)
    finally:
        if said:
            _idle.append(helper)
        else:
            helper.end()
    return said
