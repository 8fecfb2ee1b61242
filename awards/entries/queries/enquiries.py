"""What a city is asked about its submission, and what its answer would be."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from awards.entries.asking import OpenEnquiry, body_with, codes_of
from awards.entries.queries.answers import AnswerRow
from awards.entries.queries.own import OwnEntry, draft_of
from awards.entries.queries.submitted import versions_of
from awards.entries.tables import Enquiry
from judging import canonical_bytes


class Answered(Struct, frozen=True):
    """What would be submitted in answer: the document, its hash, and whether it differs from what stands."""

    body: str
    sha256: str
    is_new: bool


async def answered(entry: OwnEntry, enquiry: OpenEnquiry, answers: Sequence[AnswerRow]) -> Answered:
    """The last submission with what is asked as it stands now: whatever else was written since stays out."""
    last = (await versions_of(entry.id))[0]
    draft, _sha256 = draft_of(entry, answers)
    body = canonical_bytes(body_with(last.body, json.loads(draft), enquiry.codes))
    sha256 = hashlib.sha256(body).hexdigest()
    return Answered(body.decode(), sha256, sha256 != last.sha256)


class EnquiryRow(Struct, frozen=True):
    """A question to the city with its answer, for the desk; `by` is nothing that the city learns."""

    id: int
    codes: tuple[str, ...]
    text: str
    due: datetime
    by: str
    asked_at: datetime
    reply: str
    answered_at: datetime | None
    answered_by: str
    ended_at: datetime | None
    number: int | None


async def enquiries_about(entry_id: int) -> list[EnquiryRow]:
    rows = await Enquiry.raw(
        "SELECT q.id, q.questions, q.text, q.due, p.name AS \"by\", q.created_at AS asked_at, q.reply, q.answered_at,"
        " COALESCE(a.name, '') AS answered_by, q.ended_at, v.number FROM enquiry q JOIN person p ON p.id = q.\"by\""
        " LEFT JOIN person a ON a.id = q.answered_by LEFT JOIN entry_version v ON v.id = q.entry_version"
        " WHERE q.entry = {} ORDER BY q.id",
        entry_id,
    )  # fmt: skip
    return [EnquiryRow(codes=codes_of(row.pop("questions")), **row) for row in (dict(one) for one in rows)]
