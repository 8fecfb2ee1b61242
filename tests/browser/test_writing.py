"""Writing an entry in a real browser: a line that breaks, a session that ends, two people, a tab that is reloaded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, Route, expect

from awards.accounts import sessions
from awards.accounts.tables import Session
from awards.clock import FixedClock
from awards.db import transaction
from awards.editions.tables import Question
from awards.entries.tables import Answer, AnswerRevision
from tests import factories
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import served
from tests.browser.waiting import until
from tests.factories import AT
from tests.people import AMINA, BAO, PASSWORD, Member, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

SECTIONS = ("Problem", "Solution", "Results", "Inclusion", "Transfer")
STATUS = "[data-autosave-status]"
SIGNED_OUT = "Not saved: you are signed out"


@dataclass
class Writing:
    """An open call with five sections, a draft in it, and a server that writers reach."""

    path: str
    origin: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def writer(self, member: Member) -> AsyncIterator[BrowserContext]:
        context = await self.browser.new_context(viewport={"width": 1280, "height": 900})
        await self.sign_in(context, member)
        context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))
        yield context
        await context.close()

    async def sign_in(self, context: BrowserContext, member: Member) -> None:
        person_id = await id_of(member)
        async with transaction():
            token = await sessions.start(person_id, at=AT, agent="tests", address="127.0.0.1")
        await context.add_cookies([{"name": "session", "value": token, "url": self.origin}])

    async def open(self, context: BrowserContext, place: str) -> Page:
        page = await context.new_page()
        answer = await page.goto(f"{self.origin}{self.path}/{place}")
        assert answer is not None
        assert answer.status == 200
        return page


@pytest.fixture
async def writing(browser: Browser, tmp_path: Path) -> AsyncIterator[Writing]:
    season = await factories.season()
    city = await factories.entrant("Lindmere", kind="city")
    for member in (AMINA, BAO):
        await factories.official(await id_of(member), city)
    await Question.delete().where(Question.edition == season.edition_id)
    ids = []
    for number, section in enumerate(SECTIONS, 1):
        ids.append(
            await factories.add(
                Question, edition=season.edition_id, section=section, code=f"q{number}", kind="long text",
                label=f"About the {section.lower()}?", position=number * 10,
            )
        )  # fmt: skip
    kinds = (("begun", "date"), ("cost", "number"), ("effects", "indicators"), ("film", "web address"),
             ("law", "yes or no"))  # fmt: skip
    for number, (code, kind) in enumerate(kinds):
        await factories.add(
            Question, edition=season.edition_id, section="Problem", code=code, kind=kind, label=f"The {code}?",
            position=11 + number, limits='{"unit":"million won"}' if kind == "number" else "",
        )  # fmt: skip
    await factories.add(
        Question, edition=season.edition_id, section="Problem", code="which", kind="short text",
        label="Which law?", position=18, show_if='["law","yes"]',
    )  # fmt: skip
    season_entry = replace(season, question_id=ids[0])
    await factories.entry(season_entry, city, state="draft", reference="WG26-WRITE", title="Low floors")
    async with served(tmp_path, FixedClock(AT)) as origin:
        made = Writing("/city/entries/WG26-WRITE", origin, browser)
        yield made
    assert made.complaints == []


async def answers() -> dict[str, str]:
    rows = await Answer.raw("SELECT q.code, a.value FROM answer a JOIN question q ON q.id = a.question")
    return {row["code"]: row["value"] for row in rows}


async def test_ten_minutes_without_a_line_over_five_sections_and_a_session_that_ends(
    writing: Writing,
) -> None:
    async with writing.writer(AMINA) as context:
        await context.clock.install()
        pages = [await writing.open(context, f"sections/{number}") for number in range(1, 6)]
        await context.set_offline(True)
        for number, page in enumerate(pages, 1):
            await page.locator(f"#answer-q{number}").fill(f"Before the line broke, in section {number}.")
        for minute in range(10):
            await context.clock.run_for(60_000)
            if minute == 5:
                # The first ones are retried already; what is typed now is a later operation.
                for number, page in enumerate(pages, 1):
                    await page.locator(f"#answer-q{number}").fill(
                        f"Written without a line, section {number}."
                    )
                await pages[0].locator("#answer-cost").fill("3,5")
                # Meanwhile the session ends too, which nobody can be told of.
                await Session.update({Session.ended_at: AT}, force=True)
        for page in pages:
            await expect(page.locator(STATUS).first).to_have_text("Not saved, trying again")
        assert await AnswerRevision.count() == 1
        await context.set_offline(False)
        for number, page in enumerate(pages, 1):
            await page.evaluate("dispatchEvent(new Event('online'))")
            await until_said(context, page.locator(f".answering:has(#answer-q{number}) {STATUS}"), SIGNED_OUT)
        await context.clear_cookies()
        await writing.sign_in(context, AMINA)
        for number, page in enumerate(pages, 1):
            await page.evaluate("dispatchEvent(new Event('focus'))")
            status = page.locator(f".answering:has(#answer-q{number}) {STATUS}")
            await until_said(context, status, "Saved 09:00:00")

        async def all_there() -> bool:
            await context.clock.run_for(2000)
            found = await answers()
            texts = {f"q{number}": f"Written without a line, section {number}." for number in range(1, 6)}
            return found == {**texts, "cost": "3.5"}

        await until(all_there)
        # Once it is acknowledged, nothing stays in the browser.
        for page in pages:
            await is_forgotten(page)


async def is_forgotten(page: Page) -> None:
    async def nothing_is_kept() -> bool:
        kept: list[str] = await page.evaluate("Object.keys(sessionStorage)")
        return not kept

    await until(nothing_is_kept)


async def until_said(context: BrowserContext, status: Locator, words: str) -> None:
    async def is_said() -> bool:
        await context.clock.run_for(2000)
        return words in await status.inner_text()

    await until(is_said)


async def test_an_ended_session_keeps_the_text_and_goes_on(writing: Writing) -> None:
    async with writing.writer(AMINA) as context:
        page = await writing.open(context, "sections/2")
        await Session.update({Session.ended_at: AT}, force=True)
        text = "Written after the session ended."
        await page.locator("#answer-q2").fill(text)
        link = page.locator(f".answering {STATUS} a")
        await expect(link).to_contain_text(SIGNED_OUT)
        async with context.expect_page() as opened:
            await link.click()
        again = await opened.value
        await again.get_by_label("E-mail address").fill(BAO.email)
        await again.get_by_label("Password", exact=True).fill(PASSWORD)
        await id_of(BAO)
        await again.get_by_role("button", name="Sign in").click()
        await again.wait_for_url(lambda url: "sign-in" not in url)
        await page.evaluate("dispatchEvent(new Event('focus'))")
        # A colleague's session is not used for what she wrote.
        await expect(link).to_contain_text("somebody else is signed in")
        assert "q2" not in await answers()
        await context.clear_cookies()
        await writing.sign_in(context, AMINA)
        await page.evaluate("dispatchEvent(new Event('focus'))")
        await expect(page.locator(f".answering {STATUS}").first).to_have_text("Saved 09:00:00\u00a0UTC")
        assert (await answers())["q2"] == text
        await expect(page.locator("#answer-q2")).to_have_value(text)
        # The form's own button works with the new token too.
        await page.get_by_role("button", name="Save and return").click()
        await expect(page.locator("h1")).to_have_text("Low floors")


async def test_a_reloaded_tab_has_what_was_not_saved(writing: Writing) -> None:
    async with writing.writer(AMINA) as context:
        page = await writing.open(context, "q2")
        await page.route("**/save", lambda route: route.abort())
        await page.locator("#answer").fill("Typed while the line was down.")
        await expect(page.locator(STATUS).first).to_have_text("Not saved, trying again")
        page.on("dialog", lambda dialog: dialog.accept())
        await page.unroute("**/save")
        await page.route("**/save", lambda route: route.abort())
        await page.reload()
        await expect(page.locator("#answer")).to_have_value("Typed while the line was down.")
        await page.unroute("**/save")
        await page.evaluate("dispatchEvent(new Event('online'))")
        await expect(page.locator(STATUS).first).to_have_text("Saved 09:00:00\u00a0UTC")
        await is_forgotten(page)
        assert (await answers())["q2"] == "Typed while the line was down."


async def test_two_browsers_on_one_draft(writing: Writing) -> None:
    async with writing.writer(AMINA) as hers, writing.writer(BAO) as his:
        amina, bao = await writing.open(hers, "sections/2"), await writing.open(his, "sections/2")
        await bao.locator("#answer-q2").fill("Bao was first.")
        await expect(bao.locator(STATUS).first).to_have_text("Saved 09:00:00\u00a0UTC")
        await amina.locator("#answer-q2").fill("Amina types over it.")
        await expect(amina.locator(STATUS).first).to_contain_text("Press Save to see both")
        assert (await answers())["q2"] == "Bao was first."
        await amina.get_by_role("button", name="Save and continue").click()
        await expect(amina.get_by_text("Both are below").first).to_be_visible()
        await expect(amina.locator("#answer-q2")).to_have_value("Amina types over it.")
        await expect(amina.locator(".diff").first).to_contain_text("Bao was first.")
        await amina.get_by_role("button", name="Save and return").click()
        await expect(amina.locator("h1")).to_have_text("Low floors")
        assert (await answers())["q2"] == "Amina types over it."


async def test_rows_are_added_and_questions_opened_while_one_writes(writing: Writing) -> None:
    async with writing.writer(AMINA) as context:
        page = await writing.open(context, "sections/1")
        rows = page.locator(".indicator")
        await expect(rows).to_have_count(3)
        await page.get_by_role("button", name="Add a row").click()
        await expect(rows).to_have_count(4)
        await rows.nth(3).get_by_label("Indicator").fill("Trips")
        await rows.nth(3).get_by_label("After").fill("4,5")
        status = page.locator(f".answering:has(.indicators) {STATUS}")
        await expect(status).to_have_text("Saved 09:00:00\u00a0UTC")
        assert '"after":"4.5"' in (await answers())["effects"]
        await page.get_by_label("Yes").check()
        await expect(page.get_by_text("Your answer opens further questions: “Which law?”.")).to_be_visible()


async def test_the_button_does_not_overtake_what_is_on_its_way(writing: Writing) -> None:
    async with writing.writer(AMINA) as context:
        page = await writing.open(context, "q2")
        on_its_way, arrived = asyncio.Event(), asyncio.Event()

        async def slow(route: Route) -> None:
            on_its_way.set()
            await arrived.wait()
            await route.continue_()

        await page.route("**/save", slow)
        await page.locator("#answer").fill("Typed before the pause.")
        await asyncio.wait_for(on_its_way.wait(), 10)
        await page.locator("#answer").fill("Typed before the pause, and after it.")
        button = page.get_by_role("button", name="Save and return")
        # Twice, as people do who see nothing happen.
        await button.click(no_wait_after=True)
        await button.click(no_wait_after=True)
        arrived.set()
        await expect(page.locator("h1")).to_have_text("Low floors")
        assert (await answers())["q2"] == "Typed before the pause, and after it."
        await is_forgotten(page)
