"""Juries to test with: planted designs, and the dense formulas as a second opinion."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Jury:
    """Scores in thousandths of a ten-point scale, with the truth they came from."""

    entry: Integers
    judge: Integers
    milli: Integers
    entries: int
    judges: int
    quality: Floats
    leniency: Floats


def jury(
    seed: int, entries: int = 20, judges: int = 7, reads: int = 3, severity: float = 0.7, noise: float = 0.7
) -> Jury:
    """Every entry is read by `reads` random judges; marks in quarters."""
    rng = np.random.default_rng(seed)
    pairs = [(e, j) for e in range(entries) for j in rng.choice(judges, reads, replace=False)]
    entry, judge = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    quality, leniency = rng.normal(5, 1, entries), rng.normal(0, severity, judges)
    scores = quality[entry] + leniency[judge] + rng.normal(0, noise, len(entry))
    milli = (np.round(scores * 4) * 250).astype(np.int64)
    return Jury(entry, judge, milli, entries, judges, quality, leniency)


@dataclass(frozen=True)
class Dense:
    """Generalised least squares with the whole n x n covariance: no elimination, no eigenvalues."""

    estimate: Floats
    residual_variance: float
    log_likelihood: float
    covariance: Floats
    effects: Floats
    effects_covariance: Floats


def dense(jury: Jury, ratio: float, weights: Floats | None = None) -> Dense:
    """Henderson's V form: V = diag(1/w) + Z Z' / ratio, X one column an entry."""
    n = len(jury.entry)
    w = np.ones(n) if weights is None else weights
    y = jury.milli / 1000
    x, z = np.eye(jury.entries)[jury.entry], np.eye(jury.judges)[jury.judge]
    v = np.diag(1 / w) + z @ z.T / ratio
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    estimate = np.linalg.solve(information, x.T @ inverse @ y)
    rest = y - x @ estimate
    freedom = n - jury.entries
    s2 = float(rest @ inverse @ rest) / freedom
    log_likelihood = -0.5 * (
        freedom * (np.log(2 * np.pi * s2) + 1) + np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
    )
    projected = inverse - inverse @ x @ np.linalg.inv(information) @ x.T @ inverse
    return Dense(
        estimate=estimate,
        residual_variance=s2,
        log_likelihood=float(log_likelihood),
        covariance=s2 * np.linalg.inv(information),
        effects=z.T @ inverse @ rest / ratio,
        effects_covariance=s2 * (np.eye(jury.judges) / ratio - z.T @ projected @ z / ratio**2),
    )
