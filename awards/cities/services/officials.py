"""People are allowed to act for an entrant: they ask, are invited, accept, and end."""

from datetime import datetime

from awards.accounts import steps as accounts
from awards.accounts.rules import Purpose
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities import queries
from awards.cities.forms import (
    DeclineOfficial,
    InviteOfficial,
)
from awards.cities.rules import (
    EntrantState,
    OfficialRole,
    is_official,
    may_decide,
)
from awards.cities.steps import CITY_OFFICIAL, SECRETARIAT, locked_entrant, recipient, tell_deciders
from awards.cities.tables import Entrant, Official
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.errors import Conflict, Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _


async def ask_to_join(*, entrant_id: int, actor: Actor, clock: Clock) -> None:
    """Act for an entrant that exists already, once the secretariat agrees."""
    now = clock.now()
    async with transaction():
        entrant = await locked_entrant(entrant_id)
        if entrant.state == EntrantState.DECLINED.value:
            raise NotFound
        try:
            async with transaction():
                rows = await Official.insert(
                    Official(
                        person=actor.person_id,
                        entrant=entrant.id,
                        role=OfficialRole.EDITOR.value,
                        created_at=now,
                    )
                )
        except Conflict:
            raise Invalid({"": _("You act for this entrant already, or have asked to.")}) from None
        await tell_deciders("official-asked", entrant, actor=actor, at=now)
        await record(
            Action.OFFICIAL_ASKED,
            actor=actor,
            at=now,
            subject=("official", rows[0]["id"]),
            as_role=CITY_OFFICIAL,
        )


async def approve_official(*, official_id: int, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        official, entrant = await _asking(actor, official_id)
        if entrant.state != EntrantState.APPROVED.value:
            raise Denied("entrant not approved", _("Decide on the entrant first."))
        await Official.update({Official.since: now}).where(Official.id == official.id)
        person = await recipient(official.person)
        await enqueue(
            "official-approved",
            to=person.address,
            at=now,
            dedupe_key=f"official-approved:{official.id}",
            lang=person.lang,
            values={"name": person.name, "entrant": entrant.name, "link": f"/city/entrants/{entrant.id}"},
        )
        await record(
            Action.OFFICIAL_APPROVED,
            actor=actor,
            at=now,
            subject=("official", official.id),
            as_role=SECRETARIAT,
        )


async def decline_official(*, official_id: int, command: DeclineOfficial, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        official, entrant = await _asking(actor, official_id)
        await Official.update({Official.until: now}).where(Official.id == official.id)
        person = await recipient(official.person)
        await enqueue(
            "official-declined",
            to=person.address,
            at=now,
            dedupe_key=f"official-declined:{official.id}",
            lang=person.lang,
            values={"name": person.name, "entrant": entrant.name, "reason": command.reason},
        )
        await record(
            Action.OFFICIAL_ENDED,
            actor=actor,
            at=now,
            subject=("official", official.id),
            as_role=SECRETARIAT,
            reason=command.reason,
        )


async def invite_official(*, entrant_id: int, command: InviteOfficial, actor: Actor, clock: Clock) -> None:
    """An owner asks somebody by mail; asking again sends a new link and ends the old one."""
    now = clock.now()
    async with transaction():
        entrant = await _owned(actor, entrant_id, now)
        known = await accounts.person_with_address(command.email, name=command.name, at=now, lang=actor.lang)
        rows = await lock_rows(
            Official.objects().where(
                (Official.person == known.person_id)
                & (Official.entrant == entrant.id)
                & Official.until.is_null()
            )
        )
        if rows and rows[0].since is not None:
            raise Invalid({"email": _("This person acts for %(name)s already", name=entrant.name)})
        official = rows[0] if rows else Official(person=known.person_id, entrant=entrant.id, created_at=now)
        if official.ticket is not None:
            await accounts.use_ticket(official.ticket, now)
        official.ticket, token = await accounts.issue_ticket(
            Purpose.OFFICIAL,
            email=known.address,
            at=now,
            person_id=known.person_id,
            subject=("entrant", entrant.id),
        )
        official.role = command.role.value
        await official.save()
        person = await recipient(known.person_id)
        await enqueue(
            "official-invited",
            to=known.address,
            at=now,
            dedupe_key=f"official-invited:{official.ticket}",
            lang=person.lang,
            values={
                "name": person.name,
                "entrant": entrant.name,
                "inviter": actor.name,
                "link": f"/invitation/{token}",
            },
        )
        await record(
            Action.OFFICIAL_INVITED,
            actor=actor,
            at=now,
            subject=("official", official.id),
            as_role=CITY_OFFICIAL,
            after={"role": command.role.value},
        )


async def accept_invitation(*, official_id: int, actor: Actor, clock: Clock) -> int:
    """By the person whose invitation it is; returns the entrant's id."""
    now = clock.now()
    async with transaction():
        official, ticket = await _invited(actor, official_id)
        if not await accounts.use_ticket(ticket, now):
            raise Denied("invitation over", _("This invitation has ended. Ask for a new one."))
        await Official.update({Official.since: now}).where(Official.id == official.id)
        await record(
            Action.OFFICIAL_JOINED,
            actor=actor,
            at=now,
            subject=("official", official.id),
            as_role=CITY_OFFICIAL,
            after={"role": official.role},
        )
    return int(official.entrant)


async def decline_invitation(*, official_id: int, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        official, ticket = await _invited(actor, official_id)
        await accounts.use_ticket(ticket, now)
        await Official.update({Official.until: now}).where(Official.id == official.id)
        await record(
            Action.OFFICIAL_ENDED,
            actor=actor,
            at=now,
            subject=("official", official.id),
            as_role=CITY_OFFICIAL,
        )


async def end_official(*, entrant_id: int, official_id: int, actor: Actor, clock: Clock) -> None:
    """By an owner, by the person, or by the secretariat. An entrant that has owners keeps one."""
    now = clock.now()
    async with transaction():
        entrant = await locked_entrant(entrant_id)
        rows = await lock_rows(
            Official.objects().where((Official.entrant == entrant.id) & Official.until.is_null())
        )
        official = next((row for row in rows if row.id == official_id), None)
        own = {
            row.role for row in rows if row.person == actor.person_id and is_official(row.since, None, now)
        }
        if official is None or not (own or may_decide(actor)):
            raise NotFound
        is_self = official.person == actor.person_id
        if not (is_self or OfficialRole.OWNER.value in own or may_decide(actor)):
            raise Denied("not owner", _("Only an owner of this entrant may do this."))
        owners = [r for r in rows if r.role == OfficialRole.OWNER.value and is_official(r.since, None, now)]
        if owners == [official] and not may_decide(actor):
            raise Denied("last owner", _("You are the only owner. Invite another owner first, then leave."))
        await Official.update({Official.until: now}).where(Official.id == official.id)
        if official.since is None and official.ticket is not None:
            await accounts.use_ticket(official.ticket, now)
        await record(
            Action.OFFICIAL_ENDED,
            actor=actor,
            at=now,
            subject=("official", official.id),
            as_role=CITY_OFFICIAL if own else SECRETARIAT,
            before={"role": official.role},
        )


async def _asking(actor: Actor, official_id: int) -> tuple[Official, Entrant]:
    if not may_decide(actor):
        raise NotFound
    rows = await lock_rows(Official.objects().where(Official.id == official_id))
    if not rows or rows[0].ticket is not None:
        raise NotFound
    if rows[0].since is not None or rows[0].until is not None:
        raise Stale
    return rows[0], await locked_entrant(rows[0].entrant)


async def _owned(actor: Actor, entrant_id: int, now: datetime) -> Entrant:
    role = await queries.role_of(actor.person_id, entrant_id, now)
    if role is None:
        raise NotFound
    if role is not OfficialRole.OWNER:
        raise Denied("not owner", _("Only an owner of this entrant may do this."))
    entrant = await locked_entrant(entrant_id)
    if entrant.state != EntrantState.APPROVED.value:
        raise Denied("entrant not approved", _("The secretariat has not approved this entrant yet."))
    return entrant


async def _invited(actor: Actor, official_id: int) -> tuple[Official, int]:
    """The invitation and its ticket's id."""
    rows = await lock_rows(Official.objects().where(Official.id == official_id))
    if not rows or rows[0].person != actor.person_id:
        raise NotFound
    ticket: int | None = rows[0].ticket
    if ticket is None:
        raise NotFound
    if rows[0].since is not None or rows[0].until is not None:
        raise Stale
    return rows[0], ticket
