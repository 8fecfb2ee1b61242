"""(g) The last minute of a call: 300 officials save three sections and submit, 50 of them send 10 MB in pieces."""

import asyncio
import io
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Any

from PIL import Image

from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.clock import SystemClock
from awards.db import transaction
from awards.editions.tables import Question
from benchmarks.installation import Installation, installation
from benchmarks.processor import seconds_of
from benchmarks.report import Line, percentile, show
from tests import factories
from tests.factories import DAY
from tests.processes import Server

OFFICIALS, UPLOADS, SECONDS = int(environ.get("OFFICIALS", "300")), 50, float(environ.get("SECONDS", "60"))
FILES = 3  # different ones, taken in turn
MEMORY_BAR = 1024.0  # MiB
SECTIONS = ("The practice", "Results", "Other cities")
WORDS = json.dumps({"max_words": 600})


@dataclass(slots=True)
class Memory:
    """What the server held at most: the process of the pages, and all that it started beside it."""

    server: float = 0.0
    together: float = 0.0


async def measure() -> None:
    async with installation(judges=3, entries=3, sheets_per_judge=1) as place:
        files = [place.data / f"evidence-{number}.pdf" for number in range(FILES)]
        for number, file in enumerate(files):
            file.write_bytes(_pdf(number))
        officials, question = await _call()
        await place.engine.close()
        plan = {"officials": officials, "question": question, "files": [str(file) for file in files], "uploads": min(UPLOADS, OFFICIALS),
                "seconds": SECONDS}  # fmt: skip
        memory = Memory()
        async with _served(place) as (port, pid):
            before = seconds_of(pid)
            watching = asyncio.create_task(_watch(pid, memory))
            done = await asyncio.to_thread(_load, {**plan, "port": port})
            watching.cancel()
            spent = seconds_of(pid) - before
            memory.server = max(memory.server, _status(pid, "VmHWM"))
    _show(done, memory, spent)


@asynccontextmanager
async def _served(place: Installation) -> AsyncIterator[tuple[int, int]]:
    """As one installs it: the worker inside, which sends the mails and makes copies of the files meanwhile."""
    async with Server(place.data, place.url, worker=True) as server:
        assert server.process is not None
        yield server.port, server.process.pid


def _load(plan: Mapping[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.submitting_load"],
        input=json.dumps(plan), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _show(done: Mapping[str, Any], memory: Memory, spent: float) -> None:
    statuses = {int(status): count for status, count in done["statuses"].items()}
    whole = statuses.pop(0, 0)
    requests = sum(statuses.values())
    broken = sum(count for status, count in statuses.items() if status >= 500)
    refused = {status: count for status, count in statuses.items() if 400 <= status < 500}
    times = done["milliseconds"]
    submitted = len(times.get("receipt", ()))
    lines = [
        Line("answers 5xx", f"{broken}", "0", "", "none", broken == 0),
        Line("submitted", f"{submitted}", f"{OFFICIALS}", "", "all", submitted == OFFICIALS),
        Line("files of 10 MB attached", f"{whole}", f"{min(UPLOADS, OFFICIALS)}", "", "all", whole == min(UPLOADS, OFFICIALS)),
        Line("memory of the server", f"{memory.server:.0f} MiB", f"{MEMORY_BAR:.0f} MiB", f"{memory.server / MEMORY_BAR:.2f}", "under 1 GiB", memory.server < MEMORY_BAR),
        Line("  with its processes", f"{memory.together:.0f} MiB", f"{MEMORY_BAR:.0f} MiB", f"{memory.together / MEMORY_BAR:.2f}", "under 1 GiB", memory.together < MEMORY_BAR),
        *(Line(f"{what}, half | 95 | 99 of 100", _times(times[what]), "", "") for what in times),
    ]  # fmt: skip
    show(
        f"(g) {OFFICIALS} officials in {SECONDS:.0f} s, {min(UPLOADS, OFFICIALS)} of them sending 10 MB in pieces; peer: the bar",
        lines,
        [
            f"{requests} requests in {done['seconds']:.0f} s, {spent:.1f} s of processor in the server;"
            f" refused: {refused or 'none'}",
            *done["wrong"],
        ],
    )  # fmt: skip


def _times(milliseconds: Sequence[float]) -> str:
    return " | ".join(f"{percentile(milliseconds, one):.0f}" for one in (50, 95, 99)) + " ms"


# --- what there is before --------------------------------------------------------------------------------


async def _call() -> tuple[list[dict[str, Any]], str]:
    """A call of three sections of two questions and one for files; each official with a draft of a city's own."""
    now = SystemClock().now()
    season = await factories.season(opens=now - DAY, closes=now + DAY, state="open")
    await Question.update({Question.ended_at: now}).where(Question.edition == season.edition_id)
    for place, section in enumerate(SECTIONS):
        for number in range(2):
            await factories.add(
                Question, edition=season.edition_id, section=section, code=f"q{place}{number}", limits=WORDS,
                label=f"Question {number + 1} of {section}", position=10 * place + number + 2, kind="long text",
            )  # fmt: skip
    await factories.add(
        Question, edition=season.edition_id, section="Evidence", code="evidence", label="Evidence", position=99,
        kind="file", required=False, limits=json.dumps({"most_files": 3}),
    )  # fmt: skip
    officials = []
    for number in range(OFFICIALS):
        async with transaction():
            person = await factories.person(f"Official {number}")
            city = await factories.entrant(f"City {number}", kind="city")
            await factories.official(person, city)
            reference = f"WG26-L{number:04d}"
            await factories.entry(season, city, state="draft", by=person, reference=reference)
            token = await sessions.start(person, at=now, agent="benchmark", address="127.0.0.1")
            rows = await Session.select(Session.csrf).where(Session.person == person)
        officials.append(
            {
                "path": f"/city/entries/{reference}",
                "headers": {
                    "cookie": f"session={token}",
                    "x-csrf-token": rows[0]["csrf"],
                    "accept": "text/html",
                },
            }
        )
    return officials, "evidence"


def _pdf(seed: int) -> bytes:
    """A picture of noise: nothing in it packs, so that it is as large as a scanned report."""
    side = 2950
    noise = Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))
    packed = io.BytesIO()
    noise.save(packed, "PDF", quality=95)
    return packed.getvalue()


# --- memory ----------------------------------------------------------------------------------------------


async def _watch(pid: int, memory: Memory) -> None:
    while True:
        memory.together = max(memory.together, sum(_status(one, "VmRSS") for one in [pid, *_children(pid)]))
        await asyncio.sleep(0.2)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            own = [int(one) for one in task.read_text().split()]
        except OSError:
            continue
        found += own + [each for one in own for each in _children(one)]
    return found


def _status(pid: int, what: str) -> float:
    """In MiB; a process that has ended holds nothing."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:")), 0.0)
