"""Whom cities named for the pool, as the city, the secretariat and the person named see it."""

from datetime import datetime

from msgspec import Struct, convert

from awards.panels.rules import NominationState
from awards.panels.tables import CityNomination


class NominatingEdition(Struct, frozen=True):
    id: int
    name: str


async def editions_to_nominate_for(entrant_id: int, now: datetime) -> list[NominatingEdition]:
    """Editions that are under way, of the programmes that the city is a member of."""
    rows = await CityNomination.raw(
        "SELECT e.id, e.name FROM edition e JOIN membership m ON m.programme = e.programme AND m.entrant = {}"
        ' AND m.since <= {} AND (m."until" IS NULL OR m."until" > {})'
        " JOIN entrant t ON t.id = m.entrant AND t.state = 'approved' AND t.kind = 'city'"
        " WHERE e.state IN ('open', 'judging') AND e.origin = 'run' ORDER BY e.year DESC, e.name, e.id",
        entrant_id,
        now,
        now,
    )
    return [NominatingEdition(row["id"], row["name"]) for row in rows]


class Named(Struct, frozen=True):
    """`country` is a code; `city` and `asker` are who named the person."""

    id: int
    name: str
    email: str
    country: str
    expertise: str
    reason: str
    state: NominationState
    answer: str
    at: datetime
    city: str
    asker: str
    edition: str


_NAMED = """
SELECT n.id, n.name, n.email, n.country, n.expertise, n.reason, n.state, n.answer, n.created_at AS "at", t.name AS city,
  p.name AS asker, e.name AS edition
FROM city_nomination n JOIN entrant t ON t.id = n.entrant JOIN person p ON p.id = n."by" JOIN edition e ON e.id = n.edition
"""


def _named(rows: list[dict[str, object]]) -> list[Named]:
    return convert(rows, list[Named])


async def named_by(entrant_id: int) -> list[Named]:
    """By this city, the newest first."""
    return _named(await CityNomination.raw(_NAMED + "WHERE n.entrant = {} ORDER BY n.id DESC", entrant_id))


async def named_for(edition_id: int) -> list[Named]:
    """In this edition, what waits for the secretariat first."""
    return _named(
        await CityNomination.raw(
            _NAMED
            + "WHERE n.edition = {} AND n.state <> 'withdrawn'"
            + " ORDER BY CASE WHEN n.state = 'asked' THEN 0 ELSE 1 END, n.id DESC",
            edition_id,
        )
    )


async def asked_of(person_id: int) -> list[Named]:
    """What waits for the answer of the person who is named."""
    return _named(
        await CityNomination.raw(
            _NAMED + "WHERE n.person = {} AND n.state = 'accepted' ORDER BY n.id", person_id
        )
    )
