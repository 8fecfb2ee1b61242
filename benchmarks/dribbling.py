"""(h) Clients that dribble: 500 of them hold their connections for a minute, others save as if they were not there."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from os import environ
from typing import Any

from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.clock import SystemClock
from awards.db import transaction
from awards.editions.tables import Question
from benchmarks.installation import installation
from benchmarks.report import Line, percentile, show
from tests import factories
from tests.factories import DAY
from tests.processes import Server

DRIBBLERS, SECONDS = int(environ.get("DRIBBLERS", "500")), float(environ.get("SECONDS", "60"))
OTHERS = 20
# The bar says 5 MB at 8 kB/s, which take more than ten minutes: MEGABYTES=5 sends them.
RATE = 8_000
BYTES = int(float(environ.get("MEGABYTES", "0")) * 1_000_000) or int(RATE * SECONDS * 0.7)
BAR = 2.0


async def measure() -> None:
    async with installation(judges=3, entries=3, sheets_per_judge=1) as place:
        officials = await _call()
        await place.engine.close()
        plan = {
            "officials": officials,
            "dribblers": DRIBBLERS,
            "seconds": SECONDS,
            "rate": RATE,
            "bytes": BYTES,
        }
        async with Server(place.data, place.url, worker=True) as server:
            calm = {**plan, "port": server.port, "dribblers": 0, "bytes": 0, "seconds": SECONDS / 2}
            await asyncio.to_thread(_load, {**calm, "seconds": 3})  # the first pages are drawn cold
            before = await asyncio.to_thread(_load, calm)
            beside = await asyncio.to_thread(_load, {**plan, "port": server.port})
            after = await asyncio.to_thread(_load, calm)
    # Before and after, so that what else the machine does falls on both sides.
    alone = {
        "milliseconds": before["milliseconds"] + after["milliseconds"],
        "broken": before["broken"] + after["broken"],
    }
    _show(alone, beside)


def _load(plan: Mapping[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dribbling_load"],
        input=json.dumps(plan), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _show(alone: Mapping[str, Any], beside: Mapping[str, Any]) -> None:
    ours, peer = (percentile(one["milliseconds"], 95) for one in (beside, alone))
    broken = beside["broken"] + alone["broken"]
    lines = [
        Line("others, 95 of 100", f"{ours:.1f} ms", f"{peer:.1f} ms", f"{ours / peer:.2f}", "under 2", ours < BAR * peer),
        Line("others, half", f"{_half(beside):.1f} ms", f"{_half(alone):.1f} ms", f"{_half(beside) / _half(alone):.2f}"),
        Line("their answers that failed", f"{broken}", "0", "", "none", broken == 0),
        Line(f"honest upload of {BYTES / 1e6:.1f} MB at {RATE // 1000} kB/s", beside["honest"] or "failed", "attached", "", "succeeds", beside["honest"] == "attached"),
    ]  # fmt: skip
    show(
        f"(h) {OTHERS} officials who save while {DRIBBLERS} dribble for {SECONDS:.0f} s; peer: the same without them",
        lines,
        [
            f"{len(beside['milliseconds'])} requests beside {beside['held']} connections that were still held at the end",
            *beside["wrong"],
        ],
    )


def _half(of: Mapping[str, Any]) -> float:
    times: Sequence[float] = of["milliseconds"]
    return percentile(times, 50)


async def _call() -> list[dict[str, Any]]:
    """Drafts in an open call, each with an official; the first has a question for a file."""
    now = SystemClock().now()
    season = await factories.season(opens=now - DAY, closes=now + DAY, state="open")
    await factories.add(
        Question, edition=season.edition_id, section="Evidence", code="evidence", label="Evidence", position=9,
        kind="file", required=False, limits=json.dumps({"most_files": 3}),
    )  # fmt: skip
    officials = []
    for number in range(OTHERS):
        async with transaction():
            person = await factories.person(f"Official {number}")
            city = await factories.entrant(f"City {number}", kind="city")
            await factories.official(person, city)
            reference = f"WG26-D{number:04d}"
            await factories.entry(season, city, state="draft", by=person, reference=reference)
            token = await sessions.start(person, at=now, agent="benchmark", address="127.0.0.1")
            (row,) = await Session.select(Session.csrf).where(Session.person == person)
        headers = {"cookie": f"session={token}", "x-csrf-token": row["csrf"], "accept": "application/json"}
        officials.append({"path": f"/city/entries/{reference}", "headers": headers})
    return officials
