"""Several rounds: who goes on by rule or by hand with a reason, what is carried over, and who is told nothing of it."""

import json
from fractions import Fraction

import pytest
from msgspec.structs import replace

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.forms import PutIntoRound
from awards.panels.queries.field import field_of
from awards.panels.services import put_into_round
from awards.panels.tables import RoundEntry
from awards.results import services
from awards.results.advancing import Choice, Stand, by_rule, near_the_line
from awards.results.forms import AdvanceEntries, JudgeRun
from awards.results.queries.advancing import advanced, advancing_table
from awards.results.queries.meeting import sitting_by_id
from awards.results.tables import Advance, CalibrationRun
from awards.results.views_deliberation import criteria_of, order_of, with_agreed
from awards.web.words import score
from tests import factories
from tests.awards.results.judged import Judged
from tests.awards.results.two_rounds import judge_final, two_rounds
from tests.factories import AT


async def say(
    season: Judged, clock: FixedClock, *ups: int, reasons: dict[int, str] | None = None, seen: int = 0
) -> int:
    choices = tuple(
        Choice(reference, number in ups, (reasons or {}).get(number, ""))
        for number, reference in enumerate(season.references)
    )
    command = AdvanceEntries(season.season.edition_id, "first", choices, seen)
    return await services.advance_entries(command=command, actor=await season.actor(), clock=clock)


async def inside(final: int) -> list[int]:
    rows = await RoundEntry.select(RoundEntry.entry).where(RoundEntry.round == final)
    return sorted(row["entry"] for row in rows)


async def test_the_first_of_a_category_go_on_in_one_transaction(clock: FixedClock) -> None:
    season, final = await two_rounds(clock)
    table = await advancing_table(season.season.edition_id, "first", await season.actor(), AT)
    assert table.proposed == set(season.references[:3])
    assert await say(season, clock, 0, 1, 2) == 3
    assert await inside(final) == sorted(season.entries[:3])
    outcomes = await RoundEntry.select(RoundEntry.outcome).where(RoundEntry.round == season.season.round_id)
    assert [row["outcome"] for row in outcomes].count("advanced") == 3
    rows = await RoundEntry.select(RoundEntry.sheets_wanted, RoundEntry.entry_version).where(
        RoundEntry.round == final
    )
    assert all(row["sheets_wanted"] == 2 and row["entry_version"] for row in rows)
    assert await advanced(season.season.edition_id) == set(season.references[:3])
    assert await Event.count().where(Event.action == "entries let go on to the next round") == 1


async def test_what_the_rule_does_not_say_needs_a_reason_and_can_be_said_again(clock: FixedClock) -> None:
    season, final = await two_rounds(clock)
    with pytest.raises(Invalid) as refused:
        await say(season, clock, 0, 1, 4)
    assert set(refused.value.errors) == {f"reason-{season.references[n]}" for n in (2, 4)}
    await say(season, clock, 0, 1, 4, reasons={2: "The city withdrew its pilot.", 4: "The jury’s wild card."})
    assert await inside(final) == sorted([*season.entries[:2], season.entries[4]])
    with pytest.raises(Stale):
        await say(season, clock, 0, 1, 2)
    seen = (await advancing_table(season.season.edition_id, "first", await season.actor(), AT)).seen
    await say(season, clock, 0, 1, 2, seen=seen)
    assert await inside(final) == sorted(season.entries[:3])
    # Everything that was said stays: six entries, of which two were spoken of once more.
    assert await Advance.count() == 8


@pytest.mark.parametrize(
    ("state", "later", "code"),
    [("closed", "draft", "not decided"), ("decided", "open", "round open"), ("decided", None, "last round")],
)
async def test_who_goes_on_rests_on_a_decided_round_and_a_draft(
    clock: FixedClock, state: str, later: str | None, code: str
) -> None:
    season, final = await two_rounds(clock, decide=state == "decided")
    if later is None:
        await Round.delete().where(Round.id == final)
    else:
        await Round.update({Round.state: later}).where(Round.id == final)
    with pytest.raises(Denied) as refused:
        await say(season, clock, 0, 1, 2)
    assert refused.value.code == code
    assert not await Advance.exists()


async def test_who_is_in_conflict_leaves_it_to_another_and_strangers_find_nothing(clock: FixedClock) -> None:
    season, _final = await two_rounds(clock)
    actor = await season.actor()
    await factories.official(actor.person_id, season.entrants[5])
    with pytest.raises(Denied) as refused:
        await say(season, clock, 0, 1, 2)
    assert refused.value.code == "in conflict"
    choices = tuple(Choice(reference, True) for reference in season.references)
    with pytest.raises(NotFound):
        await services.advance_entries(
            command=AdvanceEntries(season.season.edition_id, "first", choices, 0),
            actor=Actor(person_id=actor.person_id, name="A stranger"),
            clock=clock,
        )


async def test_an_entry_that_was_given_to_judges_is_not_taken_out(clock: FixedClock) -> None:
    season, final = await two_rounds(clock)
    await say(season, clock, 0, 1, 2)
    seat = await factories.seat(final, season.judges[0], label="F1")
    row = await RoundEntry.select(RoundEntry.id).where(
        (RoundEntry.round == final) & (RoundEntry.entry == season.entries[2])
    )
    await factories.assignment(row[0]["id"], seat)
    with pytest.raises(Invalid) as refused:
        await say(season, clock, 0, 1, reasons={2: "Withdrawn"}, seen=6)
    assert set(refused.value.errors) == {f"go-{season.references[2]}"}


async def test_who_did_not_go_on_comes_in_by_no_other_door(clock: FixedClock) -> None:
    season, final = await two_rounds(clock)
    assert (await field_of(season.season.edition_id, final)).candidates == ()
    with pytest.raises(Invalid):
        await put_into_round(round_id=final, command=PutIntoRound(), actor=await season.actor(), clock=clock)
    late = await factories.entry(season.season, await factories.entrant("Latecomer"), state="eligible")
    assert await put_into_round(
        round_id=final, command=PutIntoRound(), actor=await season.actor(), clock=clock
    ) == 1  # fmt: skip
    assert await inside(final) == [late]


async def test_who_has_left_is_no_finalist(clock: FixedClock) -> None:
    season, _final = await two_rounds(clock)
    await say(season, clock, 0, 1, 2)
    await Entry.update({Entry.state: "withdrawn"}).where(Entry.id == season.entries[1])
    assert await advanced(season.season.edition_id) == {season.references[0], season.references[2]}


async def test_the_final_counts_what_the_longlist_gave(clock: FixedClock) -> None:
    """Half and half: the final's own order is turned round, and the total is the mean of both rounds, exactly."""
    season, final = await two_rounds(clock, carried=100)
    await say(season, clock, 0, 1, 2)
    await judge_final(season, final)
    number = await services.calibrate_round(round_id=final, actor=await season.actor(), clock=clock)
    run = (
        await CalibrationRun.select(CalibrationRun.inputs, CalibrationRun.body)
        .where((CalibrationRun.round == final) & (CalibrationRun.number == number))
        .first()
    )
    assert run is not None
    inputs, body = json.loads(run["inputs"]), json.loads(run["body"])
    assert [one["weight"] for one in inputs["carried"]] == [100] * 3
    before = {one["entry"]: one["total"] for one in inputs["carried"]}
    found = {(one["entry"], one["scope"]): one for one in body["standings"]}
    for reference in season.references[:3]:
        own = [60 * found[reference, "impact"]["estimate"], 40 * found[reference, "new"]["estimate"]]
        total = round(Fraction(sum(own) + 100 * before[reference], 200))
        assert found[reference, "all"]["estimate"] == total
    # Without what is carried, the third would be ahead of the first by three points.
    assert found[season.references[2], "all"]["estimate"] < found[season.references[2], "impact"]["estimate"]


def test_a_line_takes_in_whoever_is_tied_at_it() -> None:
    stands = [
        Stand(f"E{n}", "a", rank, Fraction(score)) for n, (rank, score) in enumerate([(1, 9), (2, 8), (2, 8), (4, 7)])
    ] + [Stand("X", "b", 1, Fraction(2)), Stand("Y", "b", None, None)]  # fmt: skip
    assert by_rule(stands, ("top", "2")) == {"E0", "E1", "E2", "X"}
    assert by_rule(stands, ("top", "1")) == {"E0", "X"}
    assert by_rule(stands, ("threshold", "8")) == {"E0", "E1", "E2"}
    assert by_rule(stands, ("", "")) == frozenset()
    # Who has left makes room.
    assert by_rule([stands[0], stands[3]], ("top", "2")) == {"E0", "E3"}


def test_how_sure_it_is_at_the_line() -> None:
    one = Stand("E", "a", 3, Fraction(7), Fraction(1, 2), 2, 5)
    assert near_the_line(one, ("top", "3"))
    assert not near_the_line(one, ("top", "5"))
    assert near_the_line(one, ("threshold", "7.5"))
    assert not near_the_line(one, ("threshold", "8"))
    assert not near_the_line(one, ("", ""))


async def test_agreed_marks_that_say_what_the_sheets_say_change_no_score(clock: FixedClock) -> None:
    """The score that a panel reads beside its agreed marks holds what is carried over, as every total does."""
    season, final = await two_rounds(clock, carried=50)
    await say(season, clock, 0, 1, 2)
    await judge_final(season, final)
    actor = await season.actor()
    number = await services.calibrate_round(round_id=final, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=final, number=number), actor=actor, clock=clock)
    found = await sitting_by_id(final, "inclusive", actor, clock.now())
    for row in order_of(found).rows:
        same = [replace(one, agreed=one.estimate) for one in criteria_of(found, row)]
        assert row.estimate is not None
        said = with_agreed(found, row, same)
        assert f"score {score(row.estimate, 2)} and stand at place {row.by_numbers} " in said
