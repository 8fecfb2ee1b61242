"""What a rule forbids and was given before it was known: ended where nothing is written, else set aside."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import RoundState
from awards.errors import Denied
from awards.panels import steps
from awards.panels.forms_conflicts import SettleConflicts
from awards.panels.queries.conflicts import conflicts_of_round
from awards.panels.queries.rounds import own_round
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
        found = await own_round(actor, round_id)
        if found.state in FROZEN:
            raise Denied(
                "round closed", _("The round is closed. Two people leave a sheet out of what counts.")
            )
        conflicts = await conflicts_of_round(round_id, found.edition.id, now)
        back: list[int] = []
        aside: list[int] = []
        for row in await Assignment.raw(_GIVEN, round_id):
            stays = found.state is RoundState.EXTRA and row["extra_until"] is None
            if stays or not conflicts.forbidden(row["person"], row["entry"]):
                continue
            (back if row["state"] in UNWRITTEN else aside).append(row["id"])
        if back:
            await Assignment.update({Assignment.state: AssignmentState.WITHDRAWN.value}).where(
                Assignment.id.is_in(back) & Assignment.state.is_in(list(UNWRITTEN))
            )
        for assignment in aside:
            await steps.set_aside(
                assignment, code=Aside.RULE, reason=command.reason, by=actor.person_id, at=now
            )
            await steps.tell_of_sheet("sheet-set-aside", found, assignment, command.reason, at=now)
        await record(
            Action.CONFLICTS_SETTLED,
            actor=actor,
            at=now,
            subject=("round", round_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"withdrawn": back, "set aside": aside},
            reason=command.reason,
        )
    return len(back), len(aside)
