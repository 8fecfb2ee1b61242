"""A save that was written in time without a line and arrives after the deadline: held whole, if the edition's rule lets it."""

from datetime import datetime, timedelta

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.document import EditionRules
from awards.editions.rules import RoundState
from awards.editions.tables import EditionRule
from awards.errors import Conflict, Denied, Invalid
from awards.panels.rules import deadline_of
from awards.scoresheets import steps
from awards.scoresheets.forms import SaveSheet
from awards.scoresheets.late import MOST_HELD, LateState, may_hold, seconds_ahead
from awards.scoresheets.rules import check_marks, is_writable
from awards.scoresheets.steps import Where
from awards.scoresheets.tables import HeldOperation
from awards.web.i18n import _


class Kept(Struct, frozen=True):
    """What became of an operation that arrived late; `reason` is what two people gave for refusing it."""

    state: LateState
    reason: str = ""


async def hold_late(*, where: Where, command: SaveSheet, actor: Actor, clock: Clock) -> Kept:
    """
    Keep the operation for two people to decide; sent again, it gets the answer as it is by then.

    Raises Denied with the sentence for its writer where the rule, its time or its sheet does not let it.
    """
    now = clock.now()
    try:
        async with transaction():
            return await _hold(where, command, actor, now)
    except Conflict:
        # Sent twice at once: the other was first, and its answer stands by now.
        async with transaction():
            desk = await steps.desk_of(actor, where, command.key)
            if (known := await _known(actor, command, desk.assignment_id)) is not None:
                return known
        raise


async def _hold(where: Where, command: SaveSheet, actor: Actor, now: datetime) -> Kept:
    desk, judged = await steps.desk_and_judged(actor, where, command.key)
    if (known := await _known(actor, command, desk.assignment_id)) is not None:
        return known
    steps.refuse_halted(desk.halted)
    closed = desk.closed(now)
    if closed is None or command.device_at is None:
        raise closed or Denied("round open", _("The round takes marks again. Save once more."))
    if closed.code != "round closed" or desk.round_state not in (RoundState.OPEN, RoundState.CLOSED):
        raise closed
    for refused in (desk.gate(), is_writable(desk.state)):
        if refused is not None:
            raise refused
    deadline = deadline_of(
        state=desk.round_state,
        closes=desk.closes,
        extended_until=desk.extended_until,
        extra_until=desk.extra_until,
    )
    ahead = seconds_ahead(command.device_now, now)
    rules = await EditionRule.select(EditionRule.value).where(
        (EditionRule.edition == desk.edition_id) & (EditionRule.code == "late_sync")
    )
    rule = rules[0]["value"] if rules else EditionRules().late_sync
    if refused := may_hold(rule, command.device_at - timedelta(seconds=ahead), deadline):
        raise refused
    await steps.refuse_conflict(actor, desk, now)
    check_marks(command.change.marks, judged, evidence_may_lack=desk.evidence_may_lack)
    if command.change.confidence and not desk.confidence_asked:
        raise Invalid({"confidence": _("This round does not ask how sure you are")})
    if await HeldOperation.count().where(HeldOperation.assignment == desk.assignment_id) >= MOST_HELD:
        raise Denied("too many", _("Too much of this sheet is held already. Write to the secretariat."))
    held = HeldOperation(
        assignment=desk.assignment_id,
        actor_id=actor.person_id,
        operation=command.key,
        base_version=command.base_version,
        change=command.change.canonical,
        device_at=command.device_at,
        device_ahead=max(-(2**31), min(2**31 - 1, ahead)),
        deadline=deadline,
        created_at=now,
    )
    await held.save()
    await record(
        Action.LATE_HELD,
        actor=actor,
        at=now,
        subject=("assignment", desk.assignment_id),
        edition_id=desk.edition_id,
        as_role="judge",
        before={"version": command.base_version},
        after={"held": held.id, "change": command.change.document()},
    )
    return Kept(LateState.HELD)


async def _known(actor: Actor, command: SaveSheet, assignment_id: int) -> Kept | None:
    """The stored answer to this key. The same key with other content is no retry: it is refused."""
    rows = await HeldOperation.raw(
        "SELECT h.assignment, h.base_version, h.change, h.state, ap.reason FROM held_operation h"
        " LEFT JOIN approval ap ON ap.id = h.approval WHERE h.actor_id = {} AND h.operation = {}",
        actor.person_id,
        command.key,
    )
    if not rows:
        return None
    row = rows[0]
    same = row["change"] == command.change.canonical and row["base_version"] == command.base_version
    if row["assignment"] != assignment_id or not same:
        raise Invalid({"key": _("This key was used for another save. Reload the page and save again.")})
    return Kept(LateState(row["state"]), row["reason"] or "")
