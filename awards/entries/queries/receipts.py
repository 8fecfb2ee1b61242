"""One submitted version with what its receipt says."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.audit.actions import Action
from awards.audit.chain import salted
from awards.audit.queries import Head
from awards.entries.declaring import ConsentKind, bound
from awards.entries.tables import EntryVersion
from awards.errors import NotFound
from judging import canonical_bytes


class Receipt(Struct, frozen=True):
    """
    `document` is the very text that was hashed; what was declared is empty for what was submitted before it was.

    `head` is that of the audit trail where it binds this version; empty for what came in by a folder.
    """

    number: int
    document: str
    sha256: str
    arrived_at: datetime
    by: str
    declared: str
    head: str

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
       COALESCE(c.text, '') AS declared, t.seq, t.hash, t.salt, t.after_sha256
FROM entry_version v LEFT JOIN person p ON p.id = v."by"
LEFT JOIN entry_consent c ON c.entry = v.entry AND c.number = v.number AND c.kind = {}
LEFT JOIN event t ON t.subject_kind = 'entry' AND t.subject_id = v.entry AND t.action = {}
WHERE v.entry = {} AND v.number = {} ORDER BY t.seq
"""


async def receipt_of(entry_id: int, number: int) -> Receipt:
    """Raises NotFound. The caller has checked who asks."""
    rows = await EntryVersion.raw(
        _RECEIPT, ConsentKind.DECLARATION.value, Action.ENTRY_SUBMITTED.value, entry_id, number
    )
    if not rows:
        raise NotFound
    found = {name: rows[0][name] for name in Receipt.__struct_fields__ if name != "head"}
    return Receipt(**found, head=next((_head(row) for row in rows if _binds(row)), ""))


def _binds(event: Mapping[str, Any]) -> bool:
    said = canonical_bytes(bound(event["number"], event["sha256"], event["declared"])).decode()
    return event["seq"] is not None and salted(event["salt"], said) == event["after_sha256"]


def _head(event: Mapping[str, Any]) -> str:
    return Head(event["seq"], event["hash"]).text
