"""What a city releases of its entry once it wins: its public answers and their files, sealed with the publication."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from awards.entries.answering import Asked
from awards.entries.attaching import FileFacts
from awards.entries.queries import facts_of
from awards.entries.releasing import Practice, practice_from, released, released_document, released_from
from awards.entries.tables import Entry
from awards.publication.document import PublishedRow
from awards.publication.queries import WinnerRow

_NEWEST = (
    "SELECT n.id, n.lang, v.body FROM entry n JOIN entry_version v ON v.entry = n.id WHERE n.edition = {}"
    " AND NOT EXISTS (SELECT 1 FROM entry_version o WHERE o.entry = v.entry AND o.number > v.number)"
)


async def with_practices(
    edition_id: int, rows: Sequence[PublishedRow], questions: Sequence[Asked]
) -> list[PublishedRow]:
    """The same rows; those with a prize hold what the public gets of them, from the version that was submitted last."""
    if not any(one.audience == "public" for one in questions):
        return list(rows)
    found: dict[int, dict[str, Any]] = {}
    for row in await Entry.raw(_NEWEST, edition_id):
        if parts := released(json.loads(row["body"]), questions):
            found[row["id"]] = {"practice": released_document(parts), "practice_lang": row["lang"]}
    return [
        replace(row, figures={**row.figures, **found[row.entry_id]})
        if row.prize and row.entry_id in found
        else row
        for row in rows
    ]


# --- for pages ----------------------------------------------------------------------------------------


def practice(figures: Mapping[str, Any], facts: Sequence[FileFacts], lang: str) -> Practice:
    parts = released_from(figures.get("practice", ()))
    return practice_from(parts, facts, figures.get("practice_lang", lang))


async def practice_of_row(row: WinnerRow) -> Practice:
    """Of a published row that is visible."""
    has_files = any(part.get("files") for part in row.figures.get("practice", ()))
    facts = await facts_of(row.entry_id) if has_files and row.entry_id else ()
    return practice(row.figures, facts, row.lang)
