"""What a city is asked about its submission, and what its answer would be."""

import hashlib
import json
from collections.abc import Sequence

from msgspec import Struct

from awards.entries.asking import OpenEnquiry, body_with
from awards.entries.queries.answers import AnswerRow
from awards.entries.queries.own import OwnEntry, draft_of
from awards.entries.queries.submitted import versions_of
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
    # What the draft does not ask at present, because another answer drifted, stays as it was submitted.
    codes = {row.question.code for row in answers} & set(enquiry.codes)
    body = canonical_bytes(body_with(last.body, json.loads(draft), codes))
    sha256 = hashlib.sha256(body).hexdigest()
    return Answered(body.decode(), sha256, sha256 != last.sha256)
