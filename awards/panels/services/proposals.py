"""Proposed assignments: asked for, solved outside any transaction, applied whole or not at all, undone."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from awards.actor import SYSTEM, Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Invalid, NotFound
from awards.jobs.services import Work, ask_for
from awards.panels.forms import AskForProposal, DecideProposal
from awards.panels.matching import solve
from awards.panels.queries.proposals import panel_state, proposal_of_round
from awards.panels.queries.rounds import RoundRow, round_by_id
from awards.panels.rules import PROPOSAL_MOVES, UNWRITTEN, WRITTEN, ProposalState
from awards.panels.steps import round_to_change, tell_of_entries
from awards.panels.tables import Assignment, Proposal, RoundEntry
from awards.web.i18n import _
from judging import canonical_bytes

KIND = "propose"


async def ask_for_proposal(*, round_id: int, command: AskForProposal, actor: Actor, clock: Clock) -> int:
    """Queue the work and return the job; one that is already on its way is returned instead."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        if not await RoundEntry.exists().where(RoundEntry.round == round_id):
            raise Invalid({"": _("Put entries into the round first.")})
        job_id = await ask_for(
            KIND,
            subject=("round", round_id),
            args={"seed": command.seed if command.seed is not None else 0},
            asked_by=actor.person_id,
            at=now,
        )
        await record(
            Action.JOB_ASKED,
            actor=actor,
            at=now,
            subject=("job", job_id),
            edition_id=found.edition.id,
            as_role="secretariat",
        )
    return job_id


async def propose(work: Work, report: Callable[[int], Awaitable[bool]], clock: Clock) -> Mapping[str, Any]:
    """The job's handler: read, solve in a thread, store; what changed meanwhile is found when it is applied."""
    now = clock.now()
    seed = int(work.args.get("seed", 0))
    async with transaction():
        found = await round_by_id(work.subject_id)
        state = await panel_state(found, now)
    await report(10)
    body = await asyncio.to_thread(solve, state, seed)
    await report(90)
    actor = Actor(person_id=work.asked_by, name=SYSTEM.name)
    async with transaction():
        proposal = Proposal(
            round=found.id,
            rules=canonical_bytes([list(rule) for rule in state.rules]).decode(),
            seed=seed,
            base_sha256=state.sha256,
            body=canonical_bytes(body).decode(),
            state=ProposalState.PROPOSED.value,
            by=work.asked_by or None,
            created_at=now,
        )
        await proposal.save()
        await record(
            Action.ASSIGNMENT_PROPOSED,
            actor=actor,
            at=now,
            subject=("proposal", proposal.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"base": state.sha256, "added": len(body["added"])},
        )
    return {"proposal": proposal.id, "added": len(body["added"]), "short": body["shortage"] is not None}


async def apply_proposal(*, round_id: int, command: DecideProposal, actor: Actor, clock: Clock) -> int:
    """All pairs at once; refused where anything it was computed from is no longer true. Returns how many."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await proposal_of_round(round_id, command.proposal)
        if ProposalState.APPLIED not in PROPOSAL_MOVES[proposal.state]:
            raise Denied("not proposed", _("This proposal was applied or refused already."))
        if proposal.body["shortage"] is not None:
            raise Denied(
                "shortage", _("A proposal that leaves sheets missing is not applied; remove the cause first.")
            )
        still_true = (await panel_state(found, now)).sha256 == proposal.base_sha256
        if still_true:
            added = [(int(entry), int(seat)) for entry, seat in proposal.body["added"]]
            await _give(added, proposal.id, now)
            await _tell(found, proposal.id, now)
            await _move(
                proposal.id, ProposalState.PROPOSED, ProposalState.APPLIED, {Proposal.applied_at: now}
            )
        else:
            added = []
            await _move(proposal.id, ProposalState.PROPOSED, ProposalState.REFUSED, {})
        await record(
            Action.ASSIGNMENT_APPLIED if still_true else Action.ASSIGNMENT_CHANGED,
            actor=actor,
            at=now,
            subject=("proposal", proposal.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"state": "applied" if still_true else "refused", "added": len(added)},
        )
    if not still_true:
        raise Denied(
            "base changed",
            _("The panel changed since this was computed, so nothing was assigned. Ask for a new proposal."),
        )
    return len(added)


async def undo_proposal(*, round_id: int, command: DecideProposal, actor: Actor, clock: Clock) -> int:
    """While no sheet of it is started; its assignments are withdrawn. Returns how many."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await proposal_of_round(round_id, command.proposal)
        if ProposalState.UNDONE not in PROPOSAL_MOVES[proposal.state]:
            raise Denied("not applied", _("Only a proposal that was applied can be undone."))
        if await Assignment.exists().where(
            (Assignment.proposal == proposal.id) & Assignment.state.is_in(list(WRITTEN))
        ):
            raise Denied("started", _("A judge has started a sheet of it, so it can no longer be undone."))
        rows = (
            await Assignment.update({Assignment.state: "withdrawn"})
            .where((Assignment.proposal == proposal.id) & Assignment.state.is_in(list(UNWRITTEN)))
            .returning(Assignment.id)
        )
        await _move(proposal.id, ProposalState.APPLIED, ProposalState.UNDONE, {Proposal.undone_at: now})
        await record(
            Action.ASSIGNMENT_UNDONE,
            actor=actor,
            at=now,
            subject=("proposal", proposal.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"state": "undone", "withdrawn": len(rows)},
        )
    return len(rows)


async def _give(pairs: list[tuple[int, int]], proposal_id: int, now: datetime) -> None:
    """New assignments; a pair that was taken back before anything was written is given again."""
    for start in range(0, len(pairs), 100):
        piece = pairs[start : start + 100]
        values = ", ".join(["({}, {}, 'proposal', {}, 'given', '', {})"] * len(piece))
        arguments = [value for entry, seat in piece for value in (entry, seat, proposal_id, now)]
        rows = await Assignment.raw(
            "INSERT INTO assignment (round_entry, seat, origin, proposal, state, known_conflicts, created_at)"  # noqa: S608  # placeholders are joined
            f" VALUES {values} ON CONFLICT (round_entry, seat) DO UPDATE SET origin = excluded.origin,"
            " proposal = excluded.proposal, state = excluded.state"
            " WHERE assignment.state = 'withdrawn' RETURNING id",
            *arguments,
        )
        assert len(rows) == len(piece), (
            "the state of the panel, read in this transaction, allowed these pairs"
        )


_RECIPIENTS = """
SELECT s.id AS seat_id, p.name, p.lang, p.zone, m.address, s.extended_until,
  (SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id
   AND a.state IN ('given', 'opened', 'started', 'signed')) AS entries
FROM seat s JOIN person p ON p.id = s.person JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
WHERE s.id IN (SELECT seat FROM assignment WHERE proposal = {} AND state = 'given') ORDER BY s.id
"""


async def _tell(found: RoundRow, proposal_id: int, now: datetime) -> None:
    """One mail to each judge who was given something."""
    for row in await Assignment.raw(_RECIPIENTS, proposal_id):
        key = f"{proposal_id}:{row['seat_id']}"
        await tell_of_entries(found, row, row["entries"], key=key, at=now)


async def _move(
    proposal_id: int, before: ProposalState, after: ProposalState, more: Mapping[Any, Any]
) -> None:
    changed = (
        await Proposal.update({Proposal.state: after.value, **more})
        .where((Proposal.id == proposal_id) & (Proposal.state == before.value))
        .returning(Proposal.id)
    )
    if not changed:
        raise NotFound


JOB_HANDLERS = {KIND: propose}
