"""What the verbs of cities share."""

from datetime import UTC, datetime, time, timedelta

from awards.accounts.tables import Person
from awards.actor import Actor
from awards.cities import queries
from awards.cities.queries import Recipient
from awards.cities.tables import Entrant
from awards.db import in_transaction, lock_rows
from awards.errors import NotFound
from awards.outbox.services import enqueue

CITY_OFFICIAL, SECRETARIAT = "city official", "secretariat"


async def locked_entrant(entrant_id: int) -> Entrant:
    rows: list[Entrant] = await lock_rows(Entrant.objects().where(Entrant.id == entrant_id))
    if not rows:
        raise NotFound
    return rows[0]


async def recipient(person_id: int) -> Recipient:
    rows = await Person.raw(
        "SELECT p.id AS person_id, p.name, COALESCE(m.address, '') AS address, p.lang FROM person p"
        " LEFT JOIN email_address m ON m.person = p.id AND m.is_primary WHERE p.id = {}",
        person_id,
    )
    return Recipient(**rows[0])


async def tell_deciders(template: str, entrant: Entrant, *, actor: Actor, at: datetime) -> None:
    """At most one mail a day (in UTC) to each of the secretariat, however many ask.

    The first who asks on a day is told of at once; the next makes a mail for the day after, and the others are
    in the list that both lead to. So nothing waits unannounced for longer than a day, and nobody can flood.
    """
    assert in_transaction()
    for person in await queries.deciders(at):
        if person.person_id == actor.person_id:
            continue
        for not_before in (at, datetime.combine(at.astimezone(UTC).date() + timedelta(1), time(), UTC)):
            if await enqueue(
                template,
                to=person.address,
                at=at,
                dedupe_key=f"cities-waiting:{person.person_id}:{not_before.astimezone(UTC).date()}",
                lang=person.lang,
                values={
                    "name": person.name,
                    "entrant": entrant.name,
                    "country": entrant.country_label,
                    "by": actor.name,
                    "link": "/desk/cities",
                },
                not_before=not_before,
            ):
                break
