"""Second opinions: what the models that decide nothing make of a round.

The models' sources stand in their modules; setting them side by side is this project's own.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from judging.arrays import Floats, Integers
from judging.gains import gain_offset
from judging.mixed import mixed_model
from judging.ordinal import MOST_EFFECTS, MOST_POINTS, ordinal_model
from judging.reliability import reliability_weighted
from judging.scales import Scale, float_millionths
from judging.scoring import Scored, rescored


class Opinion(StrEnum):
    """Models that stand beside the official numbers."""

    MIXED = "mixed"
    RELIABILITY = "reliability"
    GAIN_OFFSET = "gain-offset"
    ORDINAL = "ordinal"


OPINION_WARNINGS: dict[Opinion, str] = {
    Opinion.MIXED: (
        "Pulls entries with few scores to the middle, and takes it that who read what has nothing to do with "
        "quality."
    ),
    Opinion.RELIABILITY: "Weighs judges by how noisy they seem; a small loss where they are all alike.",
    Opinion.GAIN_OFFSET: "Takes judges to be equally noisy, and needs many entries in common.",
    Opinion.ORDINAL: "Only for scales of five points or fewer; quality is in logits, not in points.",
}


def can_give(opinion: Opinion, scale: Scale, entries: int, judges: int) -> bool:
    """Whether a model is for such a scale and size."""
    if opinion is not Opinion.ORDINAL:
        return True
    return scale.top < MOST_POINTS and entries + judges <= MOST_EFFECTS


def opinion_estimates(
    opinion: Opinion,
    entry: Integers,
    judge: Integers,
    milli: Integers,
    scale: Scale,
    entries: int,
    judges: int,
) -> Floats:
    """
    Estimates of one criterion by one of the models.

    Parameters
    ----------
    opinion : Opinion
    entry, judge : ndarray of int64, shape (n,)
    milli : ndarray of int64, shape (n,)
        Thousandths of a scale unit, all on `scale`.
    scale : Scale
        Used by the ordinal model only.
    entries, judges : int

    Returns
    -------
    ndarray, shape (E,)
        Scale units; NaN without a score.

    Raises
    ------
    ValueError
        The scale has more points than the model is for.
    """
    y = milli / 1000.0
    if opinion is Opinion.MIXED:
        return mixed_model(entry, judge, y, entries=entries, judges=judges).estimate
    if opinion is Opinion.RELIABILITY:
        return reliability_weighted(entry, judge, y, entries=entries, judges=judges).estimate
    if opinion is Opinion.GAIN_OFFSET:
        return gain_offset(entry, judge, y, entries=entries, judges=judges).estimate
    marks = (milli - scale.origin_milli) // scale.step_milli
    points = ordinal_model(entry, judge, marks, entries=entries, judges=judges).estimate
    result: Floats = (scale.origin_milli + scale.step_milli * points) / 1000.0
    return result


def opinions(decided: Scored) -> tuple[tuple[Opinion, Scored], ...]:
    """The round by every model that is for its scales, each criterion by itself, weighted as decided."""
    table = decided.table
    scales = [
        criterion.scale for criterion in sorted(table.inputs.criteria, key=lambda criterion: criterion.code)
    ]
    size = len(table.entries), len(table.judges)
    result = []
    for opinion in Opinion:
        if not all(can_give(opinion, scale, *size) for scale in scales):
            continue
        numbers = []
        for number, scale in enumerate(scales):
            estimates = opinion_estimates(
                opinion, table.entry[number], table.judge[number], table.milli[number], scale, *size
            )
            known = np.isfinite(estimates)
            numbers.append(
                tuple(
                    float_millionths(value) if there else None
                    for value, there in zip(estimates.tolist(), known.tolist(), strict=True)
                )
            )
        result.append((opinion, rescored(decided, table, tuple(numbers))))
    return tuple(result)
