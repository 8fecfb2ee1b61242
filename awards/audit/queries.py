"""Reading the audit trail."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from msgspec import Struct

from awards.audit.actions import PUBLIC_ACTIONS
from awards.audit.chain import FIRST, Break, breaks
from awards.audit.tables import Event

PIECE = 1000


class Head(Struct, frozen=True):
    seq: int
    hash: str

    @property
    def text(self) -> str:
        """As receipts, mails and `awards check --head` write it."""
        return f"{self.seq}:{self.hash}"


async def head() -> Head:
    rows = await Event.raw("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")
    return Head(rows[0]["seq"], rows[0]["hash"]) if rows else Head(0, FIRST)


async def hash_at(seq: int) -> str | None:
    rows = await Event.select(Event.hash).where(Event.seq == seq)
    return str(rows[0]["hash"]) if rows else None


async def last_public_change() -> int:
    """The number of the newest event that could change a public page."""
    rows = (
        await Event.select(Event.seq)
        .where(Event.action.is_in(sorted(PUBLIC_ACTIONS)))
        .order_by(Event.seq, ascending=False)
        .limit(1)
    )
    return int(rows[0]["seq"]) if rows else 0


async def pieces() -> AsyncIterator[list[dict[str, Any]]]:
    """The whole chain in order, a thousand events at a time."""
    after = 0
    while rows := await Event.select().where(Event.seq > after).order_by(Event.seq).limit(PIECE):
        yield rows
        after = rows[-1]["seq"]


async def chain_breaks(kept: tuple[int, str] | None = None) -> list[Break]:
    events: list[dict[str, Any]] = []
    async for piece in pieces():
        events.extend(piece)
    # Hashing a long chain would hold up every page.
    return await asyncio.to_thread(breaks, events, kept)
