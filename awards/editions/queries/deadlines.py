"""Until when an edition takes entries: everybody's instant, an entrant's own, and how the former has moved."""

from datetime import datetime, timedelta

from msgspec import Struct

from awards.editions.rules import later
from awards.editions.tables import Extension
from awards.web.frame import Closing

# For queries over an entry `n`: the open extension that gives it most time.
OWN_UNTIL = (
    '(SELECT x."until" FROM extension x WHERE x.edition = n.edition AND x.entrant = n.entrant'
    ' AND x.entry_id IN (0, n.id) AND x.ended_at IS NULL ORDER BY x."until" DESC LIMIT 1)'
)
# What everybody's deadline was before it was moved last.
WAS = "(SELECT x.was FROM extension x WHERE x.edition = n.edition AND x.entrant IS NULL ORDER BY x.id DESC LIMIT 1)"


async def own_until(edition_id: int, entrant_id: int) -> datetime | None:
    """The extension of all that the entrant sends, also of what it has not started."""
    rows = await Extension.raw(
        'SELECT "until" FROM extension WHERE edition = {} AND entrant = {} AND entry_id = 0'
        " AND ended_at IS NULL",
        edition_id, entrant_id,
    )  # fmt: skip
    return rows[0]["until"] if rows else None


# Whether somebody who acts for an entrant has a deadline in its last hour: asked with every session, so it ends
# at the first table for who acts for nobody.
LAST_HOUR = timedelta(hours=1)
CLOSES_SOON = (
    "(EXISTS (SELECT 1 FROM official o WHERE o.person = s.person AND o.since <= {}"
    ' AND (o."until" IS NULL OR o."until" > {}))'
    " AND (EXISTS (SELECT 1 FROM milestone c WHERE c.kind = 'closes' AND c.at > {} AND c.at <= {})"
    " OR EXISTS (SELECT 1 FROM extension x WHERE x.entrant IS NOT NULL AND x.ended_at IS NULL"
    ' AND x."until" > {} AND x."until" <= {})))'
)


def closes_soon_values(now: datetime) -> tuple[datetime, ...]:
    soon = now + LAST_HOUR
    return now, now, now, soon, now, soon


_CLOSINGS = """
SELECT e.name, c.at AS for_all, n.reference, n.state,
       (SELECT x."until" FROM extension x WHERE x.edition = e.id AND x.entrant = o.entrant
        AND x.entry_id IN (0, COALESCE(n.id, 0)) AND x.ended_at IS NULL
        ORDER BY x."until" DESC LIMIT 1) AS own_until
FROM official o JOIN edition e ON e.state = 'open' JOIN milestone c ON c.edition = e.id AND c.kind = 'closes'
LEFT JOIN entry n ON n.edition = e.id AND n.entrant = o.entrant AND n.state IN ('draft', 'submitted')
WHERE o.person = {} AND o.since <= {} AND (o."until" IS NULL OR o."until" > {})
ORDER BY CASE WHEN n.state = 'draft' THEN 0 ELSE 1 END, n.id
"""


async def closing_for(person_id: int, now: datetime) -> Closing | None:
    """The next deadline of who acts for an entrant, where it is less than an hour away; drafts come first."""
    found = []
    for row in await Extension.raw(_CLOSINGS, person_id, now, now):
        at = later(row["for_all"], row["own_until"])
        if at is not None and now < at <= now + LAST_HOUR:
            href = f"/city/entries/{row['reference']}" if row["reference"] else "/city"
            found.append(Closing(row["name"], at, href))
    return min(found, key=lambda one: one.at, default=None)


async def last_own_deadline(edition_id: int) -> datetime | None:
    """Until when the last entrant with an extension may still submit."""
    rows = await Extension.raw(
        'SELECT "until" FROM extension WHERE edition = {} AND entrant IS NOT NULL AND ended_at IS NULL'
        ' ORDER BY "until" DESC LIMIT 1',
        edition_id,
    )
    return rows[0]["until"] if rows else None


# For queries over an edition `e`: until when somebody may still start entries there, by an extension of an entrant
# that they act for.
OWN_START = (
    '(SELECT x."until" FROM extension x JOIN official o ON o.entrant = x.entrant AND o.person = {}'
    ' AND o.since <= {} AND (o."until" IS NULL OR o."until" > {}) WHERE x.edition = e.id AND x.entry_id = 0'
    ' AND x.ended_at IS NULL ORDER BY x."until" DESC LIMIT 1)'
)


class DeadlineChange(Struct, frozen=True):
    """Everybody's deadline was `was`, and is `until` since `at`."""

    at: datetime
    was: datetime
    until: datetime
    reason: str


async def deadline_changes(edition_id: int) -> list[DeadlineChange]:
    """How everybody's deadline has moved, the last change first: what stood before stays readable."""
    rows = await Extension.raw(
        'SELECT created_at AS at, was, "until", reason FROM extension'
        " WHERE edition = {} AND entrant IS NULL ORDER BY id DESC",
        edition_id,
    )
    return [DeadlineChange(**row) for row in rows]


class Moves(Struct, frozen=True):
    """How often an entry's own deadline was given and taken back, and when something of it changed last."""

    count: int
    last: datetime | None


async def moves_of(edition_id: int, entrant_id: int, entry_id: int) -> Moves:
    rows = await Extension.raw(
        "SELECT created_at, ended_at, entrant FROM extension"
        " WHERE edition = {} AND (entrant IS NULL OR (entrant = {} AND entry_id IN (0, {})))",
        edition_id, entrant_id, entry_id,
    )  # fmt: skip
    instants = [at for row in rows for at in (row["created_at"], row["ended_at"]) if at is not None]
    own = [row for row in rows if row["entrant"] is not None]
    return Moves(len(own) + sum(1 for row in own if row["ended_at"]), max(instants, default=None))


class Told(Struct, frozen=True):
    """Who hears that everybody's deadline has moved, with the own one of an entrant they act for."""

    person_id: int
    name: str
    lang: str
    zone: str
    address: str
    own_until: datetime | None


async def told_of_deadline(edition_id: int, now: datetime) -> list[Told]:
    """Everybody who acts for an entrant with a draft or an entry in the edition, once."""
    rows = await Extension.raw(
        f"SELECT p.id AS person_id, p.name, p.lang, p.zone, m.address, {OWN_UNTIL} AS own_until FROM entry n"  # noqa: S608  our own words
        " JOIN official o ON o.entrant = n.entrant OR o.entrant = n.for_city"
        " JOIN person p ON p.id = o.person AND p.erased_at IS NULL AND p.disabled_at IS NULL"
        " JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE"
        " WHERE n.edition = {} AND n.state IN ('draft', 'submitted') AND o.since <= {}"
        ' AND (o."until" IS NULL OR o."until" > {}) ORDER BY p.id, n.id',
        edition_id, now, now,
    )  # fmt: skip
    found: dict[int, Told] = {}
    for row in rows:
        known = found.get(row["person_id"])
        if known is None or (row["own_until"] and known.own_until is None):
            found[row["person_id"]] = Told(**row)
    return list(found.values())


class ExtensionRow(Struct, frozen=True):
    """One that an entrant has or had; `reference` is "" where it holds for all that the entrant sends."""

    id: int
    entrant_id: int
    entrant: str
    entry_id: int
    reference: str
    was: datetime
    until: datetime
    reason: str
    by: str
    at: datetime
    ended_at: datetime | None
    ended_by: str


async def extensions_of(edition_id: int) -> list[ExtensionRow]:
    """Of single entrants, those that stand first, then the newest. For the secretariat alone."""
    rows = await Extension.raw(
        'SELECT x.id, x.entrant AS entrant_id, t.name AS entrant, x.entry_id, x.was, x."until", x.reason,'
        " x.created_at AS at, x.ended_at, COALESCE(n.reference, '') AS reference,"
        " COALESCE(p.name, '') AS \"by\", COALESCE(f.name, '') AS ended_by"
        " FROM extension x JOIN entrant t ON t.id = x.entrant LEFT JOIN entry n ON n.id = x.entry_id"
        ' LEFT JOIN person p ON p.id = x."by" LEFT JOIN person f ON f.id = x.ended_by'
        " WHERE x.edition = {} ORDER BY CASE WHEN x.ended_at IS NULL THEN 0 ELSE 1 END, x.id DESC",
        edition_id,
    )
    return [ExtensionRow(**row) for row in rows]
