"""Array types, and the one place where index arrays are checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


def index_array(name: str, values: npt.ArrayLike, upper: int | None = None) -> Integers:
    """
    Check and convert an array of indices.

    Parameters
    ----------
    name : str
        How the array is called in an error.
    values : array_like of int, shape (n,)
    upper : int, optional
        Indices must be below it.

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        Not one-dimensional, not integers, negative, or not below `upper`; the row is named, counted from 0.
    """
    array: npt.NDArray[Any] = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, not {array.ndim}")
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must hold integers, not {array.dtype}")
    result = array.astype(np.int64)
    if len(result) and (int(result.min()) < 0 or (upper is not None and int(result.max()) >= upper)):
        bad = result < 0 if upper is None else (result < 0) | (result >= upper)
        row = int(np.argmax(bad))
        raise ValueError(f"{name}: row {row} holds {int(result[row])}, which is out of range")
    return result


def count_of(indices: Integers, said: int | None = None) -> int:
    """How many there are: as `said`, else one more than the highest index."""
    return int(indices.max(initial=-1)) + 1 if said is None else said


def frozen(array: Floats) -> Floats:
    """A read-only view, so that a frozen result really is frozen."""
    view = array.view()
    view.flags.writeable = False
    return view


def frozen_integers(array: Integers) -> Integers:
    """A read-only view of an integer array."""
    view = array.view()
    view.flags.writeable = False
    return view
