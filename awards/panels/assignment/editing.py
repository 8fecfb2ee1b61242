"""A proposal edited by hand: what one act makes of it, what follows, and what keeps it from being applied. Pure.

An edited proposal is a body like any other (`awards.panels.assignment.matching`) that says in addition:

    based_on    the proposal that it was made from
    edits       [[kind, entry, seat, other entry or None, other seat or None]], the first one first
    problems    [[kind, entry or None, seat or None, by]] as in `Problem`

Pairs that must be there, and that must not, stand among its options: whoever computes it anew keeps them.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from awards.panels.assignment.matching import Options, describe
from awards.panels.assignment.repair import moved
from awards.panels.assignment.state import Pair, PanelState, points


class Kind(StrEnum):
    """`give` an entry to a judge, `take` it from one, `hand` it from one to another, `swap` two judges between two
    entries; `pin` and `ban` a pair, or let it be `free` again."""

    GIVE = "give"
    TAKE = "take"
    HAND = "hand"
    SWAP = "swap"
    PIN = "pin"
    BAN = "ban"
    FREE = "free"


class Act(Struct, frozen=True):
    kind: Kind
    entry: int
    seat: int
    other_entry: int | None = None
    other_seat: int | None = None


class Plan(Struct, frozen=True):
    """All pairs there would be, and of any those that must be and those that must not."""

    pairs: frozenset[Pair]
    pins: frozenset[Pair] = frozenset()
    bans: frozenset[Pair] = frozenset()


class Refusal(Struct, frozen=True):
    """Why an act cannot be: `conflict`, `ended`, `seat`, `category` as in `PanelState.refusal`; a sheet is `begun`;
    the judge reads it `already`, or `not`; there is `nothing` to do; the act names `unknown` things."""

    why: str
    entry: int
    seat: int


class Problem(Struct, frozen=True):
    """What keeps a proposal from being applied: a judge `over` the most they may read, an entry `short` of sheets,
    a pair in `conflict`, or begun sheets that it would take (`begun`); by how much, where that is a number."""

    kind: str
    entry: int | None = None
    seat: int | None = None
    by: int = 0


class Effects(Struct, frozen=True):
    """What one act changes: [seat, before, after, low, high], [entry, before, after, wanted], mean points of the
    readers of an entry before and after; pairs and rules that are broken and were not; all that forbids to apply."""

    loads: tuple[tuple[int, int, int, int, int | None], ...]
    entries: tuple[tuple[int, int, int, int], ...]
    points: tuple[tuple[int, int, int], ...]
    warned: tuple[Pair, ...]
    together: tuple[tuple[int, str, tuple[int, ...]], ...]
    waived: tuple[tuple[int, int], ...]
    opened: tuple[Pair, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    problems: tuple[Problem, ...]


def start_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What editing starts from: where not every sheet can be given, the best that can be done."""
    shortage = body.get("shortage")
    return body if shortage is None else {**shortage["partial"], "options": body["options"]}


def plan_of(state: PanelState, body: Mapping[str, Any]) -> Plan:
    options = options_of(body)
    pairs = (state.pins - _pairs(body["removed"])) | _pairs(body["added"])
    return Plan(pairs, frozenset(options.pins), frozenset(options.bans))


def options_of(body: Mapping[str, Any]) -> Options:
    return msgspec.convert(body["options"], Options)


def changed(state: PanelState, plan: Plan, act: Act) -> Plan | Refusal:
    """The plan after one act."""
    pair = (act.entry, act.seat)
    match act.kind:
        case Kind.GIVE:
            return _moved(state, plan, out=(), into=(pair,))
        case Kind.TAKE:
            return _moved(state, plan, out=(pair,), into=())
        case Kind.HAND:
            return _moved(state, plan, out=(pair,), into=((act.entry, act.other_seat or 0),))
        case Kind.SWAP:
            other = (act.other_entry or 0, act.other_seat or 0)
            crossed = ((act.entry, other[1]), (other[0], act.seat))
            if other[0] == act.entry or other[1] == act.seat:
                return Refusal("nothing", *pair)
            return _moved(state, plan, out=(pair, other), into=crossed)
        case Kind.PIN:
            made = plan if pair in plan.pairs else _moved(state, plan, out=(), into=(pair,))
            if isinstance(made, Refusal):
                return made
            return replace(made, pins=made.pins | {pair}, bans=made.bans - {pair})
        case Kind.BAN:
            made = plan if pair not in plan.pairs else _moved(state, plan, out=(pair,), into=())
            if isinstance(made, Refusal):
                return made
            return replace(made, pins=made.pins - {pair}, bans=made.bans | {pair})
        case Kind.FREE:
            if pair not in plan.pins | plan.bans:
                return Refusal("nothing", *pair)
            return replace(plan, pins=plan.pins - {pair}, bans=plan.bans - {pair})


def _moved(state: PanelState, plan: Plan, *, out: tuple[Pair, ...], into: tuple[Pair, ...]) -> Plan | Refusal:
    entries = {entry.round_entry_id: entry for entry in state.entries}
    readers = {reader.seat_id: reader for reader in state.readers}
    for pair in (*out, *into):
        if pair[0] not in entries or pair[1] not in readers:
            return Refusal("unknown", *pair)
    for pair in out:
        if pair not in plan.pairs:
            return Refusal("not", *pair)
        if pair in state.pins - state.movable:
            return Refusal("begun", *pair)
    for pair in into:
        if pair in plan.pairs:
            return Refusal("already", *pair)
        # What was taken in an edit before may come back, whatever the seat serves.
        if pair not in state.pins and (why := state.refusal(entries[pair[0]], readers[pair[1]])):
            return Refusal(why, *pair)
        if pair in state.barred | state.ended:
            return Refusal("conflict" if pair in state.barred else "ended", *pair)
    moved = (plan.pairs - set(out)) | set(into)
    return Plan(moved, plan.pins - set(out), plan.bans - set(into))


def edited(
    state: PanelState, body: Mapping[str, Any], plan: Plan, act: Act | None, based_on: int
) -> dict[str, Any]:
    """The body of the next version."""
    options = replace(options_of(body), pins=tuple(sorted(plan.pins)), bans=tuple(sorted(plan.bans)))
    made = describe(state, options, plan.pairs)
    edit = [[act.kind.value, act.entry, act.seat, act.other_entry, act.other_seat]] if act else []
    more: dict[str, Any] = {"based_on": based_on, "edits": [*body.get("edits", ()), *edit]}
    if "repair" in body:
        more["repair"] = {**body["repair"], "same_as": ""}
    body = made | moved(state, plan.pairs) | more
    problems = [[one.kind, one.entry, one.seat, one.by] for one in problems_of(state, body)]
    return body | {"problems": problems}


def problems_of(state: PanelState, body: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What a computed proposal never has, and a person can make: asked again when it is applied.

    An entry that a repair could not give enough sheets may stay short by as many; a judge who reads more than
    their most already may go on doing so.
    """
    found: list[Problem] = []
    allowed = dict(body.get("repair", {}).get("missing", ()))
    bridges = {entry.round_entry_id for entry in state.entries if entry.bridge}
    # What all read comes on top of what a judge may be asked for.
    on_top = Counter(seat for entry, seat in _pairs(body["added"]) if entry in bridges)
    for seat, before, after, _low, high in body["loads"]:
        if high is not None and after - on_top[seat] > max(high, before):
            found.append(Problem("over", seat=seat, by=after - on_top[seat] - high))
    for entry, wanted, readers in body["entries"]:
        short = wanted - len(readers) - allowed.get(entry, 0)
        if short > 0 and entry not in bridges:
            found.append(Problem("short", entry=entry, by=short))
    forbidden = _pairs(body["added"]) & (state.barred | state.ended)
    begun = _pairs(body["removed"]) - state.movable
    found += [Problem("conflict", *pair) for pair in sorted(forbidden)]
    found += [Problem("begun", *pair) for pair in sorted(begun)]
    return tuple(found)


def effects_of(state: PanelState, before: Mapping[str, Any], after: Mapping[str, Any]) -> Effects:
    """Of one act, or of all edits together: both bodies are of the same state."""
    loads = {row[0]: row[2] for row in before["loads"]}
    reads = {row[0]: row[2] for row in before["entries"]}
    had = {name: _frozen(before[name]) for name in ("warned", "together", "waived")}
    return Effects(
        loads=tuple(
            (seat, loads[seat], now, low, high)
            for seat, _held, now, low, high in after["loads"]
            if now != loads[seat]
        ),
        entries=tuple(
            (entry, len(reads[entry]), len(now), wanted)
            for entry, wanted, now in after["entries"]
            if len(now) != len(reads[entry])
        ),
        points=tuple(
            (entry, _mean(reads[entry]), _mean(now))
            for entry, _wanted, now in after["entries"]
            if now != reads[entry]
        ),
        warned=tuple((e, s) for e, s in after["warned"] if (e, s) not in had["warned"]),
        together=tuple(
            (entry, name, tuple(seats))
            for entry, name, seats in after["together"]
            if (entry, name, tuple(seats)) not in had["together"]
        ),
        waived=tuple((e, n) for e, n in after["waived"] if (e, n) not in had["waived"]),
        opened=tuple(sorted((_pairs(after["removed"]) - _pairs(before["removed"])) & state.opened)),
        before=before["after"],
        after=after["after"],
        problems=problems_of(state, after),
    )


def _mean(readers: list[Any]) -> int:
    worth = [points(level) for _seat, level in readers]
    return sum(worth) // len(worth) if worth else 0


def _pairs(rows: Any) -> frozenset[Pair]:
    return frozenset((int(entry), int(seat)) for entry, seat in rows)


def _frozen(rows: Any) -> frozenset[Any]:
    return frozenset(tuple(tuple(part) if isinstance(part, list) else part for part in row) for row in rows)
