"""(a) A public page that is kept as bytes, beside a bare Litestar handler that returns the same bytes."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.installation import installation
from benchmarks.processor import seconds_of
from benchmarks.reading_load import generator, requests_per_second
from benchmarks.report import Line, middle, show
from tests.processes import ROOT, free_port
from tests.wire import ConnectionLost, Wire

PATH = "/"
TURNS, SECONDS = 3, 2.0
BAR = 1 / 3


async def measure() -> None:
    async with installation(judges=3, entries=30, sheets_per_judge=10) as place, place.server() as server:
        assert server.process is not None
        async with Wire(server.port) as wire:
            page = await wire.get(PATH)
        if page.status != 200 or "etag" not in page.headers:
            raise RuntimeError(f"{PATH} is not kept: {page.status} {page.headers}")
        await place.engine.close()
        file = place.data / "page.html"
        file.write_bytes(page.body)
        with bare_server(file) as (peer_port, peer):
            await until_up(peer_port)
            rates: dict[str, list[float]] = {"page": [], "etag": [], "peer": []}
            spent: dict[str, list[float]] = {"page": [], "etag": [], "peer": []}
            for _ in range(TURNS):
                for name, port, pid, headers in (
                    ("peer", peer_port, peer.pid, {}),
                    ("page", server.port, server.process.pid, {}),
                    ("etag", server.port, server.process.pid, {"if-none-match": page.headers["etag"]}),
                ):
                    before = seconds_of(pid)
                    rate = await asyncio.to_thread(requests_per_second, port, _path(name), SECONDS, headers)
                    rates[name].append(rate)
                    spent[name].append((seconds_of(pid) - before) / (rate * SECONDS) * 1e6)
    ours, peer_rate = middle(rates["page"]), middle(rates["peer"])
    lines = [
        Line("whole page, requests/s", f"{ours:,.0f}", f"{peer_rate:,.0f}", f"{ours / peer_rate:.2f}", "at least 1/3", ours / peer_rate >= BAR),
        Line("  processor time of one", f"{middle(spent['page']):.0f} us", f"{middle(spent['peer']):.0f} us", f"{middle(spent['page']) / middle(spent['peer']):.2f}"),
        Line("304 for its ETag, requests/s", f"{middle(rates['etag']):,.0f}", f"{peer_rate:,.0f}", f"{middle(rates['etag']) / peer_rate:.2f}"),
    ]  # fmt: skip
    show(
        f"(a) A kept public page of {len(page.body):,} bytes; peer: a bare Litestar handler, the same bytes",
        lines,
        [f"{TURNS} turns of {SECONDS:.0f} s each, medians; load from {generator()}"],
    )


def _path(name: str) -> str:
    return "/" if name == "peer" else PATH


@contextmanager
def bare_server(file: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.bare", str(port), str(file)], cwd=ROOT)
    try:
        yield port, process
    finally:
        process.kill()
        process.wait()


async def until_up(port: int) -> None:
    for _ in range(3000):
        try:
            async with Wire(port) as wire:
                await wire.get("/")
                return
        except ConnectionLost:
            await asyncio.sleep(0.005)
    raise RuntimeError("the bare server did not start")
