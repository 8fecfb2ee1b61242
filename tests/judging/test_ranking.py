import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.ranking import by_places, competition_ranks, cut_after, in_order

KEYS = st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 4))), max_size=12)


def test_ties_share_a_rank_and_leave_a_gap() -> None:
    assert competition_ranks([(7,), (9,), None, (7,), (1,)]) == (2, 1, None, 2, 4)
    assert competition_ranks([(7, 1), (7, 2)]) == (2, 1)


@given(KEYS)
def test_a_rank_is_one_more_than_how_many_are_better(keys: list[tuple[int] | None]) -> None:
    for key, rank in zip(keys, competition_ranks(keys), strict=True):
        if key is None:
            assert rank is None
        else:
            assert rank == 1 + sum(other > key for other in keys if other is not None)


@given(KEYS, st.integers(0, 12))
def test_a_cut_line_never_splits_a_tie(keys: list[tuple[int] | None], places: int) -> None:
    ranks = competition_ranks(keys)
    cut = cut_after(ranks, places)
    assert len(cut.inside) + cut.room == min(places, len(in_order(ranks))) or not cut.tied
    assert len({ranks[i] for i in cut.tied}) <= 1
    assert not {ranks[i] for i in cut.tied} & {ranks[i] for i in cut.inside}
    assert len(cut.tied) > cut.room or not cut.tied


def test_prizes_by_places() -> None:
    ranks = competition_ranks([(9,), (8,), (8,), (5,), (4,)])
    assert by_places(ranks, [1, 1, 1, 2]) == ((0,), (1, 2), (), (3, 4))
    assert cut_after(ranks, 2).tied == (1, 2)
    for bad in (lambda: by_places(ranks, [-1]), lambda: cut_after(ranks, -1)):
        with pytest.raises(ValueError, match="places"):
            bad()
