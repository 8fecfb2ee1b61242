"""The fields of an answer, as a form or autosave.js sends them. Pure.

An answer is one field, or several under its name: answer.day, answer.month and answer.year of a date, answer.0.after
of the first row of a table of indicators. The names tell which; the question decides what it makes of them.
"""

import re
from collections.abc import Mapping, Sequence

from awards.entries.kinds import CELLS

DATE = ("day", "month", "year")
# No table of ours is longer; who invents names of fields makes none longer either.
MOST_ROWS = 40
ANSWER = "answer"


def field_name(code: str) -> str:
    """Where a page holds several questions."""
    return f"{ANSWER}-{code}"


def typed_answer(fields: Mapping[str, Sequence[str]], name: str = ANSWER) -> tuple[str, ...]:
    """Text, ticked answers, the three parts of a date, or the cells of a table row by row."""
    if any(f"{name}.{part}" in fields for part in DATE):
        return tuple(_last(fields, f"{name}.{part}") for part in DATE)
    if rows := _rows(fields, name):
        return tuple(_last(fields, f"{name}.{row}.{cell}") for row in rows for cell in CELLS)
    return tuple(fields.get(name, ()))


def _rows(fields: Mapping[str, Sequence[str]], name: str) -> list[int]:
    cell = re.compile(rf"{re.escape(name)}\.(\d{{1,3}})\.(?:{'|'.join(CELLS)})")
    return sorted({int(found[1]) for each in fields if (found := cell.fullmatch(each))})[:MOST_ROWS]


def _last(fields: Mapping[str, Sequence[str]], name: str) -> str:
    values = fields.get(name, ())
    return values[-1] if values else ""
