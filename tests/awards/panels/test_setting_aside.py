"""A conflict found later: nothing of the judge counts, everything is kept, and only a purpose brings it back."""

import pytest

from awards.actor import Actor
from awards.audit.tables import Event, EventDetail
from awards.clock import FixedClock
from awards.editions.tables import ConflictRule, EditionRule, Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from awards.panels.forms import DeclareConflicts, RecordConflict, RestoreSheet, WithdrawConflict
from awards.panels.queries import (
    asides_of_round,
    asides_of_seat,
    conflicts_of_round,
    conflicts_on_record,
    summaries,
)
from awards.panels.services import declare_conflicts, record_conflict, restore_sheet, withdraw_conflict
from awards.panels.tables import Assignment, DeclaredConflict, Recusal, SetAside
from awards.scoresheets.tables import Mark, Scoresheet
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.factories import AT
from tests.people import CHIARA, EUN_JI, give, id_of
from tests.serving import ClientFor

WHY = "The judge wrote the city's plan"


async def at_work(state: str = "signed", round_state: str = "open") -> tuple[Room, int, int, int]:
    """The room with a judge's person and seat, and the assignment of the first entry."""
    made = await room(("KR", "KE"), round_state=round_state)
    await EditionRule.delete().where(EditionRule.code == "terms")
    ((person, seat),) = await judges(made, "FR")
    row = (await Round.raw("SELECT id FROM round_entry WHERE entry = {}", made.entries[0]))[0]
    assignment = await factories.assignment(row["id"], seat)
    if state in ("started", "signed"):
        await factories.scoresheet(assignment, {"impact": 7, "new": 5}, signed=state == "signed")
    else:
        await Assignment.update({Assignment.state: state}).where(Assignment.id == assignment)
    return made, person, seat, assignment


async def told(made: Room, seat: int, clock: FixedClock, reason: str = WHY) -> tuple[int, int, int]:
    command = RecordConflict(seat=seat, reference=made.references[0], reason=reason)
    return await record_conflict(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)


async def state_of(assignment: int) -> str:
    rows = await Assignment.select(Assignment.state).where(Assignment.id == assignment)
    return str(rows[0]["state"])


@pytest.mark.parametrize(
    ("before", "ended", "after"),
    [
        ("given", (1, 0, 0), "recused"),
        ("opened", (1, 0, 0), "recused"),
        ("started", (0, 1, 0), "set aside"),
        ("signed", (0, 1, 0), "set aside"),
        ("withdrawn", (0, 0, 0), "withdrawn"),
    ],
)
async def test_what_is_begun_is_kept_and_set_aside(
    before: str, ended: tuple[int, int, int], after: str, clock: FixedClock
) -> None:
    made, person, seat, assignment = await at_work(before)
    marks = await Mark.count()
    assert await told(made, seat, clock) == ended
    assert await state_of(assignment) == after
    assert await Mark.count() == marks
    assert await Scoresheet.count() == (1 if marks else 0)
    assert await Recusal.count() == (1 if after == "recused" else 0)
    conflicts = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    assert conflicts.forbidden(person, made.entries[0])
    mails = await Message.select(Message.template)
    assert [row["template"] for row in mails] == (["sheet-set-aside"] if after == "set aside" else [])
    event = (await Event.select(Event.action).order_by(Event.seq, ascending=False))[0]
    assert event["action"] == "conflict recorded"
    assert (await EventDetail.select(EventDetail.reason))[-1]["reason"] == WHY


async def test_the_judge_declares_after_work_began(clock: FixedClock) -> None:
    made, person, seat, assignment = await at_work("signed")
    ended = await declare_conflicts(
        seat_id=seat,
        command=DeclareConflicts(entries=(made.references[0],), reason="Family"),
        actor=Actor(person_id=person, name="A judge"),
        clock=clock,
    )
    assert ended == 1
    assert await state_of(assignment) == "set aside"
    row = (await SetAside.select())[0]
    assert (row["code"], row["reason"], row["state"], row["by"]) == ("declared", "Family", "signed", person)
    assert [(one.code, one.reason) for one in await asides_of_seat(seat)] == [("declared", "Family")]


@pytest.mark.parametrize("state", ["closed", "decided"])
async def test_a_closed_round_keeps_its_sheets(state: str, clock: FixedClock) -> None:
    made, _person, seat, assignment = await at_work("signed", round_state=state)
    assert await told(made, seat, clock) == (0, 0, 1)
    assert await state_of(assignment) == "signed"
    assert await SetAside.count() == 0
    line = (await conflicts_on_record(made.round_id, made.season.edition_id))[0]
    assert (line.source, line.state, line.withdrawn_at) == ("secretariat", "signed", None)


async def test_extra_reads_leave_the_frozen_sheets(clock: FixedClock) -> None:
    made, _person, seat, assignment = await at_work("signed", round_state="extra")
    assert await told(made, seat, clock) == (0, 0, 1)
    assert await state_of(assignment) == "signed"


async def test_rules_that_let_it_pass_end_nothing(clock: FixedClock) -> None:
    made, _person, seat, assignment = await at_work("signed")
    await factories.add(ConflictRule, edition=made.season.edition_id, code="secretariat", effect="report")
    assert await told(made, seat, clock) == (0, 0, 0)
    assert await state_of(assignment) == "signed"


async def test_one_conflict_stands_for_all_rounds(clock: FixedClock) -> None:
    made, person, seat, _assignment = await at_work("signed")
    second = await factories.judging_round(
        made.season.edition_id, code="second", position=2, state="open", opens=AT, closes=AT + factories.DAY
    )
    placed = await factories.round_entry(second, made.entries[0])
    other = await factories.assignment(placed, await factories.seat(second, person))
    assert await told(made, seat, clock) == (1, 1, 0)
    assert await state_of(other) == "recused"


async def test_counts_follow(clock: FixedClock) -> None:
    made, _person, seat, _assignment = await at_work("signed")
    before = (await summaries(made.season.edition_id))[made.round_id]
    await told(made, seat, clock)
    after = (await summaries(made.season.edition_id))[made.round_id]
    assert (before.given, before.signed, after.given, after.signed) == (1, 1, 0, 0)
    assert [line.reason for line in await asides_of_round(made.round_id)] == [WHY]


async def test_withdrawing_brings_nothing_back_and_restoring_does(clock: FixedClock) -> None:
    made, person, seat, assignment = await at_work("signed")
    await told(made, seat, clock)
    back = RestoreSheet(assignment=assignment, reason="Another person of that name")
    with pytest.raises(Invalid, match="Withdraw the conflict first"):
        await restore_sheet(round_id=made.round_id, command=back, actor=made.secretariat, clock=clock)
    conflict = (await DeclaredConflict.select(DeclaredConflict.id))[0]["id"]
    withdraw = WithdrawConflict(conflict=conflict, reason="Another person of that name")
    await withdraw_conflict(round_id=made.round_id, command=withdraw, actor=made.secretariat, clock=clock)
    assert await state_of(assignment) == "set aside"
    found = await conflicts_of_round(made.round_id, made.season.edition_id, AT)
    assert not found.of(person, made.entries[0])
    with pytest.raises(Stale):
        await withdraw_conflict(round_id=made.round_id, command=withdraw, actor=made.secretariat, clock=clock)
    await restore_sheet(round_id=made.round_id, command=back, actor=made.secretariat, clock=clock)
    assert await state_of(assignment) == "signed"
    assert await asides_of_seat(seat) == []
    row = (await SetAside.select())[0]
    assert (row["restored_at"], row["restored_reason"]) == (AT, back.reason)
    with pytest.raises(Denied, match="not set aside"):
        await restore_sheet(round_id=made.round_id, command=back, actor=made.secretariat, clock=clock)
    # What was restored can be set aside once more.
    assert await told(made, seat, clock) == (0, 1, 0)
    templates = [row["template"] for row in await Message.select(Message.template).order_by(Message.id)]
    assert sorted(templates)[:2] == ["sheet-restored", "sheet-set-aside"]


@pytest.mark.parametrize("state", ["closed", "extra", "decided"])
async def test_nobody_restores_alone_when_the_round_is_over(state: str, clock: FixedClock) -> None:
    made, _person, seat, assignment = await at_work("signed")
    await told(made, seat, clock)
    await Round.update({Round.state: state}).where(Round.id == made.round_id)
    back = RestoreSheet(assignment=assignment, reason="It was right")
    with pytest.raises(Denied, match="two people"):
        await restore_sheet(round_id=made.round_id, command=back, actor=made.secretariat, clock=clock)


async def test_twice_is_said_once(clock: FixedClock) -> None:
    made, _person, seat, _assignment = await at_work()
    await told(made, seat, clock)
    with pytest.raises(Invalid, match="on record"):
        await told(made, seat, clock)
    assert await DeclaredConflict.count() == 1


async def test_others_find_nothing(clock: FixedClock) -> None:
    made, _person, seat, assignment = await at_work()
    other = await room(("KE",))
    stranger = other.secretariat
    record = RecordConflict(seat=seat, reference=made.references[0], reason=WHY)
    for round_id, actor in ((made.round_id, stranger), (other.round_id, stranger)):
        with pytest.raises(NotFound):
            await record_conflict(round_id=round_id, command=record, actor=actor, clock=clock)
    back = RestoreSheet(assignment=assignment, reason=WHY)
    with pytest.raises(NotFound):
        await restore_sheet(round_id=other.round_id, command=back, actor=stranger, clock=clock)
    await told(made, seat, clock)
    conflict = (await DeclaredConflict.select(DeclaredConflict.id))[0]["id"]
    with pytest.raises(NotFound):
        await withdraw_conflict(
            round_id=other.round_id, command=WithdrawConflict(conflict=conflict, reason=WHY),
            actor=stranger, clock=clock,
        )  # fmt: skip


async def test_the_pages_of_both_sides(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room(("KR", "KE"))
    await EditionRule.delete().where(EditionRule.code == "terms")
    await give(EUN_JI, "secretariat", made.season.scope)
    person = await id_of(CHIARA)
    await factories.make_judge(person, country="FR")
    seat = await factories.seat(made.round_id, person, conflicts_declared_at=AT)
    row = (await Round.raw("SELECT id FROM round_entry WHERE entry = {}", made.entries[0]))[0]
    assignment = await factories.assignment(row["id"], seat)
    await factories.scoresheet(assignment, {"impact": 7, "new": 5}, signed=True)
    eun_ji, chiara = await client_for(EUN_JI), await client_for(CHIARA)
    address = f"{made.season.desk}/panels/first/conflicts"
    await eun_ji.get(address)
    page = await eun_ji.submit("Put on record", seat=str(seat), reference=made.references[0], status=422)
    assert page.errors
    await eun_ji.submit("Put on record", seat=str(seat), reference=made.references[0], reason=WHY)
    page = await eun_ji.get(address)
    assert WHY in page.text
    panel = await eun_ji.get(f"{made.season.desk}/panels/first")
    assert "2 short" in panel.text
    bench = f"/bench/{made.season.programme}/{made.season.edition}/first"
    mine = await chiara.get(bench)
    assert "Kept, and not counting" in mine.text
    assert WHY in mine.text
    ended = await chiara.get(f"{bench}/{made.references[0]}")
    assert "The secretariat learnt of a conflict" in ended.text
    assert WHY in ended.text
    assert "Your marks, as they stand" in ended.text
