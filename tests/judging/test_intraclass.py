import numpy as np
import pytest

from judging.intraclass import measure_intraclass, spearman_brown
from tests.judging.test_agreement import SHROUT_FLEISS


def test_the_example_of_shrout_and_fleiss() -> None:
    """Table 4 of the paper: .17, .29, .71 for one judge, .44, .62, .91 for the mean of four."""
    table = np.array(SHROUT_FLEISS, dtype=float)
    entry, judge = (index.ravel() for index in np.indices(table.shape))
    found = measure_intraclass(entry, judge, table.ravel())
    assert round(found.single_one_way, 2) == 0.17
    assert round(found.single_absolute, 2) == 0.29
    assert round(found.single_consistent, 2) == 0.71
    assert round(found.mean_one_way, 2) == 0.44
    assert round(found.mean_absolute, 2) == 0.62
    assert round(found.mean_consistent, 2) == 0.91
    assert found.scores == 4
    # Mean squares of the paper's table 3: between judges 32.49, residual 1.02.
    assert found.judge_variance == pytest.approx((32.49 - 1.02) / 6, abs=0.01)


def test_with_holes_the_variances_are_unbiased() -> None:
    rng = np.random.default_rng(5)
    totals = np.zeros(3)
    rounds = 200
    for _ in range(rounds):
        pairs = np.argwhere(rng.random((30, 8)) < 0.5)
        entry, judge = pairs[:, 0], pairs[:, 1]
        y = rng.normal(0, 1.5, 30)[entry] + rng.normal(0, 1, 8)[judge] + rng.normal(0, 0.7, len(pairs))
        found = measure_intraclass(entry, judge, y)
        totals += [found.entry_variance, found.judge_variance, found.residual_variance]
    assert totals / rounds == pytest.approx([2.25, 1.0, 0.49], rel=0.12)


def test_parts_that_are_not_connected_do_no_harm() -> None:
    rng = np.random.default_rng(1)
    entry, judge = (
        np.repeat(np.arange(12), 4),
        np.tile(np.arange(4), 12) + 4 * (np.repeat(np.arange(12), 4) >= 6),
    )
    y = rng.normal(0, 1, 12)[entry] + rng.normal(0, 1, 8)[judge] + rng.normal(0, 0.3, 48)
    both = measure_intraclass(entry, judge, y)
    first, second = (
        measure_intraclass(entry[h] - s, judge[h], y[h]) for h, s in ((entry < 6, 0), (entry >= 6, 6))
    )
    assert both.residual_variance == pytest.approx((first.residual_variance + second.residual_variance) / 2)


def test_the_mean_of_k() -> None:
    assert spearman_brown(0.5, 2) == pytest.approx(2 / 3)
    found = measure_intraclass([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1], [1.0, 2, 4, 4.5, 8, 9], scores=5)
    assert found.mean_consistent == pytest.approx(spearman_brown(found.single_consistent, 5))
    with pytest.raises(ValueError, match="positive"):
        measure_intraclass([0, 0], [0, 1], [1.0, 2.0], scores=0)


def test_nothing_to_tell_apart_is_nothing() -> None:
    found = measure_intraclass([0, 1], [0, 0], [1.0, 2.0])
    assert np.isnan([found.single_absolute, found.single_one_way]).all()
