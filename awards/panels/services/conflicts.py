"""Conflicts that the secretariat learns of, their withdrawal, and sheets that count again."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels import ending, steps
from awards.panels.forms import RecordConflict, RestoreSheet, WithdrawConflict
from awards.panels.queries.conflicts import conflicts_of_round
from awards.panels.queries.rounds import own_round
from awards.panels.rules import AssignmentState, may_restore
from awards.panels.sentences import conflict_words
from awards.panels.tables import Assignment, DeclaredConflict, Seat
from awards.web.i18n import _
from judging.conflicts import Code, Effect

_PAIR = """
SELECT s.person, e.id AS entry FROM seat s JOIN round_entry re ON re.round = s.round JOIN entry e ON e.id = re.entry
WHERE s.id = {} AND s.round = {} AND e.reference = {}
"""


async def record_conflict(
    *, round_id: int, command: RecordConflict, actor: Actor, clock: Clock
) -> tuple[int, int, int]:
    """What is not begun ends, what is written is set aside; a closed round keeps its sheets until two consent.

    Returns how many assignments ended unwritten, how many sheets were set aside, how many still count.
    """
    now = clock.now()
    async with transaction():
        found = await own_round(actor, round_id)
        rows = await Seat.raw(_PAIR, command.seat, round_id, command.reference)
        if not rows:
            raise NotFound
        person, entry = rows[0]["person"], rows[0]["entry"]
        if person != actor.person_id:
            await steps.refuse_involved(actor, found, entry, now)
        conflict = await ending.put_on_record(
            edition_id=found.edition.id,
            person=person,
            entry=entry,
            code=Code.SECRETARIAT,
            source="secretariat",
            reason=command.reason,
            at=now,
        )
        if conflict is None:
            raise Invalid({"reference": _("This conflict is on record already")})
        ended = await ending.end_everywhere(
            edition_id=found.edition.id,
            person=person,
            entry=entry,
            code=Code.SECRETARIAT,
            reason=command.reason,
            by=actor.person_id,
            at=now,
        )
        await record(
            Action.CONFLICT_RECORDED,
            actor=actor,
            at=now,
            subject=("conflict", conflict),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={
                "person": person,
                "entry": entry,
                "recused": ended.recused,
                "set aside": list(ended.aside),
                "still counting": ended.kept,
            },
            reason=command.reason,
        )
    return ended.recused, len(ended.aside), ended.kept


async def withdraw_conflict(*, round_id: int, command: WithdrawConflict, actor: Actor, clock: Clock) -> None:
    """The conflict stands no more; what it ended or set aside stays so until somebody changes that on purpose."""
    now = clock.now()
    async with transaction():
        found = await own_round(actor, round_id)
        rows = await DeclaredConflict.raw(
            "SELECT d.id, d.source FROM conflict d JOIN seat s ON s.person = d.person AND s.round = {}"
            " WHERE d.id = {} AND d.edition = {}",
            round_id,
            command.conflict,
            found.edition.id,
        )
        if not rows:
            raise NotFound
        withdrawn = (
            await DeclaredConflict.update({DeclaredConflict.withdrawn_at: now})
            .where((DeclaredConflict.id == command.conflict) & DeclaredConflict.withdrawn_at.is_null())
            .returning(DeclaredConflict.id)
        )
        if not withdrawn:
            raise Stale
        await record(
            Action.CONFLICT_WITHDRAWN,
            actor=actor,
            at=now,
            subject=("conflict", command.conflict),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"source": rows[0]["source"]},
            reason=command.reason,
        )


async def restore_sheet(*, round_id: int, command: RestoreSheet, actor: Actor, clock: Clock) -> None:
    """A sheet that a conflict set aside counts again, once no conflict stands between judge and entry."""
    now = clock.now()
    async with transaction():
        found = await steps.own_round_held(actor, round_id)
        if refused := may_restore(found.state):
            raise refused
        rows = await Assignment.raw(
            "SELECT a.state, s.person, re.entry, p.name FROM assignment a JOIN seat s ON s.id = a.seat"
            " JOIN person p ON p.id = s.person JOIN round_entry re ON re.id = a.round_entry"
            " WHERE a.id = {} AND s.round = {}",
            command.assignment,
            round_id,
        )
        if not rows:
            raise NotFound
        row = rows[0]
        if row["state"] != AssignmentState.SET_ASIDE.value:
            raise Denied("not set aside", _("This sheet is not set aside."))
        await steps.refuse_involved(actor, found, row["entry"], now)
        conflicts = await conflicts_of_round(round_id, found.edition.id, now, persons=[row["person"]])
        for finding in conflicts.of(row["person"], row["entry"]):
            if finding.effect is Effect.FORBID:
                raise Invalid(
                    {
                        "assignment": _(
                            "%(name)s %(conflict)s. Withdraw the conflict first",
                            name=row["name"],
                            conflict=conflict_words(finding),
                        )
                    }
                )
        after = await steps.restore(command.assignment, reason=command.reason, by=actor.person_id, at=now)
        await steps.tell_of_sheet("sheet-restored", found, command.assignment, command.reason, at=now)
        await record(
            Action.SHEET_RESTORED,
            actor=actor,
            at=now,
            subject=("assignment", command.assignment),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"state": "set aside"},
            after={"state": after},
            reason=command.reason,
        )
