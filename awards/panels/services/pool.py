"""What the pool remembers of a judge over editions: affiliations with dates, nominations, expertise."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import may_run
from awards.errors import Invalid, NotFound
from awards.panels import pool
from awards.panels.forms import (
    AddAffiliation,
    DescribeYourself,
    EndAffiliation,
    NominateJudge,
    SayExpertise,
    WithdrawNomination,
)
from awards.panels.queries.records import Knowing, own_fields, record_of
from awards.panels.services.judges import city_of
from awards.panels.tables import Affiliation, Judge, Nomination
from awards.web.i18n import _


async def add_affiliation(
    *,
    programme_id: int,
    edition_id: int,
    person_id: int,
    command: AddAffiliation,
    actor: Actor,
    clock: Clock,
) -> None:
    now = clock.now()
    since = _start_of(command.since) if command.since else now
    until = _start_of(command.until) if command.until else None
    async with transaction():
        await _may_change(actor, programme_id, edition_id, person_id)
        if command.kind == "nationality" and not command.country:
            raise Invalid({"country": _("Enter the country of the nationality")})
        if command.kind != "nationality" and not (command.organisation or command.city):
            raise Invalid({"organisation": _("Name the organisation, or choose a city")})
        if since > now:
            raise Invalid({"since": _("The day lies ahead: enter it when it has come")})
        if until is not None and until <= since:
            raise Invalid({"until": _("It must end after it began")})
        if command.kind == "past" and until is None:
            raise Invalid({"until": _("Enter when it ended; what lasts is no past employment")})
        if command.kind == "past" and until is not None and until > now:
            raise Invalid({"until": _("The day lies ahead: put it down as an employer until then")})
        if command.kind == "vendor" and not command.organisation:
            raise Invalid({"organisation": _("Name the firm")})
        city = await city_of(command.city)
        affiliation = Affiliation(
            person=person_id,
            kind=command.kind,
            organisation=command.organisation,
            country=command.country,
            entrant=city,
            since=since,
            until=until,
            created_at=now,
        )
        await affiliation.save()
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", person_id),
            edition_id=edition_id,
            as_role="secretariat",
            after={
                "affiliation": affiliation.id,
                "kind": command.kind,
                "country": command.country,
                "city": city or 0,
            },
        )


async def end_affiliation(
    *,
    programme_id: int,
    edition_id: int,
    person_id: int,
    command: EndAffiliation,
    actor: Actor,
    clock: Clock,
) -> None:
    """From that day on, or from now on. It stays on record: conflicts are asked at a date."""
    now = clock.now()
    until = _start_of(command.until) if command.until else now
    async with transaction():
        await _may_change(actor, programme_id, edition_id, person_id)
        rows = await Affiliation.select(Affiliation.since, Affiliation.until, Affiliation.kind).where(
            (Affiliation.id == command.affiliation) & (Affiliation.person == person_id)
        )
        if not rows:
            raise NotFound
        if rows[0]["until"] is not None:
            raise Invalid({"": _("It has ended already")})
        if rows[0]["kind"] == "home":
            raise Invalid({"": _("Everybody is at home somewhere: change the country above")})
        if until < rows[0]["since"]:
            raise Invalid({"": _("It must end after it began")})
        if until > now:
            raise Invalid({"": _("The day lies ahead: enter it when it has come")})
        await Affiliation.update({Affiliation.until: until}).where(Affiliation.id == command.affiliation)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", person_id),
            edition_id=edition_id,
            as_role="secretariat",
            before={"affiliation": command.affiliation, "until": ""},
            after={"affiliation": command.affiliation, "until": until.isoformat()},
        )


async def nominate_judge(
    *,
    programme_id: int,
    edition_id: int,
    person_id: int,
    command: NominateJudge,
    actor: Actor,
    clock: Clock,
) -> None:
    """Whom a city proposed does not judge its entries, unless the edition says otherwise."""
    now = clock.now()
    async with transaction():
        await _may_change(actor, programme_id, edition_id, person_id)
        if not await pool.is_city(command.city):
            raise Invalid({"city": _("Choose a city from the list")})
        if not await pool.nominate(person_id, command.city, now):
            raise Invalid({"city": _("This city is on record already")})
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", person_id),
            edition_id=edition_id,
            as_role="secretariat",
            after={"nominated_by": command.city},
        )


async def withdraw_nomination(
    *,
    programme_id: int,
    edition_id: int,
    person_id: int,
    command: WithdrawNomination,
    actor: Actor,
    clock: Clock,
) -> None:
    """For one that was recorded by mistake: the trail keeps it."""
    now = clock.now()
    async with transaction():
        await _may_change(actor, programme_id, edition_id, person_id)
        rows = (
            await Nomination.delete()
            .where((Nomination.id == command.nomination) & (Nomination.person == person_id))
            .returning(Nomination.by)
        )
        if not rows:
            raise NotFound
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", person_id),
            edition_id=edition_id,
            as_role="secretariat",
            before={"nominated_by": rows[0]["by"]},
            after={"nominated_by": 0},
        )


async def say_expertise(
    *,
    programme_id: int,
    edition_id: int,
    person_id: int,
    command: SayExpertise,
    actor: Actor,
    clock: Clock,
) -> None:
    now = clock.now()
    async with transaction():
        await _may_change(actor, programme_id, edition_id, person_id)
        known = (await record_of(programme_id, person_id)).knowings
        await pool.know(person_id, _levels_of(command, known), now)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", person_id),
            edition_id=edition_id,
            as_role="secretariat",
            before={"expertise": _levels(known)},
            after={"expertise": [list(pair) for pair in command.levels]},
        )


async def describe_yourself(*, command: DescribeYourself, actor: Actor, clock: Clock) -> None:
    """What judges know best themselves; who is not in the pool has nothing to describe."""
    now = clock.now()
    async with transaction():
        own = await own_fields(actor.person_id)
        if own is None:
            raise NotFound
        known = [field for _name, fields in own.programmes for field in fields]
        levels = _levels_of(command, known)
        await Judge.update(
            {
                Judge.biography: command.biography,
                Judge.languages: command.languages,
                Judge.named_since: (own.named_since or now) if command.named else None,
            }
        ).where(Judge.person == actor.person_id)
        await pool.know(actor.person_id, levels, now)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", actor.person_id),
            as_role="judge",
            before={
                "biography": own.biography,
                "languages": own.languages,
                "named": own.named_since is not None,
                "expertise": _levels(known),
            },
            after={
                "biography": command.biography,
                "languages": command.languages,
                "named": command.named,
                "expertise": [list(pair) for pair in command.levels],
            },
        )


async def _may_change(actor: Actor, programme_id: int, edition_id: int, person_id: int) -> None:
    if may_run(actor, programme_id, edition_id) is not None:
        raise NotFound
    if not await Judge.exists().where(Judge.person == person_id):
        raise NotFound


def _levels_of(command: SayExpertise, known: Sequence[Knowing]) -> dict[int, int | None]:
    """By field; a field that is not asked for is not stored."""
    fields = {field.field_id for field in known}
    return {field: level for field, level in command.levels if field in fields}


def _levels(known: Sequence[Knowing]) -> list[list[int]]:
    return [[field.field_id, field.level] for field in known if field.level is not None]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
