import numpy as np
import pytest

from judging.calibration import calibrate
from judging.criteria import combine, combine_severities, weigh
from tests.judging.juries import jury


def test_official_totals_are_weighted_in_integers() -> None:
    assert weigh([[1, 10, None], [2, None, 3]], [[1, 1, 1], [1, 0, 1]]) == (2, 10, None)  # 1.5 to even
    assert weigh([[5]], [[0]]) == (None,)


def test_two_like_criteria_give_the_total_of_one_and_its_error() -> None:
    """Errors of equal criteria are wholly correlated: weighting them gains nothing."""
    j = jury(1)
    c = calibrate(j.entry, j.judge, j.milli)
    total = combine([c, c], np.array([[2] * j.entries, [1] * j.entries]))
    assert total.official == c.official
    np.testing.assert_allclose(total.estimate, c.estimate, atol=1e-12)
    np.testing.assert_allclose(total.covariance.dense(), c.covariance.dense(), atol=1e-9)


def test_the_error_of_a_total_is_that_of_the_weighted_sum_of_noise() -> None:
    """With one design, calibrating the sum is the same as summing what is calibrated with the same ratio."""
    rng = np.random.default_rng(4)
    j = jury(4, entries=60, judges=10, reads=4)
    shared = rng.normal(0, 0.8, len(j.entry))
    milli = [np.round((j.quality[j.entry] + shared + rng.normal(0, 0.4, len(j.entry))) * 100).astype(int) * 10
             for _ in range(2)]  # fmt: skip
    ratio = calibrate(j.entry, j.judge, milli[0]).parts[0].ratio
    parts = [calibrate(j.entry, j.judge, m, ratios=[ratio]) for m in milli]
    total = combine(parts, np.ones((2, j.entries), dtype=int))
    whole = calibrate(j.entry, j.judge, (milli[0] + milli[1]) / 2000, ratios=[ratio])
    np.testing.assert_allclose(total.estimate, whole.estimate, atol=1e-9)
    np.testing.assert_allclose(total.se, whole.se, rtol=0.05)


def test_a_category_without_a_criterion_and_a_missing_criterion() -> None:
    j = jury(7, entries=12)
    half = j.entry < 6
    one = calibrate(j.entry, j.judge, j.milli, entries=12, judges=j.judges)
    two = calibrate(j.entry[half], j.judge[half], j.milli[half], entries=12, judges=j.judges)
    weights = np.array([[1] * 12, [1] * 6 + [0] * 6])
    total = combine([one, two], weights)
    assert one.official is not None
    assert total.official[6:] == one.official[6:]
    assert np.isfinite(total.se).all()
    weights[1, 6] = 1
    missing = combine([one, two], weights)
    assert missing.official[6] is None
    assert np.isnan(missing.estimate[6])
    assert missing.group[6] == -1
    with pytest.raises(ValueError, match="shape"):
        combine([one], weights)
    with pytest.raises(ValueError, match="official"):
        combine([calibrate(j.entry, j.judge, j.milli / 1000)], weights[:1])


def test_severity_over_like_criteria_is_that_of_one() -> None:
    j = jury(1)
    c = calibrate(j.entry, j.judge, j.milli)
    np.testing.assert_allclose(np.sqrt(c.severity_covariance.variances()), c.severity_se, atol=1e-12)
    severity, se = combine_severities([c, c], np.array([[0.7] * j.judges, [0.3] * j.judges]))
    np.testing.assert_allclose(severity, c.severity, atol=1e-12)
    np.testing.assert_allclose(se, c.severity_se, atol=1e-9)
