"""What any method makes of a criterion, in one shape whatever the method and the size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

import numpy as np

from awards.exchange.ranking.ballots import Scores
from judging.arrays import Floats, Integers
from judging.calibration import Calibration
from judging.diagnostics import CONSTANT_FROM
from judging.notices import Notice
from judging.responses import Response


class By(StrEnum):
    """The methods, by the words of `--method`."""

    CALIBRATED = "calibrated"
    LEAST_SQUARES = "least-squares"
    MIXED = "mixed"
    RELIABILITY = "reliability"
    GAIN_OFFSET = "gain-offset"
    ORDINAL = "ordinal"
    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED = "trimmed"
    Z_SCORE = "z-score"
    MIN_MAX = "min-max"


CALIBRATING = (By.CALIBRATED, By.LEAST_SQUARES)
PLAIN = (By.MEAN, By.MEDIAN, By.TRIMMED, By.Z_SCORE, By.MIN_MAX)
WEIGHING = (*CALIBRATING, By.MIXED)


class Errors(Protocol):
    """What is known of the errors of the estimates together."""

    def can_draw(self, members: Integers) -> bool: ...

    def draw(self, estimate: Floats, members: Integers, draws: int, seed: tuple[int, ...]) -> Floats:
        """Score vectors of entries of one part, shape (draws, len(members))."""
        ...


class Curve(Protocol):
    """Points from what a model estimates in another unit, such as logits."""

    def slopes(self) -> Floats:
        """Points for a unit at each entry's estimate."""
        ...

    def beyond(self, errors: Floats, members: Integers) -> Floats:
        """How far points move with errors of the estimates of some entries, shape (draws, len(members))."""
        ...


@dataclass(frozen=True)
class Linear:
    """
    How the estimates of a criterion answer to what is random in it; residual degrees of freedom behind each entry.
    `curve`: None where they are in points.
    """

    response: Response
    dof: Integers
    curve: Curve | None = None


@dataclass(frozen=True)
class Variance:
    """Squared points; None where refused."""

    entry: float | None = None
    judge: float | None = None
    residual: float | None = None


@dataclass(frozen=True)
class Fitted:
    """
    Scores by one method, of one criterion or weighted over several, in points of the file; NaN is refused.

    `official` decides order and ties: integers, millionths of a point or finer. `part` numbers what can be
    compared, -1 without an estimate. `linear` is made when it is asked for, by the weighted total.
    """

    counts: Integers
    judge_counts: Integers
    raw: Floats
    estimate: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    official: tuple[int | None, ...]
    part: Integers
    judge_part: Integers
    variance: Variance
    log_likelihood: float | None
    errors: Errors | None
    notices: tuple[Notice, ...]
    calibration: Calibration | None = None
    ratios: tuple[Fraction | float | None, ...] = ()
    exact: bool = True
    linear: Callable[[], Linear] | None = None


class Numbers(Protocol):
    """What decides: official numbers, and which of them can be compared."""

    @property
    def official(self) -> tuple[int | None, ...]: ...

    @property
    def part(self) -> Integers: ...


@dataclass(frozen=True)
class Decided:
    """Only what decides, for questions that need nothing else."""

    official: tuple[int | None, ...]
    part: Integers


def constant_judges(scores: Scores, judges: int) -> Iterator[Notice]:
    given = counts_of(scores.judge, judges)
    lowest, highest = np.full(judges, np.iinfo(np.int64).max), np.full(judges, np.iinfo(np.int64).min)
    np.minimum.at(lowest, scores.judge, scores.units)
    np.maximum.at(highest, scores.judge, scores.units)
    constant = np.flatnonzero((given >= CONSTANT_FROM) & (lowest == highest))
    if len(constant):
        yield Notice(
            "constant-judge",
            f"{len(constant)} judges gave every entry the same score, which says nothing about the entries.",
            "Ask them to look at their sheets again; compare the result without them.",
            judges=tuple(constant.tolist()),
        )


def rounded(values: Floats) -> tuple[int | None, ...]:
    """Floats of `judging`'s unit in millionths, half to even, for methods without exact numbers; None for NaN."""
    known = np.isfinite(values)
    whole = np.rint(np.where(known, values, 0.0) * 1e6).astype(np.int64)
    return tuple(
        value if there else None for value, there in zip(whole.tolist(), known.tolist(), strict=True)
    )


def counts_of(indices: Integers, size: int) -> Integers:
    result: Integers = np.bincount(indices, minlength=size).astype(np.int64)
    return result
