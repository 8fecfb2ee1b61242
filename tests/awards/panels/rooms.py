"""A round with entries and people, for tests of panels."""

from dataclasses import dataclass
from typing import Any

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.jobs import services as jobs
from awards.panels.services import propose
from tests import factories
from tests.factories import AT, DAY, Season


@dataclass(frozen=True, slots=True)
class Room:
    season: Season
    secretariat: Actor
    cities: tuple[int, ...]
    entries: tuple[int, ...]
    references: tuple[str, ...]

    @property
    def round_id(self) -> int:
        return self.season.round_id


async def room(
    countries: tuple[str, ...] = ("KR", "KE", "BR"), *, put: bool = True, wanted: int = 2, **more: Any
) -> Room:
    """One eligible entry for each country, in a round that is open unless told otherwise."""
    season = await factories.season(
        state="judging", **{"round_state": "open", "round_opens": AT - DAY, "round_closes": AT + DAY, **more}
    )
    cities, entries, references = [], [], []
    for number, country in enumerate(countries):
        city = await factories.entrant(f"City {number} of {country}", country=country)
        reference = f"WG26-{season.round_id}-{number:03}"
        entry_id = await factories.entry(season, city, state="eligible", reference=reference)
        if put:
            await factories.round_entry(season.round_id, entry_id, sheets_wanted=wanted)
        cities.append(city)
        entries.append(entry_id)
        references.append(reference)
    person_id = await factories.person("Eun-ji Park")
    await factories.grant(person_id, "secretariat", season.scope)
    actor = Actor(
        person_id=person_id,
        name="Eun-ji Park",
        grants=frozenset({Grant("secretariat", season.scope)}),
    )
    return Room(season, actor, tuple(cities), tuple(entries), tuple(references))


async def judges(made: Room, *countries: str, **more: Any) -> list[tuple[int, int]]:
    """(person, seat) of an accepted scorer from each country, conflicts declared."""
    result = []
    for country in countries:
        person_id = await factories.judge(country=country)
        seat_id = await factories.seat(made.round_id, person_id, conflicts_declared_at=AT, **more)
        result.append((person_id, seat_id))
    return result


async def run_job(clock: FixedClock) -> dict[str, Any]:
    """What the worker does with the proposal that was asked for."""
    work = await jobs.claim(clock.now())
    assert work is not None
    assert work.kind == "propose"

    async def report(percent: int) -> bool:
        return await jobs.report(work, percent, clock.now())

    result = dict(await propose(work, report, clock))
    await jobs.finish(work, state="done", result=result, now=clock.now())
    return result
