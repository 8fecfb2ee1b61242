"""What ties somebody of the secretariat to the sixth entrant of a judged season; and what does so no more."""

from collections.abc import Awaitable, Callable

from awards.panels.tables import Affiliation, DeclaredConflict
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


TIES: tuple[Tie, ...] = (acts, works_there, declared)
GONE: tuple[Tie, ...] = (worked_there, left, withdrawn)
