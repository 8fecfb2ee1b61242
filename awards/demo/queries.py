"""The planted truth of the closed demonstration edition beside what calibration found. Published runs only."""

import csv
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from awards.errors import NotFound
from awards.publication.tables import Publication
from awards.results.tables import JudgeEffect

PLANTED = Path(__file__).parent / "planted" / "planted.csv"
EDITION = "demo-closed"
# Half the width of a 90 % interval, in standard errors.
REACH = 1.645


class JudgeTruth(Struct, frozen=True):
    """Millionths of a scale unit; positive is stricter. Both sides are about the mean of all judges."""

    name: str
    planted: int
    found: int
    low: int
    high: int


class EntryTruth(Struct, frozen=True):
    city: str
    path: str
    planted_place: int
    raw_place: int
    calibrated_place: int


class CategoryTruth(Struct, frozen=True):
    name: str
    entries: tuple[EntryTruth, ...]

    @property
    def raw_is_right(self) -> bool:
        return any(entry.planted_place == entry.raw_place == 1 for entry in self.entries)

    @property
    def calibrated_is_right(self) -> bool:
        return any(entry.planted_place == entry.calibrated_place == 1 for entry in self.entries)


class Truth(Struct, frozen=True):
    edition_path: str
    judges: tuple[JudgeTruth, ...]
    categories: tuple[CategoryTruth, ...]


@lru_cache(maxsize=1)
def planted() -> tuple[dict[str, int], dict[str, int]]:
    """Severity of judges and quality of entries by name, in millionths."""
    with PLANTED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    values = {kind: {row["name"]: round(float(row["value"]) * 1_000_000) for row in rows if row["kind"] == kind}
              for kind in ("judge", "entry")}  # fmt: skip
    return values["judge"], values["entry"]


_RUN = """
SELECT c.id AS run, p.slug AS programme FROM calibration_run c
JOIN round r ON r.id = c.round JOIN edition e ON e.id = r.edition JOIN programme p ON p.id = e.programme
JOIN publication b ON b.edition = e.id AND b.withdrawn_at IS NULL AND b.visible_at <= {}
WHERE e.slug = {} AND e.demo AND c.state = 'adopted' ORDER BY b.number DESC LIMIT 1
"""

_JUDGES = """
SELECT p.name, j.severity, j.error FROM judge_effect j JOIN seat s ON s.id = j.seat JOIN person p ON p.id = s.person
WHERE j.run = {} AND j.scope = 'all' ORDER BY j.severity, p.name
"""

_ENTRIES = """
SELECT t.name AS city, c.name AS category, c.code, s.raw_mean AS raw, s.estimate FROM standing s
JOIN round_entry x ON x.id = s.round_entry JOIN entry e ON e.id = x.entry
JOIN entrant t ON t.id = e.entrant JOIN category c ON c.id = e.category
WHERE s.run = {} AND s.scope = 'all' ORDER BY c.position, s.estimate DESC, e.id
"""


async def planted_truth(now: datetime) -> Truth:
    runs = await Publication.raw(_RUN, now, EDITION)
    if not runs:
        raise NotFound
    path = f"/awards/{runs[0]['programme']}/{EDITION}"
    severities, qualities = planted()
    judges = await JudgeEffect.raw(_JUDGES, runs[0]["run"])
    middle = sum(severities[row["name"]] for row in judges) // len(judges)
    found_middle = sum(row["severity"] for row in judges) // len(judges)
    categories: dict[str, list[dict[str, object]]] = {}
    for row in await JudgeEffect.raw(_ENTRIES, runs[0]["run"]):
        categories.setdefault(row["category"], []).append({**row, "quality": qualities[row["city"]]})
    return Truth(
        path,
        tuple(
            JudgeTruth(
                name=row["name"],
                planted=severities[row["name"]] - middle,
                found=row["severity"] - found_middle,
                low=row["severity"] - found_middle - round(REACH * row["error"]),
                high=row["severity"] - found_middle + round(REACH * row["error"]),
            )
            for row in judges
        ),
        tuple(_category(name, rows, path) for name, rows in categories.items()),
    )


def _category(name: str, rows: list[dict[str, object]], path: str) -> CategoryTruth:
    places = {key: _places(rows, key) for key in ("quality", "raw", "estimate")}
    entries = (
        EntryTruth(
            city=str(row["city"]),
            path=f"{path}/{row['code']}",
            planted_place=places["quality"][str(row["city"])],
            raw_place=places["raw"][str(row["city"])],
            calibrated_place=places["estimate"][str(row["city"])],
        )
        for row in rows
    )
    return CategoryTruth(name, tuple(sorted(entries, key=lambda entry: entry.planted_place)))


def _places(rows: list[dict[str, object]], key: str) -> dict[str, int]:
    order = sorted(rows, key=lambda row: -int(str(row[key])))
    return {str(row["city"]): place for place, row in enumerate(order, 1)}
