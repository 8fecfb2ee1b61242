"""A proposal is edited by hand: each act makes its next version, and the one before stays readable."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.assignment.edit_words import refusal_words
from awards.panels.assignment.editing import Act, Refusal, changed, edited, options_of, plan_of, start_of
from awards.panels.assignment.state import Pair
from awards.panels.forms import DecideProposal
from awards.panels.forms_repair import EditProposal
from awards.panels.queries.conflicts import conflicts_of_pair
from awards.panels.queries.proposals import ProposalRow, latest_proposal, proposal_of_round
from awards.panels.queries.rounds import RoundRow
from awards.panels.queries.workbench import Workbench, workbench_of
from awards.panels.rules import ProposalState
from awards.panels.sentences import conflict_words
from awards.panels.services.proposing import queue
from awards.panels.steps import round_to_change
from awards.panels.tables import Proposal
from awards.web.i18n import _
from judging import canonical_bytes
from judging.conflicts import Effect


async def edit_proposal(*, round_id: int, command: EditProposal, actor: Actor, clock: Clock) -> int:
    """One act on the newest version. Returns the id of the next one; its base is the same."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await _newest(round_id, command.proposal)
        bench = await workbench_of(proposal)
    if bench is None:
        raise Denied("no base", _("This proposal is too old to be edited. Compute a new one."))
    act = act_of(bench, command)
    # Of a large panel this takes its time, so that nothing is locked meanwhile.
    body = await asyncio.to_thread(next_version, bench, proposal, act)
    if isinstance(body, Refusal):
        raise Invalid({"": await why_not(body, bench, found, now)})
    async with transaction():
        found = await round_to_change(actor, round_id)
        await _newest(round_id, proposal.id)
        return await _replace(found, proposal, body, {"edit": body["edits"][-1]}, actor, now)


def act_of(bench: Workbench, command: EditProposal) -> Act:
    other = bench.entry_called(command.other_entry) if command.other_entry else None
    return Act(command.act, bench.entry_called(command.entry), command.seat, other, command.other_seat)


def next_version(bench: Workbench, proposal: ProposalRow, act: Act) -> dict[str, Any] | Refusal:
    """The body after one act."""
    start = start_of(proposal.body)
    plan = changed(bench.state, plan_of(bench.state, start), act)
    return plan if isinstance(plan, Refusal) else edited(bench.state, start, plan, act, proposal.id)


async def why_not(refusal: Refusal, bench: Workbench, found: RoundRow, at: datetime) -> str:
    """The sentence, with what stands between judge and entry where a conflict forbids it."""
    said = ""
    if refusal.why == "conflict":
        said = await what_stands(bench, found, (refusal.entry, refusal.seat), Effect.FORBID, at)
    return refusal_words(refusal, bench.entry_names, bench.seat_names, said)


async def what_stands(bench: Workbench, found: RoundRow, pair: Pair, effect: Effect, at: datetime) -> str:
    """The conflicts of one pair that have this effect, in words."""
    entry, seat = pair
    if entry not in bench.entries or seat not in bench.seats:
        return ""
    person, entry_id = bench.seats[seat].person_id, bench.entries[entry].entry_id
    findings = await conflicts_of_pair(person, entry_id, found.id, found.edition.id, at)
    return ", ".join(conflict_words(one) for one in findings if one.effect is effect)


async def step_back(*, round_id: int, command: DecideProposal, actor: Actor, clock: Clock) -> int:
    """The last edit is undone: the version before it is the newest again. Returns its new id."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await _newest(round_id, command.proposal)
        if not proposal.body.get("edits"):
            raise Denied("not edited", _("Nothing was edited in this proposal."))
        before = await proposal_of_round(round_id, proposal.body["based_on"])
        return await _replace(found, proposal, dict(before.body), {"back to": before.id}, actor, now)


async def compute_rest(*, round_id: int, command: DecideProposal, actor: Actor, clock: Clock) -> int:
    """Ask for a new proposal that holds to the pairs that must be and must not be. Returns the job."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await _newest(round_id, command.proposal)
        options = options_of(start_of(proposal.body))
        if not options.pins and not options.bans:
            raise Denied("nothing held", _("Say of a pair that it must be there, or must not, first."))
        job_id = await queue(found, options, actor, now)
        await record(
            Action.JOB_ASKED,
            actor=actor,
            at=now,
            subject=("job", job_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"options": canonical_bytes(msgspec.to_builtins(options)).decode()},
        )
    return job_id


async def _newest(round_id: int, proposal_id: int) -> ProposalRow:
    """The version that the act was drawn from, as long as nobody made another."""
    proposal = await latest_proposal(round_id)
    if proposal is None:
        raise NotFound
    if proposal.id != proposal_id:
        raise Stale
    if proposal.state is not ProposalState.PROPOSED:
        raise Denied("not proposed", _("This proposal was applied or refused already."))
    return proposal


async def _replace(
    found: RoundRow,
    proposal: ProposalRow,
    body: Mapping[str, Any],
    said: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> int:
    stored = await Proposal.select(Proposal.rules).where(Proposal.id == proposal.id)
    replaced = (
        await Proposal.update({Proposal.state: ProposalState.REPLACED.value})
        .where((Proposal.id == proposal.id) & (Proposal.state == ProposalState.PROPOSED.value))
        .returning(Proposal.id)
    )
    if not replaced:
        raise Stale
    version = Proposal(
        round=found.id,
        rules=stored[0]["rules"],
        seed=proposal.seed,
        base_sha256=proposal.base_sha256,
        body=canonical_bytes(body).decode(),
        state=ProposalState.PROPOSED.value,
        by=actor.person_id,
        created_at=now,
    )
    await version.save()
    await record(
        Action.ASSIGNMENT_PROPOSED,
        actor=actor,
        at=now,
        subject=("proposal", version.id),
        edition_id=found.edition.id,
        as_role="secretariat",
        after={"base": proposal.base_sha256, "based on": proposal.id, **said},
    )
    return int(version.id)
