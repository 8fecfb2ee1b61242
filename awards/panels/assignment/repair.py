"""What is broken in a panel at work, and three offers that mend it. Pure.

The offers are bodies of proposals (`awards.panels.assignment.matching`) that say in addition:

    repair      {aim: fewest, balanced or value; silent: [seat]; short: sheets that were missing or had to go;
                given: of these, how many somebody gets; missing: [[entry, reads]] that nobody can be given;
                gone: [[entry, seat, why]] and written: [[entry, seat]] as in `Broken`;
                same_as: the aim of an earlier offer of the same pairs, or nothing}
    moves       [[entry, from, to or None]] of all that are removed, the gone ones among them
    opened      [[entry, seat]] of these that their judge had looked at: no others of that kind are ever taken
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

import judging
from awards.panels.assignment.matching import Options, describe
from awards.panels.assignment.state import Pair, PanelState
from awards.panels.assignment.task import WARNED, Task, Told, task_of


class Broken(Struct, frozen=True):
    """`gone` pairs cannot stay: of a `silent` judge, in `conflict`, or on a `seat` that is over.

    `short` says by how much each entry has too few sheets once they are gone; `written` are in conflict too, but
    a sheet is begun: it is set aside on purpose, never moved.
    """

    short: tuple[tuple[int, int], ...]
    gone: tuple[tuple[int, int, str], ...]
    written: tuple[Pair, ...]

    def __bool__(self) -> bool:
        return bool(self.short or self.gone)

    @property
    def sheets(self) -> int:
        return sum(reads for _entry, reads in self.short)


def find_broken(state: PanelState, silent: Collection[int] = ()) -> Broken:
    """`silent` seats give up what nobody has opened."""
    takes = {reader.seat_id for reader in state.readers if reader.takes_more}
    gone: list[tuple[int, int, str]] = []
    for pair in sorted(state.movable):
        if pair in state.barred:
            gone.append((*pair, "conflict"))
        elif pair[1] not in takes:
            gone.append((*pair, "seat"))
        elif pair[1] in silent and pair not in state.opened:
            gone.append((*pair, "silent"))
    left = state.pins - {(entry, seat) for entry, seat, _why in gone}
    reads = Counter(entry for entry, _seat in left)
    owed = Counter(entry for entry, _seat in _bridge_pairs(state, silent) - left)
    short = []
    for entry in state.entries:
        key = entry.round_entry_id
        missing = owed[key] if entry.bridge else entry.wanted - reads[key]
        if missing > 0:
            short.append((key, missing))
    return Broken(tuple(short), tuple(gone), tuple(sorted((state.pins - state.movable) & state.barred)))


def offers(
    state: PanelState,
    options: Options,
    silent: Collection[int] = (),
    *,
    told: Told | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[dict[str, Any]]:
    """
    Fewest moves, level loads, best value: three bodies, or none where nothing is broken.

    Raises
    ------
    judging.Stopped
    """
    tell = told or (lambda stage, number: None)
    broken = find_broken(state, silent)
    if not broken:
        return []
    left = state.pins - {(entry, seat) for entry, seat, _why in broken.gone}
    task = task_of(_without(state, left, silent), options.lasting)
    # Every judge who may reads a bridge: what they do not have of it yet is given to them whatever the aim.
    held = {(task.rows[e], task.columns[s]) for e, s in left} | set(task.pins)
    movable = {(task.rows[e], task.columns[s]) for e, s in left & state.movable}
    tell("solve", 0)
    found = judging.repair(
        task.affinity - WARNED * task.warned,
        task.need,
        held=held,
        firm=held - movable,
        opened=[(task.rows[e], task.columns[s]) for e, s in state.opened & left],
        allowed=task.allowed,
        low=task.low,
        high=_bounds(task, state),
        entry_ids=task.entry_ids,
        judge_ids=task.judge_ids,
        experts=task.experts,
        seats=task.seats,
        apart=task.apart,
        budget=0.0 if options.separate else options.link_share / 1_000_000,
        floor=-WARNED // 2,
        stop=stop,
    )
    tell("describe", 0)
    bodies: list[dict[str, Any]] = []
    seen: dict[frozenset[Pair], str] = {}
    for one in found:
        pairs = frozenset((state.entries[e].round_entry_id, state.readers[j].seat_id) for e, j in one.pairs)
        missing = [(state.entries[e].round_entry_id, reads) for e, reads in one.missing]
        said = {"aim": one.aim.value, "same_as": seen.get(pairs, "")}
        said |= _said(silent, broken, missing)
        bodies.append(describe(state, options, pairs) | moved(state, pairs) | {"repair": said})
        seen.setdefault(pairs, one.aim.value)
    return bodies


def _said(silent: Collection[int], broken: Broken, missing: list[tuple[int, int]]) -> dict[str, Any]:
    return {
        "silent": sorted(silent),
        "short": broken.sheets,
        "given": broken.sheets - sum(reads for _entry, reads in missing),
        "missing": [list(one) for one in missing],
        "gone": [list(one) for one in broken.gone],
        "written": [list(pair) for pair in broken.written],
    }


def moved(state: PanelState, pairs: frozenset[Pair]) -> dict[str, Any]:
    """What a body says of those who lose an entry."""
    return {
        "moves": [list(one) for one in moves_of(state.pins, pairs)],
        "opened": [list(pair) for pair in sorted(state.opened - pairs)],
    }


def moves_of(before: Collection[Pair], after: Collection[Pair]) -> list[tuple[int, int, int | None]]:
    """Of every entry, who gives a read to whom; None where nobody takes it."""
    lost, gained = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for entry, seat in sorted(set(before) - set(after)):
        lost[entry].append(seat)
    for entry, seat in sorted(set(after) - set(before)):
        gained[entry].append(seat)
    return [
        (entry, seat, gained[entry][number] if number < len(gained[entry]) else None)
        for entry, seats in sorted(lost.items())
        for number, seat in enumerate(seats)
    ]


def _without(state: PanelState, left: frozenset[Pair], silent: Collection[int]) -> PanelState:
    """As if the silent had ended: they keep what they have begun, and are given nothing."""
    readers = tuple(
        replace(reader, takes_more=False) if reader.seat_id in silent else reader for reader in state.readers
    )
    return replace(state, pins=left, readers=readers)


def _bounds(task: Task, state: PanelState) -> Any:
    """What is asked of a seat, without what it holds beyond that: `judging.repair` knows what is held."""
    most = [task.high[n] if r.high is None else r.high for n, r in enumerate(state.readers)]
    return [min(int(high), int(limit)) for high, limit in zip(task.high, most, strict=True)]


def _bridge_pairs(state: PanelState, silent: Collection[int]) -> set[Pair]:
    return {
        (entry.round_entry_id, reader.seat_id)
        for entry in state.entries
        if entry.bridge
        for reader in state.readers
        if not state.refusal(entry, reader) and reader.seat_id not in silent
    }
