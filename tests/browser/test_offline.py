"""Work offline on one's own device: ten minutes without a line, two devices at once, and what leaves the device when."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.tables import EditionRule
from awards.scoresheets.tables import HeldOperation, SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, Bench, bench
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import served
from tests.browser.waiting import until
from tests.factories import AT
from tests.people import BAO, CHIARA, PASSWORD, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

SAYS = "[data-offline-says]"
STATUS = "[data-autosave-status]"
KEPT = "Kept on this device, not sent yet"
CACHES = "caches.keys().then((names) => names.filter((name) => name.startsWith('bench ')).length)"
FLAG = "localStorage.getItem('bench keeps')"


@dataclass
class Journey:
    """A judge with five entries, and a server that their devices reach."""

    made: Bench
    origin: str
    browser: Browser
    clock: FixedClock
    complaints: list[str] = field(default_factory=list)

    def url(self, number: int | None = None, place: str = "") -> str:
        entry = "" if number is None else f"/{self.made.references[number]}"
        return self.origin + self.made.path + entry + place

    @asynccontextmanager
    async def device(self, *, shared: bool = False) -> AsyncIterator[BrowserContext]:
        context = await self.browser.new_context(viewport={"width": 1280, "height": 900})
        async with transaction():
            token = await sessions.start(
                self.made.judge.person_id,
                at=self.clock.now(),
                agent="tests",
                address="127.0.0.1",
                shared=shared,
            )
        await context.add_cookies([{"name": "session", "value": token, "url": self.origin}])
        context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))
        yield context
        await context.close()

    async def take_along(self, page: Page, count: int = 5) -> None:
        await page.goto(self.url(place="/offline"))
        await page.get_by_label("This device is mine alone").check()
        await page.get_by_role("button", name="Take along").click()
        await expect(page.get_by_text(f"Entries on this device now: {count}.")).to_be_visible()


@pytest.fixture
async def journey(browser: Browser, tmp_path: Path) -> AsyncIterator[Journey]:
    clock = FixedClock(AT)
    made = await bench(await id_of(CHIARA), entries=5)
    async with served(tmp_path, clock) as origin:
        found = Journey(made, origin, browser, clock)
        yield found
        assert found.complaints == []


async def choose(page: Page, criterion: str, mark: int) -> None:
    # Without a place: a notice that comes in above it moves the sheet, and the clock of the page stands still.
    await page.locator(f"input[name=mark_{criterion}][value='{mark}']").dispatch_event("click")


async def marks() -> dict[str, dict[str, int]]:
    rows = await SheetRevision.raw(
        "SELECT en.reference, k.code, m.value FROM mark m JOIN criterion k ON k.id = m.criterion"
        " JOIN scoresheet h ON h.id = m.scoresheet JOIN assignment a ON a.id = h.assignment"
        " JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry"
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["reference"], {})[row["code"]] = row["value"]
    return found


async def test_ten_minutes_without_a_line_and_a_reload_over_five_entries(journey: Journey) -> None:
    async with journey.device() as context:
        await context.clock.install()
        page = await context.new_page()
        await journey.take_along(page)
        await context.set_offline(True)
        for number in range(5):
            answer = await page.goto(journey.url(number))
            assert answer is not None
            assert answer.from_service_worker
            await choose(page, "impact", number + 1)
            await context.clock.run_for(2000)
            await expect(page.locator(STATUS)).to_have_text(KEPT)
            await page.locator("#note_city").fill(f"Written without a line, entry {number}.")
            await context.clock.run_for(2000)
            await choose(page, "new", 9 - number)
            await context.clock.run_for(60_000)
            await page.reload()
            # The page is an old copy; what was typed since stands on it.
            await expect(page.locator(f"input[name=mark_impact][value='{number + 1}']")).to_be_checked()
            await expect(page.locator("#note_city")).to_have_value(f"Written without a line, entry {number}.")
            await context.clock.run_for(60_000)
        await expect(page.locator(SAYS)).to_contain_text("No connection. Changes kept on this device: 15")
        # The buttons of the sheet lead on without a line.
        await page.goto(journey.url(0))
        await page.get_by_role("button", name="Save and go to the next").click()
        await page.wait_for_url(lambda url: url != journey.url(0))
        await expect(page.locator("body.bench")).to_be_visible()
        assert await SheetRevision.count() == 0
        await context.set_offline(False)
        await page.evaluate("dispatchEvent(new Event('online'))")

        async def all_there() -> bool:
            return await SheetRevision.count() == 15

        await until(all_there)
        references = journey.made.references
        assert await marks() == {
            references[number]: {"impact": number + 1, "new": 9 - number} for number in range(5)
        }
        rows = await SheetRevision.select().order_by(SheetRevision.id)
        assert all(row["device_at"] is not None for row in rows)
        await expect(page.locator(SAYS)).to_contain_text("Everything that you wrote offline is sent")
        assert await page.evaluate(CACHES) == 1
        # Ten minutes later the copies are gone.
        await context.clock.run_for(11 * 60_000)
        await expect(page.locator(SAYS)).to_contain_text("have left this device")
        assert await page.evaluate(CACHES) == 0
        assert await page.evaluate(FLAG) is None


async def test_two_devices_at_once(journey: Journey) -> None:
    async with journey.device() as train, journey.device() as office:
        away, here = await train.new_page(), await office.new_page()
        await journey.take_along(away)
        await away.goto(journey.url(0))
        await train.set_offline(True)
        await choose(away, "impact", 3)
        await expect(away.locator(STATUS)).to_have_text(KEPT)
        await choose(away, "new", 4)
        await expect(away.locator(SAYS)).to_contain_text("kept on this device: 2")
        await here.goto(journey.url(0))
        await choose(here, "impact", 8)
        await expect(here.locator(STATUS)).to_contain_text("Saved")
        # Twice, so that the other device's own count of versions comes out at the same number.
        await choose(here, "new", 7)
        await expect(here.locator("#sheet-form input[name=version]")).to_have_value("2")
        await train.set_offline(False)
        await away.evaluate("dispatchEvent(new Event('online'))")
        await expect(away.locator(STATUS)).to_contain_text("Saved elsewhere meanwhile")
        reference = journey.made.references[0]
        assert (await marks())[reference] == {"impact": 8, "new": 7}
        # The form's own button shows both; so does the page when it is opened again.
        await away.get_by_role("button", name="Save and stay here").click()
        await expect(away.get_by_text("This sheet was saved elsewhere meanwhile")).to_be_visible()
        assert (await marks())[reference] == {"impact": 8, "new": 7}
        await away.goto(journey.url(0))
        notice = away.locator(".notice", has_text="Saved elsewhere while you wrote offline")
        await expect(notice.get_by_role("row").nth(1)).to_contain_text("3")
        await expect(notice.get_by_role("row").nth(1)).to_contain_text("8")
        found = await Axe().run(away, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        await notice.get_by_role("button", name="Save what I typed on this device").click()
        await expect(notice).to_have_count(0)

        async def mine() -> bool:
            return (await marks())[reference] == {"impact": 3, "new": 4}

        await until(mine)
        await expect(away.locator("#sheet-form input[name=version]")).to_have_value("3")


async def test_signing_out_clears_and_says_what_would_be_lost(journey: Journey) -> None:
    async with journey.device() as context:
        page = await context.new_page()
        await journey.take_along(page, 5)
        await page.goto(journey.url(0))
        await context.set_offline(True)
        await choose(page, "impact", 3)
        await expect(page.locator(STATUS)).to_have_text(KEPT)
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", name="Changes that are not sent yet: 1")).to_be_visible()
        await page.get_by_role("button", name="Stay signed in").click()
        await context.set_offline(False)
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.locator(STATUS)).to_contain_text("Saved")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_text("You are signed out")).to_be_visible()
        assert await page.evaluate(CACHES) == 0
        assert await page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
        assert (
            await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
        )


async def test_somebody_else_finds_nothing(journey: Journey) -> None:
    await id_of(BAO)
    async with journey.device() as context:
        page = await context.new_page()
        await journey.take_along(page)
        # The session ends without a sign-out; somebody else signs in on the same device.
        await context.clear_cookies(name="session")
        await page.goto(f"{journey.origin}/sign-in")
        await page.get_by_label("E-mail address").fill(BAO.email)
        await page.get_by_label("Password", exact=True).fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(lambda url: "sign-in" not in url)

        async def gone() -> bool:
            left = await page.evaluate("indexedDB.databases().then((all) => all.length)")
            return bool(left == await page.evaluate(CACHES) == 0)

        await until(gone)


async def test_a_shared_device_is_offered_nothing(journey: Journey) -> None:
    async with journey.device(shared=True) as context:
        page = await context.new_page()
        await page.goto(journey.url(place="/offline"))
        await expect(page.get_by_text("you said that others use it")).to_be_visible()
        await expect(page.get_by_role("button", name="Take along")).to_have_count(0)
        answer = await context.request.get(journey.url(0, "/pack"))
        assert answer.status == 403


async def test_what_arrives_late_is_held_and_the_judge_reads_so(journey: Journey) -> None:
    journey.clock.move_to(CLOSES - timedelta(minutes=1))
    async with journey.device() as context:
        page = await context.new_page()
        await context.clock.install(time=CLOSES - timedelta(minutes=1))
        await journey.take_along(page)
        await page.goto(journey.url(0))
        await context.set_offline(True)
        await choose(page, "impact", 3)
        await context.clock.run_for(2000)
        await expect(page.locator(STATUS)).to_have_text(KEPT)
        journey.clock.move_to(CLOSES + timedelta(minutes=9))
        await context.clock.run_for(10 * 60_000)
        await context.set_offline(False)
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.locator(STATUS)).to_contain_text("Two people of the secretariat decide")
        assert await SheetRevision.count() == 0
        assert await HeldOperation.count() == 1


async def test_a_session_that_ended_keeps_what_waits(journey: Journey) -> None:
    async with journey.device() as context:
        page = await context.new_page()
        await journey.take_along(page)
        await page.goto(journey.url(0))
        await Session.update({Session.ended_at: AT}, force=True)
        await choose(page, "impact", 6)
        await expect(page.locator(SAYS)).to_contain_text("You are signed out")
        assert await SheetRevision.count() == 0
        async with transaction():
            token = await sessions.start(
                journey.made.judge.person_id, at=AT, agent="tests", address="127.0.0.1"
            )
        await context.add_cookies([{"name": "session", "value": token, "url": journey.origin}])
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.locator(STATUS)).to_contain_text("Saved")
        assert (await marks())[journey.made.references[0]] == {"impact": 6}


async def test_after_fourteen_days_the_copies_are_gone_and_what_was_typed_is_not(journey: Journey) -> None:
    async with journey.device() as context:
        await context.clock.install()
        page = await context.new_page()
        await journey.take_along(page)
        await page.goto(journey.url(0))
        await context.set_offline(True)
        await choose(page, "impact", 6)
        await context.clock.run_for(2000)
        await expect(page.locator(STATUS)).to_have_text(KEPT)
        await context.clock.fast_forward(14 * 24 * 3600 * 1000 + 1000)
        await page.evaluate("dispatchEvent(new Event('online'))")

        async def gone() -> bool:
            return bool(await page.evaluate(CACHES) == 0)

        await until(gone)
        await context.set_offline(False)
        await page.evaluate("dispatchEvent(new Event('online'))")

        async def there() -> bool:
            return await SheetRevision.count() == 1

        await until(there)


async def test_what_is_refused_stays_with_its_text_until_it_was_read(journey: Journey) -> None:
    journey.clock.move_to(CLOSES - timedelta(minutes=1))
    await factories.add(
        EditionRule, edition=journey.made.season.edition_id, code="late_sync", value="refused"
    )
    async with journey.device() as context:
        page = await context.new_page()
        await context.clock.install(time=CLOSES - timedelta(minutes=1))
        await journey.take_along(page)
        await page.goto(journey.url(0))
        await context.set_offline(True)
        await page.locator("#note_city").fill("Written in the tunnel.")
        await context.clock.run_for(2000)
        await expect(page.locator(STATUS)).to_have_text(KEPT)
        journey.clock.move_to(CLOSES + timedelta(minutes=9))
        await context.clock.run_for(10 * 60_000)
        await context.set_offline(False)
        await page.goto(journey.url())
        notice = page.locator(".notice", has_text="Not saved:")
        await expect(notice).to_contain_text("what arrives after the deadline is refused")
        await expect(notice.get_by_role("row").nth(1)).to_contain_text("Written in the tunnel.")
        await page.reload()
        await notice.get_by_role("button", name="Remove from this device").click()
        await notice.get_by_role("button", name="Press again").click()
        await expect(notice).to_have_count(0)
        assert await HeldOperation.count() == 0
