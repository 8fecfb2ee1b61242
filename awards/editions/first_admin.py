"""The first account: whoever holds the server names the first admin from its command line."""

from awards.accounts import steps
from awards.accounts.rules import Purpose
from awards.actor import SYSTEM
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import Role
from awards.editions.tables import RoleGrant

EVERYWHERE = "instance"


async def make_admin(*, email: str, name: str, clock: Clock) -> str:
    """Grant admin over the whole instance; the path of the link by which the person chooses a password."""
    now = clock.now()
    async with transaction():
        known = await steps.person_with_address(email, name=name, at=now)
        held = (
            (RoleGrant.person == known.person_id)
            & (RoleGrant.role == Role.ADMIN.value)
            & (RoleGrant.scope == EVERYWHERE)
            & RoleGrant.until.is_null()
        )
        if not await RoleGrant.exists().where(held):
            grant = RoleGrant(
                person=known.person_id, role=Role.ADMIN.value, scope=EVERYWHERE, since=now, created_at=now
            )
            await grant.save()
        _ticket, token = await steps.issue_ticket(
            Purpose.ROLE, email=email, at=now, person_id=known.person_id
        )
        await record(
            Action.ROLE_GRANTED,
            actor=SYSTEM,
            at=now,
            subject=("person", known.person_id),
            after={"role": Role.ADMIN.value, "scope": EVERYWHERE},
        )
    return f"/invitation/{token}"
