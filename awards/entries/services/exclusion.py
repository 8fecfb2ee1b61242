"""Keeping an entry out takes a second person, who reads the reason and confirms exactly that."""

from typing import Any

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.steps_approval import give_approval, take_back, who_consents
from awards.entries.forms_screening import ConfirmExclusion, EndExclusion
from awards.entries.queries.standing import Screened
from awards.entries.rules import EntryState
from awards.entries.screening import EXCLUDE, Standing, exclusion_sha256
from awards.entries.steps_screening import case_of, decide, reach_of
from awards.entries.tables import Screening
from awards.errors import NotFound, Stale


async def confirm_exclusion(
    *, edition_id: int, reference: str, command: ConfirmExclusion, actor: Actor, clock: Clock
) -> None:
    """The second person's word: the entry is not eligible, for the reason that both have read."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        entry = case.entry
        if entry.standing is not Standing.CONFIRM:
            raise Stale
        request = await _request(entry, command.approval)
        if request["subject_sha256"] != command.sha256:
            raise Stale
        if request["subject_sha256"] != exclusion_sha256(entry.id, entry.version_id, request["reason"]):
            raise Stale
        signer = await who_consents(actor, request["asked_by"], await reach_of(case), now)
        await give_approval(signer, request["id"])
        await decide(
            case, EntryState.INELIGIBLE, request["reason"], actor, now, number=1, approval=request["id"]
        )
        await record(
            Action.ENTRY_INELIGIBLE,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            before={"state": entry.state.value},
            after={"state": EntryState.INELIGIBLE.value, "number": 1, "approval": request["id"]},
            reason=request["reason"],
        )


async def end_exclusion(
    *, edition_id: int, reference: str, command: EndExclusion, actor: Actor, clock: Clock
) -> None:
    """Taken back by who asked, or sent back by another. Where one screens, that screening is open again."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        entry = case.entry
        if entry.standing is not Standing.CONFIRM:
            raise Stale
        request = await _request(entry, command.approval)
        await take_back(request["id"], now)
        if case.rules.screeners == 1:
            await Screening.update({Screening.done_at: None, Screening.version: Screening.version + 1}).where(
                (Screening.entry == entry.id) & Screening.done_at.is_not_null()
            )
        await record(
            Action.EXCLUSION_ENDED,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            before={"approval": request["id"], "asked_by": request["asked_by"]},
        )


async def _request(entry: Screened, approval_id: int) -> dict[str, Any]:
    """What waits for a second person; what was given or ended is not found again."""
    rows: list[dict[str, Any]] = await Approval.raw(
        "SELECT id, subject_sha256, asked_by, reason FROM approval WHERE id = {} AND action = {}"
        " AND subject_kind = 'entry' AND subject_id = {} AND given_at IS NULL AND ended_at IS NULL",
        approval_id,
        EXCLUDE,
        entry.id,
    )
    if not rows:
        raise NotFound
    return rows[0]
