"""The page of a jury: nobody is named before the edition says so, nor without their own word, nor beside an entry."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from awards.accounts.tables import Person
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.checks import problems_of
from awards.editions.document import CategoryPart, EditionDocument, EditionRules, ProgrammePart, plain
from awards.editions.tables import EditionRule
from awards.panels.tables import Affiliation, Judge, Seat
from awards.publication.tables import Publication
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import Judged
from tests.factories import AT
from tests.page import Client, Page
from tests.people import CHIARA, id_of
from tests.serving import ClientFor

LATER = AT + timedelta(days=3)


def address(season: Judged) -> str:
    return f"/awards/{season.season.programme}/{season.season.edition}/jury"


async def let(season: Judged, number: int, name: str, biography: str = "", **more: str) -> int:
    """The judge gets a name and lets it be shown."""
    person_id = season.judges[number]
    await Person.update({Person.name: name}).where(Person.id == person_id)
    await Judge.update({Judge.named_since: AT, Judge.biography: biography}).where(Judge.person == person_id)
    for kind, value in more.items():
        await factories.add(Affiliation, person=person_id, kind=kind, organisation=value, since=AT)
    return person_id


async def rule(season: Judged, value: str) -> None:
    await EditionRule.delete().where(
        (EditionRule.edition == season.season.edition_id) & (EditionRule.code == "jury_public")
    )
    await factories.add(EditionRule, edition=season.season.edition_id, code="jury_public", value=value)


def words(page: Page) -> str:
    """Without the number of its request, which no two error pages share."""
    return re.sub(r"\b[0-9a-f]{16}\b", "", page.html)


async def test_those_who_let_it_are_named_and_the_others_counted(client: Client, clock: FixedClock) -> None:
    season = await published(clock, country="KR")
    await let(
        season, 2, "Zahra Amiri", "Has **built** parks\n\nfor twenty years.", employer="Institute of Parks"
    )
    await let(season, 0, "Ana Costa")
    await Affiliation.update({Affiliation.entrant: season.entrants[5]}).where(
        (Affiliation.person == season.judges[0]) & (Affiliation.kind == "home")
    )
    for state in ("invited", "declined", "ended"):
        person = await factories.judge(f"Absent {state}")
        await Judge.update({Judge.named_since: AT}).where(Judge.person == person)
        await factories.seat(season.season.round_id, person, state=state)
    with counting() as counter:
        page = await client.get(address(season))
    # Kept as bytes from then on; with more judges there are no more queries.
    assert len(counter) <= 10, counter.statements
    assert page.h1 == "The jury of Edition 2026"
    assert "4 judges, 2 of them not named at their own wish" in page.text
    assert page.text.index("Ana Costa") < page.text.index("Zahra Amiri")
    assert "Institute of Parks · France" in page.text
    assert "Vallmora, France" in page.text
    assert "for twenty years." in page.text
    assert "Absent" not in page.text
    for row in await Seat.select(Seat.label):
        assert row["label"] not in page.html
    for reference in season.references:
        assert reference not in page.html
    edition = await client.get(f"/awards/{season.season.programme}/{season.season.edition}")
    assert "Who judged this edition" in edition.text
    await client.click("Who judged this edition")


async def test_nobody_learns_of_the_jury_before_its_instant(client: Client, clock: FixedClock) -> None:
    """Nor that there is one: what is hidden answers as what is not there, byte for byte."""
    season = await decided(clock)
    edition = address(season).removesuffix("/jury")
    hidden, shown = words(await client.get(address(season), status=404)), await client.get(edition)
    for number, name in enumerate(("Ana Costa", "Bo Li", "Cem Kaya", "Dina Ek")):
        await let(season, number, name, "Canarybiography")
    assert words(await client.get(address(season), status=404)) == hidden
    assert words(await client.get(edition)) == words(shown)
    await sign(season, clock, await ask(season, clock, at=LATER))
    clock.move_to(LATER - timedelta(milliseconds=1))
    early = await client.get(address(season), status=404)
    assert "etag" not in early.response.headers
    for page in (early, await client.get(edition), await client.get(f"{edition}/inclusive")):
        for word in ("Ana Costa", "Canarybiography", "Who judge", "4 judges"):
            assert word not in page.html
    assert f'href="{address(season)}"' not in (await client.get(edition)).html
    clock.move_to(LATER)
    page = await client.get(address(season))
    assert "4 judges" in page.text
    assert "Canarybiography" in page.text
    assert f'href="{address(season)}"' in (await client.get(edition)).html


async def test_a_kept_page_follows_who_takes_their_word_back(
    client: Client, client_for: ClientFor, clock: FixedClock
) -> None:
    season = await published(clock)
    chiara = await client_for(CHIARA)
    await factories.make_judge(await id_of(CHIARA))
    await factories.seat(season.season.round_id, await id_of(CHIARA))
    await chiara.get("/bench/profile")
    await chiara.submit("Save what you said", biography="Builds parks.", named="1")
    first = await client.get(address(season))
    assert CHIARA.name in first.text
    tag = first.response.headers["etag"]
    same = await client.http.get(address(season), headers={"if-none-match": tag})
    assert (same.status_code, same.content) == (304, b"")
    await chiara.submit("Save what you said", biography="Builds parks.", named=())
    second = await client.get(address(season), headers={"if-none-match": tag})
    assert CHIARA.name not in second.text
    assert "parks" not in second.text
    assert "5 judges, 5 of them not named at their own wish" in second.text
    assert second.response.headers["etag"] != tag


@pytest.mark.parametrize("state", ["open", "judging", "decided"])
async def test_an_edition_may_name_its_jury_at_once_or_never(
    state: str, client: Client, clock: FixedClock
) -> None:
    season = await published(clock, state=state)
    await let(season, 0, "Ana Costa")
    await rule(season, "no")
    await client.get(address(season), status=404)
    await Publication.update({Publication.withdrawn_at: AT}).where(
        Publication.edition == season.season.edition_id
    )
    await rule(season, "after publication")
    await client.get(address(season), status=404)
    await rule(season, "now")
    page = await client.get(address(season))
    assert "Ana Costa" in page.text


async def test_there_is_no_page_without_a_jury(client: Client, clock: FixedClock) -> None:
    season = await factories.season(rules={"jury_public": "now"})
    await client.get(f"/awards/{season.programme}/{season.edition}/jury", status=404)
    draft = await factories.season(rules={"jury_public": "now"}, state="draft")
    await factories.seat(draft.round_id, await factories.judge())
    await client.get(f"/awards/{draft.programme}/{draft.edition}/jury", status=404)
    past = await factories.season(state="archived")
    await factories.seat(past.round_id, await factories.judge())
    await factories.publication(past.edition_id, kind="archive", number=1)
    await client.get(f"/awards/{past.programme}/{past.edition}/jury", status=404)


async def test_who_was_erased_is_only_counted(client: Client, clock: FixedClock) -> None:
    season = await published(clock)
    await let(season, 0, "Ana Costa", "Canarybiography")
    await Person.update({Person.erased_at: AT}).where(Person.id == season.judges[0])
    page = await client.get(address(season))
    assert "4 judges, 4 of them" in page.text
    assert "Canarybiography" not in page.text


def test_no_category_stands_in_the_way() -> None:
    document = EditionDocument(
        programme=ProgrammePart("wego", "WeGO Awards"), slug="2027", name="Edition 2027", year=2027,
        categories=(CategoryPart("jury", "Jury"),),
    )  # fmt: skip
    assert [one.place for one in problems_of(document)] == [("category", 0, "code")]
    assert plain(document)["rules"].get("jury_public") is None
    document = replace(document, rules=EditionRules(jury_public="at noon"))
    assert ("rules", "jury_public") in [one.place for one in problems_of(document)]
    assert plain(document)["rules"]["jury_public"] == "at noon"
