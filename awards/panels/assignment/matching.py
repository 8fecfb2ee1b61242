"""What an assignment means for the panel, as one document. Pure: no clock, no database.

`awards.panels.assignment.assigning.solve` finds pairs and `describe` says what any pairs mean, those of a solve as those
that people edited by hand. Both give the body of a proposal, in which everything is a whole number or a word
(shares and errors in millionths, None where a number does not exist):

    options     as asked, `Options`
    wanted      sheets wanted in the round
    kept        how many pairs stay; added, removed: [[entry, seat]] as against what is given now
    entries     [[entry, wanted, [[seat, level or None]]]], the readers after it
    loads       [[seat, before, after, low, high or None]], the bounds of the seat
    weakest     ten entries at most: [[entry, mean points, {better, conflict, category, banned, full, needed,
                unsaid, stay}]]: how many judges would suit it better than its weakest reader, and what keeps
                them from it; how many of its readers said nothing of its fields, and had it before
    warned      [[entry, seat]] of all pairs; in_conflict: pairs that stay though a conflict forbids them now
    read_by_all bridges among the entries
    fieldless   categories of entries that name no field: there expertise says nothing
    waived      [[entry, seats]]: expert seats of the rule that stay empty
    together    [[entry, employer, [seat, seat…]]]: judges of one employer on one entry
    before, after  linkage {parts, a_eff, mean_se, worst_se, worst_pair: [seat, seat] or [], groups: [[seat…]…]
                where there is more than one part}

Of a solve also:

    refused     [[entry, seat]]: pins that were asked for and that the state forbids
    optimal, objective  {kind, value, bound, proof: "prices" or "branching", affinity}: of the choice before swaps
    linking     {share, swaps, lost, affinity, before: linkage before the swaps, in_time}
    bridges     offers [{entries, added, share, absent: [[entry, seat]], over: [seat], after: linkage}]
    shortage    None, or why it cannot be: {missing: [[entry, reads]], under: [[seat, reads]], vacant, entries,
                categories, seats, wanted, possible, rules, remedies: [{kind, seat, entry, category, employer, amount, left}],
                partial: the body of the best that can be done}; then added and removed are empty, and all that
                stands beside them describes what is given now
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from math import isnan
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

import judging
from awards.panels.assignment.state import Pair, PanelState, ReadEntry, Reader, points
from judging.conflicts import folded

WEAKEST = 10
# From this mean on, an entry is read by people who know its fields.
WELL_READ = 80


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What a proposal is asked for with; the next one of the round starts from its `lasting` part.

    `experts` judges of `expert_level` and more for every entry, but as `fewer_experts` says (entry, seats).
    `link_share` of the affinity, in millionths, may be spent on linking judges better. `separate` says that the
    parts of the panel stay separate on purpose. `together` names employers whose judges need not be kept apart.
    What is given stays. `pins` are wanted beside it; `bans` are not wanted, and taken back where they are given
    and nothing is written yet.
    """

    seed: int = 0
    experts: int = 0
    expert_level: int = 4
    fewer_experts: tuple[tuple[int, int], ...] = ()
    link_share: int = 10_000
    employers_apart: bool = True
    together: tuple[str, ...] = ()
    separate: bool = False
    seconds: int = 60
    pins: tuple[Pair, ...] = ()
    bans: tuple[Pair, ...] = ()

    @property
    def lasting(self) -> "Options":
        return replace(self, pins=(), bans=())

    def seats_of(self, entry: ReadEntry) -> int:
        """Expert seats of an entry: never more than sheets, none on a bridge, which all read."""
        if entry.bridge:
            return 0
        return min(dict(self.fewer_experts).get(entry.round_entry_id, self.experts), entry.wanted)


def describe(state: PanelState, options: Options, pairs: Collection[Pair]) -> dict[str, Any]:
    """The body of a proposal of these pairs, which are all that would be given, pins among them."""
    taken = frozenset(pairs)
    by_entry: defaultdict[int, list[int]] = defaultdict(list)
    for entry, seat in sorted(taken):
        by_entry[entry].append(seat)
    readers = {reader.seat_id: reader for reader in state.readers}
    before, after = Counter(seat for _, seat in state.pins), Counter(seat for _, seat in taken)
    return {
        "options": to_builtins(options),
        "seed": options.seed,
        "wanted": sum(entry.wanted for entry in state.entries),
        "kept": len(state.pins & taken),
        "added": [list(pair) for pair in sorted(taken - state.pins)],
        "removed": [list(pair) for pair in sorted(state.pins - taken)],
        "entries": [
            [e.round_entry_id, e.wanted, [[s, readers[s].level(e.fields)] for s in by_entry[e.round_entry_id]]]
            for e in state.entries
        ],
        "loads": [[r.seat_id, before[r.seat_id], after[r.seat_id], r.low, r.high] for r in state.readers],
        "weakest": _weakest(state, options, by_entry, after),
        "warned": [list(pair) for pair in sorted(taken & state.warned)],
        "in_conflict": [list(pair) for pair in sorted(taken & state.barred)],
        "read_by_all": [e.round_entry_id for e in state.entries if e.bridge],
        "fieldless": sorted({e.category_id for e in state.entries if not e.fields}),
        "waived": _waived(state, options, by_entry, readers),
        "together": _together(state, by_entry),
        "before": linkage_of(state, state.pins),
        "after": linkage_of(state, taken),
        "shortage": None,
    }  # fmt: skip


def linkage_of(state: PanelState, pairs: Collection[Pair]) -> dict[str, Any]:
    """How well the judges would be linked; None where one number does not exist."""
    if not pairs:
        return {"parts": 0, "a_eff": None, "mean_se": None, "worst_se": None, "worst_pair": [], "groups": []}
    row = {entry.round_entry_id: number for number, entry in enumerate(state.entries)}
    column = {reader.seat_id: number for number, reader in enumerate(state.readers)}
    ordered = sorted(pairs)
    found = judging.measure_linkage(
        [row[e] for e, _ in ordered], [column[s] for _, s in ordered], len(row), len(column)
    )
    return linkage_document(state, found)


def linkage_document(state: PanelState, found: "judging.Linkage") -> dict[str, Any]:
    groups: defaultdict[int, list[int]] = defaultdict(list)
    if found.parts > 1:
        for reader, part in zip(state.readers, found.part_of_judge.tolist(), strict=True):
            if part >= 0:
                groups[part].append(reader.seat_id)
    return {
        "parts": found.parts,
        "a_eff": _millionths(found.a_eff),
        "mean_se": _millionths(found.mean_se),
        "worst_se": _millionths(found.worst_se),
        "worst_pair": [state.readers[judge].seat_id for judge in found.worst_pair],
        "groups": [groups[part] for part in sorted(groups)],
    }


def employer_groups(readers: Iterable[Reader]) -> Mapping[str, tuple[str, tuple[int, ...]]]:
    """By folded name: as it was written first, and the seats of its judges; only where there are several."""
    names: dict[str, str] = {}
    seats: defaultdict[str, list[int]] = defaultdict(list)
    for reader in readers:
        for key in dict.fromkeys(folded(name) for name in reader.employers):
            names.setdefault(key, next(name for name in reader.employers if folded(name) == key))
            seats[key].append(reader.seat_id)
    return {key: (names[key], tuple(found)) for key, found in sorted(seats.items()) if len(found) > 1}


def _millionths(value: float) -> int | None:
    return None if isnan(value) else round(value * 1_000_000)


def _weakest(
    state: PanelState, options: Options, by_entry: Mapping[int, list[int]], loads: Mapping[int, int]
) -> list[Any]:
    readers = {reader.seat_id: reader for reader in state.readers}
    bans = set(options.bans)
    means: list[tuple[int, str, ReadEntry, list[int]]] = []
    for entry in state.entries:
        worth = [points(readers[seat].level(entry.fields)) for seat in by_entry.get(entry.round_entry_id, ())]
        if worth and sum(worth) // len(worth) < WELL_READ:
            means.append((sum(worth) // len(worth), entry.reference, entry, worth))
    result = []
    for mean, _reference, entry, worth in sorted(means, key=lambda one: one[:2])[:WEAKEST]:
        key, kept = entry.round_entry_id, Counter[str]()
        for reader in state.readers:
            seat = reader.seat_id
            if (
                seat in by_entry[key]
                or not reader.takes_more
                or points(reader.level(entry.fields)) <= min(worth)
            ):
                continue
            kept["better"] += 1
            refusal = state.refusal(entry, reader)
            if refusal in ("conflict", "ended"):
                kept["conflict"] += 1
            elif refusal:
                kept[refusal] += 1
            elif (key, seat) in bans:
                kept["banned"] += 1
            elif reader.high is not None and loads.get(seat, 0) >= reader.high:
                kept["full"] += 1
            else:
                kept["needed"] += 1
        kept["unsaid"] = sum(readers[seat].level(entry.fields) is None for seat in by_entry[key])
        kept["stay"] = sum((key, seat) in state.pins for seat in by_entry[key])
        names = ("better", "conflict", "category", "banned", "full", "needed", "unsaid", "stay")
        result.append([key, mean, {name: kept[name] for name in names}])
    return result


def _waived(
    state: PanelState, options: Options, by_entry: Mapping[int, list[int]], readers: Mapping[int, Reader]
) -> list[list[int]]:
    found = []
    for entry in state.entries:
        levels = [readers[seat].level(entry.fields) for seat in by_entry.get(entry.round_entry_id, ())]
        experts = sum(level is not None and level >= options.expert_level for level in levels)
        wanted = 0 if entry.bridge else min(options.experts, entry.wanted)
        if experts < wanted:
            found.append([entry.round_entry_id, wanted - experts])
    return found


def _together(state: PanelState, by_entry: Mapping[int, list[int]]) -> list[Any]:
    found = []
    groups = employer_groups(state.readers)
    for entry in state.entries:
        reading = set(by_entry.get(entry.round_entry_id, ()))
        for name, seats in groups.values():
            if not entry.bridge and len(reading.intersection(seats)) > 1:
                found.append([entry.round_entry_id, name, sorted(reading.intersection(seats))])
    return found
