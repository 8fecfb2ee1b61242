"""Reading packs that are sealed: as hidden as their publication until its instant."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.errors import NotFound
from awards.publication.queries import SEEN
from awards.publication.tables import ResultPack


class SealedPack(Struct, frozen=True):
    number: int
    level: str
    key: str
    sha256: str
    body: str


_COLUMNS = "SELECT p.number, k.level, k.key, k.sha256, k.body FROM result_pack k JOIN publication p ON p.id = k.publication"


async def public_pack(edition_id: int, now: datetime, number: int | None = None) -> SealedPack:
    """Of the publication that counts at this instant, or of an earlier one that is out as well."""
    if number is None:
        asked: list[Any] = [edition_id, now, now]
        where = f"p.edition = {{}} AND k.audience = 'public' AND {SEEN}"
    else:
        where = (
            "p.edition = {} AND p.number = {} AND k.audience = 'public' AND p.visible_at <= {}"
            " AND p.withdrawn_at IS NULL"
        )
        asked = [edition_id, number, now]
    return _one(await ResultPack.raw(f"{_COLUMNS} WHERE {where}", *asked))


async def sealed_pack(edition_id: int, audience: str, number: int | None = None) -> SealedPack:
    """Whatever its instant: for auditors and the command line. The newest that was not withdrawn where none is named."""
    if number is None:
        rows = await ResultPack.raw(
            f"{_COLUMNS} WHERE p.edition = {{}} AND k.audience = {{}} AND p.withdrawn_at IS NULL"
            " ORDER BY p.number DESC LIMIT 1",
            edition_id, audience,
        )  # fmt: skip
    else:
        rows = await ResultPack.raw(
            f"{_COLUMNS} WHERE p.edition = {{}} AND k.audience = {{}} AND p.number = {{}}",
            edition_id, audience, number,
        )  # fmt: skip
    return _one(rows)


async def keys_given_out(now: datetime) -> list[str]:
    """The keys that sign what is public, the newest first: to be compared with what a pack says."""
    rows = await ResultPack.raw(
        "SELECT k.key, MAX(p.visible_at) AS last FROM result_pack k JOIN publication p ON p.id = k.publication"
        " WHERE p.visible_at <= {} AND p.withdrawn_at IS NULL GROUP BY k.key ORDER BY last DESC, k.key",
        now,
    )
    return [row["key"] for row in rows]


async def hashes_of(publication_id: int) -> dict[str, dict[str, str]]:
    """What the audit trail binds of the packs, by whom they are for; nothing where there are none."""
    rows = await ResultPack.select(ResultPack.audience, ResultPack.sha256).where(
        ResultPack.publication == publication_id
    )
    return {"packs": {row["audience"]: row["sha256"] for row in rows}} if rows else {}


def _one(rows: list[dict[str, Any]]) -> SealedPack:
    if not rows:
        raise NotFound
    return SealedPack(**rows[0])
