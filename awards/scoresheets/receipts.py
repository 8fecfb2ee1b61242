"""What a judge gets for a signature: a promise that these marks were signed, which shows none of them. Pure.

The commitment is the SHA-256 of the canonical document below. Its nonce is 128 fresh random bits, so nobody finds the
marks by trying all of them; who has the document can show at any time that it is what was promised.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from awards.scoresheets.rules import Given
from judging import canonical_bytes


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
