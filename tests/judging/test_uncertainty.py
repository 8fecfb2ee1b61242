import numpy as np
import pytest

from judging.calibration import Covariance, calibrate
from judging.uncertainty import draw_scores, neighbours, outlook, ranks_of
from tests.judging.juries import jury


def independent(errors: list[float]) -> Covariance:
    nothing = np.zeros((len(errors), 0))
    return Covariance(np.array(errors), nothing, nothing)


def test_draws_have_the_covariance_of_the_estimates() -> None:
    j = jury(3, entries=40)
    c = calibrate(j.entry, j.judge, j.milli)
    draws = draw_scores(c.estimate, c.covariance, dof=1000, draws=40_000, seed=1)
    np.testing.assert_allclose(np.cov(draws.T), c.covariance.dense(), atol=0.02)
    np.testing.assert_allclose(draws.mean(axis=0), c.estimate, atol=0.02)


def test_few_degrees_of_freedom_widen_the_draws() -> None:
    wide = draw_scores([0.0], independent([1.0]), dof=5, draws=200_000, seed=2)
    assert float(wide.var()) == pytest.approx(5 / 3, rel=0.05)  # the variance of t with 5 degrees of freedom


def test_the_chance_of_two_entries_is_that_of_the_normal_law() -> None:
    covariance = independent([1.0, 1.0])
    draws = draw_scores([1.0, 0.0], covariance, dof=1000, draws=200_000, seed=3)
    look = outlook(draws, 2)
    # Phi(1 / sqrt 2) = 0.7602
    assert look.chances[0][0] == pytest.approx(760_250, abs=4000)
    assert look.chances[0][0] + look.chances[1][0] == 1_000_000
    assert look.first(2) == (1_000_000, 1_000_000)
    assert look.expected_rank.sum() == pytest.approx(3)
    step = neighbours([0, 1], [1.0, 0.0], covariance, draws, [0, 1])[0]
    assert step.chance == look.chances[0][0]
    assert not step.separable
    assert neighbours([0, 1], [2.4, 0.0], covariance, draws, [0, 1])[0].separable


def test_the_same_seed_draws_the_same() -> None:
    one, two, three = (draw_scores([1.0, 2.0], independent([1, 1]), dof=9, seed=s) for s in (5, 5, 6))
    assert (one == two).all()
    assert (one != three).any()


def test_entries_that_drew_the_same_keep_their_order() -> None:
    scores = np.array([[1.0, 3.0, 3.0, 2.0], [1.0, 2.0, 3.0, 4.0]] * 50)
    assert ranks_of(scores)[:2].tolist() == [[4, 1, 2, 3], [4, 3, 2, 1]]


def test_rank_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """90 % intervals over 60 juries of 20 entries: the bar is .88 to .93 in the long run, wider here by chance."""
    held = total = 0
    for seed in range(60):
        j = jury(seed, entries=20, judges=8, reads=4)
        c = calibrate(j.entry, j.judge, j.milli)
        look = outlook(draw_scores(c.estimate, c.covariance, dof=c.parts[0].dof, draws=1000, seed=seed), 1)
        truth = ranks_of(j.quality[None, :])[0]
        held += int(np.sum((look.rank_low <= truth) & (truth <= look.rank_high)))
        total += len(truth)
    assert 0.87 < held / total < 0.95


def test_what_has_no_error_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="without an estimate or an error"):
        draw_scores([1.0], independent([float("nan")]), dof=3)
    with pytest.raises(ValueError, match="degrees of freedom"):
        draw_scores([1.0], independent([1.0]), dof=0)
