"""Reading entrants and who may act for them."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.cities.rules import (
    EntrantKind,
    EntrantState,
    LinkKind,
    Named,
    OfficialRole,
    fold,
    is_official,
    may_decide,
)
from awards.cities.tables import Entrant, EntrantLink, Official
from awards.errors import NotFound

PAGE = 50


class EntrantRow(Struct, frozen=True):
    id: int
    kind: EntrantKind
    name: str
    folded: str
    country: str
    country_label: str
    region: str
    city_id: int | None
    city_name: str
    state: EntrantState
    reason: str
    version: int


class MyEntrant(Struct, frozen=True):
    """An entrant as one of its officials sees it; without `role` the secretariat has not agreed yet.

    `city_id` is the city that it belongs to, if it named one.
    """

    id: int
    kind: EntrantKind
    name: str
    country: str
    country_label: str
    region: str
    state: EntrantState
    reason: str
    role: OfficialRole | None
    city_id: int | None = None


class OfficialRow(Struct, frozen=True):
    """`since` none: invited (with the day the link ends), or asking the secretariat."""

    id: int
    person_id: int
    name: str
    address: str
    role: OfficialRole
    since: datetime | None
    invited_until: datetime | None

    @property
    def state(self) -> str:
        if self.since is not None:
            return "active"
        return "asks" if self.invited_until is None else "invited"


class InvitationRow(Struct, frozen=True):
    official_id: int
    entrant_id: int
    entrant: str
    country_label: str
    role: OfficialRole
    until: datetime


class Recipient(Struct, frozen=True):
    person_id: int
    name: str
    address: str
    lang: str


class Asking(Struct, frozen=True):
    """Somebody who wants to act for an entrant and waits for the secretariat."""

    official_id: int
    entrant_id: int
    entrant: str
    entrant_state: EntrantState
    country_label: str
    name: str
    address: str
    at: datetime


class ListedEntrant(Struct, frozen=True):
    id: int
    name: str
    kind: EntrantKind
    country_label: str
    region: str
    state: EntrantState
    officials: int


_ENTRANT = """
SELECT e.id, e.kind, e.name, e.folded, e.country, e.country_label, e.region, e.city AS city_id,
       COALESCE(c.name, '') AS city_name, e.state, e.reason, e.version
FROM entrant e LEFT JOIN entrant c ON c.id = e.city
"""


def _entrant(row: dict[str, Any]) -> EntrantRow:
    return EntrantRow(**{**row, "kind": EntrantKind(row["kind"]), "state": EntrantState(row["state"])})


async def entrant_by_id(entrant_id: int) -> EntrantRow:
    rows = await Entrant.raw(_ENTRANT + " WHERE e.id = {}", entrant_id)
    if not rows:
        raise NotFound
    return _entrant(rows[0])


async def entrant_for_desk(actor: Actor, entrant_id: int) -> EntrantRow:
    if not may_decide(actor):
        raise NotFound
    return await entrant_by_id(entrant_id)


_MINE = """
SELECT e.id, e.kind, e.name, e.country, e.country_label, e.region, e.state, e.reason, e.city AS city_id,
       o.role, o.since, o.until
FROM official o JOIN entrant e ON e.id = o.entrant
WHERE o.person = {} AND (o.until IS NULL OR o.until > {}) AND (o.since IS NOT NULL OR o.ticket IS NULL)
"""


def _mine(row: dict[str, Any], now: datetime) -> MyEntrant:
    active = is_official(row["since"], row["until"], now)
    values = {
        name: row[name] for name in ("id", "name", "country", "country_label", "region", "reason", "city_id")
    }
    return MyEntrant(
        kind=EntrantKind(row["kind"]),
        state=EntrantState(row["state"]),
        role=OfficialRole(row["role"]) if active else None,
        **values,
    )


async def entrants_of(person_id: int, now: datetime) -> list[MyEntrant]:
    """Those the person acts for, and those where the secretariat has still to agree. Not invitations."""
    rows = await Entrant.raw(_MINE + " ORDER BY e.name, e.id", person_id, now)
    return [_mine(row, now) for row in rows]


async def entrant_of(actor: Actor, entrant_id: int, now: datetime) -> MyEntrant:
    """The entrant, for somebody who acts for it or has asked to; for others it does not exist."""
    rows = await Entrant.raw(_MINE + " AND e.id = {}", actor.person_id, now, entrant_id)
    if not rows:
        raise NotFound
    return _mine(rows[0], now)


async def role_of(person_id: int, entrant_id: int, now: datetime) -> OfficialRole | None:
    rows = await Official.raw(
        "SELECT role FROM official WHERE person = {} AND entrant = {} AND since <= {}"
        " AND (until IS NULL OR until > {})",
        person_id, entrant_id, now, now,
    )  # fmt: skip
    return OfficialRole(rows[0]["role"]) if rows else None


_OFFICIALS = """
SELECT o.id, o.person AS person_id, p.name, COALESCE(m.address, '') AS address, o.role, o.since,
       t.expires_at AS invited_until
FROM official o JOIN person p ON p.id = o.person
LEFT JOIN email_address m ON m.person = p.id AND m.is_primary
LEFT JOIN ticket t ON t.id = o.ticket
WHERE o.entrant = {} AND (o.until IS NULL OR o.until > {})
ORDER BY o.id
"""


async def officials_of(entrant_id: int, now: datetime) -> list[OfficialRow]:
    """Who acts for it, who is invited and who asks, in the order they came."""
    rows = await Official.raw(_OFFICIALS, entrant_id, now)
    return [OfficialRow(**{**row, "role": OfficialRole(row["role"])}) for row in rows]


async def recipients_of(entrant_id: int, now: datetime) -> list[Recipient]:
    """Where mail about the entrant goes: everybody who acts for it and can still sign in."""
    rows = await Official.raw(
        "SELECT p.id AS person_id, p.name, m.address, p.lang FROM official o"
        " JOIN person p ON p.id = o.person JOIN email_address m ON m.person = p.id AND m.is_primary"
        " WHERE o.entrant = {} AND o.since <= {} AND (o.until IS NULL OR o.until > {})"
        " AND p.disabled_at IS NULL AND p.erased_at IS NULL ORDER BY p.id",
        entrant_id, now, now,
    )  # fmt: skip
    return [Recipient(**row) for row in rows]


async def invitations_of(person_id: int, now: datetime) -> list[InvitationRow]:
    """Invitations to act for an entrant that the person may still accept."""
    rows = await Official.raw(
        "SELECT o.id AS official_id, e.id AS entrant_id, e.name AS entrant, e.country_label, o.role,"
        " t.expires_at AS \"until\" FROM official o JOIN entrant e ON e.id = o.entrant"
        " JOIN ticket t ON t.id = o.ticket WHERE o.person = {} AND o.since IS NULL AND o.until IS NULL"
        " AND t.used_at IS NULL AND t.expires_at > {} ORDER BY o.id",
        person_id, now,
    )  # fmt: skip
    return [InvitationRow(**{**row, "role": OfficialRole(row["role"])}) for row in rows]


# --- names that may be one ----------------------------------------------------------------------------


async def known_names(country: str, folded: str) -> list[Named]:
    """The names to compare with: all of the country, and the same name elsewhere; none that was declined."""
    rows = await Entrant.raw(
        "SELECT id, name, folded, country, country_label, state FROM entrant"
        " WHERE state <> 'declined' AND merged_into IS NULL AND (country = {} OR folded = {})",
        country, folded,
    )  # fmt: skip
    return [_named(row) for row in rows]


async def names_in(countries: frozenset[str]) -> list[Named]:
    if not countries:
        return []
    rows = (
        await Entrant.select(
            Entrant.id, Entrant.name, Entrant.folded, Entrant.country, Entrant.country_label, Entrant.state
        )
        .where(Entrant.state.is_in(["proposed", "approved"]) & Entrant.country.is_in(sorted(countries)))
        .order_by(Entrant.id)
    )
    return [_named(row) for row in rows]


def _named(row: dict[str, Any]) -> Named:
    return Named(**{**row, "state": EntrantState(row["state"])})


async def approved_cities() -> list[tuple[int, str, str]]:
    """(id, name, country label), for the choice of the city that a firm or institution belongs to."""
    rows = await Entrant.raw(
        "SELECT id, name, country_label FROM entrant WHERE kind = 'city' AND state = 'approved'"
        " AND merged_into IS NULL ORDER BY name, id"
    )
    return [(row["id"], row["name"], row["country_label"]) for row in rows]


async def approved_entrants() -> list[tuple[int, str, str]]:
    """(id, name, country label) of every kind, for the choice of whom an entrant is tied to."""
    rows = await Entrant.raw(
        "SELECT id, name, country_label FROM entrant WHERE state = 'approved' AND merged_into IS NULL"
        " ORDER BY folded, id"
    )
    return [(row["id"], row["name"], row["country_label"]) for row in rows]


class LinkRow(Struct, frozen=True):
    """`first`: the entrant that is asked about is the one that is a member, or that supplies."""

    id: int
    kind: LinkKind
    first: bool
    other: str
    since: datetime
    until: datetime | None


async def links_of(entrant_id: int) -> list[LinkRow]:
    """All there were and are, those that stand first."""
    rows = await EntrantLink.raw(
        'SELECT l.id, l.kind, CASE WHEN l.a = {} THEN 1 ELSE 0 END AS first, o.name AS other, l.since, l."until"'
        " FROM entrant_link l JOIN entrant o ON o.id = CASE WHEN l.a = {} THEN l.b ELSE l.a END"
        ' WHERE l.a = {} OR l.b = {} ORDER BY CASE WHEN l."until" IS NULL THEN 0 ELSE 1 END, l.kind, o.folded, l.id',
        entrant_id, entrant_id, entrant_id, entrant_id,
    )  # fmt: skip
    return [LinkRow(**{**row, "kind": LinkKind(row["kind"]), "first": bool(row["first"])}) for row in rows]


# --- the secretariat's page ----------------------------------------------------------------------------


async def waiting_entrants(actor: Actor) -> list[EntrantRow]:
    if not may_decide(actor):
        raise NotFound
    rows = await Entrant.raw(_ENTRANT + " WHERE e.state = 'proposed' ORDER BY e.id")
    return [_entrant(row) for row in rows]


async def how_many_wait() -> int:
    """Entrants that nobody has decided on."""
    return int(await Entrant.count().where(Entrant.state == EntrantState.PROPOSED.value))


async def asking(actor: Actor) -> list[Asking]:
    """Everybody who waits for the secretariat's word, in the order they asked."""
    if not may_decide(actor):
        raise NotFound
    rows = await Official.raw(
        "SELECT o.id AS official_id, e.id AS entrant_id, e.name AS entrant, e.state AS entrant_state,"
        " e.country_label, p.name, COALESCE(m.address, '') AS address, o.created_at AS at"
        " FROM official o JOIN entrant e ON e.id = o.entrant JOIN person p ON p.id = o.person"
        " LEFT JOIN email_address m ON m.person = p.id AND m.is_primary"
        " WHERE o.since IS NULL AND o.until IS NULL AND o.ticket IS NULL ORDER BY o.id"
    )
    return [Asking(**{**row, "entrant_state": EntrantState(row["entrant_state"])}) for row in rows]


async def listed(actor: Actor, words: str, page: int) -> tuple[list[ListedEntrant], bool]:
    """One page of the entrants that are decided on, by name; and whether there is another page."""
    if not may_decide(actor):
        raise NotFound
    pattern = "%" + fold(words).replace("%", "").replace("_", "") + "%"
    rows = await Entrant.raw(
        "SELECT e.id, e.name, e.kind, e.country_label, e.region, e.state, (SELECT COUNT(*) FROM official o"
        " WHERE o.entrant = e.id AND o.since IS NOT NULL AND o.until IS NULL) AS officials"
        " FROM entrant e WHERE e.state <> 'proposed' AND e.merged_into IS NULL"
        " AND e.folded LIKE {} ORDER BY e.folded, e.id LIMIT {} OFFSET {}",
        pattern, PAGE + 1, PAGE * (page - 1),
    )  # fmt: skip
    found = [
        ListedEntrant(**{**row, "kind": EntrantKind(row["kind"]), "state": EntrantState(row["state"])})
        for row in rows[:PAGE]
    ]
    return found, len(rows) > PAGE


async def deciders(now: datetime) -> list[Recipient]:
    """Where mail about what waits goes: everybody of the secretariat of any programme who can still sign in."""
    rows = await Official.raw(
        "SELECT DISTINCT p.id AS person_id, p.name, m.address, p.lang FROM role_grant g"
        " JOIN person p ON p.id = g.person JOIN email_address m ON m.person = p.id AND m.is_primary"
        " WHERE g.role = 'secretariat' AND g.since <= {} AND (g.\"until\" IS NULL OR g.\"until\" > {})"
        " AND p.disabled_at IS NULL AND p.erased_at IS NULL ORDER BY p.id",
        now, now,
    )  # fmt: skip
    return [Recipient(**row) for row in rows]
