"""A sealed publication as rows: the one step that every verb of publication shares."""

from datetime import datetime

from awards.db import in_transaction
from awards.publication.document import Draft, fingerprint, text_of
from awards.publication.pack.disclosing import Disclosed
from awards.publication.pack.steps import keep_packs
from awards.publication.services.letters import DUE
from awards.publication.tables import Publication, PublishedEntry


async def seal(
    edition_id: int,
    draft: Draft,
    approval_id: int | None,
    now: datetime,
    known: Disclosed | None = None,
) -> int:
    """`known`: what its packs say of the rounds, where that was worked out before."""
    assert in_transaction()
    assert draft.visible_at is not None
    publication = Publication(
        edition=edition_id,
        number=draft.number,
        kind=draft.kind,
        visible_at=draft.visible_at,
        note=draft.note,
        figures=text_of(draft.figures),
        approval=approval_id,
        pack_sha256=fingerprint(draft),
        letters="" if approval_id is None else DUE,
        created_at=now,
    )
    await publication.save()
    entries = [
        PublishedEntry(
            publication=publication.id,
            slug=row.slug,
            entry=row.entry_id,
            title=row.title,
            entrant_name=row.entrant_name,
            country=row.country,
            country_label=row.country_label,
            region=row.region,
            category=row.category,
            category_code=row.category_code,
            prize=row.prize,
            prize_position=row.prize_position,
            rank=row.rank,
            figures=text_of(row.figures),
            citation=row.citation,
            practice=row.practice,
            source_url=row.source_url,
            created_at=now,
        )
        for row in draft.rows
    ]
    for start in range(0, len(entries), 500):
        await PublishedEntry.insert(*entries[start : start + 500])
    if approval_id is not None:
        await keep_packs(int(publication.id), edition_id, draft, known, now)
    return int(publication.id)
