"""Signing off: all of the sheets that a judge names, with a receipt for each, or none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct

from awards import ids
from awards.accounts.tables import EmailAddress
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record, upcoming
from awards.audit.tables import Event
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries.halts import is_halted
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels.queries.conflicts import conflicts_with
from awards.panels.queries.seats import OwnSeat, own_seat_alone
from awards.panels.rules import AssignmentState
from awards.panels.tables import Assignment
from awards.scoresheets import steps
from awards.scoresheets.forms import SignSheets
from awards.scoresheets.queries.receipts import marks_to_sign
from awards.scoresheets.queries.to_sign import SheetToSign, mine_to_sign
from awards.scoresheets.receipts import (
    commitment_of,
    document_text,
    name_of,
    promise_document,
    receipt_document,
)
from awards.scoresheets.rules import is_writable
from awards.scoresheets.tables import Receipt
from awards.web.i18n import _
from awards.web.words import in_mail
from judging import canonical_bytes

# Of the programme, the edition and the round.
Codes: TypeAlias = tuple[str, str, str]


class Signature(Struct, frozen=True):
    """`place` is where the audit trail promises its sheets; its receipts are found by it."""

    place: int
    sheets: int


async def sign_sheets(
    *, programme: str, edition: str, round_code: str, command: SignSheets, actor: Actor, clock: Clock
) -> Signature:
    """Each sheet must be complete and stand as the check page showed it. The same signature sent twice is one."""
    now = clock.now()
    wanted = _wanted(command.sheets)
    if not wanted:
        raise Invalid({"sheets": _("Choose at least one sheet to sign off")})
    if not command.agree:
        raise Invalid({"agree": _("Say that these marks are yours and final")})
    where = programme, edition, round_code
    try:
        async with transaction():
            return await _sign(where, wanted, actor, now, mail=bool(command.mail))
    except Stale:
        # Something was first. If it was this very signature, sent twice at once, it stands by now.
        async with transaction():
            if (known := await _signed_before(await _named(where, wanted, actor), wanted)) is not None:
                return known
        raise


async def _named(where: Codes, wanted: Mapping[str, int], actor: Actor) -> list[SheetToSign]:
    sheets = await mine_to_sign(actor, *where, list(wanted))
    if {sheet.reference for sheet in sheets} != wanted.keys():
        raise NotFound
    return sheets


async def _sign(
    where: Codes, wanted: Mapping[str, int], actor: Actor, now: datetime, *, mail: bool
) -> Signature:
    sheets = await _named(where, wanted, actor)
    if (known := await _signed_before(sheets, wanted)) is not None:
        return known
    steps.refuse_halted(await is_halted(sheets[0].edition_id))
    seat = await own_seat_alone(actor, *where)
    for sheet in sheets:
        _refuse(sheet, seat, wanted[sheet.reference], now)
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
        await steps.lift(sheet.sheet_id, sheet.version)
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
            round_="/".join(where),
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
    place = await record(
        Action.SHEET_SIGNED,
        actor=actor,
        at=now,
        subject=("seat", first.seat_id),
        edition_id=first.edition_id,
        as_role="judge",
        after=promise_document(promised),
    )
    if mail:
        await _mail(place, sheets, promised, actor, now)
    return Signature(place, len(sheets))


def _refuse(sheet: SheetToSign, seat: OwnSeat, version: int, now: datetime) -> None:
    if (refused := sheet.closed(now)) is not None:
        raise refused
    declared = seat.conflicts_declared_at is not None and seat.conflicts_declared_at >= sheet.put_at
    if (owed := steps.owed(terms_accepted=not seat.must_accept_terms, declared=declared)) is not None:
        raise owed
    if (over := is_writable(sheet.state)) is not None:
        raise Denied(over.code, f"“{sheet.title}”: {over.why}")
    if sheet.version != version:
        raise Stale
    if (
        sheet.sheet_id is None
        or sheet.state != AssignmentState.STARTED.value
        or sheet.marked < sheet.criteria
    ):
        raise Invalid({"sheets": _("Mark every criterion of “%(title)s” first", title=sheet.title)})


async def _signed_before(sheets: Sequence[SheetToSign], wanted: Mapping[str, int]) -> Signature | None:
    """The signature that a button pressed twice, or a request sent again, has made already."""
    if not all(
        sheet.state == AssignmentState.SIGNED.value and sheet.version == wanted[sheet.reference] + 1
        for sheet in sheets
    ):
        return None
    # Sheet and version name one receipt, and a signed sheet's version is that of its newest.
    rows = await Receipt.raw(
        "SELECT rc.event_seq, COUNT(*) AS sheets FROM receipt rc JOIN scoresheet sh ON sh.id = rc.scoresheet"  # noqa: S608  # slots for ids
        f" WHERE rc.version = sh.version AND rc.scoresheet IN ({', '.join(['{}'] * len(sheets))})"
        " GROUP BY rc.event_seq",
        *(sheet.sheet_id for sheet in sheets),
    )
    return Signature(rows[0]["event_seq"], len(sheets)) if len(rows) == 1 else None


async def _hand_out(
    receipts: Sequence[tuple[int, Mapping[str, Any]]], at: datetime
) -> list[tuple[int, int, str]]:
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
    return [(row.scoresheet, row.version, row.commitment) for row in rows]


async def _mail(
    place: int,
    sheets: Sequence[SheetToSign],
    promised: Sequence[tuple[int, int, str]],
    actor: Actor,
    at: datetime,
) -> None:
    """Written after the trail, whose head it carries out of the house. Marks stay on the screen."""
    head = await Event.select(Event.hash).where(Event.seq == place).first()
    to = (
        await EmailAddress.select(EmailAddress.address, EmailAddress.person.lang.as_alias("lang"))
        .where((EmailAddress.person == actor.person_id) & EmailAddress.is_primary.eq(True))
        .first()
    )
    if head is None or to is None:
        return
    first = sheets[0]
    utc, local = in_mail(at, first.zone, to["lang"], seconds=True)
    references = {sheet.sheet_id: sheet.reference for sheet in sheets}
    await enqueue(
        "sheets-signed",
        to=to["address"],
        at=at,
        dedupe_key=f"sheets-signed:{place}",
        lang=to["lang"],
        values={
            "name": actor.name,
            "count": str(len(promised)),
            "round": first.round_name,
            "edition": first.edition_name,
            "signed": utc,
            "signed_local": local,
            "receipts": "\n".join(
                f"{name_of(references[sheet], commitment)} {commitment}"
                for sheet, _version, commitment in promised
            ),
            "place": str(place),
            "head": head["hash"],
            "link": "/bench/receipts",
        },
        edition_id=first.edition_id,
    )


def _wanted(sheets: tuple[str, ...]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for sheet in sheets:
        reference, _colon, version = sheet.rpartition(":")
        if not reference or not version.isascii() or not version.isdigit() or len(version) > 9:
            raise Invalid({"sheets": _("Choose the sheets from the list")})
        wanted[reference] = int(version)
    return wanted
