"""A sheet in a real browser, kept through an ended session, and taken back with what was not saved yet."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.clock import FixedClock
from awards.db import transaction
from awards.scoresheets.tables import Mark, SheetNote
from tests import factories
from tests.awards.scoresheets.benches import Bench, bench
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import listen, served
from tests.browser.waiting import stand_still, until
from tests.factories import AT
from tests.people import CHIARA, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

STATUS = "[data-autosave-status]"
SAVED = "Saved 09:00:00\u00a0UTC"


@dataclass
class Judging:
    made: Bench
    origin: str
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    async def sign_in(self) -> None:
        async with transaction():
            token = await sessions.start(await id_of(CHIARA), at=AT, agent="tests", address="127.0.0.1")
        await self.context.add_cookies([{"name": "session", "value": token, "url": self.origin}])


@pytest.fixture
async def judging(browser: Browser, tmp_path: Path) -> AsyncIterator[Judging]:
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    made = await bench(person_id)
    async with served(tmp_path, FixedClock(AT)) as origin:
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        service = Judging(made, origin, context)
        await service.sign_in()
        yield service
        await context.close()
    assert [one for one in service.complaints if "401" not in one] == []


async def marks() -> list[int | None]:
    return [row["value"] for row in await Mark.select(Mark.value).order_by(Mark.criterion)]


async def note() -> str:
    rows = await SheetNote.select(SheetNote.text).where(SheetNote.audience == "city")
    return str(rows[0]["text"])


async def test_a_session_that_ends_and_an_undo_lose_nothing(judging: Judging) -> None:
    page = await judging.context.new_page()
    listen(page, judging.origin, judging.complaints)
    await stand_still(page)
    await page.goto(f"{judging.origin}{judging.made.path}/{judging.made.references[0]}")
    status, city = page.locator(STATUS), page.locator("#note_city")

    await Session.update({Session.ended_at: AT}, force=True)
    await page.locator("input[name=mark_impact][value='7']").dispatch_event("click")
    await city.fill("Written after the session ended.")
    await page.clock.run_for(2000)
    await expect(status.locator("a")).to_contain_text("you are signed out")
    assert await marks() == []
    await judging.sign_in()
    await page.evaluate("dispatchEvent(new Event('focus'))")

    # It goes on when it has heard who is signed in, a moment of its clock later.
    async def is_saved() -> bool:
        await page.clock.run_for(100)
        return await status.inner_text() == SAVED

    await until(is_saved)
    assert await marks() == [7]
    await expect(city).to_have_value("Written after the session ended.")

    # What nobody saved yet is saved, taken back and kept in the history.
    await page.locator("input[name=mark_impact][value='2']").dispatch_event("click")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("main")).to_contain_text("Undone. Saved 09:00:00 UTC")
    await page.wait_for_load_state()
    await expect(page.locator("input[name=mark_impact]:checked")).to_have_value("7")
    await page.clock.run_for(5000)
    await expect(status).to_have_text(SAVED)
    assert await page.evaluate("Object.keys(sessionStorage)") == []
    assert await marks() == [7]
    await page.get_by_role("link", name="All my changes").click()
    await expect(page.locator("table")).to_contain_text("Impact: 7, now 2")
    assert await note() == "Written after the session ended."
