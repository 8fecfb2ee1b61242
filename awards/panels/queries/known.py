"""Whom and what a list of judges is compared with."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from awards.accounts.rules import fold
from awards.accounts.tables import EmailAddress
from awards.cities.tables import Entrant
from awards.editions.tables import Field


class KnownPerson(Struct, frozen=True):
    person_id: int
    name: str
    address: str
    in_pool: bool
    has_home: bool
    acts_for: tuple[str, ...] = ()
    """Cities and bodies whose official the person is."""


class Known(Struct, frozen=True):
    """`people` by folded address: the whole pool, and whom the list names. `cities` by folded name."""

    people: Mapping[str, KnownPerson]
    fields: tuple[tuple[int, str, str], ...]
    cities: Mapping[str, tuple[int, ...]]


_PEOPLE = """
SELECT p.id AS person_id, p.name, m.address, m.folded, j.id AS judge,
  (SELECT a.id FROM affiliation a WHERE a.person = p.id AND a.kind = 'home' AND a."until" IS NULL
   ORDER BY a.id LIMIT 1) AS home
FROM email_address m JOIN person p ON p.id = m.person LEFT JOIN judge j ON j.person = p.id
WHERE j.id IS NOT NULL
"""


# Also of people outside the pool: who acts for an entrant does not judge its entries.
_ACTING = """
SELECT o.person, t.name FROM official o JOIN entrant t ON t.id = o.entrant
WHERE o.since IS NOT NULL AND o."until" IS NULL ORDER BY t.folded, t.id
"""


async def known_for(programme_id: int, addresses: Iterable[str]) -> Known:
    folded = sorted({fold(address) for address in addresses})
    named = f" OR m.folded IN ({', '.join(['{}'] * len(folded))})" if folded else ""
    acting: dict[int, tuple[str, ...]] = {}
    for row in await EmailAddress.raw(_ACTING):
        acting[row["person"]] = (*acting.get(row["person"], ()), row["name"])
    people = {
        row["folded"]: KnownPerson(
            row["person_id"],
            row["name"],
            row["address"],
            row["judge"] is not None,
            row["home"] is not None,
            acting.get(row["person_id"], ()),
        )
        for row in await EmailAddress.raw(f"{_PEOPLE}{named} ORDER BY m.id", *folded)
    }
    fields = await Field.select(Field.id, Field.code, Field.name).where(Field.programme == programme_id)
    cities: dict[str, tuple[int, ...]] = {}
    for row in await Entrant.select(Entrant.id, Entrant.folded).where(
        (Entrant.kind == "city") & (Entrant.state == "approved")
    ):
        cities[row["folded"]] = (*cities.get(row["folded"], ()), row["id"])
    return Known(people, tuple((row["id"], row["code"], row["name"]) for row in fields), cities)
