"""Drawn errors have the covariance that the dense formulas give."""

import numpy as np
import pytest

from judging.calibration import Model, calibrate
from judging.large_draws import draw_errors

DRAW = np.random.default_rng(3)
ENTRY = np.repeat(np.arange(8), 3)
JUDGE = np.concatenate([DRAW.choice(5, 3, replace=False) for _ in range(8)])
SCORES = (
    np.round(4 * (DRAW.normal(0, 1, 8)[ENTRY] + DRAW.normal(0, 1, 5)[JUDGE] + DRAW.normal(0, 0.5, 24))) / 4
)


@pytest.mark.parametrize("model", list(Model))
@pytest.mark.parametrize("weighted", [False, True])
def test_the_covariance_is_that_of_the_calibration(model: Model, weighted: bool) -> None:
    weights = np.tile([1.0, 2.0, 0.5], 8) if weighted else None
    found = calibrate(ENTRY, JUDGE, SCORES, weights=weights, model=model)
    (part,) = found.parts
    assert part.residual_variance is not None
    errors = draw_errors(
        ENTRY,
        JUDGE,
        residual_variance=part.residual_variance,
        judge_variance=part.judge_variance,
        weights=weights,
        draws=20_000,
        seed=7,
    )
    wanted = found.covariance.dense()
    assert np.cov(errors.T) == pytest.approx(wanted, abs=0.05 * float(np.max(wanted)))
    assert errors.mean(axis=0) == pytest.approx(np.zeros(8), abs=0.03)


def test_without_severity_it_is_the_error_of_the_means() -> None:
    errors = draw_errors(ENTRY, JUDGE, residual_variance=4.0, judge_variance=0.0, draws=20_000)
    assert np.cov(errors.T) == pytest.approx(np.eye(8) * 4 / 3, abs=0.06)


def test_the_order_of_sheets_does_not_matter_to_what_is_drawn() -> None:
    order = np.random.default_rng(0).permutation(24)
    errors = draw_errors(
        ENTRY[order], JUDGE[order], residual_variance=1.0, judge_variance=1.0, draws=3, seed=1
    )
    assert errors.shape == (3, 8)
    again = draw_errors(
        ENTRY[order], JUDGE[order], residual_variance=1.0, judge_variance=1.0, draws=3, seed=1
    )
    assert np.array_equal(errors, again)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"draws": 0}, "0 draws"),
        ({"residual_variance": 0.0}, "variance of 0.0"),
        ({"judge": [0]}, "one length"),
    ],
)
def test_nonsense_is_refused(change: dict[str, object], said: str) -> None:
    given = {
        "entry": [0, 1],
        "judge": [0, 0],
        "residual_variance": 1.0,
        "judge_variance": 1.0,
        "draws": 1,
        **change,
    }
    with pytest.raises(ValueError, match=said):
        draw_errors(given.pop("entry"), given.pop("judge"), **given)
