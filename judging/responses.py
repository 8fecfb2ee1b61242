"""How the estimates of one criterion answer to everything that is random in it.

Every model that stands beside the calibration ends in a linear step: with ``C`` its matrix, ``L`` the pull on the
random effects and ``T`` the design of the sheets, the errors are ``C^-1 (T'W eps - L theta)`` (Henderson 1975,
Biometrics 31, 423-447; for the ordinal model the step of Newton at the most likely values, Laplace). So the errors of
all estimates are known as a linear answer to what is random: entries' qualities, judges' severities and gains, the
noise of each sheet. Whoever pushes random numbers through it has draws of the errors (Papandreou and Yuille 2010,
NeurIPS 23), and whoever pushes the same ones through two criteria, their covariance.

Sources are standardised, each with variance 1, so that those of two criteria have a correlation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np

from judging.arrays import Floats, Integers
from judging.gains import Gains
from judging.mixed import Mixed, refusal
from judging.ordinal import Ordinal, ordinal_steps
from judging.steps import Answer, LinearStep, OrdinalAnswer


class Source(IntEnum):
    """What is random in a criterion."""

    QUALITY = 0
    SEVERITY = 1
    GAIN = 2
    NOISE = 3


class _Step(Protocol):
    """The last linear step of one connected part, on indices of its own."""

    def answer(self, sources: Sequence[Floats]) -> Answer: ...


@dataclass(frozen=True)
class _Part:
    entries: Integers
    judges: Integers
    rows: Integers
    step: _Step


@dataclass(frozen=True)
class Response:
    """
    How the estimates of one criterion answer to what is random in it, in scale units or logits.

    Parameters
    ----------
    entry, judge : ndarray of int64, shape (n,)
    entries, judges : int
    per_sheet : int
        Sources of noise on a sheet.
    has : tuple of 4 bool
        Which sources the model has.
    predicted : tuple of 4 ndarrays, shapes (E,), (J,), (J,), (n,)
        What the fit takes each source to be, in its standard deviation; 0 where it has none.
    se : ndarray, shape (E,)
        Standard errors of the estimates as the fit states them, in scale units or logits; 0 where scores are explained without any rest, NaN
        where errors are refused.
    cost : int
        Multiplications for a column.
    """

    entry: Integers
    judge: Integers
    entries: int
    judges: int
    per_sheet: int
    has: tuple[bool, bool, bool, bool]
    predicted: tuple[Floats, Floats, Floats, Floats]
    se: Floats
    cost: int
    _parts: tuple[_Part, ...]

    def sizes(self) -> tuple[int, int, int, int]:
        """How many of each source there are."""
        return self.entries, self.judges, self.judges, len(self.entry) * self.per_sheet

    def answer(self, sources: Sequence[Floats]) -> Answer:
        """
        The answer to k columns of each source, shapes (E, k), (J, k), (J, k), (n * per_sheet, k); of a sheet with two
        sources the rows follow each other.
        """
        columns = sources[0].shape[1]
        made = Answer(
            np.zeros((self.entries, columns)),
            np.zeros((self.judges, columns)),
            (
                np.zeros((self.entries, columns)),
                np.zeros((self.judges, columns)),
                np.zeros((self.judges, columns)),
                np.zeros((len(self.entry), columns)),
            ),
        )
        for part in self._parts:
            several = (part.rows[:, None] * self.per_sheet + np.arange(self.per_sheet)).ravel()
            places = part.entries, part.judges, part.judges, several
            own = part.step.answer([column[at] for column, at in zip(sources, places, strict=True)])
            made.estimate[part.entries], made.effect[part.judges] = own.estimate, own.effect
            for number, at in enumerate((part.entries, part.judges, part.judges, part.rows)):
                made.predicted[number][at] = own.predicted[number]
        return made


def mixed_response(
    mixed: Mixed,
    entry: Integers,
    judge: Integers,
    values: Floats,
    *,
    weights: Floats | None = None,
) -> Response:
    """
    How the estimates of the mixed model answer to what is random in it.

    Parameters
    ----------
    mixed : Mixed
        Fitted with each connected part by itself.
    entry, judge : ndarray of int64, shape (n,)
        Those of the fit.
    values : ndarray, shape (n,)
        Those of the fit, in scale units.
    weights : ndarray, shape (n,), optional
        Those of the fit.

    Returns
    -------
    Response
        In scale units.
    """
    deviations = [0.0] * len(mixed.parts)
    return _linear(
        mixed, mixed.estimate, mixed.severity, mixed.se, None, deviations, entry, judge, values, weights
    )


def gain_response(gains: Gains, entry: Integers, judge: Integers, values: Floats) -> Response:
    """
    How the estimates of shrunk gains and offsets answer to what is random in them.

    Parameters
    ----------
    gains : Gains
    entry, judge : ndarray of int64, shape (n,)
        Those of the fit.
    values : ndarray, shape (n,)
        Those of the fit, in scale units.

    Returns
    -------
    Response
        In scale units.
    """
    return _linear(
        gains,
        gains.estimate,
        gains.severity,
        gains.se,
        gains.gain,
        gains.deviations,
        entry,
        judge,
        values,
        None,
    )


def ordinal_response(ordinal: Ordinal, entry: Integers, judge: Integers, marks: Integers) -> Response:
    """
    How the qualities of the ordinal model answer to what is random in it.

    Parameters
    ----------
    ordinal : Ordinal
    entry, judge, marks : ndarray of int64, shape (n,)
        Those of the fit.

    Returns
    -------
    Response
        In logits.
    """
    predicted = _nothing(len(ordinal.quality), len(ordinal.severity), len(entry))
    parts, se, cost = [], np.array(ordinal.se), 0
    for members, judges, rows, step in ordinal_steps(ordinal, entry, judge, marks):
        if step is None:
            se[members] = 0.0 if np.all(marks[rows] == marks[rows[0]]) else np.nan
            continue
        parts.append(_Part(members, judges, rows, OrdinalAnswer(step)))
        cost += len(step.inverse) ** 2
        deviations = np.sqrt(step.variances)
        predicted[Source.QUALITY][members] = ordinal.quality[members] / deviations[0]
        predicted[Source.SEVERITY][judges] = -ordinal.severity[judges] / deviations[1]
        predicted[Source.NOISE][rows] = step.score / np.sqrt(step.bend)
    return Response(
        entry, judge, len(ordinal.quality), len(ordinal.severity), 2, (True, True, False, True), predicted, se,
        cost, tuple(parts),
    )  # fmt: skip


def _nothing(entries: int, judges: int, scores: int) -> tuple[Floats, Floats, Floats, Floats]:
    return np.zeros(entries), np.zeros(judges), np.zeros(judges), np.zeros(scores)


def _linear(
    fitted: Mixed | Gains,
    estimate: Floats,
    severity: Floats,
    stated: Floats,
    gain: Floats | None,
    deviations: Sequence[float],
    entry: Integers,
    judge: Integers,
    values: Floats,
    weights: Floats | None,
) -> Response:
    part_of_entry = np.full(len(estimate), -1, dtype=np.int64)
    for number, part in enumerate(fitted.parts):
        part_of_entry[list(part.entries)] = number
    of_row = part_of_entry[entry]
    w = np.ones(len(entry)) if weights is None else weights
    predicted = _nothing(len(estimate), len(severity), len(entry))
    parts, se, cost = [], np.array(stated), 0
    for number, (part, deviation) in enumerate(zip(fitted.parts, deviations, strict=True)):
        members, judges, rows = (
            np.array(part.entries),
            np.array(part.judges),
            np.flatnonzero(of_row == number),
        )
        if not part.residual_variance:
            # Explained without any rest they add no error; otherwise none can be stated.
            code = refusal(values[rows], len(rows), len(members), len(judges))
            se[members] = 0.0 if code in ("", "all-equal") else np.nan
            continue
        step = LinearStep(
            np.searchsorted(members, entry[rows]),
            np.searchsorted(judges, judge[rows]),
            w[rows],
            (part.entry_variance or 0.0, part.judge_variance or 0.0, part.residual_variance),
            deviation,
            estimate[members] - part.level,
            gain[judges] if gain is not None and deviation else None,
            len(members),
            len(judges),
        )
        parts.append(_Part(members, judges, rows, step))
        cost += step.wide.size * 2
        for source, at, seen in zip(
            Source,
            (members, judges, judges, rows),
            step.seen(severity[judges], values[rows] - part.level),
            strict=True,
        ):
            predicted[source][at] = seen
    has = True, True, any(deviations), True
    return Response(
        entry, judge, len(estimate), len(severity), 1, has, predicted, se, cost, tuple(parts)
    )  # fmt: skip
