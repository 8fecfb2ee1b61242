"""What one more sheet would tell: of two entries on the two sides of a line, how sure is it which is the better.

The entry gets one more sheet of a judge. In each criterion the mark is ``q_e + b_j + noise``: the less is known of the
judge's severity, the less it tells of the entry; where sheets weigh by confidence it weighs 1, as they do on average. With C the
covariance of what is not known of entries (fixed) and severities (random) given the sheets (Henderson 1975, Biometrics
31, 423-447), a mark seen through ``x = e_e + e_j`` takes ``(u'Cx)**2 / (s2 + x'Cx)`` off the variance of a difference
``u``. Criteria are weighed; what errors of several criteria share is taken to shrink with them, and what is carried over
from an earlier round stays as unsure as it is. The chance that the better of the two is named is then what it will be on
average over the marks that the judge might give (Lindley 1956, Annals of Mathematical Statistics 27, 986-1005, for
experiments that are worth doing). It informs and decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from judging.arrays import Floats
from judging.calibration import Calibration
from judging.criteria import NOISELESS
from judging.linkage import concurrence
from judging.rounds import Method, RoundInputs
from judging.scores import score_weights
from judging.scoring import Table, score, tabulate

# Enough for three decimals of a chance: what is averaged is smooth but for one kink.
_AT = np.linspace(-6.0, 6.0, 481)
_OF = np.exp(-(_AT**2) / 2) / np.sum(np.exp(-(_AT**2) / 2))


@dataclass(frozen=True, slots=True)
class Worth:
    """
    One more sheet of a judge for an entry, beside its rival.

    Parameters
    ----------
    entry, rival, judge : str
    now : float
        Chance that of the two the better one is ahead.
    then : float
        The same once the sheet is there, on average over the marks that it might have.
    """

    entry: str
    rival: str
    judge: str
    now: float
    then: float

    @property
    def gain(self) -> float:
        return self.then - self.now


def worth_of_reads(
    inputs: RoundInputs, rivals: Mapping[str, str], judges: Collection[str] | None = None
) -> tuple[Worth, ...]:
    """
    The worth of every sheet that is not there.

    Parameters
    ----------
    inputs : RoundInputs
        Whatever method decides, what a sheet tells is asked of the calibrated one.
    rivals : mapping of str to str
        Entries that may be read once more, each with the one that it is compared with.
    judges : collection of str, optional
        Default: everybody who has a sheet in the round or is named.

    Returns
    -------
    tuple of Worth
        By entry, the most telling judge first; without those who have read the entry, and nothing where the two are not
        connected or nothing is known of errors.
    """
    table = tabulate(inputs)
    decided = score(table, Method(confidence=inputs.method.confidence))
    at_entry = {entry.id: i for i, entry in enumerate(table.entries)}
    at_judge = {judge: j for j, judge in enumerate(table.judges)}
    wanted = sorted(set(table.judges if judges is None else judges) & set(at_judge))
    read = {(sheet.entry, sheet.judge) for sheet in inputs.sheets}
    confident = inputs.method.confidence
    looks = [_Look.at(table, number, one, confident) for number, one in enumerate(decided.calibrations)]
    found = []
    for entry, rival in sorted(rivals.items()):
        i, k = at_entry[entry], at_entry[rival]
        first, second, total = decided.totals[i], decided.totals[k], decided.total
        if first is None or second is None or total is None:
            continue
        covariance = total.covariance
        variance = covariance.between(i, i) + covariance.between(k, k) - 2 * covariance.between(i, k)
        if not (math.isfinite(variance) and variance > 0):
            continue
        apart = abs(first - second) / 1_000_000
        here = 1 - min(_carried(table, i, k) / variance, 1.0)
        lines = []
        for judge in wanted:
            share = _share(looks, table, i, k, at_judge[judge])
            if (entry, judge) not in read and share is not None:
                now, then = chances(apart, variance, share * here)
                lines.append(Worth(entry, rival, judge, now, then))
        found += sorted(lines, key=lambda one: (-one.then, one.judge))
    return tuple(found)


def chances(apart: float, variance: float, share: float) -> tuple[float, float]:
    """
    That the better of two is ahead, now and once `share` of the variance of their difference is taken off.

    Parameters
    ----------
    apart : float
        How far they are apart, 0 or more.
    variance : float
        Of the difference, positive.
    share : float
        From 0 to 1.

    Returns
    -------
    tuple of two floats
        From .5 to 1, the second not below the first.
    """
    now = _below(np.array([apart / math.sqrt(variance)]))[0]
    left = variance * (1 - share)
    seen = np.abs(apart + math.sqrt(variance * share) * _AT)
    if left <= 0:
        return float(now), 1.0
    then = float(np.sum(_OF * _below(seen / math.sqrt(left))))
    return float(now), max(float(now), then)


def _below(z: Floats) -> Floats:
    """The normal distribution."""
    return np.array([(1 + math.erf(value / math.sqrt(2))) / 2 for value in z.tolist()])


def _carried(table: Table, entry: int, rival: int) -> float:
    """Of the variance of the difference, what lies in an earlier round, of which a sheet of this one tells nothing."""
    both = [entry, rival]
    weights = table.carried.weights[both]
    shares = weights / (weights + table.weights[:, both].sum(axis=0))
    return float(np.sum((shares * table.carried.errors[both]) ** 2))


def _share(looks: list[_Look], table: Table, entry: int, rival: int, judge: int) -> float | None:
    """Of the variance of the difference, the part that one more sheet takes off; None where two cannot be compared."""
    before = taken = 0.0
    for number, look in enumerate(looks):
        weight = float(table.weights[number, entry])
        if weight:
            parts = look.of(entry, rival, judge)
            if parts is None:
                return None
            before += weight**2 * parts[0]
            taken += weight**2 * parts[1]
    return taken / before if before > 0 else None


@dataclass(frozen=True)
class _Look:
    """What is not known in one criterion: judges' covariance, and how entries hang on it."""

    calibration: Calibration
    noise: Floats
    load: Floats
    """Of entries; NaN and 0 where there is none."""
    prior: Floats
    """Variance of a severity of which nothing is seen, by part of the entry."""
    hangs: Floats
    severities: Floats

    @classmethod
    def at(cls, table: Table, number: int, calibration: Calibration, confident: bool) -> _Look:
        entries, judges = len(table.entries), len(table.judges)
        declared = table.confidence[number] if confident else None
        weights, _, _ = score_weights(calibration.judge, None, declared, normalised=True)
        noise, load, prior = np.full(entries, np.nan), np.zeros(entries), np.zeros(entries)
        hangs, severities = np.zeros((entries, judges)), np.zeros((judges, judges))
        part_of_entry = calibration.part_of_entry
        for place, part in enumerate(calibration.parts):
            here_e, here_j = np.array(part.entries), np.array(part.judges)
            if part.fit in NOISELESS:  # it is known as it is: a mark more tells nothing
                noise[here_e], load[here_e] = 0.0, 1.0
                continue
            if part.residual_variance is None:
                continue
            rows = np.flatnonzero(part_of_entry[calibration.entry] == place)
            e = np.searchsorted(here_e, calibration.entry[rows])
            j = np.searchsorted(here_j, calibration.judge[rows])
            counts, laplacian = concurrence(e, j, weights[rows], len(here_e), len(here_j))
            own = counts.sum(axis=1)
            noise[here_e], load[here_e] = part.residual_variance, own
            hangs[np.ix_(here_e, here_j)] = counts / own[:, None]
            if part.ratio:
                ratio = float(part.ratio)
                prior[here_e] = part.residual_variance / ratio
                severities[np.ix_(here_j, here_j)] = part.residual_variance * np.linalg.inv(
                    laplacian + ratio * np.eye(len(here_j))
                )
        return cls(calibration, noise, load, prior, hangs, severities)

    def of(self, entry: int, rival: int, judge: int) -> tuple[float, float] | None:
        """Variance of the difference of two entries, and what one more mark for the first takes off it."""
        part = self.calibration.part_of_entry
        if part[entry] < 0 or part[entry] != part[rival] or not self.load[entry] or not self.load[rival]:
            return None
        noise = float(self.noise[entry])
        if not noise:
            return 0.0, 0.0
        difference = self.hangs[entry] - self.hangs[rival]
        inside = bool(self.severities[judge, judge])
        spread = self.severities @ difference
        before = noise / self.load[entry] + noise / self.load[rival] + float(difference @ spread)
        # Of the mark that is to come: with the difference, and by itself.
        own = self.severities @ self.hangs[entry]
        with_it = (
            noise / self.load[entry] + float(difference @ own) - (float(spread[judge]) if inside else 0.0)
        )
        alone = noise / self.load[entry] + float(self.hangs[entry] @ own)
        alone += float(self.severities[judge, judge] - 2 * own[judge]) if inside else float(self.prior[entry])
        return before, with_it**2 / (noise + alone)
