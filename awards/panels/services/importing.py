"""A list of judges into the pool, all at once."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import may_run
from awards.errors import Invalid, NotFound
from awards.panels import pool, steps
from awards.panels.forms import ListedJudge
from awards.panels.queries.records import record_of
from awards.panels.services.judges import city_of
from awards.panels.tables import Affiliation, Judge
from awards.web.i18n import _


class Imported(Struct, frozen=True):
    added: int
    updated: int


async def import_judges(
    *, programme_id: int, edition_id: int, judges: Sequence[ListedJudge], actor: Actor, clock: Clock
) -> Imported:
    """Who is known by address is updated and never added twice; all of the list or nothing of it."""
    now = clock.now()
    async with transaction():
        if may_run(actor, programme_id, edition_id) is not None:
            raise NotFound
        fields = {one.field_id for one in (await record_of(programme_id, 0)).knowings}
        people, added = [], 0
        for judge in judges:
            before = await Judge.count()
            known = await steps.judge_with_address(judge.email, name=judge.name, country="", at=now)
            added += await Judge.count() - before
            people.append(known.person_id)
            await _update(known.person_id, judge, fields, now)
        await record(
            Action.JUDGE_CHANGED,
            actor=actor,
            at=now,
            subject=("edition", edition_id),
            edition_id=edition_id,
            as_role="secretariat",
            after={"judges": people, "added": added},
        )
    return Imported(added, len(people) - added)


async def _update(person_id: int, judge: ListedJudge, fields: set[int], now: datetime) -> None:
    said = {"biography": judge.biography, "languages": judge.languages}
    if any(said.values()):
        await Judge.update({name: text for name, text in said.items() if text}).where(
            Judge.person == person_id
        )
    city = await city_of(judge.city)
    await _at_home(person_id, judge.country, city, now)
    for kind, wanted in (
        ("employer", ("", judge.organisation, None) if judge.organisation else None),
        ("nationality", (judge.nationality, "", None) if judge.nationality else None),
    ):
        await pool.belong(person_id, kind=kind, wanted=wanted, at=now, but_keep=True)
    await pool.know(person_id, {field: level for field, level in judge.levels if field in fields}, now)
    for nominator in judge.nominated_by:
        if not await pool.is_city(nominator):
            raise Invalid({"nominated_by": _("Choose a city from the list")})
        await pool.nominate(person_id, nominator, now)


async def _at_home(person_id: int, country: str, city: int | None, now: datetime) -> None:
    """A country by itself keeps the home city, where that lies in it."""
    rows = (
        await Affiliation.select(Affiliation.country, Affiliation.entrant)
        .where((Affiliation.person == person_id) & (Affiliation.kind == "home") & Affiliation.until.is_null())
        .order_by(Affiliation.id, ascending=False)
        .limit(1)
    )
    before_country, before_city = (rows[0]["country"], rows[0]["entrant"]) if rows else ("", None)
    country = country or before_country
    if not country:
        raise Invalid({"country": _("Enter the judge's country; conflicts are found by it")})
    if city is None and country == before_country:
        city = before_city
    await pool.belong(person_id, kind="home", wanted=(country, "", city), at=now)
