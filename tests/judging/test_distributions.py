import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.distributions import (
    chi_square_cdf,
    chi_square_quantile,
    digamma,
    inverse_trigamma,
    normal_quantile,
    normal_tails,
    student_quantile,
    student_tails,
    trigamma,
)

# Printed tables: Abramowitz and Stegun 1964, tables 26.8 (chi-square) and 26.10 (t).
STUDENT = [(0.95, 1, 6.314), (0.95, 5, 2.015), (0.975, 10, 2.228), (0.995, 30, 2.750), (0.95, 120, 1.658)]
CHI_SQUARE = [(0.95, 1, 3.84146), (0.05, 5, 1.145476), (0.99, 10, 23.2093), (0.975, 30, 46.9792)]


@pytest.mark.parametrize(("chance", "dof", "printed"), STUDENT)
def test_points_of_student(chance: float, dof: int, printed: float) -> None:
    assert student_quantile(chance, dof) == pytest.approx(printed, abs=5e-4)
    assert student_quantile(1 - chance, dof) == pytest.approx(-printed, abs=5e-4)


@pytest.mark.parametrize(("chance", "dof", "printed"), CHI_SQUARE)
def test_points_of_chi_square(chance: float, dof: int, printed: float) -> None:
    assert chi_square_quantile(chance, dof) == pytest.approx(printed, rel=5e-6)


@given(st.floats(0.01, 60), st.integers(1, 40))
def test_even_degrees_of_freedom_have_a_closed_form(value: float, half: int) -> None:
    """A chi-square with 2k degrees of freedom is a Poisson count: exp(-x/2) sum (x/2)^i / i!."""
    closed = math.exp(-value / 2) * sum((value / 2) ** i / math.factorial(i) for i in range(half))
    assert chi_square_cdf(value, 2 * half) == pytest.approx(1 - closed, abs=1e-12)


@given(st.floats(-50, 50))
def test_one_and_two_degrees_of_freedom_have_a_closed_form(value: float) -> None:
    assert student_tails(value, 1) == pytest.approx(1 - 2 * math.atan(abs(value)) / math.pi, abs=1e-12)
    assert student_tails(value, 2) == pytest.approx(1 - abs(value) / math.sqrt(2 + value**2), abs=1e-12)


@given(st.floats(0.001, 0.999), st.floats(0.5, 500))
def test_quantiles_invert(chance: float, dof: float) -> None:
    assert chi_square_cdf(chi_square_quantile(chance, dof), dof) == pytest.approx(chance, abs=1e-10)
    assert student_tails(student_quantile(chance, dof), dof) == pytest.approx(
        2 * min(chance, 1 - chance), abs=1e-10
    )


def test_the_normal_law_is_the_limit() -> None:
    assert student_quantile(0.95, 1e7) == pytest.approx(normal_quantile(0.95), abs=1e-6)
    assert normal_tails(1.959963984540054) == pytest.approx(0.05, abs=1e-15)


def test_chances_and_freedom_are_checked() -> None:
    for chance, dof in [(0.0, 3), (1.0, 3), (0.5, 0)]:
        with pytest.raises(ValueError, match=r"strictly|positive"):
            student_quantile(chance, dof)


EULER = 0.5772156649015329


def test_digamma_and_trigamma_have_closed_forms() -> None:
    for whole in range(1, 60):
        harmonic = math.fsum(1 / i for i in range(1, whole))
        assert digamma(whole) == pytest.approx(harmonic - EULER, abs=1e-12)
        squares = math.fsum(1 / i**2 for i in range(1, whole))
        assert trigamma(whole) == pytest.approx(math.pi**2 / 6 - squares, abs=1e-12)
    assert digamma(0.5) == pytest.approx(-EULER - 2 * math.log(2), abs=1e-12)
    assert trigamma(0.5) == pytest.approx(math.pi**2 / 2, abs=1e-12)


@given(st.floats(1e-6, 1e6))
def test_trigamma_inverts(slope: float) -> None:
    assert trigamma(inverse_trigamma(slope)) == pytest.approx(slope, rel=1e-9)


def test_trigamma_is_never_nought() -> None:
    with pytest.raises(ValueError, match="positive everywhere"):
        inverse_trigamma(0.0)
