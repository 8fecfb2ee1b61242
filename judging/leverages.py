"""How well the fit of each sheet is known, without a table of entries by judges.

Least squares with entries and judges fixed gives the fitted value of a sheet the variance ``sigma2 (1/D_e + z' S+ z)``
with ``z = e_j - K_e``. Only the smaller side of the design needs a matrix, of which the products are taken sheet by
sheet; the larger side is eliminated, whichever it is. Beyond a few thousand on both sides there is no matrix: effects
are drawn (Papandreou and Yuille 2010), and what a judge's sheets alone say of the judge is put in exactly (Siden,
Lindgren, Bolin and Villani 2018, J. Comput. Graph. Stat. 27, 898-909).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from judging.arrays import Floats, Integers
from judging.crossed import Crossed
from judging.watching import tell

EXACT_UP_TO = 3_000
MOST_DRAWS, FEWEST_DRAWS, CELLS = 512, 16, 32_000_000
# Of a right side: draws are right to a few in a hundred at best.
TOLERANCE = 1e-4
BLOCK_PAIRS = 4_000_000
SWEPT = 512


def fitted_variances(
    crossed: Crossed, generator: np.random.Generator, exact_up_to: int = EXACT_UP_TO
) -> Floats:
    """
    Variance of the fitted value of each sheet of one connected part, least squares.

    Parameters
    ----------
    crossed : Crossed
        E entries, J judges, n sheets.
    generator : Generator
        Of the draws, where there is no matrix.
    exact_up_to : int
        A matrix is made of the smaller side up to so many entries or judges.

    Returns
    -------
    ndarray, shape (n,)
        In units of sigma2. Drawn ones sum to the parameters, E + J - 1, as all do; single ones are right to some thousandths
        where the smaller side has ten sheets each or more, to some hundredths where it has four.
    """
    if len(crossed.judge_load) > len(crossed.entry_load):
        other, order = turned(crossed)
        result = np.empty(len(order))
        result[order] = fitted_variances(other, generator, exact_up_to)
        return result
    own: Floats = (1 / crossed.entry_load)[crossed.entry]
    if len(crossed.judge_load) == 1:
        return own
    if len(crossed.judge_load) <= exact_up_to:
        return own + _contrasts(crossed, _pseudo_inverse(_laplacian(crossed)))
    drawn, known = _drawn(crossed, generator)
    weights = 1.0 if crossed.weights is None else crossed.weights
    parameters = len(crossed.entry_load) + len(crossed.judge_load) - 1
    left = parameters - float(np.sum(weights * (own + known)))
    return own + known + drawn * (left / max(float(np.sum(weights * drawn)), 1e-300))


def turned(crossed: Crossed) -> tuple[Crossed, Integers]:
    """The same sheets with entries and judges exchanged, and the row of each in the given order."""
    order = np.lexsort((crossed.entry, crossed.judge))
    weights = None if crossed.weights is None else crossed.weights[order]
    size = len(crossed.judge_load), len(crossed.entry_load)
    return Crossed.build(crossed.judge[order], crossed.entry[order], weights, *size), order


def _laplacian(crossed: Crossed) -> Floats:
    """S, shape (J, J), from the pairs of judges of each entry."""
    judges = len(crossed.judge_load)
    result: Floats = np.zeros(judges * judges)
    for rows, share in _entries(crossed, max(BLOCK_PAIRS, judges**2 // 4)):
        who = crossed.judge[rows]
        codes = who[:, :, None] * judges + who[:, None, :]
        both = (share * crossed.entry_load[crossed.entry[rows]])[:, :, None] * share[:, None, :]
        result -= np.bincount(codes.ravel(), both.ravel(), judges * judges)
    result[:: judges + 1] += crossed.judge_load
    return result.reshape(judges, judges)


def _contrasts(crossed: Crossed, inverse: Floats) -> Floats:
    """``z' inverse z`` of each sheet."""
    result = np.empty(len(crossed.entry))
    diagonal = np.diag(inverse)
    for rows, share in _entries(crossed, BLOCK_PAIRS):
        who = crossed.judge[rows]
        seen = np.einsum("eij,ej->ei", inverse[who[:, :, None], who[:, None, :]], share)
        result[rows] = diagonal[who] - 2 * seen + np.sum(share * seen, axis=1, keepdims=True)
    return result


def _entries(crossed: Crossed, pairs: int) -> Iterator[tuple[Integers, Floats]]:
    """Rows and shares of entries with as many sheets, both of shape (entries, sheets), not too many pairs at once."""
    counts = np.diff(np.append(crossed.starts, len(crossed.entry)))
    for size in np.unique(counts).tolist():
        here = np.flatnonzero(counts == size)
        step = max(1, pairs // size**2)
        for first in range(0, len(here), step):
            some = here[first : first + step]
            rows = crossed.starts[some][:, None] + np.arange(size)
            weights = np.ones(rows.shape) if crossed.weights is None else crossed.weights[rows]
            yield rows, weights / crossed.entry_load[some][:, None]


def _pseudo_inverse(laplacian: Floats) -> Floats:
    """S+ of one connected part, in the memory of S."""
    level = 1.0 / len(laplacian)
    laplacian += level
    _invert(laplacian)
    laplacian -= level
    return laplacian


def _invert(matrix: Floats) -> None:
    """A symmetric positive definite matrix, in place: the sweep operator (Goodnight 1979), some rows at once."""
    size = len(matrix)
    for first in range(0, size, SWEPT):
        here = slice(first, min(first + SWEPT, size))
        pivot = np.linalg.inv(matrix[here, here])
        pivot = (pivot + pivot.T) / 2
        before = matrix[:, here].copy()
        after = before @ pivot
        # Rows that were swept have the opposite sign of those that were not, so that the matrix stays symmetric.
        for start in range(0, size, SWEPT):
            rows = slice(start, min(start + SWEPT, size))
            matrix[rows] -= after[rows] @ before.T
        matrix[:, here] = after
        matrix[here, :] = after.T
        matrix[here, here] = -pivot
    np.negative(matrix, out=matrix)


def _drawn(crossed: Crossed, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """``z' S+ z`` of each sheet in two terms: what is drawn, and what is known."""
    entry, judge, sheets = crossed.entry, crossed.judge, len(crossed.entry)
    draws = min(max(CELLS // sheets, FEWEST_DRAWS), MOST_DRAWS)
    own = _own_weight(crossed) / crossed.entry_load[entry]
    weights = np.ones(sheets) if crossed.weights is None else crossed.weights
    diagonal = crossed.judge_load - np.bincount(judge, weights * own, len(crossed.judge_load))
    result = np.zeros(sheets)
    for number in range(draws):
        tell("draws of the leverages", number + 1, draws)
        noise = generator.standard_normal(sheets) / np.sqrt(weights)
        noise -= (crossed.by_entry(noise) / crossed.entry_load)[entry]
        right = crossed.by_judge(noise)
        right -= right.mean()
        effects, _ = crossed.solve(right, 0.0, tolerance=TOLERANCE)
        # The judge's mean given all others, in place of the judge: the variance about it is known.
        known = (1 - own) * (right / diagonal)[judge]
        result += (effects[judge] - crossed.seen(effects)[entry] - known) ** 2
    return result / draws, (1 - own) ** 2 / diagonal[judge]


def _own_weight(crossed: Crossed) -> Floats:
    """Weight of all sheets of the same entry and judge, of each sheet; sheets must be sorted by judge within entries."""
    weights = np.ones(len(crossed.entry)) if crossed.weights is None else crossed.weights
    entry, judge = crossed.entry, crossed.judge
    new = (entry[1:] != entry[:-1]) | (judge[1:] != judge[:-1])
    if new.all():
        return weights
    pair = np.concatenate([[0], np.cumsum(new)])
    result: Floats = np.bincount(pair, weights)[pair]
    return result
