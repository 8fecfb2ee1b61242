"""A city finishes an entry twice: by hand without any script, and by keys alone with them. Every kind of question,
files, a mistake, the declaration, a change after it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from awards.clock import FixedClock
from awards.editions.tables import Question
from awards.entries.tables import EntryVersion
from tests import factories
from tests.awards.entries.attached import asks
from tests.awards.files.corpus import pdf
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import listen, served
from tests.browser.test_city_pages import LONG, questions
from tests.factories import AT
from tests.people import AMINA, PASSWORD, id_of

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

PRACTICE = "Every lift of every platform works again."


class Hands(Protocol):
    """How somebody reaches the controls of a page."""

    scripts: bool

    async def press(self, page: Page, control: Locator) -> None: ...

    async def write(self, page: Page, field: Locator, text: str) -> None: ...

    async def choose(self, page: Page, choice: Locator) -> None: ...

    async def attach(self, page: Page, chosen: Sequence[Path]) -> None: ...


class WithoutScripts:
    scripts = False

    async def press(self, page: Page, control: Locator) -> None:
        await control.click()

    async def write(self, page: Page, field: Locator, text: str) -> None:
        await field.fill(text)

    async def choose(self, page: Page, choice: Locator) -> None:
        await choice.check()

    async def attach(self, page: Page, chosen: Sequence[Path]) -> None:
        await page.set_input_files("#file", chosen)
        await page.get_by_role("button", name="Add the chosen files").click()


class Keys:
    """No mouse, no touch: Tab leads there, and there is always a way on."""

    scripts = True

    async def press(self, page: Page, control: Locator) -> None:
        await self._reach(page, control)
        await page.keyboard.press("Enter")

    async def write(self, page: Page, field: Locator, text: str) -> None:
        await self._reach(page, field)
        await page.keyboard.press("Control+A")
        await page.keyboard.type(text)

    async def choose(self, page: Page, choice: Locator) -> None:
        if await choice.get_attribute("type") == "radio":
            # One stop for the whole group; arrows lead from one to the next.
            name = await choice.get_attribute("name")
            await self._reach(page, page.locator(f"input[type=radio][name='{name}']"))
            for _other in range(10):
                if await self._is_at(choice):
                    break
                await page.keyboard.press("ArrowDown")
        else:
            await self._reach(page, choice)
        if not await choice.is_checked():
            await page.keyboard.press("Space")
        await expect(choice).to_be_checked()

    async def attach(self, page: Page, chosen: Sequence[Path]) -> None:
        async with page.expect_file_chooser() as opened:
            await self.press(page, page.locator("#file"))
        await (await opened.value).set_files(chosen)

    async def _reach(self, page: Page, control: Locator) -> None:
        await control.first.wait_for()
        for _step in range(150):
            if await self._is_at(control):
                return
            await page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {control} on {page.url}")

    async def _is_at(self, control: Locator) -> bool:
        found: bool = await control.evaluate_all("all => all.includes(document.activeElement)")
        return found


@pytest.mark.parametrize("hands", [WithoutScripts(), Keys()], ids=["without scripts", "by keys alone"])
async def test_a_whole_submission(browser: Browser, tmp_path: Path, hands: Hands) -> None:
    season = await factories.season()
    await factories.official(await id_of(AMINA), await factories.entrant("Lindmere", kind="city"))
    await questions(season)
    await asks(season)
    needed = Question.code.is_in(["begun", "effects", "users"])
    await Question.update({Question.required: True}).where(needed & (Question.edition == season.edition_id))
    files = {"plan.pdf": pdf(), "other.pdf": pdf(pages=2)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    complaints: list[str] = []
    context = await browser.new_context(
        viewport={"width": 360, "height": 800}, java_script_enabled=hands.scripts
    )
    page = await context.new_page()

    async def press(name: str, role: Literal["button", "link"] = "button") -> None:
        await hands.press(page, page.get_by_role(role, name=name).first)

    async def write(label: str, text: str) -> None:
        await hands.write(page, page.get_by_label(label, exact=True).first, text)

    async def choose(label: str) -> None:
        await hands.choose(page, page.get_by_label(label, exact=True))

    async def heads(text: str) -> None:
        await expect(page.locator("h1")).to_contain_text(text)

    async with served(tmp_path, FixedClock(AT)) as origin:
        listen(page, origin, complaints)
        await page.goto(f"{origin}/city")
        await write("E-mail address", AMINA.email)
        await write("Password", PASSWORD)
        await press("Sign in")
        await heads("Your entries")
        await press("Start an entry", "link")
        await heads("Before you start")
        await press("Start an entry", "link")
        await write("Title of the practice", "Lifts")
        await choose("Inclusive City")
        await hands.press(page, page.locator("#new-entry button"))
        await heads("Lifts")
        task_list = page.url

        await press("The practice", "link")
        await write("What did the city do?", PRACTICE)
        await press("Save and continue")
        await heads("Evidence")
        await press("Files of this question", "link")
        await hands.attach(page, [tmp_path / name for name in files])
        attached = page.locator("#attached")
        for name in files:
            await expect(attached).to_contain_text(name)
        await press("Remove other.pdf", "link")
        await press("Remove the file")
        await expect(attached).not_to_contain_text("other.pdf")
        await press("Save and continue")
        await heads("What is the begun?")

        # What is wrong comes back with what was typed, and is mended in its place.
        await page.goto(f"{task_list}/sections/3")
        for part, text in (("Day", "30"), ("Month", "2"), ("Year", "2026")):
            await write(part, text)
        await write("What is the cost?", "3,5")
        await write("What is the film?", "https://lindmere.example/film")
        await choose("Yes")
        await choose("Bus")
        await choose("Children")
        await choose(LONG)
        await write("Indicator", "Lifts that work")
        await write("Before", "12")
        await write("After", "٤٠")
        await press("Add a row")
        await expect(page.locator(".indicator")).to_have_count(4)
        await hands.write(page, page.locator(".indicator").nth(3).get_by_label("Indicator"), "Complaints")
        await hands.write(page, page.locator(".indicator").nth(3).get_by_label("After"), "3")
        await press("Save and continue")
        await expect(page.locator(".error-summary")).to_be_visible()
        await expect(page.get_by_label("Day", exact=True)).to_have_value("30")
        await write("Day", "28")
        # The answer yes has opened it.
        await write("What is the which?", "The Lifts Act")
        await press("Save and continue")

        await heads("Check your answers")
        for said in ("28 February 2026", "3.5", "Bus", LONG, "The Lifts Act", "plan.pdf", "Complaints", "40"):
            await expect(page.locator("main")).to_contain_text(said)
        await hands.press(page, page.locator("#submit button"))
        await expect(page.locator(".error-summary")).to_contain_text("Tick the box")
        await choose("I declare this")
        await hands.press(page, page.locator("#submit button"))
        await heads("Your entry is submitted")

        await press("Back to the entry", "link")
        await press("Check your answers and submit", "link")
        await press("Change What did the city do?", "link")
        await write("What did the city do?", PRACTICE.replace("Every lift", "Each lift"))
        await press("Save and go back to the check")
        await heads("Check your answers")
        await choose("I declare this")
        await hands.press(page, page.locator("#submit button"))
        await heads("Your entry is submitted")
        await expect(page.locator("main")).to_contain_text("Version 2")
    await context.close()
    assert [said for said in complaints if "status of 422" not in said] == []
    bodies = await EntryVersion.select(EntryVersion.body).order_by(EntryVersion.number)
    assert [text in row["body"] for row, text in zip(bodies, ("Every lift", "Each lift"), strict=True)] == [
        True,
        True,
    ]
