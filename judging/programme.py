"""The linear programme of an assignment in HiGHS, on one thread: columns and rows are added as they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from judging.arrays import Booleans, Floats, Integers
from judging.problem import Problem
from judging.watching import Watch

NOTHING = np.zeros(0, dtype=np.int64)
NEAR = 1e-6
DUAL, PRIMAL = 1, 4  # HiGHS's names for its simplex methods


class SolverFailed(RuntimeError):
    """The solver stopped without an answer; nothing was decided."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What may be left undone, and at what cost; None forbids it."""

    missing: int
    under: int
    vacant: int


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """
    A solved programme.

    Parameters
    ----------
    cost : float
        Comparable within one programme only.
    value : ndarray, of its pairs
    missing, under, vacant : ndarray, shapes (E,), (J,), (E,)
        Reads missing, reads below a least load, expert seats empty.
    prices, seat_prices, worth : ndarray of int64, shapes (J,), (E,), (E,)
        What one more place of a judge, one expert seat less and one read less would be worth.
    """

    cost: float
    value: Floats
    missing: Floats
    under: Floats
    vacant: Floats
    prices: Integers
    seat_prices: Integers
    worth: Integers

    @property
    def short(self) -> bool:
        return bool((self.missing > NEAR).any() or (self.under > NEAR).any() or (self.vacant > NEAR).any())

    @property
    def whole(self) -> bool:
        rest = np.concatenate([self.value, self.missing, self.under, self.vacant])
        return bool(np.abs(rest - np.rint(rest)).max(initial=0.0) <= NEAR)

    @property
    def taken(self) -> Booleans:
        return self.value > 0.5


class Programme:
    """
    Rows: entries, judges, expert seats, then (entry, group) cells that were found violated. Columns: what is
    left undone, then pairs.
    """

    def __init__(self, problem: Problem, watch: Watch, costs: Costs | None) -> None:
        self.problem, self.watch = problem, watch
        self.entries, self.judges = len(problem.need), len(problem.low)
        self.seated = np.flatnonzero(problem.seats > 0)
        self._seat_row = np.full(self.entries, -1, dtype=np.int64)
        self._seat_row[self.seated] = self.entries + self.judges + np.arange(len(self.seated))
        self.entry, self.judge, self._gain = NOTHING, NOTHING, NOTHING
        self.best: Integers | None = None
        self.cells = NOTHING
        self.branching = self._continues = False
        self._solver = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0),
                            ("mip_abs_gap", 0.5)):  # fmt: skip
            self._solver.setOptionValue(name, value)
        if watch.watches:
            self._interruptible()
        # Where every judge must be full, the lower bounds say nothing more; as equations they slow HiGHS thirtyfold.
        full = int(problem.need.sum()) == int(problem.high.sum())
        low = np.zeros_like(problem.low) if full else problem.low
        seats = problem.seats[self.seated]
        self._add_rows(
            np.concatenate([problem.need, low, seats]),
            np.concatenate([problem.need, problem.high, seats + self.judges]),
        )
        undone = np.concatenate([problem.need, low, seats]).astype(np.float64)
        price = costs or Costs(0, 0, 0)
        self._undone = len(undone)
        self._add_columns(
            np.repeat(
                np.array([price.missing, price.under, price.vacant], dtype=np.float64),
                [self.entries, self.judges, len(seats)],
            ),
            undone if costs else np.zeros(self._undone),
            np.arange(self._undone),
            np.arange(self._undone),
        )

    def add(self, entry: Integers, judge: Integers, gain: Integers) -> None:
        """Pairs that are not there yet."""
        if self.best is None:
            # The optimum does not move when a row's gains are shifted; small numbers keep the solver exact.
            self.best = np.zeros(self.entries, dtype=np.int64)
            highest = np.full(self.entries, np.iinfo(np.int64).min)
            np.maximum.at(highest, entry, gain)
            found = highest > np.iinfo(np.int64).min
            self.best[found] = highest[found]
        count = len(entry)
        column, row = [np.arange(count)] * 2, [entry, judge + self.entries]
        seat = self._seat_row[entry]
        expert = np.flatnonzero((seat >= 0) & self.problem.experts[entry, judge])
        column.append(expert)
        row.append(seat[expert])
        place, group = self.problem.groups_of(judge)
        cell = entry[place] * max(self.problem.groups, 1) + group
        known = np.isin(cell, self.cells)
        if known.any():
            order = np.argsort(self.cells)
            at = order[np.searchsorted(self.cells, cell[known], sorter=order)]
            column.append(place[known])
            row.append(at + self.entries + self.judges + len(self.seated))
        self._add_columns(
            (self.best[entry] - gain).astype(np.float64),
            np.ones(count),
            np.concatenate(column),
            np.concatenate(row),
        )
        self.entry = np.concatenate([self.entry, entry])
        self.judge = np.concatenate([self.judge, judge])

    def split(self, point: Point) -> bool:
        """Add the cells of entry and group that a point fills twice; whether there were any."""
        chosen = np.flatnonzero(point.value > NEAR)
        place, group = self.problem.groups_of(self.judge[chosen])
        cell = self.entry[chosen][place] * max(self.problem.groups, 1) + group
        cells, inverse = np.unique(cell, return_inverse=True)
        held = np.bincount(inverse, point.value[chosen][place], len(cells))
        new = cells[(held > 1 + NEAR) & ~np.isin(cells, self.cells)]
        if not len(new):
            return False
        place, group = self.problem.groups_of(self.judge)
        cell = self.entry[place] * max(self.problem.groups, 1) + group
        inside = np.isin(cell, new)
        row, column = np.searchsorted(new, cell[inside]), place[inside] + self._undone
        order = np.argsort(row, kind="stable")
        start = np.searchsorted(row[order], np.arange(len(new)))
        self._solver.addRows(
            len(new), np.zeros(len(new)), np.ones(len(new)), len(row), start.astype(np.int32),
            column[order].astype(np.int32), np.ones(len(row)),
        )  # fmt: skip
        self.cells = np.concatenate([self.cells, new])
        self._continues = False
        return True

    def branch(self) -> None:
        """From now on whole numbers only."""
        self.branching, self._continues = True, False
        self._whole(0, self._undone + len(self.entry))

    def run(self) -> Point | None:
        """None where the bounds cannot be met by these pairs."""
        status = self._run()
        statuses = highspy.HighsModelStatus
        if status in (statuses.kInterrupt, statuses.kTimeLimit):
            self.watch.check()
            self.watch.expire()
        if status in (statuses.kInfeasible, statuses.kUnboundedOrInfeasible):
            return None
        if status != statuses.kOptimal:
            raise SolverFailed(f"HiGHS stopped with {self._solver.modelStatusToString(status)}")
        solution = self._solver.getSolution()
        value = np.asarray(solution.col_value, dtype=np.float64)
        dual = np.asarray(solution.row_dual, dtype=np.float64)
        if self.branching or not len(dual):
            dual = np.zeros(self.entries + self.judges + len(self.seated) + len(self.cells))
        whole = np.rint(dual).astype(np.int64)
        seat_prices = np.zeros(self.entries, dtype=np.int64)
        seats_from = self.entries + self.judges
        cells_from = seats_from + len(self.seated)
        seat_prices[self.seated] = np.maximum(whole[seats_from:cells_from], 0)
        self.cell_prices = np.maximum(-whole[cells_from:], 0)
        vacant = np.zeros(self.entries)
        vacant[self.seated] = value[seats_from:cells_from]
        assert self.best is not None
        return Point(
            cost=float(self._solver.getInfo().objective_function_value),
            value=value[self._undone :],
            missing=value[: self.entries],
            under=value[self.entries : seats_from],
            vacant=vacant,
            prices=-whole[self.entries : seats_from],
            seat_prices=seat_prices,
            worth=self.best - whole[: self.entries],
        )

    def _run(self) -> Any:
        """HiGHS's status. Where it loses its way from the last point, it begins again from the side that it trusts."""
        statuses = highspy.HighsModelStatus
        answers = {
            statuses.kOptimal, statuses.kInfeasible, statuses.kUnboundedOrInfeasible,
            statuses.kInterrupt, statuses.kTimeLimit,
        }  # fmt: skip
        # New pairs leave the last point feasible: the primal method goes on from there, where the dual one began anew.
        tries = [(PRIMAL, False)] if self._continues else []
        status = statuses.kNotset
        for strategy, anew in (*tries, (DUAL, False), (DUAL, True)):
            if anew:
                self._solver.clearSolver()
            left = self.watch.left
            if left is not None:
                self._solver.setOptionValue("time_limit", self._solver.getRunTime() + left)
            self._solver.setOptionValue("simplex_strategy", strategy)
            self._solver.run()
            status = self._solver.getModelStatus()
            if status in answers:
                break
        self._continues = not self.branching
        return status

    def _add_rows(self, low: Integers, high: Integers) -> None:
        empty = np.zeros(0, dtype=np.int32)
        self._solver.addRows(
            len(low), low.astype(np.float64), high.astype(np.float64), 0, empty, empty, np.zeros(0)
        )

    def _add_columns(self, cost: Floats, upper: Floats, column: Integers, row: Integers) -> None:
        order = np.argsort(column, kind="stable")
        start = np.searchsorted(column[order], np.arange(len(cost)))
        before = self._undone + len(self.entry) if len(self.entry) or self.best is not None else 0
        self._solver.addCols(
            len(cost), cost, np.zeros(len(cost)), upper, len(row), start.astype(np.int32),
            row[order].astype(np.int32), np.ones(len(row)),
        )  # fmt: skip
        if self.branching:
            self._whole(before, before + len(cost))

    def _whole(self, start: int, stop: int) -> None:
        kinds = np.full(stop - start, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        self._solver.changeColsIntegrality(stop - start, np.arange(start, stop, dtype=np.int32), kinds)

    def _interruptible(self) -> None:
        watch, calls = self.watch, 0

        def asked(kind: object, message: str, out: object, answer: Any, data: object) -> None:
            # HiGHS asks at every step of the simplex method; a look at the clock each time would cost more than it.
            nonlocal calls
            calls += 1
            if answer is not None and calls % 32 == 0 and watch.over():
                answer.user_interrupt = True

        kinds = highspy.cb.HighsCallbackType
        self._solver.setCallback(asked, None)
        self._solver.startCallback(kinds.kCallbackSimplexInterrupt)
        self._solver.startCallback(kinds.kCallbackMipInterrupt)
