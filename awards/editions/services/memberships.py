"""Setting and ending an entrant's membership of a programme."""

from datetime import UTC, date, datetime, time

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import entrant_for_desk
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.forms_memberships import EndMembership, StartMembership
from awards.editions.rules import Role, holds
from awards.editions.tables import Membership, Programme
from awards.errors import Conflict, Invalid, NotFound
from awards.web.i18n import _


async def start_membership(*, entrant_id: int, command: StartMembership, actor: Actor, clock: Clock) -> None:
    """From the beginning of a day on, in UTC; an open one must be ended first."""
    now = clock.now()
    async with transaction():
        entrant = await entrant_for_desk(actor, entrant_id)
        if not await Programme.exists().where(Programme.id == command.programme):
            raise Invalid({"programme": _("Choose a programme")})
        if not holds(actor, Role.SECRETARIAT, command.programme):
            raise Invalid({"programme": _("You are not of the secretariat of this programme")})
        try:
            async with transaction():
                rows = await Membership.insert(
                    Membership(
                        entrant=entrant.id,
                        programme=command.programme,
                        kind=command.kind.value,
                        since=_start_of(command.since),
                        created_at=now,
                    )
                )
        except Conflict:
            raise Invalid({"programme": _("It is a member already; end that membership first")}) from None
        await record(
            Action.MEMBERSHIP_CHANGED,
            actor=actor,
            at=now,
            subject=("membership", rows[0]["id"]),
            as_role="secretariat",
            after={"kind": command.kind.value, "since": command.since.isoformat()},
        )


async def end_membership(*, entrant_id: int, command: EndMembership, actor: Actor, clock: Clock) -> None:
    """It is over with the beginning of the day."""
    now = clock.now()
    async with transaction():
        entrant = await entrant_for_desk(actor, entrant_id)
        rows = await lock_rows(Membership.objects().where(Membership.id == command.membership))
        if not rows or rows[0].entrant != entrant.id or rows[0].until is not None:
            raise NotFound
        if not holds(actor, Role.SECRETARIAT, rows[0].programme):
            raise NotFound
        until = _start_of(command.until)
        if until <= rows[0].since:
            raise Invalid({"until": _("The end must come after the beginning")})
        await Membership.update({Membership.until: until}).where(Membership.id == command.membership)
        await record(
            Action.MEMBERSHIP_CHANGED,
            actor=actor,
            at=now,
            subject=("membership", command.membership),
            as_role="secretariat",
            after={"until": command.until.isoformat()},
        )


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
