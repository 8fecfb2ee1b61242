"""Draws that are too many for memory: made in blocks, summed up as if they stood side by side."""

import tracemalloc

import numpy as np
import pytest

from judging import decide, draws, uncertainty
from judging.calibration import Covariance, calibrate
from judging.draws import _Blocks, survey
from judging.uncertainty import draw_scores, neighbours, outlook, widening
from tests.judging.juries import jury
from tests.judging.test_verdict import round_of


def shared(entries: int, parts: int = 1) -> tuple[np.ndarray, Covariance]:
    rng = np.random.default_rng(entries)
    part = None if parts == 1 else np.sort(rng.integers(0, parts, entries))
    own, severity, noise = (
        rng.uniform(0.5, 1, entries),
        rng.normal(size=(entries, 3)),
        rng.normal(size=(entries, 2)),
    )
    return rng.normal(0, 2, entries), Covariance(own, severity / 3, noise / 3, part)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("dof", [5, 400])
def test_blocks_are_summed_up_like_one_array(parts: int, dof: int, monkeypatch: pytest.MonkeyPatch) -> None:
    estimate, covariance = shared(70, parts)
    chosen = [entry for entry in range(70) if entry % 5]
    order = sorted(chosen, key=lambda entry: -estimate[entry])
    monkeypatch.setattr(draws, "WHOLE_CELLS", 0)
    monkeypatch.setattr(draws, "BLOCK_CELLS", 430 * 17)
    blocks = _Blocks.build(estimate, covariance, dof, 430, (3, 9), np.array(chosen))
    scores = np.vstack(list(blocks.by_draws()))
    np.testing.assert_array_equal(np.hstack([some for _, some in blocks.by_entries()]), scores)
    look, steps = survey(
        estimate, covariance, dof=dof, draws=430, seed=(3, 9), entries=chosen, places=4, order=order
    )
    centre = estimate[chosen]
    widened = widening(centre, scores[: draws.ROWS])
    assert widened > 1.01
    whole = outlook(scores, 4, estimate=centre, widened=widened)
    for name in ("quantiles", "expected_rank"):
        np.testing.assert_array_equal(getattr(look, name), getattr(whole, name))
    # Blocks leave out no place at an end.
    for place in (look.rank_low - whole.rank_low, whole.rank_high - look.rank_high):
        assert set(place.tolist()) <= {0, -1}
    assert look.chances == whole.chances
    assert look.draws == 430
    assert steps == neighbours(order, estimate, covariance, scores, chosen, widened=widened)


def test_blocks_have_the_law_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    j = jury(7, entries=120, judges=15, reads=4)
    c = calibrate(j.entry, j.judge, j.milli / 1000, entries=120, judges=15)
    about = {"dof": c.parts[0].dof, "draws": 20_000, "seed": (1,), "entries": list(range(120))}
    whole, _ = survey(c.estimate, c.covariance, places=3, **about)
    monkeypatch.setattr(draws, "WHOLE_CELLS", 0)
    blocks, _ = survey(c.estimate, c.covariance, places=3, **about)
    np.testing.assert_allclose(blocks.expected_rank, whole.expected_rank, atol=0.5)
    np.testing.assert_allclose(blocks.quantiles, whole.quantiles, atol=0.05)
    np.testing.assert_allclose(blocks.rank_low, whole.rank_low, atol=2)
    np.testing.assert_allclose(blocks.rank_high, whole.rank_high, atol=2)
    np.testing.assert_allclose(
        [blocks.first(3)[entry] / 1e6 for entry in range(120)],
        [whole.first(3)[entry] / 1e6 for entry in range(120)],
        atol=0.02,
    )


def test_a_small_ranking_is_drawn_as_ever() -> None:
    estimate, covariance = shared(30)
    scores = draw_scores(estimate, covariance, dof=12, draws=1000, seed=(4, 5), entries=range(30))
    look, _ = survey(estimate, covariance, dof=12, draws=1000, seed=(4, 5), entries=list(range(30)), places=2)
    whole = outlook(scores, 2, estimate=estimate, widened=widening(estimate, scores))
    np.testing.assert_array_equal(look.quantiles, whole.quantiles)
    np.testing.assert_array_equal(look.rank_low, whole.rank_low)
    assert look.chances == whole.chances


def test_ranking_some_draws_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    estimate, covariance = shared(25)
    scores = np.round(draw_scores(estimate, covariance, dof=40, draws=300, seed=1), 1)
    whole = outlook(scores, 3)
    monkeypatch.setattr(uncertainty, "ROWS", 7)
    some = outlook(scores, 3)
    ranks = uncertainty.ranks_of(scores)
    np.testing.assert_array_equal(some.rank_low, whole.rank_low)
    np.testing.assert_array_equal(some.rank_high, whole.rank_high)
    np.testing.assert_array_equal(some.expected_rank, ranks.mean(axis=0))
    assert some.chances == whole.chances


def test_memory_does_not_grow_with_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four thousand entries by 1,000 draws are 32 MB for each array that holds them all."""
    monkeypatch.setattr(draws, "WHOLE_CELLS", 0)
    monkeypatch.setattr(draws, "BLOCK_CELLS", 300_000)
    rng, size = np.random.default_rng(0), 4_000
    covariance = Covariance(np.full(size, 0.5), rng.normal(0, 0.05, (size, 4)), np.zeros((size, 0)))
    about = {"dof": 1000, "draws": 1000, "seed": (0,), "entries": list(range(size))}
    tracemalloc.start()
    look, _ = survey(rng.normal(size=size), covariance, places=3, **about)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 25e6
    assert float(look.expected_rank.mean()) == pytest.approx((size + 1) / 2)


def test_a_verdict_of_blocks_decides_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = round_of(5, entries=60, judges=20, reads=4)
    whole = decide(inputs)
    monkeypatch.setattr(draws, "WHOLE_CELLS", 0)
    blocks = decide(inputs)
    assert blocks.prizes == whole.prizes
    assert [step.separable for step in blocks.steps] == [step.separable for step in whole.steps]
    for a, b in zip(blocks.standings, whole.standings, strict=True):
        assert (a.scope, a.entry, a.estimate, a.rank, a.error) == (
            b.scope,
            b.entry,
            b.estimate,
            b.rank,
            b.error,
        )
        assert (a.rank_low or 0) == pytest.approx(b.rank_low or 0, abs=5)
