"""Programmes, the pages that their secretariat writes, and their editions."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.accounts import sessions
from awards.actor import Actor, Grant
from awards.editions.queries.deadlines import CLOSES_SOON, OWN_START, closes_soon_values
from awards.editions.rules import EditionState, Role, holds, is_call_open, later
from awards.editions.tables import Edition, Milestone, Programme, ProgrammePage, RoleGrant, Round
from awards.errors import NotFound


class ProgrammeRow(Struct, frozen=True):
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
    return _programme(rows[0])


def _programme(row: dict[str, Any]) -> ProgrammeRow:
    return ProgrammeRow(
        row["id"], row["slug"], row["name"], row["zone"], row["lang"], row["contact"], row["version"]
    )


async def programmes_run_by(actor: Actor) -> list[ProgrammeRow]:
    """Those of whose secretariat the actor is as a whole, not for one edition only."""
    rows = await Programme.select().order_by(Programme.id)
    return [_programme(row) for row in rows if holds(actor, Role.SECRETARIAT, row["id"])]


class PageRow(Struct, frozen=True):
    id: int
    programme_id: int
    slug: str
    lang: str
    title: str
    body: str
    version: int


async def programme_pages(*programme_ids: int) -> list[PageRow]:
    """Of these programmes, or of all where none is named."""
    asked = ProgrammePage.select().order_by(ProgrammePage.programme, ProgrammePage.slug, ProgrammePage.lang)
    if programme_ids:
        asked = asked.where(ProgrammePage.programme.is_in(list(programme_ids)))
    return [_page(row) for row in await asked]


async def programme_page(programme_id: int, slug: str, lang: str = "en") -> PageRow:
    """In this language; where it has none, in the programme's own."""
    pages = [page for page in await programme_pages(programme_id) if page.slug == slug]
    if not pages:
        raise NotFound
    return next((page for page in pages if page.lang == lang), pages[0])


def _page(row: dict[str, Any]) -> PageRow:
    return PageRow(
        row["id"], row["programme"], row["slug"], row["lang"], row["title"], row["body"], row["version"]
    )


class EditionRow(Struct, frozen=True):
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

    @property
    def sequence(self) -> int:
        """For calendars: grows with every change but the stages, or they would tell when results are signed."""
        return max(0, self.version - list(EditionState).index(self.state))


_EDITION = """
SELECT e.id, e.programme AS programme_id, p.slug AS programme, p.name AS programme_name, e.slug, e.name,
       e.year, e.zone, e.lang, e.origin, e.demo, e.state, e.version
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
    return await seen_by(actor, programme, slug)


async def seen_by(actor: Actor, programme: str, slug: str, *roles: Role) -> EditionRow:
    """The edition, for its secretariat and for who holds one of the roles; for anybody else it does not exist."""
    edition = await edition_by_slugs(programme, slug)
    if not any(holds(actor, role, edition.programme_id, edition.id) for role in (Role.SECRETARIAT, *roles)):
        raise NotFound
    return edition


def _edition(row: dict[str, Any]) -> EditionRow:
    return EditionRow(**{**row, "state": EditionState(row["state"]), "demo": bool(row["demo"])})


# Asked at every request of a signed-in person: one question, and spared the building of a query.
_SIGNED_IN = f"""
SELECT {sessions.COLUMNS}, g.role, g.scope, {CLOSES_SOON} AS closes_soon
FROM session s JOIN person p ON p.id = s.person
LEFT JOIN role_grant g ON g.person = p.id AND g.since <= {{}} AND (g."until" IS NULL OR g."until" > {{}})
WHERE s.token_sha256 = {{}}
"""  # noqa: S608 - the columns are our own words


async def signed_in(token_sha256: str, now: datetime) -> tuple[dict[str, Any], frozenset[Grant]] | None:
    """The live session of this token with its person and their grants, or nothing."""
    rows = await RoleGrant.raw(_SIGNED_IN, *closes_soon_values(now), now, now, token_sha256)
    if not rows or not await sessions.is_live(rows[0], now):
        return None
    return rows[0], frozenset(Grant(row["role"], row["scope"]) for row in rows if row["role"])


class OpenCall(Struct, frozen=True):
    edition: EditionRow
    opens: datetime
    closes: datetime


async def open_calls(now: datetime, person_id: int = 0) -> list[OpenCall]:
    """Editions that take entries at this instant, the next deadline first; for a person with their own extension."""
    rows = await Edition.raw(
        _EDITION.replace("SELECT ", f"SELECT o.at AS opens, c.at AS closes, {OWN_START} AS own, ", 1)
        + """
        JOIN milestone o ON o.edition = e.id AND o.kind = 'opens'
        JOIN milestone c ON c.edition = e.id AND c.kind = 'closes'
        WHERE e.state = 'open' ORDER BY c.at, e.id
        """,
        person_id,
        now,
        now,
    )
    found = []
    for row in rows:
        opens, closes = row.pop("opens"), row.pop("closes")
        closes = later(closes, row.pop("own")) or closes
        found.append(OpenCall(_edition(row), opens, closes))
    return [one for one in found if is_call_open(one.edition.state, one.opens, one.closes, now)]


async def next_boundary(now: datetime) -> datetime | None:
    """The next instant at which an edition's time changes something: until then a kept page stays true."""
    found: list[datetime] = []
    for table, column in ((Milestone, Milestone.at), (Round, Round.opens), (Round, Round.closes)):
        rows = await table.select(column).where(column > now).order_by(column).limit(1)
        found += [row[column._meta.name] for row in rows]
    return min(found, default=None)
