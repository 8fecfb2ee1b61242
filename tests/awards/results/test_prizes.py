"""Prizes: proposed by the order, decided by people with a reason where the order does not say it."""

import pytest

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.editions.tables import Prize
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.results import services
from awards.results.forms import DecidePrizes, JudgeRun
from awards.results.queries import (
    conflicted_categories,
    prize_table,
)
from awards.results.rules import NONE, Pick, Place, needs_reason, propose
from awards.results.tables import PrizeDecision
from tests import factories
from tests.awards.results.judged import Judged, judged
from tests.awards.results.ties import BY_RULE, NOT_BY_RULE, TIES, Tie
from tests.factories import AT


async def with_run(clock: FixedClock, **more: object) -> Judged:
    season = await judged(**more)
    actor, round_id = await season.actor(), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    return season


async def places(season: Judged) -> dict[tuple[str, int], Place]:
    edition = season.season.edition_id
    found = await prize_table(edition, SYSTEM, AT)
    return {(place.prize, place.place): place for place in found.places("inclusive")}


def command(season: Judged, *picks: Pick) -> DecidePrizes:
    return DecidePrizes(season.season.edition_id, "inclusive", picks)


async def test_the_order_proposes_and_is_taken_in_one_go(clock: FixedClock) -> None:
    season = await with_run(clock)
    before = await places(season)
    assert before["gold", 1].proposed == (season.references[0],)
    assert before["silver", 1].proposed == (season.references[1],)
    actor = await season.actor()
    assert await services.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock) == 2
    after = await places(season)
    assert [place.decided for place in after.values()] == list(season.references[:2])
    assert await services.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock) == 0


async def test_no_prize_by_rank_without_an_adopted_run(clock: FixedClock) -> None:
    season = await judged()
    with pytest.raises(Denied) as refused:
        await services.decide_prizes(
            command=command(season, Pick("gold", 1, season.references[0])),
            actor=await season.actor(),
            clock=clock,
        )
    assert refused.value.code == "no run"


async def test_no_prize_while_a_later_round_is_judged(clock: FixedClock) -> None:
    season = await with_run(clock)
    await factories.judging_round(
        season.season.edition_id, code="final", name="Final", position=2, state="open"
    )
    with pytest.raises(Denied) as refused:
        await services.decide_prizes(
            command=command(season, Pick("gold", 1, season.references[0])),
            actor=await season.actor(),
            clock=clock,
        )
    assert refused.value.code == "round open"


async def test_another_choice_than_the_order_needs_a_reason(clock: FixedClock) -> None:
    season = await with_run(clock)
    actor = await season.actor()
    pick = Pick("gold", 1, season.references[2])
    with pytest.raises(Invalid) as refused:
        await services.decide_prizes(command=command(season, pick), actor=actor, clock=clock)
    assert set(refused.value.errors) == {"reason-gold-1"}
    chosen = Pick("gold", 1, season.references[2], reason="The others could not show a comparison.")
    assert await services.decide_prizes(command=command(season, chosen), actor=actor, clock=clock) == 1
    assert (await places(season))["gold", 1].decided == season.references[2]


async def test_two_entries_change_places_in_one_form_and_versions_are_kept(clock: FixedClock) -> None:
    season = await with_run(clock)
    actor = await season.actor()
    await services.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock)
    swapped = command(
        season,
        Pick("gold", 1, season.references[1], reason="The jury's vote", version=1),
        Pick("silver", 1, season.references[0], reason="The jury's vote", version=1),
    )
    await services.decide_prizes(command=swapped, actor=actor, clock=clock)
    assert await PrizeDecision.count() == 4
    with pytest.raises(Stale):
        await services.decide_prizes(
            command=command(season, Pick("gold", 1, NONE, reason="No", version=1)), actor=actor, clock=clock
        )


async def test_not_awarded_needs_a_reason_and_a_decision_is_never_undone(clock: FixedClock) -> None:
    season = await with_run(clock)
    actor = await season.actor()
    with pytest.raises(Invalid):
        await services.decide_prizes(
            command=command(season, Pick("silver", 1, NONE)), actor=actor, clock=clock
        )
    given = command(season, Pick("silver", 1, NONE, reason="Nobody met the threshold."))
    await services.decide_prizes(command=given, actor=actor, clock=clock)
    assert (await PrizeDecision.select(PrizeDecision.entry))[0]["entry"] is None
    with pytest.raises(Invalid) as refused:
        await services.decide_prizes(
            command=command(season, Pick("silver", 1, "", version=1)), actor=actor, clock=clock
        )
    assert "entry-silver-1" in refused.value.errors


async def test_one_entry_has_one_prize_of_the_order(clock: FixedClock) -> None:
    season = await with_run(clock)
    both = command(
        season,
        Pick("gold", 1, season.references[0]),
        Pick("silver", 1, season.references[0], reason="Twice as good"),
    )
    with pytest.raises(Invalid) as refused:
        await services.decide_prizes(command=both, actor=await season.actor(), clock=clock)
    assert set(refused.value.errors) == {"entry-silver-1"}


async def test_an_entry_of_elsewhere_is_no_choice(clock: FixedClock) -> None:
    season, other = await with_run(clock), await judged()
    with pytest.raises(Invalid):
        await services.decide_prizes(
            command=command(season, Pick("gold", 1, other.references[0], reason="Better")),
            actor=await season.actor(), clock=clock,
        )  # fmt: skip


async def test_a_tie_that_no_rule_breaks_is_decided_with_a_reason_or_shared(clock: FixedClock) -> None:
    # Everybody reads the first two, and the same from both: the official numbers are equal.
    everyone = tuple((0, 1, 2, 3) for _ in range(6))
    season = await with_run(clock, quality=(8, 8, 6, 5, 4, 3), readers=everyone)
    found = await places(season)
    assert found["gold", 1].proposed == season.references[:2]
    assert found["gold", 2].proposed == season.references[:2]
    assert found["silver", 1].proposed == ()
    actor = await season.actor()
    assert await services.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock) == 0
    shared = command(
        season,
        Pick("gold", 1, season.references[0], reason="Equal by every rule: gold is shared."),
        Pick("gold", 2, season.references[1], reason="Equal by every rule: gold is shared."),
        Pick("silver", 1, NONE, reason="Gold is shared."),
    )
    assert await services.decide_prizes(command=shared, actor=actor, clock=clock) == 3


async def test_sharing_by_choice_adds_a_place(clock: FixedClock) -> None:
    season = await with_run(clock)
    await Prize.update({Prize.kind: "outside"}).where(Prize.id == season.silver_id)
    shared = command(
        season,
        Pick("silver", 1, season.references[3], reason="Public vote"),
        Pick("silver", 2, season.references[4], reason="Public vote, as many"),
    )
    assert await services.decide_prizes(command=shared, actor=await season.actor(), clock=clock) == 2
    beyond = command(season, Pick("silver", 5, season.references[5], reason="Why not"))
    with pytest.raises(Invalid):
        await services.decide_prizes(command=beyond, actor=await season.actor(), clock=clock)


@pytest.mark.parametrize("tie", [*TIES, *BY_RULE])
async def test_a_category_in_conflict_does_not_exist(clock: FixedClock, tie: Tie) -> None:
    season = await with_run(clock)
    actor = await season.actor()
    await tie(season, actor.person_id)
    with pytest.raises(NotFound):
        await services.decide_prizes(
            command=command(season, Pick("gold", 1, season.references[0])), actor=actor, clock=clock
        )
    assert await services.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock) == 0


async def test_a_tie_to_an_entry_that_is_gone_keeps_the_page_away_as_it_keeps_the_verb(
    clock: FixedClock,
) -> None:
    """Where the page showed the form, what was typed there was answered with a page that does not exist."""
    season = await with_run(clock)
    actor = await season.actor()
    await factories.official(actor.person_id, season.entrants[5])
    await Entry.update({Entry.state: "withdrawn"}).where(Entry.id == season.entries[5])
    table = await prize_table(season.season.edition_id, actor, AT)
    assert table.is_hidden("inclusive")
    assert table.is_hidden("")


def test_places_follow_the_winners() -> None:
    assert propose(2, None, False) == ((), ())
    assert propose(2, ["a"], False) == (("a",), ())
    assert propose(1, ["a", "b"], True) == (("a", "b"), ("a", "b"))
    assert propose(0, [], False) == ()


def test_a_reason_is_needed_where_the_order_is_silent() -> None:
    ranked = Place("gold", "Gold", 1, "ranked", 1, ("a",), "", 0)
    assert not needs_reason(ranked, "a")
    assert not needs_reason(ranked, "")
    assert needs_reason(ranked, "b")
    assert needs_reason(ranked, NONE)
    assert needs_reason(Place("vote", "Vote", 1, "outside", 1, ("a",), "", 0), "a")


async def test_the_rules_of_the_edition_say_what_ties(clock: FixedClock) -> None:
    for ties, hidden in ((NOT_BY_RULE, frozenset()), (BY_RULE[:1], {"inclusive"})):
        for tie in ties:
            season = await judged()
            actor = await season.actor()
            await tie(season, actor.person_id)
            found = await conflicted_categories(season.season.edition_id, actor.person_id, clock.now())
            assert found == hidden, tie.__name__
