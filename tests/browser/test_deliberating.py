"""A page that is older than the record says so; one that is left alone asks no more."""

import json

from playwright.async_api import Browser, Page, Route

from awards.web.templating import STATIC
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.waiting import stand_still

pytestmark = [*NEEDS_CHROMIUM]

PAGE = """<html lang="en"><body><div role="status" data-news="/news" data-seen="2.open.">
<p hidden>New <a href="/">Look again</a></p></div></body></html>"""


async def test_it_says_when_there_is_more_and_asks_while_somebody_is_there(browser: Browser) -> None:
    page = await browser.new_page()
    seen, asked = ["2.open."], []

    async def answer(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(body=json.dumps({"seen": seen[-1]}), content_type="application/json")

    await page.route(
        "http://panel.example/", lambda route: route.fulfill(body=PAGE, content_type="text/html")
    )
    await page.route("http://panel.example/news", answer)
    await stand_still(page)
    await page.goto("http://panel.example/")
    await page.add_script_tag(content=(STATIC / "news.js").read_text(), type="module")
    note = page.locator("p")
    await page.clock.run_for(10_500)
    await settled(page)
    assert (len(asked), await note.is_hidden()) == (1, True)
    await page.clock.run_for(16 * 60_000)
    await settled(page)
    before = len(asked)
    await page.clock.run_for(60_000)
    await settled(page)
    assert len(asked) == before, "a laptop that was left alone keeps its session alive"
    await page.mouse.click(5, 5)
    seen.append("3.open.")
    await page.clock.run_for(10_500)
    await note.wait_for(state="visible")
    asked.clear()
    await page.clock.run_for(60_000)
    assert asked == []
    await page.close()


async def settled(page: Page) -> None:
    """Whatever the page has asked until now has been answered."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate("fetch('/').then(answer => answer.text())")
