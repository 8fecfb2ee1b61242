"""The plain methods, for comparison and for import parity: mean, median, trimmed mean, z-score, min-max.

None of them takes out severity as well as calibration does (see each warning); a round that was judged by one
of them is reproduced by it.
The trimmed mean is that of the International Skating Union's panels (2004 and since); the others are common practice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from judging.arrays import Integers, index_array
from judging.notices import Notice
from judging.scales import half_up


class Plain(StrEnum):
    """Names of the plain methods."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED = "trimmed"
    Z_SCORE = "z-score"
    MIN_MAX = "min-max"


WARNINGS: dict[Plain, str] = {
    Plain.MEAN: "Takes all judges to be equally strict, or every entry to be seen by the same judges.",
    Plain.MEDIAN: "Takes all judges to be equally strict, and wastes much of what few scores say.",
    Plain.TRIMMED: (
        "Guards against one odd judge where all judges score all entries; does nothing for strictness where "
        "they do not."
    ),
    Plain.Z_SCORE: (
        "Takes every judge to have seen entries of the same quality, and so punishes entries read beside "
        "strong ones."
    ),
    Plain.MIN_MAX: (
        "Takes every judge to have seen an entry as good and one as bad as the others; two scores of a judge "
        "decide it."
    ),
}


@dataclass(frozen=True, slots=True)
class PlainScores:
    """
    Result of a plain method.

    Parameters
    ----------
    method : Plain
    values : tuple of Fraction or None, length E
        In scale units; None for an entry without a usable score. Exact, but for z-scores whose square roots are
        no fractions: these have 33 decimals.
    notices : tuple of Notice
    """

    method: Plain
    values: tuple[Fraction | None, ...]
    notices: tuple[Notice, ...]


def plain_scores(
    method: Plain,
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    entries: int,
    judges: int,
    decimals: int | None = None,
) -> PlainScores:
    """
    Score the entries of one criterion by a plain method.

    Parameters
    ----------
    method : Plain
    entry, judge : array_like of int, shape (n,)
    values : array_like of int, shape (n,)
        Thousandths of a scale unit.
    entries, judges : int
        E and J.
    decimals : int, optional
        Round each entry's value half up to so many decimals, as figure skating does with 2.

    Returns
    -------
    PlainScores

    Raises
    ------
    ValueError
        Arrays of different length, an index out of range, values that are no integers.
    """
    e, j = index_array("entry", entry, entries), index_array("judge", judge, judges)
    y = np.asarray(values)
    if not len(e) == len(j) == len(y) or y.ndim != 1:
        raise ValueError(
            f"{len(e)} entries, {len(j)} judges, {len(y)} values: the arrays must have one length"
        )
    if y.size and y.dtype.kind not in "iu":
        raise ValueError(f"values must be integers (thousandths), not {y.dtype}")
    milli = y.astype(np.int64)
    if method is Plain.Z_SCORE or method is Plain.MIN_MAX:
        result, notices = _by_judge(method, e, j, milli, entries, judges)
    else:
        simple: dict[Plain, Callable[[list[int]], Fraction]] = {
            Plain.MEAN: mean,
            Plain.MEDIAN: median,
            Plain.TRIMMED: trimmed_mean,
        }
        result = [simple[method](scores) if scores else None for scores in _by_entry(e, milli, entries)]
        notices = []
        if method is Plain.TRIMMED:
            few = tuple(i for i, count in enumerate(np.bincount(e, minlength=entries)) if 0 < count < 3)
            if few:
                notices.append(
                    Notice(
                        "few-scores",
                        f"{len(few)} entries have fewer than three scores: their mean is not trimmed.",
                        entries=few,
                    )
                )
    if decimals is not None:
        result = [None if value is None else half_up(value, decimals) for value in result]
    return PlainScores(method, tuple(result), tuple(notices))


def mean(milli: list[int]) -> Fraction:
    """Mean of values in thousandths, in scale units."""
    return Fraction(sum(milli), 1000 * len(milli))


def median(milli: list[int]) -> Fraction:
    """Median of values in thousandths, in scale units; the mean of the middle two for an even count."""
    ordered = sorted(milli)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[middle], 1000)
    return Fraction(ordered[middle - 1] + ordered[middle], 2000)


def trimmed_mean(milli: list[int]) -> Fraction:
    """
    Mean without one highest and one lowest value (ISU panel score; diving drops likewise).

    Parameters
    ----------
    milli : list of int
        Thousandths of a scale unit, one at least; with fewer than three it is the plain mean.

    Returns
    -------
    Fraction
        Scale units, exact.
    """
    return mean(milli) if len(milli) < 3 else mean(sorted(milli)[1:-1])


def _by_entry(entry: Integers, milli: Integers, entries: int) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in range(entries)]
    for e, y in zip(entry.tolist(), milli.tolist(), strict=True):
        lists[e].append(y)
    return lists


def _by_judge(
    method: Plain, entry: Integers, judge: Integers, milli: Integers, entries: int, judges: int
) -> tuple[list[Fraction | None], list[Notice]]:
    """
    Put each judge's values on one footing and back on the scale of all values.

    z-score: all values' mean plus their standard deviation times z. Min-max: the judge's lowest and highest
    become all judges' lowest and highest. Judges whose values are all equal, or who gave one, cannot be put
    there: they are left out.
    """
    given = _by_entry(judge, milli, judges)
    unusable = tuple(i for i, scores in enumerate(given) if scores and len(set(scores)) == 1)
    left_out = set(unusable)
    notices = []
    if unusable:
        notices.append(
            Notice(
                "constant-judge",
                f"{len(unusable)} judges gave one score, or always the same: the method cannot use their "
                f"sheets.",
                "Use another method.",
                judges=unusable,
            )
        )
    everything = milli.tolist()
    usable = [j for j, scores in enumerate(given) if len(set(scores)) > 1]
    if not usable:
        return [None] * entries, notices
    # Each judge's footing once: what is taken off, and what it is divided by.
    if method is Plain.MIN_MAX:
        low, high = min(everything), max(everything)
        ends = {j: (min(given[j]), max(given[j])) for j in usable}
    else:
        level, width = Fraction(sum(everything), len(everything)), _variance(everything)
        means = {j: Fraction(sum(given[j]), len(given[j])) for j in usable}
        stretch = {j: _root(width / _variance(given[j])) for j in usable}
    scaled: list[list[Fraction]] = [[] for _ in range(entries)]
    for e, j, y in zip(entry.tolist(), judge.tolist(), everything, strict=True):
        if j in left_out:
            continue
        if method is Plain.MIN_MAX:
            least, most = ends[j]
            scaled[e].append((low + Fraction(y - least, most - least) * (high - low)) / 1000)
        else:
            scaled[e].append((level + (y - means[j]) * stretch[j]) / 1000)
    found = [sum(values, Fraction(0)) / len(values) if values else None for values in scaled]
    if method is Plain.Z_SCORE:
        # To 30 decimals of a thousandth: roots that cancel leave nothing that could turn a rounding.
        found = [None if value is None else round(value, 33) for value in found]
    return found, notices


def _variance(values: list[int]) -> Fraction:
    """With n - 1."""
    n, total = len(values), sum(values)
    return Fraction(n * sum(v * v for v in values) - total * total, n * (n - 1))


def _root(value: Fraction) -> Fraction:
    """Exact where it is a fraction: then a value in the middle of two decimals is rounded as it should be."""
    both = value.numerator * value.denominator
    whole = math.isqrt(both)
    if whole * whole == both:
        return Fraction(whole, value.denominator)
    return Fraction(math.isqrt(both * 10**100), value.denominator * 10**50)
