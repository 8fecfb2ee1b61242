"""What the verbs about a city's approval share: each needs an open transaction."""

from datetime import datetime

from awards.cities.queries import recipients_of
from awards.db import advisory_lock, in_transaction
from awards.entries.declaring import ConsentKind, fingerprint
from awards.entries.tables import EntryConsent
from awards.outbox.services import enqueue
from awards.web.words import in_mail


async def places_locked(edition_id: int, counts_for: int) -> None:
    """Whoever takes one of the city's places waits here: the last one is given once."""
    await advisory_lock(f"entries of {edition_id} for {counts_for}")


async def ask_city(
    *, edition_id: int, entry_id: int, reference: str, entrant: str, title: str, city_id: int, city: str,
    closes: datetime | None, zone: str, now: datetime,
) -> None:  # fmt: skip
    """Mail to everybody who acts for the city on whose behalf somebody enters."""
    assert in_transaction()
    for person in await recipients_of(city_id, now):
        utc, local = in_mail(closes, zone, person.lang) if closes else ("", "")
        await enqueue(
            "city-approval-asked",
            to=person.address,
            at=now,
            dedupe_key=f"city-approval-asked:{entry_id}:{person.person_id}",
            lang=person.lang,
            values={
                "name": person.name,
                "entrant": entrant,
                "title": title,
                "city": city,
                "reference": reference,
                "closes": utc,
                "closes_local": local,
                "link": f"/city/approvals/{reference}",
            },
            edition_id=edition_id,
        )


async def keep_word(entry_id: int, kind: ConsentKind, *, by: int, way: str, text: str, now: datetime) -> None:
    """The city's word in the place of what it said before, be it yes or no."""
    assert in_transaction()
    await EntryConsent.update({EntryConsent.ended_at: now}).where(
        (EntryConsent.entry == entry_id)
        & EntryConsent.kind.is_in([ConsentKind.APPROVAL.value, ConsentKind.REFUSAL.value])
        & EntryConsent.ended_at.is_null()
    )
    await EntryConsent.insert(
        EntryConsent(
            entry=entry_id,
            kind=kind.value,
            by=by,
            text=text,
            text_sha256=fingerprint(text),
            way=way,
            created_at=now,
        )
    )
