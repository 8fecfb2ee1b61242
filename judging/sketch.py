"""Errors of a fit that is too large for its inverse: seeded draws from the errors, and variances from them.

A draw of the judges' errors solves the same equations with a random right side: ``x = (S + lambda I)^-1 (noise of the
sheets + sqrt(lambda) xi)`` has the covariance ``(S + lambda I)^-1`` (Papandreou and Yuille 2010). Variances are not
the plain mean squares: all that is known in closed form is put in, the variance of each effect given all others
(Siden, Lindgren, Bolin and Villani 2018, J. Comput. Graph. Stat. 27, 898-909), and the equal shift of all judges,
whose variance is ``1 / (lambda J)``. What the draws are left to say is small where a judge has many sheets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats
from judging.crossed import Crossed
from judging.watching import tell

# Of a right side: draws are right to a few in a hundred at best.
TOLERANCE = 1e-4

Solve = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Sketch:
    """
    Errors in units of the residual deviation.

    Parameters
    ----------
    entries, judges : ndarray, shapes (E,), (J,)
        Variances of estimates and effects.
    entry_severity, entry_noise : ndarray, shapes (E, R), (E, R)
        Factors of what the judges' errors do to the estimates, as `judging.calibration.Covariance` has them; the row
        sums of squares are ``entries - 1 / D_e``. Empty where only variances were asked for.
    judge_severity, judge_noise : ndarray, shapes (J, R), (J, R)
    """

    entries: Floats
    judges: Floats
    entry_severity: Floats
    entry_noise: Floats
    judge_severity: Floats
    judge_noise: Floats


def sketch(
    crossed: Crossed,
    ratio: float,
    draws: int,
    generator: np.random.Generator,
    *,
    solve: Solve | None = None,
    exact: tuple[Floats, Floats] | None = None,
    factors: bool = True,
) -> Sketch:
    """
    Draw from the errors of a fit.

    Parameters
    ----------
    crossed : Crossed
    ratio : float
        Residual over judge variance, finite; 0 is least squares, its level fixed by the score-weighted sum.
    draws : int
    generator : Generator
    solve : function, optional
        ``(S + ratio I)^-1 x``; default: conjugate gradients.
    exact : (variances of estimates, of effects), optional
        Where they are known, factors are scaled to them.
    factors : bool
        Whether factors are wanted, which costs two solutions a draw instead of one.
    """
    entries, judges = len(crossed.entry_load), len(crossed.judge_load)
    if solve is None:

        def solve(right: Floats) -> Floats:
            return crossed.solve(right, ratio, tolerance=TOLERANCE)[0]

    share = crossed.judge_load / crossed.judge_load.sum()
    shift = 1 / (ratio * judges) if ratio else 0.0
    spread = None if crossed.weights is None else 1 / np.sqrt(crossed.weights)
    own_weight = np.bincount(
        crossed.judge,
        (np.ones(len(crossed.judge)) if crossed.weights is None else crossed.weights**2)
        / crossed.entry_load[crossed.entry],
        judges,
    )
    diagonal = crossed.judge_load + ratio - own_weight
    kept = draws if factors else 0
    entry_noise, entry_severity = np.zeros((entries, kept)), np.zeros((entries, kept))
    judge_noise, judge_severity = np.zeros((judges, kept)), np.zeros((judges, kept))
    entry_sum, judge_sum = np.zeros(entries), np.zeros(judges)
    for number in range(draws):
        tell("draws of the errors", number + 1, draws)
        eps = generator.standard_normal(len(crossed.entry))
        if spread is not None:
            eps *= spread
        eps -= (crossed.by_entry(eps) / crossed.entry_load)[crossed.entry]
        noise = crossed.by_judge(eps)
        noise -= noise.mean()
        # Both right sides without the equal shift, which is known exactly.
        severity = generator.standard_normal(judges) * np.sqrt(ratio) if ratio else np.zeros(judges)
        severity -= severity.mean()
        right = noise + severity
        if factors and ratio:
            judge_noise[:, number], judge_severity[:, number] = solve(noise), solve(severity)
            judge_noise[:, number] -= judge_noise[:, number].mean()
            judge_severity[:, number] -= judge_severity[:, number].mean()
            x = judge_noise[:, number] + judge_severity[:, number]
            entry_noise[:, number] = crossed.seen(judge_noise[:, number])
            entry_severity[:, number] = crossed.seen(judge_severity[:, number])
            seen = entry_noise[:, number] + entry_severity[:, number]
        else:
            x = solve(right)
            x = x - (x.mean() if ratio else float(share @ x))
            seen = crossed.seen(x)
            if factors:
                judge_noise[:, number], entry_noise[:, number] = x, seen
        entry_sum += seen**2
        # The effect's mean given all the others, in place of the effect: its variance is known.
        judge_sum += (x - (1.0 if ratio else 1 - share) * right / diagonal) ** 2
    shared = entry_sum / draws + shift
    if ratio:
        of_judges = 1 / diagonal + (1 - ratio / diagonal) ** 2 * shift + judge_sum / draws
    else:
        of_judges = (1 - share) ** 2 / diagonal + judge_sum / draws
    of_entries = 1 / crossed.entry_load + shared
    if exact is not None:
        of_entries, of_judges = exact
        shared = np.maximum(of_entries - 1 / crossed.entry_load, 0.0)
    if factors:
        _scale(entry_noise, entry_severity, shared - shift)
        _scale(judge_noise, judge_severity, of_judges - shift)
        if ratio:
            entry_severity = np.hstack([entry_severity, np.full((entries, 1), np.sqrt(shift))])
            judge_severity = np.hstack([judge_severity, np.full((judges, 1), np.sqrt(shift))])
        else:
            entry_severity, judge_severity = np.zeros((entries, 0)), np.zeros((judges, 0))
    return Sketch(of_entries, of_judges, entry_severity, entry_noise, judge_severity, judge_noise)


def _scale(first: Floats, second: Floats, variances: Floats) -> None:
    """Rows of two factors, in place, to given sums of squares."""
    found = np.sum(first**2, axis=1) + np.sum(second**2, axis=1)
    by = np.sqrt(np.maximum(variances, 0.0) / np.where(found > 0, found, 1.0))[:, None]
    first *= by
    second *= by
