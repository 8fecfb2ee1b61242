"""What must not matter does not, by every path: a table of entries by judges, without one, and iterative."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from judging import Model, calibrate, calibrate_large
from tests.judging.juries import Floats, Integers, jury

SEEDS = st.integers(0, 2**32 - 1)
PATHS = ("table", "wide", "factored", "iterative")
quick = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Found:
    """What all paths give."""

    estimate: Floats
    severity: Floats
    se: Floats
    residual_variance: tuple[float | None, ...]
    refused: bool


Fit = Callable[..., Found]


@pytest.fixture(params=PATHS)
def fit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Fit:
    path = request.param
    if path == "wide":
        monkeypatch.setattr("judging.calibration.TABLE_JUDGES", 0)
        monkeypatch.setattr("judging.calibration.MOST_DRAWS", 1)
    if path == "factored":
        monkeypatch.setattr("judging.sized.SPECTRUM_UP_TO", 0)

    def run(entry: Integers, judge: Integers, y: Floats, model: Model, **options: Any) -> Found:
        if path in ("table", "wide"):
            found = calibrate(entry, judge, y, model=model, **options)
        else:
            limit = 0 if path == "iterative" else 3000
            found = calibrate_large(entry, judge, y, model=model, exact_up_to=limit, **options)
        variances = tuple(part.residual_variance for part in found.parts)
        refused = any(variance is None or variance == 0 for variance in variances)
        return Found(found.estimate, found.severity, found.se, variances, refused)

    run.path = path
    return run


def tolerance(fit: Fit, model: Model) -> float:
    """Random signs are of the judges' order, so that a stochastic ratio may move when they are renamed."""
    iterative = fit.path == "iterative" and model is Model.CALIBRATED
    # Published ratios have six digits.
    return 0.15 if iterative else 1e-8 if model is Model.LEAST_SQUARES else 2e-5


@quick
@given(SEEDS, st.sampled_from(list(Model)))
def test_rows_in_another_order_and_other_names(fit: Fit, seed: int, model: Model) -> None:
    j = jury(seed)
    rng = np.random.default_rng(seed)
    rows, entries, judges = rng.permutation(len(j.entry)), rng.permutation(20), rng.permutation(7)
    y = j.milli / 1000
    one = fit(j.entry, j.judge, y, model)
    two = fit(entries[j.entry[rows]], judges[j.judge[rows]], y[rows], model)
    assume(not one.refused)
    near = tolerance(fit, model)
    np.testing.assert_allclose(two.estimate[entries], one.estimate, atol=near)
    np.testing.assert_allclose(two.severity[judges], one.severity, atol=near)


@quick
@given(SEEDS, st.sampled_from(list(Model)), st.integers(-30, 30), st.sampled_from([-3.0, -0.1, 0.25, 7.0]))
def test_an_affine_change_of_all_scores(fit: Fit, seed: int, model: Model, shift: int, factor: float) -> None:
    j = jury(seed)
    y = j.milli / 1000
    one, two = fit(j.entry, j.judge, y, model), fit(j.entry, j.judge, y * factor + shift, model)
    near = 1e-7 if model is Model.LEAST_SQUARES else 2e-5
    np.testing.assert_allclose(two.estimate, one.estimate * factor + shift, atol=near * max(abs(factor), 1))
    assume(not one.refused)
    np.testing.assert_allclose(two.severity, one.severity * factor, atol=near * max(abs(factor), 1))
    np.testing.assert_allclose(two.se, one.se * abs(factor), rtol=1e-4)


@quick
@given(SEEDS, st.sampled_from([-5.0, 0.75, 40.0]))
def test_a_constant_for_one_judge(fit: Fit, seed: int, constant: float) -> None:
    j = jury(seed)
    y = j.milli / 1000
    one = fit(j.entry, j.judge, y, Model.LEAST_SQUARES)
    two = fit(j.entry, j.judge, y + constant * (j.judge == 3), Model.LEAST_SQUARES)
    assume(not one.refused and not two.refused and len(one.residual_variance) == 1)
    np.testing.assert_allclose(np.diff(two.estimate), np.diff(one.estimate), atol=1e-7)
    np.testing.assert_allclose(two.severity - two.severity[3], one.severity - one.severity[3] + constant * (np.arange(7) != 3), atol=1e-7)  # fmt: skip
    np.testing.assert_allclose(two.se, one.se, rtol=1e-6)


@quick
@given(SEEDS)
def test_all_the_data_twice(fit: Fit, seed: int) -> None:
    """Every judge has a twin who gives the same: contrasts stand, and errors shrink as the sums say."""
    j = jury(seed, entries=30)
    y = j.milli / 1000
    one = fit(j.entry, j.judge, y, Model.LEAST_SQUARES)
    two = fit(np.tile(j.entry, 2), np.concatenate([j.judge, j.judge + 7]), np.tile(y, 2), Model.LEAST_SQUARES)
    assume(not one.refused and len(one.residual_variance) == 1)
    np.testing.assert_allclose(two.estimate, one.estimate, atol=1e-8)
    np.testing.assert_allclose(two.severity, np.tile(one.severity, 2), atol=1e-8)
    n, dof = len(y), len(y) - 30 - 7 + 1
    wanted = (one.residual_variance[0] or 0) * 2 * dof / (2 * n - 30 - 14 + 1)
    assert two.residual_variance[0] == pytest.approx(wanted, rel=1e-8)


@quick
@given(SEEDS, st.sampled_from(list(Model)))
def test_two_copies_that_share_nothing(fit: Fit, seed: int, model: Model) -> None:
    j = jury(seed)
    y = j.milli / 1000
    one = fit(j.entry, j.judge, y, model)
    two = fit(
        np.concatenate([j.entry, j.entry + 20]), np.concatenate([j.judge, j.judge + 7]), np.tile(y, 2), model
    )
    assume(not one.refused)
    assert len(two.residual_variance) == 2 * len(one.residual_variance)
    near = tolerance(fit, model)
    np.testing.assert_allclose(two.estimate, np.tile(one.estimate, 2), atol=near)
    np.testing.assert_allclose(two.severity, np.tile(one.severity, 2), atol=near)


@quick
@given(SEEDS)
def test_a_judge_who_agrees_perfectly(fit: Fit, seed: int) -> None:
    j = jury(seed, entries=15, judges=5)
    y = j.milli / 1000
    one = fit(j.entry, j.judge, y, Model.LEAST_SQUARES)
    assume(not one.refused and len(one.residual_variance) == 1)
    entry, judge = np.concatenate([j.entry, np.arange(15)]), np.concatenate([j.judge, np.full(15, 5)])
    two = fit(entry, judge, np.concatenate([y, one.estimate - 0.7]), Model.LEAST_SQUARES)
    np.testing.assert_allclose(np.diff(two.estimate), np.diff(one.estimate), atol=1e-7)


@quick
@given(SEEDS)
def test_a_weight_split_between_twins(fit: Fit, seed: int) -> None:
    """Sheets of weight 2, or the same of weight 1 by each of two twins."""
    j = jury(seed)
    own, y = j.judge == 2, j.milli / 1000
    one = fit(j.entry, j.judge, y, Model.LEAST_SQUARES, weights=np.where(own, 2.0, 1.0))
    two = fit(
        np.concatenate([j.entry, j.entry[own]]),
        np.concatenate([j.judge, np.full(int(own.sum()), 7)]),
        np.concatenate([y, y[own]]),
        Model.LEAST_SQUARES,
    )
    assume(not one.refused and not two.refused)
    np.testing.assert_allclose(two.estimate, one.estimate, atol=1e-7)


@quick
@given(SEEDS, st.sampled_from([1e-3, 7.0, 1e4]), st.sampled_from(list(Model)))
def test_only_ratios_of_weights(fit: Fit, seed: int, factor: float, model: Model) -> None:
    j = jury(seed)
    weights = np.random.default_rng(seed).choice([1.0, 2.0, 4.0], len(j.entry))
    y = j.milli / 1000
    one = fit(j.entry, j.judge, y, model, weights=weights)
    two = fit(j.entry, j.judge, y, model, weights=weights * factor)
    assume(not one.refused)
    near = 1e-6 if model is Model.LEAST_SQUARES else 2e-5
    np.testing.assert_allclose(two.estimate, one.estimate, atol=near)
    np.testing.assert_allclose(two.se, one.se, rtol=1e-4)
