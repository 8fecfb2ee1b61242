"""What was submitted, as rounds and the secretariat read it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.db import current
from awards.entries.rules import EntryState
from awards.entries.tables import Entry, EntryVersion


class VersionRow(Struct, frozen=True):
    id: int
    number: int
    body: Mapping[str, Any]
    sha256: str
    arrived_at: datetime
    by: str


async def versions_of(entry_id: int) -> list[VersionRow]:
    """Each submission, the newest first. The caller has checked who asks."""
    rows = await EntryVersion.raw(
        "SELECT v.id, v.number, v.body, v.sha256, v.arrived_at, COALESCE(p.name, '') AS \"by\""
        " FROM entry_version v LEFT JOIN person p ON p.id = v.\"by\" WHERE v.entry = {}"
        " ORDER BY v.number DESC",
        entry_id,
    )  # fmt: skip
    return [VersionRow(**{**row, "body": json.loads(row["body"])}) for row in rows]


class EntryRow(Struct, frozen=True):
    """A submitted entry as the secretariat's list shows it, under the title of its last submission."""

    reference: str
    title: str
    category: str
    entrant: str
    country: str
    state: str
    number: int
    submitted_at: datetime


# The title column belongs to the draft, which may have moved on since.
_SUBMITTED = """
SELECT n.reference, COALESCE(NULLIF(SUBMITTED_TITLE, ''), n.title) AS title, n.state, c.name AS category,
       t.name AS entrant, t.country_label AS country, v.number, v.arrived_at AS submitted_at
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
WHERE n.edition = {} AND n.state <> 'draft'
"""


def title_in(body: str) -> str:
    """SQL for the title in what was submitted; the engines name the field of a document differently."""
    return (
        f"json_extract({body}, '$.title')"
        if current().engine_type == "sqlite"
        else f"{body}::json ->> 'title'"
    )


async def entries_of(
    edition_id: int,
    *,
    category: str = "",
    state: EntryState | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[EntryRow]:
    """Submitted entries in the order of categories and references; drafts are never among them."""
    text = _SUBMITTED.replace("SUBMITTED_TITLE", title_in("v.body"))
    values: list[Any] = [edition_id]
    if category:
        text += " AND c.code = {}"
        values.append(category)
    if state is not None:
        text += " AND n.state = {}"
        values.append(state.value)
    text += " ORDER BY c.position, c.id, n.reference"
    if limit is not None:
        text += " LIMIT {} OFFSET {}"
        values += [limit, offset]
    return [EntryRow(**row) for row in await Entry.raw(text, *values)]
