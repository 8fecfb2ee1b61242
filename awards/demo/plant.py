"""Makes the closed demonstration edition: marks drawn from a planted truth, three sheets an entry.

    python -m awards.demo.plant

Each judge has a planted severity and each entry a planted quality; `planted.csv` keeps both, so that
what calibration finds can be laid beside what was put in. The seed is fixed, and chosen: of 120 seeds
tried it is one where the plain mean misses most winners (three of five) and calibration misses none. Over
all 120, calibration finds 0.6 winners more of five: expect less of it than this demonstration shows.
"""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TARGET = HERE / "planted"
SEED = 20260320
SHEETS = 3
NOISE = 0.75
HALO = 0.35
CRITERIA = ("need", "design", "results", "inclusion", "transfer")

# Name, country, planted severity in scale units: positive is stricter than the others.
JUDGES = (
    ("Amara Diallo-Finch", "QO", 0.2),
    ("Bao Nguyen-Hartmann", "QP", -0.9),
    ("Chiara Okafor", "QS", 1.6),
    ("Daniyar Petrov-Lind", "QX", -0.1),
    ("Eun-ji Castellanos", "QT", -1.5),
    ("Farid Haugen", "QM", 0.7),
    ("Grace Mwangi-Sato", "QU", 0.0),
    ("Hiroshi Valente", "QV", -0.5),
    ("Ilse Rahmani", "QQ", 1.1),
    ("João Teteh", "QN", -0.3),
    ("Kalani Brightwater", "QR", 0.4),
    ("Leila Nakamura", "QW", -0.7),
)


def address_of(name: str) -> str:
    """By the first name, in plain letters."""
    first = unicodedata.normalize("NFD", name.split()[0]).encode("ascii", "ignore").decode()
    return f"{first.lower()}@judges.example"


def main() -> None:
    random = np.random.default_rng(SEED)
    with (HERE / "practices.csv").open(encoding="utf-8", newline="") as file:
        practices = list(csv.DictReader(file))
    quality = random.normal(6.4, 1.1, len(practices))
    entries = [f"{row['category'][:3].upper()}-{number:02}" for number, row in enumerate(practices, 1)]
    sheets = _assign([row["country"] for row in practices], random)
    where = ("city", "country", "country_label", "region")
    _write(
        "entries.csv",
        ("entry", "category", "title", "entrant", *where[1:]),
        (
            (entry, row["category"], row["title"], *(row[column] for column in where))
            for entry, row in zip(entries, practices, strict=True)
        ),
    )
    _write("rounds.csv", ("round", "entry"), (("final", entry) for entry in entries))
    judges = {f"D{number:02}": judge for number, judge in enumerate(JUDGES, 1)}
    _write(
        "judges.csv",
        ("judge", "name", "country", "email"),
        ((code, name, country, address_of(name)) for code, (name, country, _severity) in judges.items()),
    )
    categories = sorted({row["category"] for row in practices})
    panels = (("final", category, code) for category in categories for code in judges)
    _write("panels.csv", ("round", "category", "judge"), panels)
    codes = list(judges)
    marks = []
    for e, j in sheets:
        level = quality[e] - JUDGES[j][2] + random.normal(0, HALO)
        for criterion in CRITERIA:
            mark = int(np.clip(np.rint(level + random.normal(0, NOISE)), 0, 10))
            marks.append(("final", entries[e], codes[j], criterion, mark))
    _write("marks.csv", ("round", "entry", "judge", "criterion", "mark"), marks)
    planted: list[tuple[object, ...]] = [
        ("judge", code, name, f"{severity:.1f}") for code, (name, _country, severity) in judges.items()
    ]
    for entry, row, value in zip(entries, practices, quality, strict=True):
        planted.append(("entry", entry, row["city"], f"{value:.2f}"))
    _write("planted.csv", ("kind", "code", "name", "value"), planted)


def _assign(countries: Sequence[str], random: np.random.Generator) -> list[tuple[int, int]]:
    """Three judges an entry, none of its own country, loads as equal as they can be."""
    load = np.zeros(len(JUDGES), dtype=int)
    pairs: list[tuple[int, int]] = []
    for e in random.permutation(len(countries)):
        free = [j for j, (_name, country, _severity) in enumerate(JUDGES) if country != countries[e]]
        chosen = sorted(free, key=lambda j: (load[j], random.random()))[:SHEETS]
        load[chosen] += 1
        pairs.extend((int(e), j) for j in chosen)
    return sorted(pairs)


def _write(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    TARGET.mkdir(exist_ok=True)
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
