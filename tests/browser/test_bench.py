"""Twelve entries are scored in a real browser, three times: by keys alone, without scripts, and on a telephone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, expect

from awards.accounts import sessions
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.tables import Round
from awards.scoresheets.tables import Mark, SheetNote
from awards.web.i18n import PSEUDO
from tests import factories
from tests.awards.scoresheets.benches import Bench, accept_terms, bench
from tests.awards.scoresheets.longer import deepen, lengthen
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import listen, served
from tests.browser.waiting import stand_still
from tests.factories import AT
from tests.people import CHIARA, DANIYAR, LEILA, Member, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

ENTRIES = 12
SAVED = "Saved 09:00:00\u00a0UTC"
TELEPHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


@dataclass
class Judging:
    made: Bench
    origin: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    @property
    def list(self) -> str:
        return self.origin + self.made.path

    def sheet(self, number: int) -> str:
        return f"{self.list}/{self.made.references[number]}"

    @asynccontextmanager
    async def judge(self, member: Member, **how: object) -> AsyncIterator[Page]:
        context = await self.browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        async with transaction():
            token = await sessions.start(await id_of(member), at=AT, agent="tests", address="127.0.0.1")
        await context.add_cookies([{"name": "session", "value": token, "url": self.origin}])
        page = await context.new_page()
        listen(page, self.origin, self.complaints)
        yield page
        await context.close()


@pytest.fixture
async def judging(browser: Browser, tmp_path: Path) -> AsyncIterator[Judging]:
    """One round, twelve entries, three judges of them all."""
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    made = await bench(person_id, entries=ENTRIES)
    season = made.season
    await lengthen(made, words=600)
    await deepen(made, criteria=1)
    await Round.update({Round.confidence: True, Round.not_enough_evidence: True}).where(
        Round.id == season.round_id
    )
    places = await Round.raw("SELECT id FROM round_entry WHERE round = {} ORDER BY id", season.round_id)
    for member in (DANIYAR, LEILA):
        other = await id_of(member)
        await factories.make_judge(other, country="JP")
        await accept_terms(season, other)
        seat = await factories.seat(season.round_id, other, conflicts_declared_at=AT)
        for place in places:
            await factories.assignment(place["id"], seat)
    async with served(tmp_path, FixedClock(AT), pseudo_locale=True) as origin:
        service = Judging(made, origin, browser)
        yield service
    assert service.complaints == []


async def marks_of(member: Member) -> dict[str, list[int | None]]:
    """By the criterion's code, in the judge's own order; None is "not enough evidence"."""
    rows = await Mark.raw(
        "SELECT k.code, m.value, m.state FROM mark m JOIN scoresheet h ON h.id = m.scoresheet JOIN criterion k"
        " ON k.id = m.criterion JOIN assignment a ON a.id = h.assignment JOIN seat s ON s.id = a.seat"
        " WHERE s.person = {} ORDER BY h.position",
        await id_of(member),
    )
    found: dict[str, list[int | None]] = {}
    for row in rows:
        assert row["value"] is not None or row["state"] != "given"
        found.setdefault(row["code"], []).append(row["value"])
    return found


async def test_twelve_entries_three_times(judging: Judging) -> None:
    await asyncio.gather(by_keys(judging), without_scripts(judging), on_a_telephone(judging))
    by_number = [number % 11 for number in range(ENTRIES)]
    assert await marks_of(CHIARA) == {
        "impact": [10] * ENTRIES, "new": by_number, "more0": [*by_number[:-1], None],
    }  # fmt: skip
    assert await marks_of(DANIYAR) == {
        "impact": [2] * ENTRIES, "new": [0] * ENTRIES, "more0": [None] * ENTRIES,
    }  # fmt: skip
    assert await marks_of(LEILA) == {
        "impact": by_number, "new": [7] * ENTRIES, "more0": by_number,
    }  # fmt: skip
    notes = {row["text"] for row in await SheetNote.select(SheetNote.text)} - {""}
    assert notes == {f"{who} on {number}" for who in ("Keys", "Paper") for number in range(ENTRIES)}


async def by_keys(judging: Judging) -> None:
    """Nothing but the keyboard, from the list on."""
    async with judging.judge(CHIARA) as page:
        key = page.keyboard
        # Digits that are typed soon after one another are one number, however slow this machine is.
        await stand_still(page)
        await page.goto(judging.list)
        await onto(page, "Go on with no. 1")
        await key.press("Enter")
        for number in range(ENTRIES):
            await page.wait_for_url("**/WG26-*")
            await expect(page.locator(".crumbs, nav ol").first).to_contain_text(
                f"No. {number + 1} of {ENTRIES}"
            )
            # The keys work when the scripts of the new page have run.
            await page.wait_for_load_state()
            # S leads to the first criterion without a mark, digits together are one mark, Enter goes on.
            await key.press("s")
            await key.press("1")
            await key.press("0")
            await key.press("Enter")
            await key.type(str(number % 11))
            await key.press("ArrowDown")
            await (key.type(str(number % 11)) if number < ENTRIES - 1 else key.press("x"))
            if number == 0:
                await looks_right(page)
            # Below the last criterion: how sure, and what the city will read.
            await key.press("ArrowDown")
            await key.press("Space")
            await key.press("Tab")
            await key.type(f"Keys on {number}")
            await expect(page.locator("[data-count]")).to_have_text("3 of 3 marked")
            await key.press("Control+Enter")
        await page.wait_for_url(judging.list)
        await expect(page.locator("h1")).to_have_text("Your entries: 12 left")
        await expect(page.locator("main")).to_contain_text("Sign off 12 ready sheets")


async def onto(page: Page, text: str) -> None:
    """Tabs until the focus is there."""
    for _step in range(60):
        await page.keyboard.press("Tab")
        if text in await page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"no tab leads to {text!r}")


async def looks_right(page: Page) -> None:
    """What the keys did is said in words as it is done; they are listed, and can be taken back."""
    key = page.keyboard
    impact = page.locator("#mark_impact-criterion")
    await expect(impact.locator(".echo")).to_contain_text("Your mark: 10, shown so that a stranger")
    await expect(impact.locator(".rubric .on")).to_contain_text("9–10")
    await expect(page.locator("[data-meter]")).to_contain_text("All 3 criteria marked")
    await page.clock.run_for(2000)
    await expect(page.locator("[data-autosave-status]")).to_have_text(SAVED)
    await key.press("Delete")
    await expect(page.locator("[data-meter]")).to_contain_text("2 of 3 criteria marked")
    await key.press("ArrowUp")
    await key.press("ArrowRight")
    await expect(page.locator("#mark_new-criterion .echo")).to_contain_text("Your mark: 1")
    await key.press("ArrowLeft")
    await key.press("?")
    await expect(page.locator("[data-keys]")).to_contain_text("take the mark back")
    assert await page.locator("[data-keys]").evaluate("(keys) => keys.open")
    # What looks for barriers needs a clock that goes.
    await page.clock.resume()
    await is_open_to_all(page)
    await page.clock.pause_at(AT + timedelta(hours=2))
    # Switched off they are letters again; the way to the sheet without them is the second link of the page.
    switch = page.locator("[data-single]")
    await switch.focus()
    await key.press("Enter")
    await key.press("e")
    await expect(switch).to_be_focused()
    await key.press("Enter")
    # S leads to what has no mark.
    await key.press("s")
    await expect(page.locator("#mark_more0")).to_be_focused()
    await key.type("0")


async def is_open_to_all(page: Page) -> None:
    """No barrier that axe finds; the pseudo-locale is no language."""
    rules = {"valid-lang": {"enabled": False}, "html-lang-valid": {"enabled": False}}
    found = await Axe().run(page, options={"rules": rules})
    assert found.violations_count == 0, found.generate_report()


async def without_scripts(judging: Judging) -> None:
    """The same keyboard, and only what the browser makes of a form."""
    async with judging.judge(DANIYAR, java_script_enabled=False) as page:
        key = page.keyboard
        await page.goto(judging.list)
        await page.get_by_role("link", name="Go on with no. 1").press("Enter")
        for number in range(ENTRIES):
            await expect(page.locator("[data-keys]")).to_be_hidden()
            await page.get_by_role("link", name="Skip to your sheet").press("Enter")
            await key.press("Tab")
            await key.press("ArrowRight")
            await key.press("ArrowRight")
            await key.press("Tab")
            await key.press("Space")
            await key.press("Tab")
            # From the first radio back to the last one of the group.
            await key.press("ArrowLeft")
            await key.press("Tab")
            await key.press("Tab")
            await key.type(f"Paper on {number}")
            before = page.url
            await page.get_by_role("button", name="Save and go to the next").press("Enter")
            await page.wait_for_url(lambda url, before=before: url != before)
            await expect(page.get_by_role("status").first).to_contain_text(f"Saved {AT:%H:%M:%S} UTC")
        await expect(page.locator("main")).to_contain_text("Sign off 12 ready sheets")


async def on_a_telephone(judging: Judging) -> None:
    async with judging.judge(LEILA, **TELEPHONE) as page:
        await page.goto(judging.list)
        await page.get_by_role("link", name="Go on with no. 1").tap()
        await page.wait_for_url("**/WG26-*")
        for number in range(ENTRIES):
            to_sheet, to_entry = (page.locator(f"[data-to={way}]") for way in ("sheet", "entry"))
            await expect(to_entry).to_be_hidden()
            # Some way into the entry, the sheet is a thumb away and the way back leads to where it was read.
            await page.evaluate("scrollTo({ top: 400, behavior: 'instant' })")
            await thumb(page, to_sheet)
            await expect(page.locator("#mark_impact")).to_be_in_viewport()
            if number == 0:
                await fits(page)
                await thumb(page, to_entry)
                await page.wait_for_function("scrollY === 400")
                await thumb(page, to_sheet)
            for code, mark in (("impact", number % 11), ("new", 7), ("more0", number % 11)):
                await page.locator(f"#mark_{code}-criterion label", has_text=str(mark)).first.tap()
            await expect(page.locator(".sheet-bar")).to_contain_text("3 of 3 marked")
            before = page.url
            await page.get_by_role("button", name="Save and go to the next").tap()
            await page.wait_for_url(lambda url, before=before: url != before)
        await expect(page.locator("main")).to_contain_text("Sign off 12 ready sheets")


async def thumb(page: Page, on: Locator) -> None:
    """Where it is seen: what sticks to the screen's edge is not scrolled to first, as the driver else does."""
    await expect(on).to_be_visible()
    box = await on.bounding_box()
    assert box is not None
    await page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


async def fits(page: Page) -> None:
    """Nothing is pushed sideways, and every mark is as large as a thumb."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = (
        "[...document.querySelectorAll('.scale label, .sheet-bar a')].filter((one) => one.checkVisibility()"
    )
    small += " && Math.min(one.offsetWidth, one.offsetHeight) < 44).length"
    assert await page.evaluate(small) == 0


@pytest.mark.parametrize("how", [{"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 900}}])
async def test_from_the_right(judging: Judging, how: dict[str, object]) -> None:
    async with judging.judge(CHIARA, **how) as page:
        await page.context.add_cookies([{"name": "language", "value": PSEUDO, "url": judging.origin}])
        await page.goto(judging.sheet(0))
        assert await page.evaluate("document.dir") == "rtl"
        await page.locator("#mark_impact").focus()
        await page.keyboard.press("7")
        await expect(page.locator("#mark_impact-criterion .echo b")).to_have_text("7")
        # The next mark is where the eye sees it.
        await page.keyboard.press("ArrowLeft")
        await expect(page.locator("#mark_impact-criterion .echo b")).to_have_text("8")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await is_open_to_all(page)
