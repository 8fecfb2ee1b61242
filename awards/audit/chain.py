"""The hash chain: each event's hash covers what it says and the hash before it."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

FIRST = "0" * 64

# In this order, as JSON, under the hash. `created_at` equals `at` and is not covered twice.
COVERED = (
    "seq",
    "at",
    "actor_id",
    "as_role",
    "action",
    "subject_kind",
    "subject_id",
    "edition_id",
    "request_id",
    "before_sha256",
    "after_sha256",
    "detail_sha256",
    "salt",
    "prev",
)


class Break(Struct, frozen=True):
    seq: int
    problem: str


def hash_of(event: Mapping[str, Any]) -> str:
    """`event["at"]` is aware; the other values are integers and text."""
    covered = [event["at"].isoformat() if name == "at" else event[name] for name in COVERED]
    return hashlib.sha256(json.dumps(covered, ensure_ascii=False).encode()).hexdigest()


def salted(salt: str, document: str) -> str:
    """The hash of a document that nobody can find by trial, without the salt."""
    return hmac.new(bytes.fromhex(salt), document.encode(), hashlib.sha256).hexdigest()


def breaks(events: Iterable[Mapping[str, Any]], head: tuple[int, str] | None = None) -> list[Break]:
    """What is wrong with a chain, from its first event on; `head` is one that somebody kept elsewhere."""
    found: list[Break] = []
    # An empty chain has a head too: every chain goes on from it.
    prev, expected, kept = FIRST, 1, FIRST if head and head[0] == 0 else None
    for event in events:
        seq = event["seq"]
        if seq != expected:
            found.append(Break(seq, f"expected number {expected}"))
        if event["prev"] != prev:
            found.append(Break(seq, "does not follow from the event before it"))
        if event["hash"] != hash_of(event):
            found.append(Break(seq, "was changed after it was written"))
        if head and seq == head[0]:
            kept = event["hash"]
        prev, expected = event["hash"], seq + 1
    if head and kept != head[1]:
        found.append(Break(head[0], "differs from the head that was kept elsewhere, or is gone"))
    return found
