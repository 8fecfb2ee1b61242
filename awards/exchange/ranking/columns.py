"""The known columns of a table, each as codes into its different texts, and the rows that cannot be read."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from awards.exchange.ranking.tables import Row, Table, plain
from awards.exchange.rows import BadFolder, Problem
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


@dataclass
class Faults:
    """What is wrong with a table, row by row; lines are looked up once at the end."""

    table: Table
    found: list[tuple[int, str]] = field(default_factory=list)
    pointers: dict[int, int] = field(default_factory=dict)
    whole: list[Problem] = field(default_factory=list)

    def row(self, row: int, reason: str, *, see: int | None = None) -> None:
        """`see`: another row, whose line stands in the reason as {}."""
        if see is not None:
            self.pointers[len(self.found)] = see
        self.found.append((row, reason))

    def rows(self, which: Booleans, numbers: Integers, reason: Callable[[int], str]) -> None:
        for place in np.flatnonzero(which).tolist():
            self.row(int(numbers[place]), reason(place))

    def file(self, reason: str, line: int = 0) -> None:
        self.whole.append(Problem(self.table.name, line, reason))

    def refuse(self) -> None:
        """Raises `BadFolder` with everything that was found, by line; returns where nothing was."""
        if not self.found and not self.whole:
            return
        lines = self.table.lines({row for row, _ in self.found} | set(self.pointers.values()))
        problems = []
        for number, (row, reason) in enumerate(self.found):
            if number in self.pointers:
                reason = reason.format(lines[self.pointers[number]])
            problems.append(Problem(self.table.name, lines[row], reason))
        raise BadFolder(self.whole + sorted(problems, key=lambda problem: problem.line))


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
    """
    The columns that are known, whatever their order. Each of `needed` is a choice of names, the first found is
    taken and filed under the first name. Raises `BadFolder` where one is missing or is there twice.
    """
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(table.header):
        places.setdefault(plain(cell), []).append(place)
    taken: dict[str, int] = {}
    for choice in [*needed, *([name] for name in optional)]:
        first, name = next(iter(choice)), next((name for name in choice if name in places), None)
        if name is None:
            if choice in needed:
                there = ", ".join(cell.strip() for cell in table.header if cell.strip())
                faults.file(f"the column {' or '.join(choice)} is missing; there are: {there}", 1)
            continue
        if len(places[name]) > 1:
            faults.file(f"the column {name} is there {len(places[name])} times", 1)
        taken[first] = places[name][0]
    faults.refuse()
    ignored = tuple(
        cell.strip()
        for place, cell in enumerate(table.header)
        if cell.strip() and place not in taken.values()
    )
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
