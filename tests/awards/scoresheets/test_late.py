"""What was written in time without a line and arrives after the deadline: held, decided by two who see no mark."""

import json
from datetime import datetime, timedelta
from typing import Literal

import pytest
from msgspec.structs import replace

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.editions.rules import RoundState
from awards.editions.tables import EditionRule, Halt, Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.panels.tables import Assignment
from awards.scoresheets import services
from awards.scoresheets.forms import SaveSheet, SignSheets
from awards.scoresheets.forms_late import ConsentLate, EndLate, ProposeLate
from awards.scoresheets.late import Decision, LateState
from awards.scoresheets.queries.late import late_sheets, own_late
from awards.scoresheets.tables import HeldOperation, Scoresheet, SheetRevision
from tests import factories
from tests.awards.scoresheets.benches import CLOSES, Bench, bench, save
from tests.factories import AT, DAY

IN_TIME = CLOSES - timedelta(minutes=5)
LATE = CLOSES + timedelta(hours=1)


def late(key: str, base: int, marks: dict[str, int | None], at: datetime = IN_TIME) -> SaveSheet:
    return replace(save(key, base, marks), device_at=at, device_now=LATE)


async def hold(made: Bench, clock: FixedClock, *commands: SaveSheet) -> services.Kept:
    clock.move_to(LATE)
    for command in commands:
        kept = await services.hold_late(where=made.where(), command=command, actor=made.judge, clock=clock)
    return kept


async def secretary(made: Bench, name: str, clock: FixedClock) -> Actor:
    person = await factories.person(name)
    await factories.grant(person, "secretariat", made.season.scope)
    grants = frozenset({Grant("secretariat", made.season.scope)})
    return Actor(person_id=person, name=name, grants=grants, proved_at=clock.now())


async def propose(
    made: Bench, by: Actor, clock: FixedClock, to: Literal["accept", "refuse"] = "accept"
) -> ConsentLate:
    command = ProposeLate(sheet=made.assignments[0], to=to, reason="The train had no line.")
    number = await services.propose_late(
        round_id=made.season.round_id, command=command, actor=by, clock=clock
    )
    proposed = (await late_sheets(made.season.round_id))[0].proposed
    assert proposed is not None
    assert proposed.approval == number
    return ConsentLate(approval=number, sha256=proposed.sha256)


async def test_two_people_accept_and_the_judge_signs(clock: FixedClock) -> None:
    made = await bench()
    await services.save_sheet(
        where=made.where(), command=save("in time", 0, {"new": 3}), actor=made.judge, clock=clock
    )
    held = (late("first", 1, {"impact": 7}), late("second", 2, {"impact": 8}))
    assert (await hold(made, clock, *held)).state is LateState.HELD
    assert (await hold(made, clock, held[0])).state is LateState.HELD
    assert await HeldOperation.count() == 2
    with pytest.raises(Invalid):
        await hold(made, clock, late("first", 1, {"impact": 2}))
    one, two = await secretary(made, "Noor Aziz", clock), await secretary(made, "Lena Vogt", clock)
    consent = await propose(made, one, clock)
    with pytest.raises(Denied, match="same person"):
        await services.consent_late(round_id=made.season.round_id, command=consent, actor=one, clock=clock)
    # More arrived since: the second person consents to exactly what the first read of.
    await hold(made, clock, late("third", 3, {"new": 4}))
    with pytest.raises(Denied, match="changed"):
        await services.consent_late(round_id=made.season.round_id, command=consent, actor=two, clock=clock)
    await services.end_late(
        round_id=made.season.round_id, command=EndLate(approval=consent.approval), actor=two, clock=clock
    )
    consent = await propose(made, one, clock)
    decision = await services.consent_late(
        round_id=made.season.round_id, command=consent, actor=two, clock=clock
    )
    assert decision is Decision.ACCEPT
    revisions = await SheetRevision.select().order_by(SheetRevision.version)
    assert [json.loads(row["change"])["marks"] for row in revisions] == [
        {"new": 3}, {"impact": 7}, {"impact": 8}, {"new": 4},
    ]  # fmt: skip
    assert {row["actor_id"] for row in revisions} == {made.judge.person_id}
    assert revisions[1]["device_at"] == IN_TIME
    # The device that asks again learns that it is saved.
    again = await services.save_sheet(where=made.where(), command=held[0], actor=made.judge, clock=clock)
    assert (again.version, again.already) == (2, True)
    assert [row["template"] for row in await Message.select(Message.template)] == ["late-accepted"]
    own = await own_late(made.seat_id, clock.now())
    assert [(one.state, dict(one.marks)) for one in own] == [
        (LateState.ACCEPTED, {"Impact": "8", "Novelty": "4"})
    ]
    # Its marks stay as they are; it can be signed off for three days.
    with pytest.raises(Denied, match="round closed"):
        await services.save_sheet(
            where=made.where(), command=save("more", 4, {"new": 9}), actor=made.judge, clock=clock
        )
    command = SignSheets(sheets=(f"{made.references[0]}:4",), agree="1")
    season = made.season
    signs = {"programme": season.programme, "edition": season.edition, "round_code": "first"}
    clock.advance(3 * DAY)
    with pytest.raises(Denied, match="round closed"):
        await services.sign_sheets(**signs, command=command, actor=made.judge, clock=clock)
    clock.advance(-timedelta(seconds=1))
    await services.sign_sheets(**signs, command=command, actor=made.judge, clock=clock)
    state = await Assignment.select(Assignment.state).where(Assignment.id == made.assignments[0])
    assert state == [{"state": "signed"}]
    assert [one.rule for one in await broken() if "late" in one.rule or "in-time" in one.rule] == []


async def test_nothing_is_accepted_while_the_edition_is_stopped(clock: FixedClock) -> None:
    made = await bench()
    await hold(made, clock, late("first", 0, {"impact": 7}))
    one, two = await secretary(made, "Noor Aziz", clock), await secretary(made, "Lena Vogt", clock)
    consent = await propose(made, one, clock)
    await factories.add(Halt, edition=made.season.edition_id, reason="A link leaked.", by=one.person_id)
    with pytest.raises(Denied, match="halted"):
        await services.consent_late(round_id=made.season.round_id, command=consent, actor=two, clock=clock)


async def test_two_people_refuse_and_nothing_of_it_counts(clock: FixedClock) -> None:
    made = await bench()
    await hold(made, clock, late("first", 0, {"impact": 7}))
    one, two = await secretary(made, "Noor Aziz", clock), await secretary(made, "Lena Vogt", clock)
    consent = await propose(made, one, clock, "refuse")
    await services.consent_late(round_id=made.season.round_id, command=consent, actor=two, clock=clock)
    assert await SheetRevision.count() == 0
    kept = await hold(made, clock, late("first", 0, {"impact": 7}))
    assert (kept.state, kept.reason) == (LateState.REFUSED, "The train had no line.")
    own = await own_late(made.seat_id, clock.now())
    assert [(one.state, one.reason, one.marks) for one in own] == [
        (LateState.REFUSED, "The train had no line.", (("Impact", "7"),))
    ]
    with pytest.raises(Stale):
        await services.end_late(
            round_id=made.season.round_id, command=EndLate(approval=consent.approval), actor=two, clock=clock
        )
    assert [one.rule for one in await broken() if "late" in one.rule or "in-time" in one.rule] == []


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("rule", "late refused"),
        ("written late", "late"),
        ("clock", "late"),
        ("signed", "signed"),
        ("decided", "round closed"),
    ],
)
async def test_what_is_not_held_is_refused_in_words(clock: FixedClock, what: str, code: str) -> None:
    made = await bench()
    command = late("first", 0, {"impact": 7})
    if what == "rule":
        await factories.add(EditionRule, edition=made.season.edition_id, code="late_sync", value="refused")
    elif what == "written late":
        command = late("first", 0, {"impact": 7}, CLOSES)
    elif what == "clock":
        # The device is a day behind: by its clock it was in time.
        command = replace(command, device_at=LATE - DAY, device_now=LATE - DAY)
    elif what == "signed":
        await factories.scoresheet(made.assignments[0], {"impact": 1, "new": 1}, signed=True)
    else:
        await Round.update({Round.state: RoundState.DECIDED.value}).where(Round.id == made.season.round_id)
    with pytest.raises(Denied, match=code):
        await hold(made, clock, command)
    assert await HeldOperation.count() == 0


async def test_what_does_not_follow_on_the_sheet_cannot_be_accepted(clock: FixedClock) -> None:
    made = await bench()
    await services.save_sheet(
        where=made.where(), command=save("elsewhere", 0, {"new": 3}), actor=made.judge, clock=clock
    )
    await hold(made, clock, late("first", 0, {"impact": 7}))
    one = await secretary(made, "Noor Aziz", clock)
    with pytest.raises(Denied, match="saved elsewhere"):
        await propose(made, one, clock)
    await propose(made, one, clock, "refuse")
    assert (await Scoresheet.select(Scoresheet.version))[0]["version"] == 1


async def test_nobody_decides_over_themselves_in_conflict_or_without_the_password(clock: FixedClock) -> None:
    made = await bench()
    await hold(made, clock, late("first", 0, {"impact": 7}))
    grants = frozenset({Grant("secretariat", made.season.scope)})
    await factories.grant(made.judge.person_id, "secretariat", made.season.scope)
    own = Actor(person_id=made.judge.person_id, name="Chiara", grants=grants, proved_at=clock.now())
    with pytest.raises(Denied, match="in conflict"):
        await propose(made, own, clock)
    unproved = replace(await secretary(made, "Noor Aziz", clock), proved_at=AT)
    with pytest.raises(Denied, match="not proved"):
        await propose(made, unproved, clock)
    with pytest.raises(NotFound):
        await propose(made, Actor(person_id=unproved.person_id, name="Nobody"), clock)
