"""Entrants are proposed, decided on and set right."""

from collections.abc import Sequence

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities import queries
from awards.cities.forms import (
    ChangeEntrant,
    DecideEntrant,
    DeclineEntrant,
    ProposeEntrant,
)
from awards.cities.regions import Region, regions_for
from awards.cities.rules import (
    ENTRANT_MOVES,
    EntrantKind,
    EntrantState,
    Named,
    OfficialRole,
    fold,
    likely_doubles,
    may_decide,
)
from awards.cities.steps import CITY_OFFICIAL, SECRETARIAT, locked_entrant, recipient, tell_deciders
from awards.cities.tables import Entrant, Official
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _
from awards.web.words import country as country_name


class LikelyDoubles(Invalid):
    """The name may be known already: the person looks at these first."""

    def __init__(self, doubles: Sequence[Named]) -> None:
        super().__init__({"sure": _("Look at the entrants below: is one of them the one you mean?")})
        self.doubles = tuple(doubles)


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
        await tell_deciders("entrant-proposed", entrant, actor=actor, at=now)
        await record(
            Action.ENTRANT_PROPOSED,
            actor=actor,
            at=now,
            subject=("entrant", entrant.id),
            as_role=CITY_OFFICIAL,
            after={"name": command.name, "country": command.country, "kind": command.kind.value},
        )
    return int(entrant.id)


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
            person = await recipient(first[0]["person"])
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
            person = await recipient(row["person"])
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


async def _entrant_for_desk(actor: Actor, entrant_id: int) -> Entrant:
    if not may_decide(actor):
        raise NotFound
    return await locked_entrant(entrant_id)


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


def _facts(entrant: Entrant) -> dict[str, object]:
    return {
        "kind": entrant.kind,
        "name": entrant.name,
        "country": entrant.country,
        "country_label": entrant.country_label,
        "region": entrant.region,
        "city": entrant.city,
    }
