"""The known columns of a table, each as codes into its different texts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from awards.exchange.ranking.headers import Faults, find_columns
from awards.exchange.ranking.tables import Row, Table
from judging.arrays import Booleans, Integers


@dataclass(frozen=True)
class Column:
    """Texts of a column: the different ones, and for each row which of them."""

    texts: tuple[str, ...]
    codes: Integers

    def where(self, condition: Callable[[str], bool]) -> Booleans:
        """The rows whose text fulfils a condition."""
        chosen = np.array([condition(text) for text in self.texts], dtype=np.bool_)
        result: Booleans = chosen[self.codes] if len(chosen) else np.zeros(0, dtype=np.bool_)
        return result


@dataclass(frozen=True)
class Columns:
    """`rows`: the number in the table of each row that has something in it. `ignored`: unknown columns."""

    table: Table
    columns: dict[str, Column]
    rows: Integers
    ignored: tuple[str, ...]
    blank: int


class _Codes:
    """Numbers the different texts of a column in the order in which they come."""

    def __init__(self) -> None:
        # What is new gets the next number while it is looked up: one look at each cell.
        self.index: defaultdict[str, int] = defaultdict(count().__next__)
        self.parts: list[Integers] = []

    def add(self, texts: Sequence[str]) -> None:
        self.parts.append(np.fromiter(map(self.index.__getitem__, texts), np.int64, len(texts)))

    def column(self) -> Column:
        codes = np.concatenate(self.parts) if self.parts else np.zeros(0, dtype=np.int64)
        return Column(tuple(self.index), codes)


def read_columns(
    table: Table,
    needed: Sequence[Collection[str]],
    optional: Collection[str],
    faults: Faults,
    progress: Callable[[str], None] = lambda _text: None,
) -> Columns:
    """What `find_columns` finds, read."""
    taken, ignored = find_columns(table, needed, optional, faults)
    return _fill(table, taken, ignored, faults, progress)


def _fill(
    table: Table,
    taken: dict[str, int],
    ignored: tuple[str, ...],
    faults: Faults,
    progress: Callable[[str], None],
) -> Columns:
    codes = {name: _Codes() for name in taken}
    width, start, blank = len(table.header), 0, 0
    numbers: list[Integers] = []
    for chunk in table.chunks():
        places = np.arange(start, start + len(chunk))
        start += len(chunk)
        if set(map(len, chunk)) != {width}:
            chunk, places = _even(chunk, places, width, faults)
        columns = list(zip(*chunk, strict=True)) if chunk else []
        if columns and not all(map(str.strip, columns[next(iter(taken.values()))])):
            kept = [k for k, row in enumerate(chunk) if any(map(str.strip, row))]
            blank += len(chunk) - len(kept)
            columns, places = list(zip(*(chunk[k] for k in kept), strict=True)), places[kept]
        if columns:
            numbers.append(places)
            for name, place in taken.items():
                codes[name].add(columns[place])
        progress(f"{start:,} rows of {table.name} are read")
    rows = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
    return Columns(table, {name: one.column() for name, one in codes.items()}, rows, ignored, blank)


def _even(chunk: list[Row], places: Integers, width: int, faults: Faults) -> tuple[list[Row], Integers]:
    """Rows of one width. Cells that are missing at the end are empty; cells too many are a fault."""
    even, kept = [], []
    for row, place in zip(chunk, places.tolist(), strict=True):
        if any(map(str.strip, row[width:])):
            faults.row(place, f"there are {len(row)} cells under {width} columns")
        else:
            even.append(row[:width] + [""] * (width - len(row)))
            kept.append(place)
    return even, np.array(kept, dtype=np.int64)


def no_empty(columns: Columns, names: Iterable[str], faults: Faults) -> None:
    for name in names:
        empty = columns.columns[name].where(lambda text: not text.strip())
        for place in np.flatnonzero(empty).tolist():
            faults.row(int(columns.rows[place]), f"the {name} is empty")
