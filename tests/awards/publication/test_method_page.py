"""How an edition was judged, with its numbers; and every version of what was published, at its own address."""

import json
from datetime import timedelta
from hashlib import sha256

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.entries.tables import Entry, Screening, ScreeningDecision
from awards.panels.tables import Assignment, SetAside
from awards.publication.numbers import numbers_told
from awards.publication.tables import PublishedEntry
from awards.publication.told import Told
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import Judged, judged
from tests.factories import AT, add
from tests.page import Client

LATER = AT + timedelta(days=3)
METHOD = '{"method": "calibrated", "tie_breaks": [["criterion", "merit"], ["raw", ""]]}'


def path_of(season: Judged) -> str:
    return f"/awards/{season.season.programme}/{season.season.edition}"


async def test_the_rules_stand_there_before_the_first_mark(client: Client) -> None:
    season = await judged(round_state="open")
    await Round.update({Round.method: METHOD}).where(Round.id == season.season.round_id)
    page = await client.get(f"{path_of(season)}/method")
    assert page.h1.startswith("How Edition 2026 is judged")
    assert "Where that does not part them, the one with the higher plain mean stands before." in page.text
    assert "Signed sheets" not in page.text
    assert "How sure is it?" not in page.text


async def test_what_was_left_out_is_counted_and_nobody_is_named() -> None:
    season = await judged()
    await shut_out(season)
    left = (await Assignment.select(Assignment.id).where(Assignment.round_entry == season.round_entries[5]))[
        0
    ]
    await Assignment.update({Assignment.state: "set aside"}).where(Assignment.id == left["id"])
    await add(
        SetAside, assignment=left["id"], code="voided", reason="Canaryreason of a judge", state="signed"
    )
    told = await numbers_told(Told(season.season.edition_id, "winners", {}))
    numbers = told["numbers"]
    assert numbers["entries"] == {"submitted": 7, "ineligible": 1, "withdrawn": 0}
    assert [one["count"] for one in numbers["ineligible"]] == [1]
    counted = numbers["rounds"][0]
    assert (counted["entries"], counted["judges"], counted["sheets"]) == (6, 4, 17)
    assert counted["aside"] == {"voided": 1}
    assert "Canary" not in json.dumps(told)
    names = await numbers_told(Told(season.season.edition_id, "names", {}))
    assert names["numbers"]["waived"] == []


async def test_the_page_of_a_losing_city(client: Client, clock: FixedClock) -> None:
    season = await decided(clock)
    await sign(season, clock, await ask(season, clock, shows="full", at=LATER))
    page = await client.get(f"{path_of(season)}/method")
    assert "Signed sheets" not in page.text
    await client.get(f"{path_of(season)}/versions", status=404)
    clock.move_to(LATER)
    with counting() as counted:
        page = await client.get(f"{path_of(season)}/method?fresh=1")
    assert len(counted) <= 12
    for words in ("How was this computed?", "How sure is it?", "Would it have come out otherwise?",
                  "6 entries were read by 4 judges, who signed 18 sheets.", "Lindmere"):  # fmt: skip
        assert words in page.text, words


async def test_every_version_stays_at_its_address(client: Client, clock: FixedClock) -> None:
    season = await published(clock)
    clock.move_to(clock.now() + timedelta(minutes=1))
    await Entry.update({Entry.title: "Lanterns by the canal"}).where(Entry.title == "Practice of Lindmere")
    await sign(season, clock, await ask(season, clock, note="The title was wrong.", at=LATER))
    here = path_of(season)
    await client.get(f"{here}/versions/2", status=404)
    assert "The title was wrong." not in (await client.get(f"{here}/versions")).text
    clock.move_to(LATER)
    page = await client.get(f"{here}/versions")
    for words in ("The title was wrong.", "Practice of Lindmere", "Lanterns by the canal", "Version 1"):
        assert words in page.text, words
    old = await client.get(f"{here}/versions/1")
    assert "Practice of Lindmere" in old.text
    assert "Lanterns" not in old.text
    assert "This is an older version" in old.text
    assert (
        sha256((await client.get(f"{here}/versions/1/results.json")).response.content).hexdigest() in old.text
    )
    for number, title in ((1, "Practice of Lindmere"), (2, "Lanterns by the canal")):
        table = (await client.get(f"{here}/versions/{number}/results.csv")).response
        assert title in table.text
        assert f'-{number}-results.csv"' in table.headers["content-disposition"]
        package = (await client.get(f"{here}/versions/{number}/datapackage.json")).json()
        assert package["id"].endswith(f"{here}/versions/{number}/datapackage.json")
    newest = (await client.get(f"{here}/results.csv")).response.content
    assert newest == (await client.get(f"{here}/versions/2/results.csv")).response.content
    row = (PublishedEntry.slug == "lindmere") & (PublishedEntry.title == "Lanterns by the canal")
    await PublishedEntry.update({PublishedEntry.prize: ""}, force=True).where(row)
    former = await client.get(f"{here}/inclusive/lindmere?fresh=1", follow=False, status=303)
    assert former.location == f"{here}/versions/1", "who won once is found where it did"
    for number in (0, 3, 99999999):
        for name in ("", "/results.json"):
            await client.get(f"{here}/versions/{number}{name}", status=404)


async def shut_out(season: Judged) -> None:
    """One more entry, which two people found not to belong here."""
    entry = await factories.entry(season.season, await factories.entrant("Outside"), state="ineligible")
    screener = await factories.person("Sofia")
    items = '[["category","no","Canarynote"],["language","yes",""]]'
    await add(Screening, entry=entry, screener=screener, items=items, outcome="ineligible", done_at=AT)
    await add(
        ScreeningDecision, entry=entry, number=1, outcome="ineligible", reason="Canaryreason", by=screener
    )
