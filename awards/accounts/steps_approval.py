"""Two people over one exact thing: one asks, another consents, or it is taken back. Each needs an open transaction."""

from datetime import datetime
from typing import Any

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.db import in_transaction
from awards.errors import Stale


async def ask_for_approval(
    action: str, subject: tuple[str, int], sha256: str, *, actor: Actor, reason: str, now: datetime
) -> int:
    """The first person's word. `sha256` is of what exactly it is about; returns the approval."""
    assert in_transaction()
    kind, subject_id = subject
    approval = Approval(
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        subject_sha256=sha256,
        asked_by=actor.person_id,
        reason=reason,
        created_at=now,
    )
    await approval.save()
    return int(approval.id)


async def give_approval(approval_id: int, actor: Actor, now: datetime) -> None:
    """The second person's word, once: who comes after another's word, or after it was taken back, is too late."""
    assert in_transaction()
    await _answer({Approval.given_by: actor.person_id, Approval.given_at: now}, approval_id)


async def take_back(approval_id: int, now: datetime) -> None:
    """What one asked for and nobody consented to."""
    assert in_transaction()
    await _answer({Approval.ended_at: now}, approval_id)


async def _answer(values: dict[Any, Any], approval_id: int) -> None:
    waits = (Approval.id == approval_id) & Approval.given_at.is_null() & Approval.ended_at.is_null()
    if not await Approval.update(values).where(waits).returning(Approval.id):
        raise Stale
