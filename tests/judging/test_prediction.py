"""The covariance of predictions: its diagonal is the mixed model's own, and all of it that of the whole equations."""

import numpy as np
import pytest

from judging.gains import gain_offset
from judging.mixed import mixed_model
from judging.ordinal import ordinal_model
from judging.prediction import mixed_covariance

DRAW = np.random.default_rng(5)


def made(entries: int, judges: int, reads: int, shift: int = 0) -> tuple[list[int], list[int], list[float]]:
    e = np.repeat(np.arange(entries), reads)
    j = np.concatenate([DRAW.choice(judges, reads, replace=False) for _ in range(entries)])
    y = DRAW.normal(0, 1, entries)[e] + DRAW.normal(0, 0.7, judges)[j] + DRAW.normal(0, 0.6, len(e))
    return (e + shift * 100).tolist(), (j + shift * 100).tolist(), y.tolist()


@pytest.mark.parametrize(("entries", "judges", "reads"), [(12, 5, 3), (5, 9, 6), (6, 6, 3)])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_inverse_of_the_whole_equations(
    entries: int, judges: int, reads: int, weighted: bool
) -> None:
    e, j, y = made(entries, judges, reads)
    w = DRAW.integers(1, 4, len(e)).astype(float) if weighted else np.ones(len(e))
    mixed = mixed_model(e, j, y, weights=w)
    (part,) = mixed.parts
    assert part.entry_variance
    assert part.judge_variance
    assert part.residual_variance
    design = np.zeros((len(e), 1 + entries + judges))
    design[:, 0] = 1
    design[np.arange(len(e)), 1 + np.array(e)] = 1
    design[np.arange(len(e)), 1 + entries + np.array(j)] = 1
    matrix = design.T @ (w[:, None] * design) / part.residual_variance
    matrix[1 : 1 + entries, 1 : 1 + entries] += np.eye(entries) / part.entry_variance
    matrix[1 + entries :, 1 + entries :] += np.eye(judges) / part.judge_variance
    pick = np.zeros((entries, len(matrix)))
    pick[:, 0] = 1
    pick[np.arange(entries), 1 + np.arange(entries)] = 1
    wanted = pick @ np.linalg.inv(matrix) @ pick.T
    found = mixed_covariance(mixed, e, j, weights=w)
    assert found.dense() == pytest.approx(wanted, rel=1e-8, abs=1e-12)
    assert np.sqrt(found.variances()) == pytest.approx(mixed.se, rel=1e-8)


def test_parts_are_independent_and_refusals_have_no_errors() -> None:
    first, second = made(8, 4, 3), made(6, 4, 3, shift=1)
    e, j, y = (a + b for a, b in zip(first, second, strict=True))
    e, j, y = [*e, 200], [*j, 200], [*y, 1.0]
    mixed = mixed_model(e, j, y)
    found = mixed_covariance(mixed, e, j)
    known = np.isfinite(mixed.se)
    assert np.array_equal(np.isfinite(found.own), known)
    assert np.sqrt(found.variances())[known] == pytest.approx(mixed.se[known], rel=1e-8)
    assert found.between(0, 100) == 0.0


def test_arrays_of_one_length() -> None:
    e, j, y = made(6, 4, 3)
    with pytest.raises(ValueError, match="one length"):
        mixed_covariance(mixed_model(e, j, y), e[:-1], j)


def test_second_opinions_draw_from_the_errors_that_they_state() -> None:
    """Two parts of different sizes: the covariance has each standard error, and nothing between the parts."""
    rng = np.random.default_rng(4)
    entry = np.concatenate([np.repeat(np.arange(15), 4), 15 + np.repeat(np.arange(12), 3)])
    judge = np.concatenate([rng.choice(6, 4, replace=False) for _ in range(15)])
    judge = np.concatenate([judge, *[6 + rng.choice(4, 3, replace=False) for _ in range(12)]])
    quality, severity = rng.normal(0, 1, 27), rng.normal(0, 0.5, 10)
    values = (
        quality[entry] * (1 + 0.3 * rng.normal(size=10))[judge]
        - severity[judge]
        + rng.normal(0, 0.4, len(entry))
    )
    gains = gain_offset(entry, judge, values)
    marks = np.clip(np.rint(values + 2), 0, 4).astype(int)
    ordinal = ordinal_model(entry, judge, marks)
    for covariance, se in ((gains.covariance, gains.se), (ordinal.covariance, ordinal.se)):
        assert np.sqrt(covariance.variances()) == pytest.approx(se, rel=1e-8)
        assert not covariance.dense()[:15, 15:].any()
