"""What a calibration run reads: every signed sheet of a round that is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from awards.errors import Denied
from awards.panels.queries.rounds import round_by_id
from awards.panels.rules import shows_marks
from awards.scoresheets.tables import Scoresheet
from awards.web.i18n import _


@dataclass(frozen=True, slots=True)
class SignedSheet:
    """One judge's sheet of one entry; marks by criterion code, countries from the judge's affiliations."""

    assignment_id: int
    scoresheet_id: int
    version: int
    round_entry_id: int
    entry_id: int
    reference: str
    category_id: int
    category: str
    seat_id: int
    label: str
    person_id: int
    countries: tuple[str, ...]
    entry_country: str
    origin: str
    confidence: str
    signed_at: datetime
    marks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UnsignedSheet:
    """Given, but not signed off at the close: it does not count, and the secretariat is told so."""

    assignment_id: int
    round_entry_id: int
    reference: str
    seat_id: int
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class RoundSheets:
    round_id: int
    sheets: tuple[SignedSheet, ...]
    unsigned: tuple[UnsignedSheet, ...]


_ALL = """
SELECT a.id AS assignment_id, a.state, a.origin, a.signed_at, re.id AS round_entry_id, en.id AS entry_id,
  en.reference, c.id AS category_id, c.code AS category, s.id AS seat_id, s.label, s.person AS person_id,
  sh.id AS scoresheet_id, sh.version, sh.confidence, t.country AS entry_country, city.country AS city_country
FROM assignment a JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
JOIN category c ON c.id = en.category JOIN seat s ON s.id = a.seat JOIN entrant t ON t.id = en.entrant
LEFT JOIN entrant city ON city.id = COALESCE(en.for_city, t.city)
LEFT JOIN scoresheet sh ON sh.assignment = a.id
WHERE re.round = {} AND a.state IN ('given', 'opened', 'started', 'signed') ORDER BY re.id, s.id
"""
_MARKS = """
SELECT m.scoresheet, k.code, m.value FROM mark m JOIN criterion k ON k.id = m.criterion
JOIN scoresheet sh ON sh.id = m.scoresheet JOIN assignment a ON a.id = sh.assignment AND a.state = 'signed'
WHERE k.round = {} AND m.value IS NOT NULL ORDER BY m.scoresheet, k.position, k.id
"""
_COUNTRIES = """
SELECT DISTINCT s.person, f.country FROM seat s JOIN affiliation f ON f.person = s.person
WHERE s.round = {} AND f.country <> '' AND f.kind IN ('home', 'nationality') AND f.since <= {}
AND (f."until" IS NULL OR f."until" > {}) ORDER BY s.person, f.country
"""


async def sheets_for_run(round_id: int) -> RoundSheets:
    """Refused while the round is open: until then a mark is its judge's alone."""
    found = await round_by_id(round_id)
    if not shows_marks(found.state):
        raise Denied("round open", _("The round is open. Its marks are seen by nobody until it is closed."))
    marks: dict[int, dict[str, int]] = {}
    for row in await Scoresheet.raw(_MARKS, round_id):
        marks.setdefault(row["scoresheet"], {})[row["code"]] = row["value"]
    countries: dict[int, list[str]] = {}
    for row in await Scoresheet.raw(_COUNTRIES, round_id, found.closes, found.closes):
        countries.setdefault(row["person"], []).append(row["country"])
    rows = await Scoresheet.raw(_ALL, round_id)
    return RoundSheets(
        round_id,
        tuple(_signed(row, marks, countries) for row in rows if row["state"] == "signed"),
        tuple(
            UnsignedSheet(
                row["assignment_id"],
                row["round_entry_id"],
                row["reference"],
                row["seat_id"],
                row["label"],
                row["state"],
            )
            for row in rows
            if row["state"] != "signed"
        ),
    )


def _signed(
    row: Mapping[str, Any], marks: Mapping[int, Mapping[str, int]], countries: Mapping[int, list[str]]
) -> SignedSheet:
    return SignedSheet(
        assignment_id=row["assignment_id"],
        scoresheet_id=row["scoresheet_id"],
        version=row["version"],
        round_entry_id=row["round_entry_id"],
        entry_id=row["entry_id"],
        reference=row["reference"],
        category_id=row["category_id"],
        category=row["category"],
        seat_id=row["seat_id"],
        label=row["label"],
        person_id=row["person_id"],
        countries=tuple(countries.get(row["person_id"], ())),
        entry_country=row["city_country"] or row["entry_country"],
        origin=row["origin"],
        confidence=row["confidence"] or "",
        signed_at=row["signed_at"],
        marks=marks.get(row["scoresheet_id"], {}),
    )
