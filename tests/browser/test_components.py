"""The components and the scripts in a real browser, under a strict policy. No server: routes answer."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from awards.web import i18n
from awards.web.templating import static_files
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.waiting import stand_still, until
from tests.specimen import LAYOUTS, WRONG, specimen

ORIGIN = "http://127.0.0.1:8000"
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'"
pytestmark = NEEDS_CHROMIUM


class Desk:
    """A page on an origin of ours, with a server that answers what the test says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.operations: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[tuple[int, dict[str, Any]] | None] = []
        self.complaints: list[str] = []

    async def open(self, html: str) -> None:
        async def answer(route: Route) -> None:
            path = route.request.url.removeprefix(ORIGIN)
            if path in static_files():
                body, media = static_files()[path]
                await route.fulfill(body=body, headers={"content-type": media})
            elif path == "/x/save":
                self.operations.append(json.loads(route.request.post_data or ""))
                self.headers.append(await route.request.all_headers())
                # On a slow machine a pause passes in tests that are about something else.
                reply = self.answers.pop(0) if self.answers else None
                if reply is None:
                    await route.abort()
                else:
                    await route.fulfill(status=reply[0], json=reply[1])
            else:
                await route.fulfill(
                    body=html,
                    headers={"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY},
                )

        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await self.page.route("**/*", answer)
        await self.page.goto(f"{ORIGIN}/x")

    async def open_still(self, html: str) -> None:
        """Time stands until the test moves it: on a slow machine a pause would pass by itself."""
        await stand_still(self.page)
        await self.open(html)

    async def has_been_asked(self, times: int) -> None:
        async def so_often() -> bool:
            return len(self.operations) == times

        await until(so_often)


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(timezone_id="Europe/Berlin", viewport={"width": 1280, "height": 900})
    yield context
    await context.close()


@pytest.fixture
async def desk(context: BrowserContext) -> Desk:
    return Desk(await context.new_page())


def saved(version: int, state: str = "saved") -> tuple[int, dict[str, Any]]:
    return 200, {"state": state, "version": version, "at": "2027-04-07T14:02:31Z", "message": "", "href": ""}


STATUS = "[data-autosave-status]"


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_every_component_passes_axe_and_fits_a_telephone(desk: Desk, layout: str) -> None:
    await desk.open(specimen(layout, errors=WRONG))
    found = await Axe().run(desk.page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    # Colours fade from one to the other where nobody minds.
    await desk.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    only = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
    found = await Axe().run(desk.page, options=only)
    assert found.violations_count == 0, found.generate_report()
    for width in (320, 360, 768, 1280):
        await desk.page.set_viewport_size({"width": width, "height": 900})
        assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert desk.complaints == []


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_long_words_from_the_right_fit_too(desk: Desk, layout: str) -> None:
    await desk.open(specimen(layout, i18n.PSEUDO, WRONG))
    for width in (320, 1280):
        await desk.page.set_viewport_size({"width": width, "height": 900})
        assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert desk.complaints == []


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_on_paper_stands_the_page_and_not_the_ways_around_it(desk: Desk, layout: str) -> None:
    await desk.open(specimen(layout))
    await desk.page.locator("#changed").evaluate("e => { e.value = 'A line.\\n'.repeat(60) }")
    # A4 less its margins.
    await desk.page.set_viewport_size({"width": 672, "height": 1000})
    await desk.page.emulate_media(media="print")
    for gone in await desk.page.locator("nav, .btn, .skip, .who, .sheet-bar, .crumbs").all():
        await expect(gone).to_be_hidden()
    await expect(desk.page.locator("h1").first).to_be_visible()
    for drawn in ("line.whisker", "circle.dot", "line.gridline"):
        assert (
            await desk.page.locator(f".strip {drawn}").first.evaluate("e => getComputedStyle(e).display")
            == "inline"
        )
    boxes = "[...document.querySelectorAll('.scroll, textarea')]"
    cut = f"{boxes}.filter(e => e.scrollHeight > e.clientHeight + 2)"
    assert await desk.page.evaluate(f"{cut}.map(e => e.id || e.className)") == []
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


FORCED_MARKS = {
    # What is filled or drawn would vanish if it took the colour of the paper.
    "circle.dot": "fill",
    "circle.g-done": "fill",
    "line.whisker": "stroke",
    "line.cut": "stroke",
    "line.tickmark": "stroke",
    "circle.raw": "stroke",
}


async def test_forced_colours_keep_focus_states_and_figures(browser: Browser) -> None:
    context = await browser.new_context(forced_colors="active", viewport={"width": 1280, "height": 900})
    desk = Desk(await context.new_page())
    await desk.open(specimen("bench"))
    page = desk.page
    paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")

    async def style(selector: str, name: str) -> str:
        found: str = await page.locator(selector).first.evaluate("(e, n) => getComputedStyle(e)[n]", name)
        return found

    for selector, name in FORCED_MARKS.items():
        assert await style(selector, name) not in (paper, "none"), selector
    for tag in await page.locator(".tag").all():
        assert await tag.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    mark = page.locator("#need-criterion input[value='7']")
    await mark.check()
    chosen = await mark.locator("+ span").evaluate("e => getComputedStyle(e).backgroundColor")
    other = await style("#need-criterion input:not(:checked) + span", "backgroundColor")
    assert chosen not in (paper, other)
    await page.keyboard.press("Tab")
    assert await style(":focus-visible", "outlineStyle") == "solid"
    await context.close()


async def test_a_mark_is_asked_for_by_its_criterion_and_its_question(desk: Desk) -> None:
    await desk.open(specimen("bench"))
    group = desk.page.locator("#need-criterion")
    name = await group.locator("legend").inner_text()
    await expect(group).to_have_accessible_name(" ".join(name.split()))
    await expect(group).to_have_accessible_description("Is it real? 0 not shown 10 fully shown")
    await expect(desk.page.locator(STATUS)).to_have_role("status")


async def test_the_error_summary_takes_the_focus_and_leads_to_the_field(desk: Desk) -> None:
    await desk.open(specimen("city", errors=WRONG))
    await expect(desk.page.locator(".error-summary")).to_be_focused()
    await desk.page.get_by_role("link", name="Mark it").click()
    await expect(desk.page.locator("#need")).to_be_focused()
    await desk.page.get_by_role("link", name="Write at least 200 words").click()
    await expect(desk.page.locator("#changed")).to_be_focused()


async def test_words_are_counted_while_one_writes(desk: Desk) -> None:
    await desk.open(specimen("city"))
    await desk.page.locator("#changed").fill("one  two\nthree ")
    await expect(desk.page.locator("#changed-count")).to_have_text("3 of 200 to 500 words: 197 too few")
    await desk.page.locator("#changed").fill("word " * 501)
    await expect(desk.page.locator("#changed-count")).to_have_text("501 of 200 to 500 words: 1 too many")


async def test_marks_are_said_in_words_and_chosen_by_keys(desk: Desk) -> None:
    await desk.open(specimen("bench"))
    need = desk.page.locator("#need-criterion")
    await need.locator("input[value='7']").focus()
    await desk.page.keyboard.press("t")
    await expect(need.locator("input[value='10']")).to_be_checked()
    await expect(need.locator(".echo")).to_have_text("Your mark: 10, described")
    await need.get_by_label("Not enough evidence").check()
    await need.locator("input[value='10']").focus()
    await desk.page.keyboard.press("7")
    await expect(need.locator(".echo")).to_have_text("Your mark: 7, described")
    await expect(need.get_by_label("Not enough evidence")).not_to_be_checked()


async def test_the_reader_sees_the_time_of_the_device(desk: Desk) -> None:
    await desk.open(specimen("city"))
    await expect(desk.page.locator(".lede")).to_contain_text("14:00 CEST your time")
    await expect(desk.page.get_by_text("Your time, as set on this device")).to_be_visible()


async def test_only_what_changed_is_saved_after_a_pause(desk: Desk) -> None:
    desk.answers = [saved(4), saved(5)]
    await desk.open_still(specimen("city"))
    await desk.page.locator("#title").fill("One ticket")
    await desk.page.clock.run_for(1400)
    await desk.page.locator("#ok").check()
    await desk.page.clock.run_for(1400)
    assert desk.operations == []
    await desk.page.clock.run_for(200)
    await expect(desk.page.locator(STATUS)).to_have_text("Saved 14:02:31\u00a0UTC")
    assert desk.operations[0]["fields"] == {"title": "One ticket", "ok": "1"}
    assert desk.operations[0]["base_version"] == 3
    assert desk.headers[0]["x-csrf-token"] == "token"
    await expect(desk.page.locator("form[data-autosave-url] input[name=version]")).to_have_value("4")
    await desk.page.locator("#kinds-2").check()
    await desk.page.clock.run_for(2100)
    await expect(desk.page.locator("form[data-autosave-url]")).to_have_attribute("data-base-version", "5")
    assert desk.operations[1]["fields"] == {"kinds": ["1", "2"]}
    assert desk.operations[1]["base_version"] == 4
    assert desk.operations[1]["key"] != desk.operations[0]["key"]


@pytest.mark.parametrize("first", [None, (503, {}), (429, {})], ids=["line", "server", "too many"])
async def test_what_may_not_have_arrived_is_sent_again_with_the_same_key(desk: Desk, first: Any) -> None:
    desk.answers = [first, saved(4, "already"), saved(5)]
    await desk.open_still(specimen("city"))
    await desk.page.locator("#title").fill("One")
    await desk.page.clock.run_for(2100)
    await expect(desk.page.locator(STATUS)).to_have_text("Not saved, trying again")
    # Typed while the line is broken: a later operation of its own, not a change of the one under way.
    await desk.page.locator("#title").fill("One ticket")
    await desk.page.clock.run_for(4100)
    await desk.has_been_asked(2)
    assert desk.operations[0] == desk.operations[1]
    await expect(desk.page.locator("form[data-autosave-url]")).to_have_attribute("data-base-version", "4")
    await desk.page.clock.run_for(4100)
    await desk.has_been_asked(3)
    assert desk.operations[2]["fields"] == {"title": "One ticket"}
    assert desk.operations[2]["base_version"] == 4


async def test_a_lost_race_stops_and_shows_the_way(desk: Desk) -> None:
    desk.answers = [(409, {"state": "conflict", "message": "Jonas saved first", "href": "/x/both"})]
    await desk.open_still(specimen("city"))
    await desk.page.locator("#title").fill("One")
    await desk.page.clock.run_for(2100)
    await expect(desk.page.locator(f"{STATUS} a")).to_have_attribute("href", "/x/both")
    await desk.page.locator("#title").fill("Two")
    await desk.page.clock.run_for(10_000)
    assert len(desk.operations) == 1
    assert await desk.page.locator("#title").input_value() == "Two"


async def test_what_was_refused_is_said_and_the_next_change_tries_again(desk: Desk) -> None:
    desk.answers = [(422, {"state": "invalid", "message": "Write at most 300 letters"}), saved(4)]
    await desk.open_still(specimen("city"))
    await desk.page.locator("#title").fill("x" * 301)
    await desk.page.clock.run_for(2100)
    await expect(desk.page.locator(STATUS)).to_have_text("Write at most 300 letters")
    await desk.page.clock.run_for(60_000)
    assert len(desk.operations) == 1
    await desk.page.locator("#title").fill("One")
    await desk.page.clock.run_for(2100)
    await expect(desk.page.locator(STATUS)).to_have_text("Saved 14:02:31\u00a0UTC")
    assert desk.operations[1]["fields"] == {"title": "One"}


async def test_leaving_with_unsaved_text_asks_first(desk: Desk) -> None:
    desk.answers = [saved(4)]
    asked: list[str] = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    desk.page.on("dialog", stay)
    await desk.open_still(specimen("city"))
    await desk.page.locator("#title").press_sequentially("One")
    async with desk.page.expect_event("dialog"):
        await desk.page.close(run_before_unload=True)
    await desk.page.clock.run_for(2100)
    await expect(desk.page.locator(STATUS)).to_have_text("Saved 14:02:31\u00a0UTC")
    async with desk.page.expect_event("close"):
        await desk.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
