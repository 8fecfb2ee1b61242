"""Reading programmes and editions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from awards.actor import Actor, Grant
from awards.editions.rules import EditionState, Role, holds
from awards.editions.tables import Edition, Programme, RoleGrant
from awards.errors import NotFound


@dataclass(frozen=True, slots=True)
class EditionRow:
    id: int
    programme_id: int
    programme: str
    programme_name: str
    slug: str
    name: str
    year: int
    zone: str
    lang: str
    origin: str
    demo: bool
    state: EditionState
    version: int

    @property
    def path(self) -> str:
        """Where the public finds it."""
        return f"/awards/{self.programme}/{self.slug}"

    @property
    def desk(self) -> str:
        """Where the secretariat runs it."""
        return f"/desk/{self.programme}/{self.slug}"


_EDITION = """
SELECT e.id, e.programme AS programme_id, p.slug AS programme, p.name AS programme_name, e.slug, e.name, e.year,
       e.zone, e.lang, e.origin, e.demo, e.state, e.version
FROM edition e JOIN programme p ON p.id = e.programme
"""


async def edition_by_slugs(programme: str, slug: str) -> EditionRow:
    rows = await Edition.raw(_EDITION + " WHERE p.slug = {} AND e.slug = {}", programme, slug)
    if not rows:
        raise NotFound
    return _edition(rows[0])


async def edition_by_id(edition_id: int) -> EditionRow:
    rows = await Edition.raw(_EDITION + " WHERE e.id = {}", edition_id)
    if not rows:
        raise NotFound
    return _edition(rows[0])


async def editions() -> list[EditionRow]:
    """All of them, the newest first."""
    return [_edition(row) for row in await Edition.raw(_EDITION + " ORDER BY e.year DESC, e.id DESC")]


async def run_by(actor: Actor, programme: str, slug: str) -> EditionRow:
    """The edition, for its secretariat; for anybody else it does not exist."""
    edition = await edition_by_slugs(programme, slug)
    if not holds(actor, Role.SECRETARIAT, edition.programme_id, edition.id):
        raise NotFound
    return edition


def _edition(row: dict[str, Any]) -> EditionRow:
    return EditionRow(**{**row, "state": EditionState(row["state"]), "demo": bool(row["demo"])})


async def grants_of(person_id: int, now: datetime) -> frozenset[Grant]:
    rows = await RoleGrant.select(RoleGrant.role, RoleGrant.scope).where(
        (RoleGrant.person == person_id)
        & (RoleGrant.since <= now)
        & (RoleGrant.until.is_null() | (RoleGrant.until > now))
    )
    return frozenset(Grant(row["role"], row["scope"]) for row in rows)


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    id: int
    slug: str
    name: str
    zone: str
    lang: str
    contact: str
    version: int


async def first_programme() -> ProgrammeRow | None:
    """The programme whose name stands on every page: the oldest one."""
    rows = await Programme.select().order_by(Programme.id).limit(1)
    if not rows:
        return None
    row = rows[0]
    return ProgrammeRow(
        row["id"], row["slug"], row["name"], row["zone"], row["lang"], row["contact"], row["version"]
    )
