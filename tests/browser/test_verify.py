"""The second checker, in the browser: it was written from the text of the format alone, and says what the first says."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from awards.clock import FixedClock
from awards.publication.pack.levels import Level
from judging import Rule
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.server import listen, served
from tests.chance import chance, times
from tests.factories import AT
from tests.verifier import changes
from tests.verifier.checked import (
    AUDITOR,
    EXAMPLE,
    FAILS,
    HOLDS,
    STEPS,
    UNCHECKED,
    by_program,
    first_failure,
    signed_anew,
)
from tests.verifier.competitions import competition

pytestmark = [*NEEDS_CHROMIUM]

# A competition whose entries have no estimate at all: nothing of them is wrong.
NOBODY_READ = 4142703919
SAID = {"holds": HOLDS, "fails": FAILS, "unchecked": UNCHECKED}
# Run beside the page as the page runs it.
CHECK = """async ([url, packed, held]) => {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const worker = new Worker(url, {type: "module"});
  const steps = {};
  await new Promise((done) => {
    worker.onmessage = ({data}) => {
      if (data.done) steps[data.done.name] = data.done.state;
      if (data.over) done();
    };
    worker.onerror = done;
    worker.postMessage({bytes, held});
  });
  worker.terminate();
  return steps;
}"""


@pytest.fixture
async def page(browser: Browser, tmp_path: Path, tx: object) -> AsyncIterator[Page]:
    complaints: list[str] = []
    async with served(tmp_path, FixedClock(AT)) as origin:
        context = await browser.new_context(viewport={"width": 360, "height": 800})
        page = await context.new_page()
        listen(page, origin, complaints)
        await page.goto(f"{origin}/verify")
        yield page
        await context.close()
    assert complaints == []


async def by_browser(page: Page, body: bytes, **held: str) -> Mapping[str, str]:
    url = await page.get_attribute("[data-verify]", "data-worker")
    steps = await page.evaluate(CHECK, [url, base64.b64encode(body).decode(), held])
    return {name: SAID[state] for name, state in steps.items()}


async def test_both_say_the_same_of_random_competitions(page: Page, tmp_path: Path) -> None:
    rng = chance()
    seeds = [(rng.getrandbits(32), number) for number in range(times(12, drill=500))]
    for seed, number in ((NOBODY_READ, 0), *seeds):
        own, rule = Random(seed), {4: Rule.Z_SCORE, 8: Rule.MIN_MAX}.get(number % 12)
        for pack in competition(own, rule).packs(own.choice(list(Level)[:3])):
            here, there = await by_browser(page, pack.body), by_program(pack.body, tmp_path)
            assert first_failure(here) == "" == first_failure(there), f"competition {seed}"
            # Where the marks are there both compute them; the page says of what nobody read that it holds.
            read = any(one["inputs"]["sheets"] for one in json.loads(pack.body)["pack"]["rounds"])
            if pack.level is Level.MARKS and read:
                assert here["estimates"] == HOLDS == there["estimates"], f"competition {seed}"


async def test_both_notice_the_same_changes(page: Page, tmp_path: Path) -> None:
    rng = chance()
    for change in [*changes.PUBLIC, *changes.AUDITORS]:
        body = EXAMPLE if change in changes.PUBLIC else AUDITOR
        for _number in range(times(1, drill=20)):
            changed = signed_anew(body, partial(change, rng=rng))
            here, there = await by_browser(page, changed), by_program(changed, tmp_path)
            assert first_failure(here) == first_failure(there) != "", change.__name__


async def test_changed_bytes_are_rejected(page: Page) -> None:
    rng = chance()
    for _number in range(times(10, drill=1000)):
        body = bytearray(EXAMPLE)
        place = rng.randrange(len(body))
        body[place] = rng.choice([byte for byte in range(256) if byte != body[place]])
        assert first_failure(await by_browser(page, bytes(body))) in ("bytes", "signature"), place
    for broken in (b"", EXAMPLE[:-1], EXAMPLE + b"\n", b"\xef\xbb\xbf" + EXAMPLE, b"[" * 100_000, b"null", b"\xff",
                   json.dumps(json.loads(EXAMPLE)).encode(), EXAMPLE.replace(b"awards-pack-1", b"awards-pack-2")):  # fmt: skip
        assert first_failure(await by_browser(page, broken)) == "bytes"


async def test_what_the_reader_holds_is_compared(page: Page) -> None:
    pack = json.loads(EXAMPLE)
    head = pack["pack"]["log"]
    assert first_failure(await by_browser(page, EXAMPLE, key=pack["signature"]["key"])) == ""
    assert first_failure(await by_browser(page, EXAMPLE, key="0" * 64)) == "signature"
    assert first_failure(await by_browser(page, EXAMPLE, edition="wego-awards/another")) == "identity"
    assert first_failure(await by_browser(page, EXAMPLE, number="2")) == "identity"
    assert first_failure(await by_browser(page, EXAMPLE, head=f"{head['seq']}:{'0' * 64}")) == "chain"


async def test_without_the_browser_s_own_arithmetic_the_signature_is_said_to_be_unchecked(page: Page) -> None:
    url = await page.get_attribute("[data-verify]", "data-worker")
    script = await (await page.request.get(page.url.removesuffix("/verify") + str(url))).text()
    states = await page.evaluate(
        """async ([script, packed]) => {
          const check = new Function("crypto", script.replace(/^\\{/u, "").replace(/\\}\\s*$/u, "") + "; return checkPack;")({});
          const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
          return (await check(bytes, {}, () => {})).map((step) => [step.name, step.state]);
        }""",
        [script, base64.b64encode(EXAMPLE).decode()],
    )
    assert dict(states) == {**dict.fromkeys(STEPS, "holds"), "signature": "unchecked"}


NO_PACKS = {
    b"": "The file is empty. Download it again",
    EXAMPLE[: len(EXAMPLE) // 2]: "a part is missing or damaged. Download it again",
    b"%PDF-1.7 \xff\xfe": "This is no text, and so no result pack. Choose the file",
    b"City,Place\nKyoto,1\n": "This is no result pack. Choose the file",
    b'{"name": "another file"}': "a file of another kind, no result pack. Choose the pack",
    b"[" * 100_000 + b"]" * 100_000: "a file of another kind, no result pack. Choose the pack",
    EXAMPLE.replace(
        b"awards-pack-1", b"awards-pack-2"
    ): "another version, awards-pack-2; this page checks awards-pack-1",
    json.dumps(json.loads(EXAMPLE)).encode(): "saved by another program. Download it again",
}


def _as_packs_once_were(pack: dict[str, Any]) -> None:
    pack["publication"] = {"document_sha256": pack.pop("document_sha256"), **pack.pop("log")}
    for one in pack["rounds"]:
        del one["parts"], one["results"]


async def test_what_cannot_be_checked_is_said_in_words_that_tell_what_to_do(
    page: Page, tmp_path: Path
) -> None:
    """And nothing of what the machine says of it."""
    chosen, bytes_ = page.get_by_label("Result pack"), page.locator('[data-step="bytes"]')
    for number, (body, words) in enumerate(NO_PACKS.items()):
        (file := tmp_path / f"{number}.json").write_bytes(body)
        await chosen.set_input_files(file)
        await expect(bytes_.get_by_text(words)).to_be_visible()
        await expect(bytes_.get_by_role("listitem")).to_have_count(1)

    (file := tmp_path / "older.json").write_bytes(signed_anew(EXAMPLE, _as_packs_once_were))
    await chosen.set_input_files(file)
    await expect(page.locator('[data-step="chain"]').get_by_text("or not as the format says")).to_be_visible()
    notes = await page.locator("[data-notes] li").all_text_contents()
    assert [one for one in notes if "undefined" in one or "reading" in one or "{" in one] == []

    with (file := tmp_path / "huge.json").open("wb") as huge:
        huge.truncate(201 * 2**20)
    await chosen.set_input_files(file)
    await expect(page.locator("[data-status]")).to_contain_text("too large to be a result pack. Choose")


async def test_the_page(page: Page, tmp_path: Path) -> None:
    """A file that is chosen, one that is dropped, and what it says of each."""
    asked: list[str] = []
    file = tmp_path / "pack.json"
    file.write_bytes(EXAMPLE)
    await expect(page.locator("[data-without-script]")).to_be_hidden()
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    await page.get_by_label("Result pack").set_input_files(file)
    await expect(page.get_by_role("heading", name="Every step that can be checked holds")).to_be_visible()
    await expect(page.get_by_text("15 steps hold, none fails, 0 were not checked.")).to_be_visible()
    assert all(one.startswith("GET ") and "/static/checking." in one for one in asked), asked

    changed = signed_anew(EXAMPLE, lambda pack: changes.a_rank(pack, Random(3)))
    await page.evaluate(
        """(text) => {
          const all = new DataTransfer();
          all.items.add(new File([text], "changed.json"));
          document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: all, bubbles: true}));
        }""",
        changed.decode(),
    )
    await expect(page.get_by_role("heading", name="This pack does not hold")).to_be_visible()
    order = page.locator('[data-step="order"]')
    await expect(order.get_by_text("Does not hold")).to_be_visible()
    await expect(order.get_by_text("the pack says")).to_be_visible()

    await page.get_by_text("What you hold yourself").click()
    await page.get_by_label("Key of the awards").fill("0" * 64)
    await page.get_by_role("button", name="Check it again").click()
    await expect(
        page.locator('[data-step="signature"]').get_by_text("another key than the one that you hold")
    ).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    codes = await page.eval_on_selector_all(
        "[data-notes] li", "all => all.filter((one) => one.textContent === one.dataset.code).length"
    )
    assert codes == 0, "everything that is said has words"
