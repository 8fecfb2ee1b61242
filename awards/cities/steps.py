"""What the verbs of cities share."""

from awards.accounts.tables import Person
from awards.cities.queries import Recipient
from awards.cities.tables import Entrant
from awards.db import lock_rows
from awards.errors import NotFound

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
