"""Which columns of a table are known, and the rows that cannot be read."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awards.exchange.ranking.tables import Table, plain
from awards.exchange.rows import BadFolder, Problem

if TYPE_CHECKING:
    from judging.arrays import Booleans, Integers


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

    def rows(self, which: "Booleans", numbers: "Integers", reason: Callable[[int], str]) -> None:
        for place in which.nonzero()[0].tolist():
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


def find_columns(
    table: Table, needed: Sequence[Collection[str]], optional: Collection[str], faults: Faults
) -> tuple[dict[str, int], tuple[str, ...]]:
    """
    The place of each column that is known, whatever their order, and the columns that are not.

    Each of `needed` is a choice of names, the first found is taken and filed under the first name. Raises
    `BadFolder` where one is missing or is there twice.
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
    return taken, ignored
