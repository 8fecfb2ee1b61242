"""The archive of past editions, as publications without signatures."""

import json
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.editions.queries import edition_by_id
from awards.editions.rules import EditionState
from awards.editions.tables import Edition, Programme
from awards.errors import Invalid
from awards.publication.archive import ArchiveRow, editions_of, figures_of, published_rows
from awards.publication.document import Draft, document
from awards.publication.outcome import draft_from_rows, next_number
from awards.publication.rules import Kind, is_visible
from awards.publication.services.sealing import seal
from awards.publication.tables import Publication
from awards.web.i18n import _


class ArchiveReport(Struct, frozen=True):
    editions_added: int
    publications: int
    winners: int
    unchanged: int
    """Editions that the database has already exactly so."""


async def import_archive(*, rows: Sequence[ArchiveRow], actor: Actor, clock: Clock) -> ArchiveReport:
    """Put past editions on the public pages at once. The same records again change nothing."""
    now = clock.now()
    added = published = winners = unchanged = 0
    async with transaction():
        await advisory_lock("archive")
        for own in editions_of(rows).values():
            edition_id, is_new = await _archived_edition(own, now)
            draft = await _archive_draft(edition_id, own, now)
            added += is_new
            if await _is_published(edition_id, draft):
                unchanged += 1
                continue
            await seal(edition_id, draft, None, now)
            published += 1
            winners += len(draft.rows)
        if added or published:
            await record(
                Action.ARCHIVE_LOADED,
                actor=actor,
                at=now,
                subject=("archive", 0),
                as_role="secretariat" if actor.person_id else "service",
                after={"editions": added, "publications": published, "winners": winners},
            )
    return ArchiveReport(added, published, winners, unchanged)


async def _archived_edition(rows: Sequence[ArchiveRow], now: datetime) -> tuple[int, bool]:
    programme_slug, slug = rows[0].key
    programmes = await Programme.select(Programme.id).where(Programme.slug == programme_slug)
    if programmes:
        programme_id = int(programmes[0]["id"])
    else:
        programme = Programme(slug=programme_slug, name=rows[0].programme, created_at=now)
        await programme.save()
        programme_id = programme.id
    known = await Edition.select(Edition.id, Edition.origin).where(
        (Edition.programme == programme_id) & (Edition.slug == slug)
    )
    if known:
        if known[0]["origin"] != "archive":
            raise Invalid({slug: _("This edition was run here; its results come from its own judging.")})
        return int(known[0]["id"]), False
    name = next((row.edition_name for row in rows if row.edition_name), f"{rows[0].programme} {rows[0].year}")
    edition = Edition(
        programme=programme_id,
        slug=slug,
        name=name,
        year=rows[0].year,
        origin="archive",
        state=EditionState.ARCHIVED.value,
        created_at=now,
    )
    await edition.save()
    return edition.id, True


async def _archive_draft(edition_id: int, rows: Sequence[ArchiveRow], now: datetime) -> Draft:
    edition = await edition_by_id(edition_id)
    return Draft(
        programme=edition.programme,
        edition=edition.slug,
        edition_name=edition.name,
        year=edition.year,
        number=await next_number(edition.id),
        kind=Kind.ARCHIVE.value,
        visible_at=now,
        note="",
        figures={**figures_of(rows), "edition_name": edition.name},
        rows=published_rows(rows),
    )


async def _is_published(edition_id: int, draft: Draft) -> bool:
    newest = await Publication.raw(
        "SELECT id, visible_at, withdrawn_at FROM publication WHERE edition = {} ORDER BY number DESC LIMIT 1",
        edition_id,
    )
    if not newest or draft.visible_at is None:
        return False
    if not is_visible(newest[0]["visible_at"], newest[0]["withdrawn_at"], draft.visible_at):
        return False
    known, _sha256 = await draft_from_rows(newest[0]["id"])
    same = replace(draft, number=known.number, visible_at=known.visible_at)
    return json.dumps(document(same), sort_keys=True) == json.dumps(document(known), sort_keys=True)
