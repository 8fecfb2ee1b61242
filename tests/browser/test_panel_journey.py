"""A panel in a real browser, from a list of judges to its repair: fourteen judges, seventy entries, no shortcut that
a secretary does not have but for the twelve invitations that are alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from awards.actor import Actor
from awards.app import JOB_HANDLERS
from awards.clock import FixedClock
from awards.jobs import services as jobs
from awards.outbox.tables import Message
from awards.panels.forms import AcceptSeat, DeclareConflicts, InviteJudge
from awards.panels.rules import terms_hash
from awards.panels.services import accept_seat, declare_conflicts, invite_judge
from awards.panels.tables import Assignment, Judge
from tests.awards.panels.rooms import Room, room
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import served
from tests.factories import AT
from tests.people import CHIARA, EUN_JI, PASSWORD, give, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

COUNTRIES = ("KR", "KE", "BR", "IT", "SE", "JP", "FR")
NAMES = (
    "Amara Diallo", "Bao Nguyen", "Daniyar Petrov", "Farid Haugen", "Grace Mwangi", "Hiroshi Valente", "Ilse Rahmani",
    "Joao Teteh", "Kalani Bright", "Leila Nakamura", "Mateus Lind", "Nora Okafor", "Omar Castellanos",
)  # fmt: skip
TERMS = "Judge what is written, tell nobody."


@dataclass
class Desk:
    """The running service, and everything that the browser complained of."""

    made: Room
    origin: str
    browser: Browser
    clock: FixedClock
    complaints: list[str]

    @property
    def panel(self) -> str:
        return f"{self.origin}{self.made.season.desk}/panels/first"

    @asynccontextmanager
    async def visitor(self) -> AsyncIterator[Page]:
        context = await self.browser.new_context(viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        page.on("console", lambda message: self.complaints.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        yield page
        await context.close()

    async def work(self) -> None:
        """What the worker does with the job that waits."""
        work = await jobs.claim(self.clock.now())
        assert work is not None

        async def report(percent: int) -> bool:
            return await jobs.report(work, percent, self.clock.now())

        result = await JOB_HANDLERS[work.kind](work, report, self.clock)
        await jobs.finish(work, state="done", result=result, now=self.clock.now())


@pytest.fixture
async def desk(browser: Browser, tmp_path: Path) -> AsyncIterator[Desk]:
    made = await room(COUNTRIES * 10, put=False)
    await give(EUN_JI, "secretariat", made.season.scope)
    await id_of(CHIARA)
    clock = FixedClock(AT)
    async with served(tmp_path, clock) as origin:
        service = Desk(made, origin, browser, clock, [])
        yield service
    assert service.complaints == []


async def sign_in(page: Page, email: str) -> None:
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "sign-in" not in url)


def judges_csv() -> bytes:
    rows = ["name,email,country", f"{CHIARA.name},{CHIARA.email},IT"]
    rows += [
        f"{name},{name.split()[0].lower()}@panel.example,{('CH', 'DE', 'KE', 'NO')[number % 4]}"
        for number, name in enumerate(NAMES)
    ]
    return "\n".join(rows).encode()


async def the_others_answer(desk: Desk) -> None:
    """The twelve that are invited and accept alike, by the verbs that the pages call."""
    made = desk.made
    rows = await Judge.raw(
        "SELECT j.person, p.name FROM judge j JOIN person p ON p.id = j.person WHERE p.name <> {}",
        CHIARA.name,
    )
    for row in rows:
        seat = await invite_judge(
            round_id=made.round_id, command=InviteJudge(judge=row["person"], high=20), actor=made.secretariat,
            clock=desk.clock,
        )  # fmt: skip
        judge = Actor(person_id=row["person"], name=row["name"])
        accept = AcceptSeat(terms=terms_hash(TERMS), agree=True)
        await accept_seat(seat_id=seat, command=accept, actor=judge, clock=desk.clock)
        await declare_conflicts(seat_id=seat, command=DeclareConflicts(), actor=judge, clock=desk.clock)


async def is_sound(page: Page) -> None:
    """No barrier that axe finds, and nothing to push sideways on the smallest telephone."""
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    await page.set_viewport_size({"width": 320, "height": 900})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    await page.set_viewport_size({"width": 1280, "height": 900})


async def counted(**states: int) -> None:
    for state, count in states.items():
        assert await Assignment.count().where(Assignment.state == state) == count, state


async def test_from_a_list_of_judges_to_the_repair(desk: Desk) -> None:
    async with desk.visitor() as page, desk.visitor() as bench:
        await page.goto(f"{desk.origin}/sign-in")
        await sign_in(page, EUN_JI.email)
        # Import fourteen judges.
        await page.goto(f"{desk.origin}{desk.made.season.desk}/judges/import")
        chosen = {"name": "judges.csv", "mimeType": "text/csv", "buffer": judges_csv()}
        await page.locator("input[type=file]").set_input_files(chosen)
        await page.get_by_role("button", name="Show what it would do").click()
        await page.get_by_role("button", name="Store 14 judges").click()
        await expect(page.locator("main")).to_contain_text(NAMES[3])
        # Seventy entries, and a plan before anybody is invited.
        await page.goto(desk.panel)
        await page.get_by_label("Sheets wanted for each entry").fill("3")
        await page.get_by_role("button", name="Put into the round").click()
        await expect(page.get_by_role("status")).to_contain_text("70 entries are in the round")
        await page.get_by_role("link", name="Plan: how sure").click()
        await page.wait_for_url("**/plan")
        await expect(page.locator("main")).to_contain_text("70")
        # One invitation by hand, answered by its judge from the mail.
        await page.goto(desk.panel)
        await page.get_by_label("From the pool").select_option(label=f"{CHIARA.name}, IT")
        await page.get_by_role("button", name="Send the invitation").click()
        await expect(page.get_by_role("status")).to_contain_text("The invitation is on its way")
        mail = (await Message.select(Message.values).where(Message.template == "seat-invited"))[0]
        link = mail["values"].split('"link":')[1].split('"')[1]
        await bench.goto(desk.origin + link)
        await sign_in(bench, CHIARA.email)
        await bench.get_by_role("link", name="Read and answer").click()
        await bench.get_by_label("I accept these terms").check()
        await bench.get_by_role("button", name="Accept the invitation").click()
        await bench.get_by_role("button", name="Declare and go on").click()
        await bench.wait_for_url(lambda url: "conflicts" not in url)
        await the_others_answer(desk)
        # Assign.
        await page.goto(f"{desk.panel}/proposal")
        await page.get_by_role("button", name="Compute a proposal").click()
        await expect(page.locator("main")).to_contain_text("is being computed")
        await desk.work()
        # The page asks again by itself; going there at the same moment would cut its way.
        await expect(page.locator("main")).to_contain_text("Not applied yet")
        # Edit: taking an entry from a judge leaves it short, which is told and undone; then the pair is held.
        await page.get_by_role("link", name="Edit it by hand").click()
        await page.get_by_role("link", name="See it by judge").click()
        row = page.locator("tr", has=page.get_by_role("rowheader", name=CHIARA.name))
        await row.locator("ul.readers a").first.click()
        await page.wait_for_url("**entry=**")
        entry = await page.locator("#entry").input_value()
        await page.get_by_label("What to do").select_option(value="take")
        await page.get_by_role("button", name="Show what it would do").click()
        await expect(page.locator("main")).to_contain_text("would lack 1 sheet")
        await is_sound(page)
        await page.get_by_role("button", name="Keep this change").click()
        await expect(page.locator("main")).to_contain_text("The proposal cannot be applied yet")
        await page.get_by_role("button", name="Undo the last change").click()
        await expect(page.get_by_role("status")).to_contain_text("The last change is undone")
        await page.get_by_label("What to do").select_option(value="pin")
        await page.get_by_label("Entry", exact=True).select_option(value=entry)
        await page.get_by_label("Judge", exact=True).select_option(label=CHIARA.name)
        await page.get_by_role("button", name="Show what it would do").click()
        await page.get_by_role("button", name="Keep this change").click()
        await expect(page.locator("main")).to_contain_text("must stay")
        # Apply.
        await page.goto(f"{desk.panel}/proposal")
        await page.get_by_role("button", name="Apply this proposal").click()
        await expect(page.get_by_role("status")).to_contain_text("210 entries are given to judges")
        await counted(given=210)
        # A judge opens one entry, and steps aside from it.
        await bench.goto(f"{desk.origin}/bench/{desk.made.season.programme}/{desk.made.season.edition}/first")
        await bench.locator("table a").first.click()
        await bench.get_by_text("I cannot judge this entry").click()
        await bench.get_by_label("Reason").fill("My sister leads this project.")
        await bench.get_by_role("button", name="Step aside from this entry").click()
        await expect(bench.get_by_role("status")).to_contain_text("You stepped aside")
        await counted(given=209, recused=1)
        # Repair: the offers are computed without being asked for. One sheet finds a judge, and nothing else moves.
        await page.goto(desk.panel)
        await page.get_by_role("link", name="Repair it: 1 entry is short of sheets").click()
        await expect(page.locator("main")).to_contain_text("1 judge stepped aside")
        await expect(page.locator("main")).to_contain_text("The offers are being computed")
        await desk.work()
        fewest = page.get_by_role("row", name="Fewest moves")
        await expect(fewest).to_contain_text("1 of 1")
        await is_sound(page)
        await page.get_by_role("button", name="Look at this one Fewest moves").click()
        await expect(page.locator("main")).to_contain_text("A repair: Fewest moves")
        await is_sound(page)
        await page.get_by_role("button", name="Apply this proposal").click()
        await expect(page.get_by_role("status")).to_contain_text("1 entry is given to a judge")
        await counted(given=210, recused=1)
        await page.goto(f"{desk.panel}/repair")
        await expect(page.locator("main")).to_contain_text("Nothing is missing")
