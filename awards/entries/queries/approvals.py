"""Entries that somebody makes on behalf of a city, as the city and the secretariat see them: never their answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.cities.rules import WRITERS, OfficialRole
from awards.editions.queries.deadlines import OWN_UNTIL, WAS
from awards.editions.rules import EditionState
from awards.entries.declaring import ConsentKind
from awards.entries.facts import CityWord
from awards.entries.rules import Call, EntryState
from awards.entries.tables import Entry
from awards.errors import NotFound


class BehalfEntry(Struct, frozen=True):
    """`seen` is the city's word as a number: whoever answers it says what they read."""

    id: int
    reference: str
    title: str
    state: EntryState
    category_name: str
    entrant_id: int
    entrant: str
    country_label: str
    city_id: int
    city: str
    edition_id: int
    edition_name: str
    programme_name: str
    zone: str
    demo: bool
    call: Call
    may_write: bool
    word: CityWord
    seen: int
    way: str
    text: str
    by: str
    said_at: datetime | None
    officials: int

    @property
    def path(self) -> str:
        return f"/city/approvals/{self.reference}"


_BEHALF = f"""
SELECT n.id, n.reference, n.title, n.state, c.name AS category_name, t.id AS entrant_id, t.name AS entrant,
       t.country_label, k.id AS city_id, k.name AS city, e.id AS edition_id, e.name AS edition_name,
       p.name AS programme_name, e.zone, e.demo, e.state AS edition_state, mo.at AS opens, mc.at AS closes,
       {OWN_UNTIL} AS own_until, {WAS} AS was, s.id AS seen, s.kind AS word, s.way, s.text, h.name AS said_by,
       s.created_at AS said_at, ROLE AS role,
       (SELECT COUNT(*) FROM official u WHERE u.entrant = k.id AND u.since IS NOT NULL AND u."until" IS NULL)
        AS officials
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN entrant k ON k.id = n.for_city AND k.id <> n.entrant
JOIN edition e ON e.id = n.edition JOIN programme p ON p.id = e.programme
JOIN edition_rule r ON r.edition = e.id AND r.code = 'city_approval' AND r.value = 'yes'
LEFT JOIN milestone mo ON mo.edition = e.id AND mo.kind = 'opens'
LEFT JOIN milestone mc ON mc.edition = e.id AND mc.kind = 'closes'
LEFT JOIN entry_consent s ON s.entry = n.id AND s.ended_at IS NULL AND s.kind IN ({{}}, {{}})
LEFT JOIN person h ON h.id = s."by"
"""  # noqa: S608  # our own words
_BOTH = (ConsentKind.APPROVAL.value, ConsentKind.REFUSAL.value)
_FOR_OFFICIAL = _BEHALF.replace("ROLE", "o.role") + (
    "JOIN official o ON o.entrant = n.for_city AND o.person = {} AND o.since <= {}"
    ' AND (o."until" IS NULL OR o."until" > {}) WHERE n.state <> \'withdrawn\''
)
_FOR_DESK = _BEHALF.replace("ROLE", "NULL") + " WHERE n.state <> 'withdrawn'"


async def on_behalf(actor: Actor, now: datetime) -> list[BehalfEntry]:
    """Those for the cities that the person acts for, what waits for an answer first."""
    rows = await Entry.raw(_FOR_OFFICIAL + " ORDER BY n.id", *_BOTH, actor.person_id, now, now)
    return _waiting_first(rows)


async def one_on_behalf(actor: Actor, reference: str, now: datetime) -> BehalfEntry:
    """For who acts for the city; for everybody else it does not exist."""
    text = _FOR_OFFICIAL + " AND n.reference = {}"
    rows = await Entry.raw(text, *_BOTH, actor.person_id, now, now, reference.upper())
    if not rows:
        raise NotFound
    return _behalf(rows[0])


async def of_edition(edition_id: int) -> list[BehalfEntry]:
    """All of an edition, for its secretariat. The caller has checked who asks."""
    return _waiting_first(
        await Entry.raw(_FOR_DESK + " AND n.edition = {} ORDER BY n.id", *_BOTH, edition_id)
    )


async def one_of_edition(edition_id: int, reference: str) -> BehalfEntry:
    text = _FOR_DESK + " AND n.edition = {} AND n.reference = {}"
    rows = await Entry.raw(text, *_BOTH, edition_id, reference.upper())
    if not rows:
        raise NotFound
    return _behalf(rows[0])


def _waiting_first(rows: Sequence[dict[str, Any]]) -> list[BehalfEntry]:
    return sorted(map(_behalf, rows), key=lambda one: one.word is not CityWord.WAITING)


def _behalf(row: dict[str, Any]) -> BehalfEntry:
    plain = ("id", "reference", "title", "category_name", "entrant_id", "entrant", "country_label", "city_id",
             "city", "edition_id", "edition_name", "programme_name", "zone", "said_at", "officials")  # fmt: skip
    words = {ConsentKind.APPROVAL.value: CityWord.GIVEN, ConsentKind.REFUSAL.value: CityWord.DECLINED}
    return BehalfEntry(
        **{name: row[name] for name in plain},
        state=EntryState(row["state"]),
        demo=bool(row["demo"]),
        call=Call(
            EditionState(row["edition_state"]), row["opens"], row["closes"], row["own_until"], row["was"]
        ),
        may_write=row["role"] is not None and OfficialRole(row["role"]) in WRITERS,
        word=words.get(row["word"], CityWord.WAITING),
        seen=row["seen"] or 0,
        way=row["way"] or "",
        text=row["text"] or "",
        by=row["said_by"] or "",
    )
