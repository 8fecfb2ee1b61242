"""A round that is ready to be judged, for tests of sheets."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from awards.actor import Actor
from awards.panels.rules import terms_hash
from awards.panels.tables import TermsAcceptance
from awards.scoresheets.forms import SaveSheet
from awards.scoresheets.rules import Change
from awards.scoresheets.steps import Where
from tests import factories
from tests.factories import AT, DAY, Season

TERMS = "Judge what is written, tell nobody."
CLOSES = AT + DAY


@dataclass(frozen=True, slots=True)
class Bench:
    season: Season
    judge: Actor
    seat_id: int
    references: tuple[str, ...]
    assignments: tuple[int, ...]

    def where(self, number: int = 0) -> Where:
        return Where(self.season.programme, self.season.edition, "first", self.references[number])

    @property
    def path(self) -> str:
        return f"/bench/{self.season.programme}/{self.season.edition}/first"


async def bench(
    person_id: int | None = None,
    *,
    entries: int = 1,
    closes: datetime = CLOSES,
    declared: bool = True,
    accepted: bool = True,
    round_state: str = "open",
) -> Bench:
    """One judge with `entries` given entries in an open round, nothing opened yet."""
    season = await factories.season(
        state="judging", round_state=round_state, round_opens=AT - DAY, round_closes=closes
    )
    person_id = person_id or await factories.judge("Chiara Fontana", country="IT")
    seat_id = await factories.seat(season.round_id, person_id, conflicts_declared_at=AT if declared else None)
    if accepted:
        await accept_terms(season, person_id)
    references, assignments = [], []
    for number in range(entries):
        entry_id = await factories.entry(
            season, state="eligible", reference=f"WG26-{season.round_id}-{number}"
        )
        references.append(f"WG26-{season.round_id}-{number}")
        round_entry_id = await factories.round_entry(season.round_id, entry_id)
        assignments.append(await factories.assignment(round_entry_id, seat_id))
    return Bench(
        season,
        Actor(person_id=person_id, name="Chiara Fontana"),
        seat_id,
        tuple(references),
        tuple(assignments),
    )


async def accept_terms(season: Season, person_id: int) -> None:
    await factories.add(
        TermsAcceptance,
        person=person_id,
        edition=season.edition_id,
        terms_sha256=terms_hash(TERMS),
        accepted_at=AT,
    )


def save(key: str, base: int, marks: dict[str, int | None] | None = None, **notes: str) -> SaveSheet:
    return SaveSheet(key.ljust(8, "x"), base, Change(marks or {}, notes))


MILLISECOND = timedelta(milliseconds=1)
