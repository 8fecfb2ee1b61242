"""(i) A slow line: a browser at 400 kbit/s and 400 ms reads, writes, and sends a file over a line that is cut."""

import asyncio
import io
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, CDPSession, Page, Request, async_playwright

from awards.accounts import sessions
from awards.clock import SystemClock
from awards.db import transaction
from awards.editions.tables import Question
from awards.entries.tables import Answer
from benchmarks.installation import installation
from benchmarks.report import Line, middle, show
from tests import factories
from tests.browser.chromium import CHROMIUM
from tests.factories import DAY
from tests.processes import Server

BYTES_A_SECOND, LATENCY = 400_000 // 8, 400
FIRST_TEXT, POST_AND_ANSWER = 3.0, 4.0
TIMES = int(environ.get("TIMES", "3"))
CUT_AT, CUT_FOR = 40, 5.0
KIB = 1024
BUDGETS = {"Document": 30, "Stylesheet": 12, "Script": 12}
WHOLE, REQUESTS = 60, 4
ENTRY = "/city/entries/WG26-SLOW0"
PAINTED = """() => new Promise(done => {
  const told = list => list.getEntriesByName("first-contentful-paint").forEach(one => done(one.startTime));
  new PerformanceObserver(told).observe({type: "paint", buffered: true});
})"""
TEXT = " ".join(
    random.Random(5).choice(("tram", "ticket", "evening", "people", "council", "step")) for _ in range(400)
)


@dataclass(slots=True)
class Place:
    """What a page of one's own is reached by."""

    origin: str
    browser: Browser
    token: str
    public: str
    files: str = f"{ENTRY}/evidence"
    section: str = f"{ENTRY}/sections/2"

    @asynccontextmanager
    async def visit(self, *, signed_in: bool = True) -> AsyncIterator["Visit"]:
        """A browser that has seen nothing yet."""
        context = await self.browser.new_context(viewport={"width": 360, "height": 800})
        if signed_in:
            await context.add_cookies([{"name": "session", "value": self.token, "url": self.origin}])
        page = await context.new_page()
        line = await context.new_cdp_session(page)
        visit = Visit(self.origin, page, line)
        await visit.begin()
        yield visit
        await context.close()


@dataclass
class Visit:
    origin: str
    page: Page
    line: CDPSession
    kinds: dict[str, str] = field(default_factory=dict)
    packed: Counter[str] = field(default_factory=Counter)

    async def begin(self) -> None:
        self.line.on("Network.responseReceived", self._began)
        self.line.on("Network.loadingFinished", self._came)
        await self.line.send("Network.enable")
        await self.slow()

    async def slow(self, *, cut: bool = False) -> None:
        await self.line.send(
            "Network.emulateNetworkConditions",
            {"offline": cut, "latency": LATENCY, "downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND},
        )  # fmt: skip

    def _began(self, said: dict[str, Any]) -> None:
        self.kinds[said["requestId"]] = said["type"]

    def _came(self, said: dict[str, Any]) -> None:
        kind = self.kinds.get(said["requestId"], "Other")
        self.packed[kind] += int(said["encodedDataLength"])
        self.packed["requests"] += 1

    async def open(self, path: str) -> float:
        """Seconds until the first text stands."""
        await self.page.goto(self.origin + path)
        return await self.first_text() / 1000

    async def first_text(self) -> float:
        return float(await self.page.evaluate(PAINTED))


async def measure() -> None:
    async with installation(judges=3, entries=3, sheets_per_judge=1) as built:
        token, public = await _entry()
        file = built.data / "report.pdf"
        content = _pdf()
        file.write_bytes(content)
        await built.engine.close()
        async with Server(built.data, built.url, worker=True) as server, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            place = Place(f"http://127.0.0.1:{server.port}", browser, token, public)
            lines = [line for path in (public, "/sign-in", "/city", ENTRY, place.section, f"{ENTRY}/check")
                     for line in await _reads(place, path)]  # fmt: skip
            lines += await _writes(place)
            sent, notes = await _sends(place, file, len(content))
            await browser.close()
    show(
        f"(i) A telephone at {BYTES_A_SECOND * 8 // 1000} kbit/s and {LATENCY} ms a request; peer: the bar",
        lines + sent,
        [
            "The latency is that of each request; the browser adds none for opening a connection. Sizes are with headers.",
            *notes,
        ],
    )


async def _reads(place: Place, path: str) -> list[Line]:
    cold, warm, packed = [], [], Counter[str]()
    for _time in range(TIMES):
        async with place.visit(signed_in=path.startswith("/city")) as visit:
            cold.append(await visit.open(path))
            packed = visit.packed.copy()
            # What every page shares is there now, as for all but the first page that somebody opens.
            warm.append(await visit.open(path))
    name = (
        path.replace(ENTRY, "an entry") if path.startswith(ENTRY) else path.replace(place.public, "/awards/…")
    )
    whole = sum(size for kind, size in packed.items() if kind != "requests")
    fits = all(packed[kind] <= most * KIB for kind, most in BUDGETS.items()) and whole <= WHOLE * KIB
    parts = " + ".join(f"{packed[kind] / KIB:.1f}" for kind in BUDGETS)
    return [
        _seconds(f"first text, {name}", middle(cold), FIRST_TEXT),
        _seconds("  the next time", middle(warm), FIRST_TEXT),
        Line(
            "  page + style + script", f"{parts} KiB", f"{' + '.join(map(str, BUDGETS.values()))} KiB", "",
            f"{WHOLE} KiB in all", fits,
        ),
        Line("  requests", f"{packed['requests']}", f"{REQUESTS}", "", "at most", packed["requests"] <= REQUESTS),
    ]  # fmt: skip


async def _writes(place: Place) -> list[Line]:
    """From the press of the button until the next page's first text, on a page whose answers are all changed."""
    took = []
    for number in range(TIMES):
        async with place.visit() as visit:
            await visit.open(place.section)
            for area in await visit.page.locator("textarea[name^=answer]").all():
                await area.evaluate("(area, more) => { area.value += more }", f" once {number} more")
            pressed = await visit.page.evaluate("Date.now()")
            async with visit.page.expect_navigation(wait_until="commit"):
                await visit.page.get_by_role("button", name="Save and continue").last.click(
                    no_wait_after=True
                )
            shown = await visit.first_text() + await visit.page.evaluate("performance.timeOrigin")
            took.append((shown - pressed) / 1000)
    return [_seconds("three answers of 400 words: sent, and the next page", middle(took), POST_AND_ANSWER)]


async def _sends(place: Place, file: Path, size: int) -> tuple[list[Line], list[str]]:
    pieces: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            pieces.append(int(request.headers["upload-offset"]))

    async with place.visit() as visit:
        page = visit.page
        await visit.open(place.files)
        page.on("request", note)
        began = time.monotonic()
        await page.set_input_files("#file", file)
        steps: set[str] = set()
        cut, went_on_from = 0.0, -1
        while "report.pdf" not in await page.locator("#attached").inner_text():
            said = await page.locator("[data-coming]").inner_text()
            steps.add(said)
            percent = max((int(word) for word in said.replace("%", " ").split() if word.isdigit()), default=0)
            if not cut and percent >= CUT_AT:
                before = len(pieces)
                await visit.slow(cut=True)
                cut = time.monotonic()
                await asyncio.sleep(CUT_FOR)
                steps.add(await page.locator("[data-coming]").inner_text())
                await visit.slow()
            elif cut and went_on_from < 0 and len(pieces) > before:
                went_on_from = pieces[-1]
            if time.monotonic() - began > 180:
                break
            await asyncio.sleep(0.1)
        took = time.monotonic() - began
        arrived = "report.pdf" in await page.locator("#attached").inner_text()
    least = size / BYTES_A_SECOND + CUT_FOR
    lines = [
        Line(f"a file of {size / 1e6:.1f} MB, cut for 5 s at 40 %", f"{took:.0f} s", f"{least:.0f} s", f"{took / least:.2f}", "arrives", arrived),
        Line("  words of how far it is", f"{len(steps)}", "", "", "progress is said", len(steps) >= 5),
        Line("  goes on from", f"{100 * went_on_from / size:.0f} %", "0 %", "", "not from the start", went_on_from > 0),
    ]  # fmt: skip
    paused = next((step for step in steps if "Paused" in step), "")
    notes = [f"While it was cut: “{' '.join(paused.split())}”."] if paused else []
    return lines, notes if arrived else [*notes, f"In the end: “{said}”."]


def _pdf() -> bytes:
    """A picture of noise: nothing in it packs."""
    side = 1330
    noise = Image.frombytes("RGB", (side, side), random.Random(3).randbytes(side * side * 3))
    packed = io.BytesIO()
    noise.save(packed, "PDF", quality=95)
    return packed.getvalue()


def _seconds(what: str, took: float, bar: float) -> Line:
    return Line(what, f"{took:.2f} s", f"{bar:.0f} s", f"{took / bar:.2f}", f"under {bar:.0f} s", took < bar)


async def _entry() -> tuple[str, str]:
    """A draft of nine answers of 400 words in three sections, and a question for files; whose session, and the call."""
    now = SystemClock().now()
    season = await factories.season(opens=now - DAY, closes=now + DAY, state="open")
    person = await factories.person("Amina Okoro")
    city = await factories.entrant("Lindmere", kind="city")
    await factories.official(person, city)
    entry = await factories.entry(season, city, state="draft", by=person, reference=ENTRY.rsplit("/", 1)[-1])
    for number in range(9):
        question = await factories.add(
            Question, edition=season.edition_id, section=f"Part {number // 3 + 1}", code=f"q{number}",
            position=number + 2, label=f"What about {number}?", hint="What you did, for whom, and how you know.",
            limits=json.dumps({"max_words": 500}), kind="long text",
        )  # fmt: skip
        await factories.add(Answer, entry=entry, question=question, value=TEXT, by=person, saved_at=now)
    await factories.add(
        Question, edition=season.edition_id, section="Evidence", code="evidence", label="Evidence", position=99,
        kind="file", required=False, limits=json.dumps({"most_files": 3}),
    )  # fmt: skip
    async with transaction():
        token = await sessions.start(person, at=now, agent="benchmark", address="127.0.0.1")
    return token, f"/awards/{season.programme}/{season.edition}"
