"""Signing off, and the secretariat's reopening of a sheet that was signed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from awards import ids
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record, upcoming
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels.queries.conflicts import conflicts_with
from awards.panels.queries.rounds import own_round
from awards.panels.rules import AssignmentState, may_write
from awards.panels.tables import Assignment
from awards.scoresheets import steps
from awards.scoresheets.forms import ReopenSheet, SignSheets
from awards.scoresheets.queries.receipts import marks_to_sign
from awards.scoresheets.queries.to_sign import mine_to_sign
from awards.scoresheets.receipts import commitment_of, document_text, receipt_document
from awards.scoresheets.tables import Receipt, Scoresheet
from awards.web.i18n import _
from judging import canonical_bytes


async def sign_sheets(
    *, programme: str, edition: str, round_code: str, command: SignSheets, actor: Actor, clock: Clock
) -> int:
    """All of the sheets named, or none. Each must be complete and stand as the check page showed it."""
    now = clock.now()
    wanted = _wanted(command.sheets)
    if not wanted:
        raise Invalid({"sheets": _("Choose at least one sheet to sign off")})
    if not command.agree:
        raise Invalid({"agree": _("Say that these marks are yours and final")})
    async with transaction():
        sheets = await mine_to_sign(actor, programme, edition, round_code, list(wanted))
        if {sheet.reference for sheet in sheets} != wanted.keys():
            raise NotFound
        for sheet in sheets:
            if (refused := sheet.closed(now)) is not None:
                raise refused
            if sheet.version != wanted[sheet.reference] or sheet.sheet_id is None:
                raise Stale
            if sheet.state != AssignmentState.STARTED.value or sheet.marked < sheet.criteria:
                raise Invalid({"sheets": _("Mark every criterion of “%(title)s” first", title=sheet.title)})
        first = sheets[0]
        found = await conflicts_with(
            actor.person_id, [one.entry_id for one in sheets], first.round_id, first.edition_id, now
        )
        for sheet in sheets:
            if (refused := steps.closed_by(found.of(actor.person_id, sheet.entry_id))) is not None:
                raise Invalid({"sheets": f"“{sheet.title}”: {refused.why}"})
        signed = canonical_bytes({"marks": {}, "notes": {}, "signed": True}).decode()
        marks = await marks_to_sign([one.sheet_id for one in sheets if one.sheet_id is not None])
        receipts = []
        for sheet in sheets:
            assert sheet.sheet_id is not None
            await _lift(sheet.sheet_id, sheet.version)
            await steps.revision(
                sheet_id=sheet.sheet_id,
                version=sheet.version + 1,
                actor=actor,
                key=ids.salt(),
                base_version=sheet.version,
                change=signed,
                at=now,
            )
            document = receipt_document(
                round_=f"{programme}/{edition}/{round_code}",
                entry=sheet.reference,
                label=sheet.label,
                version=sheet.version + 1,
                signed_at=now,
                marks=marks[sheet.sheet_id],
                nonce=ids.salt(),
            )
            receipts.append((sheet.sheet_id, document))
        changed = (
            await Assignment.update({Assignment.state: "signed", Assignment.signed_at: now})
            .where(
                Assignment.id.is_in([sheet.assignment_id for sheet in sheets])
                & (Assignment.state == AssignmentState.STARTED.value)
            )
            .returning(Assignment.id)
        )
        if len(changed) != len(sheets):
            raise Stale
        promised = await _hand_out(receipts, now)
        await record(
            Action.SHEET_SIGNED,
            actor=actor,
            at=now,
            subject=("seat", sheets[0].seat_id),
            edition_id=sheets[0].edition_id,
            as_role="judge",
            after={"sheets": promised},
        )
    return len(sheets)


async def _hand_out(receipts: Sequence[tuple[int, Mapping[str, Any]]], at: datetime) -> list[list[Any]]:
    """Keep each receipt with its place in the trail; returns sheet, version and commitment, which the trail binds."""
    place = await upcoming()
    rows = [
        Receipt(
            scoresheet=sheet,
            version=document["version"],
            nonce=document["nonce"],
            document=document_text(document),
            commitment=commitment_of(document),
            event_seq=place,
            created_at=at,
        )
        for sheet, document in receipts
    ]
    await Receipt.insert(*rows)
    return [[row.scoresheet, row.version, row.commitment] for row in rows]


def _wanted(sheets: tuple[str, ...]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for sheet in sheets:
        reference, _colon, version = sheet.rpartition(":")
        if not reference or not version.isascii() or not version.isdigit() or len(version) > 9:
            raise Invalid({"sheets": _("Choose the sheets from the list")})
        wanted[reference] = int(version)
    return wanted


_SIGNED = """
SELECT a.id AS assignment_id, a.state, a.extra_until, sh.id AS sheet_id, sh.version, s.extended_until, e.title,
       p.name, p.lang, m.address
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry e ON e.id = re.entry
JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
JOIN scoresheet sh ON sh.assignment = a.id
WHERE re.round = {} AND e.reference = {} AND s.id = {}
"""


async def reopen_sheet(*, round_id: int, command: ReopenSheet, actor: Actor, clock: Clock) -> None:
    """A signed sheet goes back to its judge, while the round is open, with a reason that the judge reads."""
    now = clock.now()
    async with transaction():
        found = await own_round(actor, round_id)
        rows = await Scoresheet.raw(_SIGNED, round_id, command.reference, command.seat)
        if not rows:
            raise NotFound
        sheet = rows[0]
        closed = may_write(
            state=found.state,
            opens=found.opens,
            closes=found.closes,
            extended_until=sheet["extended_until"],
            extra_until=sheet["extra_until"],
            now=now,
        )
        if closed is not None:
            raise closed
        if sheet["state"] != AssignmentState.SIGNED.value:
            raise Denied("not signed", _("Only a sheet that is signed off can be reopened."))
        await _lift(sheet["sheet_id"], sheet["version"])
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
        await Assignment.update({Assignment.state: "started", Assignment.signed_at: None}).where(
            Assignment.id == sheet["assignment_id"]
        )
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


async def _lift(sheet_id: int, version: int) -> None:
    rows = await Scoresheet.raw(
        "UPDATE scoresheet SET version = {} WHERE id = {} AND version = {} RETURNING id",
        version + 1,
        sheet_id,
        version,
    )
    if not rows:
        raise Stale
