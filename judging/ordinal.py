"""Scales of five points or fewer: a cumulative link model with entries and judges random.

``P(mark <= k) = logistic(tau_k - u_e - b_j)``: points need not be equally far apart, and the ends of the scale
are ends. The most likely u, b and tau for given variances by Newton steps, the variances from the Laplace
posterior, by turns (as in penalised quasi-likelihood; ordinal::clmm is the R package; Linacre 1989 has the
fixed-effects form, which is biased and infinite for extreme patterns).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, count_of, frozen, index_array
from judging.calibration import Covariance
from judging.linkage import connected_parts
from judging.mixed import not_converged, refusal, refused
from judging.notices import Notice
from judging.prediction import side_by_side
from judging.watching import tell

MOST_POINTS = 5
MOST_EFFECTS = 3000
TURNS = 300
NEWTON = 60
CLOSE = 1e-5
LEAST_VARIANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Ordinal:
    """
    Result of the fit. Arrays are read-only; NaN stands for "not estimated".

    Parameters
    ----------
    quality, se : ndarray, shape (E,)
        u and its error, in logits; those of different parts cannot be compared.
    covariance : Covariance
        Of the qualities, for draws; squared logits.
    estimate : ndarray, shape (E,)
        The mark to expect from a judge of middling severity, in points of the scale counted from 0.
    severity, severity_se : ndarray, shape (J,)
        In logits; positive for a judge who gives less than others would.
    thresholds : tuple of tuple of float
        tau of each part, in logits, one fewer than the points that were used.
    entry_variance, judge_variance : tuple of float or None
        Of each part, in squared logits; None where refused.
    notices : tuple of Notice
    """

    quality: Floats
    se: Floats
    estimate: Floats
    severity: Floats
    severity_se: Floats
    covariance: Covariance
    thresholds: tuple[tuple[float, ...], ...]
    entry_variance: tuple[float | None, ...]
    judge_variance: tuple[float | None, ...]
    notices: tuple[Notice, ...]


def ordinal_model(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    marks: npt.ArrayLike,
    *,
    entries: int | None = None,
    judges: int | None = None,
) -> Ordinal:
    """
    Fit the cumulative link model, each connected part by itself.

    Parameters
    ----------
    entry, judge : array_like of int, shape (n,)
    marks : array_like of int, shape (n,)
        Steps of the scale from 0; at most five different ones may occur.
    entries, judges : int, optional
        E and J; default: one more than the highest index.

    Returns
    -------
    Ordinal

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, a mark that is no integer of 0 or more, more than
        five different marks, or more than 3,000 entries and judges.
    """
    e, j, y = (
        index_array("entry", entry, entries),
        index_array("judge", judge, judges),
        index_array("marks", marks),
    )
    if not e.shape == j.shape == y.shape:
        raise ValueError(
            f"{len(e)} entries, {len(j)} judges, {len(y)} marks: the arrays must have one length"
        )
    count_e, count_j = count_of(e, entries), count_of(j, judges)
    if len(np.unique(y)) > MOST_POINTS:
        raise ValueError(
            f"{len(np.unique(y))} different marks: the ordinal model is for {MOST_POINTS} or fewer"
        )
    if count_e + count_j > MOST_EFFECTS:
        raise ValueError(f"{count_e + count_j} entries and judges: the ordinal model is for {MOST_EFFECTS}")
    count, part_of_entry, part_of_judge = connected_parts(e, j, count_e, count_j)
    quality, se, estimate = (np.full(count_e, np.nan) for _ in range(3))
    severity, severity_se = np.full(count_j, np.nan), np.full(count_j, np.nan)
    thresholds: list[tuple[float, ...]] = []
    variances: list[tuple[float | None, float | None]] = []
    notices: list[Notice] = []
    together: list[tuple[Integers, Floats, Floats]] = []
    for number in range(count):
        rows = np.flatnonzero(part_of_entry[e] == number)
        here_e, here_j = np.flatnonzero(part_of_entry == number), np.flatnonzero(part_of_judge == number)
        local_e, local_j = np.searchsorted(here_e, e[rows]), np.searchsorted(here_j, j[rows])
        points, local_y = np.unique(y[rows], return_inverse=True)
        code = refusal(y[rows].astype(np.float64), len(rows), len(here_e), len(here_j))
        if code:
            estimate[here_e] = np.bincount(local_e, y[rows]) / np.bincount(local_e)
            notices.append(refused(code, here_e, here_j))
            thresholds.append(())
            variances.append((None, None))
            continue
        fit = _Fit(local_e, local_j, local_y, len(here_e), len(here_j), len(points))
        settled = fit.by_turns()
        errors = fit.errors()
        together.append((here_e, np.zeros(len(here_e)), fit.factor()))
        quality[here_e], severity[here_j] = fit.u, -fit.b
        se[here_e], severity_se[here_j] = errors[: len(here_e)], errors[len(here_e) :]
        below = _logistic(fit.tau[None, :] - fit.u[:, None])
        chances = np.diff(np.hstack([np.zeros((len(here_e), 1)), below, np.ones((len(here_e), 1))]), axis=1)
        estimate[here_e] = chances @ points
        thresholds.append(tuple(fit.tau.tolist()))
        variances.append((fit.variances[0], fit.variances[1]))
        if not settled:
            notices.append(not_converged(here_e, here_j))
    return Ordinal(
        quality=frozen(quality),
        se=frozen(se),
        estimate=frozen(estimate),
        severity=frozen(severity),
        severity_se=frozen(severity_se),
        covariance=side_by_side(count_e, together),
        thresholds=tuple(thresholds),
        entry_variance=tuple(pair[0] for pair in variances),
        judge_variance=tuple(pair[1] for pair in variances),
        notices=tuple(notices),
    )


class _Fit:
    """One part; parameters in one vector: u, b, tau."""

    def __init__(
        self, entry: Integers, judge: Integers, mark: Integers, entries: int, judges: int, points: int
    ) -> None:
        self.entry, self.judge, self.mark = entry, judge + entries, mark
        self.size, self.entries, self.judges = entries + judges, entries, judges
        below = np.cumsum(np.bincount(mark, minlength=points))[:-1] / len(mark)
        self.variances = [1.0, 0.5]
        # A random effect of variance v flattens the logistic by about sqrt(1 + 0.3 v).
        wider = math.sqrt(1 + 0.3 * sum(self.variances))
        start: Floats = np.asarray(np.log(below / (1 - below)) * wider, dtype=np.float64)
        self.parameters: Floats = np.concatenate([np.zeros(self.size), start])
        self.inverse: Floats = np.eye(self.size)

    @property
    def u(self) -> Floats:
        return self.parameters[: self.entries]

    @property
    def b(self) -> Floats:
        return self.parameters[self.entries : self.size]

    @property
    def tau(self) -> Floats:
        return self.parameters[self.size :]

    def errors(self) -> Floats:
        """Standard errors of u and b, in logits."""
        result: Floats = np.sqrt(np.maximum(np.diag(self.inverse), 0.0))
        return result

    def factor(self) -> Floats:
        """A root of the covariance of u, shape (E, E)."""
        values, vectors = np.linalg.eigh(self.inverse[: self.entries, : self.entries])
        result: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
        return result

    def by_turns(self) -> bool:
        """Effects for given variances and variances for given effects until both rest."""
        for turn in range(1, TURNS + 1):
            tell("qualities, severities and thresholds", turn)
            self._newton()
            traces = np.diag(self.inverse)
            moved = 0.0
            for side, (effects, trace) in enumerate(
                ((self.u, traces[: self.entries]), (self.b, traces[self.entries :]))
            ):
                old, count = self.variances[side], len(effects)
                # The fixed point of EM, with the step of Fisher's scoring (Harville 1977): far fewer turns.
                known = count - float(trace.sum()) / old
                new = float(effects @ effects) / max(known, 1e-3 * count)
                new = max(new, LEAST_VARIANCE)
                moved = max(moved, abs(new - old) / (old + 0.01))
                self.variances[side] = new
            if moved < CLOSE:
                self._newton()
                return True
        return False

    def _newton(self) -> None:
        height, slope, curvature = self._at(self.parameters)
        for _ in range(NEWTON):
            step = np.linalg.solve(curvature, slope)
            size = 1.0
            while True:
                there = self.parameters + size * step
                rising = bool(np.all(np.diff(there[self.size :]) > 0))
                if rising:
                    new = self._at(there)
                    if new[0] >= height - 1e-10 or size < 1e-8:
                        break
                elif size < 1e-8:
                    return
                size /= 2
            self.parameters = there
            height, slope, curvature = new
            if float(np.max(np.abs(size * step))) < 1e-9:
                break
        inverse = np.asarray(np.linalg.inv(curvature), dtype=np.float64)
        self.inverse = inverse[: self.size, : self.size]

    def _at(self, parameters: Floats) -> tuple[float, Floats, Floats]:
        """Penalised log-likelihood, its slope, and minus its curvature."""
        sheets = self._sheets(parameters)
        chance, dense_up, dense_low = sheets.chance, sheets.dense_up, sheets.dense_low
        pull = np.concatenate(
            [np.full(self.entries, 1 / self.variances[0]), np.full(self.judges, 1 / self.variances[1])]
        )
        effects = parameters[: self.size]
        height = float(np.sum(np.log(chance))) - 0.5 * float(np.sum(pull * effects**2))
        count, wide = len(parameters), len(parameters) - self.size
        by_shift = sheets.by_shift
        slope = np.bincount(self.entry, by_shift, count).astype(np.float64)
        slope += np.bincount(self.judge, by_shift, count)
        slope[: self.size] -= pull * effects
        inner_up, inner_low = self.mark < wide, self.mark > 0
        up, low = self.size + self.mark, self.size + self.mark - 1
        slope += np.bincount(up[inner_up], (dense_up / chance)[inner_up], count)
        slope -= np.bincount(low[inner_low], (dense_low / chance)[inner_low], count)
        uu, ul, ll = sheets.bends
        curvature = np.zeros((count, count))
        first, second = (self.entry, self.judge), uu + ll + 2 * ul
        for a in first:
            for b in first:
                np.add.at(curvature, (a, b), second)
        for ends, inner, own in ((up, inner_up, uu + ul), (low, inner_low, ll + ul)):
            for a in first:
                np.add.at(curvature, (a[inner], ends[inner]), -own[inner])
                np.add.at(curvature, (ends[inner], a[inner]), -own[inner])
        np.add.at(curvature, (up[inner_up], up[inner_up]), uu[inner_up])
        np.add.at(curvature, (low[inner_low], low[inner_low]), ll[inner_low])
        both = inner_up & inner_low
        np.add.at(curvature, (up[both], low[both]), ul[both])
        np.add.at(curvature, (low[both], up[both]), ul[both])
        diagonal = np.arange(self.size)
        curvature[diagonal, diagonal] += pull
        return height, slope, curvature

    def _sheets(self, parameters: Floats) -> _Sheets:
        cuts = np.concatenate([[-np.inf], parameters[self.size :], [np.inf]])
        shift = parameters[self.entry] + parameters[self.judge]
        upper, lower = _logistic(cuts[self.mark + 1] - shift), _logistic(cuts[self.mark] - shift)
        chance = np.maximum(upper - lower, 1e-300)
        dense_up, dense_low = upper * (1 - upper), lower * (1 - lower)
        bend_up, bend_low = dense_up * (1 - 2 * upper), dense_low * (1 - 2 * lower)
        return _Sheets(
            chance,
            dense_up,
            dense_low,
            -(dense_up - dense_low) / chance,
            (
                (dense_up / chance) ** 2 - bend_up / chance,
                -dense_up * dense_low / chance**2,
                (dense_low / chance) ** 2 + bend_low / chance,
            ),
        )

    def step(self) -> OrdinalStep:
        """The step of Newton where the parameters are."""
        sheets = self._sheets(self.parameters)
        uu, ul, ll = sheets.bends
        # The root of a matrix of two by two, which has no negative eigenvalue: its logarithm is concave.
        root = np.sqrt(np.maximum(uu * ll - ul**2, 0.0))
        size = np.sqrt(np.maximum(uu + ll + 2 * root, 1e-300))
        thresholds = np.eye(len(self.tau) + 1)
        return OrdinalStep(
            entry=self.entry,
            judge=self.judge,
            size=self.size,
            variances=(self.variances[0], self.variances[1]),
            inverse=np.asarray(np.linalg.inv(self._at(self.parameters)[2]), dtype=np.float64),
            # No threshold lies above the last mark, none below the first.
            cuts_up=thresholds[self.mark, :-1],
            cuts_low=thresholds[self.mark - 1, :-1],
            curvature=sheets.bends,
            root=((uu + root) / size, ul / size, (ll + root) / size),
            score=sheets.by_shift,
            bend=np.maximum(uu + ll + 2 * ul, 1e-12),
        )


@dataclass(frozen=True)
class _Sheets:
    """
    Each sheet's chance, densities at the ends of its mark's stretch, derivative by the shift of quality and judge, and
    minus the second derivatives by the upper end, by both, and by the lower.
    """

    chance: Floats
    dense_up: Floats
    dense_low: Floats
    by_shift: Floats
    bends: tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class OrdinalStep:
    """
    The last linear step of one part, parameters being qualities, judges' effects and thresholds.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
        Places of each sheet's quality and effect among the parameters.
    size : int
        Qualities and effects.
    variances : (float, float)
        Of qualities and of effects.
    inverse : ndarray, shape (P, P)
        Of the curvature.
    cuts_up, cuts_low : ndarray, shape (n, thresholds)
        1 at the threshold above and below the mark.
    curvature, root : tuples of 3 ndarrays, shape (n,)
        Information on the upper and the lower end, and its root: by upper, both, lower.
    score, bend : ndarray, shape (n,)
        Derivative by the shift of quality and effect, and information on it.
    """

    entry: Integers
    judge: Integers
    size: int
    variances: tuple[float, float]
    inverse: Floats
    cuts_up: Floats
    cuts_low: Floats
    curvature: tuple[Floats, Floats, Floats]
    root: tuple[Floats, Floats, Floats]
    score: Floats
    bend: Floats


def ordinal_steps(
    ordinal: Ordinal, entry: Integers, judge: Integers, marks: Integers
) -> Iterator[tuple[Integers, Integers, Integers, OrdinalStep | None]]:
    """Members, judges, rows and last step of each part, None where it was refused; arrays are those of the fit."""
    _, part_of_entry, part_of_judge = connected_parts(
        entry, judge, len(ordinal.quality), len(ordinal.severity)
    )
    for number, thresholds in enumerate(ordinal.thresholds):
        rows = np.flatnonzero(part_of_entry[entry] == number)
        members, judges = np.flatnonzero(part_of_entry == number), np.flatnonzero(part_of_judge == number)
        variances = ordinal.entry_variance[number], ordinal.judge_variance[number]
        if variances[0] is None or variances[1] is None:
            yield members, judges, rows, None
            continue
        points, mark = np.unique(marks[rows], return_inverse=True)
        local = np.searchsorted(members, entry[rows]), np.searchsorted(judges, judge[rows])
        fit = _Fit(*local, mark, len(members), len(judges), len(points))
        fit.variances = [variances[0], variances[1]]
        fit.parameters = np.concatenate(
            [ordinal.quality[members], -ordinal.severity[judges], np.array(thresholds)]
        )
        yield members, judges, rows, fit.step()


def _logistic(value: Floats) -> Floats:
    half: Floats = 0.5 * (1.0 + np.tanh(0.5 * value))
    return half
