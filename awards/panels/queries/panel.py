"""The panel of a round: its entries, its seats, who judges what; never a mark."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, convert

from awards.cities.tables import Entrant
from awards.editions.tables import Category
from awards.panels.queries.seats import OwnSeat
from awards.panels.queries.titles import with_titles
from awards.panels.rules import SeatState
from awards.panels.tables import Assignment, Judge, RoundEntry, Seat


class EntryToDeclare(Struct, frozen=True):
    """All that a judge sees of an entry before declaring: what it is called and where it is from."""

    entry_id: int
    reference: str
    title: str
    lang: str
    city: str
    country: str
    category: str
    declared: bool


_TO_DECLARE = """
SELECT en.id, en.reference, SUBMITTED_TITLE AS title, en.lang, t.name AS city, t.country_label AS country, c.name AS category,
  EXISTS (SELECT 1 FROM conflict d WHERE d.person = {} AND d.entry = en.id AND d.source = 'judge'
          AND d.withdrawn_at IS NULL) AS declared
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
JOIN category c ON c.id = en.category
WHERE re.round = {} AND (NOT EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = {})
  OR EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = {} AND sc.category = en.category) OR re.bridge = TRUE)
ORDER BY c.position, c.id, t.folded, en.reference
"""


async def entries_to_declare(seat: OwnSeat) -> list[EntryToDeclare]:
    return [
        EntryToDeclare(
            entry_id=row["id"],
            reference=row["reference"],
            title=row["title"],
            lang=row["lang"],
            city=row["city"],
            country=row["country"],
            category=row["category"],
            declared=bool(row["declared"]),
        )
        for row in await RoundEntry.raw(
            with_titles(_TO_DECLARE), seat.person_id, seat.round.id, seat.id, seat.id
        )
    ]


_TITLE = """
SELECT en.id, SUBMITTED_TITLE AS title
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
WHERE a.seat = {} AND en.reference = {} AND a.state IN ('given', 'opened', 'started', 'signed')
"""


async def entry_for_judge(seat: OwnSeat, reference: str) -> tuple[int, str] | None:
    """The id of an entry on the judge's own list and what it is called; of others they learn nothing."""
    rows = await Assignment.raw(with_titles(_TITLE), seat.id, reference)
    return (rows[0]["id"], str(rows[0]["title"])) if rows else None


class PanelEntry(Struct, frozen=True):
    round_entry_id: int
    entry_id: int
    reference: str
    title: str
    lang: str
    city: str
    country: str
    category_id: int
    category: str
    category_name: str
    sheets_wanted: int
    bridge: bool
    """Whether all judges who may read it."""


_ENTRIES = """
SELECT re.id AS round_entry_id, e.id AS entry_id, e.reference, e.title, e.lang, en.name AS city, en.country,
       c.id AS category_id, c.code AS category, c.name AS category_name, re.sheets_wanted,
       re.bridge
FROM round_entry re JOIN entry e ON e.id = re.entry JOIN entrant en ON en.id = e.entrant
JOIN category c ON c.id = e.category
WHERE re.round = {} ORDER BY c.position, c.id, en.folded, e.reference
"""


async def entries_of_round(round_id: int) -> list[PanelEntry]:
    return [
        PanelEntry(**{**row, "bridge": bool(row["bridge"])})
        for row in await RoundEntry.raw(_ENTRIES, round_id)
    ]


class Names(Struct, frozen=True):
    """What a round's entries and judges are called, by the ids of round entries and of seats."""

    entries: Mapping[int, str]
    seats: Mapping[int, str]


_NAMES = """
SELECT 'entry' AS kind, re.id, en.name, e.title FROM round_entry re
JOIN entry e ON e.id = re.entry JOIN entrant en ON en.id = e.entrant WHERE re.round = {}
UNION ALL
SELECT 'seat' AS kind, s.id, p.name, '' AS title FROM seat s JOIN person p ON p.id = s.person WHERE s.round = {}
"""


async def names_of_round(round_id: int) -> Names:
    entries: dict[int, str] = {}
    seats: dict[int, str] = {}
    for row in await RoundEntry.raw(_NAMES, round_id, round_id):
        if row["kind"] == "entry":
            entries[row["id"]] = f"{row['name']}, {row['title']}"
        else:
            seats[row["id"]] = row["name"]
    return Names(entries, seats)


class PanelSeat(Struct, frozen=True):
    id: int
    person_id: int
    name: str
    country: str
    role: str
    state: SeatState
    label: str
    low: int
    high: int | None
    version: int
    reason: str
    declared: bool
    categories: tuple[int, ...]
    told_most: int | None = None
    away_since: datetime | None = None
    away_until: datetime | None = None
    extended_until: datetime | None = None

    @property
    def most(self) -> int | None:
        """The most entries that the seat is given: what the secretariat set, else what the judge said."""
        return self.told_most if self.high is None else self.high

    @property
    def over_told(self) -> bool:
        """Whether the secretariat may give more entries than the judge said to read."""
        return self.told_most is not None and self.high is not None and self.told_most < self.high

    def is_away(self, now: datetime, opens: datetime, closes: datetime) -> bool:
        """Whether the judge is away for all that is left of the round; who comes back within it can still read."""
        if self.away_since is None or self.away_until is None:
            return False
        return self.away_since <= max(now, opens) and self.away_until >= closes

    def judges(self, category_id: int) -> bool:
        return not self.categories or category_id in self.categories


_SEATS = """
SELECT s.id, s.person AS person_id, p.name, s.role, s.state, s.label, s.low, s.high, s.version, s.reason,
       s.conflicts_declared_at, s.told_most, s.away_since, s.away_until, s.extended_until, sc.category,
       (SELECT a.country FROM affiliation a
        WHERE a.person = s.person AND a.kind = 'home' AND a."until" IS NULL ORDER BY a.id LIMIT 1) AS country
FROM seat s JOIN person p ON p.id = s.person LEFT JOIN seat_category sc ON sc.seat = s.id
WHERE s.round = {} ORDER BY p.name, s.id, sc.category
"""


async def seats_of_round(round_id: int) -> list[PanelSeat]:
    seats: dict[int, PanelSeat] = {}
    for row in await Seat.raw(_SEATS, round_id):
        before = seats.get(row["id"])
        categories = (before.categories if before else ()) + (
            (row["category"],) if row["category"] is not None else ()
        )
        seats[row["id"]] = PanelSeat(
            id=row["id"],
            person_id=row["person_id"],
            name=row["name"],
            country=row["country"] or "",
            role=row["role"],
            state=SeatState(row["state"]),
            label=row["label"],
            low=row["low"],
            high=row["high"],
            version=row["version"],
            reason=row["reason"],
            declared=row["conflicts_declared_at"] is not None,
            categories=categories,
            told_most=row["told_most"],
            away_since=row["away_since"],
            away_until=row["away_until"],
            extended_until=row["extended_until"],
        )
    return list(seats.values())


class Given(Struct, frozen=True):
    id: int
    round_entry_id: int
    seat_id: int
    state: str
    origin: str
    proposal_id: int | None


_ASSIGNMENTS = """
SELECT a.id, a.round_entry AS round_entry_id, a.seat AS seat_id, a.state, a.origin, a.proposal AS proposal_id
FROM assignment a JOIN round_entry re ON re.id = a.round_entry WHERE re.round = {} ORDER BY a.id
"""


async def assignments_of_round(round_id: int) -> list[Given]:
    """All of them, those that ended too."""
    return [Given(**row) for row in await Assignment.raw(_ASSIGNMENTS, round_id)]


class PoolJudge(Struct, frozen=True):
    person_id: int
    name: str
    address: str
    country: str
    organisation: str
    city: str
    city_id: int | None
    nationality: str
    biography: str
    languages: str
    seats: int


_POOL = """
SELECT j.person, p.name, m.address, j.biography, j.languages, a.kind, a.country, a.organisation, a.entrant,
       en.name AS city,
       (SELECT COUNT(*) FROM seat s JOIN round r ON r.id = s.round
        WHERE s.person = j.person AND r.edition = {} AND s.state IN ('invited', 'accepted')) AS seats
FROM judge j JOIN person p ON p.id = j.person
LEFT JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
LEFT JOIN affiliation a ON a.person = j.person AND a."until" IS NULL AND a.kind <> 'past'
LEFT JOIN entrant en ON en.id = a.entrant
"""


async def pool(edition_id: int) -> list[PoolJudge]:
    """Every judge that the service knows, with how many seats they have in this edition."""
    return _pool(await Judge.raw(_POOL + "ORDER BY p.name, p.id, a.id", edition_id))


async def pool_judge(edition_id: int, person_id: int) -> PoolJudge | None:
    rows = await Judge.raw(_POOL + "WHERE j.person = {} ORDER BY a.id", edition_id, person_id)
    found = _pool(rows)
    return found[0] if found else None


def _pool(rows: list[dict[str, object]]) -> list[PoolJudge]:
    people: dict[object, dict[str, object]] = {}
    for row in rows:
        facts = people.setdefault(
            row["person"],
            {
                "person_id": row["person"],
                "name": row["name"],
                "address": row["address"] or "",
                "biography": row["biography"],
                "languages": row["languages"],
                "seats": row["seats"],
                "country": "",
                "organisation": "",
                "city": "",
                "city_id": None,
                "nationality": "",
            },
        )
        if row["kind"] == "home":
            facts |= {"country": row["country"], "city": row["city"] or "", "city_id": row["entrant"]}
        elif row["kind"] == "employer":
            facts["organisation"] = row["organisation"]
        elif row["kind"] == "nationality":
            facts["nationality"] = row["country"]
        people[row["person"]] = facts
    return convert(list(people.values()), list[PoolJudge])


async def cities_to_choose() -> list[tuple[int, str]]:
    rows = (
        await Entrant.select(Entrant.id, Entrant.name)
        .where((Entrant.state == "approved") & (Entrant.kind == "city"))
        .order_by(Entrant.folded)
    )
    return [(row["id"], row["name"]) for row in rows]


class RoundSummary(Struct, frozen=True):
    round_id: int
    entries: int
    seats: int
    accepted: int
    given: int
    signed: int


_SUMMARY = """
SELECT r.id AS round_id,
 (SELECT COUNT(*) FROM round_entry re WHERE re.round = r.id) AS entries,
 (SELECT COUNT(*) FROM seat s WHERE s.round = r.id AND s.state IN ('invited', 'accepted')) AS seats,
 (SELECT COUNT(*) FROM seat s WHERE s.round = r.id AND s.state = 'accepted') AS accepted,
 (SELECT COUNT(*) FROM assignment a JOIN round_entry re ON re.id = a.round_entry
  WHERE re.round = r.id AND a.state IN ('given', 'opened', 'started', 'signed')) AS given,
 (SELECT COUNT(*) FROM assignment a JOIN round_entry re ON re.id = a.round_entry
  WHERE re.round = r.id AND a.state = 'signed') AS signed
FROM round r WHERE r.edition = {}
"""


async def summaries(edition_id: int) -> dict[int, RoundSummary]:
    """Counts for each round of the edition: how far its panel is, never how anybody marked."""
    rows = await Category.raw(_SUMMARY, edition_id)
    return {row["round_id"]: RoundSummary(**row) for row in rows}
