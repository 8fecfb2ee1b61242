"""Tiny, holed, constant, exact and noiseless rounds: every model gives a result or a refusal, never a crash."""

from random import Random

import numpy as np

from judging import (
    additive_fit,
    calibrate,
    calibrate_large,
    gain_offset,
    judge_profiles,
    measure_intraclass,
    mixed_model,
    ordinal_model,
    reliability_weighted,
    unusual_sheets,
)
from tests.chance import chance, times


def odd_round(rng: Random) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, int]:
    draw = np.random.default_rng(rng.randrange(2**32))
    entries, judges = int(draw.integers(1, 9)), int(draw.integers(1, 7))
    pairs = np.argwhere(draw.random((entries, judges)) < draw.choice([0.3, 0.6, 1.0]))
    entry, judge = pairs.T
    of_entry, of_judge = draw.integers(0, 3, entries)[entry], draw.integers(0, 2, judges)[judge]
    marks = [
        of_entry + of_judge,
        draw.integers(0, 4, len(entry)),
        of_entry,
        of_judge,
        draw.normal(size=len(entry)) * 10.0 ** draw.integers(-6, 6),
    ]
    return entry, judge, marks[rng.randrange(5)].astype(float), entries, judges


def test_every_model_gives_a_result_or_a_refusal() -> None:
    rng = chance()
    for _ in range(times(60, drill=3000)):
        entry, judge, y, entries, judges = odd_round(rng)
        size = {"entries": entries, "judges": judges}
        scored = np.bincount(entry, minlength=entries) > 0
        whole = bool(np.all(y == np.round(y)) and np.abs(y).max(initial=0) < 10)
        for found in (
            mixed_model(entry, judge, y, **size),
            mixed_model(entry, judge, y, allotted_at_random=True, **size),
            reliability_weighted(entry, judge, y, **size),
            gain_offset(entry, judge, y, **size),
            calibrate_large(entry, judge, y, **size),
            calibrate_large(entry, judge, y, exact_up_to=0, **size),
            *([ordinal_model(entry, judge, np.abs(y).astype(int), **size)] if whole else []),
        ):
            assert np.isfinite(found.estimate[scored]).all(), found
            assert np.isnan(found.estimate[~scored]).all()
            assert all(notice.sentence for notice in found.notices)
        measure_intraclass(entry, judge, y)
        unusual_sheets(additive_fit(entry, judge, y, **size))
        judge_profiles(calibrate(entry, judge, y, **size), y)


def test_scores_without_any_noise_are_solved_and_said_to_be() -> None:
    entry, judge = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    keep = np.arange(12) != 5
    y = (entry + 1.0 + 0.25 * judge)[keep]
    for found in (
        mixed_model(entry[keep], judge[keep], y),
        reliability_weighted(entry[keep], judge[keep], y),
        gain_offset(entry[keep], judge[keep], y),
    ):
        assert {notice.code for notice in found.notices} == {"exact-fit"}
        np.testing.assert_allclose(np.diff(found.estimate), 1.0, atol=1e-9)


def test_a_likelihood_that_is_flat_to_the_last_digits_has_no_peak() -> None:
    """Its slope is above 0 at every ratio and falls like the fifth power of it: what seems to be a peak is rounding."""
    entry, judge = np.array([0, 0, 1, 1, 1, 1]), np.array([2, 3, 0, 1, 2, 3])
    milli = np.array([37_500, 37_500, 2_500, 3_500, 3_500, 4_500])
    fitted = calibrate(entry, judge, milli, entries=2, judges=4)
    assert [part.ratio for part in fitted.parts] == [None]
