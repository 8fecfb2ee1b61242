"""Files in a real browser: several at once, a line that breaks, a page that is loaded again, no script at all."""

import asyncio
import io
import random
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, Request, Route, expect

from tests.awards.files.corpus import pdf
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.test_journey import ENTRY, Serve, is_sound, serve

__all__ = ["serve"]
pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

QUESTION = ENTRY + "/{code}/files"


@pytest.fixture
def chosen(tmp_path: Path) -> dict[str, Path]:
    """A picture that goes in several pieces, one page, and what is not taken."""
    noise = random.Random(7).randbytes(3 * 400 * 400)
    out = io.BytesIO()
    Image.frombytes("RGB", (400, 400), noise).save(out, "PNG")
    made = {
        "map.png": out.getvalue(),
        "page.pdf": pdf(),
        "other.pdf": pdf(pages=2),
        "photos.zip": b"PK\x03\x04",
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in made}


async def opened(page: Page, origin: str, path: str) -> None:
    answer = await page.goto(f"{origin}{path}")
    assert answer is not None
    assert answer.status == 200


async def test_several_files_over_a_line_that_breaks(serve: Serve, chosen: dict[str, Path]) -> None:
    service = await serve("open")
    path = service.world.address(QUESTION).removesuffix("/files")
    broken, whole = 0, asyncio.Event()

    async def line(route: Route) -> None:
        nonlocal broken
        going_on = route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0"
        if going_on and not whole.is_set():
            broken += 1
            await route.abort("connectionreset")
        else:
            await route.continue_()

    async with service.at("official") as page:
        await opened(page, service.origin, path)
        await page.route("**/uploads/**", line)
        await page.set_input_files("#file", [chosen["map.png"], chosen["photos.zip"]])
        coming = page.locator("[data-coming]")
        await expect(coming).to_contain_text(re.compile("Paused at [1-9][0-9]? %: the line is lost"))
        whole.set()
        attached = page.locator("#attached")
        await expect(attached).to_contain_text("map.png")
        await expect(coming).to_contain_text("Files of this kind are not taken")
        await page.fill("#attached textarea", "A map of all stations")
        await page.set_input_files("#file", chosen["page.pdf"])
        await expect(attached).to_contain_text("page.pdf")
        # What was typed while it was sent is there, and is saved by the button.
        await expect(page.locator("#attached textarea")).to_have_value("A map of all stations")
        await expect(page.locator("[data-upload-status]")).to_have_text("page.pdf is added")
        await is_sound(page, "files-full")
        await page.click("text=Replace page.pdf")
        # Both pages have a field of this name.
        await page.wait_for_url("**/replace")
        await page.set_input_files("#file", chosen["other.pdf"])
        await expect(attached).to_contain_text("other.pdf")
        await expect(attached).not_to_contain_text("page.pdf")
        await page.fill("#attached textarea", "A map of all stations")
        await page.click("text=Save and return to the list")
        await page.wait_for_url(f"**{service.world.address(ENTRY)}")
        await opened(page, service.origin, path)
        await expect(page.locator("#attached textarea")).to_have_value("A map of all stations")
    assert broken
    service.complaints[:] = [said for said in service.complaints if "Failed to load resource" not in said]


async def test_what_is_chosen_before_the_script_is_there_is_sent(
    serve: Serve, chosen: dict[str, Path]
) -> None:
    service = await serve("open")
    here = asyncio.Event()

    async def late(route: Route) -> None:
        await here.wait()
        await route.continue_()

    async with service.at("official") as page:
        await page.route("**/*.js", late)
        path = service.world.address(QUESTION).removesuffix("/files")
        await page.goto(f"{service.origin}{path}", wait_until="commit")
        await page.set_input_files("#file", chosen["page.pdf"])
        here.set()
        await expect(page.locator("#attached")).to_contain_text("page.pdf")


async def test_a_page_that_is_loaded_again_goes_on_where_it_stopped(
    serve: Serve, chosen: dict[str, Path]
) -> None:
    service = await serve("open")
    path = service.world.address(QUESTION).removesuffix("/files")
    starts: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            starts.append(request.headers["upload-offset"])

    async def line(route: Route) -> None:
        gone = route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0"
        await (route.abort("connectionreset") if gone else route.continue_())

    async with service.at("official") as page:
        await opened(page, service.origin, path)
        page.on("dialog", lambda dialog: dialog.accept())
        await page.route("**/uploads/**", line)
        await page.set_input_files("#file", chosen["map.png"])
        await expect(page.locator("[data-coming]")).to_contain_text("Paused")
        await page.reload()
        await expect(page.locator("[data-coming]")).to_contain_text(
            re.compile("[1-9][0-9]? % of it is here. Choose the same file again")
        )
        await page.unroute("**/uploads/**")
        page.on("request", note)
        await page.set_input_files("#file", chosen["map.png"])
        await expect(page.locator("#attached")).to_contain_text("map.png")
        await expect(page.locator("[data-coming] li")).to_have_count(0)
    assert starts
    assert "0" not in starts
    service.complaints[:] = [said for said in service.complaints if "Failed to load resource" not in said]


async def test_without_scripts(serve: Serve, chosen: dict[str, Path]) -> None:
    service = await serve("open")
    path = service.world.address(QUESTION).removesuffix("/files")
    async with service.at("official", scripts=False) as page:
        await opened(page, service.origin, path)
        await page.set_input_files("#file", [chosen["page.pdf"], chosen["photos.zip"]])
        await page.click("text=Add the chosen files")
        await expect(page.locator(".error-summary")).to_contain_text("photos.zip")
        await expect(page.locator("#attached")).to_contain_text("page.pdf")
    service.complaints[:] = [said for said in service.complaints if "422" not in said]
    async with service.at("official") as page:
        await opened(page, service.origin, path)
        await is_sound(page, "files")
        for way in ("files/1/remove", "files/1/replace"):
            await opened(page, service.origin, f"{service.world.address(ENTRY)}/{way}")
            await is_sound(page, way.replace("/", "-"))
