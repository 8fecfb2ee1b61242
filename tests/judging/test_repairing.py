"""Assignments mended: finished reads never move, gaps are filled, and nothing moves for less than it must."""

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest

from judging import Aim, Assignment, Repair, assign, repair
from tests.chance import times

Pairs = frozenset[tuple[int, int]]


class Panel:
    """A random panel at work: solved, some of it opened and written, then something happened to it."""

    def __init__(self, seed: int, *, entries: int = 14, judges: int = 6, reads: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self.affinity = 20 * rng.integers(0, 6, (entries, judges))
        self.allowed = rng.random((entries, judges)) > 0.15
        self.need = np.full(entries, reads)
        self.high = np.full(judges, -(-entries * reads // judges) + 3)
        self.low = np.full(judges, 2)
        # Some entries come late.
        late = rng.random(entries) < 0.15
        found = assign(
            self.affinity, np.where(late, 0, self.need), allowed=self.allowed, high=self.high,
        )  # fmt: skip
        given = sorted(found.pairs) if isinstance(found, Assignment) else []
        state = rng.choice(4, len(given), p=[0.4, 0.2, 0.15, 0.25]).tolist()
        self.states = dict(zip(given, state, strict=True))
        # One judge steps aside from an entry, another goes silent.
        for pair in given:
            if rng.random() < 0.06:
                del self.states[pair]
                self.allowed[pair] = False
        silent = int(rng.integers(judges))
        for pair in [pair for pair, how in self.states.items() if pair[1] == silent and how == 0]:
            del self.states[pair]
        self.allowed[:, silent] = False
        self.held: Pairs = frozenset(self.states)
        self.firm: Pairs = frozenset(pair for pair, how in self.states.items() if how >= 2)
        self.opened: Pairs = frozenset(pair for pair, how in self.states.items() if how == 1)

    def repaired(self) -> tuple[Repair, Repair, Repair]:
        return repair(
            self.affinity, self.need, held=self.held, firm=self.firm, opened=self.opened,
            allowed=self.allowed, low=self.low, high=self.high,
        )  # fmt: skip


def check(panel: Panel, one: Repair) -> None:
    pairs = frozenset(one.pairs)
    assert panel.firm <= pairs
    assert frozenset(one.kept) == panel.held & pairs
    assert frozenset(one.added) == pairs - panel.held
    assert frozenset(one.removed) == panel.held - pairs
    assert all(panel.allowed[pair] for pair in one.added)
    reads, missing = Counter(entry for entry, _ in pairs), dict(one.missing)
    held = Counter(entry for entry, _ in panel.held)
    for entry, need in enumerate(panel.need.tolist()):
        assert reads[entry] + missing.get(entry, 0) == max(need, held[entry])
    before = Counter(judge for _, judge in panel.held)
    for judge, load in enumerate(one.loads):
        assert load <= max(panel.high[judge], before[judge])
        assert load == sum(pair[1] == judge for pair in pairs)


@pytest.mark.parametrize("seed", range(times(15, drill=1000)))
def test_finished_reads_never_move(seed: int) -> None:
    panel = Panel(seed)
    fewest, balanced, value = panel.repaired()
    assert [one.aim for one in (fewest, balanced, value)] == list(Aim)
    for one in (fewest, balanced, value):
        check(panel, one)
    assert len(fewest.removed) <= len(balanced.removed)
    if not fewest.missing and not fewest.removed:
        assert not panel.opened.intersection(balanced.removed)
        assert not panel.opened.intersection(value.removed)
    assert panel.repaired() == (fewest, balanced, value)


def smallest(panel: Panel) -> tuple[int, int, int]:
    """(missing, opened moved, given moved) of the best of all assignments, one by one."""
    entries, judges = panel.affinity.shape
    best = (99, 99, 99)
    held = Counter(entry for entry, _ in panel.held)
    high = [max(int(panel.high[j]), sum(pair[1] == j for pair in panel.held)) for j in range(judges)]
    options = []
    for entry in range(entries):
        usable = [j for j in range(judges) if panel.allowed[entry, j] or (entry, j) in panel.held]
        firm = {j for j in range(judges) if (entry, j) in panel.firm}
        need = max(int(panel.need[entry]), held[entry])
        options.append(
            [set(c) for size in range(need + 1) for c in combinations(usable, size) if firm <= set(c)]
        )
    for chosen in product(*options):
        loads = Counter(j for some in chosen for j in some)
        if any(loads[j] > high[j] for j in range(judges)):
            continue
        pairs = {(entry, j) for entry, some in enumerate(chosen) for j in some}
        missing = sum(max(int(panel.need[e]), held[e]) - len(some) for e, some in enumerate(chosen))
        gone = panel.held - pairs
        best = min(best, (missing, len(gone & panel.opened), len(gone - panel.opened)))
    return best


@pytest.mark.parametrize("seed", range(times(10, drill=300)))
def test_the_fewest_moves_are_the_fewest(seed: int) -> None:
    panel = Panel(seed, entries=4, judges=4, reads=2)
    panel.high[:] = 2 + seed % 2
    fewest = panel.repaired()[0]
    check(panel, fewest)
    gone = frozenset(fewest.removed)
    found = (
        sum(reads for _, reads in fewest.missing),
        len(gone & panel.opened),
        len(gone - panel.opened),
    )
    assert found == smallest(panel)


def test_nothing_moves_where_a_gap_can_be_filled() -> None:
    """Four judges of two entries each; one steps aside from one, and whoever reads least takes it."""
    affinity = np.zeros((4, 5), dtype=np.int64)
    held = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3)]
    fewest, balanced, _value = repair(affinity, [2] * 4, held=held, firm=[(0, 0)], opened=[(1, 1)])
    assert fewest.removed == ()
    assert fewest.added == ((3, 4),)
    assert max(balanced.loads) - min(balanced.loads) <= 1
    assert len(balanced.removed) == 0


def test_an_opened_read_moves_last() -> None:
    """Entry 1 can be read by judge 0 alone, who is full: what moves is what nobody looked at."""
    allowed = np.array([[True, True], [True, False], [True, True]])
    fewest, balanced, value = repair(
        np.zeros((3, 2), dtype=np.int64), [1, 1, 1], held=[(0, 0), (2, 0)], opened=[(0, 0)],
        allowed=allowed, high=[2, 2],
    )  # fmt: skip
    for one in (fewest, balanced, value):
        assert one.removed == ((2, 0),)
        assert one.added == ((1, 0), (2, 1))
        assert one.missing == ()
    only = repair(
        np.zeros((2, 2), dtype=np.int64), [1, 1], held=[(0, 0)], opened=[(0, 0)],
        allowed=allowed[:2], high=[1, 1],
    )  # fmt: skip
    assert all(one.removed == ((0, 0),) for one in only)


def test_what_cannot_be_given_is_missing_and_the_rest_is_given() -> None:
    allowed = np.array([[False, False, False], [True, True, False]])
    for one in repair(
        np.zeros((2, 3), dtype=np.int64), [1, 2], held=[(1, 0)], firm=[(1, 0)], allowed=allowed
    ):
        assert one.missing == ((0, 1),)
        assert one.pairs == ((1, 0), (1, 1))


def test_the_best_value_finds_who_knows() -> None:
    """The judge who knows everything may take what nobody opened."""
    affinity = np.array([[0, 100, 40], [0, 100, 40]])
    _fewest, _balanced, value = repair(affinity, [1, 1], held=[(0, 0), (1, 0)], opened=[(0, 0)], budget=0.0)
    assert value.pairs == ((0, 0), (1, 1))
    assert value.affinity == 100


def test_experts_and_employers_bind_new_reads() -> None:
    affinity = np.zeros((2, 4), dtype=np.int64)
    experts = np.array([False, False, False, True])
    for one in repair(
        affinity, [2, 2], held=[(0, 0), (1, 0)], firm=[(0, 0), (1, 0)], experts=experts, seats=1
    ):
        assert one.pairs == ((0, 0), (0, 3), (1, 0), (1, 3))
        assert one.vacant == ()
    held = [(0, 0), (0, 1), (1, 0)]
    fewest = repair(affinity, [2, 2], held=held, firm=held, experts=experts, seats=1, apart=[(0, 1)])[0]
    assert fewest.pairs == ((0, 0), (0, 1), (1, 0), (1, 3))
    assert fewest.vacant == ((0, 1),)


def test_what_is_wrong_is_named() -> None:
    affinity = np.zeros((2, 2), dtype=np.int64)
    with pytest.raises(ValueError, match="firm pair of entry 1 and judge 1"):
        repair(affinity, [1, 1], held=[(0, 0)], firm=[(1, 1)])
    with pytest.raises(ValueError, match="out of range"):
        repair(affinity, [1, 1], held=[(0, 5)])
    with pytest.raises(ValueError, match="need must be"):
        repair(affinity, [1], held=[])
    with pytest.raises(ValueError, match="affinity"):
        repair([[0.5]], [1], held=[])
