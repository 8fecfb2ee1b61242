"""A proposed assignment is asked for, computed by a process of its own, and stored; or it is called off."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from awards.actor import SYSTEM, Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import in_transaction, transaction
from awards.errors import Denied, Invalid
from awards.jobs.queries import latest
from awards.jobs.services import OPEN, Cancelled, Work, ask_for, cancel
from awards.panels.assignment.matching import Options
from awards.panels.assignment.solving import Stopped, solve_apart
from awards.panels.forms import AskForProposal, CancelProposal
from awards.panels.queries.panel import seats_of_round
from awards.panels.queries.proposals import latest_options, panel_state
from awards.panels.queries.rounds import RoundRow, round_by_id
from awards.panels.rules import ProposalState, SeatState
from awards.panels.steps import round_to_change
from awards.panels.tables import Proposal, RoundEntry
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
        if not any(_scores(seat.state, seat.role) for seat in await seats_of_round(round_id)):
            raise Invalid(
                {"": _("Nobody has accepted a seat that scores in this round. Invite judges first.")}
            )
        options = asked_for(command, await latest_options(round_id))
        job_id = await queue(found, options, actor, now)
        await record(
            Action.JOB_ASKED,
            actor=actor,
            at=now,
            subject=("job", job_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"options": _said(options)},
        )
    return job_id


def asked_for(command: AskForProposal, before: Options) -> Options:
    """What the form says, on top of what the round was asked with before."""
    kept = before.lasting if not command.anew else Options()
    return replace(
        kept,
        seed=command.seed if command.seed is not None else 0,
        experts=command.experts if command.experts is not None else kept.experts,
        expert_level=command.expert_level if command.expert_level is not None else kept.expert_level,
        link_share=command.link_share if command.link_share is not None else kept.link_share,
        employers_apart=command.employers == "apart" if command.employers else kept.employers_apart,
        separate=command.parts == "separate" if command.parts else kept.separate,
        seconds=command.seconds if command.seconds is not None else kept.seconds,
    )


async def queue(found: RoundRow, options: Options, actor: Actor, at: datetime) -> int:
    """A step: the job that computes a proposal of the round; one that is on its way is returned instead."""
    assert in_transaction()
    return await ask_for(
        KIND,
        subject=("round", found.id),
        args={"options": msgspec.to_builtins(options)},
        asked_by=actor.person_id,
        at=at,
    )


def _said(options: Options) -> str:
    return canonical_bytes(msgspec.to_builtins(options)).decode()


async def cancel_computation(
    *, kind: str, round_id: int, command: CancelProposal, actor: Actor, clock: Clock
) -> None:
    """A proposal or a repair: what waits is off at once; what is being computed ends within a second or two."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        job = await latest(kind, ("round", round_id))
        if job is None or job.id != command.job or job.state not in OPEN:
            raise Denied("not running", _("This computation has ended already."))
        await cancel(job.id, now)
        await record(
            Action.JOB_CANCELLED,
            actor=actor,
            at=now,
            subject=("job", job.id),
            edition_id=found.edition.id,
            as_role="secretariat",
        )


async def propose(work: Work, report: Callable[[int], Awaitable[bool]], clock: Clock) -> Mapping[str, Any]:
    """The job's handler: read, solve in another process, store; what changed meanwhile is found when it is applied."""
    now = clock.now()
    options = msgspec.convert(work.args.get("options", {}), Options)
    if not await report(2):
        raise Cancelled
    async with transaction():
        found = await round_by_id(work.subject_id)
        state = await panel_state(found, now)
    try:
        solved = await solve_apart(state, options, report)
    except Stopped:
        raise Cancelled from None
    if not await report(96):
        raise Cancelled
    actor = Actor(person_id=work.asked_by, name=SYSTEM.name)
    base = state.document()
    async with transaction():
        proposal = Proposal(
            round=found.id,
            rules=canonical_bytes(
                {
                    "conflicts": base["rules"],
                    "options": msgspec.to_builtins(options),
                    "base": base,
                }
            ).decode(),
            seed=options.seed,
            base_sha256=state.sha256,
            body=solved.body,
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
            after={"base": state.sha256, "added": solved.added, "removed": solved.removed},
        )
    return {"proposal": proposal.id, "added": solved.added, "short": solved.short}


def _scores(state: SeatState, role: str) -> bool:
    return state is SeatState.ACCEPTED and role == "scorer"


JOB_HANDLERS = {KIND: propose}
