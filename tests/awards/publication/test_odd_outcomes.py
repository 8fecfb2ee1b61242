"""What pages say where nobody has a prize, where one is shared, and of names that are written from the right."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.editions.tables import Category, Prize
from awards.errors import Invalid
from awards.publication.differences import changes
from awards.publication.outcome import draft_from_rows
from awards.publication.services import SWEEPS
from awards.publication.tables import Publication
from awards.results import services as results
from awards.results.forms import DecidePrizes, JudgeRun
from awards.results.rules import NONE, Pick
from tests.awards.publication.published import ask, decided, sign
from tests.awards.results.judged import Judged, judged
from tests.factories import add
from tests.page import Client

NOBODY, FROM_THE_RIGHT = "Nothing here would help another city.", "مدينة النور"


async def decide(season: Judged, clock: FixedClock, category: str, *picks: Pick) -> None:
    command = DecidePrizes(edition_id=season.season.edition_id, category=category, picks=picks)
    await results.decide_prizes(command=command, actor=await season.actor(), clock=clock)


def none(prize: str, place: int = 1) -> Pick:
    return Pick(prize=prize, place=place, entry=NONE, reason=NOBODY)


async def test_an_edition_without_a_winner_says_so(client: Client, clock: FixedClock) -> None:
    season = await decided(clock, proposals=False)
    edition_id = season.season.edition_id
    empty = await add(Category, edition=edition_id, code="empty", name="Quiet streets", position=9)
    await add(
        Prize, edition=edition_id, category=empty, code="quiet", name="Best of it", position=1, places=1
    )
    await add(
        Prize, edition=edition_id, code="grand", name="Grand prize", position=1, places=1, kind="outside"
    )
    await decide(season, clock, "inclusive", none("gold"), none("silver"))
    await decide(season, clock, "", none("grand"))
    await decide(season, clock, "empty", none("quiet"))
    await sign(season, clock, await ask(season, clock, shows="winners"))
    for sweep in SWEEPS:
        await sweep(clock)
    here = f"/awards/{season.season.programme}/{season.season.edition}"
    front = await client.get("/")
    assert front.h1 == "Results of Edition 2026"
    assert "No prize was awarded." in front.text
    for path in ("/results", f"{here}/inclusive"):
        text = (await client.get(path)).text
        assert f"Gold is not awarded. {NOBODY}" in text, path
    for path in (here, f"{here}/versions/1", "/results", f"{here}/empty"):
        text = (await client.get(path)).text
        assert "Best of it" in text, path
        assert ("Grand prize" in text) is (path != f"{here}/empty"), path
    method = (await client.get(f"{here}/method")).text
    assert "Quiet streetsno entry" in method


async def test_a_published_reason_changes_by_a_correction_alone(clock: FixedClock) -> None:
    season = await decided(clock, proposals=False)
    given = Pick("gold", 1, season.references[1], reason="It reaches more people.")
    await decide(season, clock, "inclusive", given, none("silver"))
    await sign(season, clock, await ask(season, clock, shows="winners"))
    clock.advance(timedelta(minutes=1))
    await decide(
        season, clock, "inclusive",
        replace(given, reason="The other withdrew.", version=1), replace(none("silver"), reason="No money.", version=1),
    )  # fmt: skip
    with pytest.raises(Invalid, match="corrects"):
        await ask(season, clock, shows="ranks")
    await sign(season, clock, await ask(season, clock, shows="ranks", note="Both reasons were mixed up."))
    heads = await Publication.select(Publication.id).order_by(Publication.number)
    before, after = [(await draft_from_rows(head["id"]))[0] for head in heads]
    assert [(one.what, one.before, one.after) for one in changes(before, after)] == [
        ("Reason for Gold", "It reaches more people.", "The other withdrew."),
        ("Why Silver is not awarded", NOBODY, "No money."),
    ]


async def test_a_shared_prize_and_a_name_from_the_right(client: Client, clock: FixedClock) -> None:
    season = await judged(quality=(8, 8, 8, 5, 4, 3), severity=(0, 0, 0, 0),
                          marks={(entry, judge): (8, 8) for entry in range(3) for judge in range(4)})  # fmt: skip
    await Entrant.update({Entrant.name: FROM_THE_RIGHT}).where(Entrant.id == season.entrants[0])
    await Prize.update({Prize.places: 2}).where(Prize.id == season.silver_id)
    actor, round_id = await season.actor(), season.season.round_id
    number = await results.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await results.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    refs = season.references
    await decide(
        season, clock, "inclusive", Pick("gold", 1, refs[0], reason="Level."), Pick("gold", 2, refs[1], reason="Level."),
        Pick("silver", 1, refs[2], reason="Level."), none("silver", 2),
    )  # fmt: skip
    await sign(season, clock, await ask(season, clock, shows="full"))
    here = f"/awards/{season.season.programme}/{season.season.edition}"
    text = (await client.get(f"{here}/inclusive")).text
    assert text.count("Gold (shared)") == 2
    assert "Silver (shared)" not in text
    assert "Silver, place 2 of 2 is not awarded." in text
    alone = f"\u2068{FROM_THE_RIGHT}\u2069"
    assert f"Why Gold goes to {alone}:" in text
    assert f"{alone} was ahead of Port Amaranth in" in text
