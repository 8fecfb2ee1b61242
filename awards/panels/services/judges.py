"""The pool of judges: who they are and where they belong."""

from datetime import datetime

from awards.accounts.tables import Person
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import may_run
from awards.errors import Invalid, NotFound
from awards.panels import pool, steps
from awards.panels.forms import AddJudge, ChangeJudge
from awards.panels.tables import Judge
from awards.web.i18n import _


async def add_judge(
    *, programme_id: int, edition_id: int, command: AddJudge, actor: Actor, clock: Clock
) -> int:
    """Into the pool, by address: a person who is known already is not added twice. Returns the person."""
    now = clock.now()
    async with transaction():
        if may_run(actor, programme_id, edition_id) is not None:
            raise NotFound
        city = await city_of(command.city)
        known = await steps.judge_with_address(command.email, name=command.name, country="", at=now)
        await Judge.update({Judge.biography: command.biography, Judge.languages: command.languages}).where(
            Judge.person == known.person_id
        )
        await _belong(known.person_id, command, city, now)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", known.person_id),
            edition_id=edition_id,
            as_role="secretariat",
            after={"country": command.country, "city": city or 0},
        )
    return known.person_id


async def change_judge(
    *, programme_id: int, edition_id: int, person_id: int, command: ChangeJudge, actor: Actor, clock: Clock
) -> None:
    now = clock.now()
    async with transaction():
        if may_run(actor, programme_id, edition_id) is not None:
            raise NotFound
        rows = (
            await Judge.update({Judge.biography: command.biography, Judge.languages: command.languages})
            .where(Judge.person == person_id)
            .returning(Judge.id)
        )
        if not rows:
            raise NotFound
        city = await city_of(command.city)
        await Person.update({Person.name: command.name}).where(Person.id == person_id)
        await _belong(person_id, command, city, now)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("person", person_id),
            edition_id=edition_id,
            as_role="secretariat",
            after={"country": command.country, "city": city or 0},
        )


async def city_of(value: str) -> int | None:
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 10 or int(value) > 2**31 - 1:
        raise Invalid({"city": _("Choose a city from the list")})
    if not await pool.is_city(int(value)):
        raise Invalid({"city": _("Choose a city from the list")})
    return int(value)


async def _belong(person_id: int, command: AddJudge | ChangeJudge, city: int | None, now: datetime) -> None:
    facts: tuple[tuple[str, pool.Fact | None], ...] = (
        ("home", (command.country, "", city)),
        ("employer", ("", command.organisation, None) if command.organisation else None),
        ("nationality", (command.nationality, "", None) if command.nationality else None),
    )
    for kind, wanted in facts:
        await pool.belong(person_id, kind=kind, wanted=wanted, at=now)
