"""One submitted version with what its receipt says."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.entries.declaring import ConsentKind
from awards.entries.tables import EntryVersion
from awards.errors import NotFound


class Receipt(Struct, frozen=True):
    """`document` is the very text that was hashed; what was declared is empty for what was submitted before it was."""

    number: int
    document: str
    sha256: str
    arrived_at: datetime
    by: str
    declared: str

    @property
    def body(self) -> Mapping[str, Any]:
        body: Mapping[str, Any] = json.loads(self.document)
        return body


class SubmittedEntry(Struct, frozen=True):
    id: int
    reference: str
    category: str


async def submitted_entry(edition_id: int, reference: str) -> SubmittedEntry:
    """Raises NotFound for a draft too. The caller has asked for the edition's rights."""
    rows = await EntryVersion.raw(
        "SELECT n.id, n.reference, c.name AS category FROM entry n JOIN category c ON c.id = n.category"
        " WHERE n.edition = {} AND n.reference = {} AND n.state <> 'draft'",
        edition_id, reference.upper(),
    )  # fmt: skip
    if not rows:
        raise NotFound
    return SubmittedEntry(**rows[0])


_RECEIPT = """
SELECT v.number, v.body AS document, v.sha256, v.arrived_at, COALESCE(p.name, '') AS "by",
       COALESCE(c.text, '') AS declared
FROM entry_version v LEFT JOIN person p ON p.id = v."by"
LEFT JOIN entry_consent c ON c.entry = v.entry AND c.number = v.number AND c.kind = {}
WHERE v.entry = {} AND v.number = {}
"""


async def receipt_of(entry_id: int, number: int) -> Receipt:
    """Raises NotFound. The caller has checked who asks."""
    rows = await EntryVersion.raw(_RECEIPT, ConsentKind.DECLARATION.value, entry_id, number)
    if not rows:
        raise NotFound
    return Receipt(**rows[0])
