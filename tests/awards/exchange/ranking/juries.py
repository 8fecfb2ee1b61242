"""Made-up juries, and files of them in every way of writing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl

from awards.exchange.ranking.reading import read_ballot
from awards.exchange.ranking.report import Report, Wish, make_report

Row = tuple[object, ...]
SMALL: tuple[Row, ...] = (
    ("A", "x", "7"), ("A", "y", "8"), ("B", "x", "5"), ("B", "z", "6.5"), ("C", "y", "9"), ("C", "z", "7"),
    ("D", "x", "6"), ("D", "y", "8"),
)  # fmt: skip
HEADER = ("entry", "judge", "score")


def written(
    path: Path,
    rows: Sequence[Row],
    header: Sequence[str] = HEADER,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> Path:
    lines = [delimiter.join(map(str, row)) for row in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def workbook(path: Path, rows: Sequence[Row], header: Sequence[str] = HEADER, *, before: int = 0) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(before):
        sheet.append([])
    for row in (header, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def jury(entries: int = 20, judges: int = 6, reads: int = 3, seed: int = 0) -> list[Row]:
    """Quarter points, judges of different severity, every judge linked to every other."""
    draw = np.random.default_rng(seed)
    quality, severity = draw.normal(7, 1, entries), draw.normal(0, 0.6, judges)
    rows: list[Row] = []
    for entry in range(entries):
        for judge in sorted(draw.choice(judges, reads, replace=False).tolist()):
            score = quality[entry] - severity[judge] + draw.normal(0, 0.5)
            rows.append((f"entry {entry:03}", f"judge {judge:02}", round(score * 4) / 4))
    return rows


def report(path: Path, wish: Wish = Wish(sensitivity="none"), **options: Path) -> Report:  # noqa: B008 - it is frozen
    return make_report(read_ballot(path, **options), wish)
