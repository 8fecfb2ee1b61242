"""The demonstration, walked: every page that any of its people can reach by links, linted, whole and cheap."""

from collections import deque
from urllib.parse import urlsplit

import pytest

from awards.accounts import sessions
from awards.accounts.tables import EmailAddress
from awards.audit.queries import chain_breaks
from awards.clock import FixedClock, SystemClock
from awards.db import counting, transaction
from awards.demo import people
from awards.demo.loader import load_demo
from awards.invariants import broken
from awards.jobs.tables import Job
from awards.panels.tables import Judge
from tests.page import Client, Page
from tests.serving import Service

# What a signed-in page may ask of the database; public pages are kept as bytes and may ask more, once.
BUDGET = 6
SIGNED_IN = ("/start", "/account", "/city", "/bench", "/desk")
# Enough to see each kind of page many times; a walk is no crawl of every entry.
MOST = 60


@pytest.mark.commits
async def test_every_page_of_the_demonstration_is_sound(
    client: Client, clock: FixedClock, service: Service
) -> None:
    clock.move_to(SystemClock().now())
    files = service.app.litestar.state.site.files
    told = await load_demo(clock=clock, base_url="http://127.0.0.1:8000", files=files, say=lambda _text: None)
    assert all(account.email in told for account in people.SHOWN)
    await _tells_its_story(client)
    costly: list[str] = []
    for account in (None, *people.SHOWN):
        visitor = client.another()
        if account is not None:
            await _sign_in(visitor, account.email, clock)
        costly += await _walk(visitor, account)
        await visitor.http.aclose()
    assert not costly, "\n".join(costly)
    assert await broken() == []
    assert await chain_breaks() == []


async def _tells_its_story(visitor: Client) -> None:
    """A shared prize, a place that a meeting moved, prizes for some entrants, a correction; nobody is there twice."""
    closed = "/awards/wego-awards/demo-closed"
    for path, words in (
        ("efficiency", "the meeting: place 1"),
        ("efficiency", "Silver is not awarded."),
        ("urban-management", "Regional prize, Africa"),
        ("digital-divide", "Prize of the host region, Asia"),
        ("versions", "Bronze in Digital Divide goes to Nueva Encina"),
        ("method", "2 of 3 sheets are signed"),
    ):
        assert words in (await visitor.get(f"{closed}/{path}")).text, (path, words)
    rows = await Judge.raw("SELECT p.name FROM judge j JOIN person p ON p.id = j.person")
    assert len(rows) == len({row["name"] for row in rows})
    assert await Job.count().where(Job.state == "failed") == 0


async def _sign_in(visitor: Client, email: str, clock: FixedClock) -> None:
    rows = await EmailAddress.select(EmailAddress.person).where(EmailAddress.address == email)
    async with transaction():
        token = await sessions.start(rows[0]["person"], at=clock.now(), agent="walk", address="127.0.0.1")
    visitor.http.cookies.set("session", token)


async def _fetch(visitor: Client, path: str) -> tuple[Page, int]:
    with counting() as counter:
        page = await visitor.get(path, status=None, follow=False)
    return page, len(counter)


async def _walk(visitor: Client, account: people.Account | None) -> list[str]:
    who = account.part if account else "the public"
    waiting = deque(["/start", "/"] if account else ["/"])
    seen: set[str] = set(waiting)
    costly: list[str] = []
    fetched = 0
    while waiting and fetched < MOST:
        path = waiting.popleft()
        page, cost = await _fetch(visitor, path)
        fetched += 1
        if page.status == 303:
            if page.location not in seen:
                seen.add(page.location)
                waiting.append(page.location)
            continue
        assert page.status == 200, f"{who}: {path} answers {page.status}"
        if page.root is None:
            continue
        if cost > BUDGET and path.startswith(SIGNED_IN):
            # The first time a judge opens an entry that is noted; what counts is every time after.
            _page, cost = await _fetch(visitor, path)
            if cost > BUDGET:
                costly.append(f"{who}: {path} costs {cost} queries")
        for _text, href in page.links:
            parts = urlsplit(href)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if not parts.scheme and target.startswith("/") and target not in seen and "?lang=" not in target:
                seen.add(target)
                waiting.append(target)
    assert fetched > 3, f"{who} sees next to nothing"
    return costly
