"""Whom the secretariat can give more time, and whom that concerns."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.cities.rules import fold
from awards.cities.tables import Entrant
from awards.editions.queries import EditionRow, call_of, rounds_of
from awards.editions.queries.deadlines import told_of_deadline
from awards.editions.rules import RoundState
from awards.editions.tables import Extension
from awards.entries.extensions import ENTRANT, EVERYBODY, Reach, Whom
from awards.entries.rules import Call
from awards.entries.tables import Entry
from awards.errors import NotFound

# Whoever has something in the edition, or tried to start it too late.
_CANDIDATES = """
SELECT t.id AS entrant_id, t.name AS entrant, t.folded, n.id AS entry_id, n.reference, n.state
FROM entry n JOIN entrant t ON t.id = n.entrant WHERE n.edition = {} AND n.state IN ('draft', 'submitted')
UNION ALL
SELECT DISTINCT t.id, t.name, t.folded, 0, '', '' FROM late_try l JOIN entrant t ON t.id = l.entrant
WHERE l.edition = {} AND l.entry IS NULL
ORDER BY folded, entrant_id, reference
"""


# Everybody else that could enter: found by a part of its name.
_FOUND = """
SELECT t.id AS entrant_id, t.name AS entrant, t.country_label AS country FROM entrant t
WHERE t.state <> 'declined' AND t.merged_into IS NULL AND t.folded LIKE {} ORDER BY t.folded, t.id LIMIT {}
"""
MOST_FOUND = 30


async def found_by(name: str) -> list[Whom]:
    """Entrants with these letters in their name, whether or not they have begun anything."""
    folded = fold(name)
    if not folded:
        return []
    rows = await Entrant.raw(_FOUND, f"%{folded}%", MOST_FOUND)
    return [Whom(row["entrant_id"], row["entrant"], country=row["country"]) for row in rows]


async def extendable(edition_id: int) -> list[Whom]:
    """Entries one by one, each entrant as a whole before its own."""
    found: list[Whom] = []
    seen: set[int] = set()
    for row in await Entry.raw(_CANDIDATES, edition_id, edition_id):
        if row["entrant_id"] not in seen:
            seen.add(row["entrant_id"])
            found.append(Whom(row["entrant_id"], row["entrant"]))
        if row["entry_id"]:
            found.append(
                Whom(row["entrant_id"], row["entrant"], row["entry_id"], row["reference"], row["state"])
            )
    return found


async def whom(edition_id: int, value: str) -> Whom:
    """Who is meant by what a form or an address says."""
    if value == EVERYBODY:
        return Whom()
    for one in await extendable(edition_id):
        if one.value == value.strip() or (one.reference and one.reference == value.strip().upper()):
            return one
    entrant = value.strip().removeprefix(ENTRANT)
    if value.strip().startswith(ENTRANT) and entrant.isascii() and entrant.isdigit() and len(entrant) < 10:
        rows = await Entrant.select(Entrant.id, Entrant.name).where(
            (Entrant.id == int(entrant)) & (Entrant.state != "declined") & Entrant.merged_into.is_null()
        )
        if rows:
            return Whom(rows[0]["id"], rows[0]["name"])
    raise NotFound


async def call_for(edition: EditionRow, of: Whom) -> Call:
    """The call as it stands for them."""
    times = await call_of(edition.id)
    own = None
    if of.entrant_id:
        rows = await Extension.raw(
            'SELECT "until" FROM extension WHERE edition = {} AND entrant = {} AND entry_id IN (0, {})'
            ' AND ended_at IS NULL ORDER BY "until" DESC LIMIT 1',
            edition.id, of.entrant_id, of.entry_id,
        )  # fmt: skip
        own = rows[0]["until"] if rows else None
    return Call(edition.state, times.opens, times.closes, own)


class Acting(Struct, frozen=True):
    """A person who acts for the entrant, with the zone in which they read times."""

    person_id: int
    name: str
    lang: str
    zone: str
    address: str


async def acting_for(entrant_id: int, now: datetime) -> list[Acting]:
    """Where mail about the entrant's own deadline goes."""
    rows = await Entry.raw(
        "SELECT p.id AS person_id, p.name, p.lang, p.zone, m.address FROM official o"
        " JOIN person p ON p.id = o.person JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE"
        ' WHERE o.entrant = {} AND o.since <= {} AND (o."until" IS NULL OR o."until" > {})'
        " AND p.disabled_at IS NULL AND p.erased_at IS NULL ORDER BY p.id",
        entrant_id, now, now,
    )  # fmt: skip
    return [Acting(**row) for row in rows]


async def reach_of(edition: EditionRow, of: Whom, until: datetime, now: datetime) -> Reach:
    only, values = "", list[Any]((edition.id,))
    if of.entrant_id:
        only, values = " AND entrant = {}", [*values, of.entrant_id]
    if of.entry_id:
        only, values = f"{only} AND id = {{}}", [*values, of.entry_id]
    rows = await Entry.raw(
        "SELECT state, COUNT(*) AS number FROM entry WHERE edition = {}"  # noqa: S608  our own words
        f" AND state IN ('draft', 'submitted'){only} GROUP BY state",
        *values,
    )
    counts = {row["state"]: row["number"] for row in rows}
    people = (
        len(await acting_for(of.entrant_id, now))
        if of.entrant_id
        else len(await told_of_deadline(edition.id, now))
    )
    outlived = 0
    if not of.entrant_id:
        outlived = int(
            await Extension.count().where(
                (Extension.edition == edition.id)
                & Extension.entrant.is_not_null()
                & Extension.ended_at.is_null()
                & (Extension.until <= until)
                & (Extension.until > now)
            )
        )
    rounds = [one for one in await rounds_of(edition.id) if one.state is RoundState.DRAFT]
    return Reach(
        drafts=counts.get("draft", 0),
        submitted=counts.get("submitted", 0),
        people=people,
        outlived=outlived,
        rounds=tuple(one.name for one in rounds if one.opens < until),
    )
