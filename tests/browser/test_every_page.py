"""Every kind of page that the demonstration leads to, by ear, on a telephone, in the dark and from the right.

The daily run looks at what the public and a judge see; the drill looks with everybody, in every setting.
"""

import re
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Error, Page

from awards.accounts import sessions
from awards.accounts.tables import EmailAddress
from awards.clock import FixedClock, SystemClock
from awards.db import transaction
from awards.demo import people
from awards.demo.loader import load_demo
from awards.files.place import files_of
from awards.settings import Settings
from tests.browser.chromium import NEEDS_CHROMIUM
from tests.browser.eyes import ALL_EYES, Eyes
from tests.browser.server import listen, served
from tests.databases import DRILL

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.commits]

TABLE = Path(__file__).parent.parent / "permissions" / "table.txt"
EVERYBODY = (None, *people.SHOWN) if DRILL else (None, people.JUDGES[0])
# Each kind of page, a few times: the demonstration has it at several moments.
OF_A_KIND = 3 if DRILL else 1
LINKS = "[...document.querySelectorAll('a[href]')].map(a => a.href)"


def kinds() -> list[tuple[str, re.Pattern[str]]]:
    """Addresses of pages as the table of permissions has them, the most literal first."""
    routes = {line[4:].strip() for line in TABLE.read_text().splitlines() if line.startswith("GET /")}
    return [
        (route, re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(route)) + "$"))
        for route in sorted(routes, key=lambda route: (route.count("{"), route))
    ]


async def test_every_kind_of_page(browser: Browser, tmp_path: Path) -> None:
    clock = FixedClock(SystemClock().now())
    async with served(tmp_path, clock, pseudo_locale=True) as origin:
        store = files_of(Settings(data=tmp_path))
        await load_demo(clock=clock, base_url=origin, files=store, say=lambda _text: None)
        faults: list[str] = []
        complaints: list[str] = []
        for account in EVERYBODY:
            token = await _signed_in(account.email, clock) if account else ""
            pages = [(eyes, await eyes.opened(browser, origin, token)) for eyes in ALL_EYES]
            for _eyes, page in pages:
                listen(page, origin, complaints)
            faults += await _walk(pages, origin)
            for _eyes, page in pages:
                await page.context.close()
        assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
        assert complaints == []


async def _signed_in(email: str, clock: FixedClock) -> str:
    rows = await EmailAddress.select(EmailAddress.person).where(EmailAddress.address == email)
    async with transaction():
        return await sessions.start(rows[0]["person"], at=clock.now(), agent="walk", address="127.0.0.1")


async def _walk(pages: list[tuple[Eyes, Page]], origin: str) -> list[str]:
    known = kinds()
    waiting, seen = deque(["/", "/start"]), {"/", "/start"}
    looked: dict[str, int] = {}
    faults: list[str] = []
    while waiting:
        path = waiting.popleft()
        place = urlsplit(path).path
        kind = next((route for route, pattern in known if pattern.match(place)), place)
        if looked.get(kind, 0) >= OF_A_KIND:
            continue
        looked[kind] = looked.get(kind, 0) + 1
        for number, (eyes, page) in enumerate(pages):
            try:
                answer = await page.goto(origin + path)
            except Error as problem:
                if "Download is starting" not in problem.message:
                    raise
                break
            assert answer is not None
            assert answer.status == 200, (path, answer.status)
            if not answer.headers["content-type"].startswith("text/html"):
                break
            faults += await eyes.faults(page, path)
            for link in await page.evaluate(LINKS) if number == 0 else ():
                target = link.removeprefix(origin).partition("#")[0]
                if target.startswith("/") and target not in seen and not _is_no_page(target):
                    seen.add(target)
                    waiting.append(target)
    assert len(looked) > 5
    return faults


def _is_no_page(target: str) -> bool:
    """A file, which a browser shows in a page of its own, and the same page in another language."""
    path, _, query = target.partition("?")
    return query.startswith("lang=") or "/files/" in path or "." in path.rpartition("/")[2]
