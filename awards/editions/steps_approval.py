"""Two people over one exact thing: one asks, another consents, or it is taken back. Each needs an open transaction."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.db import in_transaction
from awards.editions.approving import NOBODY, Deed, Reach, may_answer, may_follow, may_give_word
from awards.editions.queries.stakes import stakes_of
from awards.errors import NotFound, Stale


class Signer(Struct, frozen=True):
    """Somebody who may give their word now: only `who_asks` and `who_consents` make one."""

    person_id: int
    at: datetime
    asked_by: int | None = None


async def who_asks(actor: Actor, reach: Reach, now: datetime) -> Signer:
    """The first person, or what keeps them from asking."""
    assert in_transaction()
    if refusal := may_answer(actor.proved_at, now):
        raise refusal
    own = (await stakes_of(reach, now, actor.person_id)).get(actor.person_id, NOBODY)
    if refusal := may_give_word(own):
        raise refusal
    if not own.may:
        raise NotFound
    return Signer(actor.person_id, now)


async def who_consents(actor: Actor, asked_by: int, reach: Reach, now: datetime) -> Signer:
    """The second person, where the first may still be the first."""
    assert in_transaction()
    if refusal := may_follow(asked_by, actor.person_id) or may_answer(actor.proved_at, now):
        raise refusal
    stakes = await stakes_of(reach, now, actor.person_id, asked_by)
    own = stakes.get(actor.person_id, NOBODY)
    if refusal := may_give_word(own, stakes[asked_by]):
        raise refusal
    if not own.may:
        raise NotFound
    return Signer(actor.person_id, now, asked_by)


async def ask_for_approval(
    signer: Signer, deed: Deed, subject: tuple[str, int], sha256: str, reason: str
) -> int:
    """The first person's word. `sha256` is of what exactly it is about; returns the approval."""
    assert in_transaction()
    kind, subject_id = subject
    approval = Approval(
        action=deed.value,
        subject_kind=kind,
        subject_id=subject_id,
        subject_sha256=sha256,
        asked_by=signer.person_id,
        reason=reason,
        created_at=signer.at,
    )
    await approval.save()
    return int(approval.id)


async def give_approval(signer: Signer, approval_id: int) -> None:
    """The second person's word, once: who comes after another's word, or after it was taken back, is too late."""
    assert in_transaction()
    assert signer.asked_by is not None
    given: dict[Any, Any] = {Approval.given_by: signer.person_id, Approval.given_at: signer.at}
    await _answer(given, approval_id)


async def take_back(approval_id: int, now: datetime) -> None:
    """What one asked for and nobody consented to."""
    assert in_transaction()
    await _answer({Approval.ended_at: now}, approval_id)


async def _answer(values: dict[Any, Any], approval_id: int) -> None:
    waits = (Approval.id == approval_id) & Approval.given_at.is_null() & Approval.ended_at.is_null()
    if not await Approval.update(values).where(waits).returning(Approval.id):
        raise Stale
