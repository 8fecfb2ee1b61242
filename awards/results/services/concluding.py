"""Concluding a deliberation: one person signs what the panel decided, another signs exactly the same."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.approving import Reach
from awards.editions.steps_approval import ask_for_approval, give_approval, take_back, who_asks, who_consents
from awards.errors import Denied, Stale
from awards.results.deliberating import DeliberationState, may_deliberate, may_say
from awards.results.forms_deliberation import AskToConclude, ConsentToConclude, EndConclusion
from awards.results.meeting import CONCLUDE, SPEAKERS, Sitting, concluded
from awards.results.steps_deliberation import Place, locked, opened
from awards.results.tables import Deliberation
from awards.web.i18n import _


async def ask_to_conclude(*, place: Place, command: AskToConclude, actor: Actor, clock: Clock) -> int:
    """The first signature, under what stood on the page. Returns the approval."""
    now = clock.now()
    async with transaction():
        found = await opened(place, actor, now)
        _must_see_all(found)
        signer = await who_asks(actor, _reach(found), now)
        fingerprint = found.meeting.fingerprint()
        if command.sha256 != fingerprint:
            raise Stale
        sha256 = concluded(fingerprint, command.statement)
        subject = ("deliberation", found.meeting.id or 0)
        approval = await ask_for_approval(signer, CONCLUDE, subject, sha256, command.statement)
        await _recorded(Action.APPROVAL_ASKED, found, approval, sha256, actor, now)
    return approval


async def consent_to_conclude(
    *, place: Place, command: ConsentToConclude, actor: Actor, clock: Clock
) -> None:
    """The second signature, under exactly the same. From now on nothing is added, and the order stands."""
    now = clock.now()
    async with transaction():
        found = await _asked(place, command.approval, actor, now)
        meeting, asked = found.meeting, found.meeting.conclusion
        assert asked is not None
        if command.sha256 != asked.sha256:
            raise Stale
        _must_see_all(found)
        signer = await who_consents(actor, asked.asked_by, _reach(found), now)
        refusal = may_deliberate(meeting.round.state, meeting.round.kind, meeting.adopted_id) or may_say(
            meeting.state, meeting.round.state, asked=False, current=meeting.current
        )
        if refusal is not None:
            raise refusal
        if concluded(meeting.fingerprint(), asked.statement) != asked.sha256:
            raise Denied(
                "changed", _("The deliberation is not what it was when this was signed. Sign it anew.")
            )
        await give_approval(signer, asked.approval)
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
        _must_see_all(found)
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


def _must_see_all(found: Sitting) -> None:
    """The chair, the jury or the secretariat, who sees the whole of what is signed."""
    if not found.speaks:
        raise Denied("not a speaker", _("The chair, the jury and the secretariat put things on record."))
    if not found.whole:
        raise Denied(
            "in conflict",
            _("A conflict keeps you from an entry of this category, so others sign what was decided on it."),
        )


def _reach(found: Sitting) -> Reach:
    edition = found.meeting.round.edition
    return Reach(
        edition_id=edition.id,
        programme_id=edition.programme_id,
        round_id=found.meeting.round.id,
        categories=frozenset({found.meeting.category}),
        also=frozenset(one.person_id for one in found.members if one.role in SPEAKERS),
    )


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
