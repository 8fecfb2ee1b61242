"""(k) Whether the time that an answer takes tells who won, before the announcement: two worlds that differ in the outcome alone.

Both are sealed for an instant to come. Each page is asked by turns of the one and of the other in an order of chance, each in
a process of its own without a socket, so that no line hides a difference. The peer is a third world with the first one's
outcome: what is told apart there is noise. Mann-Whitney, two-sided; so many pages are allowed for by Bonferroni.
"""

import asyncio
import math
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from numpy.typing import NDArray

from awards.app import create_app
from awards.clock import FixedClock
from awards.db import SQLiteDatabase, bind, engine_from_url
from awards.db.migrate import migrate
from awards.publication import services as publication
from awards.settings import Settings
from benchmarks.report import Line, middle, show
from benchmarks.signed_in import as_served
from tests.permissions import files
from tests.permissions.asking import Asker, ask
from tests.permissions.results import with_nothing_asked
from tests.permissions.world import World, publish, world
from tests.test_two_outcomes import CITATIONS, others_mark_otherwise

TIMES = int(os.environ.get("TIMES", "500"))
WARM = 20
SURE = 0.01
HERE = "/awards/{programme}/{edition}"
# Who asks for what; the winner of the one world is an entry like others in the other.
ASKED = (
    *(("visitor", path) for path in (
        "/", "/results", "/practices?q=lindmere", "/sitemap.xml", HERE, HERE + "/{category}", HERE + "/method",
        HERE + "/{category}/lindmere", HERE + "/{category}/portaleda", HERE + "/results.json", HERE + "/versions/1",
    )),
    ("official", "/city"), ("official", "/city/entries/{reference}"), ("neighbour", "/city"),
    ("judge", "/bench/{programme}/{edition}/{round}"), ("judge", "/account"),
)  # fmt: skip


async def measure() -> None:
    folder = Path(tempfile.mkdtemp(prefix="awards-benchmark-"))
    try:
        made = await first(folder / "world.sqlite")
        folders = [await side(folder, number, made, outcome) for number, outcome in enumerate((0, 1, 0))]
        sides = [Side(data, made.now) for data in folders]
        lines = [told_apart(sides, made, role, path) for role, path in ASKED]
        for one in sides:
            one.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show(
        f"(k) Before the announcement: does the time of an answer tell the outcome? {TIMES:,} answers a page and world",
        lines,
        [
            f"half of the answers within; the difference of the halves; p by Mann-Whitney, bar {SURE}/{len(ASKED)}"
        ],
    )


async def first(path: Path) -> World:
    engine = opened(path)
    await migrate(engine)
    made = await world("closed")
    await engine.close()
    return made


def opened(path: Path) -> SQLiteDatabase:
    engine = engine_from_url(f"sqlite:///{path}")
    assert isinstance(engine, SQLiteDatabase)
    bind(engine)
    return engine


async def side(folder: Path, number: int, made: World, outcome: int) -> Path:
    """A copy of the same rows, in which others mark otherwise and another entry wins."""
    data = folder / str(number)
    data.mkdir()
    source = sqlite3.connect(folder / "world.sqlite")
    source.execute("VACUUM INTO ?", (str(data / "awards.sqlite"),))
    source.close()
    engine = opened(data / "awards.sqlite")
    settings = Settings(data=data)
    files.put(settings)
    create_app(settings)  # packs are signed by a service that knows its data folder
    if outcome:
        await others_mark_otherwise(made)
    await with_nothing_asked(publish(made, made.references[outcome], CITATIONS[0]))
    for sweep in publication.SWEEPS:
        await sweep(FixedClock(made.now))
    await engine.close()
    return data


class Side:
    """One of the worlds at work."""

    def __init__(self, data: Path, now: datetime) -> None:
        context = get_context("spawn")
        self.pipe, end = context.Pipe()
        self.process = context.Process(target=answering, args=(data, now, end), daemon=True)
        self.process.start()

    def seconds(self, address: str, asker: Asker) -> float:
        self.pipe.send((address, asker))
        return float(self.pipe.recv())

    def end(self) -> None:
        self.pipe.send(None)
        self.process.join()


def answering(data: Path, now: datetime, pipe: Connection) -> None:
    opened(data / "awards.sqlite")
    app = create_app(Settings(data=data), clock=FixedClock(now))
    as_served()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        while asked := pipe.recv():
            pipe.send(runner.run(seconds(app, *asked)))


def told_apart(sides: Sequence[Side], made: World, role: str, path: str) -> Line:
    address, asker = made.address(path), made.askers[role]
    spent: tuple[list[float], ...] = ([], [], [])
    chance = random.Random(path)  # an order, no secret
    for turn in range(WARM + TIMES):
        for number in chance.sample(range(len(sides)), len(sides)):
            took = sides[number].seconds(address, asker)
            if turn >= WARM:
                spent[number].append(took)
    one, other, control = (np.array(values) for values in spent)
    half, between, noise = (
        middle(spent[0]),
        middle(spent[1]) - middle(spent[0]),
        middle(spent[2]) - middle(spent[0]),
    )
    sure, peer = mann_whitney(one, other), mann_whitney(one, control)
    return Line(
        f"{role}: {path}", f"{half * 1000:.2f} ms, {between * 1e6:+.0f} us, p {sure:.4f}",
        f"{noise * 1e6:+.0f} us, p {peer:.4f}", "", "no telling apart", sure >= SURE / len(ASKED),
    )  # fmt: skip


async def seconds(app: Any, address: str, asker: Asker) -> float:
    began = time.perf_counter()
    await ask(app, "GET", address, asker)
    return time.perf_counter() - began


def mann_whitney(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Two-sided p by the normal approximation; of so many clock readings hardly two are the same."""
    ranks = np.empty(len(one) + len(other))
    ranks[np.argsort(np.concatenate((one, other)), kind="stable")] = np.arange(1, len(ranks) + 1)
    u = float(ranks[: len(one)].sum()) - len(one) * (len(one) + 1) / 2
    spread = math.sqrt(len(one) * len(other) * (len(ranks) + 1) / 12)
    return math.erfc(abs(u - len(one) * len(other) / 2) / spread / math.sqrt(2))
