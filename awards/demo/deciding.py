"""An edition at the moment of decision: judged and calculated, its panels deliberate, no prize is decided yet."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.clock import Clock
from awards.demo.competitions import HERE, shifted, whole_hours_from_anchor
from awards.editions.document import Effect
from awards.editions.queries import round_by_code
from awards.exchange.folder import EntryLine, Folder, read_folder
from awards.exchange.services import import_folder
from awards.results.forms import JudgeRun
from awards.results.forms_deliberation import (
    AskToConclude,
    AttachResult,
    ConsentToConclude,
    LeaveRoom,
    MoveEntry,
    Note,
    OpenDeliberation,
)
from awards.results.queries.meeting import sitting_by_id
from awards.results.services import adopt_run, calibrate_round
from awards.results.services.concluding import ask_to_conclude, consent_to_conclude
from awards.results.services.deliberation import (
    attach_result,
    leave_room,
    move_entry,
    open_deliberation,
    put_note,
)
from awards.results.steps_deliberation import Place

DECIDING, ROUND = "demo-deciding", "final"
# Its last sheets were signed shortly before the story begins.
AFTER_ANCHOR = timedelta(days=136)
GOING_ON, CONCLUDED = "services", "open-city"
VISIT = (
    "Two of the secretariat stood at the counter for a morning: 31 of 34 people left with what they had come for. The "
    "entry says 9 in 10, and that holds."
)
NOTE = "All who read it see the same strength: its results are counted by others."
STATEMENT = "The two cities cannot be told apart by their marks. The panel puts first the one whose figures others could check."


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
    )


def _passed_on(own: list[EntryLine]) -> list[EntryLine]:
    """Each entry under the code, and so with the marks, of the one before."""
    return [replace(line, code=to.code) for line, to in zip([*own[1:], own[0]], own, strict=True)]


async def add_edition_at_the_decision(*, first: Actor, second: Actor, today: datetime, clock: Clock) -> int:
    """One panel has concluded, one is in the middle of it; the others have not met."""
    report = await import_folder(folder=judged_elsewhere(today), actor=first, clock=clock)
    round_ = await round_by_code(report.edition_id, ROUND)
    number = await calibrate_round(round_id=round_.id, actor=first, clock=clock)
    run = JudgeRun(round_id=round_.id, number=number, reason="The first run.")
    await adopt_run(command=run, actor=first, clock=clock)
    going_on, concluded = (Place(round_.id, category) for category in (GOING_ON, CONCLUDED))
    references = await _deliberate(going_on, first, clock)
    visit = AttachResult(entry=references[0], title="Visit to the counter", reason=VISIT)
    await attach_result(place=going_on, command=visit, arrived=None, actor=first, clock=clock)
    references = await _deliberate(concluded, first, clock)
    ahead = MoveEntry(entry=references[1], to="1", seen=0, reason=STATEMENT)
    await move_entry(place=concluded, command=ahead, actor=first, clock=clock)
    await _conclude(concluded, first, second, clock)
    return report.edition_id


async def _deliberate(place: Place, actor: Actor, clock: Clock) -> list[str]:
    """The panel meets and notes what its members see; its entries by place."""
    found = await sitting_by_id(place.round_id, place.category, actor, clock.now())
    present = tuple(member.person_id for member in found.members)
    await open_deliberation(
        place=place, command=OpenDeliberation(who="panel", present=present), actor=actor, clock=clock
    )
    for member in found.members:
        for reference in sorted(found.conflicts.get(member.person_id, ())):
            leave = LeaveRoom(person=member.person_id, entry=reference)
            await leave_room(place=place, command=leave, actor=actor, clock=clock)
    ranks = found.meeting.ranks
    references = sorted(ranks, key=lambda reference: (ranks[reference] or len(ranks), reference))
    note = Note(entry=references[0], reason=NOTE)
    await put_note(place=place, command=note, actor=actor, clock=clock)
    return references


async def _conclude(place: Place, first: Actor, second: Actor, clock: Clock) -> None:
    found = await sitting_by_id(place.round_id, place.category, first, clock.now())
    asked = AskToConclude(sha256=found.meeting.fingerprint(), statement=STATEMENT)
    approval = await ask_to_conclude(place=place, command=asked, actor=first, clock=clock)
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    consent = ConsentToConclude(approval=approval, sha256=rows[0]["subject_sha256"])
    await consent_to_conclude(place=place, command=consent, actor=second, clock=clock)
