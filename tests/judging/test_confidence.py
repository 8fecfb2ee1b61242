from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import Method, RoundInputs, Rule, calibrate, confidence_weights, decide, verdict_document
from judging.confidence import whole_weights
from tests.judging.juries import dense, jury
from tests.judging.test_verdict import round_of

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.booleans())
def test_whole_weights_are_the_weights_to_half_a_thousandth(seed: int, normalised: bool) -> None:
    rng = np.random.default_rng(seed)
    judge, confidence = rng.integers(0, 5, 30), rng.integers(1, 12, 30)
    whole = whole_weights(judge, confidence, normalised=normalised)
    real = confidence_weights(judge, confidence, normalised=normalised)
    assert np.max(np.abs(whole / 1000 - real)) <= 0.0005 + 1e-12
    assert normalised or whole.max() <= 4 * whole.min() + 4
    if not normalised:
        return
    for j in range(5):
        own = [min(int(c), 4 * int(confidence[judge == j].min())) for c in confidence[judge == j]]
        assert whole[judge == j].tolist() == [round(Fraction(1000 * c * len(own), sum(own))) for c in own]


@settings(max_examples=20)
@given(SEEDS)
def test_declaring_high_everywhere_gains_nothing(seed: int) -> None:
    j = jury(seed)
    rng = np.random.default_rng(seed)
    confidence = rng.integers(1, 5, len(j.entry))
    once = calibrate(j.entry, j.judge, j.milli, confidence=confidence)
    louder = calibrate(j.entry, j.judge, j.milli, confidence=np.where(j.judge == 2, 3, 1) * confidence)
    assert once.official == louder.official
    np.testing.assert_array_equal(once.se, louder.se)
    same = calibrate(j.entry, j.judge, j.milli, confidence=rng.integers(1, 5, j.judges)[j.judge])
    plain = calibrate(j.entry, j.judge, j.milli)
    assert same.official == plain.official
    np.testing.assert_array_equal(same.estimate, plain.estimate)
    assert [part.ratio for part in same.parts] == [part.ratio for part in plain.parts]


def test_the_weights_are_those_that_are_said() -> None:
    j = jury(4)
    confidence = np.random.default_rng(4).choice([1, 2, 4], len(j.entry))
    found = calibrate(j.entry, j.judge, j.milli, confidence=confidence)
    weights = whole_weights(j.judge, confidence) / 1000
    (part,) = found.parts
    assert part.ratio is not None
    theirs = dense(j, float(part.ratio), weights)
    np.testing.assert_allclose(found.estimate, theirs.estimate, atol=1e-9)
    assert found.official is not None
    np.testing.assert_allclose(np.array(found.official) / 1e6, theirs.estimate, atol=6e-7)
    as_it_stands = calibrate(j.entry, j.judge, j.milli, confidence=confidence, normalised=False)
    by_weights = calibrate(j.entry, j.judge, j.milli, weights=confidence)
    np.testing.assert_allclose(as_it_stands.estimate, by_weights.estimate, atol=2e-3)


def test_floats_have_no_official_numbers_and_bad_rows_are_named() -> None:
    j = jury(5)
    confidence = np.random.default_rng(5).choice([0.5, 1.0, 2.0], len(j.entry))
    found = calibrate(j.entry, j.judge, j.milli, confidence=confidence)
    assert found.official is None
    by_hand = calibrate(j.entry, j.judge, j.milli, weights=confidence_weights(j.judge, confidence))
    np.testing.assert_array_equal(found.estimate, by_hand.estimate)
    for bad in (0, -1):
        with pytest.raises(ValueError, match="confidence: row 3"):
            calibrate(j.entry, j.judge, j.milli, confidence=np.where(np.arange(len(j.entry)) == 3, bad, 1))
    with pytest.raises(ValueError, match="one of them"):
        calibrate(j.entry, j.judge, j.milli, weights=confidence, confidence=confidence)
    with pytest.raises(ValueError, match="shape"):
        calibrate(j.entry, j.judge, j.milli, confidence=[1, 2])
    assert calibrate([], [], [], confidence=[]).official == ()


def declared(inputs: RoundInputs, rule: Rule, levels: dict[str, int], seed: int | None = None) -> RoundInputs:
    """Everybody declares as said; with a seed, from 1 to that."""
    rng = np.random.default_rng(seed)
    sheets = tuple(
        replace(s, confidence=int(rng.integers(1, 5)) if seed is not None else levels.get(s.judge, 1))
        for s in inputs.sheets
    )
    return replace(inputs, sheets=sheets, method=Method(rule, confidence=True))


@pytest.mark.parametrize("rule", [Rule.CALIBRATED, Rule.LEAST_SQUARES])
def test_a_verdict_normalises_within_each_judge(rule: Rule) -> None:
    inputs = round_of(3)
    judges = inputs.judge_ids
    off = replace(inputs, method=Method(rule))
    on = declared(inputs, rule, {judges[0]: 4, judges[1]: 2})
    plain, same = verdict_document(decide(off)), verdict_document(decide(on))
    assert {**same, "method": None} == {**plain, "method": None}
    varied = verdict_document(decide(declared(inputs, rule, {}, seed=1)))
    assert varied["standings"] != plain["standings"]
