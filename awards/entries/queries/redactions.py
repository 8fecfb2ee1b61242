"""What stands in place of parts of a submitted version, where judges may not learn who entered."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.entries.queries.questions import questions_asked
from awards.entries.redacting import Part, parts_of
from awards.entries.tables import EntryVersion, Redaction
from awards.errors import NotFound


class RedactedVersion(Struct, frozen=True):
    id: int
    entry_id: int
    lang: str
    parts: tuple[Part, ...]
    standing: Mapping[str, str]
    """By the part's name."""


_VERSION = """
SELECT v.id, v.body, n.id AS entry_id, n.title, n.lang FROM entry_version v JOIN entry n ON n.id = v.entry
WHERE n.edition = {} AND n.reference = {} AND v.number = {} AND n.state <> 'draft'
"""


async def redacted_version(edition_id: int, reference: str, number: int) -> RedactedVersion:
    """The caller has asked for the edition's rights. Raises NotFound."""
    rows = await EntryVersion.raw(_VERSION, edition_id, reference.upper(), number)
    if not rows:
        raise NotFound
    row: dict[str, Any] = rows[0]
    body = json.loads(row["body"])
    return RedactedVersion(
        id=row["id"],
        entry_id=row["entry_id"],
        lang=body.get("lang") or row["lang"],
        parts=parts_of(row["title"], body, await questions_asked(edition_id)),
        standing=await standing_of(row["id"]),
    )


async def standing_of(version_id: int) -> dict[str, str]:
    rows = await Redaction.raw(
        "SELECT part, text FROM redaction WHERE entry_version = {} AND ended_at IS NULL", version_id
    )
    return {row["part"]: row["text"] for row in rows}
