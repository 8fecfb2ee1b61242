"""Repairs and edits of random panels: finished work never moves, conflicts are never given, numbers add up."""

from collections import Counter
from random import Random

import pytest

from awards.panels.assignment.editing import (
    Act,
    Kind,
    Plan,
    Refusal,
    changed,
    edited,
    effects_of,
    plan_of,
    problems_of,
)
from awards.panels.assignment.matching import Options
from awards.panels.assignment.repair import find_broken, moves_of, offers
from awards.panels.assignment.state import Pair, PanelState, ReadEntry, Reader
from tests.chance import times


def panel(seed: int) -> tuple[PanelState, tuple[int, ...]]:
    """A panel at work and its silent seats: some entries late, some pairs in conflict, some sheets begun."""
    chance = Random(seed)
    fields = (1, 2, 3)
    entries = tuple(
        ReadEntry(
            round_entry_id=key, entry_id=100 + key, reference=f"W{key:02}", category_id=key % 2,
            wanted=chance.choice((2, 3)), bridge=chance.random() < 0.05, fields=(chance.choice(fields),),
        )
        for key in range(1, chance.randint(6, 14))
    )  # fmt: skip
    readers = tuple(
        Reader(
            seat_id=50 + key, person_id=key, label=f"J{key}", low=chance.choice((0, 1)),
            high=chance.choice((None, 6, 8)), takes_more=chance.random() > 0.1,
            categories=chance.choice(((), (), (0,), (1,))),
            levels=tuple((field, chance.randint(0, 5)) for field in fields if chance.random() < 0.7),
            employers=("Port Works",) if chance.random() < 0.3 else (),
        )
        for key in range(chance.randint(4, 7))
    )  # fmt: skip
    every = [(entry.round_entry_id, reader.seat_id) for entry in entries for reader in readers]
    barred = frozenset(pair for pair in every if chance.random() < 0.08)
    ended = frozenset(pair for pair in every if chance.random() < 0.05)
    pins: set[Pair] = set()
    for entry in entries:
        may = [reader.seat_id for reader in readers if (entry.round_entry_id, reader.seat_id) not in ended]
        for seat in chance.sample(may, min(len(may), chance.randint(0, entry.wanted))):
            pins.add((entry.round_entry_id, seat))
    states = {pair: chance.choice(("given", "given", "opened", "begun")) for pair in sorted(pins)}
    state = PanelState(
        round_id=1, rules=(), entries=entries, readers=readers, barred=barred,
        warned=frozenset(pair for pair in every if chance.random() < 0.1) - barred, pins=frozenset(pins), ended=ended,
        movable=frozenset(pair for pair, how in states.items() if how != "begun"),
        opened=frozenset(pair for pair, how in states.items() if how == "opened"),
    )  # fmt: skip
    silent = tuple(reader.seat_id for reader in readers if chance.random() < 0.2)
    return state, silent


@pytest.mark.parametrize("seed", range(times(25, drill=1000)))
def test_an_offer_keeps_what_is_begun_and_gives_nothing_forbidden(seed: int) -> None:
    state, silent = panel(seed)
    options = Options(seed=seed, experts=seed % 2)
    broken = find_broken(state, silent)
    bodies = offers(state, options, silent)
    assert bool(bodies) == bool(broken)
    for body in bodies:
        pairs = plan_of(state, body).pairs
        said = body["repair"]
        added, removed = pairs - state.pins, state.pins - pairs
        assert not removed - state.movable
        assert not added & (state.barred | state.ended)
        takes = {reader.seat_id for reader in state.readers if reader.takes_more}
        assert {seat for _entry, seat in added} <= takes - set(silent)
        gone = {(entry, seat) for entry, seat, _why in said["gone"]}
        assert gone <= removed
        assert {tuple(pair) for pair in body["opened"]} == removed & state.opened
        assert sorted(map(tuple, body["moves"])) == sorted(moves_of(state.pins, pairs))
        reads, missing = Counter(entry for entry, _seat in pairs), dict(said["missing"])
        for entry in state.entries:
            if not entry.bridge:
                assert reads[entry.round_entry_id] + missing.get(entry.round_entry_id, 0) >= entry.wanted
        assert said["given"] + sum(missing.values()) == said["short"]
        assert problems_of(state, body) == ()


@pytest.mark.parametrize("seed", range(times(15, drill=600)))
def test_whatever_is_edited_begun_sheets_and_conflicts_stand(seed: int) -> None:
    state, _silent = panel(seed)
    chance = Random(seed)
    body = edited(state, {"options": {}}, Plan(state.pins), None, 1)
    plan = plan_of(state, body)
    entries = [entry.round_entry_id for entry in state.entries]
    seats = [reader.seat_id for reader in state.readers]
    kept = 0
    for _ in range(60):
        act = Act(
            chance.choice(list(Kind)), chance.choice(entries), chance.choice(seats), chance.choice([None, *entries]),
            chance.choice([None, *seats]),
        )  # fmt: skip
        made = changed(state, plan, act)
        if isinstance(made, Refusal):
            assert made.why in {
                "conflict",
                "ended",
                "seat",
                "category",
                "begun",
                "already",
                "not",
                "nothing",
                "unknown",
            }
            continue
        after = edited(state, body, made, act, kept + 2)
        assert plan_of(state, after) == made
        assert state.pins - state.movable <= made.pairs
        assert not (made.pairs - state.pins) & (state.barred | state.ended)
        assert made.pins <= made.pairs
        assert not made.bans & made.pairs
        effects = effects_of(state, body, after)
        change = sum(now - before for _seat, before, now, _low, _high in effects.loads)
        assert change == len(made.pairs) - len(plan.pairs)
        assert change == sum(now - before for _entry, before, now, _wanted in effects.entries)
        assert len(after["edits"]) == kept + 1
        body, plan, kept = after, made, kept + 1
    assert kept
