"""Sessions: rows that keep only the hash of their token, new at every sign-in, listed and revocable."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from awards import ids
from awards.accounts.rules import ABSOLUTE, SEEN_EVERY, session_is_over
from awards.accounts.tables import Session
from awards.db import in_transaction, transaction


async def start(person_id: int, *, at: datetime, agent: str, address: str, shared: bool = False) -> str:
    """Begin a session in the caller's transaction and return its token."""
    assert in_transaction()
    token = ids.token()
    await Session.insert(
        Session(
            person=person_id,
            token_sha256=ids.token_hash(token),
            csrf=ids.token(),
            agent=agent[:200],
            address=address[:64],
            seen_at=at,
            proved_at=at,
            expires_at=at + ABSOLUTE,
            shared=shared,
            created_at=at,
        )
    )
    return token


async def replace(
    old: int | None, person_id: int, *, at: datetime, agent: str, address: str, shared: bool = False
) -> str:
    """Begin a session where the browser may have one: that one ends, whoever's it was."""
    if old is not None:
        await Session.update({Session.ended_at: at}).where((Session.id == old) & Session.ended_at.is_null())
    return await start(person_id, at=at, agent=agent, address=address, shared=shared)


# What a session is worth depends on these columns; queries that read a session with more select them too.
COLUMNS = """s.id AS session_id, s.csrf, s.seen_at, s.proved_at, s.expires_at, s.ended_at, s.shared,
       p.id AS person_id, p.name, p.lang, p.zone, p.disabled_at"""


async def is_live(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether a row with `COLUMNS` is a session that holds now; it is noted as seen once a minute."""
    over = session_is_over(
        seen_at=row["seen_at"], expires_at=row["expires_at"], ended_at=row["ended_at"], now=now
    )
    if over or row["disabled_at"] is not None:
        return False
    if now - row["seen_at"] >= SEEN_EVERY:
        async with transaction():
            await Session.update({Session.seen_at: now}).where(Session.id == row["session_id"])
    return True
