"""Sixty-four judges who read a sheet and write it, again and again: nobody is told that anything is locked.

R3: a hundred times each in the drill, fewer in the usual run.
"""

import asyncio
import time

import pytest

from awards.clock import SystemClock
from tests.chance import chance, times
from tests.faults.conftest import Place
from tests.faults.saving import Ledger, send
from tests.panel_at_work import JudgeAtWork, panel_at_work
from tests.wire import Wire

pytestmark = pytest.mark.faults

WRITERS = 64


async def test_no_writer_among_sixty_four_is_refused(place: Place) -> None:
    panel = await panel_at_work(judges=WRITERS, entries=WRITERS, sheets_per_judge=2, now=SystemClock().now())
    await place.engine.close()
    ledger = Ledger(panel, chance())
    waits: list[float] = []

    async def reads_and_writes(judge: JudgeAtWork, port: int) -> None:
        versions = ledger.versions(judge)
        async with Wire(port, headers=judge.headers) as wire:
            for _ in range(times(3, drill=100)):
                reference = ledger.random.choice(judge.references)
                assert (await wire.get(f"{panel.bench}/{reference}")).status == 200
                operation = ledger.invent(judge, reference, versions[reference])
                began = time.perf_counter()
                answer = await send(wire, panel, operation)
                waits.append(time.perf_counter() - began)
                assert ledger.note(operation, answer), answer.text
                versions[reference] += 1

    async with place.server() as server:
        await asyncio.gather(*(reads_and_writes(judge, server.port) for judge in panel.judges))
    slow = sorted(waits)[int(len(waits) * 0.99)]
    print(
        f"{len(waits)} saves by {WRITERS} writers at once, none refused; 99 of 100 within {slow * 1e3:.0f} ms"
    )
    assert ledger.refused == 0
    await ledger.check()
    await place.engine.close()
