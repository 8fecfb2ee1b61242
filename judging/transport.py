"""The transportation problem as a linear programme, solved by HiGHS on one thread.

The matrix is totally unimodular, so a vertex is integral; the dual prices of the judges' rows prove
optimality without any trust in the solver (see `proof_bound`).
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from judging.arrays import Booleans, Floats, Integers

FIRST_PER_ENTRY = 24


class SolverFailed(RuntimeError):
    """The solver stopped without an answer; nothing was decided."""


@dataclass(frozen=True, slots=True)
class Flow:
    """
    A solved programme.

    Parameters
    ----------
    taken : ndarray of bool, shape (columns,)
    missing : ndarray of int64, shape (E,)
    under : ndarray of int64, shape (J,)
    prices : ndarray of int64, shape (J,)
        What one more place of a judge is worth; in units of the gains.
    """

    taken: Booleans
    missing: Integers
    under: Integers
    prices: Integers


def solve_flow(
    entry: Integers,
    judge: Integers,
    gain: Integers,
    need: Integers,
    low: Integers,
    high: Integers,
    *,
    missing_cost: int | None = None,
    under_cost: int | None = None,
) -> Flow | None:
    """
    Choose pairs with the largest total gain.

    Parameters
    ----------
    entry, judge, gain : ndarray of int64, shape (columns,)
        The pairs that may be chosen, each at most once.
    need : ndarray of int64, shape (E,)
    low, high : ndarray of int64, shape (J,)
    missing_cost, under_cost : int, optional
        Cost of a read that is missing and of a read below a judge's `low`; without them both are forbidden.

    Returns
    -------
    Flow or None
        None where the bounds cannot be met.

    Raises
    ------
    SolverFailed
        HiGHS gave up.
    """
    entries, judges, columns = len(need), len(low), len(entry)
    # The optimum does not move when a row's gains are shifted; small numbers keep the solver exact.
    best = np.full(entries, np.iinfo(np.int64).min)
    np.maximum.at(best, entry, gain)
    cost = [(best[entry] - gain).astype(np.float64)]
    index, start = [np.stack([entry, judge + entries], axis=1).ravel()], [np.arange(columns) * 2]
    upper = [np.ones(columns)]
    size, filled = columns, 2 * columns
    for price, count, offset, most in (
        (missing_cost, entries, 0, need),
        (under_cost, judges, entries, low),
    ):
        if price is not None:
            cost.append(np.full(count, float(price)))
            index.append(np.arange(count) + offset)
            start.append(np.arange(count) + filled)
            upper.append(most.astype(np.float64))
            size, filled = size + count, filled + count
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, entries + judges
    lp.col_cost_ = np.concatenate(cost)
    lp.col_lower_, lp.col_upper_ = np.zeros(size), np.concatenate(upper)
    # Where every judge must be full, the lower bounds say nothing more, and as equations they slow HiGHS thirtyfold.
    full = missing_cost is None and under_cost is None and int(need.sum()) == int(high.sum())
    lp.row_lower_ = np.concatenate([need, np.zeros_like(low) if full else low]).astype(np.float64)
    lp.row_upper_ = np.concatenate([need, high]).astype(np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([*start, [filled]]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate(index).astype(np.int32)
    lp.a_matrix_.value_ = np.ones(filled)

    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy has no types
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.passModel(lp)
    solver.run()
    status = solver.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolverFailed(f"HiGHS stopped with {solver.modelStatusToString(status)}")
    solution = solver.getSolution()
    value: Floats = np.asarray(solution.col_value, dtype=np.float64)
    whole = np.rint(value)
    if np.abs(value - whole).max(initial=0.0) > 1e-6:
        raise SolverFailed("HiGHS stopped at a point that is not whole")
    counts = whole.astype(np.int64)
    rest = counts[columns:]
    none_missing, none_under = np.zeros(entries, dtype=np.int64), np.zeros(judges, dtype=np.int64)
    return Flow(
        taken=counts[:columns] == 1,
        missing=rest[:entries] if missing_cost is not None else none_missing,
        under=rest[len(rest) - judges :] if under_cost is not None else none_under,
        prices=np.rint(-np.asarray(solution.row_dual[entries:], dtype=np.float64)).astype(np.int64),
    )


def proof_bound(
    gain: Integers, allowed: Booleans, need: Integers, low: Integers, high: Integers, prices: Integers
) -> int:
    """
    No choice of pairs gains more than this, whatever the prices are (weak duality).

    ``sum_e (need[e] largest of gain - price) + sum_j (price high if price > 0 else price low)``, in integers.

    Parameters
    ----------
    gain, allowed : ndarray, shape (E, J)
        Every entry must have at least `need` allowed judges.
    need, low, high, prices : ndarray of int64
    """
    reduced = gain - prices
    worst = int(reduced.min(initial=0)) - 1
    ordered = -np.sort(-np.where(allowed, reduced, worst), axis=1)
    counted = np.arange(ordered.shape[1]) < need[:, None]
    entries = int(np.sum(ordered, where=counted))
    return entries + int(np.sum(np.where(prices > 0, prices * high, prices * low)))


def solve_priced(
    gain: Integers, allowed: Booleans, need: Integers, low: Integers, high: Integers
) -> tuple[Booleans, Integers] | None:
    """
    The pairs with the largest total gain, exactly, looking at few of them at a time (column generation).

    Parameters
    ----------
    gain, allowed : ndarray, shape (E, J)
    need : ndarray, shape (E,)
    low, high : ndarray, shape (J,)

    Returns
    -------
    (taken, prices) or None
        A mask of shape (E, J) and the judges' prices; None where the bounds cannot be met.

    Raises
    ------
    SolverFailed
        HiGHS gave up.
    """
    columns = allowed & _promising(gain, allowed, high)
    while True:
        entry, judge = (array.astype(np.int64) for array in np.nonzero(columns))
        flow = solve_flow(entry, judge, gain[entry, judge], need, low, high)
        if flow is None:
            if (columns == allowed).all():
                return None
            columns = allowed.copy()
            continue
        taken = np.zeros(gain.shape, dtype=np.bool_)
        taken[entry[flow.taken], judge[flow.taken]] = True
        # What an entry's last chosen read is worth; a pair left out matters only if it beats that.
        reduced = gain - flow.prices
        last = np.where(taken, reduced, np.iinfo(np.int64).max).min(axis=1)
        more = allowed & ~columns & (reduced > last[:, None])
        if not more.any():
            return taken, flow.prices
        columns |= more


def _promising(gain: Integers, allowed: Booleans, high: Integers) -> Booleans:
    """Each entry's best judges and each judge's best entries."""
    entries, judges = gain.shape
    if judges <= FIRST_PER_ENTRY * 2:
        return allowed
    result = np.zeros(gain.shape, dtype=np.bool_)
    shown = np.where(allowed, gain, np.iinfo(np.int64).min)
    best = np.argpartition(-shown, FIRST_PER_ENTRY, axis=1)[:, :FIRST_PER_ENTRY]
    np.put_along_axis(result, best, True, axis=1)
    wide = min(int(high.max(initial=0)) * 2, entries - 1)
    if wide > 0:
        top = np.argpartition(-shown, wide, axis=0)[:wide]
        np.put_along_axis(result, top, True, axis=0)
    return result
