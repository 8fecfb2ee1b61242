"""Axes and positions of the drawn columns."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.web.figures import (
    Axis,
    axis,
    balanced_axis,
    bands,
    between,
    counting_axis,
    in_question,
    median,
)

M = 1_000_000


def test_positions_are_shares_of_the_axis():
    drawn = Axis(44 * M, 88 * M)
    assert drawn.at(50 * M) == "13.64%"
    assert drawn.at(79_400_000) == "80.45%"
    # What lies outside stands at the edge, not beside the column.
    assert (drawn.at(0), drawn.at(100 * M)) == ("0.00%", "100.00%")


def test_the_axis_starts_where_the_data_start():
    drawn = axis([45_600_000, 83_500_000])
    assert drawn.ticks == (50 * M, 60 * M, 70 * M, 80 * M)
    assert 40 * M < drawn.low < 45_600_000
    assert 83_500_000 < drawn.high < 90 * M


def test_zero_stands_in_the_middle_for_what_is_compared():
    drawn = balanced_axis([-7_400_000, 10 * M])
    assert drawn.at(0) == "50.00%"
    assert drawn.ticks == (-10 * M, -5 * M, 0, 5 * M, 10 * M)
    assert balanced_axis([]).at(0) == "50.00%"


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 1000])
def test_nobody_counts_halves(most):
    drawn = counting_axis(most)
    assert drawn.high >= most * M
    assert drawn.ticks
    assert all(tick % M == 0 for tick in drawn.ticks)


@pytest.mark.parametrize(
    ("ticks", "decimals"), [((), 0), ((M, 2 * M), 0), ((500_000, M), 1), ((250_000,), 2), ((1,), 6)]
)
def test_labels_have_the_decimals_that_they_need(ticks, decimals):
    assert Axis(0, 10 * M, ticks).decimals() == decimals


@given(st.lists(st.integers(-(10**9), 10**9), max_size=30), st.integers(1, 9))
def test_any_values_fit_on_their_axis(values, wanted):
    for drawn in (axis(values, wanted), balanced_axis(values, wanted)):
        assert drawn.low < drawn.high
        assert all(drawn.low <= value <= drawn.high for value in values)
        assert len(drawn.ticks) <= wanted + 1
        assert len({b - a for a, b in pairwise(drawn.ticks)}) <= 1
        assert all(drawn.low < tick < drawn.high for tick in drawn.ticks)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=9))
def test_order_is_kept(values):
    drawn = axis(values)
    places = [float(drawn.at(value).rstrip("%")) for value in sorted(values)]
    assert places == sorted(places)


def test_line_middle_and_question():
    assert between(73_500_000, 73_000_000) == 73_250_000
    assert median([3, 1, 2]) == 2
    assert median([1, 2, 4, 9]) == 3
    assert [in_question(c) for c in (99_999, 100_000, 470_000, 900_000, 900_001)] == [
        False, True, True, True, False
    ]  # fmt: skip


def test_bands_keep_the_order_and_say_which_rows_are_in_question():
    made = bands([1, 2, 13, 14, 5], lambda n: n > 10)
    assert [(band.tied, band.rows) for band in made] == [(False, (1, 2)), (True, (13, 14)), (False, (5,))]
    assert bands([], bool) == ()
