"""Whether a mark could be worked out from what a pack says. Pure.

From the sums of a part a mark cannot be worked out when there is another table of marks on the same scale with the same
sums of every entry and every label, the same sum of squares, and another mark in that place. Such tables are looked for
by moving marks by one step around cycles (up, down, up, down), which leaves all sums as they are, and by joining two
cycles that change the sum of squares by as much, one up and one down. Where none is found the mark counts as told: the
search errs on the side of silence.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from judging.rounds import RoundInputs
from judging.scoring import Table

Edge = tuple[int, int]
# With fewer marks that the sums leave free, somebody could try them all against a published hash of the inputs.
FEWEST_FREE = 100
# From fewer marks, a judge who knows their own would know the other.
FEWEST_READS = 3
FEWEST_JUDGES = 3
# How often another cycle is looked for that moves a mark.
TRIES = 60


class Cycle:
    """Marks that go up and down by a step, and by how much the sum of squares changes with it."""

    def __init__(self, path: Sequence[tuple[Edge, int]], marks: Mapping[Edge, int]) -> None:
        self.edges = frozenset(edge for edge, _way in path)
        self.change = sum(2 * marks[edge] * way + 1 for edge, way in path)


class Board:
    """The marks of one criterion, and along which of them a mark can go up or down."""

    def __init__(self, marks: Mapping[Edge, int], top: int) -> None:
        self.marks, self.top = marks, top
        self.labels: dict[int, list[int]] = defaultdict(list)
        self.entries: dict[int, list[int]] = defaultdict(list)
        for entry, label in marks:
            self.labels[entry].append(label)
            self.entries[label].append(entry)

    def may(self, edge: Edge, way: int) -> bool:
        return 0 <= self.marks[edge] + way <= self.top

    def cycle(self, edge: Edge, way: int, chance: random.Random, *, wide: bool) -> Cycle | None:
        """A cycle that moves this mark, another one each time; `wide` looks beyond squares."""
        if not self.may(edge, way):
            return None
        return (not wide and self._square(edge, way, chance)) or self._longer(edge, way, chance)

    def _square(self, edge: Edge, way: int, chance: random.Random) -> Cycle | None:
        """Of two entries and two labels: nearly always there is one."""
        entry, label = edge
        for other in chance.sample(self.labels[entry], len(self.labels[entry])):
            if other == label or not self.may((entry, other), -way):
                continue
            shared = [one for one in self.entries[label] if one != entry and (one, other) in self.marks]
            fitting = [one for one in shared if self.may((one, label), -way) and self.may((one, other), way)]
            if fitting:
                one = chance.choice(fitting)
                path = [(edge, way), ((one, label), -way), ((one, other), way), ((entry, other), -way)]
                return Cycle(path, self.marks)
        return None

    def _longer(self, edge: Edge, way: int, chance: random.Random) -> Cycle | None:
        entry, label = edge
        came: dict[tuple[bool, int], tuple[bool, int]] = {(True, label): (False, entry)}
        front: list[tuple[bool, int]] = [(True, label)]
        while front:
            following = []
            for here in front:
                for there, crossed in self._beside(here, chance):
                    if there in came or crossed == edge or not self.may(crossed, -way if here[0] else way):
                        continue
                    came[there] = here
                    if there == (False, entry):
                        return Cycle(self._path(came, edge, way), self.marks)
                    following.append(there)
            front = following
        return None

    def _beside(
        self, here: tuple[bool, int], chance: random.Random
    ) -> Iterator[tuple[tuple[bool, int], Edge]]:
        is_label, number = here
        near = (self.entries if is_label else self.labels)[number]
        start = chance.randrange(len(near))
        for other in (*near[start:], *near[:start]):
            yield (not is_label, other), (other, number) if is_label else (number, other)

    def _path(
        self, came: Mapping[tuple[bool, int], tuple[bool, int]], edge: Edge, way: int
    ) -> list[tuple[Edge, int]]:
        path, here = [(edge, way)], (False, edge[0])
        while here != (True, edge[1]):
            before = came[here]
            crossed = (here[1], before[1]) if before[0] else (before[1], here[1])
            path.append((crossed, -way if before[0] else way))
            here = before
        return path


def told(marks: Mapping[Edge, int], top: int) -> set[Edge]:
    """The marks for which no other table was found."""
    board, chance = Board(marks, top), random.Random(0)  # noqa: S311  # where to look first, no secret
    found: dict[int, list[Cycle]] = defaultdict(list)
    left = set(marks)
    for edge in sorted(marks):
        for attempt in range(TRIES):
            if edge not in left:
                break
            way, wide = (1, -1)[attempt % 2], attempt >= TRIES // 2
            cycle = board.cycle(edge, way, chance, wide=wide)
            if cycle is None:
                continue
            if cycle.change == 0:
                left -= cycle.edges
            for other in found[-cycle.change]:
                if not cycle.edges & other.edges:
                    left -= cycle.edges | other.edges
                    break
            found[cycle.change].append(cycle)
    return left


def sums_tell(table: Table) -> Iterator[str]:
    """Why sums of this round cannot be published; nothing where they can."""
    free = 0
    if weights_differ(table):
        yield "Marks weigh by confidence, so that sums would tell them apart."
    for number, code in enumerate(table.criteria):
        entry, judge = table.entry[number].tolist(), table.judge[number].tolist()
        scale = next(one.scale for one in table.inputs.criteria if one.code == code)
        milli = table.milli[number].tolist()
        marks = {
            (e, j): (y - scale.origin_milli) // scale.step_milli
            for e, j, y in zip(entry, judge, milli, strict=True)
        }
        free += len(marks) - len(set(entry)) - len(set(judge))
        if marks and min(Counter(entry).values()) < FEWEST_READS:
            yield f"In the criterion {code} an entry has fewer than {FEWEST_READS} marks."
        elif told(marks, scale.top):
            yield f"In the criterion {code} a mark could be worked out from the sums."
    if free < FEWEST_FREE:
        yield "There are so few marks that somebody could try all that have these sums."


def weights_differ(table: Table) -> bool:
    return table.inputs.method.confidence and any(len(set(one.tolist())) > 1 for one in table.confidence)


def labels_tell(inputs: RoundInputs) -> Iterator[str]:
    """Why marks by label cannot be published: who never reads a country may be the judge who comes from it."""
    if inputs.own_country_sheets():
        return  # whoever may read their own country is not given away by what they do not read
    country = {entry.id: entry.country for entry in inputs.entries}
    read: dict[str, set[str]] = defaultdict(set)
    for sheet in inputs.sheets:
        read[sheet.judge].add(country[sheet.entry])
    for countries in read.values():
        fitting = [judge for judge in inputs.judges if not countries & set(judge.countries)]
        if len(fitting) < FEWEST_JUDGES and any(judge.countries for judge in inputs.judges):
            yield "By what a label did not read, its judge could be told from the others."
            return
