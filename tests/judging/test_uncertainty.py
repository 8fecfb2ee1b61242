import numpy as np
import pytest

from judging.calibration import Covariance, calibrate
from judging.uncertainty import draw_scores, neighbours, outlook, ranks_of, widening
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


@pytest.mark.parametrize(
    ("entries", "judges", "reads", "juries"), [(20, 8, 4, 60), (10, 5, 3, 120), (150, 15, 2, 30)]
)
def test_rank_intervals_hold_the_truth_as_often_as_they_say(
    entries: int, judges: int, reads: int, juries: int
) -> None:
    """90 % intervals, few entries and many: the bar is .88 to .93 in the long run, a little wider here by chance."""
    held = total = 0
    for seed in range(juries):
        j = jury(seed, entries=entries, judges=judges, reads=reads)
        c = calibrate(j.entry, j.judge, j.milli)
        scores = draw_scores(c.estimate, c.covariance, dof=c.parts[0].dof, draws=1000, seed=seed)
        look = outlook(scores, 1, estimate=c.estimate, widened=widening(c.estimate, scores))
        truth = ranks_of(j.quality[None, :])[0]
        held += int(np.sum((look.rank_low <= truth) & (truth <= look.rank_high)))
        total += len(truth)
        official = ranks_of(c.estimate[None, :])[0]
        assert ((look.rank_low <= official) & (official <= look.rank_high)).all()
    assert 0.87 < held / total < 0.94


def test_places_ask_for_wider_errors_than_scores() -> None:
    rng = np.random.default_rng(4)
    estimate = rng.normal(0, 1, 30)
    estimate /= estimate.std(ddof=1)
    scores = draw_scores(estimate, independent([0.6] * 30), dof=1000, draws=4000, seed=1)
    # A third of the spread is error; of 30 entries 27/29 of that counts.
    assert widening(estimate, scores) == pytest.approx(1 / np.sqrt(1 - 27 / 29 * 0.36), rel=0.02)
    assert widening(5 * estimate + 7, 5 * scores + 7) == pytest.approx(widening(estimate, scores))
    # Where errors say all that entries differ by, they are widened as far as so many entries allow, and no further.
    assert widening(estimate / 10, scores) == pytest.approx(np.sqrt(29 / 2))
    assert widening(np.zeros(30), scores) == 1.0
    assert widening(estimate[:3], scores[:, :3]) == 1.0
    wide = outlook(scores, 1, estimate=estimate, widened=1.2)
    drawn = outlook(estimate + 1.2 * (scores - estimate), 1)
    np.testing.assert_array_equal(wide.rank_low, drawn.rank_low)
    assert wide.chances == drawn.chances
    # Scores have the errors that they have.
    np.testing.assert_array_equal(wide.quantiles, outlook(scores, 1).quantiles)
    order = np.argsort(-estimate).tolist()
    covariance = independent([0.6] * 30)
    steps = neighbours(order, estimate, covariance, scores, range(30), widened=1.2)
    assert steps == neighbours(order, estimate, covariance, estimate + 1.2 * (scores - estimate), range(30))


def test_a_place_at_an_end_is_left_out_where_that_comes_nearer_to_ninety_in_a_hundred() -> None:
    def interval(shares: list[int]) -> tuple[int, int]:
        """Of one entry whose hundred draws fall on places so often."""
        places = np.repeat(np.arange(1, len(shares) + 1), shares)
        others = [np.setdiff1d(np.arange(1, len(shares) + 1), [place]) for place in places]
        ranks = np.column_stack([places, np.array(others)])
        look = outlook(-ranks.astype(float), 1)
        return int(look.rank_low[0]), int(look.rank_high[0])

    assert interval([4, 20, 40, 30, 6]) == (2, 4)  # 90 without the last place, 96 with it
    assert interval([8, 40, 44, 8]) == (1, 3)  # 92 one way or the other: the better places stay
    assert interval([9, 82, 9]) == (1, 2)
    assert interval([98, 2]) == (1, 1)
    assert interval([88, 12]) == (1, 1)
    assert interval([70, 30]) == (1, 2)
    assert interval([100]) == (1, 1)


def test_what_has_no_error_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="without an estimate or an error"):
        draw_scores([1.0], independent([float("nan")]), dof=3)
    with pytest.raises(ValueError, match="degrees of freedom"):
        draw_scores([1.0], independent([1.0]), dof=0)
