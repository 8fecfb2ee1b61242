"""A judge signs one sheet and then the rest, keeps a receipt, has a sheet reopened, and steps aside from an entry in a
real browser; the desk finds the repair computed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from awards.accounts import sessions
from awards.app import JOB_HANDLERS
from awards.clock import FixedClock
from awards.db import transaction
from awards.invariants import broken
from awards.jobs import services as jobs
from awards.outbox.tables import Message
from awards.panels.tables import RoundEntry
from awards.scoresheets.services import save_sheet
from tests import factories
from tests.awards.scoresheets.benches import accept_terms, bench, save
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import listen, served
from tests.factories import AT
from tests.people import CHIARA, EUN_JI, Member, give, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]


async def work(clock: FixedClock) -> None:
    """What the worker does with the job that waits."""
    waiting = await jobs.claim(clock.now())
    assert waiting is not None

    async def report(percent: int) -> bool:
        return await jobs.report(waiting, percent, clock.now())

    result = await JOB_HANDLERS[waiting.kind](waiting, report, clock)
    await jobs.finish(waiting, state="done", result=result, now=clock.now())


async def is_sound(page: Page) -> None:
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    await page.set_viewport_size({"width": 320, "height": 900})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    await page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
async def complaints() -> AsyncIterator[list[str]]:
    heard: list[str] = []
    yield heard
    assert heard == []


async def test_sign_keep_check_reopen_and_step_aside(
    browser: Browser, tmp_path: Path, complaints: list[str]
) -> None:
    clock = FixedClock(AT)
    chiara = await id_of(CHIARA)
    await factories.make_judge(chiara, country="IT")
    made = await bench(chiara, entries=4)
    await RoundEntry.update({RoundEntry.sheets_wanted: 1}).where(RoundEntry.round == made.season.round_id)
    spare = await factories.judge("Hiroshi Valente", country="JP")
    await factories.seat(made.season.round_id, spare, conflicts_declared_at=AT)
    await accept_terms(made.season, spare)
    await give(EUN_JI, "secretariat", made.season.scope)
    for number, marks in enumerate(
        ({"impact": 7, "new": 9}, {"impact": 3, "new": 2}, {"impact": 5, "new": 5})
    ):
        await save_sheet(
            where=made.where(number),
            command=save(f"s{number}", 0, dict(marks)),
            actor=made.judge,
            clock=clock,
        )

    async with served(tmp_path, clock) as origin:

        @asynccontextmanager
        async def visitor(member: Member) -> AsyncIterator[Page]:
            context = await browser.new_context(viewport={"width": 1280, "height": 900})
            async with transaction():
                token = await sessions.start(await id_of(member), at=AT, agent="tests", address="127.0.0.1")
            await context.add_cookies([{"name": "session", "value": token, "url": origin}])
            page = await context.new_page()
            listen(page, origin, complaints)
            yield page
            await context.close()

        mine = origin + made.path
        async with visitor(CHIARA) as page, visitor(EUN_JI) as desk:
            # One sheet by itself.
            await page.goto(f"{mine}/sign?sheet={made.references[0]}")
            await expect(page.get_by_role("heading", name="What is missing")).to_be_visible()
            await is_sound(page)
            await page.get_by_label("These marks are mine and final").check()
            await page.get_by_role("button", name="Sign off").click()
            await expect(page.get_by_role("status")).to_contain_text("1 sheet is signed off")
            await page.get_by_text("The line to keep").click()
            kept = await page.locator("pre.code").inner_text()
            # All that are left.
            await page.goto(mine)
            await page.get_by_role("link", name="Sign off 2 ready sheets").click()
            await page.get_by_label("These marks are mine and final").check()
            await page.get_by_role("button", name="Sign off").click()
            await expect(page.get_by_role("heading", name="2 receipts of your signature")).to_be_visible()
            await is_sound(page)
            mail = (await Message.select(Message.values).where(Message.template == "sheets-signed"))[0]
            # What was kept holds: the line, and the whole mail.
            await page.get_by_role("link", name="check a receipt").click()
            await page.get_by_label("What you kept").fill(f"{kept[:40]}\n{kept[40:]}\n{mail['values']}")
            await page.get_by_role("button", name="Check it").click()
            await expect(page.get_by_role("heading", name="What you kept holds")).to_be_visible()
            await expect(page.locator("main")).to_contain_text("to the last letter")
            await expect(page.locator("main")).to_contain_text("The trail is as it was when you signed")
            await is_sound(page)
            # A mark that somebody would like to have been another.
            await page.get_by_label("What you kept").fill(kept.replace('"new":9', '"new":8'))
            await page.get_by_role("button", name="Check it").click()
            await expect(page.locator("main")).to_contain_text("A line differs from what you signed")
            # The secretariat reopens it, and the judge reads why.
            await desk.goto(f"{origin}{made.season.desk}/progress/first")
            await desk.get_by_label("Sheet", exact=True).select_option(
                value=f"{made.seat_id}.{made.references[0]}"
            )
            await desk.get_by_label("Reason").fill("Novelty was scored for another city.")
            await desk.get_by_role("button", name="Reopen the sheet").click()
            await expect(desk.get_by_role("status")).to_contain_text("The sheet is reopened")
            await page.goto(mine)
            await expect(page.locator("main")).to_contain_text("Novelty was scored for another city.")
            await page.goto(f"{mine}/{made.references[0]}")
            await expect(page.locator("#sheet")).to_contain_text("Novelty was scored for another city.")
            await page.locator('input[name=mark_new][value="4"]').dispatch_event("click")
            await page.get_by_role("button", name="Save and stay here").click()
            await expect(page.get_by_role("status").first).to_contain_text("Saved")
            await page.goto(f"{mine}/sign")
            await page.get_by_label("These marks are mine and final").check()
            await page.get_by_role("button", name="Sign off").click()
            await expect(page.get_by_role("status")).to_contain_text("1 sheet is signed off")
            # Both receipts are told apart, and the first still holds.
            await page.get_by_role("link", name="All your receipts of this round").click()
            await expect(page.get_by_text("Holds, signed again since")).to_have_count(1)
            await expect(page.get_by_text("signature no. 2 of this sheet")).to_have_count(1)
            await expect(page.locator("main")).to_contain_text("Novelty was scored for another city.")
            await is_sound(page)
            await page.goto(f"{origin}/bench/receipts")
            await page.get_by_label("What you kept").fill(kept)
            await page.get_by_role("button", name="Check it").click()
            await expect(page.get_by_role("heading", name="What you kept holds")).to_be_visible()
            await expect(page.locator("main")).to_contain_text("Holds, signed again since")
            # Stepping aside where the entry is read.
            await page.goto(f"{mine}/{made.references[3]}")
            await page.get_by_text("I cannot judge this entry").click()
            await is_sound(page)
            await page.get_by_label("Reason").fill("My sister leads this project.")
            await page.get_by_role("button", name="Step aside from this entry").click()
            await expect(page.get_by_role("status")).to_contain_text("You stepped aside from this entry")
            await expect(page.get_by_role("heading", name="Your entries: 0 left")).to_be_visible()
            await desk.goto(f"{origin}{made.season.desk}/panels/first")
            await desk.get_by_role("link", name="Repair it: 1 entry is short of sheets").click()
            await expect(desk.locator("main")).to_contain_text("The offers are being computed")
            await work(clock)
            await desk.goto(f"{origin}{made.season.desk}/panels/first/repair")
            await expect(desk.get_by_role("row", name="Fewest moves")).to_contain_text("1 of 1")
    assert await broken() == []
