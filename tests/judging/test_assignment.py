import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assignment import Assignment, Objective, assign
from judging.problem import Problem, gains_for
from judging.shortage import Shortage
from judging.transport import Multipliers, proof_bound

SEEDS = st.integers(0, 2**32 - 1)


def instance(seed: int, size: int = 8) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    entries, judges = int(rng.integers(2, size + 3)), int(rng.integers(2, size))
    return {
        "affinity": rng.integers(0, int(rng.choice([2, 5, 101])), (entries, judges)),
        "need": rng.integers(0, min(judges, 3) + 1, entries),
        "allowed": rng.random((entries, judges)) < rng.choice([0.6, 0.9]),
        "low": rng.integers(0, 2, judges),
        "high": rng.integers(1, entries + 1, judges),
    }


def by_networkx(case: dict[str, np.ndarray]) -> int | None:
    """The largest total affinity by network simplex, or None where there is no assignment."""
    graph = networkx.DiGraph()
    spare = int(case["need"].sum() - case["low"].sum())
    if spare < 0:
        return None
    graph.add_node("pool", demand=-spare)
    for j, (low, high) in enumerate(zip(case["low"].tolist(), case["high"].tolist(), strict=True)):
        graph.add_node(("j", j), demand=-low)
        graph.add_edge("pool", ("j", j), capacity=high - low, weight=0)
    for e, need in enumerate(case["need"].tolist()):
        graph.add_node(("e", e), demand=need)
    for e, j in np.argwhere(case["allowed"]).tolist():
        graph.add_edge(("j", j), ("e", e), capacity=1, weight=-int(case["affinity"][e, j]))
    try:
        return -int(networkx.network_simplex(graph)[0])
    except networkx.NetworkXUnfeasible:
        return None


@settings(max_examples=120, deadline=None)
@given(SEEDS)
def test_the_optimum_is_that_of_network_simplex_and_is_proved(seed: int) -> None:
    case = instance(seed)
    wanted = by_networkx(case)
    found = assign(**case, objective=Objective.TOTAL, balanced=False)
    if wanted is None:
        assert isinstance(found, Shortage)
        assert found.missing or found.under
        assert found.short > 0
        assert found.remedies
        return
    assert isinstance(found, Assignment)
    assert found.affinity == found.objective == found.bound == wanted
    assert found.optimal
    chosen = np.zeros(case["affinity"].shape, dtype=int)
    for e, j in found.pairs:
        chosen[e, j] += 1
    assert (chosen <= case["allowed"]).all()
    assert (chosen.sum(axis=1) == case["need"]).all()
    assert (chosen.sum(axis=0) == found.loads).all()
    assert (case["low"] <= found.loads).all()
    assert (np.array(found.loads) <= case["high"]).all()


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_any_prices_bound_the_optimum(seed: int) -> None:
    case = instance(seed)
    wanted = by_networkx(case)
    if wanted is not None:
        prices = np.random.default_rng(seed).integers(-50, 50, len(case["low"]))
        names_e, names_j = ([f"{n}" for n in range(size)] for size in case["affinity"].shape)
        none = np.zeros(0, dtype=np.int64)
        problem = Problem(
            case["allowed"], case["need"], case["low"], case["high"], case["allowed"],
            np.zeros_like(case["need"]), none, none, 0,
        )  # fmt: skip
        gains = gains_for(
            problem, case["affinity"].astype(np.int32), squared=False, entry_ids=names_e, judge_ids=names_j
        )
        prices = Multipliers(prices * gains.factor, np.zeros_like(case["need"]), none, none)
        bound = proof_bound(problem, gains, prices) // gains.factor
        assert bound >= wanted


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_order_of_the_input_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 3, (10, 5))
    names_e, names_j = [f"entry {i}" for i in range(10)], [f"judge {i}" for i in range(5)]
    one = assign(a, [2] * 10, entry_ids=names_e, judge_ids=names_j)
    pe, pj = rng.permutation(10), rng.permutation(5)
    two = assign(
        a[np.ix_(pe, pj)], [2] * 10, entry_ids=[names_e[i] for i in pe], judge_ids=[names_j[i] for i in pj]
    )
    assert isinstance(one, Assignment)
    assert isinstance(two, Assignment)
    assert set(one.pairs) == {(int(pe[e]), int(pj[j])) for e, j in two.pairs}


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_pins_stay_and_loads_are_as_even_as_they_can_be(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 101, (9, 4))
    pins = [(int(e), 0) for e in rng.choice(9, 2, replace=False)]
    found = assign(a, [2] * 9, pins=pins)
    assert isinstance(found, Assignment)
    assert set(pins) <= set(found.pairs)
    assert sorted(found.loads) == [4, 4, 5, 5]
    assert found.optimal


def test_the_columns_that_are_priced_out_lose_nothing() -> None:
    rng = np.random.default_rng(9)
    a = rng.integers(0, 101, (150, 60))
    found = assign(a, [3] * 150, high=[10] * 60, objective=Objective.TOTAL, balanced=False)
    assert isinstance(found, Assignment)
    assert found.optimal
    case = {"affinity": a, "need": np.full(150, 3), "allowed": np.ones(a.shape, dtype=bool)}
    assert found.affinity == by_networkx({**case, "low": np.zeros(60, dtype=int), "high": np.full(60, 10)})


def test_squared_shortfall_spreads_the_weak_matches() -> None:
    a = [[100, 60], [60, 0]]
    total = assign(a, [1, 1], objective=Objective.TOTAL, high=[1, 1])
    spread = assign(a, [1, 1], objective=Objective.SHORTFALL, high=[1, 1])
    assert isinstance(total, Assignment)
    assert isinstance(spread, Assignment)
    assert spread.pairs == ((0, 1), (1, 0))
    assert spread.objective == -(40**2) * 2


def test_a_shortage_names_the_cut_and_the_remedies() -> None:
    allowed = np.ones((10, 6), dtype=bool)
    allowed[:4, 2:] = False
    waivable = np.zeros((10, 6), dtype=bool)
    waivable[2, 5] = True
    found = assign(
        np.zeros((10, 6), dtype=int), [2] * 10, allowed=allowed, high=[3, 3, 9, 9, 9, 9], waivable=waivable,
        entry_ids=[f"E{i}" for i in range(10)], judge_ids=[f"J{i}" for i in range(6)],
    )  # fmt: skip
    assert isinstance(found, Shortage)
    assert found.entries == ("E0", "E1", "E2", "E3")
    assert found.judges == ("J0", "J1")
    assert (found.wanted, found.possible, found.short) == (8, 6, 2)
    assert sum(count for _, count in found.missing) == 2
    kinds = {remedy.kind for remedy in found.remedies}
    assert kinds == {"raise-high", "waive", "lower-need", "add-judge"}
    assert [(r.entry, r.judge) for r in found.remedies if r.kind == "waive"] == [("E2", "J5")]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"need": [1]}, "need must be"),
        ({"low": [2, 0], "high": [1, 1]}, "judge 0"),
        ({"need": [-1, 1]}, "negative"),
        ({"pins": [(0, 0), (0, 0)]}, "twice"),
        ({"pins": [(0, 7)]}, "out of range"),
        ({"entry_ids": ["a", "a"]}, "distinct"),
        ({"affinity": [[0.5, 1], [1, 1]]}, "integers"),
    ],
)
def test_bad_input_is_refused(changes: dict[str, object], match: str) -> None:
    arguments: dict[str, object] = {"affinity": [[1, 2], [3, 4]], "need": [1, 1], **changes}
    with pytest.raises(ValueError, match=match):
        assign(**arguments)
