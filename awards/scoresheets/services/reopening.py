"""The secretariat's reopening of a sheet that was signed off."""

from awards import ids
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import shared, transaction
from awards.editions.queries.halts import is_halted
from awards.editions.rules import RoundState
from awards.errors import Denied, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels.queries.rounds import own_round
from awards.panels.queries.titles import with_titles
from awards.panels.rules import AssignmentState, SeatState, may_write
from awards.panels.steps import refuse_involved
from awards.panels.tables import Assignment
from awards.scoresheets import steps
from awards.scoresheets.forms import ReopenSheet
from awards.scoresheets.tables import Scoresheet
from awards.web.i18n import _
from judging import canonical_bytes

_SIGNED = """
SELECT a.id AS assignment_id, a.state, a.extra_until, sh.id AS sheet_id, sh.version, s.extended_until,
  s.state AS seat_state, en.id AS entry_id,
  SUBMITTED_TITLE AS title, p.id AS person_id, p.name, p.lang, m.address,
  r.state AS round_state, r.opens AS "opens", r.closes AS "closes"
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round JOIN person p ON p.id = s.person
LEFT JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
JOIN scoresheet sh ON sh.assignment = a.id
WHERE re.round = {} AND en.reference = {} AND s.id = {}
"""


async def reopen_sheet(*, round_id: int, command: ReopenSheet, actor: Actor, clock: Clock) -> bool:
    """A signed sheet goes back to its judge, while the round is open, with a reason that the judge reads.

    Returns whether the judge has a mail: who was brought in from a list may have no address.
    """
    now = clock.now()
    async with transaction():
        found = await own_round(actor, round_id)
        rows = await Scoresheet.raw(
            with_titles(_SIGNED) + shared("r"), round_id, command.reference, command.seat
        )
        if not rows:
            raise NotFound
        sheet = rows[0]
        steps.refuse_halted(await is_halted(found.edition.id))
        closed = may_write(
            state=RoundState(sheet["round_state"]),
            opens=sheet["opens"],
            closes=sheet["closes"],
            extended_until=sheet["extended_until"],
            extra_until=sheet["extra_until"],
            now=now,
        )
        if closed is not None:
            raise closed
        if sheet["state"] != AssignmentState.SIGNED.value:
            raise Denied("not signed", _("Only a sheet that is signed off can be reopened."))
        if sheet["person_id"] == actor.person_id:
            # A signature that its own judge may take back is none.
            raise Denied(
                "own sheet", _("This sheet is your own. Somebody else of the secretariat reopens it.")
            )
        if sheet["seat_state"] != SeatState.ACCEPTED.value:
            # Nobody could sign it again: it would be left out by one person, without the second.
            raise Denied(
                "seat ended",
                _("The judge is no longer on the panel, so nobody could sign this sheet off again."),
            )
        await refuse_involved(actor, found, sheet["entry_id"], now)
        await steps.lift(sheet["sheet_id"], sheet["version"])
        await steps.revision(
            sheet_id=sheet["sheet_id"],
            version=sheet["version"] + 1,
            actor=actor,
            key=ids.salt(),
            base_version=sheet["version"],
            change=canonical_bytes(
                {"marks": {}, "notes": {}, "signed": False, "reason": command.reason}
            ).decode(),
            at=now,
        )
        changed = (
            await Assignment.update({Assignment.state: "started", Assignment.signed_at: None})
            .where(
                (Assignment.id == sheet["assignment_id"]) & (Assignment.state == AssignmentState.SIGNED.value)
            )
            .returning(Assignment.id)
        )
        if not changed:
            raise Stale
        if sheet["address"]:
            await enqueue(
                "sheet-reopened",
                to=sheet["address"],
                at=now,
                dedupe_key=f"sheet-reopened:{sheet['sheet_id']}:{sheet['version'] + 1}",
                lang=sheet["lang"],
                values={
                    "name": sheet["name"],
                    "title": sheet["title"],
                    "round": found.name,
                    "edition": found.edition.name,
                    "reason": command.reason,
                    "link": f"{found.bench}/{command.reference}",
                },
                edition_id=found.edition.id,
            )
        await record(
            Action.SHEET_REOPENED,
            actor=actor,
            at=now,
            subject=("scoresheet", sheet["sheet_id"]),
            edition_id=found.edition.id,
            as_role="secretariat",
            before={"state": "signed"},
            after={"state": "started", "version": sheet["version"] + 1},
            reason=command.reason,
        )
    return bool(sheet["address"])
