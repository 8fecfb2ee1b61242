"""Each judge left out in turn by the models beside the calibration: each begins where the fit with all came to rest.

The variances are found anew without the judge, by the same steps and to the same rest as a fit from nothing; there are
only fewer of them (`judging.leaving` has the calibration itself). This project's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats, Integers
from judging.gains import LEAST_DEVIATION, Point, Ridge, likely_deviation
from judging.henderson import Equations, Solution
from judging.leaving import Links
from judging.linkage import concurrence
from judging.mixed import HIGHEST, MixedPart, curvature_at, refusal, reml
from judging.reliability import FLAT, NoiseFit, likely_pseudo_scores, noise_fit
from judging.residuals import exact_estimates


@dataclass(frozen=True)
class Kept:
    """What is left of a part without a judge, on indices of its own; the members of these among all."""

    entry: Integers
    judge: Integers
    values: Floats
    weights: Floats
    entries: Integers
    judges: Integers
    level: float

    def equations(self) -> Equations:
        return Equations(
            self.entry, self.judge, self.values, self.weights, len(self.entries), len(self.judges)
        )

    def spread(self, estimate: Floats, count: int) -> Floats:
        """Estimates of these for all, NaN for the others."""
        result = np.full(count, np.nan)
        result[self.entries] = self.level + estimate
        return result


class _Leaving:
    """Scores of one part, local indices; every entry and judge has a score."""

    def __init__(
        self, entry: Integers, judge: Integers, values: Floats, weights: Floats, entries: int, judges: int
    ) -> None:
        self.entry, self.judge, self.values, self.weights = entry, judge, values, weights
        self.entries, self.judges = entries, judges
        self.links = Links(concurrence(entry, judge, weights, entries, judges)[0])
        self.whole = self.kept(np.arange(len(entry)))

    def kept(self, rows: Integers) -> Kept:
        entries, entry = np.unique(self.entry[rows], return_inverse=True)
        judges, judge = np.unique(self.judge[rows], return_inverse=True)
        level = float(self.values[rows].mean())
        return Kept(entry, judge, self.values[rows] - level, self.weights[rows], entries, judges, level)

    def others(self, judge: int) -> Kept | None:
        """None where what is left falls apart, is refused, or has no noise."""
        kept = self.kept(np.flatnonzero(self.judge != judge))
        sizes = len(kept.values), len(kept.entries), len(kept.judges)
        if not self.links.holds(judge) or refusal(kept.values, *sizes):
            return None
        return None if exact_estimates(kept.entry, kept.judge, kept.values) is not None else kept


class MixedLeaving(_Leaving):
    """The mixed model of one part; the part must have been fitted, not refused."""

    def __init__(
        self, entry: Integers, judge: Integers, values: Floats, weights: Floats, entries: int, judges: int
    ) -> None:
        super().__init__(entry, judge, values, weights, entries, judges)
        equations = self.whole.equations()
        self.ratios, self.solution, _ = reml(equations)
        self.curvature = curvature_at(equations, self.ratios)

    def without(self, judge: int) -> Floats | None:
        kept = self.others(judge)
        if kept is None:
            return None
        _ratios, solution = self.refitted(kept)
        return kept.spread(solution.level + solution.entries, self.entries)

    def refitted(self, kept: Kept) -> tuple[tuple[float, float], Solution]:
        equations = kept.equations()
        if max(self.ratios) < FLAT:
            ratios, solution, _ = reml(equations, self.ratios, self.curvature)
            if max(ratios) < FLAT:
                return ratios, solution
        # Near a boundary there can be a second top: it is for the fit from nothing to say which it finds.
        ratios, solution, _ = reml(equations)
        return ratios, solution


class ReliabilityLeaving(MixedLeaving):
    """Weights by each judge's noise."""

    def __init__(
        self, entry: Integers, judge: Integers, values: Floats, weights: Floats, entries: int, judges: int
    ) -> None:
        super().__init__(entry, judge, values, np.ones(len(values)), entries, judges)
        self.noise = self._begun(self.whole, self.ratios, self.solution)
        pull = likely_pseudo_scores(entry, judge, values)
        if not math.isinf(pull):
            self.noise = noise_fit(entry, judge, self.whole.values, self.noise, pull)

    def _begun(self, kept: Kept, ratios: tuple[float, float], solution: Solution) -> NoiseFit:
        common = solution.residual_variance
        return NoiseFit(ratios, solution, np.full(len(kept.judges), common), common, False)

    def without(self, judge: int) -> Floats | None:
        kept = self.others(judge)
        if kept is None:
            return None
        pull = likely_pseudo_scores(kept.entry, kept.judge, kept.values)
        if math.isinf(pull):
            _ratios, solution = self.refitted(kept)
            return kept.spread(solution.level + solution.entries, self.entries)
        if max(self.noise.ratios) >= FLAT:
            return None
        variances = self.noise.variances[kept.judges]
        equations = Equations(
            kept.entry,
            kept.judge,
            kept.values,
            self.noise.common / variances[kept.judge],
            len(kept.entries),
            len(kept.judges),
        )
        begun = NoiseFit(
            self.noise.ratios, equations.solve(*self.noise.ratios), variances, self.noise.common, False
        )
        found = noise_fit(kept.entry, kept.judge, kept.values, begun, pull, self.curvature)
        if max(found.ratios) >= FLAT or not found.settled:
            return None
        return kept.spread(found.solution.level + found.solution.entries, self.entries)


class GainLeaving(MixedLeaving):
    """Shrunk gains and offsets."""

    def __init__(
        self, entry: Integers, judge: Integers, values: Floats, weights: Floats, entries: int, judges: int
    ) -> None:
        super().__init__(entry, judge, values, np.ones(len(values)), entries, judges)
        self.point = self._lowest(self.whole, self.ratios, self.solution, None)

    def without(self, judge: int) -> Floats | None:
        kept = self.others(judge)
        if kept is None:
            return None
        ratios, solution = self.refitted(kept)
        point = self._lowest(kept, ratios, solution, self.point)
        if point is None:
            return kept.spread(solution.level + solution.entries, self.entries)
        return kept.spread(point.level + point.quality, self.entries)

    def _lowest(
        self, kept: Kept, ratios: tuple[float, float], solution: Solution, near: Point | None
    ) -> Point | None:
        """Gains and offsets of what is left; None where they are not fitted."""
        s2 = solution.residual_variance
        variances = [0.0 if ratio >= HIGHEST else s2 / ratio for ratio in ratios]
        width = likely_deviation(kept.entry, kept.judge, kept.values)
        if not variances[0] or width < LEAST_DEVIATION:
            return None
        part = MixedPart(
            tuple(range(len(kept.entries))), tuple(range(len(kept.judges))), len(kept.values),
            solution.level, variances[0], variances[1], s2, solution.log_likelihood,
        )  # fmt: skip
        ridge = Ridge(part, kept.entry, kept.judge, kept.values, width)
        if near is None:
            start = ridge.point(solution.level, solution.entries, solution.judges, np.ones(len(kept.judges)))
        else:
            start = ridge.point(
                solution.level,
                near.quality[kept.entries],
                near.offset[kept.judges],
                near.gain[kept.judges],
            )
        return ridge.lowest(start)[0]
