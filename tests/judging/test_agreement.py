import numpy as np
import pytest

from judging.agreement import judge_correlations, measure_agreement
from judging.calibration import calibrate

# Shrout and Fleiss 1979, table 2: six targets, four judges. Published: ICC(2,1) = .29, ICC(3,1) = .71.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_example_of_shrout_and_fleiss() -> None:
    table = np.array(SHROUT_FLEISS)
    entry, judge = (index.ravel() for index in np.indices(table.shape))
    c = calibrate(entry, judge, table.ravel() * 1000)
    found = measure_agreement(c, table.ravel())
    assert round(found.single_absolute, 2) == 0.29
    assert round(found.single_consistent, 2) == 0.71
    assert round(found.mean_consistent, 2) == 0.91  # ICC(3,4)
    # Mean squares of the paper: between targets 11.24, residual 1.02.
    assert found.entry_variance == pytest.approx((11.24 - 1.02) / 4, abs=0.01)
    assert found.residual_variance == pytest.approx(1.02, abs=0.005)


def test_a_reversed_scale_is_suspected() -> None:
    rng = np.random.default_rng(2)
    quality = rng.permutation(12)
    table = quality[:, None] * 10 + rng.integers(0, 15, (12, 5))
    table[:, 3] = 120 - table[:, 3]
    entry, judge = (index.ravel() for index in np.indices(table.shape))
    found = measure_agreement(calibrate(entry, judge, table.ravel() * 1000), table.ravel())
    assert found.reversed_scale == (3,)


def test_correlations_need_three_shared_entries() -> None:
    correlation, shared = judge_correlations([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], [1, 2, 3, 4, 5], 3, 2)
    assert np.isnan(correlation).all()
    assert shared.tolist() == [2, 2]
