"""The process that solves: it answers, is called off, dies or takes too long, and the pages wait for nothing."""

import asyncio
import json
import signal
import sys

import msgspec
import pytest

from awards.panels.assignment import solving
from awards.panels.assignment.assigning import solve
from awards.panels.assignment.matching import Options
from awards.panels.assignment.solving import Stopped, Unsolved, solve_apart
from tests.awards.panels.test_assigning import one_field_each


class Spawned:
    """Remembers the processes that were started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: list[asyncio.subprocess.Process] = []
        real = asyncio.create_subprocess_exec

        async def start(*words: object, **more: object) -> asyncio.subprocess.Process:
            process = await real(*words, **more)
            self.processes.append(process)
            return process

        monkeypatch.setattr(asyncio, "create_subprocess_exec", start)


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> Spawned:
    return Spawned(monkeypatch)


async def on(_percent: int) -> bool:
    return True


async def test_it_answers_what_the_function_answers() -> None:
    made, options = one_field_each(), Options(experts=1, seed=3)
    told = []

    async def listen(percent: int) -> bool:
        told.append(percent)
        return True

    found = await solve_apart(made, options, listen)
    body = solve(made, options)
    assert json.loads(found.body) == json.loads(json.dumps(body))
    assert (found.added, found.removed, found.short) == (len(body["added"]), 0, False)
    assert told
    assert told == sorted(told)


async def test_who_calls_it_off_waits_for_nothing(spawned: Spawned) -> None:
    async def off(_percent: int) -> bool:
        return False

    with pytest.raises(Stopped):
        await solve_apart(one_field_each(2000, 200), Options(), off)
    assert [process.returncode for process in spawned.processes] == [-signal.SIGKILL]


async def test_a_process_that_is_killed_is_a_sentence(spawned: Spawned) -> None:
    async def kill(_percent: int) -> bool:
        spawned.processes[0].kill()
        return True

    with pytest.raises(Unsolved, match="signal 9"):
        await solve_apart(one_field_each(2000, 200), Options(), kill)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise MemoryError('no room')", "MemoryError: no room"),
        ('print(\'{"size": 100, "added": 0, "removed": 0, "short": false}\')', "without an answer"),
        ("print('{\"timed_out\": true}')", "time for the computation was over"),
    ],
)
async def test_a_process_that_breaks_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setattr(solving, "PROGRAM", ("-c", program))
    with pytest.raises(Unsolved, match=said):
        await solve_apart(one_field_each(4, 2), Options(), on)


async def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, spawned: Spawned) -> None:
    monkeypatch.setattr(solving, "PROGRAM", ("-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(solving, "GRACE", -0.5)
    with pytest.raises(Unsolved, match="time for the computation was over"):
        await solve_apart(one_field_each(4, 2), Options(seconds=1), on)
    assert spawned.processes[0].returncode == -signal.SIGKILL


async def test_its_own_time_limit_is_a_sentence() -> None:
    with pytest.raises(Unsolved, match="Allow it more seconds"):
        await solve_apart(one_field_each(4000, 400), Options(seconds=1), on)


async def test_it_ends_when_nobody_waits_any_more() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *solving.PROGRAM[1:],
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    question = {"state": one_field_each(4000, 400), "options": Options(seconds=600)}
    process.stdin.write(msgspec.json.encode(question) + b"\n")
    await process.stdin.drain()
    process.stdin.close()
    async with asyncio.timeout(60):
        assert await process.wait() == 1
