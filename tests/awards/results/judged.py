"""A closed round with signed sheets: six cities, four judges of different severity, three sheets an entry."""

from dataclasses import dataclass

from awards.actor import Actor, Grant
from awards.editions.tables import ConflictRule, Prize
from awards.scoresheets.tables import Mark, Scoresheet
from tests import factories
from tests.factories import AT, Season, add
from tests.people import EUN_JI, FARID, Member, give

CITIES = ("Lindmere", "Port Amaranth", "Hanbyeol", "Santa Ondina", "Kitamori", "Vallmora")
# Quality of each city and what each judge adds to it, in marks of a scale from 0 to 10.
QUALITY = (9, 8, 7, 5, 4, 3)
SEVERITY = (0, 1, -1, 0)
READERS = ((0, 1, 2), (1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2), (1, 2, 3))


@dataclass(frozen=True, slots=True)
class Judged:
    season: Season
    references: tuple[str, ...]
    entries: tuple[int, ...]
    entrants: tuple[int, ...]
    round_entries: tuple[int, ...]
    seats: tuple[int, ...]
    judges: tuple[int, ...]
    silver_id: int

    async def actor(self, member: Member = EUN_JI, *, proved: bool = True) -> Actor:
        return await secretary(self.season, member, proved=proved)


async def secretary(season: Season, member: Member = FARID, *, proved: bool = True) -> Actor:
    return Actor(
        person_id=await give(member, "secretariat", season.scope),
        name=member.name,
        grants=frozenset({Grant("secretariat", season.scope)}),
        proved_at=AT if proved else None,
    )


async def judged(
    *,
    round_state: str = "closed",
    state: str = "judging",
    quality: tuple[int, ...] = QUALITY,
    severity: tuple[int, ...] = SEVERITY,
    readers: tuple[tuple[int, ...], ...] = READERS,
    marks: dict[tuple[int, int], tuple[int, int]] | None = None,
    country: str = "KR",
) -> Judged:
    """`marks` overrules the two marks of (entry, judge)."""
    season = await factories.season(
        state=state, round_state=round_state, opens=AT - 90 * factories.DAY, closes=AT - 60 * factories.DAY,
        round_opens=AT - 50 * factories.DAY, round_closes=AT - 10 * factories.DAY,
    )  # fmt: skip
    silver = await add(
        Prize, edition=season.edition_id, category=season.category_id, code="silver", name="Silver",
        position=2, places=1,
    )  # fmt: skip
    judges = [await factories.judge(country="FR") for _ in severity]
    if country == "FR":  # judges may read their own country, and are told of it
        await add(ConflictRule, edition=season.edition_id, code="own_country", effect="warn")
    seats = [
        await factories.seat(season.round_id, judge, label=f"J{n + 1}") for n, judge in enumerate(judges)
    ]
    entrants, entries, references, round_entries = [], [], [], []
    for number, (name, level, who) in enumerate(zip(CITIES, quality, readers, strict=False)):
        reference = f"WG{season.edition_id}-{number + 1:05d}"
        entrants.append(await factories.entrant(name, country=country))
        entries.append(
            await factories.entry(
                season, entrants[-1], state="eligible", reference=reference, title=f"Practice of {name}"
            )
        )
        references.append(reference)
        round_entries.append(
            await factories.round_entry(season.round_id, entries[-1], sheets_wanted=len(who))
        )
        for judge in who:
            given = (marks or {}).get((number, judge))
            mark = level + severity[judge]
            # A little disagreement in the second criterion, or there would be nothing to be unsure of.
            second = min(10, max(0, mark + (number + judge) % 2))
            await signed_sheet(
                season, round_entries[-1], seats[judge], given or (min(10, max(0, mark)), second)
            )
    return Judged(
        season, tuple(references), tuple(entries), tuple(entrants), tuple(round_entries), tuple(seats),
        tuple(judges), silver,
    )  # fmt: skip


async def signed_sheet(
    season: Season, round_entry: int, seat: int, marks: tuple[int, int], *, state: str = "signed"
) -> int:
    assignment = await factories.assignment(round_entry, seat, state=state, signed_at=AT)
    sheet = await add(Scoresheet, assignment=assignment, version=1)
    for criterion, value in zip(season.criteria, marks, strict=True):
        await add(Mark, scoresheet=sheet, criterion=criterion, value=value)
    return assignment
