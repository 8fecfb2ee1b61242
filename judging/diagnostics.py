"""
What a calibration has to say about its design and its fits: when it refuses, when it warns, and the
remedy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from judging.arrays import Floats, Integers
from judging.linkage import bridge_sheets
from judging.notices import Notice
from judging.parts import Fit, PartData, PartFit

FEW_SHEETS = 5
FEW_JUDGES = 4
CONSTANT_FROM = 3
FOLLOWS_FROM = 6
PERMUTATIONS = 999
PERMUTED_CELLS = 500_000


def design_notices(
    entry: Integers,
    judge: Integers,
    entries: int,
    judges: int,
    parts: int,
    part_of_entry: Integers,
    part_of_judge: Integers,
) -> Iterator[Notice]:
    """Notices that need no marks: parts, bridges, entries and judges with few sheets."""
    if parts > 1:
        yield Notice(
            "disconnected",
            f"The sheets fall into {parts} parts that share no judge and no entry, so scores of different "
            f"parts cannot "
            "be compared: each part is calibrated and ranked by itself.",
            "Give an entry of each part to a judge of another one, or decide prizes within the parts.",
        )
    bridges = bridge_sheets(entry, judge, entries, judges)
    if bridges:
        yield Notice(
            "weak-link",
            f"{len(bridges)} sheets each hold two groups of judges together alone: how strict one group is "
            f"against the "
            "other rests on a single mark.",
            "Have more entries read by judges of both groups.",
            judges=tuple(sorted({j for _, j in bridges})),
            entries=tuple(sorted({e for e, _ in bridges})),
        )
    sheets = np.bincount(entry, minlength=entries)
    missing = np.flatnonzero(sheets == 0)
    if len(missing):
        yield Notice(
            "no-scores",
            f"{len(missing)} entries have no score and no place.",
            "Have them read, or take them out of the round.",
            entries=tuple(missing.tolist()),
        )
    single = np.flatnonzero(sheets == 1)
    if len(single):
        yield Notice(
            "few-scores",
            f"{len(single)} entries rest on a single score.",
            "Have them read by a second judge.",
            entries=tuple(single.tolist()),
        )
    given = np.bincount(judge, minlength=judges)
    few = np.flatnonzero((given > 0) & (given < FEW_SHEETS))
    # A judge alone in a part has no severity to shrink.
    few = few[np.bincount(part_of_judge[part_of_judge >= 0], minlength=parts)[part_of_judge[few]] > 1]
    if len(few):
        yield Notice(
            "few-scores",
            f"{len(few)} judges gave fewer than {FEW_SHEETS} scores: their severity is held close to nought, "
            f"the closer "
            "the fewer scores they gave.",
            "Give them more entries, or read their sheets again.",
            judges=tuple(few.tolist()),
        )


def fit_notices(data: PartData, fit: PartFit, entries: Integers, judges: Integers) -> Iterator[Notice]:
    """Notices on the fit of one part; `entries` and `judges` are the members' numbers in the round."""
    everybody = tuple(judges.tolist())
    everything = tuple(entries.tolist())
    if fit.fit is Fit.ALL_EQUAL:
        yield Notice(
            "all-equal",
            "All scores are equal: all are tied.",
            "Read the entries again.",
            everybody,
            everything,
        )
        return
    if fit.fit is Fit.ONE_JUDGE:
        yield Notice(
            "one-judge",
            "One judge gave all the scores, so nothing can be said of severity or of errors: the order is "
            "that judge's.",
            "Have some entries read by a second judge.",
            everybody,
            everything,
        )
        return
    if fit.fit is Fit.NO_FREEDOM:
        yield Notice(
            "no-degrees-of-freedom",
            "There are too few scores to tell severity from chance: plain means stand, without errors or "
            "intervals.",
            "Have more entries read by two or more judges.",
            everybody,
            everything,
        )
        return
    if fit.fit is Fit.EXACT:
        yield Notice(
            "exact-fit",
            "The scores are explained without any rest, so there is no noise to measure: least squares, no "
            "intervals.",
            "",
            everybody,
            everything,
        )
    if not fit.converged:
        yield Notice(
            "not-converged",
            "The equations did not settle: the estimates stand where the search ended.",
            "Compare with the plain means.",
            everybody,
            everything,
        )
    yield from _judge_notices(data, fit, judges)
    if data.balanced():
        yield Notice(
            "balanced",
            "Every judge scored every entry, so severity falls on all alike: calibration changes nothing "
            "here.",
            "",
            everybody,
            everything,
        )
        return
    if fit.fit is Fit.REML and fit.ratio is None:
        yield Notice(
            "no-judge-variance",
            "No severity differences were found: calibrated values are the plain means.",
            "",
            everybody,
            everything,
        )
    yield from _block_notice(data, fit, judges)
    yield from _follows_quality(data, fit, judges)


def _judge_notices(data: PartData, fit: PartFit, judges: Integers) -> Iterator[Notice]:
    if fit.fit is Fit.REML and data.judges < FEW_JUDGES:
        yield Notice(
            "few-judges",
            f"With {data.judges} judges it is hard to say how much judges differ: adjustments are uncertain.",
            "Add judges.",
            judges=tuple(judges.tolist()),
        )
    given = np.bincount(data.judge, minlength=data.judges)
    lowest, highest = np.full(data.judges, np.inf), np.full(data.judges, -np.inf)
    np.minimum.at(lowest, data.judge, data.values)
    np.maximum.at(highest, data.judge, data.values)
    constant = np.flatnonzero((given >= CONSTANT_FROM) & (lowest == highest))
    if len(constant):
        yield Notice(
            "constant-judge",
            f"{len(constant)} judges gave every entry the same score, which says nothing about the entries.",
            "Ask them to look at their sheets again; compare the result without them.",
            judges=tuple(judges[constant].tolist()),
        )


def _block_notice(data: PartData, fit: PartFit, judges: Integers) -> Iterator[Notice]:
    """
    Two blocks of judges whose difference is badly known: the cut is the sign of the Fiedler vector of S.
    """
    if fit.residual_variance is None or data.judges < 4:
        return
    cut = data.weakest_cut()
    if cut is None:
        return
    side, variance = cut
    se = math.sqrt(fit.residual_variance * variance)
    spread = float(np.std(fit.estimate, ddof=1)) if data.entries > 1 else 0.0
    if se > 0.5 * spread:
        smaller = side if side.sum() <= (~side).sum() else ~side
        yield Notice(
            "weak-link",
            f"Two groups of judges share so few entries that the difference of their severities is known "
            f"only to "
            f"{se:.2g}, more than half of what the entries differ by.",
            "Have more entries read by judges of both groups.",
            judges=tuple(judges[np.flatnonzero(smaller)].tolist()),
        )


def _follows_quality(data: PartData, fit: PartFit, judges: Integers) -> Iterator[Notice]:
    """Permutation test of the correlation between severity and the quality that each judge saw."""
    if data.judges < FOLLOWS_FROM or not np.any(fit.severity):
        return
    seen = data.seen_by(fit.estimate)
    found = _correlation(fit.severity, seen)
    if math.isnan(found):
        return
    # A fixed seed: the same sheets must give the same notice.
    generator = np.random.default_rng(0)
    other = seen - seen.mean()
    as_far, left = 0, PERMUTATIONS
    while left:
        # As many at once as fit in some megabytes.
        now = min(left, max(1, PERMUTED_CELLS // data.judges))
        order = generator.permuted(np.tile(fit.severity, (now, 1)), axis=1)
        centred = order - order.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.sum(centred**2, axis=1) * np.sum(other**2))
        as_far += int(np.sum(np.abs(centred @ other) >= (abs(found) - 1e-12) * spread))
        left -= now
    chance = (1 + as_far) / (PERMUTATIONS + 1)
    if chance < 0.01:
        who = "stricter" if found > 0 else "milder"
        yield Notice(
            "severity-follows-quality",
            f"The judges who saw the better entries are the {who} ones (correlation {found:.2f}). If entries "
            f"were given "
            "to judges by quality, least squares is the fairer comparison.",
            "Compare with least squares; the method fixed beforehand stays.",
            judges=tuple(judges.tolist()),
        )


def _correlation(first: Floats, second: Floats) -> float:
    a, b = first - first.mean(), second - second.mean()
    size = math.sqrt(float(np.sum(a**2)) * float(np.sum(b**2)))
    return float(np.sum(a * b)) / size if size > 1e-12 else float("nan")
