"""What must not matter does not: scale of weights, copies, clones, a judge who agrees with the result."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import Model, calibrate, calibrate_large, mixed_model
from tests.judging.juries import jury

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=20)
@given(SEEDS)
def test_only_ratios_of_weights_count(seed: int) -> None:
    j = jury(seed)
    w = np.random.default_rng(seed).choice([1, 2, 4], len(j.entry))
    one, ten = (calibrate(j.entry, j.judge, j.milli, weights=w * factor) for factor in (1, 10))
    assert one.official == ten.official
    np.testing.assert_allclose(one.se, ten.se, rtol=1e-9)
    for a, b in zip(one.parts, ten.parts, strict=True):
        assert (a.ratio is None and b.ratio is None) or (a.ratio or 0) * 10 == b.ratio


@settings(max_examples=20)
@given(SEEDS)
def test_entries_that_are_copies_share_their_estimate_and_move_no_other(seed: int) -> None:
    j = jury(seed)
    twice = (
        np.concatenate([j.entry, j.entry + j.entries]),
        np.concatenate([j.judge, j.judge]),
        np.concatenate([j.milli, j.milli]),
    )
    once = calibrate(j.entry, j.judge, j.milli, model=Model.LEAST_SQUARES)
    both = calibrate(*twice, model=Model.LEAST_SQUARES)
    if any(part.dof <= 0 for part in once.parts):
        return
    np.testing.assert_allclose(both.estimate[: j.entries], once.estimate, atol=1e-9)
    reml = calibrate(*twice)
    assert reml.official is not None
    assert reml.official[: j.entries] == reml.official[j.entries :]


@settings(max_examples=20)
@given(SEEDS)
def test_a_judge_who_agrees_with_the_result_changes_nothing(seed: int) -> None:
    j = jury(seed, entries=15, judges=5)
    before = calibrate(j.entry, j.judge, j.milli / 1000, model=Model.LEAST_SQUARES)
    if any(part.dof <= 0 for part in before.parts) or len(before.parts) > 1:
        return
    entry = np.concatenate([j.entry, np.arange(15)])
    judge = np.concatenate([j.judge, np.full(15, 5)])
    y = np.concatenate([j.milli / 1000, before.estimate - 0.7])
    after = calibrate(entry, judge, y, model=Model.LEAST_SQUARES)
    np.testing.assert_allclose(np.diff(after.estimate), np.diff(before.estimate), atol=1e-9)
    assert np.argmax(after.severity - np.append(before.severity, -9)) == 5


@settings(max_examples=20)
@given(SEEDS)
def test_a_judge_split_into_two_clones_of_half_the_weight_changes_nothing(seed: int) -> None:
    j = jury(seed)
    own = j.judge == 2
    entry = np.concatenate([j.entry, j.entry[own]])
    judge = np.concatenate([j.judge, np.full(int(own.sum()), j.judges)])
    y = np.concatenate([j.milli, j.milli[own]]) / 1000
    w = np.concatenate([np.where(own, 1.0, 2.0), np.ones(int(own.sum()))])
    whole = calibrate_large(j.entry, j.judge, j.milli / 1000, model=Model.LEAST_SQUARES)
    split = calibrate_large(entry, judge, y, weights=w, model=Model.LEAST_SQUARES)
    if any(part.solver is None for part in whole.parts):
        return
    np.testing.assert_allclose(split.estimate, whole.estimate, atol=1e-8)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(-5, 5), st.integers(1, 4))
def test_the_mixed_model_follows_an_affine_change(seed: int, shift: int, factor: int) -> None:
    j = jury(seed)
    one = mixed_model(j.entry, j.judge, j.milli / 1000)
    two = mixed_model(j.entry, j.judge, j.milli / 1000 * factor + shift)
    np.testing.assert_allclose(two.estimate, one.estimate * factor + shift, atol=2e-3 * factor)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(j.entry))
    three = mixed_model(j.entry[rows], j.judge[rows], j.milli[rows] / 1000)
    np.testing.assert_allclose(three.estimate, one.estimate, atol=1e-4)
