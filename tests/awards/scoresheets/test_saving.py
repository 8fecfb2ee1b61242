"""A save is an operation: applied once, on the version it was made from, while the round takes marks."""

import asyncio
import json
from contextvars import copy_context
from datetime import timedelta

import pytest

from awards.actor import Actor
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting, transaction
from awards.editions.rules import RoundState
from awards.editions.steps import hold_rounds, move_round
from awards.editions.tables import Round, Scale
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.tables import Assignment, RoundEntry, Seat
from awards.scoresheets.forms import operation_of_json
from awards.scoresheets.rules import rebuilt
from awards.scoresheets.services import open_sheet, save_sheet
from awards.scoresheets.tables import Mark, Scoresheet, SheetNote, SheetRevision
from awards.web.fields import BadInput
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, MILLISECOND, Bench, bench, save
from tests.factories import AT, DAY


async def rows_of(made: Bench) -> dict[str, object]:
    """What the current rows say, in the shape in which `rebuilt` says what the revisions do."""
    marks = await Mark.raw("SELECT k.code, m.value FROM mark m JOIN criterion k ON k.id = m.criterion"
                           " WHERE m.value IS NOT NULL")  # fmt: skip
    notes = await SheetNote.select(SheetNote.audience, SheetNote.text).where(SheetNote.text != "")
    sheets = await Scoresheet.select(Scoresheet.confidence)
    state = await Assignment.select(Assignment.state).where(Assignment.id == made.assignments[0])
    return {
        "marks": {row["code"]: row["value"] for row in marks},
        "notes": {row["audience"]: row["text"] for row in notes},
        "confidence": sheets[0]["confidence"] if sheets else "",
        "signed": state[0]["state"] == "signed",
    }


async def test_a_save_appends_a_revision_and_moves_the_rows(clock: FixedClock) -> None:
    made = await bench()
    first = await save_sheet(
        where=made.where(), command=save("first", 0, {"impact": 7}), actor=made.judge, clock=clock
    )
    clock.advance(timedelta(minutes=1))
    second = await save_sheet(
        where=made.where(),
        command=save("second", 1, {"impact": None, "new": 10}, city="Well told."),
        actor=made.judge,
        clock=clock,
    )
    assert (first.version, second.version, second.at) == (1, 2, AT + timedelta(minutes=1))
    revisions = await SheetRevision.select().order_by(SheetRevision.version)
    assert [(row["version"], row["base_version"]) for row in revisions] == [(1, 0), (2, 1)]
    assert rebuilt(json.loads(row["change"]) for row in revisions) == await rows_of(made)
    assert await rows_of(made) == {
        "marks": {"new": 10}, "notes": {"city": "Well told."}, "confidence": "", "signed": False,
    }  # fmt: skip
    assignment = (await Assignment.select().where(Assignment.id == made.assignments[0]))[0]
    assert (assignment["state"], assignment["saved_at"]) == ("started", AT + timedelta(minutes=1))
    events = await Event.select(Event.action, Event.as_role).order_by(Event.seq)
    assert [event["action"] for event in events] == ["sheet saved", "sheet saved"]


async def test_the_same_key_again_gets_the_stored_answer(clock: FixedClock) -> None:
    made = await bench()
    command = save("key", 0, {"impact": 7})
    first = await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
    clock.advance(DAY * 2)  # the round is over: what was acknowledged stays acknowledged
    again = await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
    assert (again.version, again.at, again.already) == (first.version, first.at, True)
    assert await SheetRevision.count() == 1
    assert await Event.count() == 1


async def test_the_same_key_with_other_content_is_refused(clock: FixedClock) -> None:
    made = await bench(entries=2)
    await save_sheet(where=made.where(), command=save("key", 0, {"impact": 7}), actor=made.judge, clock=clock)
    others: list[tuple[int, dict[str, int | None]]] = [(0, {"impact": 8}), (1, {"impact": 7})]
    for number, other in others:
        with pytest.raises(Invalid):
            await save_sheet(
                where=made.where(number), command=save("key", 0, other), actor=made.judge, clock=clock
            )
    assert await SheetRevision.count() == 1


async def test_two_tabs_overwrite_nothing(clock: FixedClock) -> None:
    made = await bench()
    await save_sheet(
        where=made.where(), command=save("tab one", 0, {"impact": 7}), actor=made.judge, clock=clock
    )
    with pytest.raises(Stale):
        await save_sheet(
            where=made.where(), command=save("tab two", 0, {"impact": 2}), actor=made.judge, clock=clock
        )
    assert (await rows_of(made))["marks"] == {"impact": 7}
    assert await SheetRevision.count() == 1


@pytest.mark.parametrize(
    ("offset", "taken"), [(-MILLISECOND, True), (timedelta(0), False), (MILLISECOND, False)]
)
async def test_the_deadline_is_half_open(clock: FixedClock, offset: timedelta, taken: bool) -> None:
    made = await bench()
    clock.move_to(CLOSES + offset)
    if taken:
        await save_sheet(
            where=made.where(), command=save("key", 0, {"new": 1}), actor=made.judge, clock=clock
        )
    else:
        with pytest.raises(Denied, match="round closed"):
            await save_sheet(
                where=made.where(), command=save("key", 0, {"new": 1}), actor=made.judge, clock=clock
            )
    assert await SheetRevision.count() == int(taken)


@pytest.mark.parametrize("offset", [-MILLISECOND, timedelta(0)])
async def test_an_extended_seat_has_its_own_deadline(clock: FixedClock, offset: timedelta) -> None:
    made = await bench()
    until = CLOSES + 2 * DAY
    await Seat.update({Seat.extended_until: until}).where(Seat.id == made.seat_id)
    clock.move_to(until + offset)
    command = save("key", 0, {"new": 1})
    if offset:
        await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
    else:
        with pytest.raises(Denied):
            await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)


async def test_nothing_is_saved_before_the_round_opens_or_after_it_was_closed(clock: FixedClock) -> None:
    made = await bench()
    for state in ("draft", "closed", "decided", "extra"):
        await Round.update({Round.state: state}).where(Round.id == made.season.round_id)
        with pytest.raises(Denied):
            await save_sheet(
                where=made.where(), command=save("key", 0, {"new": 1}), actor=made.judge, clock=clock
            )
    await Round.update({Round.state: "open"}).where(Round.id == made.season.round_id)
    clock.move_to(AT - DAY - MILLISECOND)
    with pytest.raises(Denied):
        await save_sheet(
            where=made.where(), command=save("key", 0, {"new": 1}), actor=made.judge, clock=clock
        )
    assert await Scoresheet.count() == 0


async def test_an_extra_round_takes_extra_sheets_only(clock: FixedClock) -> None:
    made = await bench()
    await Round.update({Round.state: "extra"}).where(Round.id == made.season.round_id)
    clock.move_to(CLOSES + DAY)

    async def keep(base: int) -> int:
        command = save(f"key{base}", base, {"new": 1 + base})
        return (await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)).version

    # One of an earlier time of further reads is frozen as all others are.
    await Assignment.update({Assignment.origin: "extra"}).where(Assignment.id == made.assignments[0])
    with pytest.raises(Denied):
        await keep(0)
    until = CLOSES + 2 * DAY
    await Assignment.update({Assignment.extra_until: until}).where(Assignment.id == made.assignments[0])
    assert await keep(0) == 1
    clock.move_to(until - MILLISECOND)
    assert await keep(1) == 2
    clock.move_to(until)
    with pytest.raises(Denied):
        await keep(2)


@pytest.mark.parametrize("state", ["signed", "recused", "withdrawn", "set aside"])
async def test_a_sheet_that_is_over_takes_nothing(clock: FixedClock, state: str) -> None:
    made = await bench()
    await Assignment.update({Assignment.state: state}).where(Assignment.id == made.assignments[0])
    with pytest.raises(Denied):
        await save_sheet(
            where=made.where(), command=save("key", 0, {"new": 1}), actor=made.judge, clock=clock
        )
    assert await Mark.count() == 0


async def test_terms_and_conflicts_come_first(clock: FixedClock) -> None:
    for made in (await bench(accepted=False), await bench(declared=False)):
        with pytest.raises(Denied, match=r"terms|conflicts"):
            await save_sheet(
                where=made.where(), command=save("key", 0, {"new": 1}), actor=made.judge, clock=clock
            )
    late = await bench()
    await RoundEntry.update({RoundEntry.created_at: AT + DAY}).where(RoundEntry.round == late.season.round_id)
    with pytest.raises(Denied, match="conflicts"):
        await save_sheet(
            where=late.where(), command=save("key", 0, {"new": 1}), actor=late.judge, clock=clock
        )


async def test_somebody_elses_sheet_does_not_exist(clock: FixedClock) -> None:
    made, other = await bench(), await bench()
    for actor, where in (
        (other.judge, made.where()),
        (Actor(person_id=await factories.person(), name="Nadia"), made.where()),
        (made.judge, other.where()),
    ):
        with pytest.raises(NotFound):
            await save_sheet(where=where, command=save("key", 0, {"new": 1}), actor=actor, clock=clock)


async def test_an_invited_judge_has_no_sheet_yet(clock: FixedClock) -> None:
    made = await bench()
    await Seat.update({Seat.state: "invited"}).where(Seat.id == made.seat_id)
    with pytest.raises(NotFound):
        await save_sheet(
            where=made.where(), command=save("key", 0, {"new": 1}), actor=made.judge, clock=clock
        )


@pytest.mark.parametrize(
    "value", ["7.5", "true", "NaN", "-1", "11", "1e9", '"7.5"', '"-1"', '"11"', '"٣"', '" 7"', "[7]", "{}",
              "99999999999999999999999", '"99999999999999999999999"', "1.0"],
)  # fmt: skip
async def test_only_whole_marks_on_the_scale(clock: FixedClock, value: str) -> None:
    made = await bench()
    body = '{"key": "0123456789abcdef", "base_version": 0, "fields": {"mark_impact": VALUE}}'
    body = body.replace("VALUE", value)
    with pytest.raises((Invalid, BadInput)):
        await save_sheet(
            where=made.where(), command=operation_of_json(body.encode()), actor=made.judge, clock=clock
        )
    assert await Mark.count() == 0
    assert await SheetRevision.count() == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"key": "short"}', b"[" * 100_000,
     b'{"key": "0123456789abcdef", "base_version": true, "fields": {}}',
     b'{"key": "0123456789abcdef", "base_version": -1, "fields": {}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": []}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"note_city": 7}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"note_city": "\\u0000"}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"note_city": "\\ud800"}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"\\ud800": "7"}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"mark_\\u0000": "7"}}',
     b'{"key": "0123456789abcdef", "base_version": 0, "fields": {"other": "7"}}',
     b'{"key": "0123456789abcdef", "base_version": ' + b"9" * 5000 + b', "fields": {}}'],
)  # fmt: skip
def test_odd_bodies_are_refused(body: bytes) -> None:
    with pytest.raises((Invalid, BadInput)):
        operation_of_json(body)


async def test_an_unknown_criterion_is_refused(clock: FixedClock) -> None:
    made = await bench()
    with pytest.raises(Invalid) as problem:
        await save_sheet(
            where=made.where(), command=save("key", 0, {"nope": 1}), actor=made.judge, clock=clock
        )
    assert "mark_nope" in problem.value.errors


async def test_opening_is_noted_once(clock: FixedClock) -> None:
    made = await bench(entries=3)
    for _ in range(2):
        await open_sheet(where=made.where(1), actor=made.judge, clock=clock)
    sheets = await Scoresheet.select()
    assert len(sheets) == 1
    assert 1 <= sheets[0]["position"] <= 3
    assert await Event.count() == 1
    states = await Assignment.select(Assignment.state).order_by(Assignment.id)
    assert [row["state"] for row in states] == ["given", "opened", "given"]


async def test_the_first_opening_stays_within_its_budget(clock: FixedClock) -> None:
    made = await bench(entries=3)
    judge = Actor(made.judge.person_id, made.judge.name, address="192.0.2.7", request_id="r")
    with counting() as counter:
        await open_sheet(where=made.where(), actor=judge, clock=clock)
    assert len(counter) <= 9, counter.statements


async def test_a_save_stays_within_its_budget(clock: FixedClock) -> None:
    made = await bench()
    judge = Actor(made.judge.person_id, made.judge.name, address="192.0.2.7", request_id="r")
    await save_sheet(where=made.where(), command=save("one", 0, {"impact": 1}), actor=judge, clock=clock)
    with counting() as counter:
        await save_sheet(where=made.where(), command=save("two", 1, {"new": 3}), actor=judge, clock=clock)
    assert len(counter) <= 11, counter.statements  # PostgreSQL also takes the lock of the audit chain
    assert not counter.repeated


@pytest.mark.commits
async def test_fifty_times_at_once_is_one_save(clock: FixedClock) -> None:
    made = await bench()
    command = save("same key", 0, {"impact": 7, "new": 3}, city="Once.")

    async def once() -> tuple[int, bool]:
        saved = await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
        return saved.version, saved.already

    answers = await asyncio.gather(*(once() for _ in range(50)))
    assert sorted(answers) == [(1, False)] + [(1, True)] * 49
    assert await SheetRevision.count() == 1
    assert await Event.count() == 1


@pytest.mark.commits
async def test_fifty_tabs_at_once_one_wins(clock: FixedClock) -> None:
    made = await bench()

    async def one(number: int) -> bool:
        command = save(f"tab {number:02}", 0, {"impact": number % 11})
        try:
            await save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock)
        except Stale:
            return False
        return True

    won = await asyncio.gather(*(one(number) for number in range(50)))
    assert sum(won) == 1
    assert await SheetRevision.count() == 1
    assert (await rows_of(made))["marks"] == {"impact": won.index(True) % 11}


@pytest.mark.commits
async def test_other_rules_wait_for_a_save_and_a_save_for_other_rules(clock: FixedClock) -> None:
    made = await bench()
    edition_id = made.season.edition_id

    async def first_mark() -> None:
        await save_sheet(
            where=made.where(), command=save("first", 0, {"impact": 7}), actor=made.judge, clock=clock
        )

    another = copy_context()  # a task made in here would write in this very transaction
    async with transaction():
        await hold_rounds(edition_id)
        saving = asyncio.create_task(first_mark(), context=another)
        await asyncio.wait({saving}, timeout=0.3)
        assert not saving.done()
        await Scale.update({Scale.top: 5}).where(Scale.edition == edition_id)
    with pytest.raises(Invalid):
        await saving
    assert await SheetRevision.count() == 0


@pytest.mark.commits
async def test_a_save_waits_for_the_round_to_close_and_is_refused(clock: FixedClock) -> None:
    made = await bench()
    command = save("late", 0, {"impact": 7})
    another = copy_context()
    async with transaction():
        await move_round(made.season.round_id, RoundState.CLOSED, clock.now())
        saving = asyncio.create_task(
            save_sheet(where=made.where(), command=command, actor=made.judge, clock=clock), context=another
        )
        await asyncio.wait({saving}, timeout=0.3)
        assert not saving.done()
    with pytest.raises(Denied):
        await saving
    assert await SheetRevision.count() == 0
