"""A panel at work is repaired: offers are asked for and computed, and one of them becomes a proposal."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import to_builtins

from awards.actor import SYSTEM, Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import in_transaction, transaction
from awards.errors import Denied, Invalid
from awards.jobs.services import Cancelled, Work, as_asked, ask_for, take_over
from awards.panels.assignment.matching import Options
from awards.panels.assignment.repair import find_broken
from awards.panels.assignment.solving import Stopped, solve_apart
from awards.panels.assignment.state import PanelState
from awards.panels.forms import DecideProposal
from awards.panels.forms_repair import AskForRepair
from awards.panels.queries.proposals import latest_options, panel_state, proposal_of_round
from awards.panels.queries.rounds import round_by_id
from awards.panels.rules import ProposalState
from awards.panels.steps import REPAIR, round_to_change
from awards.panels.tables import Proposal
from awards.web.i18n import _
from judging import canonical_bytes

KIND = REPAIR
# The panel may move while the offers are computed: so often they are computed anew.
TRIES = 3


async def ask_for_repair(*, round_id: int, command: AskForRepair, actor: Actor, clock: Clock) -> int:
    """Queue the work and return the job; one that is already on its way is returned instead, and does what is asked
    here if nobody asked for it."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        state = await panel_state(found, now)
        known = {reader.seat_id for reader in state.readers}
        silent = tuple(sorted({seat for seat in command.silent if seat in known}))
        if not state.pins:
            raise Invalid({"": _("Nothing is given yet. Propose an assignment instead.")})
        if not find_broken(state, silent):
            raise Invalid(
                {
                    "": _(
                        "Nothing is broken: every entry has the sheets it wants, and nobody reads in conflict."
                    )
                }
            )
        args = {"silent": list(silent)}
        job_id = await ask_for(KIND, subject=("round", round_id), args=args, asked_by=actor.person_id, at=now)
        await take_over(job_id, args=args, asked_by=actor.person_id)
        await record(
            Action.JOB_ASKED,
            actor=actor,
            at=now,
            subject=("job", job_id),
            edition_id=found.edition.id,
            as_role="secretariat",
        )
    return job_id


async def mend(work: Work, report: Callable[[int], Awaitable[bool]], clock: Clock) -> Mapping[str, Any]:
    """The job's handler: read, solve in another process, store the offers in place of earlier ones."""
    if not await report(2):
        raise Cancelled
    tried = 0
    while True:
        tried += 1
        now = clock.now()
        async with transaction():
            work = await as_asked(work)
            found = await round_by_id(work.subject_id)
            state = await panel_state(found, now)
            options = (await latest_options(found.id)).lasting
        silent = tuple(int(seat) for seat in work.args.get("silent", ()))
        try:
            solved = await solve_apart(state, options, report, silent=silent)
        except Stopped:
            raise Cancelled from None
        if not await report(96):
            raise Cancelled
        async with transaction():
            # Another judge stepped aside meanwhile, or somebody asked for something else: nobody could use these.
            same = (await panel_state(found, now)).sha256 == state.sha256 and await as_asked(work) == work
            if tried < TRIES and not same:
                continue
            return {"offers": await _replace(state, options, json.loads(solved.body), silent, work, now)}


async def _replace(
    state: PanelState,
    options: Options,
    bodies: list[Any],
    silent: tuple[int, ...],
    work: Work,
    now: datetime,
) -> list[int]:
    """The offers that stand from now on."""
    assert in_transaction()
    found = await round_by_id(work.subject_id)
    await (
        Proposal.update({Proposal.state: ProposalState.REPLACED.value})
        .where((Proposal.round == found.id) & (Proposal.state == ProposalState.OFFERED.value))
        .returning(Proposal.id)
    )
    offers = [
        await _store(
            state, options, canonical_bytes(body).decode(), ProposalState.OFFERED, work.asked_by, now
        )
        for body in bodies
    ]
    await record(
        Action.ASSIGNMENT_PROPOSED,
        actor=Actor(person_id=work.asked_by, name=SYSTEM.name),
        at=now,
        subject=("round", found.id),
        edition_id=found.edition.id,
        # A judge's stepping aside asks for them too; then nobody of the secretariat did.
        as_role="secretariat" if work.asked_by else "",
        after={"base": state.sha256, "offers": offers, "silent": list(silent)},
    )
    return offers


async def choose_offer(*, round_id: int, command: DecideProposal, actor: Actor, clock: Clock) -> int:
    """The offer as a proposal of its own, to be looked at, edited and applied. Returns its id."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        offer = await proposal_of_round(round_id, command.proposal)
        if offer.state is not ProposalState.OFFERED:
            raise Denied("not offered", _("This offer was computed anew since. Look at the newer ones."))
        rules = await Proposal.select(Proposal.rules).where(Proposal.id == offer.id)
        chosen = await _insert(
            Proposal(
                round=round_id,
                rules=rules[0]["rules"],
                seed=offer.seed,
                base_sha256=offer.base_sha256,
                body=canonical_bytes({**offer.body, "based_on": offer.id}).decode(),
                state=ProposalState.PROPOSED.value,
                by=actor.person_id,
                created_at=now,
            )
        )
        await record(
            Action.ASSIGNMENT_PROPOSED,
            actor=actor,
            at=now,
            subject=("proposal", chosen),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={
                "base": offer.base_sha256,
                "repair": offer.body["repair"]["aim"],
                "added": len(offer.body["added"]),
                "removed": len(offer.body["removed"]),
            },
        )
    return chosen


async def _store(
    state: PanelState, options: Options, body: str, as_: ProposalState, by: int, at: datetime
) -> int:
    base = state.document()
    rules = {"conflicts": base["rules"], "options": to_builtins(options), "base": base}
    return await _insert(
        Proposal(
            round=state.round_id,
            rules=canonical_bytes(rules).decode(),
            seed=options.seed,
            base_sha256=state.sha256,
            body=body,
            state=as_.value,
            by=by or None,
            created_at=at,
        )
    )


async def _insert(proposal: Proposal) -> int:
    assert in_transaction()
    await proposal.save()
    return int(proposal.id)


JOB_HANDLERS = {KIND: mend}
