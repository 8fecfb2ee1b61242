"""What was submitted, as rounds and the secretariat read it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from awards.entries.rules import (
    EntryState,
)
from awards.entries.tables import Entry, EntryVersion


@dataclass(frozen=True, slots=True)
class VersionRow:
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


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A submitted entry as the secretariat's pages and rounds list it; title of the last submission."""

    id: int
    reference: str
    title: str
    category_id: int
    category: str
    category_name: str
    entrant_id: int
    entrant: str
    country: str
    country_label: str
    region: str
    counts_for: int
    state: EntryState
    version_id: int
    number: int
    submitted_at: datetime


_SUBMITTED = """
SELECT n.id, n.reference, n.title, n.state, c.id AS category_id, c.code AS category, c.name AS category_name,
       t.id AS entrant_id, t.name AS entrant, t.country, t.country_label, t.region,
       COALESCE(n.for_city, n.entrant) AS counts_for, v.id AS version_id, v.number, v.body,
       v.arrived_at AS submitted_at
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
WHERE n.edition = {} AND n.state <> 'draft'
"""


async def entries_of(
    edition_id: int,
    *,
    category: str = "",
    state: EntryState | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[EntryRow]:
    """Submitted entries in the order of categories and references; drafts are never among them."""
    text, values = _SUBMITTED, [edition_id]  # type: tuple[str, list[Any]]
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
    return [_submitted(row) for row in await Entry.raw(text, *values)]


def _submitted(row: dict[str, Any]) -> EntryRow:
    # The title column belongs to the draft, which may have moved on since.
    title = json.loads(row.pop("body")).get("title") or row["title"]
    return EntryRow(**{**row, "title": title, "state": EntryState(row["state"])})
