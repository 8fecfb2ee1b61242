"""Reading what the public may read: published rows whose instant has come, and nothing else.

Every query here asks `visible_at <= now` and that the publication was not withdrawn; of several publications
of one edition the newest that is visible counts.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from awards.editions.queries import EditionRow, edition_by_slugs, next_boundary
from awards.editions.rules import EditionState
from awards.errors import NotFound
from awards.publication.document import place_of
from awards.publication.rules import Kind
from awards.publication.tables import Publication, PublishedEntry

# The category's part of a winner's address where the records name no category.
NO_CATEGORY = "winner"


class PublicationRow(Struct, frozen=True):
    id: int
    edition_id: int
    programme: str
    programme_name: str
    edition: str
    edition_name: str
    year: int
    demo: bool
    lang: str
    number: int
    kind: str
    visible_at: datetime
    note: str
    pack_sha256: str
    figures: Mapping[str, Any]
    winners: int
    head: str
    """Of the audit trail at the second signature, as receipts write it; nobody signs an archive."""

    @property
    def path(self) -> str:
        return f"/awards/{self.programme}/{self.edition}"

    @property
    def corrects(self) -> bool:
        return self.kind == Kind.CORRECTION or bool(self.figures.get("corrects"))

    @property
    def event(self) -> str:
        """Where and when the prizes of a past edition were handed over."""
        return str(self.figures.get("event", ""))

    @property
    def applications(self) -> int | None:
        return self.figures.get("applications")

    @property
    def awarded(self) -> int | None:
        """How many prizes were given, as far as it is recorded."""
        if self.kind != "archive":
            return self.winners
        known = self.figures.get("awarded")
        return None if known is None else max(int(known), self.winners)


class WinnerRow(Struct, frozen=True):
    """One published entry with the way to its page."""

    id: int
    entry_id: int | None
    publication_id: int
    edition_path: str
    edition_name: str
    year: int
    demo: bool
    lang: str
    slug: str
    title: str
    entrant_name: str
    country: str
    country_label: str
    region: str
    category: str
    category_code: str
    prize: str
    prize_position: int | None
    rank: int | None
    figures: Mapping[str, Any]
    citation: str
    practice: str
    source_url: str

    @property
    def path(self) -> str:
        return f"{self.edition_path}/{self.category_code or NO_CATEGORY}/{self.slug}"

    @property
    def won(self) -> bool:
        """Archives hold winners only, whether or not their prize is recorded."""
        return bool(self.prize) or "reference" not in self.figures

    @property
    def place(self) -> int | None:
        return place_of(self.rank, self.figures)

    @property
    def moved(self) -> bool:
        """Whether a meeting gave it another place than the numbers did."""
        return self.place != self.rank


# Of a publication p: two instants, both now.
SEEN = (
    "p.visible_at <= {} AND p.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM publication n"
    " WHERE n.edition = p.edition AND n.number > p.number AND n.visible_at <= {} AND n.withdrawn_at IS NULL)"
)
_HEADS = (
    "SELECT p.id, p.edition AS edition_id, g.slug AS programme, g.name AS programme_name, e.slug AS edition,"
    " e.name AS edition_name, e.year, e.demo, e.lang, p.number, p.kind, p.visible_at, p.note, p.pack_sha256, p.figures,"
    " (SELECT COUNT(*) FROM published_entry w WHERE w.publication = p.id"
    "  AND (w.prize <> '' OR p.kind = 'archive')) AS winners,"
    " COALESCE((SELECT CAST(v.seq AS TEXT) || ':' || v.hash FROM event v WHERE v.subject_id = p.id"
    "  AND v.subject_kind = 'publication' AND v.action = 'publication signed'), '') AS head"
    " FROM publication p JOIN edition e ON e.id = p.edition JOIN programme g ON g.id = e.programme WHERE "
)
ROWS = (
    "SELECT w.id, w.entry AS entry_id, w.publication AS publication_id, g.slug AS programme, e.slug AS edition, e.name AS edition_name, e.year,"
    " e.demo, e.lang, w.slug, w.title, w.entrant_name, w.country, w.country_label, w.region, w.category, w.category_code, w.prize,"
    " w.prize_position, w.rank, w.figures, w.citation, w.practice, w.source_url"
    " FROM published_entry w JOIN publication p ON p.id = w.publication JOIN edition e ON e.id = p.edition"
    " JOIN programme g ON g.id = e.programme WHERE "
)


async def next_change(now: datetime) -> datetime:
    """The next instant at which a public page changes by itself."""
    rows = (
        await Publication.select(Publication.visible_at)
        .where((Publication.visible_at > now) & Publication.withdrawn_at.is_null())
        .order_by(Publication.visible_at)
        .limit(1)
    )
    known = [row["visible_at"] for row in rows]
    boundary = await next_boundary(now)
    return min([*known, *([boundary] if boundary else [])], default=now + timedelta(days=1))


async def visible_publications(now: datetime) -> list[PublicationRow]:
    """The publication of each edition that counts at this instant, the newest edition first."""
    rows = await Publication.raw(_HEADS + SEEN + " ORDER BY e.year DESC, e.id DESC", now, now)
    return [_head(row) for row in rows]


async def visible_publication(edition_id: int, now: datetime) -> PublicationRow | None:
    rows = await Publication.raw(_HEADS + "p.edition = {} AND " + SEEN, edition_id, now, now)
    return _head(rows[0]) if rows else None


async def visible_versions(edition_id: int, now: datetime) -> list[PublicationRow]:
    """Everything that was published of an edition and is out, the newest first; each stays as it was signed."""
    out = "p.edition = {} AND p.visible_at <= {} AND p.withdrawn_at IS NULL ORDER BY p.number DESC"
    return [_head(row) for row in await Publication.raw(_HEADS + out, edition_id, now)]


async def visible_version(edition_id: int, number: int, now: datetime) -> PublicationRow | None:
    out = "p.edition = {} AND p.number = {} AND p.visible_at <= {} AND p.withdrawn_at IS NULL"
    rows = await Publication.raw(_HEADS + out, edition_id, number, now)
    return _head(rows[0]) if rows else None


async def rows_of_version(publication_id: int, now: datetime) -> list[WinnerRow]:
    out = "p.id = {} AND p.visible_at <= {} AND p.withdrawn_at IS NULL ORDER BY w.id"
    return [winner_row(row) for row in await PublishedEntry.raw(ROWS + out, publication_id, now)]


async def visible_rows(now: datetime, publications: Collection[int] | None = None) -> list[WinnerRow]:
    """Published entries of everything visible, or of some publications of it, in their published order."""
    if publications is not None and not publications:
        return []
    only = (
        "" if publications is None else f" AND p.id IN ({', '.join(str(int(one)) for one in publications)})"
    )
    rows = await PublishedEntry.raw(ROWS + SEEN + only + " ORDER BY e.year DESC, e.id DESC, w.id", now, now)
    return [winner_row(row) for row in rows]


async def visible_row(edition_id: int, category: str, slug: str, now: datetime) -> WinnerRow:
    rows = await PublishedEntry.raw(
        ROWS + "p.edition = {} AND w.slug = {} AND " + SEEN, edition_id, slug, now, now
    )
    if not rows or (rows[0]["category_code"] or NO_CATEGORY) != category:
        raise NotFound
    return winner_row(rows[0])


async def version_with_winner(edition_id: int, category: str, slug: str, now: datetime) -> int | None:
    """The newest version that is out and has this winner, whether or not a correction took the prize back since."""
    rows = await PublishedEntry.raw(
        "SELECT MAX(p.number) AS number FROM published_entry w JOIN publication p ON p.id = w.publication"
        " WHERE p.edition = {} AND w.slug = {} AND w.category_code = {} AND w.prize <> ''"
        " AND p.visible_at <= {} AND p.withdrawn_at IS NULL",
        edition_id, slug, category, now,
    )  # fmt: skip
    number: int | None = rows[0]["number"]
    return number


async def public_edition(programme: str, slug: str) -> EditionRow:
    """An edition that the public knows of: from the opening of its call on."""
    edition = await edition_by_slugs(programme, slug)
    if edition.state is EditionState.DRAFT:
        raise NotFound
    return edition


def _head(row: Mapping[str, Any]) -> PublicationRow:
    return PublicationRow(**{**row, "demo": bool(row["demo"]), "figures": json.loads(row["figures"] or "{}")})


def winner_row(row: dict[str, Any]) -> WinnerRow:
    path = f"/awards/{row.pop('programme')}/{row.pop('edition')}"
    figures = json.loads(row["figures"] or "{}")
    return WinnerRow(**{**row, "demo": bool(row["demo"]), "figures": figures}, edition_path=path)
