"""What ties somebody of the secretariat to the sixth entrant of a judged season; and what does so no more."""

from collections.abc import Awaitable, Callable

from awards.cities.tables import Entrant
from awards.editions.tables import ConflictRule
from awards.entries.tables import Entry
from awards.panels.tables import Affiliation, DeclaredConflict, EntrySupplier
from tests import factories
from tests.awards.results.judged import Judged
from tests.factories import AT, DAY, add

Tie = Callable[[Judged, int], Awaitable[object]]


async def acts(season: Judged, person: int) -> None:
    await factories.official(person, season.entrants[5])


async def works_there(season: Judged, person: int) -> None:
    await add(Affiliation, person=person, entrant=season.entrants[5], kind="employer", since=AT - DAY)


async def declared(season: Judged, person: int) -> None:
    await add(DeclaredConflict, person=person, edition=season.season.edition_id, entrant=season.entrants[5],
              code="declared", source="judge")  # fmt: skip


async def worked_there(season: Judged, person: int) -> None:
    await add(Affiliation, person=person, entrant=season.entrants[5], kind="past", since=AT - 2 * DAY)


async def left(season: Judged, person: int) -> None:
    await add(Affiliation, person=person, entrant=season.entrants[5], kind="employer", since=AT - 2 * DAY,
              until=AT - DAY)  # fmt: skip


async def withdrawn(season: Judged, person: int) -> None:
    await add(DeclaredConflict, person=person, edition=season.season.edition_id, entrant=season.entrants[5],
              code="declared", source="judge", withdrawn_at=AT)  # fmt: skip


async def lives_in_its_country(season: Judged, person: int) -> None:
    await Entrant.update({Entrant.country: "FJ"}).where(Entrant.id == season.entrants[5])
    await add(Affiliation, person=person, country="FJ", kind="home", since=AT - DAY)


async def lives_there_where_rules_only_warn(season: Judged, person: int) -> None:
    await lives_in_its_country(season, person)
    await add(ConflictRule, edition=season.season.edition_id, code="own_country", effect="warn")


async def works_there_by_name(season: Judged, person: int) -> None:
    await Entrant.update({Entrant.name: "Port of Suva"}).where(Entrant.id == season.entrants[5])
    await add(Affiliation, person=person, organisation="PORT OF SUVA", kind="employer", since=AT - DAY)


async def sells_to_it(season: Judged, person: int, name: str = "Lagoon Software") -> None:
    entry = await Entry.select(Entry.id).where(Entry.entrant == season.entrants[5]).first()
    assert entry is not None
    await add(EntrySupplier, entry=entry["id"], name="Lagoon Software", by=person)
    await add(Affiliation, person=person, organisation=name, kind="vendor", since=AT - DAY)


async def sells_to_others(season: Judged, person: int) -> None:
    await sells_to_it(season, person, name="Reef Software")


TIES: tuple[Tie, ...] = (acts, works_there, declared)
GONE: tuple[Tie, ...] = (worked_there, left, withdrawn)
BY_RULE: tuple[Tie, ...] = (lives_in_its_country, works_there_by_name, sells_to_it)
NOT_BY_RULE: tuple[Tie, ...] = (lives_there_where_rules_only_warn, sells_to_others)
