"""A result pack is the bytes that were sealed, can be read, and speaks of its own publication."""

import hashlib
import json
from typing import Any

from msgspec import Struct

from awards.invariants.truth import Truth, by_reading
from awards.publication.pack.document import FORMAT
from awards.publication.tables import ResultPack
from awards.web.i18n import lazy

_SEALED = """
SELECT k.id, k.audience, k.key, k.sha256, k.body, p.number, p.pack_sha256, e.slug AS edition, g.slug AS programme
FROM result_pack k JOIN publication p ON p.id = k.publication JOIN edition e ON e.id = p.edition
JOIN programme g ON g.id = e.programme ORDER BY k.id
"""


class About(Struct, frozen=True):
    """What a pack says of itself, and what its publication says."""

    programme: str
    edition: str
    number: int
    document_sha256: str
    audience: str
    key: str


@by_reading("packs-are-what-was-sealed", lazy("A result pack was changed, or is of another publication."))
async def packs_are_what_was_sealed() -> list[str]:
    return [
        f"{_publication(row)}, {row['audience']}"
        for row in await ResultPack.raw(_SEALED)
        if not _is_what_was_sealed(row) or _about(row["body"]) not in (None, _wanted(row))
    ]


@by_reading(
    "packs-can-be-read",
    lazy(
        "This version cannot read the packs of this publication: they were sealed in another format. They stay as they"
        " are; publish a correction, which seals new ones, so that everybody can check the result."
    ),
)
async def packs_can_be_read() -> list[str]:
    rows = await ResultPack.raw(_SEALED)
    unread = [row for row in rows if _is_what_was_sealed(row) and _about(row["body"]) is None]
    return list(dict.fromkeys(_publication(row) for row in unread))


def _publication(row: dict[str, Any]) -> str:
    return f"edition {row['programme']}/{row['edition']}, publication {row['number']}"


def _is_what_was_sealed(row: dict[str, Any]) -> bool:
    return bool(hashlib.sha256(row["body"].encode()).hexdigest() == row["sha256"])


def _about(body: str) -> About | None:
    """None where it is in no format that this version reads."""
    try:
        file = json.loads(body)
        pack, key = file["pack"], file["signature"]["key"]
        document, format_ = pack["document"], file["format"]
        found = About(
            document["programme"], document["edition"], document["number"], pack["document_sha256"], pack["audience"], key
        )  # fmt: skip
    except (ValueError, TypeError, KeyError):
        return None
    return found if format_ == FORMAT else None


def _wanted(row: dict[str, Any]) -> About:
    return About(
        row["programme"], row["edition"], row["number"], row["pack_sha256"], row["audience"], row["key"]
    )


TRUTHS: tuple[Truth, ...] = (packs_are_what_was_sealed, packs_can_be_read)
