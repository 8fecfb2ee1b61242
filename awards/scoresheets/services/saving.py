"""Opening and saving a sheet: the hot path of the judging weeks, written with few statements."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import together, transaction
from awards.errors import Conflict, Invalid, Stale
from awards.panels.rules import AssignmentState
from awards.panels.tables import Assignment
from awards.scoresheets import steps
from awards.scoresheets.forms import SaveSheet
from awards.scoresheets.rules import Judged, check_marks, is_writable
from awards.scoresheets.services.writing import write_change
from awards.scoresheets.steps import Desk, Where
from awards.web.i18n import _


class Saved(Struct, frozen=True):
    """The answer to a save; `already` says that this very operation had arrived before."""

    version: int
    at: datetime
    already: bool = False


async def open_sheet(*, where: Where, actor: Actor, clock: Clock) -> None:
    """The judge reads the entry for the first time: noted once, with its place in their order."""
    now = clock.now()
    async with transaction():
        desk, order = await steps.desk_and_order(actor, where)
        if desk.state != AssignmentState.GIVEN.value or desk.closed(now) or desk.gate() or desk.halted:
            return
        await steps.refuse_conflict(actor, desk, now)
        opened = Assignment.raw(
            "UPDATE assignment SET state = 'opened', opened_at = {} WHERE id = {} AND state = 'given' RETURNING id",
            now,
            desk.assignment_id,
        )
        changed, _sheet = await together(opened, steps.new_sheet(desk, order, now))
        if not changed:
            return
        await record(
            Action.SHEET_OPENED,
            actor=actor,
            at=now,
            subject=("assignment", desk.assignment_id),
            edition_id=desk.edition_id,
            as_role="judge",
            after={"state": "opened"},
        )


async def save_sheet(*, where: Where, command: SaveSheet, actor: Actor, clock: Clock) -> Saved:
    """Apply one operation to the sheet once, however often it arrives, and only to the version it was made from."""
    now = clock.now()
    try:
        async with transaction():
            return await _save(where, command, actor, now)
    except (Stale, Conflict):
        # Another save was first. If it was this one, sent twice at once, its answer stands by now.
        async with transaction():
            desk = await steps.desk_of(actor, where, command.key)
            if (answer := _answered(desk, command)) is not None:
                return answer
        raise Stale from None


async def _save(where: Where, command: SaveSheet, actor: Actor, now: datetime) -> Saved:
    desk, judged = await steps.desk_and_judged(actor, where, command.key)
    if (answer := _answered(desk, command)) is not None:
        return answer
    await refuse_writing(actor, desk, now)
    return await apply(where, desk, judged, command, actor, now)


async def refuse_writing(actor: Actor, desk: Desk, now: datetime) -> None:
    """Whatever keeps the sheet as it is: a step of every verb that writes on one."""
    steps.refuse_halted(desk.halted)
    for refused in (desk.closed(now), desk.gate(), is_writable(desk.state)):
        if refused is not None:
            raise refused
    await steps.refuse_conflict(actor, desk, now)


async def apply(
    where: Where, desk: Desk, judged: list[Judged], command: SaveSheet, actor: Actor, now: datetime
) -> Saved:
    """The operation, on the version that it was made from: a step of every verb of the judge that changes a sheet."""
    check_marks(command.change.marks, judged, evidence_may_lack=desk.evidence_may_lack)
    if command.change.confidence and not desk.confidence_asked:
        raise Invalid({"confidence": _("This round does not ask how sure you are")})
    if command.base_version != desk.sheet_version:
        raise Stale
    sheet_id = await steps.sheet_of(actor, where, desk, now)
    version = command.base_version + 1
    change = command.change
    await write_change(desk, judged, sheet_id, command, actor, now)
    await record(
        Action.SHEET_SAVED,
        actor=actor,
        at=now,
        subject=("scoresheet", sheet_id),
        edition_id=desk.edition_id,
        as_role="judge",
        before={"version": command.base_version},
        after={"version": version, "change": change.document()},
    )
    return Saved(version, now)


def _answered(desk: Desk, command: SaveSheet) -> Saved | None:
    """The stored answer to this key. The same key with other content is no retry: it is refused."""
    known = desk.known
    if known is None:
        return None
    same = known.change == command.change.canonical and known.base_version == command.base_version
    if known.sheet_id != desk.sheet_id or not same:
        raise Invalid({"key": _("This key was used for another save. Reload the page and save again.")})
    return Saved(known.version, known.at, already=True)
