"""Concluding a deliberation: one person signs what the panel decided, another signs exactly the same."""

from datetime import datetime

from awards.accounts.rules import FRESH_PROOF
from awards.accounts.steps_approval import ask_for_approval, give_approval, take_back
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, Stale
from awards.results.deliberating import DeliberationState, may_deliberate, may_say
from awards.results.forms_deliberation import AskToConclude, ConsentToConclude, EndConclusion
from awards.results.meeting import CONCLUDE, Sitting, concluded
from awards.results.queries.gate import judges_in
from awards.results.rules import may_answer_for, may_consent
from awards.results.steps_deliberation import Place, locked, opened
from awards.results.tables import Deliberation
from awards.web.i18n import _


async def ask_to_conclude(*, place: Place, command: AskToConclude, actor: Actor, clock: Clock) -> int:
    """The first signature, under what stood on the page. Returns the approval."""
    now = clock.now()
    if refusal := may_answer_for(actor.proved_at, now, FRESH_PROOF):
        raise refusal
    async with transaction():
        found = await opened(place, actor, now)
        await _may_sign(found)
        fingerprint = found.meeting.fingerprint()
        if command.sha256 != fingerprint:
            raise Stale
        sha256 = concluded(fingerprint, command.statement)
        approval = await ask_for_approval(
            CONCLUDE,
            ("deliberation", found.meeting.id or 0),
            sha256,
            actor=actor,
            reason=command.statement,
            now=now,
        )
        await _recorded(Action.APPROVAL_ASKED, found, approval, sha256, actor, now)
    return approval


async def consent_to_conclude(
    *, place: Place, command: ConsentToConclude, actor: Actor, clock: Clock
) -> None:
    """The second signature, under exactly the same. From now on nothing is added, and the order stands."""
    now = clock.now()
    if refusal := may_answer_for(actor.proved_at, now, FRESH_PROOF):
        raise refusal
    async with transaction():
        found = await _asked(place, command.approval, actor, now)
        meeting, asked = found.meeting, found.meeting.conclusion
        assert asked is not None
        if command.sha256 != asked.sha256:
            raise Stale
        if refusal := may_consent(asked.asked_by, actor.person_id):
            raise refusal
        await _may_sign(found)
        refusal = may_deliberate(meeting.round.state, meeting.round.kind, meeting.adopted_id) or may_say(
            meeting.state, meeting.round.state, asked=False, current=meeting.current
        )
        if refusal is not None:
            raise refusal
        if concluded(meeting.fingerprint(), asked.statement) != asked.sha256:
            raise Denied(
                "changed", _("The deliberation is not what it was when this was signed. Sign it anew.")
            )
        await give_approval(asked.approval, actor, now)
        await Deliberation.update(
            {
                Deliberation.state: DeliberationState.CONCLUDED.value,
                Deliberation.approval: asked.approval,
                Deliberation.concluded_at: now,
            }
        ).where(Deliberation.id == meeting.id)
        await record(
            Action.DELIBERATION_CONCLUDED,
            actor=actor,
            at=now,
            subject=("deliberation", int(meeting.id or 0)),
            edition_id=meeting.round.edition.id,
            as_role=found.role,
            before={"state": meeting.state},
            after={
                "state": DeliberationState.CONCLUDED.value,
                "subject": asked.sha256,
                "order": meeting.order,
            },
        )


async def end_conclusion(*, place: Place, command: EndConclusion, actor: Actor, clock: Clock) -> None:
    """What one signed and nobody signed after is taken back, by either; the panel goes on."""
    now = clock.now()
    async with transaction():
        found = await _asked(place, command.approval, actor, now)
        await _may_sign(found)
        await take_back(command.approval, now)
        await _recorded(Action.APPROVAL_ENDED, found, command.approval, "", actor, now)


# --- parts of the verbs above ------------------------------------------------------------------------------


async def _asked(place: Place, approval: int, actor: Actor, now: datetime) -> Sitting:
    found = await locked(place, actor, now)
    if not found.meeting.asked or found.meeting.conclusion is None:
        raise Stale
    if found.meeting.conclusion.approval != approval:
        raise Stale
    return found


async def _may_sign(found: Sitting) -> None:
    """The chair, the jury or the secretariat, who sees the whole of what is signed, and whose marks it is not about."""
    if not found.speaks:
        raise Denied("not a speaker", _("The chair, the jury and the secretariat put things on record."))
    if not found.whole:
        raise Denied(
            "in conflict",
            _("A conflict keeps you from an entry of this category, so others sign what was decided on it."),
        )
    if await judges_in(found.meeting.round.id, found.reader):
        raise Denied("judged", _("You marked in this round, so others sign what was decided on its order."))


async def _recorded(
    action: Action, found: Sitting, approval: int, sha256: str, actor: Actor, now: datetime
) -> None:
    await record(
        action,
        actor=actor,
        at=now,
        subject=("approval", approval),
        edition_id=found.meeting.round.edition.id,
        as_role=found.role,
        after={"subject": sha256} if sha256 else None,
    )
