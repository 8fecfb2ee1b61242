"""A panel's state as rows and columns, and what the rules that a proposal was asked for with make of every pair."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

import judging
from awards.panels.assignment.matching import Options, employer_groups
from awards.panels.assignment.state import Pair, PanelState, points

# A pair with a warning costs more than any expertise can make up for.
WARNED = 2_000

Told = Callable[[str, int], None]
"""How far it is: a stage, and programmes solved so far."""
Stop = Callable[[], bool] | None


class Task(Struct, frozen=True):
    """Judges' bounds hold their pins. A `waivable` pair is not allowed, but somebody can see to it that it is."""

    rows: dict[int, int]
    columns: dict[int, int]
    affinity: npt.NDArray[np.int32]
    allowed: npt.NDArray[np.bool_]
    waivable: npt.NDArray[np.bool_]
    warned: npt.NDArray[np.bool_]
    experts: npt.NDArray[np.bool_]
    seats: npt.NDArray[np.int64]
    need: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    pins: tuple[Pair, ...]
    refused: tuple[Pair, ...]
    apart: tuple[tuple[int, ...], ...]
    employers: tuple[str, ...]
    entry_ids: tuple[str, ...]
    judge_ids: tuple[str, ...]


def task_of(state: PanelState, options: Options) -> Task:
    rows = {entry.round_entry_id: number for number, entry in enumerate(state.entries)}
    columns = {reader.seat_id: number for number, reader in enumerate(state.readers)}
    shape = (len(rows), len(columns))
    level = _levels(state)
    serves = _serves(state)
    takes = np.array([reader.takes_more for reader in state.readers], dtype=np.bool_)
    barred, never = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    mark(barred, state.barred, rows, columns)
    mark(never, state.ended, rows, columns)
    mark(never, options.bans, rows, columns)
    never |= ~takes
    allowed = serves & ~barred & ~never
    warned = np.zeros(shape, dtype=np.bool_)
    mark(warned, state.warned, rows, columns)
    stays = state.pins - (state.movable & set(options.bans))
    asked = [(rows[e], columns[s]) for e, s in options.pins if e in rows and s in columns]
    bridge = np.array([entry.bridge for entry in state.entries], dtype=np.bool_)
    pins = {(rows[e], columns[s]) for e, s in stays} | {pair for pair in asked if allowed[pair]}
    pins |= {(int(e), int(j)) for e, j in np.argwhere(allowed & bridge[:, None])}
    held = np.zeros(shape[1], dtype=np.int64)
    for _, judge in pins:
        held[judge] += 1
    most = np.array([len(rows) if r.high is None else r.high for r in state.readers], dtype=np.int64)
    high = np.where(takes, np.maximum(most, held), held)
    groups = employer_groups(state.readers) if options.employers_apart else {}
    apart = [(name, seats) for name, seats in groups.values() if name not in options.together]
    return Task(
        rows=rows,
        columns=columns,
        affinity=np.where(level < 0, points(None), level * points(1)).astype(np.int32),
        allowed=allowed,
        waivable=(serves == barred) & ~never,
        warned=warned,
        experts=level >= options.expert_level,
        seats=np.array([options.seats_of(entry) for entry in state.entries], dtype=np.int64),
        need=np.array([0 if entry.bridge else entry.wanted for entry in state.entries], dtype=np.int64),
        low=np.minimum(np.array([r.low for r in state.readers], dtype=np.int64) * takes, high),
        high=high,
        pins=tuple(sorted(pins)),
        refused=tuple(sorted(pair for pair in asked if pair not in pins)),
        apart=tuple(tuple(columns[seat] for seat in seats) for _, seats in apart),
        employers=tuple(name for name, _ in apart),
        # The seed stands in the ids by which ties are settled: another one gives another optimum of the same worth.
        entry_ids=tuple(f"{options.seed}:{entry.reference}" for entry in state.entries),
        judge_ids=tuple(reader.label for reader in state.readers),
    )


def assign(
    task: Task, options: Options, told: Told, stop: Stop, *, level: bool = True
) -> "judging.Assignment | judging.Shortage":
    return judging.assign(
        task.affinity - WARNED * task.warned,
        task.need,
        allowed=task.allowed,
        low=task.low,
        high=task.high,
        pins=task.pins,
        waivable=task.waivable,
        entry_ids=task.entry_ids,
        judge_ids=task.judge_ids,
        balanced=level,
        experts=task.experts,
        seats=np.minimum(task.seats, task.need),
        apart=task.apart,
        seconds=options.seconds,
        stop=stop,
        progress=lambda now: told(now.stage, now.round),
    )


def mark(
    grid: npt.NDArray[Any],
    pairs: Collection[Pair],
    rows: dict[int, int],
    columns: dict[int, int],
    to: int | bool = True,
) -> None:
    for entry, seat in pairs:
        if entry in rows and seat in columns:
            grid[rows[entry], columns[seat]] = to


def _serves(state: PanelState) -> npt.NDArray[np.bool_]:
    """Whether the seat covers the entry's category; a bridge is read across them, as that is what it is for."""
    category = np.array([entry.category_id for entry in state.entries], dtype=np.int64)
    bridge = np.array([entry.bridge for entry in state.entries], dtype=np.bool_)
    serves = np.ones((len(state.entries), len(state.readers)), dtype=np.bool_)
    for number, reader in enumerate(state.readers):
        if reader.categories:
            serves[:, number] = np.isin(category, reader.categories) | bridge
    return serves


def _levels(state: PanelState) -> npt.NDArray[np.int32]:
    """Level of every judge on every entry, -1 where nobody has said."""
    fields = sorted({entry.fields for entry in state.entries})
    number_of = {key: number for number, key in enumerate(fields)}
    table = np.full((len(fields), len(state.readers)), -1, dtype=np.int32)
    for column, reader in enumerate(state.readers):
        for row, key in enumerate(fields):
            level = reader.level(key)
            if level is not None:
                table[row, column] = level
    rows = np.array([number_of[entry.fields] for entry in state.entries], dtype=np.int64)
    return table[rows].reshape(len(state.entries), len(state.readers))
