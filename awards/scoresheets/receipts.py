"""What a judge gets for a signature: a promise that these marks were signed, which shows none of them. Pure.

The commitment is the SHA-256 of the canonical document below. Its nonce is 128 fresh random bits, so nobody finds the
marks by trying all of them; who has the document can show at any time that it is what was promised.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from awards.audit.chain import hash_of, salted
from awards.scoresheets.rules import Given
from judging import canonical_bytes


class Fate(StrEnum):
    """What became of a signature. Its receipt stays what it was."""

    STANDS = "stands"
    REOPENED = "reopened"
    SIGNED_AGAIN = "signed again"
    LEFT_OUT = "left out"


class ReceiptLine(Struct, frozen=True):
    """`head` is that of the audit trail at the receipt's place in it; `opened` is what the commitment was made of."""

    reference: str
    title: str
    lang: str
    bench: str
    round: str
    edition: str
    version: int
    number: int
    """Which signature of the same sheet it is, from 1 on."""
    signed_at: datetime
    marks: tuple[tuple[str, str], ...]
    commitment: str
    event_seq: int
    head: str
    opened: str
    holds: bool
    fate: Fate
    reopened_at: datetime | None
    reason: str
    """Why the secretariat reopened the sheet after this signature."""

    @property
    def name(self) -> str:
        """What people call it by: two signatures of one sheet have two names."""
        return name_of(self.reference, self.commitment)


def name_of(reference: str, commitment: str) -> str:
    return f"{reference}-{commitment[:6].upper()}"


def promise_document(promised: Sequence[tuple[int, int, str]]) -> dict[str, Any]:
    """What the audit trail binds for one signature: sheet, version and commitment of each."""
    return {"sheets": [list(one) for one in promised]}


def is_bound(event: Mapping[str, Any], promised: Sequence[tuple[int, int, str]]) -> bool:
    """Whether this event of the trail was written for these promises and nothing else, and is as it was written."""
    document = canonical_bytes(promise_document(promised)).decode()
    return bool(event["hash"] == hash_of(event) and event["after_sha256"] == salted(event["salt"], document))


def receipt_document(
    *,
    round_: str,
    entry: str,
    label: str,
    version: int,
    signed_at: datetime,
    marks: Mapping[str, Given],
    nonce: str,
) -> dict[str, Any]:
    """`round_` is programme/edition/round, `label` the judge's seat, `marks` are steps of each criterion's scale,
    or "none" where the judge found not enough evidence."""
    return {
        "round": round_,
        "entry": entry,
        "seat": label,
        "version": version,
        "signed_at": signed_at.isoformat(),
        "marks": dict(marks),
        "nonce": nonce,
    }


def document_text(document: Mapping[str, Any]) -> str:
    """The very bytes that are hashed, as text."""
    return canonical_bytes(document).decode()


def commitment_of(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_bytes(document)).hexdigest()
