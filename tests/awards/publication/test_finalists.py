"""Finalists are announced while the final is still to come; who was named stays named."""

import json

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Edition, Round
from awards.errors import Denied, Invalid
from awards.outbox.tables import Message
from awards.publication import services
from awards.publication.gate import lacks_of
from awards.publication.tables import Publication, PublishedEntry
from tests import factories
from tests.awards.publication.published import ask, sign
from tests.awards.results.test_advancing import say
from tests.awards.results.two_rounds import two_rounds
from tests.factories import AT
from tests.page import Client
from tests.people import AMINA, BAO, id_of


async def test_finalists_are_named_and_nothing_else_is_decided(clock: FixedClock) -> None:
    season, _final = await two_rounds(clock)
    edition_id = season.season.edition_id
    assert [one.code for one in await lacks_of(edition_id, AT, "finalists")] == ["finalists"]
    with pytest.raises(Denied, match="no finalists"):
        await ask(season, clock, shows="finalists")
    await say(season, clock, 0, 1, 2)
    before = await Round.select(Round.state).order_by(Round.id)
    state = await Edition.select(Edition.state)
    assert await lacks_of(edition_id, AT, "finalists") == []
    assert await lacks_of(edition_id, AT) != [], "the final is still to come"
    await sign(season, clock, await ask(season, clock, shows="finalists"))
    rows = await PublishedEntry.select().order_by(PublishedEntry.id)
    assert [row["entrant_name"] for row in rows] == sorted(row["entrant_name"] for row in rows)
    assert {row["entry"] for row in rows} == set(season.entries[:3])
    for row in rows:
        assert set(json.loads(row["figures"])) == {"reference", "awards", "finalist"}
        assert (row["prize"], row["rank"], row["practice"]) == ("", None, "")
    assert await Round.select(Round.state).order_by(Round.id) == before
    assert await Edition.select(Edition.state) == state


async def test_each_entrant_is_told_at_this_step(clock: FixedClock) -> None:
    season, _final = await two_rounds(clock)
    await say(season, clock, 0, 1, 2)
    for member, city in ((AMINA, 0), (BAO, 5)):
        await factories.official(await id_of(member), season.entrants[city])
    await sign(season, clock, await ask(season, clock, shows="finalists"))
    await services.write_to_entrants(clock)
    rows = await Message.select(Message.template, Message.to).where(Message.template.like("result-%"))
    assert {(row["template"], row["to"]) for row in rows} == {
        ("result-finalist", AMINA.email), ("result-published", BAO.email),
    }  # fmt: skip


async def test_who_goes_on_no_more_is_a_correction(clock: FixedClock) -> None:
    season, _final = await two_rounds(clock)
    await say(season, clock, 0, 1, 2)
    await sign(season, clock, await ask(season, clock, shows="finalists"))
    await say(season, clock, 0, 1, reasons={2: "Its figures could not be shown."}, seen=6)
    with pytest.raises(Invalid) as refused:
        await ask(season, clock, shows="finalists")
    assert list(refused.value.errors) == ["note"]
    await sign(
        season,
        clock,
        await ask(season, clock, shows="finalists", note="One city does not stand by its figures."),
    )
    rows = await Publication.select(Publication.kind, Publication.note).order_by(Publication.number)
    assert [row["kind"] for row in rows] == ["finalists", "finalists"], "results are still not out"
    assert await PublishedEntry.count() == 3 + 2


async def test_names_are_read_where_results_will_stand(client: Client, clock: FixedClock) -> None:
    season, _final = await two_rounds(clock)
    await say(season, clock, 0, 1, 2)
    await sign(season, clock, await ask(season, clock, shows="finalists"))
    edition = f"/awards/{season.season.programme}/{season.season.edition}"
    for path in (edition, f"{edition}/inclusive", "/results"):
        page = await client.get(path)
        assert "In the final" in page.text, path
        assert "Lindmere" in page.text, path
        assert "No prize was awarded" not in page.text, path
    page = await client.get("/")
    assert "Who is in the final of" in page.text
    assert "is being judged" in page.text
    await client.get(f"{edition}/inclusive/lindmere", status=404)
