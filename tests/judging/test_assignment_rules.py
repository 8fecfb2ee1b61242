"""Rules of who sits together, against HiGHS given the whole problem at once and against counting all choices."""

from itertools import combinations, product

import numpy as np
import pytest

from judging import Assignment, Objective, Proof, Shortage, Stopped, assign, link_better
from tests.chance import times


def case(seed: int, *, groups: str = "partition") -> dict[str, object]:
    rng = np.random.default_rng(seed)
    entries, judges = int(rng.integers(2, 6)), int(rng.integers(3, 6))
    need = rng.integers(0, 4, entries)
    members = rng.permutation(judges)
    cut = int(rng.integers(1, judges))
    apart = [members[:cut].tolist(), members[cut:].tolist()] if groups == "partition" else []
    if groups == "overlap":
        apart = [rng.choice(judges, 2, replace=False).tolist() for _ in range(3)]
    if groups == "few":
        apart = [members[:2].tolist()]
    return {
        "affinity": rng.integers(0, int(rng.choice([2, 20])), (entries, judges)),
        "need": need,
        "allowed": rng.random((entries, judges)) < 0.85,
        "low": np.zeros(judges, dtype=int),
        "high": rng.integers(1, entries + 1, judges),
        "experts": rng.random(judges) < 0.5,
        "seats": np.minimum(rng.integers(0, 2, entries), need),
        "apart": apart,
    }


def best_of_all(c: dict[str, object]) -> int | None:
    """Every choice of judges for every entry, counted out."""
    affinity, need, allowed = (np.asarray(c[name]) for name in ("affinity", "need", "allowed"))
    high, experts, seats = (np.asarray(c[name]) for name in ("high", "experts", "seats"))
    groups = [set(group) for group in c["apart"]]
    choices = []
    for e in range(len(need)):
        fit = [
            team
            for team in combinations(range(affinity.shape[1]), int(need[e]))
            if allowed[e, list(team)].all()
            and experts[list(team)].sum() >= seats[e]
            and all(len(group & set(team)) <= 1 for group in groups)
        ]
        choices.append(fit)
    # Load by load: the best total for each vector of loads.
    best: dict[tuple[int, ...], int] = {(0,) * affinity.shape[1]: 0}
    for e, fit in enumerate(choices):
        after: dict[tuple[int, ...], int] = {}
        for (loads, total), team in product(best.items(), fit):
            more = tuple(load + (j in team) for j, load in enumerate(loads))
            if all(load <= most for load, most in zip(more, high.tolist(), strict=True)):
                worth = total + int(affinity[e, list(team)].sum())
                after[more] = max(after.get(more, worth), worth)
        best = after
    return max(best.values(), default=None)


@pytest.mark.parametrize("groups", ["none", "few", "partition", "overlap"])
def test_rules_hold_and_nothing_is_better(groups: str) -> None:
    seen = {"found": 0, "short": 0}
    for seed in range(times(75, drill=250)):
        c = case(seed, groups=groups)
        wanted = best_of_all(c)
        found = assign(**c, objective=Objective.TOTAL, balanced=False)
        if wanted is None:
            assert isinstance(found, Shortage), seed
            assert found.missing or found.under or found.vacant
            assert found.short > 0
            assert found.remedies
            seen["short"] += 1
            continue
        assert isinstance(found, Assignment), seed
        assert found.affinity == wanted, seed
        assert found.bound == wanted
        if groups == "none":
            assert found.proof is Proof.PRICES
            assert found.optimal
        taken = np.zeros(np.shape(c["affinity"]), dtype=int)
        for pair in found.pairs:
            taken[pair] += 1
        assert (taken <= c["allowed"]).all()
        assert (taken.sum(axis=1) == c["need"]).all()
        assert (taken.sum(axis=0) <= c["high"]).all()
        assert (taken[:, c["experts"]].sum(axis=1) >= c["seats"]).all()
        for group in c["apart"]:
            assert (taken[:, group].sum(axis=1) <= 1).all()
        seen["found"] += 1
    assert min(seen.values()) > 3, seen


def test_hard_conflicts_are_never_assigned() -> None:
    for seed in range(times(300, drill=1000)):
        rng = np.random.default_rng(seed)
        entries, judges = int(rng.integers(3, 40)), int(rng.integers(2, 15))
        allowed = rng.random((entries, judges)) < rng.uniform(0.3, 0.95)
        need = rng.integers(0, 4, entries)
        high = rng.integers(0, entries + 1, judges)
        low = np.minimum(rng.integers(0, 3, judges), high)
        every = {(int(e), int(j)) for e, j in np.argwhere(rng.random((entries, judges)) < 0.03)}
        found = assign(
            rng.integers(0, 101, (entries, judges)), need, allowed=allowed, low=low, high=high, pins=every,
            experts=rng.random((entries, judges)) < 0.6, seats=int(rng.integers(0, 2)),
            apart=[rng.permutation(judges)[:2].tolist()], balanced=bool(seed % 2),
        )  # fmt: skip
        if isinstance(found, Shortage):
            assert all(allowed[int(e), int(j)] for e, j in found.pairs), seed
            assert found.short > 0, seed
            continue
        assert every <= set(found.pairs), seed
        assert all(allowed[pair] for pair in set(found.pairs) - every), seed
        pinned = np.bincount([e for e, _ in every], minlength=entries)
        loads = np.array(found.loads)
        held = np.bincount([j for _, j in every], minlength=judges)
        reads = np.bincount([e for e, _ in found.pairs], minlength=entries)
        assert (reads == np.maximum(need, pinned)).all(), seed
        assert ((loads <= np.maximum(high, held)) & (loads >= np.minimum(low, high))).all(), seed


def test_a_shortage_names_the_rule() -> None:
    affinity = np.ones((4, 4), dtype=int)
    ids = {"entry_ids": ["A", "B", "C", "D"], "judge_ids": ["w", "x", "y", "z"]}
    few = assign(affinity, [2] * 4, experts=[True, False, False, False], seats=1, high=[3] * 4, **ids)
    assert isinstance(few, Shortage)
    assert few.rules == ("expert-seat",)
    assert (few.wanted, few.possible, few.judges) == (4, 3, ("w",))
    assert few.entries == ("A", "B", "C", "D")
    assert {one.kind for one in few.remedies} == {"raise-high", "lower-seats", "add-judge"}
    assert sum(seats for _, seats in few.vacant) == 1
    together = assign(affinity, [3] * 4, apart=[[0, 1], [2, 3]], **ids)
    assert isinstance(together, Shortage)
    assert together.rules == ("apart",)
    assert together.short == 4
    assert [one.group for one in together.remedies if one.kind == "join-group"] == [0, 1]


def test_a_computation_can_be_stopped_and_says_its_bound() -> None:
    rng = np.random.default_rng(7)
    affinity, need = rng.integers(0, 101, (400, 60)), [4] * 400
    calls: list[str] = []
    whole = assign(affinity, need, progress=lambda one: calls.append(one.stage))
    assert isinstance(whole, Assignment)
    assert calls[0] == "choose"
    assert calls[-1] == "prove"
    with pytest.raises(Stopped) as never:
        assign(affinity, need, stop=lambda: True)
    assert never.value.bound is None
    assert not never.value.timed_out
    solved = []

    def after_one_round() -> bool:
        return bool(solved)

    with pytest.raises(Stopped) as later:
        assign(affinity, need, stop=after_one_round, progress=lambda one: solved.append(1) if one.stage == "prove" else None)  # fmt: skip
    assert later.value.bound is not None
    assert later.value.bound >= whole.objective
    with pytest.raises(Stopped) as late:
        assign(affinity, need, seconds=1e-9)
    assert late.value.timed_out
    asked = 0

    def in_the_solver() -> bool:
        nonlocal asked
        asked += 1
        return asked > 8

    with pytest.raises(Stopped):
        assign(affinity, need, stop=in_the_solver)

    def broken() -> bool:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        assign(affinity, need, stop=broken)


def test_bad_rules_are_refused() -> None:
    for changes, text in [
        ({"experts": [1, 0]}, "true or false"),
        ({"seats": [1]}, "seats must"),
        ({"seats": -1}, "fewer than no"),
        ({"apart": [[0, 5]]}, "unknown judge"),
        ({"seconds": 0.0}, "time limit"),
    ]:
        with pytest.raises(ValueError, match=text):
            assign([[1, 2], [3, 4]], [1, 1], **changes)


def test_the_order_of_the_input_changes_nothing_where_pairs_are_priced() -> None:
    rng = np.random.default_rng(3)
    a, experts = rng.integers(0, 4, (200, 30)), rng.random(30) < 0.4
    apart = [[0, 1, 2], [3, 4], [5, 6, 7]]
    names_e, names_j = [f"entry {i}" for i in range(200)], [f"judge {i}" for i in range(30)]
    one = assign(a, [3] * 200, experts=experts, seats=1, apart=apart, entry_ids=names_e, judge_ids=names_j)
    pe, pj = rng.permutation(200), rng.permutation(30)
    where = np.argsort(pj)
    two = assign(
        a[np.ix_(pe, pj)], [3] * 200, experts=experts[pj], seats=1,
        apart=[where[group].tolist() for group in apart],
        entry_ids=[names_e[i] for i in pe], judge_ids=[names_j[i] for i in pj],
    )  # fmt: skip
    assert isinstance(one, Assignment)
    assert isinstance(two, Assignment)
    assert set(one.pairs) == {(int(pe[e]), int(pj[j])) for e, j in two.pairs}


def test_more_expert_seats_than_judges_is_a_shortage() -> None:
    found = assign([[1]], [3], experts=[True], seats=2)
    assert isinstance(found, Shortage)
    assert found.missing == (("0", 2),)


def test_a_least_load_above_the_number_of_entries_is_a_shortage() -> None:
    found = assign([[1, 1]], [1], low=[2, 0], high=[5, 5])
    assert isinstance(found, Shortage)
    assert found.under == (("0", 1),)


def test_swaps_are_worth_what_they_are_worth_when_their_turn_comes() -> None:
    """Four fields with judges of their own: one swap joins two, and three of them all four."""
    affinity = np.full((60, 12), 60)
    for entry, judge in product(range(60), range(12)):
        if entry % 4 == judge % 4:
            affinity[entry, judge] = 100
    pairs = [(e, j) for e, j in product(range(60), range(12)) if e % 4 == j % 4]
    found = link_better(pairs, affinity, budget=240 / 18_000)
    assert (found.before.parts, found.after.parts) == (4, 1)
    assert [swap.lost for swap in found.swaps] == [80, 80, 80]


def test_nothing_to_link() -> None:
    assert link_better([], [[1, 2]]).after.parts == 0


def test_a_round_of_six_levels_with_every_rule_is_solved_and_proved() -> None:
    """Many ties, seats and groups at once: here HiGHS loses its way from the last point, and begins again."""
    rng = np.random.default_rng(4)
    field = rng.integers(0, 12, 500)
    levels = rng.choice([-1, 0, 1, 2, 3, 4, 5], (60, 12), p=[0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    allowed = rng.random((500, 60)) > 0.03
    experts = (levels >= 4).T[field]
    apart = [list(range(first, first + 3)) for first in range(0, 60, 9)]
    found = assign(
        np.where(levels < 0, 50, levels * 20).T[field], np.full(500, 4),
        allowed=allowed, experts=experts, seats=1, apart=apart,
    )  # fmt: skip
    assert isinstance(found, Assignment)
    assert found.optimal
    taken = np.zeros(allowed.shape, dtype=bool)
    taken[tuple(np.array(found.pairs).T)] = True
    assert not (taken & ~allowed).any()
    assert ((taken & experts).sum(axis=1) >= 1).all()
    assert all((taken[:, group].sum(axis=1) <= 1).all() for group in apart)
