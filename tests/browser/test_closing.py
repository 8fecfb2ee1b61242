"""The last hour counts on by the server's clock, and is said aloud at 60, 30, 15, 5 and 1 minutes and at its end only."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser

from awards import data_dir
from awards.web.frame import Closing
from awards.web.i18n import use
from awards.web.templating import STATIC, environment
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.specimen import BARE

pytestmark = [*NEEDS_CHROMIUM]

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
# The reader's own clock is wrong by a day: it is not asked.
WRONG = NOW + timedelta(days=1)
PAGE = '{% import "components/notices.html" as notices %}<html lang="en"><body>{{ notices.closing(closing, frame) }}</body></html>'
HEARD = """
window.heard = [];
new MutationObserver(() => heard.push(document.querySelector("[data-closing-aloud]").textContent))
  .observe(document.querySelector("[data-closing-aloud]"), {childList: true});
"""


@pytest.mark.parametrize("left", [62, 20])
async def test_it_is_said_aloud_at_few_moments(browser: Browser, left: int) -> None:
    closing = Closing("Edition 2026", NOW + timedelta(minutes=left), "/city")
    with use("en"):
        html = environment(data_dir("templates")).from_string(PAGE).render(
            closing=closing, frame=replace(BARE, now=NOW)
        )  # fmt: skip
    page = await browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    await page.route(
        "http://closing.example/", lambda route: route.fulfill(body=html, content_type="text/html")
    )
    await page.clock.install(time=WRONG - timedelta(minutes=1))
    await page.clock.pause_at(WRONG)
    await page.goto("http://closing.example/")
    await page.evaluate(HEARD)
    await page.add_script_tag(content=(STATIC / "closing.js").read_text(), type="module")
    text = page.locator("[data-closing-text]")
    assert (
        f"in {left} minutes" in await text.inner_text() or f"in {left - 1} minutes" in await text.inner_text()
    )
    for _minute in range(left + 1):
        await page.clock.run_for(60_000)
    heard = await page.evaluate("heard")
    steps = [minutes for minutes in (60, 30, 15, 5) if minutes < left]
    assert len(heard) == len(steps) + 2
    for minutes, said in zip(steps, heard, strict=False):
        assert f"in {minutes} minutes" in said or f"in {minutes - 1} minutes" in said
    assert (
        heard[-1]
        == await text.inner_text()
        == "Entries for Edition 2026 are closed. What is not sent by now is too late."
    )
    # A save that answers with another deadline moves it.
    await page.evaluate(
        'document.dispatchEvent(new CustomEvent("autosave:saved", {detail: {closes: "2026-03-12T09:00:00Z"}}))'
    )
    assert await text.inner_text() == "The deadline has moved to 12 March 2026 at 09:00\u00a0UTC."
    assert complaints == []
    await page.close()
