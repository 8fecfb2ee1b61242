"""Verbs of cities: entrants are proposed and decided on, people are allowed to act for them."""

from collections.abc import Sequence
from datetime import datetime

from awards.accounts import steps as accounts
from awards.accounts.rules import Purpose
from awards.accounts.tables import Person
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities import queries
from awards.cities.forms import (
    ChangeEntrant,
    DecideEntrant,
    DeclineEntrant,
    DeclineOfficial,
    InviteOfficial,
    ProposeEntrant,
)
from awards.cities.queries import Recipient
from awards.cities.regions import Region, regions_for
from awards.cities.rules import (
    ENTRANT_MOVES,
    EntrantKind,
    EntrantState,
    Named,
    OfficialRole,
    fold,
    is_official,
    likely_doubles,
    may_decide,
)
from awards.cities.tables import Entrant, Official
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.errors import Conflict, Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _
from awards.web.words import country as country_name

CITY_OFFICIAL, SECRETARIAT = "city official", "secretariat"


class LikelyDoubles(Invalid):
    """The name may be known already: the person looks at these first."""

    def __init__(self, doubles: Sequence[Named]) -> None:
        super().__init__({"sure": _("Look at the entrants below: is one of them the one you mean?")})
        self.doubles = tuple(doubles)


# --- entrants ------------------------------------------------------------------------------------------


async def propose_entrant(*, command: ProposeEntrant, actor: Actor, clock: Clock) -> int:
    """A new entrant with its first official; both wait for the secretariat."""
    now = clock.now()
    folded = _folded(command.name)
    region = _region(command.country, command.region)
    async with transaction():
        await _must_be_city(command.kind, command.city)
        doubles = likely_doubles(folded, command.country, await queries.known_names(command.country, folded))
        if doubles and not command.sure:
            raise LikelyDoubles(doubles)
        entrant = Entrant(
            kind=command.kind.value,
            name=command.name,
            folded=folded,
            country=command.country,
            country_label=country_name(command.country, "en"),
            region=region.value,
            city=command.city,
            state=EntrantState.PROPOSED.value,
            created_at=now,
        )
        await entrant.save()
        await Official.insert(
            Official(
                person=actor.person_id, entrant=entrant.id, role=OfficialRole.OWNER.value, created_at=now
            )
        )
        await record(
            Action.ENTRANT_PROPOSED,
            actor=actor,
            at=now,
            subject=("entrant", entrant.id),
            as_role=CITY_OFFICIAL,
            after={"name": command.name, "country": command.country, "kind": command.kind.value},
        )
    return int(entrant.id)


async def ask_to_join(*, entrant_id: int, actor: Actor, clock: Clock) -> None:
    """Act for an entrant that exists already, once the secretariat agrees."""
    now = clock.now()
    async with transaction():
        entrant = await _entrant(entrant_id)
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
        await record(
            Action.OFFICIAL_ASKED,
            actor=actor,
            at=now,
            subject=("official", rows[0]["id"]),
            as_role=CITY_OFFICIAL,
        )


async def approve_entrant(*, entrant_id: int, command: DecideEntrant, actor: Actor, clock: Clock) -> None:
    """The entrant may enter, and the person who proposed it acts for it as its owner."""
    now = clock.now()
    async with transaction():
        entrant = await _decidable(actor, entrant_id, EntrantState.APPROVED)
        await _decide(entrant, command.version, EntrantState.APPROVED, "", actor)
        first = await Official.raw(
            "SELECT id, person FROM official WHERE entrant = {} AND since IS NULL AND ticket IS NULL"
            " AND (until IS NULL OR {} = 'declined') ORDER BY id LIMIT 1",
            entrant.id,
            entrant.state,
        )
        if first:
            await Official.update(
                {Official.since: now, Official.until: None, Official.role: OfficialRole.OWNER.value}
            ).where(Official.id == first[0]["id"])
            person = await _recipient(first[0]["person"])
            await enqueue(
                "entrant-approved",
                to=person.address,
                at=now,
                dedupe_key=f"entrant-approved:{entrant.id}:{command.version}",
                lang=person.lang,
                values={"name": person.name, "entrant": entrant.name, "link": f"/city/entrants/{entrant.id}"},
            )
        await record(
            Action.ENTRANT_APPROVED,
            actor=actor,
            at=now,
            subject=("entrant", entrant.id),
            as_role=SECRETARIAT,
            before={"state": entrant.state},
            after={"state": EntrantState.APPROVED.value},
        )


async def decline_entrant(*, entrant_id: int, command: DeclineEntrant, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        entrant = await _decidable(actor, entrant_id, EntrantState.DECLINED)
        await _decide(entrant, command.version, EntrantState.DECLINED, command.reason, actor)
        open_ones = (Official.entrant == entrant.id) & Official.until.is_null()
        ended = await Official.update({Official.until: now}).where(open_ones).returning(Official.person)
        for row in ended:
            person = await _recipient(row["person"])
            await enqueue(
                "entrant-declined",
                to=person.address,
                at=now,
                dedupe_key=f"entrant-declined:{entrant.id}:{command.version}:{person.person_id}",
                lang=person.lang,
                values={"name": person.name, "entrant": entrant.name, "reason": command.reason},
            )
        await record(
            Action.ENTRANT_DECLINED,
            actor=actor,
            at=now,
            subject=("entrant", entrant.id),
            as_role=SECRETARIAT,
            before={"state": entrant.state},
            after={"state": EntrantState.DECLINED.value},
            reason=command.reason,
        )


async def change_entrant(*, entrant_id: int, command: ChangeEntrant, actor: Actor, clock: Clock) -> None:
    """The secretariat sets right what rules count by and what pages write."""
    now = clock.now()
    folded = _folded(command.name)
    region = _region(command.country, command.region)
    async with transaction():
        entrant = await _entrant_for_desk(actor, entrant_id)
        if command.city == entrant.id:
            raise Invalid({"city": _("Choose another one: an entrant does not belong to itself")})
        await _must_be_city(command.kind, command.city)
        rows = (
            await Entrant.update(
                {
                    Entrant.kind: command.kind.value,
                    Entrant.name: command.name,
                    Entrant.folded: folded,
                    Entrant.country: command.country,
                    Entrant.country_label: command.country_label or country_name(command.country, "en"),
                    Entrant.region: region.value,
                    Entrant.city: command.city,
                    Entrant.version: Entrant.version + 1,
                }
            )
            .where((Entrant.id == entrant.id) & (Entrant.version == command.version))
            .returning(Entrant.id)
        )
        if not rows:
            raise Stale
        await record(
            Action.ENTRANT_CHANGED,
            actor=actor,
            at=now,
            subject=("entrant", entrant.id),
            as_role=SECRETARIAT,
            before=_facts(entrant),
            after=command.model_dump(mode="json"),
        )


# --- officials -----------------------------------------------------------------------------------------


async def approve_official(*, official_id: int, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        official, entrant = await _asking(actor, official_id)
        if entrant.state != EntrantState.APPROVED.value:
            raise Denied("entrant not approved", _("Decide on the entrant first."))
        await Official.update({Official.since: now}).where(Official.id == official.id)
        person = await _recipient(official.person)
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
        person = await _recipient(official.person)
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
        person = await _recipient(known.person_id)
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
        entrant = await _entrant(entrant_id)
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


# --- what they share -----------------------------------------------------------------------------------


def _folded(name: str) -> str:
    folded = fold(name)
    if not folded:
        raise Invalid({"name": _("Enter a name with letters in it")})
    return folded


def _region(country: str, chosen: Region | None) -> Region:
    allowed = regions_for(country)
    if chosen is None:
        return allowed[0]
    if chosen not in allowed:
        raise Invalid({"region": _("This country does not count for that region; leave the region empty")})
    return chosen


async def _must_be_city(kind: EntrantKind, city: int | None) -> None:
    if city is None:
        return
    if kind is EntrantKind.CITY:
        raise Invalid({"city": _("A city belongs to no other; leave this empty")})
    good = (Entrant.id == city) & (Entrant.kind == "city") & (Entrant.state == EntrantState.APPROVED.value)
    if not await Entrant.exists().where(good):
        raise Invalid({"city": _("Choose a city from the list")})


async def _entrant(entrant_id: int) -> Entrant:
    rows: list[Entrant] = await lock_rows(Entrant.objects().where(Entrant.id == entrant_id))
    if not rows:
        raise NotFound
    return rows[0]


async def _entrant_for_desk(actor: Actor, entrant_id: int) -> Entrant:
    if not may_decide(actor):
        raise NotFound
    return await _entrant(entrant_id)


async def _decidable(actor: Actor, entrant_id: int, to: EntrantState) -> Entrant:
    entrant = await _entrant_for_desk(actor, entrant_id)
    if to not in ENTRANT_MOVES[EntrantState(entrant.state)]:
        raise Stale
    return entrant


async def _decide(entrant: Entrant, version: int, to: EntrantState, reason: str, actor: Actor) -> None:
    rows = (
        await Entrant.update(
            {
                Entrant.state: to.value,
                Entrant.reason: reason,
                Entrant.decided_by: actor.person_id,
                Entrant.version: Entrant.version + 1,
            }
        )
        .where((Entrant.id == entrant.id) & (Entrant.version == version))
        .returning(Entrant.id)
    )
    if not rows:
        raise Stale


async def _asking(actor: Actor, official_id: int) -> tuple[Official, Entrant]:
    if not may_decide(actor):
        raise NotFound
    rows = await lock_rows(Official.objects().where(Official.id == official_id))
    if not rows or rows[0].ticket is not None:
        raise NotFound
    if rows[0].since is not None or rows[0].until is not None:
        raise Stale
    return rows[0], await _entrant(rows[0].entrant)


async def _owned(actor: Actor, entrant_id: int, now: datetime) -> Entrant:
    role = await queries.role_of(actor.person_id, entrant_id, now)
    if role is None:
        raise NotFound
    if role is not OfficialRole.OWNER:
        raise Denied("not owner", _("Only an owner of this entrant may do this."))
    entrant = await _entrant(entrant_id)
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


async def _recipient(person_id: int) -> Recipient:
    rows = await Person.raw(
        "SELECT p.id AS person_id, p.name, COALESCE(m.address, '') AS address, p.lang FROM person p"
        " LEFT JOIN email_address m ON m.person = p.id AND m.is_primary WHERE p.id = {}",
        person_id,
    )
    return Recipient(**rows[0])


def _facts(entrant: Entrant) -> dict[str, object]:
    return {
        "kind": entrant.kind,
        "name": entrant.name,
        "country": entrant.country,
        "country_label": entrant.country_label,
        "region": entrant.region,
        "city": entrant.city,
    }
