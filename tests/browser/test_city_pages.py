"""Every page of a city, and of those who screen its entry: by ear, on a telephone, in the dark and from the right."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from awards.accounts import sessions
from awards.actor import Actor
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.tables import Extension, Question
from awards.entries import services
from awards.entries.forms import SaveAnswer, SubmitEntry
from awards.entries.tables import Exemption, HelpRequest, LateTry
from tests import factories
from tests.awards.entries.screenings import Room, on_desk
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.eyes import ALL_EYES, Eyes
from tests.browser.server import listen, served
from tests.factories import AT, Season, add
from tests.people import AMINA, BAO, EUN_JI, Member, give, id_of
from tests.permissions import files

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

SHOTS = os.environ.get("AWARDS_SHOTS", "")
HOUR = timedelta(hours=1)
CLOSES = AT + HOUR / 2
# As no line of a telephone has room for it.
LONG = "Niederflurstrassenbahnhaltestellenbarrierefreiheitsverordnung"

DRAFT, SENT, OUT, FIRMS = "WG26-DRAFT", "WG26-SENT0", "WG26-OUT00", "WG26-FIRM0"
KINDS = (
    ("begun", "date", ""), ("cost", "number", '{"unit":"million won"}'), ("effects", "indicators", ""),
    ("film", "web address", ""), ("law", "yes or no", ""), ("which", "short text", ""),
    ("sort", "one of", '{"options":["Rail","Bus","Ferry"]}'),
    ("users", "several of", f'{{"options":["Children","Everybody","{LONG}"]}}'),
)  # fmt: skip

Visit = list[tuple[Eyes, Page]]


@dataclass
class City:
    """Lindmere in the last hour of an open call, with entries in every state that its people see."""

    season: Season
    clock: FixedClock
    origin: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def visit(self, member: Member) -> AsyncIterator[Visit]:
        async with transaction():
            person = await id_of(member)
            token = await sessions.start(person, at=self.clock.now(), agent="tests", address="127.0.0.1")
        visit = []
        for eyes in ALL_EYES:
            page = await eyes.opened(self.browser, self.origin, token)
            listen(page, self.origin, self.complaints)
            visit.append((eyes, page))
        yield visit
        for _eyes, page in visit:
            await page.context.close()

    async def look(self, visit: Visit, *paths: str) -> None:
        for path in paths:
            for eyes, page in visit:
                answer = await page.goto(self.origin + path)
                assert answer is not None
                assert answer.status == 200, (path, answer.status)
                await self.is_sound(eyes, page, path)

    async def is_sound(self, eyes: Eyes, page: Page, path: str) -> None:
        self.faults += await eyes.faults(page, path)
        if SHOTS:
            name = re.sub(r"[^a-zA-Z0-9_]+", "-", f"{path} {eyes.width} {eyes.scheme}").strip("-")
            await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


async def questions(season: Season) -> None:
    for number, (code, kind, limits) in enumerate(KINDS):
        await add(
            Question, edition=season.edition_id, section="In figures", code=code, kind=kind, limits=limits,
            label=f"What is the {code}?", hint="What you know today.", position=10 + number, required=False,
            show_if='["law","yes"]' if code == "which" else "",
        )  # fmt: skip


async def entries(season: Season, amina: Actor) -> None:
    """A draft with a file and more time asked for; one that was sent twice and is asked about; one that is out."""
    clock = FixedClock(AT)
    for reference, title in ((DRAFT, LONG), (SENT, "Low floors"), (OUT, "Bells")):
        place = await factories.entrant(f"Lindmere {reference}", kind="city")
        await factories.official(amina.person_id, place, role="owner")
        await factories.official(await id_of(BAO), place)
        entry = await factories.entry(
            season, place, state="draft", reference=reference, title=title, by=amina.person_id
        )
        if reference == DRAFT:
            firm = await factories.entrant("Lifts and Sons", kind="firm", city=place)
            await factories.entry(season, firm, state="draft", reference=FIRMS, title="Lifts", for_city=place)
            await files.attached(season.edition_id, entry, amina.person_id)
            await add(HelpRequest, entry=entry, text=f"Which law? {LONG}", by=amina.person_id)
            await add(
                LateTry, edition=season.edition_id, entrant=place, entry=entry, tried="submit", closed=CLOSES,
                by=amina.person_id, created_at=CLOSES,
            )  # fmt: skip
            for table, more in (
                (Extension, {"was": CLOSES, "until": CLOSES + HOUR}),
                (Exemption, {"rule": "members", "by": amina.person_id}),
            ):
                await add(table, edition=season.edition_id, entrant=place, reason=f"A flood. {LONG}", **more)
            continue
        for version, text in enumerate((f"Trams without a step, {LONG}.", "Buses without a step."), 1):
            save = SaveAnswer(version=version, answer=(text,))
            await services.save_answer(
                reference=reference, code="summary", command=save, actor=amina, clock=clock
            )
            submit = SubmitEntry(declared=True, version=version)
            await services.submit_entry(reference=reference, command=submit, actor=amina, clock=clock)
        desk = Room(season, entry, reference, place)
        eun_ji = await on_desk(season, "Eun-ji Park", "secretariat")
        if reference == SENT:
            await desk.ask(eun_ji, "summary")
        else:
            await desk.screen(eun_ji, "ineligible", number=2)
            await desk.confirm(await on_desk(season, "Farid Rahimi"))


@pytest.fixture
async def lindmere(browser: Browser, tmp_path: Path) -> AsyncIterator[City]:
    season = await factories.season(closes=CLOSES, rules={"city_approval": "yes"})
    await questions(season)
    amina = Actor(await id_of(AMINA), AMINA.name)
    await entries(season, amina)
    await give(EUN_JI, "secretariat", season.scope)
    clock = FixedClock(AT)
    async with served(tmp_path, clock, pseudo_locale=True) as origin:
        made = City(season, clock, origin, browser)
        yield made
    assert made.complaints == []


async def test_the_pages_of_a_city(lindmere: City) -> None:
    season = lindmere.season
    draft, sent = f"/city/entries/{DRAFT}", f"/city/entries/{SENT}"
    async with lindmere.visit(AMINA) as visit:
        await lindmere.look(
            visit, "/city", f"/city/calls/{season.programme}/{season.edition}", "/city/entrants/new",
            f"/city/entries/new?edition={season.programme}/{season.edition}", f"/city/approvals/{FIRMS}",
            *(f"{draft}{place}" for place in (
                "", "/about", "/sections/1", "/sections/2", "/summary", "/effects", "/begun", "/users",
                "/evidence", "/files/1/remove", "/files/1/replace", "/summary/history", "/check",
                "/preview/judges", "/preview/public", "/deadline", "/help", "/about-judges", "/kept",
            )),
            *(f"{sent}{place}" for place in (
                "", "/versions", "/versions/2", "/versions/compare", "/enquiry", "/withdraw", "/summary/history",
            )),
            f"/city/entries/{OUT}", f"/city/entries/{OUT}/appeal",
        )  # fmt: skip
        # What is wrong is said, and is read as well as the rest.
        for eyes, page in visit:
            await page.goto(f"{lindmere.origin}{draft}/check")
            await page.locator("form[action$=submit] button").click()
            await expect(page.locator(".error-summary")).to_be_focused()
            await lindmere.is_sound(eyes, page, f"{draft}/check refused")
    lindmere.complaints[:] = [said for said in lindmere.complaints if "422" not in said]
    assert lindmere.faults == [], "\n".join(lindmere.faults)


async def test_the_pages_of_the_screeners(lindmere: City) -> None:
    lindmere.clock.move_to(CLOSES + 2 * HOUR)
    desk = lindmere.season.desk
    async with lindmere.visit(EUN_JI) as visit:
        await lindmere.look(
            visit, *(f"{desk}{place}" for place in (
                "/entries", f"/entries/{SENT}", f"/entries/{OUT}", f"/entries/{SENT}/ask", "/entries/doubles",
                "/entries/counts", "/drafts", f"/drafts/{DRAFT}", f"/drafts/{DRAFT}/kept", "/extensions",
                "/extensions/late", "/extensions/1/end", "/exemptions", "/exemptions/1/end",
                f"/exemptions/approvals/{FIRMS}", "/setup/questions", "/setup/questions/_new",
                "/setup/questions/users", "/setup/questions/effects", "/setup/questions/preview",
            ))
        )  # fmt: skip
    assert lindmere.faults == [], "\n".join(lindmere.faults)
