"""Asks the process that solves, and waits for it without holding up anything else."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from awards.errors import AwardsError
from awards.panels.assignment.matching import Options
from awards.panels.assignment.state import PanelState
from awards.web.i18n import _

PROGRAM = ("-P", "-m", "awards.panels.assignment.solver")
# Beyond its own limit, for reading, swaps, and what it takes to say all of it.
GRACE = 60.0
# A cancelled computation ends within so long.
LOOK = 1.0

# Where each stage begins and ends, in a hundred; the solver cannot know how often it must look at prices again.
STAGES = {
    "choose": (10, 14),
    "balance": (14, 30),
    "solve": (20, 60),
    "explain": (60, 66),
    "branch": (60, 70),
    "prove": (70, 72),
    "remedies": (70, 90),
    "link": (74, 88),
    "describe": (88, 90),
    "bridges": (90, 94),
}


class Unsolved(AwardsError):
    """There is no answer, and the sentence says why. Nothing was stored."""


class Stopped(Exception):
    """Whoever waits said so; the process is gone."""


class Solved(Struct, frozen=True):
    """`body` is canonical JSON: nobody need read it to store it."""

    body: str
    added: int
    removed: int
    short: bool


async def solve_apart(
    state: PanelState,
    options: Options,
    go_on: Callable[[int], Awaitable[bool]],
    *,
    silent: tuple[int, ...] | None = None,
) -> Solved:
    """
    The body of a proposal, from a process of its own; with `silent` seats, or none, the list of a repair's offers.

    `go_on` is told the percentage, and asked, every second.

    Raises
    ------
    Unsolved
        No time was left, or the process ended without an answer.
    Stopped
        `go_on` said no.
    """
    question = await asyncio.to_thread(
        msgspec.json.encode, {"state": state, "options": options, "silent": silent}
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            # One thread: the pages have the other processors.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        },
    )
    try:
        async with asyncio.timeout(options.seconds + GRACE):
            return await _answer(process, question + b"\n", go_on)
    except TimeoutError:
        raise Unsolved(_out_of_time()) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def _answer(
    process: asyncio.subprocess.Process, question: bytes, go_on: Callable[[int], Awaitable[bool]]
) -> Solved:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    complaint = asyncio.ensure_future(process.stderr.read())
    percent = 5
    with contextlib.suppress(ConnectionError):
        process.stdin.write(question)
        await process.stdin.drain()
    asking = asyncio.ensure_future(_asking(go_on, lambda: percent))
    answering = asyncio.ensure_future(process.stdout.readline())
    try:
        while True:
            await asyncio.wait([answering, asking], return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asking.result()
                raise Stopped
            if not answering.result():
                await process.wait()
                raise Unsolved(_ended(process.returncode, (await complaint).decode(errors="replace")))
            message: dict[str, Any] = json.loads(answering.result())
            if "stage" not in message:
                break
            percent = max(percent, _percent(message["stage"], message["number"]))
            answering = asyncio.ensure_future(process.stdout.readline())
        if "size" not in message:
            raise Unsolved(_out_of_time())
        text = await process.stdout.readexactly(message.pop("size"))
        return Solved(body=text.decode(), **message)
    except asyncio.IncompleteReadError:
        await process.wait()
        raise Unsolved(_ended(process.returncode, "")) from None
    finally:
        for task in (asking, answering, complaint):
            task.cancel()


async def _asking(go_on: Callable[[int], Awaitable[bool]], percent: Callable[[], int]) -> None:
    """Ends when somebody says no."""
    while True:
        if not await go_on(percent()):
            return
        await asyncio.sleep(LOOK)


def _percent(stage: str, number: int) -> int:
    start, end = STAGES.get(stage, (5, 10))
    return end - round((end - start) / (1 + number / 4))


def _out_of_time() -> str:
    return _(
        "The time for the computation was over before there was an answer, so nothing is proposed. Allow it"
        " more seconds below, or ask for fewer rules."
    )


def _ended(code: int | None, complaint: str) -> str:
    last = complaint.strip().splitlines()[-1:] or [""]
    if code is not None and code < 0:
        return _(
            "The computation was ended from outside (signal %(number)d), perhaps for want of memory. Nothing is"
            " proposed. Compute it again; if it ends again, the machine needs more memory.",
            number=-code,
        )
    return _(
        "The computation ended without an answer (%(problem)s). Nothing is proposed. Tell whoever runs this"
        " service.",
        problem=last[0][:300],
    )
