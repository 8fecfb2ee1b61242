"""What the verbs of entries share: each needs an open transaction."""

from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import recipients_of
from awards.db import in_transaction, lock_rows
from awards.editions.tables import Category
from awards.entries import queries
from awards.entries.asking import may_write_answer
from awards.entries.declaring import ConsentKind, fingerprint
from awards.entries.queries import OwnEntry, doubles
from awards.entries.rules import Late
from awards.entries.tables import Entry, EntryConsent, LateTry
from awards.errors import Denied, Invalid, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _
from awards.web.words import in_mail

CITY_OFFICIAL, SECRETARIAT = "city official", "secretariat"


async def own_locked(actor: Actor, reference: str, now: datetime) -> OwnEntry:
    """The entry, nobody else's until this transaction ends."""
    await lock_rows(Entry.select(Entry.id).where(Entry.reference == reference.upper()))
    return await queries.own_entry(actor, reference, now)


def must_write(entry: OwnEntry) -> None:
    if not entry.may_write:
        raise Denied("reader", _("You may read the entries of this entrant, not write them."))


async def must_be_in_time(
    entry: OwnEntry, actor: Actor, now: datetime, *, tried: str, code: str = ""
) -> Late | None:
    """Nothing where it may be written; a late try is recorded and given back, so that the record is kept.

    `code` is of the question whose answer is written: one that the city is asked about stays open until that is due.
    """
    must_write(entry)
    refusal = may_write_answer(entry.state, entry.call, entry.enquiry, code, now)
    if isinstance(refusal, Late):
        await keep_late(
            refusal, entry.edition_id, entry.entrant_id, actor, now, tried=tried, entry_id=entry.id
        )
        return refusal
    if refusal is not None:
        raise refusal
    return None


async def keep_late(
    refusal: Late,
    edition_id: int,
    entrant_id: int,
    actor: Actor,
    now: datetime,
    *,
    tried: str,
    entry_id: int | None = None,
) -> None:
    """What came too late stays on record: who tried what, when, and by how much it was late."""
    assert in_transaction()
    await LateTry.insert(
        LateTry(
            edition=edition_id,
            entrant=entrant_id,
            entry=entry_id,
            tried=tried,
            closed=refusal.closes,
            by=actor.person_id,
            created_at=now,
        )
    )
    await record(
        Action.ENTRY_LATE,
        actor=actor,
        at=now,
        subject=("entrant", entrant_id) if entry_id is None else ("entry", entry_id),
        edition_id=edition_id,
        as_role=CITY_OFFICIAL,
        after={"tried": tried, "closed": refusal.closes.isoformat()},
        reason=tried,
    )


async def step(entry: OwnEntry, version: int, values: dict[Any, Any]) -> None:
    rows = (
        await Entry.update({**values, Entry.version: Entry.version + 1})
        .where((Entry.id == entry.id) & (Entry.version == version))
        .returning(Entry.id)
    )
    if not rows:
        raise Stale


async def tell(
    entry: OwnEntry,
    template: str,
    now: datetime,
    *,
    key: str,
    arrived: datetime | None = None,
    **more: str,
) -> None:
    """Mail to everybody who acts for the entrant; what arrived when is written as each of them writes it."""
    for person in await recipients_of(entry.entrant_id, now):
        times = in_mail(arrived, entry.zone, person.lang, seconds=True) if arrived else ()
        await enqueue(
            template,
            to=person.address,
            at=now,
            dedupe_key=f"{template}:{entry.id}:{key}:{person.person_id}",
            lang=person.lang,
            values={
                "name": person.name,
                "reference": entry.reference,
                "entrant": entry.entrant["name"],
                "link": entry.path,
                **dict(zip(("arrived", "arrived_local"), times, strict=False)),
                **more,
            },
            edition_id=entry.edition_id,
        )


async def tell_of_doubles(entry: OwnEntry, actor: Actor, now: datetime) -> None:
    """Whoever acts for another entry of the same city hears once that this one may be the same practice."""
    assert in_transaction()
    for other in await doubles.own_doubles(entry):
        for person in await recipients_of(other.entrant_id, now):
            if person.person_id == actor.person_id:
                continue  # was warned on the page, before submitting
            first, second = sorted((entry.id, other.id))
            await enqueue(
                "entry-double",
                to=person.address,
                at=now,
                dedupe_key=f"entry-double:{first}:{second}:{person.person_id}",
                lang=person.lang,
                values={
                    "name": person.name,
                    "entrant": other.entrant,
                    "reference": other.reference,
                    "submitted": entry.reference,
                    "link": f"/city/entries/{other.reference}",
                },
                edition_id=entry.edition_id,
            )


async def consent(
    entry_id: int, kind: ConsentKind, *, by: int, text: str, now: datetime, number: int = 0
) -> None:
    """What stood before of this kind ends: of each kind one stands."""
    assert in_transaction()
    await EntryConsent.update({EntryConsent.ended_at: now}).where(
        (EntryConsent.entry == entry_id) & (EntryConsent.kind == kind.value) & EntryConsent.ended_at.is_null()
    )
    await EntryConsent.insert(
        EntryConsent(
            entry=entry_id,
            kind=kind.value,
            by=by,
            number=number,
            text=text,
            text_sha256=fingerprint(text),
            created_at=now,
        )
    )


async def category_id_of(edition_id: int, code: str) -> int:
    rows = await Category.select(Category.id).where(
        (Category.edition == edition_id) & (Category.code == code)
    )
    if not rows:
        raise Invalid({"category": _("Choose a category")})
    return int(rows[0]["id"])
