"""(c) One acknowledged save over HTTP beside raw sqlite3; (d) sixty judges who save every two seconds."""

import asyncio
from pathlib import Path

from benchmarks.installation import installation
from benchmarks.processor import seconds_of
from benchmarks.raw_saves import saves_per_second
from benchmarks.report import Line, middle, percentile, show
from benchmarks.saving_load import Savers

TURNS, SECONDS, AT_ONCE = 3, 2.0, 8
MEMORY = Path("/dev/shm")  # a file system in memory, on Linux
BAR = 1 / 12
JUDGES, EVERY, LONG = 60, 2.0, 20.0
P99_BAR = 20.0


async def measure() -> None:
    lines = [
        line for disk in (None, MEMORY) if disk is None or disk.is_dir() for line in await beside_raw(disk)
    ]
    show(
        "(c) One acknowledged save over HTTP: session, rights, revision, marks, audit; peer: raw sqlite3, the same rows",
        lines,
        [
            f"{AT_ONCE} judges at once, {TURNS} turns of {SECONDS:.0f} s in alternation, medians; one durable commit a save on both sides",
            "in memory no commit waits for a disk: what is left is the work of the processor, which no bar is about",
        ],
    )  # fmt: skip
    await sixty_judges()


async def beside_raw(disk: Path | None) -> list[Line]:
    async with installation(judges=AT_ONCE, entries=60, sheets_per_judge=10, disk=disk) as place:
        await place.engine.close()
        copy = place.copy_of_database("raw.sqlite")
        judges = Savers(place.panel, place.panel.judges)
        ours, peer, spent, peer_spent = [], [], [], []
        async with place.server() as server:
            assert server.process is not None
            await asyncio.to_thread(judges.save, server.port, seconds=0.5)
            for turn in range(TURNS):
                raw_rate, raw_spent = saves_per_second(copy, SECONDS, run=turn)
                peer.append(raw_rate)
                peer_spent.append(raw_spent)
                before = seconds_of(server.process.pid)
                saved = await asyncio.to_thread(judges.save, server.port, seconds=SECONDS)
                spent.append((seconds_of(server.process.pid) - before) / len(saved.milliseconds) * 1e3)
                ours.append(saved.per_second)
    rate, raw = middle(ours), middle(peer)
    where = "in memory" if disk else "on this disk"
    # The bar is about durable commits; memory makes none.
    bar, met = ("", None) if disk else ("at least 1/12", rate / raw >= BAR)
    return [
        Line(f"saves/s {where}", f"{rate:,.0f}", f"{raw:,.0f}", f"1/{raw / rate:.1f}", bar, met),
        Line("  processor time of one", f"{middle(spent):.2f} ms", f"{middle(peer_spent):.2f} ms", f"1/{middle(spent) / middle(peer_spent):.1f}"),
    ]  # fmt: skip


async def sixty_judges() -> None:
    async with installation(judges=JUDGES, entries=JUDGES, sheets_per_judge=10) as place:
        await place.engine.close()
        judges = Savers(place.panel, place.panel.judges)
        async with place.server() as server:
            calm = await asyncio.to_thread(judges.save, server.port, seconds=LONG, every=EVERY)
    p50, p99 = percentile(calm.milliseconds, 50), percentile(calm.milliseconds, 99)
    show(
        f"(d) {JUDGES} judges, each saves every {EVERY:.0f} s, for {LONG:.0f} s: {len(calm.milliseconds)} saves; peer: the bar",
        [
            Line("half answered within", f"{p50:.1f} ms", "", ""),
            Line("99 of 100 within", f"{p99:.1f} ms", f"{P99_BAR:.0f} ms", f"{p99 / P99_BAR:.2f}", "under 20 ms", p99 < P99_BAR),
            Line("slowest", f"{max(calm.milliseconds):.1f} ms", "", ""),
        ],
    )  # fmt: skip
