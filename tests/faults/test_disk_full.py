"""The disk is full: no false success, reading works, and with room again it goes on without a restart."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from awards.clock import SystemClock
from awards.db import SQLiteDatabase, bind, current, engine_from_url
from tests.chance import chance, times
from tests.databases import Databases
from tests.faults.conftest import Place
from tests.faults.disks import Disk, kinds
from tests.faults.saving import Ledger
from tests.faults.sending import all_at_once, digests, kept, open_call
from tests.panel_at_work import panel_at_work
from tests.wire import Wire

pytestmark = [pytest.mark.faults, pytest.mark.only("sqlite")]  # PostgreSQL keeps its own disk


@pytest.fixture(params=kinds())
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    made: Disk = request.param(tmp_path / "disk")
    yield made
    made.remove()


@pytest.fixture
async def small(disk: Disk, databases: Databases) -> AsyncIterator[Place]:
    source = await databases.fresh()
    assert isinstance(source, SQLiteDatabase)
    shutil.copyfile(source.path, disk.folder / "awards.sqlite")
    await databases.drop(source)
    before = current()
    engine = engine_from_url(f"sqlite:///{disk.folder / 'awards.sqlite'}")
    bind(engine)
    yield Place(disk.folder, engine)
    bind(before)
    await engine.close()


async def reaches(count: Callable[[], int], wanted: int) -> None:
    for _ in range(6000):
        if count() >= wanted:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"it stays at {count()} and should reach {wanted}")


async def test_full_in_the_middle_of_a_file(small: Place, disk: Disk, tmp_path: Path) -> None:
    """Nothing is acknowledged that is not there, and the same upload goes on when there is room again."""
    random = chance()
    call = await open_call(SystemClock().now())
    await small.engine.close()
    senders = call.senders(2, random, side=700)

    def refusals() -> int:
        return sum(sender.refused for sender in senders)

    server = small.server()
    server.log = tmp_path / "server.log"
    async with server:
        sending = asyncio.create_task(all_at_once(senders, server.port))
        await reaches(lambda: min(sender.acknowledged for sender in senders), 1)
        for _ in range(times(1, drill=50)):
            disk.fill(server)
            await reaches(refusals, refusals() + 4)
            disk.make_room(server)
            await asyncio.sleep(random.uniform(0, 0.05))
        await sending
    assert await kept() == digests(senders)


async def test_full_and_free_again(small: Place, disk: Disk, tmp_path: Path) -> None:
    panel = await panel_at_work(judges=12, entries=12, sheets_per_judge=3, now=SystemClock().now())
    await small.engine.close()
    ledger = Ledger(panel, chance())
    ended = asyncio.Event()
    server = small.server()
    server.log = tmp_path / "server.log"
    async with server:
        saving = [
            asyncio.create_task(ledger.judge_until(judge, server.port, ended)) for judge in panel.judges
        ]
        for _ in range(times(3, drill=50)):
            await asyncio.sleep(ledger.random.uniform(0.05, 0.3))
            refused = ledger.refused
            disk.fill(server)
            await reaches(lambda: ledger.refused, refused + len(panel.judges))
            async with Wire(server.port) as wire:
                assert (await wire.get("/health/live")).status == 200
                assert (await wire.get("/")).status == 200, "who only reads notices nothing"
            known = len(ledger.acknowledged)
            disk.make_room(server)
            await reaches(lambda: len(ledger.acknowledged), known + len(panel.judges))
        ended.set()
        await asyncio.gather(*saving)
        await ledger.resolve(server.port)
    await ledger.check()
    await small.engine.close()
    connection = sqlite3.connect(disk.folder / "awards.sqlite")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()
    print(f"{len(ledger.acknowledged)} saves acknowledged, {ledger.refused} refused")
