"""Assignments one by one: by hand, taken back, and stepping aside."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Invalid, NotFound
from awards.panels.forms import AssignByHand, Recuse, TakeBack
from awards.panels.queries.conflicts import conflicts_of_round
from awards.panels.rules import UNWRITTEN, SeatState
from awards.panels.sentences import conflict_words
from awards.panels.steps import (
    have_repairs_offered,
    own_seat_held,
    recuse_from,
    round_to_change,
    tell_of_entries,
)
from awards.panels.tables import Assignment, RoundEntry, Seat
from awards.web.i18n import _
from judging.conflicts import Effect

_PAIR = """
SELECT s.id AS seat_id, s.person, s.state AS seat_state, s.role, p.name, p.lang, p.zone, m.address, s.extended_until,
       re.id AS round_entry_id, e.id AS entry_id, e.category,
       (SELECT COUNT(*) FROM seat_category sc WHERE sc.seat = s.id) AS narrowed,
       (SELECT COUNT(*) FROM seat_category sc WHERE sc.seat = s.id AND sc.category = e.category) AS fits
FROM seat s JOIN person p ON p.id = s.person JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
JOIN round_entry re ON re.round = s.round JOIN entry e ON e.id = re.entry
WHERE s.id = {} AND s.round = {} AND e.reference = {}
"""


async def assign_by_hand(
    *, round_id: int, command: AssignByHand, actor: Actor, clock: Clock
) -> tuple[str, ...]:
    """One entry to one judge, unless a rule forbids it. Returns the warnings that the secretariat should read."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        rows = await Seat.raw(_PAIR, command.seat, round_id, command.reference)
        if not rows:
            raise NotFound
        pair = rows[0]
        if pair["seat_state"] != SeatState.ACCEPTED.value or pair["role"] != "scorer":
            raise Invalid({"seat": _("%(name)s does not score in this round.", name=pair["name"])})
        if pair["narrowed"] and not pair["fits"]:
            raise Invalid({"seat": _("%(name)s does not judge this category.", name=pair["name"])})
        conflicts = await conflicts_of_round(round_id, found.edition.id, now, persons=[pair["person"]])
        findings = conflicts.of(pair["person"], pair["entry_id"])
        for finding in findings:
            if finding.effect is Effect.FORBID:
                raise Invalid(
                    {"seat": _("%(name)s %(conflict)s.", name=pair["name"], conflict=conflict_words(finding))}
                )
        known = ", ".join(sorted(finding.code.value for finding in findings))
        made = await Assignment.raw(
            "INSERT INTO assignment (round_entry, seat, origin, state, known_conflicts, created_at)"
            " VALUES ({}, {}, 'hand', 'given', {}, {})"
            " ON CONFLICT (round_entry, seat) DO UPDATE SET origin = excluded.origin, proposal = NULL,"
            " state = excluded.state, known_conflicts = excluded.known_conflicts"
            " WHERE assignment.state = 'withdrawn' RETURNING id",
            pair["round_entry_id"],
            command.seat,
            known,
            now,
        )
        if not made:
            raise Invalid(
                {"seat": _("%(name)s has this entry already, or stepped aside.", name=pair["name"])}
            )
        await tell_of_entries(found, pair, 1, key=f"hand:{made[0]['id']}:{now.isoformat()}", at=now)
        await record(
            Action.ASSIGNMENT_CHANGED,
            actor=actor,
            at=now,
            subject=("assignment", made[0]["id"]),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"state": "given", "round_entry": pair["round_entry_id"], "seat": command.seat},
        )
    return tuple(conflict_words(finding) for finding in findings if finding.effect is Effect.WARN)


async def take_back(*, round_id: int, command: TakeBack, actor: Actor, clock: Clock) -> None:
    """An assignment on which nothing is written yet."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        rows = await RoundEntry.raw(
            "SELECT a.state FROM assignment a JOIN round_entry re ON re.id = a.round_entry"
            " WHERE a.id = {} AND re.round = {}",
            command.assignment,
            round_id,
        )
        if not rows:
            raise NotFound
        changed = (
            await Assignment.update({Assignment.state: "withdrawn"})
            .where((Assignment.id == command.assignment) & Assignment.state.is_in(list(UNWRITTEN)))
            .returning(Assignment.id)
        )
        if not changed:
            raise Denied("started", _("The judge has started this sheet, so it is not taken back."))
        await record(
            Action.ASSIGNMENT_CHANGED,
            actor=actor,
            at=now,
            subject=("assignment", command.assignment),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"state": rows[0]["state"]},
            after={"state": "withdrawn"},
        )


async def recuse(*, seat_id: int, reference: str, command: Recuse, actor: Actor, clock: Clock) -> None:
    """The judge steps aside from one entry, in one step, with a reason."""
    now = clock.now()
    async with transaction():
        seat = await own_seat_held(actor, seat_id)
        if seat.is_over(now):
            raise Denied(
                "round closed",
                _("The round is closed, so its sheets stay. Write to the secretariat instead."),
            )
        rows = await RoundEntry.raw(
            "SELECT a.id, re.entry FROM assignment a JOIN round_entry re ON re.id = a.round_entry"
            " JOIN entry e ON e.id = re.entry WHERE a.seat = {} AND e.reference = {}",
            seat.id,
            reference,
        )
        if not rows:
            raise NotFound
        if not await recuse_from(seat.id, [rows[0]["entry"]], code="recused", text=command.reason, at=now):
            raise Denied("not assigned", _("This entry is no longer yours to judge."))
        await have_repairs_offered(seat.round.id, now)
        await record(
            Action.RECUSED,
            actor=actor,
            at=now,
            subject=("assignment", rows[0]["id"]),
            edition_id=seat.round.edition.id,
            as_role="judge",
            after={"state": "recused"},
            reason=command.reason,
        )
