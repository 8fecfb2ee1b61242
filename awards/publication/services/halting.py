"""The switch for an incident: the scoring of an edition stops, and nothing of it comes out, until somebody lets it go on."""

from awards.accounts.rules import FRESH_PROOF
from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries import edition_by_id
from awards.editions.queries.halts import is_halted
from awards.editions.rules import may_run
from awards.editions.steps import hold_rounds
from awards.editions.tables import Edition, Halt
from awards.errors import Denied, NotFound
from awards.publication.forms import EndHalt, HaltEdition
from awards.publication.rules import may_go_on
from awards.publication.services.letters import DUE
from awards.publication.signatures import ACTION
from awards.publication.tables import Publication
from awards.web.i18n import _


async def halt_edition(*, command: HaltEdition, actor: Actor, clock: Clock) -> None:
    """
    One person is enough, and no password: it takes seconds, and shows nothing to anybody.

    What two people scheduled is withdrawn rather than hidden, so that it needs two again.
    """
    now = clock.now()
    async with transaction():
        edition = await edition_by_id(command.edition_id)
        if may_run(actor, edition.programme_id, edition.id):
            raise NotFound
        await lock_rows(Edition.select(Edition.id).where(Edition.id == edition.id))
        if await is_halted(edition.id):
            raise Denied("halted already", _("This edition is stopped already."))
        # Whatever is being saved at this moment is in; nothing comes after it.
        await hold_rounds(edition.id)
        halt = Halt(edition=edition.id, reason=command.reason, by=actor.person_id, created_at=now)
        await halt.save()
        withdrawn = (
            await Publication.update({Publication.withdrawn_at: now})
            .where(
                (Publication.edition == edition.id)
                & (Publication.visible_at > now)
                & (Publication.letters == DUE)
                & Publication.withdrawn_at.is_null()
            )
            .returning(Publication.number)
        )
        requests = (
            await Approval.update({Approval.ended_at: now})
            .where(
                (Approval.action == ACTION)
                & (Approval.subject_kind == "edition")
                & (Approval.subject_id == edition.id)
                & Approval.given_at.is_null()
                & Approval.ended_at.is_null()
            )
            .returning(Approval.id)
        )
        await record(
            Action.EDITION_HALTED,
            actor=actor,
            at=now,
            subject=("edition", edition.id),
            edition_id=edition.id,
            as_role="secretariat",
            after={
                "publications withdrawn": sorted(row["number"] for row in withdrawn),
                "signatures ended": sorted(row["id"] for row in requests),
            },
            reason=command.reason,
        )


async def end_halt(*, command: EndHalt, actor: Actor, clock: Clock) -> None:
    """From now on judges go on. What was withdrawn stays so: two people sign it again."""
    now = clock.now()
    async with transaction():
        edition = await edition_by_id(command.edition_id)
        if may_run(actor, edition.programme_id, edition.id):
            raise NotFound
        if refusal := may_go_on(actor.proved_at, now, FRESH_PROOF):
            raise refusal
        ended = (
            await Halt.update(
                {Halt.ended_at: now, Halt.ended_by: actor.person_id, Halt.ended_because: command.reason}
            )
            .where((Halt.edition == edition.id) & Halt.ended_at.is_null())
            .returning(Halt.id)
        )
        if not ended:
            raise Denied("not halted", _("This edition is not stopped."))
        await record(
            Action.HALT_ENDED,
            actor=actor,
            at=now,
            subject=("edition", edition.id),
            edition_id=edition.id,
            as_role="secretariat",
            reason=command.reason,
        )
