"""(k) Whether the time that an answer takes tells who won, before the announcement: two worlds that differ in the outcome alone.

Both are sealed for an instant to come. Each page is asked by turns of the one and of the other in an order of chance, each in
a process of its own without a socket, so that no line hides a difference. The peer is a third world with the first one's
outcome: what is told apart there is noise. One process is a little slower than the next whatever it serves, so each turn has
new ones; what is tested are the differences of the turns' medians, by every way to flip their signs (two-sided, exact), and so
many pages are allowed for by Bonferroni.
"""

import asyncio
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import product
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
from tests.permissions.test_two_outcomes import CITATIONS, others_mark_otherwise
from tests.permissions.world import World, publish, world

# Fewer turns than twelve cannot be as sure as the bar asks.
TURNS, EACH, WARM = 12, int(os.environ.get("TIMES", "600")) // 12, 10
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
        found = [turn(folders, made) for _turn in range(TURNS)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    show(
        f"(k) Before the announcement: does the time of an answer tell the outcome? {TURNS} turns of {EACH:,} answers a page and world",
        [line(number, np.array([medians[number] for medians in found])) for number in range(len(ASKED))],
        [
            f"middle of the medians; middle of the differences; p exact, bar {SURE}/{len(ASKED)}; the peer differs in nothing"
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


def turn(folders: Sequence[Path], made: World) -> list[list[float]]:
    """By page and world, the median."""
    sides = [Side(data, made.now) for data in folders]
    medians = [asked(sides, made.address(path), made.askers[role]) for role, path in ASKED]
    for one in sides:
        one.end()
    return medians


def asked(sides: Sequence[Side], address: str, asker: Asker) -> list[float]:
    spent: list[list[float]] = [[] for _side in sides]
    for number in range(WARM + EACH):
        for world_ in random.sample(range(len(sides)), len(sides)):  # an order, no secret
            took = sides[world_].seconds(address, asker)
            if number >= WARM:
                spent[world_].append(took)
    return [middle(values) for values in spent]


def line(number: int, medians: NDArray[np.float64]) -> Line:
    role, path = ASKED[number]
    other, control = medians[:, 1] - medians[:, 0], medians[:, 2] - medians[:, 0]
    sure, peer = flipped(other), flipped(control)
    return Line(
        f"{role}: {path}",
        f"{middle(medians[:, 0].tolist()) * 1000:.2f} ms, {middle(other.tolist()) * 1e6:+.0f} us, p {sure:.4f}",
        f"{middle(control.tolist()) * 1e6:+.0f} us, p {peer:.4f}", "", "no telling apart", sure >= SURE / len(ASKED),
    )  # fmt: skip


def flipped(differences: NDArray[np.float64]) -> float:
    """How many of all ways to flip their signs give a mean as far from nothing."""
    signs = np.array(list(product((1.0, -1.0), repeat=len(differences))))
    means = np.abs(signs @ differences)
    return float(np.mean(means >= abs(float(differences.sum())) * (1 - 1e-12)))


async def seconds(app: Any, address: str, asker: Asker) -> float:
    began = time.perf_counter()
    await ask(app, "GET", address, asker)
    return time.perf_counter() - began
