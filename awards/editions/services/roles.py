"""Giving and ending roles."""

from datetime import datetime

from msgspec import Struct

from awards.accounts import steps as accounts
from awards.accounts.rules import Purpose
from awards.accounts.tables import Credential, Person
from awards.actor import INSTANCE, Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import advisory_lock, lock_rows, transaction
from awards.editions.forms import GrantRole
from awards.editions.queries.roles import Scope, scope_of_grant, scope_of_path
from awards.editions.rules import Role, may_grant
from awards.editions.tables import RoleGrant
from awards.errors import Denied, Invalid, NotFound
from awards.outbox.services import enqueue
from awards.web.i18n import _


class Granted(Struct, frozen=True):
    name: str
    address: str
    invited: bool


async def grant_role(
    *, command: GrantRole, until: datetime | None, actor: Actor, clock: Clock, lang: str = "en"
) -> Granted:
    """A role for whoever owns the address; who has no account is invited to make one."""
    now = clock.now()
    async with transaction():
        scope = await scope_of_path(command.scope)
        if denied := may_grant(actor, command.role, scope.programme_id, scope.edition_id):
            raise denied
        if until is not None and until <= now:
            raise Invalid({"until": _("The end must lie in the future")})
        await advisory_lock("roles")
        known = await accounts.person_with_address(command.email, name=command.name, at=now, lang=lang)
        held = (
            (RoleGrant.person == known.person_id)
            & (RoleGrant.role == command.role.value)
            & (RoleGrant.scope == scope.key)
            & (RoleGrant.until.is_null() | (RoleGrant.until > now))
        )
        if await RoleGrant.exists().where(held):
            raise Invalid({"email": _("This person has the role already")})
        grant = RoleGrant(
            person=known.person_id,
            role=command.role.value,
            scope=scope.key,
            since=now,
            until=until,
            by=actor.person_id or None,
            created_at=now,
        )
        await grant.save()
        invited = not await Credential.exists().where(Credential.person == known.person_id)
        link = "/desk"
        if invited:
            _ticket, token = await accounts.issue_ticket(
                Purpose.ROLE,
                email=known.address,
                at=now,
                person_id=known.person_id,
                subject=("role grant", grant.id),
            )
            link = f"/invitation/{token}"
        person = (await Person.select(Person.name, Person.lang).where(Person.id == known.person_id))[0]
        await enqueue(
            "role-invitation" if invited else "role-granted",
            to=known.address,
            at=now,
            dedupe_key=f"role:{grant.id}",
            lang=person["lang"],
            values={
                "name": person["name"],
                "by": actor.name,
                "role": command.role.value,
                "scope": scope.name,
                "link": link,
            },
            edition_id=scope.edition_id,
        )
        await record(
            Action.ROLE_GRANTED,
            actor=actor,
            at=now,
            subject=("person", known.person_id),
            edition_id=scope.edition_id,
            after={"role": command.role.value, "scope": scope.key},
        )
    return Granted(person["name"], known.address, invited)


async def end_role(*, grant_id: int, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        # Two admins who end each other's role at the same instant wait for each other here.
        await advisory_lock("roles")
        rows = await lock_rows(
            RoleGrant.select().where(
                (RoleGrant.id == grant_id) & (RoleGrant.until.is_null() | (RoleGrant.until > now))
            )
        )
        if not rows:
            raise NotFound
        scope: Scope = await scope_of_grant(rows[0]["scope"])
        role = Role(rows[0]["role"])
        if may_grant(actor, role, scope.programme_id, scope.edition_id):
            raise NotFound
        if role is Role.ADMIN and not await _other_admins(grant_id, now):
            raise Denied("last admin", _("This is the last admin. Name another one first."))
        await RoleGrant.update({RoleGrant.until: now}).where(RoleGrant.id == grant_id)
        await record(
            Action.ROLE_ENDED,
            actor=actor,
            at=now,
            subject=("person", rows[0]["person"]),
            edition_id=scope.edition_id,
            before={"role": role.value, "scope": scope.key},
        )


async def _other_admins(grant_id: int, now: datetime) -> bool:
    """Somebody else's grant that does not end by itself: who is admin until Friday is no admin on Saturday."""
    return bool(
        await RoleGrant.exists().where(
            (RoleGrant.role == Role.ADMIN.value)
            & (RoleGrant.scope == INSTANCE)
            & (RoleGrant.since <= now)
            & RoleGrant.until.is_null()
            & (RoleGrant.id != grant_id)
        )
    )
