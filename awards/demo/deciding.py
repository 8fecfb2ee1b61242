"""An edition at the moment of decision: judged and calculated, its panels deliberate, no prize is decided yet."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.clock import Clock, FixedClock
from awards.demo.answers import give_answers
from awards.demo.competitions import HERE, shifted, whole_hours_from_anchor
from awards.demo.deliberators import Seated, leave_one_unread, seat_those_who_decide
from awards.editions.document import Effect
from awards.editions.queries import round_by_code
from awards.exchange.folder import EntryLine, Folder, read_folder
from awards.exchange.services import import_folder
from awards.results.forms import AskWaiver, JudgeRun
from awards.results.forms_deliberation import (
    AgreeMarks,
    AskToConclude,
    AttachResult,
    ConsentToConclude,
    LeaveRoom,
    MoveEntry,
    Note,
    OpenDeliberation,
    ReturnToRoom,
)
from awards.results.gate import Code
from awards.results.queries.meeting import sitting_by_id
from awards.results.services import adopt_run, calibrate_round
from awards.results.services.concluding import ask_to_conclude, consent_to_conclude
from awards.results.services.deliberation import (
    agree_marks,
    attach_result,
    leave_room,
    move_entry,
    open_deliberation,
    put_note,
    return_to_room,
)
from awards.results.services.waivers import ask_waiver
from awards.results.steps_deliberation import Place

DECIDING, ROUND = "demo-deciding", "final"
# Its last sheets were signed shortly before the story begins.
AFTER_ANCHOR = timedelta(days=136)
GOING_ON, CONCLUDED = "services", "open-city"
# A judge fell ill before this one was read; from the other a conflict keeps one of the jury.
UNREAD = ("URB-29", "D12")
MISSING, CONFLICT = "DEMO-DECIDING-URB-29", "DEMO-DECIDING-SER-03"
PAUSE = timedelta(minutes=2)
VISIT = (
    "Two of the secretariat stood at the counter for a morning: 31 of 34 people left with what they had come for. The "
    "entry says that 5 of 100 leave without an answer; one morning is too short to tell, and nothing speaks against it."
)
AGREED = "Nine languages are spoken at this counter. Speakers of two small ones wait for a call back, so it is not the top mark."
ILL = (
    "The judge fell ill in the last week of the round. Two others signed; a third reading would come after the day of "
    "the announcement."
)
NOTE = "All who read it see the same strength: its results are counted by others."
STATEMENT = (
    "By their marks the third and the fourth cannot be told apart. The panel puts the one first whose figures others "
    "could check."
)


def judged_elsewhere(today: datetime) -> Folder:
    """The marks of the planted edition under other references: in each category the next city has them."""
    folder = read_folder(HERE / "planted")
    lines = [
        line
        for category in dict.fromkeys(line.category for line in folder.entries)
        for line in _passed_on([one for one in folder.entries if one.category == category])
    ]
    moved = shifted(folder.edition, whole_hours_from_anchor(today + AFTER_ANCHOR))
    return replace(
        folder,
        edition=replace(
            moved,
            slug=DECIDING,
            # A small world of judges: sheets for one's own country count here, and stand in the report.
            conflicts=tuple({**dict(moved.conflicts), "own_country": Effect.REPORT}.items()),
            name="WeGO Awards 2026, second call (demonstration)",
            summary="A fictional demonstration: cities, judges and marks are invented. The judges have finished, and the "
            "panels deliberate on what their marks say.",
        ),
        entries=tuple(lines),
        sheets=tuple(one for one in folder.sheets if (one.entry, one.judge) != UNREAD),
    )


def _passed_on(own: list[EntryLine]) -> list[EntryLine]:
    """Each entry under the code, and so with the marks, of the one before."""
    return [replace(line, code=to.code) for line, to in zip([*own[1:], own[0]], own, strict=True)]


async def add_edition_at_the_decision(
    *, first: Actor, second: Actor, accounts: dict[str, int], today: datetime, clock: FixedClock
) -> int:
    """One panel has concluded, the jury is in the middle of its work; the others have not met."""
    report = await import_folder(folder=judged_elsewhere(today), actor=first, clock=clock)
    round_ = await round_by_code(report.edition_id, ROUND)
    await give_answers(report.edition_id, clock=clock)
    await leave_one_unread(round_.id, MISSING, clock.now())
    seated = await seat_those_who_decide(
        round_.id, accounts, conflict=CONFLICT, secretariat=first, clock=clock
    )
    number = await calibrate_round(round_id=round_.id, actor=first, clock=clock)
    run = JudgeRun(round_id=round_.id, number=number, reason="The first run.")
    await adopt_run(command=run, actor=first, clock=clock)
    ask = AskWaiver(round_id=round_.id, item=f"{Code.SHEETS}:{MISSING}", reason=ILL)
    await ask_waiver(command=ask, actor=first, clock=clock)
    going_on, concluded = (Place(round_.id, category) for category in (GOING_ON, CONCLUDED))
    await _jury_at_work(going_on, seated, first, clock)
    references = await _open(concluded, "panel", first, clock)
    chair = seated.chair
    note = Note(entry=references[0], reason=NOTE)
    await put_note(place=concluded, command=note, actor=chair, clock=_later(clock))
    # Of these two the marks do not say which has the last prize.
    ahead = MoveEntry(entry=references[3], to="3", seen=0, reason=STATEMENT)
    await move_entry(place=concluded, command=ahead, actor=chair, clock=_later(clock))
    await _conclude(concluded, first, second, clock)
    return report.edition_id


async def _jury_at_work(place: Place, seated: Seated, secretariat: Actor, clock: FixedClock) -> None:
    """Who is in conflict leaves for that entry, and is back for the next; nothing is concluded yet."""
    references = await _open(place, "jury", secretariat, clock)
    note = Note(entry=references[0], reason=NOTE)
    await put_note(place=place, command=note, actor=seated.chair, clock=_later(clock))
    leaves = LeaveRoom(person=seated.in_conflict.person_id, entry=CONFLICT)
    await leave_room(place=place, command=leaves, actor=seated.in_conflict, clock=_later(clock))
    visit = AttachResult(entry=CONFLICT, title="Visit to the counter", reason=VISIT)
    await attach_result(place=place, command=visit, arrived=None, actor=seated.chair, clock=_later(clock))
    agreed = AgreeMarks(entry=CONFLICT, marks=(("inclusion", 8),), reason=AGREED)
    await agree_marks(place=place, command=agreed, actor=seated.chair, clock=_later(clock))
    back = ReturnToRoom(person=seated.in_conflict.person_id)
    await return_to_room(place=place, command=back, actor=seated.in_conflict, clock=_later(clock))


async def _open(place: Place, who: Literal["jury", "panel"], actor: Actor, clock: Clock) -> list[str]:
    """Everybody is in the room. Returns the entries by place."""
    found = await sitting_by_id(place.round_id, place.category, actor, clock.now())
    present = tuple(member.person_id for member in found.members)
    await open_deliberation(
        place=place, command=OpenDeliberation(who=who, present=present), actor=actor, clock=clock
    )
    ranks = found.meeting.ranks
    return sorted(ranks, key=lambda reference: (ranks[reference] or len(ranks), reference))


def _later(clock: FixedClock) -> FixedClock:
    clock.move_to(clock.now() + PAUSE)
    return clock


async def _conclude(place: Place, first: Actor, second: Actor, clock: Clock) -> None:
    found = await sitting_by_id(place.round_id, place.category, first, clock.now())
    asked = AskToConclude(sha256=found.meeting.fingerprint(), statement=STATEMENT)
    approval = await ask_to_conclude(place=place, command=asked, actor=first, clock=clock)
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    consent = ConsentToConclude(approval=approval, sha256=rows[0]["subject_sha256"])
    await consent_to_conclude(place=place, command=consent, actor=second, clock=clock)
