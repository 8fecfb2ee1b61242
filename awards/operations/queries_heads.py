"""Heads of the trail, as anybody may compare them, and who holds them, as the desk may know."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from awards import ids
from awards.accounts.rules import fold
from awards.audit.chain import FIRST
from awards.audit.queries import hash_at
from awards.audit.tables import KeptHead
from awards.operations.tables import HeadHolder
from awards.publication.pack.ed25519 import public_key
from awards.publication.pack.keys import NoKey, secret_key

SHOWN = 400
BIGGEST = 2**63 - 1


def signing_key() -> str:
    """The key that result packs are checked with, as packs write it; empty where this service signs none."""
    try:
        return public_key(secret_key()).hex()
    except (NoKey, OSError):
        return ""


class DayHead(Struct, frozen=True):
    day: str
    seq: int
    hash: str

    @property
    def text(self) -> str:
        return f"{self.seq}:{self.hash}"


class Compared(StrEnum):
    SAME = "same"
    OTHER = "other"
    UNREADABLE = "unreadable"


async def days() -> list[DayHead]:
    """The head of each day, the newest first."""
    rows = (
        await KeptHead.select(KeptHead.day, KeptHead.seq, KeptHead.hash)
        .order_by(KeptHead.day, ascending=False)
        .limit(SHOWN)
    )
    return [DayHead(**row) for row in rows]


async def compare(text: str) -> Compared:
    """Whether the trail has this very head. Who does not have it learns nothing of the event at its number."""
    number, _colon, digest = "".join(text.split()).lower().partition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 19 and len(digest) == 64):
        return Compared.UNREADABLE
    if int(number) > BIGGEST or set(digest) - set("0123456789abcdef"):
        return Compared.UNREADABLE
    known = await hash_at(int(number)) if int(number) else FIRST
    return Compared.SAME if known == digest else Compared.OTHER


class HolderRow(Struct, frozen=True):
    id: int
    name: str
    address: str
    created_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    inside: bool = False
    """Whether they can change the data by now: what they hold proves nothing."""

    @property
    def holds(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None


_COLUMNS = (
    HeadHolder.id,
    HeadHolder.name,
    HeadHolder.address,
    HeadHolder.created_at,
    HeadHolder.confirmed_at,
    HeadHolder.ended_at,
)


_WHO_CAN_CHANGE = """
SELECT a.folded FROM role_grant g JOIN email_address a ON a.person = g.person
WHERE g.role IN ('secretariat', 'admin') AND g.since <= {} AND (g."until" IS NULL OR g."until" > {})
"""


async def insiders(now: datetime) -> frozenset[str]:
    """Addresses of everybody who can change the data, as they are compared."""
    return frozenset(row["folded"] for row in await HeadHolder.raw(_WHO_CAN_CHANGE, now, now))


async def holders_of(programme_id: int, now: datetime) -> list[HolderRow]:
    """Everybody named for a programme, those who hold heads now first."""
    rows = (
        await HeadHolder.select(*_COLUMNS).where(HeadHolder.programme == programme_id).order_by(HeadHolder.id)
    )
    inside = await insiders(now) if rows else frozenset()
    found = [HolderRow(**row, inside=fold(row["address"]) in inside) for row in rows]
    return sorted(found, key=lambda one: (one.ended_at is not None, one.confirmed_at is None))


async def holder_by(token: str) -> HolderRow | None:
    rows = await HeadHolder.select(*_COLUMNS).where(HeadHolder.token_sha256 == ids.token_hash(token))
    return HolderRow(**rows[0]) if rows else None
