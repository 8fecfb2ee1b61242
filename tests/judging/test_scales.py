from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.scales import Scale, decimal_text, half_up, millionths, scale_for, sheet_score

SKATING = Scale(250, 250, 39)
SCALES = st.builds(Scale, st.integers(-5000, 5000), st.integers(1, 2000), st.integers(1, 200))


def test_a_mark_is_read_exactly() -> None:
    assert SKATING.mark_of("6.75") == 26
    assert SKATING.mark_of(Decimal("10.00")) == 39
    assert SKATING.value(26) == Fraction(27, 4)
    assert SKATING.text(26) == "6.75"
    assert SKATING.text(39) == "10"


@pytest.mark.parametrize("bad", ["6.7", "0", "10.25", "NaN", "inf", "", "six", "1e400", "6,75", True])
def test_what_is_not_on_the_scale_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"scale|number"):
        SKATING.mark_of(bad)


@pytest.mark.parametrize("bad", [(0, 0, 5), (0, -1, 5), (0, 1, 0), (0.5, 1, 5)])
def test_a_scale_without_steps_is_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="scale"):
        Scale(*bad)


@given(SCALES, st.data())
def test_text_and_mark_are_one(scale: Scale, data: st.DataObject) -> None:
    mark = data.draw(st.sampled_from(scale.marks))
    assert scale.mark_of(scale.text(mark)) == mark


@given(st.lists(st.integers(-50_000, 50_000), min_size=1))
def test_a_scale_that_is_found_holds_every_value(milli: list[int]) -> None:
    scale = scale_for(decimal_text(value, 3) for value in milli)
    assert [scale.milli(scale.mark_of(Fraction(value, 1000))) for value in milli] == milli


def test_rounding() -> None:
    assert half_up(Fraction("6.385"), 2) == Fraction("6.39")
    assert half_up(Fraction("6.384999"), 2) == Fraction("6.38")
    assert millionths(Fraction(1, 2_000_000)) == 0
    assert millionths(Fraction(3, 2_000_000)) == 2


def test_the_score_of_a_sheet_is_its_weighted_mean() -> None:
    scales = {"A": Scale(0, 1000, 10), "B": Scale(0, 500, 20)}
    assert sheet_score({"A": 7, "B": 5}, scales, {"A": 2, "B": 1}) == Fraction(33, 6)
    assert sheet_score({"A": 7}, scales, {"A": 2, "B": 1}) is None
    assert sheet_score({"A": 7}, scales, {"A": 2, "B": 0}) == 7
    with pytest.raises(ValueError, match="no criterion"):
        sheet_score({"A": 7}, scales, {"A": 0})
