"""Judges who use more or less of the scale: gain and offset, both shrunk.

``y = mu + a_j + g_j q_e + eps`` with ``g_j ~ N(1, tau^2)``, ``a_j ~ N(0, sigma_J2)``, ``q_e ~ N(0, sigma_E2)``; tau by
moments from the judges' slopes on what others gave (`likely_deviation`), so that nothing is fitted where judges use the
scale alike; variances from the mixed model, then the most likely values by Gauss and Newton's steps with the entries
eliminated, each step halved until the penalised sum of squares falls. Roos, Rothe and Scheuermann 2011
(https://ojs.aaai.org/index.php/AAAI/article/view/7847) fit a linear model to each reviewer without shrinking,
which breaks down on weak graphs. Errors are those of the last linear step, the variances taken as known: the covariance
of a normal posterior at its peak (Laplace), with the products of gain and quality linearised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, frozen
from judging.calibration import Covariance
from judging.linkage import connected_parts
from judging.mixed import MixedPart, mixed_model, not_converged
from judging.notices import Notice
from judging.paired import paired_if_sparse
from judging.prediction import part_errors, side_by_side
from judging.residuals import additive_fit
from judging.scores import checked
from judging.watching import tell

LEAST_DEVIATION = 0.01  # gains nearer to each other are taken to be one
LEAST_MARKS = 4  # of a judge, for a slope with an error
STEPS = 100
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Gains:
    """
    Result of the fit. Arrays are read-only; NaN stands for "not estimated".

    Parameters
    ----------
    estimate : ndarray, shape (E,)
        ``mu + q_e``, scale units.
    severity : ndarray, shape (J,)
        Minus the offset: positive for a judge who gives less to an entry of middling quality.
    gain : ndarray, shape (J,)
        1 is as wide as the others, more is wider.
    se, severity_se, gain_se : ndarray, shapes (E,), (J,), (J,)
        Standard errors; where gains were not fitted those of the mixed model, and NaN for the gain.
    covariance : Covariance
        Of the estimates, for draws.
    parts : tuple of MixedPart
        Variances as the mixed model has them, with the level of this fit.
    deviations : tuple of float
        tau of each part; 0 where gains were not fitted.
    notices : tuple of Notice
    """

    estimate: Floats
    severity: Floats
    gain: Floats
    se: Floats
    severity_se: Floats
    gain_se: Floats
    covariance: Covariance
    parts: tuple[MixedPart, ...]
    deviations: tuple[float, ...]
    notices: tuple[Notice, ...]


def gain_offset(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    entries: int | None = None,
    judges: int | None = None,
    deviation: float | None = None,
) -> Gains:
    """
    Fit shrunk gains and offsets, each connected part by itself.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    values : array_like, shape (n,)
        Scale units.
    entries, judges : int, optional
        E and J; default: one more than the highest index.
    deviation : float, optional
        tau, the standard deviation of gains about 1; default: `likely_deviation` of each part.

    Returns
    -------
    Gains

    Raises
    ------
    ValueError
        As `mixed_model`; `deviation` is not positive.
    """
    if deviation is not None and not deviation > 0:
        raise ValueError(f"deviation must be positive, not {deviation}")
    e, j, y, _ = checked(entry, judge, values, None, entries, judges)
    start = mixed_model(e, j, y, entries=entries, judges=judges)
    estimate, severity = np.array(start.estimate), np.array(start.severity)
    se, severity_se = np.array(start.se), np.array(start.severity_se)
    gain = np.where(np.isfinite(severity), 1.0, np.nan)
    gain_se = np.full(len(gain), np.nan)
    notices = list(start.notices)
    together: list[tuple[Integers, Floats, Floats]] = []
    _, part_of_entry, _ = connected_parts(e, j, len(estimate), len(severity))
    parts, deviations = list(start.parts), [0.0] * len(start.parts)
    for number, part in enumerate(start.parts):
        if not part.entry_variance or part.residual_variance is None:
            continue
        rows = np.flatnonzero(part_of_entry[e] == number)
        here_e, here_j = np.array(part.entries), np.array(part.judges)
        local = np.searchsorted(here_e, e[rows]), np.searchsorted(here_j, j[rows])
        width = likely_deviation(*local, y[rows]) if deviation is None else deviation
        if width < LEAST_DEVIATION:
            predicted = part_errors(part, *local, np.ones(len(rows)))
            if predicted is not None:
                together.append((here_e, *predicted))
            continue
        ridge = Ridge(part, *local, y[rows], width)
        begun = ridge.point(
            part.level, start.estimate[here_e] - part.level, -start.severity[here_j], np.ones(len(here_j))
        )
        found, settled = ridge.lowest(begun)
        parts[number], deviations[number] = replace(part, level=found.level), width
        estimate[here_e] = found.level + found.quality
        severity[here_j], gain[here_j] = -found.offset, found.gain
        own, factor, severity_se[here_j], gain_se[here_j] = ridge.errors(found)
        se[here_e] = np.sqrt(own**2 + np.sum(factor**2, axis=1))
        together.append((here_e, own, factor))
        if not settled:
            notices.append(not_converged(here_e, here_j))
    return Gains(
        estimate=frozen(estimate),
        severity=frozen(severity),
        gain=frozen(gain),
        se=frozen(se),
        severity_se=frozen(severity_se),
        gain_se=frozen(gain_se),
        covariance=side_by_side(len(estimate), together),
        parts=tuple(parts),
        deviations=tuple(deviations),
        notices=tuple(notices),
    )


def likely_deviation(entry: Integers, judge: Integers, values: Floats) -> float:
    """
    How much judges' gains differ about their mean, as a standard deviation in parts of it; 0 where no more than by chance.

    Each judge's marks are regressed on the mean that the others gave the same entries, severity taken out: a judge's
    own noise stands on one side only, or a noisy judge would look wide. What slopes scatter beyond their own errors
    is the variance of gains, by moments (DerSimonian and Laird 1986, Controlled Clinical Trials 7, 177-188, with equal
    weights); noise in the others' mean flattens all slopes alike, so it is told in parts of the mean slope. Fewer than
    three judges with four such marks are taken to be alike.
    """
    fit = additive_fit(entry, judge, values, errors=False)
    marks = values - fit.effects[judge]
    loads = np.bincount(entry)[entry]
    shared = loads > 1
    others = (np.bincount(entry, marks)[entry] - marks)[shared] / (loads[shared] - 1)
    judge, marks = judge[shared], marks[shared]
    counts = np.bincount(judge)
    given = np.maximum(counts, 1)
    x = others - (np.bincount(judge, others) / given)[judge]
    y = marks - (np.bincount(judge, marks) / given)[judge]
    squares = np.bincount(judge, x**2)
    known = (counts >= LEAST_MARKS) & (squares > 0)
    if known.sum() < 3:
        return 0.0
    slopes = np.bincount(judge, x * y) / np.where(known, squares, 1.0)
    rests = np.bincount(judge, (y - slopes[judge] * x) ** 2)[known] / (counts[known] - 2)
    slopes = slopes[known]
    beyond = float(np.var(slopes, ddof=1) - np.mean(rests / squares[known]))
    mean = float(slopes.mean())
    return math.sqrt(beyond) / mean if beyond > 0 and mean > 0 else 0.0


@dataclass(frozen=True)
class Point:
    """Level, qualities, offsets and gains, and the residuals that they leave."""

    level: float
    quality: Floats
    offset: Floats
    gain: Floats
    rest: Floats
    cost: float


class Ridge:
    """The penalised sum of squares of one part, in units of the residual variance."""

    def __init__(
        self, part: MixedPart, entry: Integers, judge: Integers, values: Floats, deviation: float
    ) -> None:
        self.entry, self.judge, self.values = entry, judge, values
        self.entries, self.judges = len(part.entries), len(part.judges)
        s2 = self.s2 = part.residual_variance or 0.0
        self.pull_q = s2 / (part.entry_variance or 1.0)
        # Without judges' variance the offsets are held at 0.
        self.pull_a = s2 / part.judge_variance if part.judge_variance else 1e9
        self.pull_g = s2 / deviation**2
        self.paired = paired_if_sparse(entry, judge, self.entries, self.judges)

    def point(self, level: float, quality: Floats, offset: Floats, gain: Floats) -> Point:
        rest = self.values - level - offset[self.judge] - gain[self.judge] * quality[self.entry]
        cost = float(rest @ rest) + self.pull_q * float(quality @ quality)
        cost += self.pull_a * float(offset @ offset) + self.pull_g * float((gain - 1) @ (gain - 1))
        return Point(level, quality, offset, gain, rest, cost)

    def lowest(self, start: Point) -> tuple[Point, bool]:
        here, size = start, float(np.std(self.values))
        for number in range(1, STEPS + 1):
            tell("gains and offsets", number)
            step = self._step(here)
            length = 1.0
            while True:
                there = self.point(
                    here.level + length * step[0],
                    here.quality + length * step[1],
                    here.offset + length * step[2],
                    here.gain + length * step[3],
                )
                if there.cost <= here.cost or length < 1e-9:
                    break
                length /= 2
            moved = length * float(np.max(np.abs(step[1])))
            if there.cost <= here.cost:
                here = there
            if moved < CLOSE * size or length < 1e-9:
                return here, moved < 1e-5 * size
        return here, False

    def errors(self, at: Point) -> tuple[Floats, Floats, Floats, Floats]:
        """Of ``level + quality`` the own errors and the factor of the rest; standard errors of offsets and of gains."""
        load, wide, matrix = self._normal(at)
        by_load = wide / load[:, None]
        root = np.linalg.inv(np.linalg.cholesky(matrix - self._gram(at, load, wide))).T
        by_load[:, 0] -= 1
        factor: Floats = np.sqrt(self.s2) * by_load @ root
        alone: Floats = np.sqrt(self.s2 / load)
        inner: Floats = np.sqrt(self.s2 * np.sum(root**2, axis=1))
        return alone, factor, inner[1 : 1 + self.judges], inner[1 + self.judges :]

    def _step(self, at: Point) -> tuple[float, Floats, Floats, Floats]:
        """One linear step; the qualities' block is diagonal and goes first."""
        e, j, count = self.entry, self.judge, self.judges
        slope, x = at.gain[j], at.quality[e]
        load, wide, matrix = self._normal(at)
        right_q: Floats = np.bincount(e, slope * at.rest, self.entries) - self.pull_q * at.quality
        right = np.concatenate(
            [
                [at.rest.sum()],
                np.bincount(j, at.rest, count) - self.pull_a * at.offset,
                np.bincount(j, x * at.rest, count) - self.pull_g * (at.gain - 1),
            ]
        )
        solved = np.linalg.solve(matrix - self._gram(at, load, wide), right - wide.T @ (right_q / load))
        inner: Floats = np.asarray(solved, dtype=np.float64)
        outer: Floats = (right_q - wide @ inner) / load
        return float(inner[0]), outer, inner[1 : 1 + count], inner[1 + count :]

    def _gram(self, at: Point, load: Floats, wide: Floats) -> Floats:
        """``wide' diag(1 / load) wide``."""
        if self.paired is None:
            result: Floats = wide.T @ (wide / load[:, None])
            return result
        count, slope = self.judges, at.gain[self.judge]
        tilted, own = slope * at.quality[self.entry], wide[:, 0] / load
        result = np.empty((1 + 2 * count, 1 + 2 * count))
        result[0, 0] = float(own @ wide[:, 0])
        border = [np.bincount(self.judge, own[self.entry] * by, count) for by in (slope, tilted)]
        result[0, 1:] = result[1:, 0] = np.concatenate(border)
        offsets, gains = slice(1, 1 + count), slice(1 + count, None)
        result[offsets, offsets] = self.paired.gram(slope, slope, 1 / load)
        result[gains, gains] = self.paired.gram(tilted, tilted, 1 / load)
        result[offsets, gains] = self.paired.gram(slope, tilted, 1 / load)
        result[gains, offsets] = result[offsets, gains].T
        return result

    def _normal(self, at: Point) -> tuple[Floats, Floats, Floats]:
        """
        Normal equations of a linear step: the qualities' diagonal, shape (E,), their block with level, offsets and
        gains, shape (E, 1 + 2 J), and the block of these.
        """
        e, j, count = self.entry, self.judge, self.judges
        slope, x = at.gain[j], at.quality[e]
        load: Floats = np.asarray(np.bincount(e, slope**2, self.entries) + self.pull_q, dtype=np.float64)
        wide = np.zeros((self.entries, 1 + 2 * count))
        wide[:, 0] = np.bincount(e, slope, self.entries)
        wide[e, 1 + j] = slope
        wide[e, 1 + count + j] = slope * x
        given, ones = np.bincount(j, minlength=count).astype(np.float64), np.bincount(j, x, count)
        squares = np.bincount(j, x * x, count)
        matrix = np.zeros((1 + 2 * count, 1 + 2 * count))
        matrix[0] = np.concatenate([[len(e)], given, ones])
        matrix[:, 0] = matrix[0]
        a = 1 + np.arange(count)
        g = a + count
        matrix[a, a], matrix[g, g] = given + self.pull_a, squares + self.pull_g
        matrix[a, g] = matrix[g, a] = ones
        return load, wide, matrix
