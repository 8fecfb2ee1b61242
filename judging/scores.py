"""The scores of one criterion as they come in: values, weights, who gave what; every bad row is named."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from judging.arrays import Floats, Integers, index_array
from judging.confidence import UNIT, confidence_weights, whole_weights


def score_values(values: npt.ArrayLike, rows: int) -> tuple[Floats, Integers | None]:
    """Scores as floats, and as thousandths where they are whole."""
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.shape != (rows,):
        raise ValueError(f"values must have the shape ({rows},), not {array.shape}")
    if array.dtype.kind in "iu":
        whole = array.astype(np.int64)
        if rows and int(np.abs(whole).max()) > 10**12:
            row = int(np.argmax(np.abs(whole)))
            raise ValueError(f"values: row {row} holds {int(whole[row])}, which is no mark in thousandths")
        return whole / 1000.0, whole
    if array.dtype.kind != "f":
        raise ValueError(f"values must be integers (thousandths) or floats, not {array.dtype}")
    result = array.astype(np.float64)
    if not np.isfinite(result).all():
        raise ValueError(f"values: row {int(np.argmin(np.isfinite(result)))} is not finite")
    return result, None


def score_weights(
    judge: Integers, weights: npt.ArrayLike | None, confidence: npt.ArrayLike | None, normalised: bool
) -> tuple[Floats, Integers | None, int]:
    """Weights as floats, as integers where they are whole, and how many of the integers make a weight of 1."""
    rows = len(judge)
    if confidence is not None:
        if weights is not None:
            raise ValueError("weights and confidence are two ways to say one thing: give one of them")
        declared = np.asarray(confidence)
        if declared.size and declared.dtype.kind in "iu" and declared.shape == (rows,):
            whole = whole_weights(judge, declared.astype(np.int64), normalised=normalised)
            return whole / UNIT, whole, UNIT
        by_row = confidence_weights(judge, confidence, normalised=normalised)
        return by_row, None if rows else np.zeros(0, dtype=np.int64), 1
    if weights is None:
        return np.ones(rows), np.ones(rows, dtype=np.int64), 1
    array = np.asarray(weights)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.shape != (rows,):
        raise ValueError(f"weights must have the shape ({rows},), not {array.shape}")
    if array.dtype.kind not in "iuf":
        raise ValueError(f"weights must be numbers, not {array.dtype}")
    result = array.astype(np.float64)
    good = np.isfinite(result) & (result > 0) & (result <= 1e6)
    if not good.all():
        raise ValueError(f"weights: row {int(np.argmin(good))} is not a positive number of a million at most")
    return result, array.astype(np.int64) if array.dtype.kind in "iu" else None, 1


def refuse_doubles(entry: Integers, judge: Integers, judges: int) -> None:
    """ValueError, with both rows, where a judge scored an entry twice."""
    _, first, counts = np.unique(entry * max(judges, 1) + judge, return_index=True, return_counts=True)
    if (counts > 1).any():
        at = int(first[int(np.argmax(counts > 1))])
        same = np.flatnonzero((entry == entry[at]) & (judge == judge[at]))
        raise ValueError(
            f"rows {int(same[0])} and {int(same[1])} are both of entry {int(entry[at])} by judge "
            f"{int(judge[at])}"
        )


def checked(
    entry: npt.ArrayLike,
    judge: npt.ArrayLike,
    values: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    entries: int | None,
    judges: int | None,
) -> tuple[Integers, Integers, Floats, Floats]:
    """Index arrays, values and weights of one length and without a bad row; ValueError names it."""
    e, j = index_array("entry", entry, entries), index_array("judge", judge, judges)
    y = np.asarray(values, dtype=np.float64)
    w = np.ones(len(e)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not e.shape == j.shape == y.shape == w.shape:
        raise ValueError(
            f"{len(e)} entries, {len(j)} judges, {y.shape} values, {w.shape} weights: the arrays must have "
            f"one length"
        )
    for name, good in (("values", np.isfinite(y)), ("weights", np.isfinite(w) & (w > 0))):
        if not good.all():
            raise ValueError(f"{name}: row {int(np.argmin(good))} cannot be used")
    return e, j, y, w
