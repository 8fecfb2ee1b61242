"""From a closed round to winners on a public page, in the browsers of two people of the secretariat and of a reader."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from awards.app import JOB_HANDLERS
from awards.clock import FixedClock
from awards.jobs import services as jobs
from awards.outbox.tables import Message
from awards.publication.services import write_to_entrants
from tests import factories
from tests.awards.results.judged import Judged, judged
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import listen, served
from tests.factories import AT
from tests.people import AMINA, EUN_JI, FARID, PASSWORD, Member, give, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

NAMES_OUT, PRIZES_OUT = AT + timedelta(days=3), AT + timedelta(days=4)
MILLISECOND = timedelta(milliseconds=1)


@dataclass
class Season:
    """The running service with a closed round, and everything that the browsers complained of."""

    made: Judged
    origin: str
    browser: Browser
    clock: FixedClock
    complaints: list[str]

    @property
    def desk(self) -> str:
        return f"{self.origin}{self.made.season.desk}"

    @property
    def public(self) -> str:
        return f"{self.origin}/awards/{self.made.season.programme}/{self.made.season.edition}"

    @asynccontextmanager
    async def of(self, member: Member | None) -> AsyncIterator[Page]:
        context = await self.browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        listen(page, self.origin, self.complaints)
        if member is not None:
            await page.goto(f"{self.origin}/sign-in")
            await page.get_by_label("E-mail address").fill(member.email)
            await page.get_by_label("Password", exact=True).fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()
            await page.wait_for_url(lambda url: "sign-in" not in url)
        yield page
        await context.close()

    async def calculated(self) -> None:
        """What the worker does with the job that waits."""
        work = await jobs.claim(self.clock.now())
        assert work is not None

        async def report(percent: int) -> bool:
            return await jobs.report(work, percent, self.clock.now())

        result = await JOB_HANDLERS[work.kind](work, report, self.clock)
        await jobs.finish(work, state="done", result=result, now=self.clock.now())


@pytest.fixture
async def season(browser: Browser, tmp_path: Path) -> AsyncIterator[Season]:
    made = await judged()
    for member in (EUN_JI, FARID):
        await give(member, "secretariat", made.season.scope)
    await factories.official(await id_of(AMINA), made.entrants[0], role="owner")
    clock = FixedClock(AT)
    async with served(tmp_path, clock) as origin:
        running = Season(made, origin, browser, clock, [])
        yield running
    assert running.complaints == []


async def is_sound(page: Page) -> None:
    """No barrier that axe finds, light or dark, and nothing to push sideways on the smallest telephone."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found = await Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 320, "height": 900})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    await page.set_viewport_size({"width": 1280, "height": 900})


async def results_are_decided(season: Season, page: Page) -> None:
    await page.goto(f"{season.desk}/results/first")
    await page.get_by_role("button", name="Calculate the results").click()
    await expect(page.get_by_role("status")).to_be_visible()
    await season.calculated()
    await page.goto(f"{season.desk}/results/first")
    await page.get_by_role("button", name="Adopt run 1").click()
    await expect(page.get_by_role("status")).to_be_visible()
    await page.goto(f"{season.desk}/prizes")
    await page.get_by_role("button", name="Decide these as proposed").click()
    await expect(page.get_by_role("status")).to_be_visible()


async def signs_first(season: Season, page: Page, step: str, at: datetime) -> None:
    await page.goto(f"{season.desk}/publication")
    await page.get_by_label(step, exact=True).check()
    await page.get_by_label("Becomes public at").fill(f"{at:%Y-%m-%dT%H:%M}")
    await page.get_by_role("button", name="Read what follows").click()
    await expect(page.locator("main")).to_contain_text("Nothing has changed yet")
    await expect(page.locator("main")).to_contain_text("Lindmere")
    if step == "Who has won":
        await is_sound(page)
    await page.get_by_label("I have read the winners and what follows").check()
    await page.get_by_role("button", name="Sign first").click()
    await expect(page.get_by_role("status")).to_contain_text("You have signed first")
    # Whoever signed first finds no second signature to give.
    await page.goto(f"{season.desk}/publication/check")
    await expect(page.get_by_role("button", name="Sign and schedule")).to_have_count(0)


async def signs_second(season: Season, page: Page) -> None:
    await page.goto(f"{season.desk}/publication")
    await page.get_by_role("link", name="Read what follows, and sign").click()
    await page.get_by_label("I have read the winners and what follows").check()
    await page.get_by_role("button", name="Sign and schedule").click()
    await expect(page.get_by_role("status")).to_contain_text("signed by two")
    await expect(page.locator("main")).to_contain_text("Scheduled")


async def test_a_closed_round_becomes_winners_on_a_public_page(season: Season) -> None:
    async with season.of(EUN_JI) as eun_ji, season.of(FARID) as farid, season.of(None) as reader:
        await results_are_decided(season, eun_ji)
        await signs_first(season, eun_ji, "Who has won", NAMES_OUT)
        await signs_second(season, farid)
        # The second step the other way round.
        await signs_first(season, farid, "The winners", PRIZES_OUT)
        await signs_second(season, eun_ji)
        page = reader.locator("main")
        for at, names, prizes in (
            (NAMES_OUT - MILLISECOND, 0, 0),
            (NAMES_OUT, 1, 0),
            (PRIZES_OUT - MILLISECOND, 1, 0),
            (PRIZES_OUT, 0, 1),
        ):
            season.clock.move_to(at)
            await reader.goto(season.public)
            await expect(page.get_by_role("heading", name="Who has won")).to_have_count(names)
            await expect(page.get_by_text("Gold", exact=True)).to_have_count(prizes)
            await expect(page.get_by_text("Lindmere", exact=True)).to_have_count(min(1, names + prizes))
            await write_to_entrants(season.clock)
            assert await Message.count().where(Message.template == "result-winner") == names + 2 * prizes
        await is_sound(reader)
        await reader.get_by_role("link", name="Lindmere").click()
        await expect(reader.locator("h1")).to_contain_text("Practice of Lindmere")
