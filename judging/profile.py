"""The restricted likelihood of the variance ratio, from quadratures instead of eigenvalues."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from judging.arrays import Floats
from judging.crossed import Crossed

PROBES = 8
# A small side has fewer numbers to average over, and costs less.
PROBES_OF_FEW = 24
FEW = 1000
# Enough for a start where the ratio is made exact afterwards.
PROBES_TO_START = 2
LOWEST, HIGHEST, STEPS = 1e-9, 1e9, 241


@dataclass(frozen=True)
class Profile:
    """
    As `judging.reml.Spectrum`, with ``tr f(S)`` as the mean over random signs.

    Parameters
    ----------
    right : (nodes, weights)
        Of the right side: ``r' f(S) r``.
    probes : tuple of (nodes, weights)
        Of vectors of random signs, whose mean ``z' f(S) z`` is ``tr f(S)``; they are exact on the diagonal.
    rss : float
    freedom : int
        n - E.
    """

    right: tuple[Floats, Floats]
    probes: tuple[tuple[Floats, Floats], ...]
    rss: float
    freedom: int

    @staticmethod
    def build(
        crossed: Crossed,
        right: Floats,
        rss: float,
        freedom: int,
        generator: np.random.Generator,
        *,
        only_start: bool = False,
    ) -> Profile:
        size = len(right)
        probes = PROBES_TO_START if only_start else PROBES_OF_FEW if size < FEW else PROBES
        signs = [generator.choice((-1.0, 1.0), size) for _ in range(probes)]
        nodes, weights = crossed.quadrature(right)
        # The right side has nothing of the null vector but rounding.
        kept = nodes > 1e-12 * float(nodes.max())
        return Profile(
            (nodes[kept], weights[kept]), tuple(crossed.quadrature(sign) for sign in signs), rss, freedom
        )

    def residual_variance(self, ratio: float) -> float:
        """s2 at a ratio; ``math.inf`` is no judge variance."""
        nodes, weights = self.right
        pulled = 1.0 if math.isinf(ratio) else ratio / (nodes + ratio)
        return (self.rss + float(np.sum(weights / nodes * pulled))) / self.freedom

    @cached_property
    def trace(self) -> tuple[Floats, Floats]:
        """Nodes and weights of all vectors of signs as one quadrature of the trace."""
        nodes, weights = (np.concatenate(side) for side in zip(*self.probes, strict=True))
        return nodes, weights / len(self.probes)

    def determinant(self, ratio: float) -> float:
        """``log|S + ratio I| - J log ratio``, as the random signs have it."""
        if math.isinf(ratio):
            return 0.0
        nodes, weights = self.trace
        return float(weights @ np.log1p(nodes / ratio))

    def height(self, ratio: float) -> float:
        """Restricted log-likelihood but for a constant."""
        return -0.5 * (self.freedom * math.log(self.residual_variance(ratio)) + self.determinant(ratio))

    def slope(self, log_ratio: float) -> float:
        """Derivative of the height by log lambda."""
        ratio = math.exp(log_ratio)
        nodes, weights = self.right
        pulled = float(np.sum(weights * ratio / (nodes + ratio) ** 2))
        nodes, weights = self.trace
        return -0.5 * (pulled / self.residual_variance(ratio) - float(weights @ (nodes / (nodes + ratio))))

    def slopes(self, log_ratio: float) -> Floats:
        """Derivative of the height by log lambda, as each vector of signs has it."""
        ratio = math.exp(log_ratio)
        nodes, weights = self.right
        pulled = float(np.sum(weights * ratio / (nodes + ratio) ** 2))
        spread = np.array([float(w @ (x / (x + ratio))) for x, w in self.probes])
        result: Floats = -0.5 * (pulled / self.residual_variance(ratio) - spread)
        return result

    def best(self) -> tuple[float, float, float]:
        """
        The likeliest ratio, the relative standard error that the random signs leave in it, and the curvature
        of the height there, by log lambda.

        ``math.inf`` is no judge variance, the lowest ratio that is looked at no residual variance.
        """
        grid = np.linspace(math.log(LOWEST), math.log(HIGHEST), STEPS)
        heights = np.array([self.height(math.exp(value)) for value in grid.tolist()])
        top = int(np.argmax(heights))
        if top == 0:
            return LOWEST, 0.0, 0.0
        if top == STEPS - 1:
            return math.inf, 0.0, 0.0
        low, high = float(grid[top - 1]), float(grid[top + 1])
        for _ in range(50):
            middle = (low + high) / 2
            if self.slope(middle) > 0:
                low = middle
            else:
                high = middle
        if self.height(math.exp(low)) <= self.height(math.inf):
            return math.inf, 0.0, 0.0
        wide = 1e-3
        bend = (self.slope(low + wide) - self.slope(low - wide)) / (2 * wide)
        slopes = self.slopes(low)
        error = float(np.std(slopes, ddof=1)) / math.sqrt(len(slopes))
        return math.exp(low), error / max(-bend, 1e-12), bend
