"""The season in a real browser, from a real server: what judges, cities, the secretariat and readers see."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from awards.clock import FixedClock
from awards.scoresheets.tables import Mark
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import listen, served
from tests.browser.waiting import stand_still
from tests.people import AMINA, PASSWORD
from tests.permissions.canaries import WINNER
from tests.permissions.world import World, world

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

# Where to leave a picture of every page, for people who want to look at them.
SHOTS = os.environ.get("AWARDS_SHOTS", "")
NARROW, WIDE = 320, 1280


@dataclass
class Service:
    """A running server, and everything that browsers complained of."""

    world: World
    origin: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def at(self, role: str, *, scripts: bool = True) -> AsyncIterator[Page]:
        """A browser of somebody who is signed in, unless they are a visitor."""
        context = await self.browser.new_context(
            viewport={"width": WIDE, "height": 900}, java_script_enabled=scripts, timezone_id="Europe/Rome"
        )
        if role != "visitor":
            name, _is, value = self.world.askers[role].cookie.partition("=")
            await context.add_cookies([{"name": name, "value": value, "url": self.origin}])
        page = await context.new_page()
        listen(page, self.origin, self.complaints)
        yield page
        await context.close()

    async def open(self, page: Page, route: str) -> None:
        answer = await page.goto(self.origin + self.world.address(route))
        assert answer is not None
        assert answer.status == 200, (route, answer.status)


Serve = Callable[[str], Awaitable[Service]]


@pytest.fixture
async def serve(browser: Browser, tmp_path: Path) -> AsyncIterator[Serve]:
    """`service = await serve("judging")`: the world of that phase behind a socket."""
    made: list[Service] = []
    async with AsyncExitStack() as running:

        async def start(phase: str) -> Service:
            place = await world(phase)
            origin = await running.enter_async_context(served(tmp_path, FixedClock(place.now)))
            made.append(Service(place, origin, browser))
            return made[-1]

        yield start
    assert [service.complaints for service in made] == [[]] * len(made)


async def is_sound(page: Page, name: str) -> None:
    """No barrier that axe finds, and nothing to push sideways on the smallest telephone."""
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    for width in (NARROW, WIDE):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
    if SHOTS:
        for width in (360, WIDE):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        await page.set_viewport_size({"width": WIDE, "height": 900})


DESK, BENCH = "/desk/{programme}/{edition}", "/bench/{programme}/{edition}/{round_code}"
ENTRY, AWARDS = "/city/entries/{reference}", "/awards/{programme}/{edition}"

# phase -> who looks at what; the pages of cities and of who screens them have a file of their own
LOOKED_AT = {
    "open": {
        "visitor": ("/", "/sign-in", "/sign-up", AWARDS),
        "official": ("/city/entrants/{entrant_id}",),
        "secretariat": (DESK, DESK + "/setup", "/desk/cities", "/desk/people"),
    },
    "judging": {
        "judge": ("/bench", BENCH, BENCH + "/{reference}", BENCH + "/sign", BENCH + "/conflicts",
                  BENCH + "/offline", BENCH + "/offline/away", BENCH + "/late"),
        "secretariat": (DESK, DESK + "/panels/{round_code}", DESK + "/progress/{round_code}", DESK + "/judges",
                        *(DESK + "/progress/{round_code}/" + view for view in ("judges", "entries", "remind", "late")),
                        DESK + "/audit", DESK + "/messages",
                        DESK + "/messages/new", DESK + "/messages/{number}", DESK + "/messages/{number}/check",
                        DESK + "/messages/texts", DESK + "/messages/texts/{group}/{lang}"),
    },
    "published": {
        "visitor": ("/", "/results", "/archive", "/practices", "/method", AWARDS, AWARDS + "/{category}",
                    AWARDS + "/{category}/{slug}"),
        "secretariat": (DESK + "/results", DESK + "/results/{code}", DESK + "/results/{code}/{category}",
                        DESK + "/prizes", DESK + "/prizes/{category}", DESK + "/publication"),
    },
}  # fmt: skip


@pytest.mark.parametrize("phase", LOOKED_AT)
async def test_the_main_pages_are_open_to_everybody(serve: Serve, phase: str) -> None:
    service = await serve(phase)
    faults = []
    for role, routes in LOOKED_AT[phase].items():
        async with service.at(role) as page:
            for route in routes:
                await service.open(page, route)
                name = re.sub(r"[{}]", "", route).strip("/").replace("/", "-") or "home"
                try:
                    await is_sound(page, f"{phase}-{role}-{name}")
                except AssertionError as fault:
                    faults.append(str(fault))
    assert faults == [], "\n".join(faults)


async def test_a_judge_marks_and_it_is_saved_within_two_seconds(serve: Serve) -> None:
    service = await serve("judging")
    async with service.at("judge") as page:
        await stand_still(page)
        await service.open(page, BENCH + "/{reference}")
        sheet = service.world.sheets[0]
        # The whole cell is the target: a judge presses the number, the radio itself is hidden under it.
        await page.locator("input[name=mark_impact][value='3']").dispatch_event("click")
        await page.clock.run_for(2000)
        await expect(page.locator("#sheet-form input[name=version]")).to_have_value("2")
        await expect(page.locator("[data-autosave-status]")).to_have_text("Saved 09:00:00\u00a0UTC")
        await page.locator("#note_city").fill("Say how you counted the journeys.")
        await page.clock.run_for(2000)
        await expect(page.locator("#sheet-form input[name=version]")).to_have_value("3")
        marks = await Mark.select(Mark.value).where(Mark.scoresheet == sheet).order_by(Mark.id)
        assert marks[0]["value"] == 3
        await page.reload()
        await expect(page.locator("input[name=mark_impact][value='3']")).to_be_checked()
        await expect(page.locator("#note_city")).to_have_value("Say how you counted the journeys.")


async def test_a_city_submits_without_any_script(serve: Serve) -> None:
    service = await serve("open")
    async with service.at("visitor", scripts=False) as page:
        await service.open(page, "/sign-in")
        await page.get_by_label("E-mail address").fill(AMINA.email)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("link", name=WINNER).click()
        await page.get_by_role("link", name="The practice", exact=True).click()
        await page.get_by_label("What did the city do?").fill("Every lift of every platform works again.")
        await page.get_by_role("button", name="Save and continue").click()
        await expect(page.locator("h1")).to_have_text("Evidence")
        await page.get_by_role("button", name="Save and continue").click()
        await expect(page.locator("h1")).to_have_text("Check your answers")
        await page.get_by_label("I declare this").check()
        await page.get_by_role("button", name="Submit the entry").click()
        await expect(page.locator("main")).to_contain_text(service.world.values["reference"])
        await expect(page.locator("main")).to_contain_text("20 March 2026")


async def test_a_question_is_seen_as_it_is_written(serve: Serve) -> None:
    service = await serve("open")
    async with service.at("secretariat") as page:
        await service.open(page, DESK + "/setup/questions/_new")
        preview = page.locator("#preview")
        await page.fill("#label", "Which devices do people use?")
        await page.select_option("#kind", "several of")
        await page.fill("#options", "Telephone\nPaper")
        await expect(preview.get_by_label("Paper")).to_be_visible()
        await expect(page.locator("#max_words")).to_be_hidden()
        # What belongs to another kind is not sent, and is there again with its own.
        await page.select_option("#kind", "number")
        await page.fill("#unit", "people")
        await expect(preview.get_by_text("people", exact=True)).to_be_visible()
        await expect(preview.get_by_text("Not complete yet")).to_have_count(0)
        await page.select_option("#kind", "several of")
        await expect(page.locator("#options")).to_have_value("Telephone\nPaper")
