"""Totals of an earlier round that count in this one.

An entry's earlier total stands beside its criteria as one more number with a weight of its own. Officially the total is
``round_half_even((sum(w * official) + W * carried) / (sum(w) + W))`` in millionths. What is not known of the earlier
total is taken to be independent of this round: its judges and sheets are others.
This project's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from judging.arrays import Floats, Integers, frozen, frozen_integers
from judging.calibration import Covariance
from judging.criteria import Total
from judging.rounds import Carried
from judging.scales import MILLION


@dataclass(frozen=True)
class Burden:
    """
    What the entries of a round bring along.

    Parameters
    ----------
    weights : ndarray of int64, shape (E,)
        0 for who starts afresh.
    totals : tuple of int or None, length E
        Millionths.
    errors : ndarray, shape (E,)
        Standard errors in scale units; NaN where not known, 0 for who starts afresh.
    """

    weights: Integers
    totals: tuple[int | None, ...]
    errors: Floats


def burden_of(carried: Sequence[Carried], at_entry: Mapping[str, int]) -> Burden:
    """What is carried, entry by entry in the order of the table."""
    size = len(at_entry)
    weights, errors = np.zeros(size, dtype=np.int64), np.zeros(size)
    totals: list[int | None] = [None] * size
    for one in carried:
        here = at_entry[one.entry]
        weights[here], totals[here] = one.weight, one.total
        errors[here] = np.nan if one.error is None else one.error / MILLION
    return Burden(frozen_integers(weights), tuple(totals), frozen(errors))


def carry(total: Total, load: Integers, burden: Burden) -> Total:
    """
    A total of this round together with what is carried into it.

    Parameters
    ----------
    total : Total
        Of this round alone.
    load : ndarray of int64, shape (E,)
        Sum of the weights of each entry's criteria.
    burden : Burden

    Returns
    -------
    Total
        `raw` and `official_raw` stay those of this round: marks that were carried are not marks of it. `official` is
        that of this round too: `judging.scoring.totals_of` has the one that counts, in which no float has a part.
    """
    if not burden.weights.any():
        return total
    share = load / np.maximum(load + burden.weights, 1)
    before = np.array([(number or 0) / MILLION for number in burden.totals])
    errors = total.covariance
    own = np.hypot(share * errors.own, (1 - share) * burden.errors)
    covariance = Covariance(
        frozen(own),
        frozen(share[:, None] * errors.severity),
        frozen(share[:, None] * errors.noise),
        errors.part,
    )
    known = np.isfinite(own)
    return replace(
        total,
        estimate=frozen(share * total.estimate + (1 - share) * before),
        se=frozen(np.sqrt(covariance.variances())),
        covariance=covariance,
        dof=frozen_integers(np.where(known, total.dof, 0)),
    )
