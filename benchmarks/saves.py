"""(c) One acknowledged save over HTTP beside raw sqlite3; (d) sixty judges who save every two seconds."""

import asyncio

from benchmarks.installation import installation
from benchmarks.processor import seconds_of
from benchmarks.raw_saves import saves_per_second
from benchmarks.report import Line, middle, percentile, show
from benchmarks.saving_load import Savers

TURNS, SECONDS, AT_ONCE = 3, 3.0, 8
BAR = 1 / 12
JUDGES, EVERY, LONG = 60, 2.0, 20.0
P99_BAR = 20.0


async def measure() -> None:
    async with installation(judges=JUDGES, entries=JUDGES, sheets_per_judge=10) as place:
        await place.engine.close()
        copy = place.copy_of_database("raw.sqlite")
        everybody = Savers(place.panel, place.panel.judges)
        few = Savers(place.panel, place.panel.judges[:AT_ONCE])
        async with place.server() as server:
            assert server.process is not None
            calm = await asyncio.to_thread(everybody.save, server.port, seconds=LONG, every=EVERY)
            few.judges, few.runs = everybody.judges[:AT_ONCE], 1000 - 1
            ours, peer, spent = [], [], []
            for turn in range(TURNS):
                peer.append(saves_per_second(copy, SECONDS, run=turn))
                before = seconds_of(server.process.pid)
                saved = await asyncio.to_thread(few.save, server.port, seconds=SECONDS)
                spent.append((seconds_of(server.process.pid) - before) / len(saved.milliseconds) * 1e3)
                ours.append(saved.per_second)
    rate, raw = middle(ours), middle(peer)
    show(
        "(c) One acknowledged save over HTTP: session, rights, revision, marks, audit; peer: raw sqlite3, the same rows",
        [
            Line("saves/s", f"{rate:,.0f}", f"{raw:,.0f}", f"1/{raw / rate:.1f}", "at least 1/12", rate / raw >= BAR),
            Line("  processor time of one", f"{middle(spent):.2f} ms", f"{1000 / raw:.2f} ms elapsed", ""),
        ],
        [f"{AT_ONCE} judges at once, {TURNS} turns of {SECONDS:.0f} s in alternation, medians; both with synchronous=FULL and one commit a save"],
    )  # fmt: skip
    p50, p99 = percentile(calm.milliseconds, 50), percentile(calm.milliseconds, 99)
    show(
        f"(d) {JUDGES} judges, each saves every {EVERY:.0f} s, for {LONG:.0f} s: {len(calm.milliseconds)} saves; peer: the bar",
        [
            Line("half answered within", f"{p50:.1f} ms", "", ""),
            Line("99 of 100 within", f"{p99:.1f} ms", f"{P99_BAR:.0f} ms", f"{p99 / P99_BAR:.2f}", "under 20 ms", p99 < P99_BAR),
            Line("slowest", f"{max(calm.milliseconds):.1f} ms", "", ""),
        ],
    )  # fmt: skip
