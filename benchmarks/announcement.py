"""(j) The minute of an announcement: public results kept as bytes, beside a bare handler; and the instant itself.

Forty entries are published at an instant that comes while the server runs and readers ask all the time. Nobody may have
a result before it; how long it takes until the last of them has it is what is told.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from awards.clock import SystemClock
from benchmarks.installation import Installation, installation
from benchmarks.processor import seconds_of
from benchmarks.public_page import bare_server, until_up
from benchmarks.reading_load import generator, requests_per_second
from benchmarks.report import Line, middle, percentile, show
from tests import factories
from tests.processes import Server
from tests.wire import Answer, Wire

ENTRIES, READERS = 40, 300
TURNS, SECONDS = 3, 2.0
RATE, LARGEST = 1000, 150 * 1024
COMES_IN = timedelta(seconds=20)
WINNER = "City of the first place"
PRACTICE = "What did you do?\n\n" + "Lanterns were hung along the canal, and people walk there again. " * 60


async def measure() -> None:
    async with installation(judges=3, entries=ENTRIES, sheets_per_judge=3) as place:
        at = SystemClock().now() + COMES_IN
        pages = await published(place, at)
        await place.engine.close()
        async with place.server() as server:
            assert server.process is not None
            early, waits = await readers(server.port, pages, at)
            lines = [instant(early, waits)]
            for path in pages:
                async with Wire(server.port) as wire:
                    page = await wire.get(path)
                file = place.data / "page.html"
                file.write_bytes(page.body)
                with bare_server(file) as (peer_port, peer):
                    await until_up(peer_port)
                    lines += await compared(path, page, server, (peer_port, peer.pid))
    show(
        f"(j) The pages of an announcement; peer: a bare Litestar handler, the same bytes; {READERS} readers at the instant",
        lines,
        [f"{TURNS} turns of {SECONDS:.0f} s each, medians; load from {generator()}"],
    )


async def published(place: Installation, at: datetime) -> tuple[str, ...]:
    """Winners and all that were judged, with scores; returns the addresses that everybody asks for."""
    season = place.panel.season
    publication = await factories.publication(
        season.edition_id, kind="archive", visible_at=at, figures=json.dumps(figures())
    )
    for rank in range(1, ENTRIES + 1):
        won = rank <= 3
        await factories.published_entry(
            publication, slug=f"city-{rank}", title=f"Practice {rank}", entrant_name=WINNER if rank == 1 else f"City {rank}",
            country="KR", country_label="Republic of Korea", region="Asia", category="Inclusive",
            category_code="inclusive", prize=f"Prize {rank}" if won else "", prize_position=rank if won else None,
            rank=rank, practice=PRACTICE if won else "", figures=json.dumps(standing(rank)),
        )  # fmt: skip
    here = f"/awards/{season.programme}/{season.edition}"
    return ("/", "/results", "/practices", here, f"{here}/inclusive", f"{here}/inclusive/city-1")


def figures() -> dict[str, object]:
    run = {"method": "calibrated", "sha256": "0" * 64, "number": 1}
    named = {"name": "Inclusive", "entries": ENTRIES, "sheets": 3 * ENTRIES, "run": run, "criteria": []}
    return {"categories": {"inclusive": named}, "prizes": []}


def standing(rank: int) -> dict[str, object]:
    estimate = 9_000_000 - rank * 100_000
    return {
        "reference": f"WG26-{rank:05d}", "awards": [], "estimate": estimate, "raw": estimate - 50_000, "error": 300_000,
        "quantiles": [estimate - 400_000, estimate - 150_000, estimate + 150_000, estimate + 400_000], "sheets": 3,
        "rank_low": max(1, rank - 3), "rank_high": rank + 3, "prize_chance": max(0, 900_000 - rank * 100_000),
    }  # fmt: skip


async def readers(port: int, pages: Sequence[str], at: datetime) -> tuple[int, list[float]]:
    """How many saw a result early, and how long each waits who asks at the very instant."""
    clock, shown = SystemClock(), WINNER.encode()

    async def reader(number: int) -> tuple[int, float]:
        path, early = (*pages[:2], *pages[3:5])[number % 4], 0
        async with Wire(port) as wire:
            while at - clock.now() > timedelta(seconds=1.5):
                early += shown in (await wire.get(path)).body
                await asyncio.sleep(1.0)
            await asyncio.sleep(max(0.0, (at - clock.now()).total_seconds()))
            while shown not in (await wire.get(path)).body:
                pass
        return early, (clock.now() - at).total_seconds()

    found = await asyncio.gather(*(reader(number) for number in range(READERS)))
    return sum(early for early, _wait in found), [wait for _early, wait in found]


def instant(early: int, waits: Sequence[float]) -> Line:
    said = f"{middle(waits) * 1000:.0f}, {percentile(waits, 99) * 1000:.0f}, {max(waits) * 1000:.0f} ms"
    return Line(f"{READERS} ask at the instant, {early} saw it early: half, 99 of 100, all have it after", said,
                "", "", "none early", not early)  # fmt: skip


async def compared(path: str, page: Answer, server: Server, peer: tuple[int, int]) -> list[Line]:
    """`peer`: the port and the process of the bare handler that answers with the same bytes."""
    assert server.process is not None
    tag = {"if-none-match": page.headers["etag"]}
    rates: dict[str, list[float]] = {"page": [], "etag": [], "peer": []}
    spent: list[float] = []
    for _ in range(TURNS):
        rates["peer"].append(await asyncio.to_thread(requests_per_second, peer[0], "/", SECONDS, {}))
        before = seconds_of(server.process.pid)
        rate = await asyncio.to_thread(requests_per_second, server.port, path, SECONDS, {})
        rates["page"].append(rate)
        spent.append((seconds_of(server.process.pid) - before) / (rate * SECONDS) * 1e6)
        rates["etag"].append(await asyncio.to_thread(requests_per_second, server.port, path, SECONDS, tag))
    ours, bare, tagged = middle(rates["page"]), middle(rates["peer"]), middle(rates["etag"])
    size = len(page.body)
    return [
        Line(
            f"{path}, {size / 1024:.0f} KiB: requests/s", f"{ours:,.0f}", f"{bare:,.0f}", f"{ours / bare:.2f}",
            f"{RATE:,} and {LARGEST // 1024} KiB", ours >= RATE and size <= LARGEST,
        ),
        Line(f"  304 for its ETag; processor {middle(spent):.0f} us", f"{tagged:,.0f}", f"{bare:,.0f}", f"{tagged / bare:.2f}"),
    ]  # fmt: skip
