"""Everybody's deadline has moved: the row that says so for good, and the mails. Each needs an open transaction."""

from datetime import datetime

from awards.actor import Actor
from awards.db import in_transaction
from awards.editions.queries import EditionRow
from awards.editions.queries.deadlines import Told, told_of_deadline
from awards.editions.rules import EditionState
from awards.editions.tables import Extension
from awards.outbox.services import enqueue
from awards.web.words import in_mail


async def deadline_moved(
    edition: EditionRow,
    was: datetime | None,
    until: datetime | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep and announce a later deadline of a call that has been opened; returns how many are written to."""
    assert in_transaction()
    if edition.state is not EditionState.OPEN or was is None or until is None or until <= was:
        return 0
    row = Extension(
        edition=edition.id, was=was, until=until, reason=reason, by=actor.person_id or None, created_at=now
    )
    await row.save()
    readers = await told_of_deadline(edition.id, now)
    for reader in readers:
        zone = reader.zone if reader.zone != "UTC" else edition.zone
        values = {"name": reader.name, "edition": edition.name, "reason": reason, "link": "/city"}
        values["until"], values["until_local"] = in_mail(until, zone, reader.lang)
        values["was"], _local = in_mail(was, zone, reader.lang)
        values["own"] = _own(reader, until, zone)
        await enqueue(
            "deadline-moved",
            to=reader.address,
            at=now,
            dedupe_key=f"deadline-moved:{row.id}:{reader.person_id}",
            lang=reader.lang,
            values=values,
            edition_id=edition.id,
        )
    return len(readers)


def _own(reader: Told, until: datetime, zone: str) -> str:
    """An extension of their own that gives them still more time stands as it was."""
    if reader.own_until is None or reader.own_until <= until:
        return ""
    return in_mail(reader.own_until, zone, reader.lang)[0]
