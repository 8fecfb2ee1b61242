"""The last linear step of a model that stands beside the calibration, ready for whatever is random.

Of the equations ``C`` of a part the larger diagonal block is eliminated first, as in `judging.henderson`; the ordinal model
has the whole inverse. Sources: see `judging.responses`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats, Integers
from judging.mixed import HIGHEST
from judging.ordinal import OrdinalStep


@dataclass(frozen=True)
class Answer:
    """
    What comes of k columns of sources.

    Parameters
    ----------
    estimate : ndarray, shape (E, k)
        Errors of the estimates, in their own unit.
    effect : ndarray, shape (J, k)
        Errors of the judges' effects, which are minus the severities.
    predicted : tuple of 4 ndarrays, shapes (E, k), (J, k), (J, k), (n, k)
        By source: what the model takes each to be, standardised; for the noise what is left on a sheet.
    """

    estimate: Floats
    effect: Floats
    predicted: tuple[Floats, Floats, Floats, Floats]


class LinearStep:
    """
    Level, qualities, offsets and, where they were fitted, gains of one part; the larger diagonal block goes first.
    """

    def __init__(
        self,
        entry: Integers,
        judge: Integers,
        weights: Floats,
        variances: tuple[float, float, float],
        deviation: float,
        quality: Floats,
        gain: Floats | None,
        entries: int,
        judges: int,
    ) -> None:
        self.entry, self.judge, self.weights = entry, judge, weights
        self.by_entry, self.by_judge = Sums(entry, entries), Sums(judge, judges)
        of_entries, of_judges, s2 = variances
        self.sigma = float(np.sqrt(s2))
        self.spreads = float(np.sqrt(of_entries)), float(np.sqrt(of_judges)), deviation
        self.pulls = tuple(s2 / spread**2 if spread else HIGHEST for spread in self.spreads)
        self.quality, self.gain = quality, gain
        self.slope = None if gain is None else gain[judge]
        self.at = None if gain is None else quality[entry]
        self.entries_first = entries >= judges or gain is not None
        slope = np.ones(len(entry)) if self.slope is None else self.slope
        by_slope = weights * slope
        entry_load = self.by_entry.of(by_slope * slope) + self.pulls[0]
        judge_load = self.by_judge.of(weights) + self.pulls[1]
        total = float(weights.sum())
        first = self.by_entry.of(by_slope)
        table = np.zeros((entries, judges))
        table[entry, judge] = by_slope
        given = self.by_judge.of(weights)
        if self.entries_first:
            self.load, blocks = entry_load, [first[:, None], table]
            borders, diagonals, crosses = [given], [judge_load], []
            if self.at is not None:
                tilted = np.zeros((entries, judges))
                tilted[entry, judge] = by_slope * self.at
                blocks.append(tilted)
                crosses.append(self.by_judge.of(weights * self.at))
                borders.append(crosses[0])
                diagonals.append(self.by_judge.of(weights * self.at**2) + self.pulls[2])
        else:
            self.load, blocks = judge_load, [given[:, None], table.T]
            borders, diagonals, crosses = [first], [entry_load], []
        self.wide: Floats = np.hstack(blocks)
        matrix = np.diag(np.concatenate([[total], *diagonals]))
        matrix[0, 1:] = matrix[1:, 0] = np.concatenate(borders)
        for cross in crosses:
            offset, tilt = 1 + np.arange(judges), 1 + judges + np.arange(judges)
            matrix[offset, tilt] = matrix[tilt, offset] = cross
        matrix -= self.wide.T @ (self.wide / self.load[:, None])
        self.inverse: Floats = np.asarray(np.linalg.inv((matrix + matrix.T) / 2), dtype=np.float64)

    def seen(self, severity: Floats, values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """What the fit takes each source to be; `values` less the level."""
        offset = -severity
        gain = np.ones(len(offset)) if self.gain is None else self.gain
        rest = values - offset[self.judge] - gain[self.judge] * self.quality[self.entry]
        return (
            _over(self.quality, self.spreads[0]),
            _over(offset, self.spreads[1]),
            _over(gain - 1.0, self.spreads[2]),
            np.sqrt(self.weights) * rest / self.sigma,
        )

    def answer(self, sources: Sequence[Floats]) -> Answer:
        quality, severity, gain, noise = sources
        pushed = self.sigma * np.sqrt(self.weights)[:, None] * noise
        by_entry = self.by_entry.of(pushed if self.slope is None else self.slope[:, None] * pushed)
        by_entry -= self.pulls[0] * self.spreads[0] * quality
        by_judge = self.by_judge.of(pushed) - self.pulls[1] * self.spreads[1] * severity
        level = pushed.sum(axis=0, keepdims=True)
        big, small = (by_entry, [level, by_judge]) if self.entries_first else (by_judge, [level, by_entry])
        if self.at is not None:
            small.append(self.by_judge.of(self.at[:, None] * pushed) - self.pulls[2] * self.spreads[2] * gain)
        by_load = big / self.load[:, None]
        inner = self.inverse @ (np.vstack(small) - self.wide.T @ by_load)
        outer = by_load - (self.wide @ inner) / self.load[:, None]
        judges = self.by_judge.size
        if self.entries_first:
            of_quality, of_judge = outer, inner[1 : 1 + judges]
        else:
            of_quality, of_judge = inner[1:], outer
        fitted = (
            of_quality[self.entry] if self.slope is None else self.slope[:, None] * of_quality[self.entry]
        )
        fitted = fitted + of_judge[self.judge] + inner[0]
        of_gain = np.zeros_like(of_judge)
        if self.at is not None:
            of_gain = inner[1 + judges :]
            fitted += self.at[:, None] * of_gain[self.judge]
        return Answer(
            of_quality + inner[0],
            of_judge,
            (
                quality + _over(of_quality, self.spreads[0]),
                severity + _over(of_judge, self.spreads[1]),
                gain + _over(of_gain, self.spreads[2]),
                noise - np.sqrt(self.weights)[:, None] * fitted / self.sigma,
            ),
        )


class OrdinalAnswer:
    def __init__(self, step: OrdinalStep) -> None:
        self.step = step
        self.ends = [Sums(end, step.size) for end in (step.entry, step.judge)]

    def answer(self, sources: Sequence[Floats]) -> Answer:
        quality, severity, gain, noise = sources
        step, entries = self.step, len(quality)
        one, two = noise[0::2], noise[1::2]
        up = step.root[0][:, None] * one + step.root[1][:, None] * two
        low = step.root[1][:, None] * one + step.root[2][:, None] * two
        right = np.zeros((len(step.inverse), noise.shape[1]))
        for ends in self.ends:
            right[: step.size] -= ends.of(up + low)
        right[step.size :] += step.cuts_up.T @ up + step.cuts_low.T @ low
        spread = np.sqrt(step.variances)
        right[:entries] -= quality / spread[0]
        right[entries : step.size] -= severity / spread[1]
        errors = step.inverse @ right
        shift = errors[step.entry] + errors[step.judge]
        at_up, at_low = (
            step.cuts_up @ errors[step.size :] - shift,
            step.cuts_low @ errors[step.size :] - shift,
        )
        bent = step.curvature
        left_up = up - bent[0][:, None] * at_up - bent[1][:, None] * at_low
        left_low = low - bent[1][:, None] * at_up - bent[2][:, None] * at_low
        return Answer(
            errors[:entries],
            errors[entries : step.size],
            (
                quality + errors[:entries] / spread[0],
                severity + errors[entries : step.size] / spread[1],
                np.zeros_like(gain),
                -(left_up + left_low) / np.sqrt(step.bend)[:, None],
            ),
        )


class Sums:
    """Sums of rows by their member."""

    def __init__(self, member: Integers, size: int) -> None:
        self.size = size
        self.order = np.argsort(member, kind="stable")
        self.there, self.starts = np.unique(member[self.order], return_index=True)

    def of(self, rows: Floats) -> Floats:
        result = np.zeros((self.size, *rows.shape[1:]))
        result[self.there] = np.add.reduceat(rows[self.order], self.starts, axis=0)
        return result


def _over(values: Floats, spread: float) -> Floats:
    """0 where there is no such source, not a number of nothing over nothing."""
    return values / spread if spread else np.zeros_like(values)
