import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.linkage import bridge_sheets, connected_parts, measure_linkage

PAIRS = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5)), min_size=1, max_size=24)


@settings(max_examples=150)
@given(PAIRS)
def test_parts_and_bridges_are_those_of_networkx(pairs: set[tuple[int, int]]) -> None:
    ordered = sorted(pairs)
    entry, judge = [e for e, _ in ordered], [j for _, j in ordered]
    graph = networkx.Graph((("e", e), ("j", j)) for e, j in ordered)
    count, part_of_entry, part_of_judge = connected_parts(entry, judge, 8, 6)
    assert count == networkx.number_connected_components(graph)
    for component in networkx.connected_components(graph):
        numbers = {int((part_of_entry if kind == "e" else part_of_judge)[i]) for kind, i in component}
        assert len(numbers) == 1
    degree = dict(graph.degree)
    wanted = sorted(
        (e, j)
        for e, j in ordered
        if degree["e", e] > 1
        and degree["j", j] > 1
        and ((("e", e), ("j", j)) in _both(networkx.bridges(graph)))
    )
    assert list(bridge_sheets(entry, judge, 8, 6)) == wanted


def _both(edges: object) -> set[object]:
    return {pair for a, b in edges for pair in ((a, b), (b, a))}


def test_a_balanced_design_is_fully_efficient() -> None:
    entry, judge = np.repeat(np.arange(6), 4), np.tile(np.arange(4), 6)
    linkage = measure_linkage(entry, judge, 6, 4)
    assert linkage.parts == 1
    assert linkage.a_eff == pytest.approx(1.0)
    # Each judge read all six entries: the difference of two means of six has variance 2/6.
    assert linkage.mean_se == pytest.approx((2 / 6) ** 0.5)
    assert linkage.bridges == ()


def test_indices_are_checked_by_row() -> None:
    with pytest.raises(ValueError, match="row 1"):
        connected_parts([0, 9], [0, 0], 2, 1)
    with pytest.raises(ValueError, match="one length"):
        connected_parts([0], [0, 0], 2, 1)
