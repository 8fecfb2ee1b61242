"""Exceptions of an edition, and the entries of an entrant that one of them touches."""

from datetime import datetime

from msgspec import Struct

from awards.cities.rules import EntrantKind
from awards.entries.facts import Rule
from awards.entries.rules import EntryState
from awards.entries.tables import Entry, Exemption
from awards.errors import NotFound


class ExemptionRow(Struct, frozen=True):
    """It holds as long as `ended_at` is none."""

    id: int
    entrant_id: int
    entrant: str
    country_label: str
    rule: Rule
    reason: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_by: str


_ROWS = """
SELECT x.id, x.entrant AS entrant_id, t.name AS entrant, t.country_label, x.rule, x.reason, p.name AS "by",
       x.created_at AS at, x.ended_at, COALESCE(q.name, '') AS ended_by
FROM exemption x JOIN entrant t ON t.id = x.entrant JOIN person p ON p.id = x."by"
LEFT JOIN person q ON q.id = x.ended_by WHERE x.edition = {}
"""


async def exemptions_of(edition_id: int) -> list[ExemptionRow]:
    """Those that hold first, then those that ended, each the newest first. The caller has checked who asks."""
    rows = await Exemption.raw(_ROWS + " ORDER BY x.id DESC", edition_id)
    found = [ExemptionRow(**{**row, "rule": Rule(row["rule"])}) for row in rows]
    return sorted(found, key=lambda row: row.ended_at is not None)


async def exemption(edition_id: int, exemption_id: int) -> ExemptionRow:
    rows = await Exemption.raw(_ROWS + " AND x.id = {}", edition_id, exemption_id)
    if not rows:
        raise NotFound
    return ExemptionRow(**{**rows[0], "rule": Rule(rows[0]["rule"])})


class Touched(Struct, frozen=True):
    """An entry of the entrant: never its title, which nobody but its people reads while it is a draft."""

    reference: str
    state: EntryState


class Concerned(Struct, frozen=True):
    """For whom an exception would be: how many people read its reason, and which entries it has."""

    id: int
    name: str
    kind: EntrantKind
    counts_for: int
    people: int
    entries: tuple[Touched, ...]


async def concerned(edition_id: int, entrant_id: int, now: datetime) -> Concerned:
    rows = await Entry.raw(
        "SELECT t.name, t.kind, t.city, n.reference, n.state, (SELECT COUNT(*) FROM official o"
        ' WHERE o.entrant = t.id AND o.since <= {} AND (o."until" IS NULL OR o."until" > {})) AS people'
        " FROM entrant t LEFT JOIN entry n ON n.entrant = t.id AND n.edition = {} AND n.state <> 'withdrawn'"
        " WHERE t.id = {} AND t.state = 'approved' ORDER BY n.id",
        now, now, edition_id, entrant_id,
    )  # fmt: skip
    if not rows:
        raise NotFound
    first = rows[0]
    kind = EntrantKind(first["kind"])
    return Concerned(
        entrant_id,
        first["name"],
        kind,
        entrant_id if kind is EntrantKind.CITY else first["city"] or entrant_id,
        first["people"],
        tuple(Touched(row["reference"], EntryState(row["state"])) for row in rows if row["reference"]),
    )
