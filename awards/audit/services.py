"""Writing the audit trail. `record` is the last statement of every verb, in the verb's own transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from awards import ids
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.chain import COVERED, FIRST, hash_of, salted
from awards.audit.tables import Event, EventDetail
from awards.db import advisory_lock, in_transaction, together
from judging import canonical_bytes


def _insert(table: str, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['{}'] * len(columns))})"  # noqa: S608  # names of our own tables and columns


# Every verb ends here, so it is spared the making of row objects.
_EVENT = _insert("event", [*COVERED, "hash", "created_at"])
_DETAIL = (
    "INSERT INTO event_detail (event, reason, address, detail_salt, created_at)"
    " SELECT id, {}, {}, {}, {} FROM event WHERE seq = {}"
)


async def record(
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    subject: tuple[str, int],
    edition_id: int = 0,
    as_role: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> int:
    """Append one event and return its number. `before` and `after` are kept as salted hashes only."""
    assert in_transaction(), "an event belongs to the transaction of its change"
    salt, detail_salt = ids.salt(), ids.salt()
    has_detail = bool(reason or actor.address)
    await advisory_lock("audit")
    last = await Event.raw("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")
    event: dict[str, Any] = {
        "seq": last[0]["seq"] + 1 if last else 1,
        "at": at,
        "actor_id": actor.person_id,
        "as_role": as_role,
        "action": action.value,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "edition_id": edition_id,
        "request_id": actor.request_id,
        "before_sha256": _digest(salt, before),
        "after_sha256": _digest(salt, after),
        "detail_sha256": salted(detail_salt, f"{reason}\n{actor.address}") if has_detail else "",
        "salt": salt,
        "prev": last[0]["hash"] if last else FIRST,
    }
    covered = [event[name] for name in COVERED]
    rows = [Event.raw(_EVENT, *covered, hash_of(event), at)]
    if has_detail:
        rows.append(EventDetail.raw(_DETAIL, reason, actor.address, detail_salt, at, event["seq"]))
    await together(*rows)
    return int(event["seq"])


async def upcoming() -> int:
    """The number that the event of this transaction will have, for rows that point to it. Holds the trail till then."""
    assert in_transaction(), "an event belongs to the transaction of its change"
    await advisory_lock("audit")
    last = await Event.raw("SELECT seq FROM event ORDER BY seq DESC LIMIT 1")
    return last[0]["seq"] + 1 if last else 1


def _digest(salt: str, document: Mapping[str, Any] | None) -> str:
    return salted(salt, canonical_bytes(document).decode()) if document is not None else ""
