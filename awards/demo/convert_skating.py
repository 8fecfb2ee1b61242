"""Turns the published skating data into an import folder.

    python -m awards.demo.convert_skating [SOURCE TARGET]

ISO country codes instead of the Olympic ones, one entry for each skater or couple over both rounds.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).parent / "skating-2017"

ISO = {
    "ARM": "AM", "AUT": "AT", "AZE": "AZ", "BEL": "BE", "BLR": "BY", "BUL": "BG", "CRO": "HR", "CZE": "CZ",
    "DEN": "DK", "ESP": "ES", "EST": "EE", "FIN": "FI", "FRA": "FR", "GBR": "GB", "GEO": "GE", "GER": "DE",
    "HUN": "HU", "ISR": "IL", "ITA": "IT", "LAT": "LV", "LTU": "LT", "NED": "NL", "NOR": "NO", "POL": "PL",
    "ROU": "RO", "RUS": "RU", "SLO": "SI", "SRB": "RS", "SUI": "CH", "SVK": "SK", "SWE": "SE", "TUR": "TR",
    "UKR": "UA",
}  # fmt: skip
CATEGORY = {"Men": "men", "Ladies": "ladies", "Pairs": "pairs", "Ice Dance": "ice-dance"}
SEGMENTS = {"Ice Dance": ("Short dance", "free dance")}
ROUND = {"Short": "short", "Free": "free"}


def convert(source: Path, target: Path) -> None:
    """Write entries, rounds, judges, panels, marks and official scores; `edition.toml` is written by hand."""
    rows = _read(source / "entries.csv")
    codes: dict[tuple[str, str], str] = {}
    for category in CATEGORY:
        names = sorted({row["name"] for row in rows if row["category"] == category})
        codes |= {
            (category, name): f"{CATEGORY[category].upper()}-{position:02}"
            for position, name in enumerate(names, 1)
        }
    code_of = {row["entry"]: codes[row["category"], row["name"]] for row in rows}
    round_of = {row["entry"]: ROUND[row["round"]] for row in rows}
    first = {codes[row["category"], row["name"]]: row for row in rows}
    both = {code for code in first if sum(c == code for c in code_of.values()) == 2}
    _write(
        target / "entries.csv",
        ("entry", "category", "title", "entrant", "country", "kind"),
        (
            (
                code,
                CATEGORY[row["category"]],
                _title(row["category"], code in both),
                row["name"],
                ISO[row["country"]],
                "person",
            )
            for code, row in sorted(first.items())
        ),
    )
    _write(
        target / "rounds.csv",
        ("round", "entry"),
        sorted({(round_of[entry], code) for entry, code in code_of.items()}, reverse=True),
    )
    panels = _read(source / "panels.csv")
    _write(
        target / "panels.csv",
        ("round", "category", "judge"),
        ((ROUND[row["round"]], CATEGORY[row["category"]], row["judge"]) for row in panels),
    )
    judges = sorted({(row["judge"], f"Judge {row['judge']}", ISO[row["country"]]) for row in panels})
    _write(target / "judges.csv", ("judge", "name", "country"), judges)
    _write(
        target / "marks.csv",
        ("round", "entry", "judge", "criterion", "mark"),
        (
            (
                round_of[row["entry"]],
                code_of[row["entry"]],
                row["judge"],
                row["criterion"].lower(),
                row["score"],
            )
            for row in _read(source / "scores.csv")
        ),
    )
    _write(
        target / "official.csv",
        ("round", "entry", "criterion", "score"),
        (
            (round_of[row["entry"]], code_of[row["entry"]], row["criterion"].lower(), row["panel_score"])
            for row in _read(source / "official.csv")
        ),
    )


def _title(category: str, in_both: bool) -> str:
    short, free = SEGMENTS.get(category, ("Short program", "free skating"))
    return f"{short} and {free}" if in_both else short


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:3]]
    convert(*(given if len(given) == 2 else (HERE / "source", HERE / "import")))
