"""What a rule forbids and was given before it was known: ended where nothing is written, else set aside."""

from datetime import datetime

from msgspec import Struct

from awards.actor import SYSTEM, Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import RoundState
from awards.errors import Denied
from awards.panels import steps
from awards.panels.forms_conflicts import SettleConflicts
from awards.panels.queries.conflicts import conflicts_of_round
from awards.panels.queries.rounds import RoundRow, round_by_id, rounds_at_work
from awards.panels.rules import FROZEN, UNWRITTEN, Aside, AssignmentState
from awards.panels.tables import Assignment
from awards.web.i18n import _

_GIVEN = """
SELECT a.id, a.state, a.extra_until, s.person, re.entry FROM assignment a JOIN seat s ON s.id = a.seat
JOIN round_entry re ON re.id = a.round_entry
WHERE re.round = {} AND a.state IN ('given', 'opened', 'started', 'signed') ORDER BY a.id
"""


async def settle_conflicts(
    *, round_id: int, command: SettleConflicts, actor: Actor, clock: Clock
) -> tuple[int, int]:
    """Returns how many entries went off a list unwritten, and how many sheets were set aside.

    What is not begun may be given again, to others or once nothing forbids it. A sheet that is set aside is kept,
    told of to its judge, and can be restored.
    """
    now = clock.now()
    async with transaction():
        found = await steps.own_round_held(actor, round_id)
        if found.state in FROZEN:
            raise Denied(
                "round closed", _("The round is closed. Two people leave a sheet out of what counts.")
            )
        forbidden = await _forbidden(found, now)
        await _settle(found, forbidden, command.reason, actor, now)
    return len(forbidden.unwritten), len(forbidden.written)


async def settle_rounds_at_work(clock: Clock) -> int:
    """What came to be forbidden since it was given, in every round at work: settled without anybody's act.

    Returns how many assignments that were.
    """
    count = 0
    for found in await rounds_at_work():
        if not (await _forbidden(found, clock.now())).any:
            continue
        now = clock.now()
        async with transaction():
            await steps.hold_sheets(found.edition.id)
            held = await round_by_id(found.id)
            forbidden = await _forbidden(held, now)
            if held.state not in FROZEN and forbidden.any:
                reason = _("A rule of the edition keeps this judge from this entry.")
                await _settle(held, forbidden, reason, SYSTEM, now)
                count += len(forbidden.unwritten) + len(forbidden.written)
    return count


class _Forbidden(Struct, frozen=True):
    """Assignments between whom a rule stands: those with nothing written yet, and those with a sheet."""

    unwritten: tuple[int, ...]
    written: tuple[int, ...]

    @property
    def any(self) -> bool:
        return bool(self.unwritten or self.written)


async def _forbidden(found: RoundRow, now: datetime) -> _Forbidden:
    conflicts = await conflicts_of_round(found.id, found.edition.id, now)
    unwritten: list[int] = []
    written: list[int] = []
    for row in await Assignment.raw(_GIVEN, found.id):
        stays = found.state is RoundState.EXTRA and row["extra_until"] is None
        if not stays and conflicts.forbidden(row["person"], row["entry"]):
            (unwritten if row["state"] in UNWRITTEN else written).append(row["id"])
    return _Forbidden(tuple(unwritten), tuple(written))


async def _settle(found: RoundRow, forbidden: _Forbidden, reason: str, actor: Actor, now: datetime) -> None:
    if forbidden.unwritten:
        await Assignment.update({Assignment.state: AssignmentState.WITHDRAWN.value}).where(
            Assignment.id.is_in(list(forbidden.unwritten)) & Assignment.state.is_in(list(UNWRITTEN))
        )
    for assignment in forbidden.written:
        await steps.set_aside(assignment, code=Aside.RULE, reason=reason, by=actor.person_id or None, at=now)
        await steps.tell_of_sheet("sheet-set-aside", found, assignment, reason, at=now)
    await record(
        Action.CONFLICTS_SETTLED,
        actor=actor,
        at=now,
        subject=("round", found.id),
        edition_id=found.edition.id,
        as_role="secretariat" if actor.person_id else "service",
        after={"withdrawn": list(forbidden.unwritten), "set aside": list(forbidden.written)},
        reason=reason,
    )
