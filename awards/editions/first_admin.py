"""The first account: whoever holds the server names the first admin from its command line."""

from awards.accounts import steps
from awards.accounts.rules import Purpose
from awards.actor import INSTANCE, SYSTEM
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import Role
from awards.editions.tables import RoleGrant

# An admin names people, the secretariat runs editions: the first account must be able to begin with both.
ROLES = (Role.ADMIN, Role.SECRETARIAT)


async def make_admin(*, email: str, name: str, clock: Clock) -> str:
    """Grant the roles over the whole instance; the path of the link by which the person chooses a password."""
    now = clock.now()
    async with transaction():
        known = await steps.person_with_address(email, name=name, at=now)
        own = (
            (RoleGrant.person == known.person_id) & (RoleGrant.scope == INSTANCE) & RoleGrant.until.is_null()
        )
        held = {row["role"] for row in await RoleGrant.select(RoleGrant.role).where(own)}
        for role in ROLES:
            if role.value not in held:
                await RoleGrant(
                    person=known.person_id, role=role.value, scope=INSTANCE, since=now, created_at=now
                ).save()
        _ticket, token = await steps.issue_ticket(
            Purpose.ROLE, email=email, at=now, person_id=known.person_id
        )
        await record(
            Action.ROLE_GRANTED,
            actor=SYSTEM,
            at=now,
            subject=("person", known.person_id),
            after={"roles": [role.value for role in ROLES], "scope": INSTANCE},
        )
    return f"/invitation/{token}"
