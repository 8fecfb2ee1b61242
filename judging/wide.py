"""The fit of a part that is too large for a table of entries by judges; everything else is `judging.parts`.

Estimates, the ratio and errors are those of `judging.sized`. The factors of the covariance are drawn (`judging.sketch`)
and scaled to the errors, so that they have tens of columns instead of one for each judge: errors of single numbers are
as exact as they can be had, correlations between them are right to a tenth or so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from judging.arrays import Booleans, Floats, Integers
from judging.crossed import Crossed
from judging.official import six_digits
from judging.parts import Fit, PartData, PartFit, cut_by
from judging.sized import EXACT_UP_TO, Sized, fit_sized
from judging.sketch import Sketch, Solve, sketch

MOST_DRAWS, FEWEST_DRAWS, CELLS = 96, 32, 3_200_000
FIEDLER_STEPS = 40


@dataclass(frozen=True)
class WidePart(PartData):
    """Scores of one connected part, sorted by entry."""

    @cached_property
    def crossed(self) -> Crossed:
        even = bool(np.all(self.weights == 1))
        return Crossed.build(
            self.entry, self.judge, None if even else self.weights, self.entries, self.judges
        )

    @property
    def load(self) -> Floats:
        return self.crossed.entry_load

    def balanced(self) -> bool:
        if len(self.values) != self.entries * self.judges:
            return False
        first = np.empty(self.judges)
        first[self.judge[: self.judges]] = self.weights[: self.judges]
        return bool(np.all(self.weights == first[self.judge]))

    def seen_by(self, estimate: Floats) -> Floats:
        result: Floats = self.crossed.by_judge(estimate[self.entry]) / self.crossed.judge_load
        return result

    def weakest_cut(self) -> tuple[Booleans, float] | None:
        """By inverse iteration, which is the quicker the weaker the link: only a weak one matters."""
        generator = np.random.default_rng(0)
        vector = generator.standard_normal(self.judges)
        vector -= vector.mean()
        for _ in range(FIEDLER_STEPS):
            new, _ = self.crossed.solve(vector / float(np.linalg.norm(vector)), 0.0, tolerance=1e-4)
            new -= new.mean()
            still = float(vector @ new) / float(np.linalg.norm(vector) * np.linalg.norm(new))
            vector = new
            if 1 - still < 1e-6:
                break
        cut = cut_by(vector)
        if cut is None:
            return None
        side, contrast = cut
        solved, _ = self.crossed.solve(contrast, 0.0, tolerance=1e-8)
        return side, float(contrast @ solved)


def fit_wide(data: WidePart, *, least_squares: bool, forced: tuple[Fraction | None] | None = None) -> PartFit:
    """
    Fit one connected part; parameters as `judging.parts.fit_part`.

    The draws are seeded by the part's size, so that the same sheets always have the same factors; criteria over the
    same sheets share them, which is what carries their correlations into a total.
    """
    crossed, level = data.crossed, float(data.values[0])
    y = data.values - level
    mean = crossed.by_entry(y) / crossed.entry_load
    within = y - mean[data.entry]
    unknown_e, unknown_j = np.full(data.entries, np.nan), np.full(data.judges, np.nan)
    plain = PartFit(
        fit=Fit.ONE_JUDGE,
        ratio=None,
        residual_variance=None,
        judge_variance=None,
        log_likelihood=None,
        raw=mean + level,
        estimate=mean + level,
        se=unknown_e,
        own=unknown_e,
        severity=unknown_j,
        severity_se=unknown_j,
        residual=within,
        fit_square=unknown_j,
        spread_severity=np.zeros((data.entries, 0)),
        spread_noise=np.zeros((data.entries, 0)),
        judge_severity=np.zeros((data.judges, 0)),
        judge_noise=np.zeros((data.judges, 0)),
    )
    if np.all(y == 0):
        return replace(plain, fit=Fit.ALL_EQUAL)
    if data.judges == 1:
        return plain
    if data.dof <= 0:
        return replace(plain, fit=Fit.NO_FREEDOM)
    ratio = None
    if forced is not None:
        ratio = math.inf if forced[0] is None else float(forced[0])
    found = fit_sized(
        crossed,
        within,
        np.random.default_rng((0, 1)),
        least_squares=least_squares,
        forced=ratio,
        six=True,
        exact_up_to=EXACT_UP_TO,
        errors=False,
    )
    exact = found.residual_variance == 0.0
    effects = found.free if exact else found.effects
    estimate = plain.raw - crossed.seen(effects)
    done = replace(
        plain,
        fit=Fit.EXACT if exact else Fit.LEAST_SQUARES if least_squares else Fit.REML,
        estimate=estimate,
        severity=-effects,
        residual=within - effects[data.judge] + crossed.seen(effects)[data.entry],
        converged=found.converged,
    )
    if exact:
        return done
    free = _drawn(crossed, found, 0.0, data)
    done = replace(done, fit_square=_fit_square(data, found, free))
    published = None
    if forced is not None:
        published = forced[0]
    elif found.ratio is not None and math.isfinite(found.ratio):
        published = six_digits(found.ratio)
    return _with_errors(done, data, found, free if least_squares else None, published)


def _with_errors(
    done: PartFit, data: WidePart, found: Sized, free: Sketch | None, published: Fraction | None
) -> PartFit:
    crossed, s2, ratio = data.crossed, found.residual_variance, found.ratio
    sigma = math.sqrt(s2)
    done = replace(
        done,
        residual_variance=s2,
        log_likelihood=found.log_likelihood,
        own=sigma / np.sqrt(crossed.entry_load),
    )
    if ratio is not None:
        infinite = math.isinf(ratio)
        done = replace(
            done,
            ratio=published,
            judge_variance=0.0 if infinite else s2 / ratio,
        )
        if infinite:
            return replace(done, se=done.own, severity_se=np.zeros(data.judges))
        free = _drawn(crossed, found, ratio, data)
    if free is None:
        raise ValueError("least squares need their draws")
    return replace(
        done,
        se=sigma * np.sqrt(free.entries),
        severity_se=sigma * np.sqrt(free.judges),
        spread_severity=sigma * free.entry_severity,
        spread_noise=sigma * free.entry_noise,
        judge_severity=sigma * free.judge_severity,
        judge_noise=sigma * free.judge_noise,
    )


def _drawn(crossed: Crossed, found: Sized, ratio: float, data: WidePart) -> Sketch:
    draws = min(max(CELLS // max(data.entries, data.judges), FEWEST_DRAWS), MOST_DRAWS)
    fitted = (found.ratio or 0.0) == ratio
    solve: Solve | None = found.solve if fitted else None
    known = fitted and bool(np.isfinite(found.entries).all())
    return sketch(
        crossed,
        ratio,
        draws,
        np.random.default_rng((0, 2)),
        solve=solve,
        exact=(found.entries, found.judges) if known else None,
    )


def _fit_square(data: WidePart, found: Sized, free: Sketch) -> Floats:
    """As in `judging.parts`, with leverages from the draws."""
    crossed, judge, entry = data.crossed, data.judge, data.entry
    seen = np.zeros(len(judge))
    for of_judges, of_entries in zip(free.judge_noise.T, free.entry_noise.T, strict=True):
        seen += (of_judges[judge] - of_entries[entry]) ** 2
    expected = 1.0 / data.weights - 1.0 / crossed.entry_load[entry] - seen
    left = data.values - data.values[0]
    left = left - (crossed.by_entry(left) / crossed.entry_load)[entry]
    left = left - found.free[judge] + crossed.seen(found.free)[entry]
    squares, wanted = crossed.by_judge(left**2), crossed.by_judge(expected)
    s2 = found.rss / data.dof
    result = np.full(data.judges, np.nan)
    # A judge whose severity takes up all there is shows no noise; draws cannot tell that from very little.
    known = wanted > 0.05
    result[known] = squares[known] / (wanted[known] * s2)
    return result


def sorted_by_entry(entry: Integers, judge: Integers) -> Integers | None:
    """The order that sorts sheets by entry, then judge; None where they are."""
    if np.all((entry[1:] > entry[:-1]) | ((entry[1:] == entry[:-1]) & (judge[1:] > judge[:-1]))):
        return None
    return np.lexsort((judge, entry))
