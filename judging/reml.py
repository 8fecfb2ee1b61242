"""The variance ratio by restricted maximum likelihood: entries fixed, judges random.

With the entries eliminated, everything depends on the eigenvalues of the judges' Laplacian S, because
``S_lambda = S + lambda I`` (Yates 1940; Patterson and Thompson 1971; the profile of `lme4`, Bates et al.
2015, https://doi.org/10.18637/jss.v067.i01)::

    l(lambda) = -1/2 [ (n-E) (log(2 pi s2) + 1) + log|D_e| + log|S_lambda| - J log lambda - sum log w ]
    s2(lambda) = (RSS + sum c_k^2 lambda / (L_k (L_k + lambda))) / (n - E)

with L_k the eigenvalues, c the right side in their basis and RSS the residual sum of squares of least
squares. This form of s2 subtracts nothing, so it stays exact to the last digits where judges differ much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats

LOWEST, HIGHEST, STEPS = 1e-12, 1e6, 413
# Of what a ratio costs in determinant, what it must gain beyond it: less cannot be told from rounding.
DOUBT = 1e-13


@dataclass(frozen=True, slots=True)
class Spectrum:
    """
    What REML needs of one connected part.

    Parameters
    ----------
    values : ndarray, shape (J - 1,)
        Eigenvalues of S without the one that is 0.
    squares : ndarray, shape (J - 1,)
        Squares of the right side in the basis of the eigenvectors.
    rss : float
        Residual sum of squares of the least squares fit.
    freedom : int
        n - E.
    constant : float
        ``log|D_e| - sum log w``.
    """

    values: Floats
    squares: Floats
    rss: float
    freedom: int
    constant: float

    def residual_variance(self, ratio: float) -> float:
        """s2 at a ratio; ``math.inf`` is no judge variance."""
        if math.isinf(ratio):
            extra = float(np.sum(self.squares / self.values))
        else:
            extra = float(np.sum(self.squares * ratio / (self.values * (self.values + ratio))))
        return (self.rss + extra) / self.freedom

    def log_likelihood(self, ratio: float) -> float:
        """Restricted log-likelihood, profiled over the residual variance."""
        s2 = self.residual_variance(ratio)
        # log|S_lambda| - J log lambda: the eigenvalue 0 cancels one log lambda.
        determinant = 0.0 if math.isinf(ratio) else float(np.sum(np.log1p(self.values / ratio)))
        return -0.5 * (self.freedom * (math.log(2 * math.pi * s2) + 1) + self.constant + determinant)

    def gains(self, ratios: Floats) -> tuple[Floats, Floats]:
        """
        How much higher the log-likelihood is than without judge variance, and what is in doubt of it.

        Neither where judges differ much nor where they hardly do is one number taken from another much like it, so
        the sign holds where the likelihood is nearly flat.
        """
        column = np.atleast_1d(ratios)[:, None]
        whole = self.rss + float(np.sum(self.squares / self.values))
        less = (self.squares / (self.values + column)).sum(axis=1) / whole
        rest = (
            self.rss + (self.squares * column / (self.values * (self.values + column))).sum(axis=1)
        ) / whole
        fit = np.where(less < 0.5, np.log1p(-np.minimum(less, 0.5)), np.log(rest))
        determinant = np.log1p(self.values / column).sum(axis=1)
        return -0.5 * (self.freedom * fit + determinant), DOUBT * determinant

    def slope(self, log_ratio: float) -> float:
        """Derivative of the log-likelihood by log lambda."""
        ratio = math.exp(log_ratio)
        pulled = float(np.sum(self.squares * ratio / (self.values + ratio) ** 2))
        spread = float(np.sum(self.values / (self.values + ratio)))
        return -0.5 * (pulled / self.residual_variance(ratio) - spread)


def variance_ratio(spectrum: Spectrum) -> float:
    """
    The ratio of residual to judge variance with the highest restricted likelihood.

    The whole range is looked over first, because the likelihood can have two peaks; then the sign of its
    slope is halved down to the last bit.

    Returns
    -------
    float
        ``math.inf`` where no judge variance is likeliest; 0.0 where the likelihood grows without end towards
        no residual variance.
    """
    grid = np.linspace(math.log(LOWEST), math.log(HIGHEST), STEPS)
    gain, doubt = spectrum.gains(np.exp(grid))
    top = int(np.argmax(gain))
    if top == 0:
        return 0.0
    if top == STEPS - 1:
        return math.inf
    low, high = float(grid[top - 1]), float(grid[top + 1])
    if not (spectrum.slope(low) > 0 > spectrum.slope(high)):
        return math.exp(float(grid[top])) if gain[top] > doubt[top] else math.inf
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if spectrum.slope(middle) > 0:
            low = middle
        else:
            high = middle
    peak = math.exp(low)
    (gain_there,), (doubt_there,) = spectrum.gains(np.array([peak]))
    return peak if gain_there > doubt_there else math.inf
