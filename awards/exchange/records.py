"""The records of past editions: a CSV file, one line a winner (columns: awards.publication.archive)."""

import csv
from pathlib import Path

from awards.errors import Invalid
from awards.exchange.rows import ENCODING, BadFolder, Problem
from awards.publication.archive import ArchiveRow, read_rows


def read_records(path: Path) -> list[ArchiveRow]:
    """Every row, or BadFolder with all that is wrong."""
    try:
        text = path.read_text(encoding=ENCODING)
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFolder([Problem(path.name, 0, f"it cannot be read: {problem}")]) from problem
    try:
        return read_rows(csv.DictReader(text.splitlines()))
    except Invalid as bad:
        problems = [Problem(path.name, _line(where), said) for where, said in bad.errors.items()]
        raise BadFolder(problems) from bad


def _line(where: str) -> int:
    number = where.removeprefix("row ")
    return int(number) if number.isdigit() else 0
