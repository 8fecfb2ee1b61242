"""A round at work, with judges in every standing, for tests of the board; times are beside the clock of the tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from awards.panels.tables import Assignment
from tests import factories
from tests.factories import AT, DAY, Season

OPENS, CLOSES = AT - 20 * DAY, AT + 10 * DAY


@dataclass(frozen=True, slots=True)
class RoundAtWork:
    season: Season
    seats: dict[str, int]
    references: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"{self.season.desk}/progress/first"


async def seat_with(
    season: Season,
    name: str,
    round_entries: list[int],
    *,
    signed: int = 0,
    ready: int = 0,
    started: int = 0,
    opened: int = 0,
    began: datetime = AT - 8 * DAY,
    last: datetime = AT - DAY,
    state: str = "accepted",
    **more: object,
) -> int:
    """A judge with the entries; the first of them signed off, then ready, started and opened ones."""
    seat_id = await factories.seat(season.round_id, await factories.judge(name), state=state, **more)
    for number, round_entry in enumerate(round_entries):
        assignment = await factories.assignment(round_entry, seat_id, created_at=OPENS)
        at = began if number == 0 else last
        if number < signed:
            await factories.scoresheet(assignment, {"impact": 7, "new": 9}, signed=True, at=at)
        elif number < signed + ready:
            await factories.scoresheet(assignment, {"impact": 7, "new": 9}, at=at)
        elif number < signed + ready + started:
            await factories.scoresheet(assignment, {"impact": 7}, at=at)
        elif number < signed + ready + started + opened:
            await Assignment.update({Assignment.state: "opened", Assignment.opened_at: at}).where(
                Assignment.id == assignment
            )
    return seat_id


async def round_at_work(
    *, entries: int = 6, closes: datetime = CLOSES, round_state: str = "open"
) -> RoundAtWork:
    """Ada is done, Ben is in time, Cleo would be late, Dan never opened one, Eve's deadline has passed."""
    season = await factories.season(
        state="judging", round_state=round_state, round_opens=OPENS, round_closes=closes
    )
    references, present = [], []
    for number in range(entries):
        city = await factories.entrant(f"City {number}")
        reference = f"WG26-B{number}"
        entry_id = await factories.entry(
            season, city, state="eligible", reference=reference, title=f"Practice of city {number}"
        )
        references.append(reference)
        present.append(await factories.round_entry(season.round_id, entry_id))
    seats = {
        "Ada": await seat_with(season, "Ada Done", present[:2], signed=2),
        "Ben": await seat_with(season, "Ben In Time", present[:5], signed=2, ready=1, started=1),
        "Cleo": await seat_with(season, "Cleo Late", present, signed=2, opened=1, began=AT - 19 * DAY),
        "Dan": await seat_with(season, "Dan Silent", present[:3]),
        "Eve": await seat_with(
            season, "Eve Overdue", present[3:5], started=1, extended_until=AT - timedelta(hours=1)
        ),
        "Fay": await seat_with(season, "Fay Invited", [], state="invited"),
        "Gus": await seat_with(season, "Gus Declined", [], state="declined"),
    }  # fmt: skip
    return RoundAtWork(season, seats, tuple(references))
