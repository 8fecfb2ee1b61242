"""A result pack is the bytes that were sealed, and speaks of its own publication."""

import hashlib
import json
from typing import Any

from awards.invariants.truth import Truth, by_reading
from awards.publication.tables import ResultPack
from awards.web.i18n import lazy

_SEALED = """
SELECT k.id, k.audience, k.key, k.sha256, k.body, p.number, p.pack_sha256, e.slug AS edition, g.slug AS programme
FROM result_pack k JOIN publication p ON p.id = k.publication JOIN edition e ON e.id = p.edition
JOIN programme g ON g.id = e.programme ORDER BY k.id
"""


@by_reading("packs-are-what-was-sealed", lazy("A result pack was changed, or is of another publication."))
async def packs_are_what_was_sealed() -> list[str]:
    return [
        f"edition {row['programme']}/{row['edition']}, publication {row['number']}, {row['audience']}"
        for row in await ResultPack.raw(_SEALED)
        if not _holds(row)
    ]


def _holds(row: dict[str, Any]) -> bool:
    if hashlib.sha256(row["body"].encode()).hexdigest() != row["sha256"]:
        return False
    try:
        file = json.loads(row["body"])
        pack, key = file["pack"], file["signature"]["key"]
    except (ValueError, TypeError, KeyError):
        return False
    wanted = {"programme": row["programme"], "edition": row["edition"], "number": row["number"]}
    own = pack["document_sha256"] == row["pack_sha256"] and pack["audience"] == row["audience"]
    return bool(own and key == row["key"] and wanted.items() <= pack["document"].items())


TRUTHS: tuple[Truth, ...] = (packs_are_what_was_sealed,)
