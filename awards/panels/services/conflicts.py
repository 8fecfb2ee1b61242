"""Conflicts that the secretariat learns of, their withdrawal, and sheets that count again."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels import steps
from awards.panels.forms import RecordConflict, RestoreSheet, WithdrawConflict
from awards.panels.queries.conflicts import conflicts_of_round, rules_of
from awards.panels.queries.rounds import RoundRow, own_round, round_by_id
from awards.panels.rules import FROZEN, Aside, AssignmentState, may_restore
from awards.panels.sentences import conflict_words
from awards.panels.tables import Assignment, DeclaredConflict, Seat
from awards.web.i18n import _
from judging.conflicts import Code, Effect

_PAIR = """
SELECT s.person, e.id AS entry FROM seat s JOIN round_entry re ON re.round = s.round JOIN entry e ON e.id = re.entry
WHERE s.id = {} AND s.round = {} AND e.reference = {}
"""
# Wherever this person reads this entry in the edition: one conflict stands for all rounds.
_READ = """
SELECT s.id AS seat, s.round, a.state FROM seat s JOIN round r ON r.id = s.round
JOIN round_entry re ON re.round = r.id JOIN assignment a ON a.seat = s.id AND a.round_entry = re.id
WHERE r.edition = {} AND s.person = {} AND re.entry = {} AND a.state IN ('given', 'opened', 'started', 'signed')
ORDER BY r.position
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
        conflict = DeclaredConflict(
            person=person,
            edition=found.edition.id,
            entry=entry,
            code="secretariat",
            source="secretariat",
            reason=command.reason,
            created_at=now,
        )
        if await DeclaredConflict.exists().where(
            (DeclaredConflict.person == person)
            & (DeclaredConflict.entry == entry)
            & (DeclaredConflict.source == "secretariat")
            & DeclaredConflict.withdrawn_at.is_null()
        ):
            raise Invalid({"reference": _("This conflict is on record already")})
        await conflict.save()
        ended, kept = await _end(found, person, entry, command.reason, actor, now)
        await record(
            Action.CONFLICT_RECORDED,
            actor=actor,
            at=now,
            subject=("conflict", conflict.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={
                "person": person,
                "entry": entry,
                "recused": ended.recused,
                "set aside": list(ended.aside),
                "still counting": kept,
            },
            reason=command.reason,
        )
    return ended.recused, len(ended.aside), kept


async def _end(
    found: RoundRow, person: int, entry: int, reason: str, actor: Actor, now: datetime
) -> tuple[steps.Ended, int]:
    """In every round of the edition that is still open, unless its rules let such a conflict pass."""
    rules = await rules_of(found.edition.id)
    if not any(rule.code is Code.SECRETARIAT and rule.effect is Effect.FORBID for rule in rules):
        return steps.Ended(0, ()), 0
    recused, kept = 0, 0
    aside: list[int] = []
    for row in await Seat.raw(_READ, found.edition.id, person, entry):
        where = found if row["round"] == found.id else await round_by_id(row["round"])
        ended = steps.Ended(0, ())
        # Frozen is what is closed: between the deadline and the closing nobody has seen a mark yet.
        if where.state not in FROZEN:
            ended = await steps.end_in_conflict(
                row["seat"], [entry], code=Aside.SECRETARIAT, reason=reason, by=actor.person_id, at=now
            )
        for assignment in ended.aside:
            await steps.tell_of_sheet("sheet-set-aside", where, assignment, reason, at=now)
        recused += ended.recused
        aside += ended.aside
        kept += not ended.aside and row["state"] == AssignmentState.SIGNED.value
    return steps.Ended(recused, tuple(aside)), kept


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
        found = await own_round(actor, round_id)
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
