"""What was submitted, as rounds and the secretariat read it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.db import current
from awards.entries.tables import EntryVersion


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


def title_in(body: str) -> str:
    """SQL for the title in what was submitted; the engines name the field of a document differently."""
    return (
        f"json_extract({body}, '$.title')"
        if current().engine_type == "sqlite"
        else f"{body}::json ->> 'title'"
    )
