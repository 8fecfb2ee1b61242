"""Each judge left out in turn: what the same method would decide of the other scores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores
from awards.exchange.ranking.fitted import PLAIN, By, Decided, Numbers, rounded
from awards.exchange.ranking.fitting import decide_one
from awards.exchange.ranking.totals import decide
from judging.arrays import Floats, Integers
from judging.leaving import CalibratedLeaving, Leaving, Links
from judging.leaving_models import GainLeaving, MixedLeaving, ReliabilityLeaving
from judging.leaving_plain import PlainLeaving
from judging.linkage import concurrence, connected_parts
from judging.methods import Plain
from judging.mixed import refusal
from judging.residuals import exact_estimates

SHORT: dict[By, Callable[[Integers, Integers, Floats, Floats, int, int], Leaving]] = {
    By.CALIBRATED: CalibratedLeaving,
    By.MIXED: MixedLeaving,
    By.RELIABILITY: ReliabilityLeaving,
    By.GAIN_OFFSET: GainLeaving,
}
WEIGHED = (By.CALIBRATED, By.MIXED)
# Small calibrations are quick with their exact numbers.
EXACT_CELLS, EXACT_JUDGES = 20_000, 60
# Of a part: a few tables of entries by judges are kept.
MOST_CELLS = 10_000_000


class LeaveOut:
    """`criteria` is what was decided with all judges."""

    def __init__(
        self, ballot: Ballot, method: By, criteria: Sequence[Numbers], weights: Sequence[int]
    ) -> None:
        self.ballot, self.weights = ballot, weights
        self.criteria = [_Criterion(ballot, number, method, one) for number, one in enumerate(criteria)]

    def without(self, judge: int) -> Numbers:
        return decide([one.without(judge) for one in self.criteria], self.weights)


@dataclass
class _Part:
    entries: Integers
    judges: Integers
    leaving: Leaving | None


class _Criterion:
    def __init__(self, ballot: Ballot, number: int, method: By, decided: Numbers) -> None:
        self.ballot, self.number, self.method, self.decided = ballot, number, method, decided
        self.scores: Scores = ballot.criteria[number]
        entries, judges = len(ballot.entries), len(ballot.judges)
        _, self.part, self.judge_part = connected_parts(self.scores.entry, self.scores.judge, entries, judges)
        self.parts: dict[int, _Part] = {}
        self.plain: PlainLeaving | None = None
        self.links: dict[int, tuple[Integers, Links]] = {}
        few = entries * judges <= EXACT_CELLS and judges <= EXACT_JUDGES
        self.short = not (method is By.CALIBRATED and few)

    def without(self, judge: int) -> Numbers:
        number = int(self.judge_part[judge])
        if number < 0:
            return self.decided
        found = self._plainly(judge, number) if self.method in PLAIN else self._shortly(judge, number)
        if found is not None:
            return found
        kept = self.scores.keep(self.scores.judge != judge)
        criteria = tuple(
            kept if place == self.number else one for place, one in enumerate(self.ballot.criteria)
        )
        return decide_one(replace(self.ballot, criteria=criteria), self.number, self.method)

    def _plainly(self, judge: int, number: int) -> Numbers | None:
        """Official numbers as ever; None where what is left falls apart."""
        members = np.flatnonzero(self.judge_part == number)
        if number not in self.links:
            entries = np.flatnonzero(self.part == number)
            if len(entries) * len(members) > MOST_CELLS:
                return None
            rows = self.part[self.scores.entry] == number
            table, _ = concurrence(
                np.searchsorted(entries, self.scores.entry[rows]),
                np.searchsorted(members, self.scores.judge[rows]),
                np.ones(int(rows.sum())),
                len(entries),
                len(members),
            )
            self.links[number] = members, Links(table)
        if len(members) > 1 and not self.links[number][1].holds(int(np.searchsorted(members, judge))):
            return None
        if self.plain is None:
            self.plain = PlainLeaving(
                Plain(self.method.value),
                self.scores.entry,
                self.scores.judge,
                self.scores.units,
                len(self.ballot.entries),
                len(self.ballot.judges),
            )
        official = self.plain.without(judge)
        there = np.array([one is not None for one in official], dtype=np.bool_)
        return Decided(official, np.where(there, self.part, -1))

    def _shortly(self, judge: int, number: int) -> Numbers | None:
        """None where there is no shorter way than fitting what is left."""
        if not self.short or self.method not in SHORT:
            return None
        if number not in self.parts:
            self.parts[number] = self._begin(number)
        part = self.parts[number]
        found = (
            None if part.leaving is None else part.leaving.without(int(np.searchsorted(part.judges, judge)))
        )
        if found is None:
            return None
        official = list(self.decided.official)
        for entry, value in zip(part.entries.tolist(), rounded(found * self.ballot.unit), strict=True):
            official[entry] = value
        there = np.array([one is not None for one in official], dtype=np.bool_)
        return Decided(tuple(official), np.where(there, self.part, -1))

    def _begin(self, number: int) -> _Part:
        entries, judges = np.flatnonzero(self.part == number), np.flatnonzero(self.judge_part == number)
        rows = np.flatnonzero(self.part[self.scores.entry] == number)
        values: Floats = self.ballot.values(self.number)[rows]
        entry = np.searchsorted(entries, self.scores.entry[rows])
        judge = np.searchsorted(judges, self.scores.judge[rows])
        if (
            len(entries) * len(judges) > MOST_CELLS
            or refusal(values, len(rows), len(entries), len(judges))
            or exact_estimates(entry, judge, values) is not None
        ):
            return _Part(entries, judges, None)
        weights = self.scores.weights if self.method in WEIGHED else None
        own = np.ones(len(rows)) if weights is None else weights[rows]
        return _Part(
            entries, judges, SHORT[self.method](entry, judge, values, own, len(entries), len(judges))
        )
