"""Files of strangers are read in a process of their own: what crashes or eats memory there stays there."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec

from awards.files.child import SECONDS, Answer
from awards.files.examining import Made
from awards.files.kinds import BY_ENDING, Kind, Refused, Why

# How many at once: the deadline hour must leave room for the pages.
AT_ONCE = 2
_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def examine(path: Path, name: str) -> Kind:
    """What the file is. Raises Refused."""
    answer = await _ask("examine", path, name)
    return BY_ENDING[answer.ending]


async def make_copies(path: Path, ending: str, folder: Path) -> list[Made]:
    """See `examining.make_copies`. Raises Refused."""
    return (await _ask("copies", path, ending, folder)).made


async def _ask(verb: str, path: Path, name: str, *more: Path) -> Answer:
    async with _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "awards.files.child", verb, str(path), name, *map(str, more),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LANG": "C.UTF-8"},
        )  # fmt: skip
        try:
            said, _nothing = await asyncio.wait_for(child.communicate(), 2 * SECONDS[verb])
        except (TimeoutError, asyncio.CancelledError) as stopped:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            if isinstance(stopped, TimeoutError):
                raise Refused(Why.BROKEN) from stopped
            raise
    if child.returncode != 0 or not said:
        # It crashed or ran out of its limits: nothing that another program should be given.
        raise Refused(Why.BROKEN)
    answer = msgspec.json.decode(said, type=Answer)
    if answer.refused:
        raise Refused(Why(answer.refused))
    return answer
