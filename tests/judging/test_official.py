from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.exact import solve_exactly
from judging.official import calibrated_estimates, least_squares_estimates, raw_estimates, six_digits
from judging.whole import Marks
from tests.judging.juries import Jury, jury


def marks_of(j: Jury, weights: np.ndarray) -> Marks:
    return Marks(j.entry, j.judge, j.milli, weights, j.entries, j.judges)


def gauss(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Schoolbook elimination in fractions, independent of the p-adic way."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(right)
    for i in range(size):
        pivot = next(r for r in range(i, size) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(size):
            if r != i and rows[r][i]:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]


def full_system(jury: Jury, ratio: Fraction, weights: list[int]) -> list[Fraction]:
    """The mixed model equations with entries and judges side by side, nothing eliminated; scale units."""
    size = jury.entries + jury.judges
    matrix = [[Fraction(0)] * size for _ in range(size)]
    right = [Fraction(0)] * size
    rows = zip(jury.entry.tolist(), jury.judge.tolist(), jury.milli.tolist(), weights, strict=True)
    for e, j, y, w in rows:
        b = jury.entries + j
        for one, other in ((e, e), (e, b), (b, e), (b, b)):
            matrix[one][other] += w
        right[e] += Fraction(w * y, 1000)
        right[b] += Fraction(w * y, 1000)
    for j in range(jury.judges):
        matrix[jury.entries + j][jury.entries + j] += ratio
    return gauss(matrix, right)


@settings(max_examples=60)
@given(st.integers(1, 6), st.integers(0, 2**32))
def test_exact_solutions_are_those_of_elimination(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-9, 10, (size, size)) + 40 * np.eye(size, dtype=np.int64)
    right = rng.integers(-(10**9), 10**9, size)
    fractions = [[Fraction(int(v)) for v in row] for row in matrix]
    assert solve_exactly(matrix.tolist(), right.tolist()) == gauss(
        fractions, [Fraction(int(v)) for v in right]
    )


def test_a_singular_matrix_is_refused() -> None:
    with pytest.raises(ValueError, match="singular"):
        solve_exactly([[1, 2], [2, 4]], [1, 1])


@pytest.mark.parametrize("ratio", ["0.000123456", "0.514706", "7", "123456"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_official_numbers_are_the_exact_solution(ratio: str, seed: int) -> None:
    j = jury(seed, entries=9, judges=4, reads=2)
    weights = np.random.default_rng(seed).choice([1, 2, 4], len(j.entry))
    found = calibrated_estimates(marks_of(j, weights), Fraction(ratio))
    wanted = full_system(j, Fraction(ratio), weights.tolist())[: j.entries]
    assert found == [round(value * 1_000_000) for value in wanted]


def test_a_half_is_rounded_to_even_where_no_number_of_digits_would_settle_it() -> None:
    """With sixteen judges for all, estimates are sixteenths of a thousandth: x.5 millionths come up."""
    entry, judge = np.repeat(np.arange(4), 16), np.tile(np.arange(16), 4)
    milli = np.zeros(64, dtype=np.int64)
    milli[:16] = np.arange(16) * 250
    milli[0], milli[16], milli[32] = 1, 3, 8
    found = calibrated_estimates(
        Marks(entry, judge, milli, np.ones(64, dtype=np.int64), 4, 16), Fraction(3, 7)
    )
    exact = [Fraction(int(milli[entry == e].sum()), 16) * 1000 for e in range(4)]
    assert any(value.denominator == 2 for value in exact)
    assert found == [round(value) for value in exact]


def test_least_squares_keeps_the_grand_mean_and_the_exact_contrasts() -> None:
    # Two judges, B one unit milder on the entry both read: 1 and 2 become 1.5; A's other 4 becomes 4 + level.
    found = least_squares_estimates(
        Marks(
            np.array([0, 0, 1]),
            np.array([0, 1, 0]),
            np.array([1000, 2000, 4000]),
            np.ones(3, dtype=np.int64),
            2,
            2,
        )
    )
    assert found == [1_500_000 - 166_667, 4_500_000 - 166_667]


def test_six_significant_digits() -> None:
    assert six_digits(0.51470649999) == Fraction("0.514706")
    assert six_digits(1234567.0) == Fraction(1234570)
    for bad in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="ratio"):
            six_digits(bad)


@pytest.mark.parametrize("least_squares", [False, True])
def test_marks_and_weights_that_outgrow_64_bits(least_squares: bool) -> None:
    j = jury(3)
    weights = np.random.default_rng(3).choice([999_983, 1_000_000], len(j.entry))
    small = marks_of(j, weights)
    big = replace(small, milli=j.milli * 10**8)
    if least_squares:
        found, wanted = least_squares_estimates(big), least_squares_estimates(small)
    else:
        ratio = Fraction(10**6)
        found, wanted = calibrated_estimates(big, ratio), calibrated_estimates(small, ratio)
    np.testing.assert_allclose(np.array(found) / 1e8, wanted, atol=1)
    assert [value / 10**8 for value in raw_estimates(big)] == raw_estimates(small)


@pytest.mark.parametrize("judges", [2, 40, 90])
def test_a_long_chain_is_settled_sheet_by_sheet(judges: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry links two judges: the weakest graph that is connected."""
    rng = np.random.default_rng(judges)
    entry = np.repeat(np.arange(judges - 1), 2)
    judge = entry + np.tile([0, 1], judges - 1)
    milli, weights = rng.integers(0, 40, len(entry)) * 250, rng.integers(1, 5, len(entry))
    marks = Marks(entry, judge, milli, weights, judges - 1, judges)
    monkeypatch.setattr("judging.official.SOLVED_UP_TO", 1000)
    exact = least_squares_estimates(marks)
    shrunk = calibrated_estimates(marks, Fraction(1, 1000))
    monkeypatch.setattr("judging.official.DENSE_UP_TO", 0)
    assert least_squares_estimates(marks) == exact
    assert calibrated_estimates(marks, Fraction(1, 1000)) == shrunk


def test_a_chain_of_a_thousand_is_settled() -> None:
    entry = np.repeat(np.arange(999), 2)
    judge = entry + np.tile([0, 1], 999)
    milli = np.random.default_rng(0).integers(0, 40, len(entry)) * 250
    found = least_squares_estimates(
        Marks(entry, judge, milli, np.ones(len(entry), dtype=np.int64), 999, 1000)
    )
    # The mean of the scores stands.
    assert np.mean(np.array(found)[entry]) == pytest.approx(float(milli.mean()) * 1000, abs=1.0)
