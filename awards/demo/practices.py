"""The invented practices that entries of the demonstration tell of."""

import csv
from functools import lru_cache
from pathlib import Path

PRACTICES = Path(__file__).parent / "practices.csv"
PER_CATEGORY = 5


def practices_judged() -> list[dict[str, str]]:
    """The first of each category: the running edition shows them."""
    return [row for number, row in _numbered() if number <= PER_CATEGORY]


def practices_left() -> list[dict[str, str]]:
    """The others."""
    return [row for number, row in _numbered() if number > PER_CATEGORY]


def all_practices() -> list[dict[str, str]]:
    return [row for _number, row in _numbered()]


@lru_cache(maxsize=1)
def _numbered() -> list[tuple[int, dict[str, str]]]:
    """Each with its place in its category, from 1."""
    with PRACTICES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    taken: dict[str, int] = {}
    numbered = []
    for row in rows:
        taken[row["category"]] = taken.get(row["category"], 0) + 1
        numbered.append((taken[row["category"]], row))
    return numbered
