"""kill -9 of the real server while twelve judges save, then SIGTERM: nothing is lost, nothing doubled."""

import asyncio

import pytest

from awards.clock import SystemClock
from tests.chance import chance, times
from tests.faults.conftest import Place
from tests.faults.saving import Ledger
from tests.panel_at_work import panel_at_work

pytestmark = pytest.mark.faults

JUDGES = 12


async def at_work(place: Place) -> Ledger:
    panel = await panel_at_work(judges=JUDGES, entries=JUDGES, sheets_per_judge=3, now=SystemClock().now())
    # Nobody else may hold the file open: the restarted server has to recover it by itself.
    await place.engine.close()
    return Ledger(panel, chance())


async def checked(place: Place, ledger: Ledger) -> None:
    await ledger.check()
    await place.engine.close()


async def test_kill_9_loses_nothing_that_was_acknowledged(place: Place) -> None:
    ledger = await at_work(place)
    in_doubt = 0
    async with place.server() as server:
        for _ in range(times(20, drill=200, plain=6)):
            saving = [
                asyncio.create_task(ledger.judge_until(judge, server.port, asyncio.Event()))
                for judge in ledger.panel.judges
            ]
            await asyncio.sleep(ledger.random.uniform(0.01, 0.25))
            await server.kill()
            await asyncio.gather(*saving)
            in_doubt += len(ledger.unknown)
            await server.start()
            await ledger.resolve(server.port)
            await checked(place, ledger)
    print(f"{len(ledger.acknowledged)} saves acknowledged, {in_doubt} in doubt when the server was killed")
    assert len(ledger.acknowledged) > in_doubt > 0


async def test_asked_to_stop_it_answers_or_refuses_and_does_nothing_in_secret(place: Place) -> None:
    ledger = await at_work(place)
    async with place.server() as server:
        for _ in range(times(3, drill=30)):
            saving = [
                asyncio.create_task(ledger.judge_until(judge, server.port, asyncio.Event()))
                for judge in ledger.panel.judges
            ]
            await asyncio.sleep(ledger.random.uniform(0.05, 0.3))
            assert await server.terminate() in (0, -15)
            await asyncio.gather(*saving)
            # What got no answer was refused at the door: it is not in the database.
            ledger.unknown.clear()
            await checked(place, ledger)
            await server.start()
    assert ledger.acknowledged
