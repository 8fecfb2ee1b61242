"""Lists of judges and of entries that stand beside the scores: who is from where, what is in which category."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from awards.exchange.ranking.columns import no_empty, read_columns
from awards.exchange.ranking.headers import Faults
from awards.exchange.ranking.tables import open_table

SHOWN = 5


@dataclass(frozen=True)
class Roster:
    """`fields`: by column, then by name; empty cells are left out."""

    file: str = ""
    what: str = ""
    names: frozenset[str] = frozenset()
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def missing(self, names: Sequence[str]) -> list[str]:
        """A note on those who score or are scored and are not in the list."""
        absent = [name for name in names if name not in self.names] if self.file else []
        return [f"{self.file}: {_some(absent, self.what)} not in it."] if absent else []

    def unused(self, names: Sequence[str]) -> list[str]:
        """A note on those in the list without a score."""
        idle = sorted(self.names - set(names))
        return [f"{self.file}: {_some(idle, self.what)} without a score."] if idle else []


def read_roster(path: Path, what: str, fields: Sequence[str]) -> Roster:
    """Columns `what` or `name`, and any of `fields`. Raises `BadFolder`."""
    table = open_table(path, (what, "name", *fields))
    faults = Faults(table)
    columns = read_columns(table, [(what, "name")], fields, faults)
    no_empty(columns, [what], faults)
    column = columns.columns[what]
    names = [column.texts[code] for code in column.codes.tolist()]
    first: dict[str, int] = {}
    for row, name in zip(columns.rows.tolist(), names, strict=True):
        if name in first:
            faults.row(
                row,
                f"{name.replace('{', '{{').replace('}', '}}')} is there twice; first on line {{}}",
                see=first[name],
            )
        first.setdefault(name, row)
    faults.refuse()
    found: dict[str, dict[str, str]] = {}
    for one in fields:
        if one in columns.columns:
            cells = columns.columns[one]
            values = (cells.texts[code].strip() for code in cells.codes.tolist())
            found[one] = {name: value for name, value in zip(names, values, strict=True) if value}
    note = f"{table.name}: {table.found}."
    if columns.ignored:
        note += f" Ignored: {', '.join(columns.ignored)}."
    return Roster(table.name, what, frozenset(names), found, (note,))


def _some(names: Sequence[str], what: str) -> str:
    shown = ", ".join(names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    word = {"entry": "entries", "judge": "judges"}[what] if len(names) > 1 else what
    return f"{len(names)} {word} ({shown}{more}) {'are' if len(names) > 1 else 'is'}"
