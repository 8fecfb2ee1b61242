"""What the public reads is what two people signed, cell by cell, and what the trail says they signed."""

import json
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from awards.audit.actions import Action
from awards.audit.chain import salted
from awards.invariants.truth import Truth, by_query, by_reading
from awards.publication.document import Draft, fingerprint
from awards.publication.outcome import draft_from_rows, read_wish
from awards.publication.pack.queries_sealed import hashes_of
from awards.publication.tables import Publication
from awards.web.i18n import lazy
from judging import canonical_bytes

_SEALED = """
SELECT p.id, p.number, p.kind, p.pack_sha256, p.visible_at, e.slug AS edition, g.slug AS programme,
       a.subject_sha256, a.reason, a.given_at
FROM publication p JOIN edition e ON e.id = p.edition JOIN programme g ON g.id = e.programme
LEFT JOIN approval a ON a.id = p.approval ORDER BY g.slug, e.slug, p.number
"""


def _named(row: dict[str, Any]) -> str:
    return f"edition {row['programme']}/{row['edition']}, publication {row['number']}"


@by_reading("published-is-what-was-signed", lazy("What is published is not what was signed."))
async def published_is_what_was_signed() -> list[str]:
    found = []
    for row in await Publication.raw(_SEALED):
        try:
            draft, sealed = await draft_from_rows(row["id"])
            holds = fingerprint(draft) == sealed and (row["kind"] == "archive" or _is_signed(draft, row))
        except (ValueError, TypeError, KeyError):  # figures or a wish that cannot be read any more
            holds = False
        if not holds:
            found.append(_named(row))
    return found


def _is_signed(draft: Draft, row: dict[str, Any]) -> bool:
    """The signatures are over the instant that was asked for: none means that of the second signature."""
    asked_for: datetime | None = read_wish(row["reason"]).visible_at
    if row["visible_at"] != (asked_for or row["given_at"]):
        return False
    signed: str = row["subject_sha256"]
    return fingerprint(replace(draft, visible_at=asked_for)) == signed


@by_reading(
    "published-is-what-was-recorded",
    lazy("The audit trail tells of another publication than the one that is there."),
)
async def published_is_what_was_recorded() -> list[str]:
    """Who changes a publication and its hashes alike has the chain against them."""
    events: dict[int, list[dict[str, Any]]] = {}
    recorded = (
        "SELECT subject_id, salt, after_sha256 FROM event WHERE action = {} AND subject_kind = 'publication'"
    )
    for event in await Publication.raw(recorded, Action.PUBLISHED.value):
        events.setdefault(event["subject_id"], []).append(event)
    found = []
    for row in await Publication.raw(_SEALED):
        if row["kind"] == "archive":
            continue
        document = {"number": row["number"], "document": row["pack_sha256"], **await hashes_of(row["id"])}
        said = canonical_bytes(document).decode()
        told = events.get(row["id"], [])
        if not any(salted(event["salt"], said) == event["after_sha256"] for event in told):
            found.append(_named(row))
    return found


@by_reading(
    "published-entries-are-their-entries", lazy("A published entry is tied to another entry than it names.")
)
async def published_entries_are_their_entries() -> list[str]:
    rows = await Publication.raw(
        "SELECT p.number, e.slug AS edition, g.slug AS programme, b.slug, b.figures, n.reference"
        " FROM published_entry b JOIN publication p ON p.id = b.publication JOIN edition e ON e.id = p.edition"
        " JOIN programme g ON g.id = e.programme LEFT JOIN entry n ON n.id = b.entry ORDER BY b.id"
    )
    return [
        f"{_named(row)}, entry {row['slug']}"
        for row in rows
        if _reference(row["figures"]) != row["reference"]
    ]


def _reference(figures: str) -> str | None:
    try:
        found = json.loads(figures or "{}").get("reference")
    except (ValueError, AttributeError):
        return ""
    return None if found is None else str(found)


nothing_public_is_withdrawn = by_query(
    "nothing-public-is-withdrawn",
    lazy("Results were withdrawn after they had become public."),
    "SELECT id AS publication FROM publication WHERE withdrawn_at >= visible_at ORDER BY id",
)

TRUTHS: tuple[Truth, ...] = (
    published_is_what_was_signed,
    published_is_what_was_recorded,
    published_entries_are_their_entries,
    nothing_public_is_withdrawn,
)
