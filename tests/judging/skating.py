"""The European Figure Skating Championships 2017 as arrays: each category and round by itself."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.judging.juries import Floats, Integers

FOLDER = Path(__file__).parents[2] / "awards/demo/skating-2017/import"
WEIGHTED = "weighted"


@dataclass(frozen=True)
class Panel:
    """One category in one round, by one criterion or weighted; values in scale units."""

    name: str
    entry: Integers
    judge: Integers
    values: Floats


def panels() -> Iterator[Panel]:
    with (FOLDER / "edition.toml").open("rb") as file:
        edition = tomllib.load(file)
    weights = {
        (category["code"], stage["code"]): {
            c["code"]: c["weights"][category["code"]]
            for c in stage["criterion"]
            if category["code"] in c["weights"]
        }
        for stage in edition["round"]
        for category in edition["category"]
    }
    with (FOLDER / "entries.csv").open(encoding="utf-8") as file:
        categories = {row["entry"]: row["category"] for row in csv.DictReader(file)}
    marks: dict[tuple[str, str], dict[tuple[str, str], dict[str, float]]] = {}
    with (FOLDER / "marks.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sheets = marks.setdefault((categories[row["entry"]], row["round"]), {})
            sheets.setdefault((row["entry"], row["judge"]), {})[row["criterion"]] = float(row["mark"])
    for (category, stage), sheets in sorted(marks.items()):
        pairs = sorted(sheets)
        entry = np.unique([e for e, _ in pairs], return_inverse=True)[1]
        judge = np.unique([j for _, j in pairs], return_inverse=True)[1]
        of = weights[category, stage]
        for criterion in (*sorted(of), WEIGHTED):
            values = [
                sum(of[c] * sheets[pair][c] for c in of) / sum(of.values())
                if criterion == WEIGHTED
                else sheets[pair][criterion]
                for pair in pairs
            ]
            yield Panel(f"skating-{category}-{stage}-{criterion}", entry, judge, np.array(values))
