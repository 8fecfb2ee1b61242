"""(b) Pages for one person: processor time and queries, beside a bare Litestar handler with the same bytes."""

import gc
import logging
import os
from collections.abc import Mapping

from awards.accounts import sessions
from awards.app import create_app
from awards.clock import SystemClock
from awards.db import transaction
from awards.settings import Settings
from benchmarks.bare import bare
from benchmarks.in_process import cost_of
from benchmarks.installation import Installation, installation
from benchmarks.report import Line, show
from tests import factories

ENTRIES = 60
QUERIES, MILLISECONDS = 6, 3.0


async def measure() -> None:
    async with installation(judges=12, entries=ENTRIES, sheets_per_judge=20) as place:
        app = create_app(Settings(data=place.data))
        as_served()
        lines = []
        for what, path, headers in await pages(place):
            ours = await cost_of(app, path, headers)
            peer = await cost_of(bare(ours.body), "/", {})
            lines.append(
                Line(
                    what,
                    f"{ours.milliseconds:.2f} ms, {ours.queries} queries, {len(ours.body) / 1024:.0f} KiB",
                    f"{peer.milliseconds:.2f} ms",
                    f"{ours.milliseconds / peer.milliseconds:.0f}",
                    f"{QUERIES} queries, some {MILLISECONDS:.0f} ms",
                    ours.queries <= QUERIES and ours.milliseconds <= MILLISECONDS,
                )
            )
    show(
        "(b) Signed-in pages, processor time of one; peer: a bare Litestar handler, the same bytes",
        lines,
        [
            f"in one process without sockets, the threads of SQLite counted in; {ENTRIES} entries in the edition"
        ],
    )


def as_served() -> None:
    """What `awards serve` does around the application: a line of log for each request, and a calm collector."""
    access = logging.getLogger("awards.access")
    access.setLevel(logging.INFO)
    access.propagate = False
    access.addHandler(logging.FileHandler(os.devnull))
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


async def pages(place: Installation) -> list[tuple[str, str, Mapping[str, str]]]:
    season, judge = place.panel.season, place.panel.judges[0]
    desk = await signed_in(await secretariat(season.scope))
    person = await factories.person("An official")
    city = await factories.entrant("Lindmere")
    await factories.official(person, city)
    await factories.entry(season, city, state="draft", by=person, reference="WG26-DRAFT")
    official = await signed_in(person)
    return [
        ("judge: list of 20 entries", place.panel.bench, judge.headers | {"accept": "text/html"}),
        ("judge: entry and sheet", f"{place.panel.bench}/{judge.references[0]}", judge.headers | {"accept": "text/html"}),
        (f"desk: {ENTRIES} entries", f"{season.desk}/entries", desk),
        ("desk: progress of a round", f"{season.desk}/progress/first", desk),
        ("city: entries and calls", "/city", official),
        ("city: task list of an entry", "/city/entries/WG26-DRAFT", official),
    ]  # fmt: skip


async def secretariat(scope: str) -> int:
    person = await factories.person("The secretariat")
    await factories.grant(person, "secretariat", scope)
    return person


async def signed_in(person_id: int) -> dict[str, str]:
    async with transaction():
        token = await sessions.start(
            person_id, at=SystemClock().now(), agent="benchmark", address="127.0.0.1"
        )
    return {"cookie": f"session={token}", "accept": "text/html"}
