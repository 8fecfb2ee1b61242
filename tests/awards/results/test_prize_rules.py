"""Prizes for some entrants only and to the next of these, from the stored prize to what is decided and refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.actor import SYSTEM
from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.editions.tables import Prize
from awards.entries.tables import Entry
from awards.errors import Invalid
from awards.results import services
from awards.results.candidates import ranks_in, ranks_over_all
from awards.results.forms import DecidePrizes, JudgeRun
from awards.results.queries import prize_table, unexplained_prizes
from awards.results.queries.prizes import PrizeTable
from awards.results.rules import NONE, Pick, Place
from judging import TieBreak, decide, verdict_document
from judging.scoring import score, tabulate
from tests import factories
from tests.awards.results.judged import Judged, judged
from tests.awards.results.meeting import Met, met
from tests.awards.results.test_deliberation import leave, move
from tests.factories import AT, add
from tests.judging.test_verdict import round_of
from tests.people import LEILA

AFRICA = (3, 4)  # of six cities, in the order of their ranks; the others lie in Asia
FIRM = 1


async def ringed(clock: FixedClock) -> Judged:
    season = await judged()
    edition, category = season.season.edition_id, season.season.category_id
    rings = (
        ("firm", "Best firm", 3, "ring-fenced", category, '[["kind","firm"]]'),
        ("africa", "Next of Africa", 4, "cascade", category, '[["region","Africa"]]'),
        ("asia", "Next of Asia", 5, "cascade", None, '[["past","gold"],["past","silver"],["region","Asia"]]'),
    )
    for code, name, position, kind, where, values in rings:
        await add(
            Prize, edition=edition, category=where, code=code, name=name, position=position, places=1, kind=kind,
            values=values,
        )  # fmt: skip
    for number in AFRICA:
        await Entrant.update({Entrant.region: "Africa"}).where(Entrant.id == season.entrants[number])
    # A firm enters for a city: it is a firm, and its region is the city's.
    firm = await factories.entrant("Signal Works", kind="firm", region="")
    await Entry.update({Entry.entrant: firm, Entry.for_city: season.entrants[FIRM]}).where(
        Entry.id == season.entries[FIRM]
    )
    actor, round_id = await season.actor(), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    return season


async def table(season: Judged) -> PrizeTable:
    return await prize_table(season.season.edition_id, SYSTEM, AT)


def by_code(found: PrizeTable) -> dict[str, Place]:
    return {place.prize: place for category, _name in found.categories for place in found.places(category)}


async def pick(season: Judged, clock: FixedClock, *picks: Pick, category: str = "inclusive") -> None:
    await services.decide_prizes(
        command=DecidePrizes(season.season.edition_id, category, picks),
        actor=await season.actor(), clock=clock,
    )  # fmt: skip


async def test_every_kind_is_proposed_by_its_rule_and_taken_in_one_go(clock: FixedClock) -> None:
    season = await ringed(clock)
    places = by_code(await table(season))
    refs = season.references
    # Gold and silver go to 0 and 1; the firm is 1; Africa's best is 3; Asia's next after 0 and 1 is 2.
    assert {code: place.proposed for code, place in places.items()} == {
        "gold": (refs[0],), "silver": (refs[1],), "firm": (refs[1],), "africa": (refs[3],), "asia": (refs[2],),
    }  # fmt: skip
    assert places["asia"].passed == (refs[0], refs[1])
    taken = await services.take_proposals(
        edition_id=season.season.edition_id, actor=await season.actor(), clock=clock
    )
    assert taken == 5
    assert {code: place.decided for code, place in by_code(await table(season)).items()} == {
        code: place.proposed[0] for code, place in places.items()
    }
    assert await unexplained_prizes(season.season.edition_id, AT) == []


async def test_a_prize_is_not_given_to_whom_it_is_not_for(clock: FixedClock) -> None:
    season = await ringed(clock)
    with pytest.raises(Invalid) as refused:
        await pick(season, clock, Pick("firm", 1, season.references[0], "It is large."))
    assert "is not one of those" in refused.value.errors["entry-firm-1"]
    found = await table(season)
    firm = next(row.rule for row in found.decisions if row.prize == "firm")
    assert [one.reference for one in found.eligible(firm)] == [season.references[FIRM]]


async def test_who_passes_over_others_sees_what_people_decide_in_the_same_form(clock: FixedClock) -> None:
    """Gold goes by decision to the best of Africa: the prize for the next of Africa is then the other one's."""
    season = await ringed(clock)
    refs = season.references
    with pytest.raises(Invalid) as refused:
        await pick(season, clock, Pick("gold", 1, refs[3], "The jury’s vote."), Pick("africa", 1, refs[3]))
    assert set(refused.value.errors) == {"reason-africa-1"}
    await pick(season, clock, Pick("gold", 1, refs[3], "The jury’s vote."), Pick("africa", 1, refs[4]))
    places = by_code(await table(season))
    assert (places["africa"].proposed, places["africa"].passed) == ((refs[4],), (refs[3],))


async def test_a_decision_that_the_rule_no_longer_gives_stands_at_the_gate(clock: FixedClock) -> None:
    season = await ringed(clock)
    await services.take_proposals(
        edition_id=season.season.edition_id, actor=await season.actor(), clock=clock
    )
    # Gold is given to another: who is passed over is another now, and nobody looked at that prize again.
    await pick(season, clock, Pick("gold", 1, season.references[3], "The jury’s vote.", version=1))
    lacks = await unexplained_prizes(season.season.edition_id, AT)
    assert [lack.reference for lack in lacks] == ["africa", "asia"]
    again = Pick("africa", 1, NONE, "Nobody else of Africa was close.", version=1)
    await pick(season, clock, again)
    assert [lack.reference for lack in await unexplained_prizes(season.season.edition_id, AT)] == ["asia"]


async def test_the_order_that_a_panel_left_proposes_and_the_numbers_stand_beside_it(
    clock: FixedClock,
) -> None:
    made: Met = await met(clock)
    refs = made.season.references
    await leave(made, LEILA, 0, by=LEILA)
    await move(made, 2, "1")
    await made.consent(await made.sign(statement="The panel visited three cities."))
    found = await prize_table(made.season.season.edition_id, SYSTEM, AT)
    gold = by_code(found)["gold"]
    assert gold.proposed == (refs[2],)
    assert gold.numbers == (refs[0],)
    # Over all categories an order that panels left says nothing; what the numbers say stands there all the same.
    assert {one.overall for one in found.lined_up()} == {None}
    assert {one.overall for one in found.lined_up(by_numbers=True)} == set(range(1, 7))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_ranks_are_those_of_the_engine_over_all_categories_too(seed: int, breaks: bool) -> None:
    inputs = round_of(seed, entries=6)
    rules = (TieBreak("criterion", "X"), TieBreak("raw"), TieBreak("sheets")) if breaks else ()
    inputs = type(inputs)(
        **{**{name: getattr(inputs, name) for name in inputs.__slots__}, "tie_breaks": rules, "draws": 0}
    )
    body = verdict_document(decide(inputs))
    scored = score(tabulate(inputs), inputs.method)
    names = [entry.id for entry in scored.table.entries]
    for category in inputs.categories:
        expected = dict(zip(names, scored.ranks_in(category) or [None] * len(names), strict=True))
        found = ranks_in(body, category)
        assert found == {name: expected[name] for name in found}
    assert ranks_over_all(body, rules) == dict(
        zip(names, scored.ranks_in(None) or [None] * len(names), strict=True)
    )
