"""Henderson's mixed model equations for crossed entries and judges, by eliminating the larger side.

``y = mu + u_e + b_j + eps``, ``var(u) = sigma2 / lambda_e``, ``var(b) = sigma2 / lambda_j``, ``var(eps) =
sigma2 / w``. The matrix is ``C = [X'WX, X'WZ; Z'WX, Z'WZ + Lambda]``; one of its two large blocks is
diagonal and goes first, so that only a matrix of the smaller side is factored (Henderson 1975, Biometrics 31,
423-447; Robinson 1991; Bates et al. 2015, https://doi.org/10.18637/jss.v067.i01)::

    l  = -1/2 [ (n-1) (log(2 pi s2) + 1) + log|C| - E log lambda_e - J log lambda_j - sum log w ]
    s2 = (y'Wy - sol'rhs) / (n-1)
    dl/dlog lambda_e = -1/2 [ lambda_e u'u / s2 - (E - lambda_e tr C^ee) ], and the same for the judges
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats, Integers
from judging.paired import paired_if_sparse

# Loads take few values in a real jury: then a matrix for each is kept, and a new ratio costs no pass over N.
KEPT_LOADS = 12


@dataclass(frozen=True)
class Solution:
    """
    The equations at one pair of ratios.

    Parameters
    ----------
    level : float
        mu.
    entries, judges : ndarray, shapes (E,), (J,)
        u and b.
    residual_variance : float
        s2, profiled.
    log_likelihood : float
    slope : tuple of float
        Derivatives by log lambda_e and log lambda_j.
    entry_trace, judge_trace : float
        tr C^ee and tr C^jj.
    """

    level: float
    entries: Floats
    judges: Floats
    residual_variance: float
    log_likelihood: float
    slope: tuple[float, float]
    entry_trace: float
    judge_trace: float
    _load: Floats
    _wide: Floats
    _inverse: Floats
    _entries_first: bool

    def errors(self) -> tuple[Floats, Floats]:
        """Standard errors of ``mu + u`` and of ``b``, shapes (E,), (J,), in scale units."""
        inverse, wide, load = self._inverse, self._wide, self._load
        cross = -(wide @ inverse) / load[:, None]
        own = 1 / load - np.sum(cross * wide, axis=1) / load
        small = np.diag(inverse)[1:]
        if self._entries_first:
            entries, judges = own + 2 * cross[:, 0] + inverse[0, 0], small
        else:
            entries, judges = small + 2 * inverse[0, 1:] + inverse[0, 0], own
        scale = self.residual_variance
        return np.sqrt(scale * np.maximum(entries, 0.0)), np.sqrt(scale * np.maximum(judges, 0.0))

    def fitted_variance(self, entry: Integers, judge: Integers) -> Floats:
        """Posterior variance of ``mu + u_e + b_j`` on each sheet, shape (n,), in squared scale units."""
        inverse, wide, load = self._inverse, self._wide, self._load
        cross = -(wide @ inverse) / load[:, None]
        own = 1 / load - np.sum(cross * wide, axis=1) / load
        first, second = (entry, judge) if self._entries_first else (judge, entry)
        second = second + 1
        total = own[first] + np.diag(inverse)[second] + inverse[0, 0]
        total = total + 2 * (cross[first, 0] + cross[first, second] + inverse[0, second])
        result: Floats = self.residual_variance * total
        return result


class Equations:
    """The equations of one set of sheets, ready to be solved at any pair of ratios."""

    def __init__(
        self, entry: Integers, judge: Integers, values: Floats, weights: Floats, entries: int, judges: int
    ) -> None:
        self.entries_first = entries >= judges
        first, second = (entry, judge) if self.entries_first else (judge, entry)
        big, small = (entries, judges) if self.entries_first else (judges, entries)
        flat: Floats = np.bincount(first * small + second, weights, big * small).astype(np.float64)
        table = flat.reshape(big, small)
        self.load = table.sum(axis=1)
        self.wide: Floats = np.hstack([self.load[:, None], table])
        self.small_load = table.sum(axis=0)
        self.right_big = np.bincount(first, weights * values, big).astype(np.float64)
        by_small = np.bincount(second, weights * values, small)
        self.right_small: Floats = np.concatenate([[by_small.sum()], by_small])
        self.squares = float(np.sum(weights * values**2))
        self.logs = float(np.sum(np.log(weights)))
        self.n = len(values)
        self.loads, which = np.unique(self.load, return_inverse=True)
        self.grams: Floats | None = None
        self.paired = paired_if_sparse(first, second, big, small)
        self.weights, self.sheets = weights, (first, second)
        if len(self.loads) <= KEPT_LOADS and self.paired is None:
            self.grams = np.stack(
                [self.wide[which == k].T @ self.wide[which == k] for k in range(len(self.loads))]
            )

    def solve(self, entry_ratio: float, judge_ratio: float) -> Solution:
        """
        Solve at ``lambda_e`` and ``lambda_j``, both positive and finite.

        Raises
        ------
        numpy.linalg.LinAlgError
            The matrix is not positive definite in floats.
        """
        first, second = (entry_ratio, judge_ratio) if self.entries_first else (judge_ratio, entry_ratio)
        load = self.load + first
        matrix = -self._gram(1 / (self.loads + first), 1 / load)
        matrix[0, 0] += self.small_load.sum()
        matrix[0, 1:] += self.small_load
        matrix[1:, 0] += self.small_load
        diagonal = np.arange(1, len(matrix))
        matrix[diagonal, diagonal] += self.small_load + second
        root = np.linalg.cholesky(matrix)
        # One general inverse is faster here than a root and its square.
        inverse: Floats = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
        inverse = (inverse + inverse.T) / 2
        right = self.right_small - self.wide.T @ (self.right_big / load)
        inner = inverse @ right
        outer = (self.right_big - self.wide @ inner) / load
        explained = float(inner @ self.right_small) + float(outer @ self.right_big)
        s2 = max(self.squares - explained, 1e-300) / (self.n - 1)
        big, small = len(load), len(matrix) - 1
        log_c = float(np.sum(np.log(load))) + 2 * float(np.sum(np.log(np.diag(root))))
        log_likelihood = -0.5 * (
            (self.n - 1) * (math.log(2 * math.pi * s2) + 1)
            + log_c
            - big * math.log(first)
            - small * math.log(second)
            - self.logs
        )
        traces = (
            float(np.sum(1 / load))
            + float(np.sum(inverse * self._gram((self.loads + first) ** -2.0, load**-2.0))),
            float(np.trace(inverse)) - float(inverse[0, 0]),
        )
        slopes = tuple(
            -0.5 * (ratio * float(effects @ effects) / s2 - (len(effects) - ratio * trace))
            for ratio, effects, trace in ((first, outer, traces[0]), (second, inner[1:], traces[1]))
        )
        if not self.entries_first:
            slopes, traces = slopes[::-1], traces[::-1]
        return Solution(
            level=float(inner[0]),
            entries=outer if self.entries_first else inner[1:],
            judges=inner[1:] if self.entries_first else outer,
            residual_variance=s2,
            log_likelihood=log_likelihood,
            slope=(slopes[0], slopes[1]),
            entry_trace=traces[0],
            judge_trace=traces[1],
            _load=load,
            _wide=self.wide,
            _inverse=inverse,
            _entries_first=self.entries_first,
        )

    def _gram(self, by_load: Floats, by_row: Floats) -> Floats:
        result: Floats
        if self.paired is not None:
            first, second = self.sheets
            own = by_row * self.load
            result = np.empty((self.wide.shape[1], self.wide.shape[1]))
            result[0, 0] = float(own @ self.load)
            result[0, 1:] = result[1:, 0] = np.bincount(
                second, own[first] * self.weights, self.wide.shape[1] - 1
            )
            result[1:, 1:] = self.paired.gram(self.weights, self.weights, by_row)
        elif self.grams is not None:
            result = np.tensordot(by_load, self.grams, axes=1)
        else:
            result = self.wide.T @ (self.wide * by_row[:, None])
        return result
