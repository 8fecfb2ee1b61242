"""Bridge entries: read by every judge who may, they join panels that share nobody; and what that costs.

A set read by all judges is the best link where most entries have few reads (ETS RR-00-09). It costs reads by
judges of other fields, so it is offered, with its cost, and never made.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Integers
from judging.linkage import Linkage, measure_linkage


@dataclass(frozen=True, slots=True)
class Bridges:
    """
    One offer.

    Parameters
    ----------
    entries : tuple of int
        The entries that all would read.
    added : tuple of (entry, judge)
        The reads that would be new, sorted.
    share : float
        New reads for each read there is.
    affinity : int
        Sum of the affinity over the new reads.
    absent : tuple of (entry, judge)
        Judges who may not read a bridge.
    over : tuple of int
        Judges who would read more than their upper bound.
    before, after : Linkage
    """

    entries: tuple[int, ...]
    added: tuple[tuple[int, int], ...]
    share: float
    affinity: int
    absent: tuple[tuple[int, int], ...]
    over: tuple[int, ...]
    before: Linkage
    after: Linkage


def offer_bridges(
    pairs: Collection[tuple[int, int]],
    affinity: npt.ArrayLike,
    *,
    allowed: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    most: int = 2,
) -> tuple[Bridges, ...]:
    """
    Offer one bridge entry, two, up to `most`; each offer holds the one before.

    First come the entries that leave fewest parts, then those that fewest judges may not read, then those that
    suit their new judges best; between equals, the lower index. The order of these wishes is this project's own.

    Parameters
    ----------
    pairs : collection of (entry, judge)
    affinity : array_like of int, shape (E, J)
    allowed : array_like of bool, shape (E, J), optional
    high : array_like of int, shape (J,), optional
        Upper load bounds: nobody is kept from a bridge by them, those over them are named.
    most : int

    Returns
    -------
    tuple of Bridges
        Empty where there is no pair; judges without any read are left alone.

    Raises
    ------
    ValueError
        Shapes that do not fit, a pair out of range or twice, `most` below 1.
    """
    a = np.asarray(affinity)
    if a.ndim != 2 or (a.size and a.dtype.kind not in "iu"):
        raise ValueError("affinity must hold integers in 2 dimensions")
    entries, judges = a.shape
    mask = np.ones(a.shape, dtype=np.bool_) if allowed is None else np.asarray(allowed, dtype=np.bool_)
    if mask.shape != a.shape:
        raise ValueError(f"allowed must have the shape {a.shape} of affinity")
    ceiling = None if high is None else np.asarray(high, dtype=np.int64)
    if ceiling is not None and ceiling.shape != (judges,):
        raise ValueError(f"high must be ({judges},)")
    if most < 1:
        raise ValueError(f"at least one bridge must be asked for, not {most}")
    taken = np.zeros(a.shape, dtype=np.bool_)
    for e, j in pairs:
        if not (0 <= e < entries and 0 <= j < judges) or taken[e, j]:
            raise ValueError(f"the pair of entry {e} and judge {j} is out of range or there twice")
        taken[e, j] = True
    if not len(pairs):
        return ()
    active = np.flatnonzero(taken.any(axis=0))
    before = _measured(taken)
    now, reads, chosen = taken.copy(), int(taken.sum()), []
    offers = []
    linkage = before
    for _ in range(min(most, entries)):
        new = mask & ~now
        new[:, np.setdiff1d(np.arange(judges), active)] = False
        joined = _parts_joined(now | new, linkage.part_of_judge)
        barred = (~mask & ~now)[:, active].sum(axis=1)
        # Worth for each new read, in whole numbers: floats would let rounding decide between equals.
        worth = np.sum(a.astype(np.int64), axis=1, where=new) * 1_000 // np.maximum(new.sum(axis=1), 1)
        open_ = new.any(axis=1)
        if not open_.any():
            break
        best = int(min(np.flatnonzero(open_), key=lambda e: (-joined[e], barred[e], -worth[e], e)))
        chosen.append(best)
        now[best] |= new[best]
        linkage = _measured(now)
        added = [(int(e), int(j)) for e, j in np.argwhere(now & ~taken)]
        load = now.sum(axis=0)
        offers.append(
            Bridges(
                entries=tuple(chosen),
                added=tuple(added),
                share=len(added) / reads,
                affinity=sum(int(a[pair]) for pair in added),
                absent=tuple((e, j) for e in sorted(chosen) for j in active.tolist() if not now[e, j]),
                over=()
                if ceiling is None
                else tuple(np.flatnonzero((load > ceiling) & (load > taken.sum(axis=0))).tolist()),
                before=before,
                after=linkage,
            )
        )
    return tuple(offers)


def _parts_joined(reading: Booleans, part_of_judge: Integers) -> Integers:
    """How many parts would have a judge on each entry."""
    count = int(part_of_judge.max(initial=-1)) + 1
    joined = np.zeros(len(reading), dtype=np.int64)
    for part in range(count):
        joined += reading[:, part_of_judge == part].any(axis=1)
    return joined


def _measured(reading: Booleans) -> Linkage:
    entry, judge = np.nonzero(reading)
    return measure_linkage(entry, judge, *reading.shape)
