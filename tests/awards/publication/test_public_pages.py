"""Public pages: what they show, and that nothing shows before its instant."""

import re
from datetime import timedelta

import pytest

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import ProgrammePage
from awards.publication import services
from awards.publication.archive import read_rows
from awards.results import services as results
from awards.results.forms import DecidePrizes
from awards.results.rules import Pick
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.publication.test_archive import lines
from tests.awards.results.judged import Judged
from tests.factories import AT
from tests.page import Client

LATER = AT + timedelta(days=3)
FIXED = ("/", "/results", "/archive", "/practices", "/practices?q=lindmere", "/practices?q=gold", "/method",
         "/pages/rules", "/pages/privacy", "/pages/accessibility", "/pages/contact")  # fmt: skip


def addresses(season: Judged) -> tuple[str, ...]:
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    return (*FIXED, edition, f"{edition}/method", f"{edition}/versions", f"{edition}/inclusive", f"{edition}/inclusive/lindmere",
            f"{edition}/inclusive/port-amaranth", f"{edition}/inclusive/hanbyeol", f"{edition}/nothing")  # fmt: skip


async def fetched(client: Client, season: Judged) -> dict[str, tuple[int, str]]:
    found = {}
    for address in addresses(season):
        page = await client.get(address, status=None)
        assert page.status in (200, 404), address
        # An error page names its request, and no two requests have one number.
        found[address] = (page.status, re.sub(r"\b[0-9a-f]{16}\b", "", page.html))
    return found


async def test_every_public_page_stands_on_an_empty_database(client: Client) -> None:
    for address in FIXED:
        await client.get(address)
    for address in ("/pages/none", "/awards/none/none", "/awards/none/none/none", "/awards/a/b/c/d"):
        await client.get(address, status=404)


async def test_the_archive_is_there_with_its_gaps(client: Client, clock: FixedClock) -> None:
    await services.import_archive(rows=read_rows(lines()), actor=SYSTEM, clock=clock)
    page = await client.get("/archive")
    assert "58 winners" in page.text
    assert "Title not recorded" in page.text
    for address in ("/", "/results", "/awards/wego-awards/2012", "/awards/wego-awards/2020/mobility",
                    "/awards/wego-awards/2020/mobility/george-town", "/practices?q=SAO+paulo"):  # fmt: skip
        await client.get(address)
    unknown = await client.get("/awards/wego-awards/2012")
    unknown = await client.click("Bangalore")
    assert unknown.path == "/awards/wego-awards/2012/winner/bangalore"
    assert "not recorded" in unknown.text


@pytest.mark.parametrize("shows", ["winners", "ranks", "full"])
async def test_a_category_shows_what_was_chosen(shows: str, client: Client, clock: FixedClock) -> None:
    season = await published(clock, shows=shows)
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    page = await client.get(f"{edition}/inclusive")
    assert ("Hanbyeol" in page.text) == (shows != "winners")
    assert "How sure is the order?" in page.text
    winner = await client.click("Lindmere")
    assert winner.h1 == "Practice of Lindmere"
    await client.get(f"{edition}/inclusive/hanbyeol", status=404)
    await client.get(f"{edition}/other/lindmere", status=404)


async def test_nothing_is_out_a_millisecond_early_and_everything_at_the_instant(
    client: Client, clock: FixedClock
) -> None:
    season = await decided(clock)
    before = await fetched(client, season)
    await sign(season, clock, await ask(season, clock, shows="full", at=LATER))
    assert await fetched(client, season) == before
    clock.move_to(LATER - timedelta(milliseconds=1))
    early = await fetched(client, season)
    for address, (status, html) in early.items():
        assert status == before[address][0]
        # That there is a silver prize is a rule, and stands with the rules from the beginning.
        for word in ("Port Amaranth", "Practice of Lindmere", *(() if "/method" in address else ("Silver",))):
            assert word not in html, address
    clock.move_to(LATER)
    out = await fetched(client, season)
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    for address in ("/", "/results", "/archive", "/practices?q=lindmere", edition, f"{edition}/inclusive",
                    f"{edition}/method"):  # fmt: skip
        assert "Lindmere" in out[address][1].replace('value="lindmere"', ""), address
    assert out[f"{edition}/inclusive/lindmere"][0] == 200
    assert out[f"{edition}/nothing"][0] == 404


async def test_a_withdrawn_publication_never_comes_out(client: Client, clock: FixedClock) -> None:
    season = await published(clock, at=LATER)
    await services.withdraw_publication(
        edition_id=season.season.edition_id, number=1, actor=await season.actor(), clock=clock
    )
    clock.move_to(LATER + timedelta(days=1))
    assert "Lindmere" not in (await client.get("/archive")).text


async def test_a_correction_replaces_at_its_own_instant(client: Client, clock: FixedClock) -> None:
    season = await published(clock)
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    note = "The order below the winners was missing."
    await sign(season, clock, await ask(season, clock, shows="full", at=LATER, note=note))
    assert "Hanbyeol" not in (await client.get(f"{edition}/inclusive")).text
    clock.move_to(LATER)
    page = await client.get(f"{edition}/inclusive")
    assert "Hanbyeol" in page.text
    assert note in page.text
    await client.get(f"{edition}/inclusive/lindmere")


async def test_a_draft_edition_is_unknown(client: Client) -> None:
    season = await factories.season(state="draft")
    page = await client.get(f"/awards/{season.programme}/{season.edition}", status=404)
    assert "Edition 2026" not in page.text


async def test_odd_bytes_are_calm(client: Client) -> None:
    await client.get("/practices?q=" + "a" * 5000)
    for address in (
        "/practices?q=%00%ff%ed%a0%80",
        "/pages/%00",
        "/awards/%ed%a0%80/x",
        "/awards/a/b/%2e%2e/%2e%2e",
        "/pages/" + "9" * 500,
    ):
        page = await client.get(address, status=None)
        assert page.status in (400, 404)


async def test_the_open_call_stands_first(client: Client, clock: FixedClock) -> None:
    await factories.season(state="open")
    clock.move_to(AT - timedelta(days=31))
    assert (await client.get("/")).h1 == "The call for Edition 2026 opens on 8 February 2026"
    clock.move_to(AT)
    page = await client.get("/")
    assert page.h1 == "The call is open"
    assert "in 30 days" in page.text
    clock.move_to(AT + timedelta(days=30))
    assert (await client.get("/")).h1 == "Edition 2026 is being judged"


async def test_two_worlds_that_differ_only_in_what_is_unpublished_answer_alike(
    client: Client, clock: FixedClock
) -> None:
    """One season, two unpublished outcomes one after the other: no byte of any public answer may differ."""
    season = await decided(clock)
    await services.import_archive(rows=read_rows(lines()), actor=SYSTEM, clock=clock)
    await sign(season, clock, await ask(season, clock, shows="full", at=LATER))
    one = await fetched(client, season)
    # The other world: another winner, another citation, another reason; signed for the same instant.
    edition_id = season.season.edition_id
    await services.withdraw_publication(
        edition_id=edition_id, number=1, actor=await season.actor(), clock=clock
    )
    gold = Pick(
        "gold", 1, season.references[4], "The jury saw it on the ground.", "Kitamori dares.", version=1
    )
    await results.decide_prizes(
        command=DecidePrizes(edition_id, "inclusive", (gold,)), actor=await season.actor(), clock=clock
    )
    await sign(season, clock, await ask(season, clock, shows="winners", at=LATER))
    clock.move_to(LATER - timedelta(milliseconds=1))
    early = await fetched(client, season)
    clock.move_to(AT)
    assert await fetched(client, season) == one
    for address, (_status, html) in early.items():
        assert "Kitamori" not in html, address
    clock.move_to(LATER)
    out = await fetched(client, season)
    changed = {address for address in out if out[address] != early[address]}
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    assert {edition, f"{edition}/inclusive", "/archive", "/results", "/", "/practices?q=gold"} <= changed
    assert "Kitamori dares." in out[f"{edition}/inclusive"][1]


async def test_no_public_page_asks_more_queries_the_more_there_is(client: Client, clock: FixedClock) -> None:
    counts: dict[str, set[int]] = {}
    everything = read_rows(lines())
    for many in (everything[:4], everything):
        await services.import_archive(rows=many, actor=SYSTEM, clock=clock)
        for address in ("/", "/results", "/archive", "/practices?q=best", "/awards/wego-awards/2012"):
            with counting() as counter:
                # A page that is kept asks nothing: a query string that nobody reads asks anew.
                await client.get(address + ("&" if "?" in address else "?") + "fresh=1")
            counts.setdefault(address, set()).add(len(counter))
    assert all(len(found) == 1 and max(found) <= 12 for found in counts.values()), counts


async def test_kept_pages_are_dropped_at_the_instant(client: Client, clock: FixedClock) -> None:
    season = await published(clock, at=LATER)
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    client.http.cookies.clear()
    for _again in range(2):
        assert "Lindmere" not in (await client.get(f"{edition}/inclusive")).text
    clock.move_to(LATER)
    assert "Lindmere" in (await client.get(f"{edition}/inclusive")).text


async def test_markdown_of_the_secretariat_stays_harmless(client: Client) -> None:
    season = await factories.season()
    text = "# Head\n\n[go](javascript:alert(1)) <script>alert(1)</script> [ok](https://example.org/a)\n\n![x](/y.png)"
    await factories.add(
        ProgrammePage, programme=season.programme_id, slug="rules", lang="en", title="Our rules", body=text
    )
    page = await client.get("/pages/rules")
    assert page.h1 == "Our rules"
    assert 'href="javascript:' not in page.html
    assert "<script>alert" not in page.html
    assert "<h2>Head</h2>" in page.html
    assert 'href="https://example.org/a"' in page.html
