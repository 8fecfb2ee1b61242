"""Errors of several criteria together: against dense equations, against planted truth, and where they must be one."""

from collections.abc import Callable

import numpy as np
import pytest

from judging import joint as joint_module
from judging.arrays import Floats, Integers
from judging.gains import gain_offset
from judging.joint import Joint, join
from judging.mixed import mixed_model
from judging.ordinal import ordinal_model
from judging.responses import Response, Source, gain_response, mixed_response, ordinal_response
from tests.judging.juries import Jury, jury

Cells = tuple[Integers, Integers, Floats]


def by_mixed(cells: Cells, entries: int, judges: int, weights: Floats | None = None) -> Response:
    found = mixed_model(*cells, weights=weights, entries=entries, judges=judges)
    return mixed_response(found, *cells, weights=weights)


def by_gains(cells: Cells, entries: int, judges: int) -> Response:
    found = gain_offset(*cells, entries=entries, judges=judges, deviation=0.3)
    return gain_response(found, *cells)


def by_points(cells: Cells, entries: int, judges: int) -> Response:
    entry, judge, values = cells
    marks = np.clip(np.round(values - 3), 0, 4).astype(np.int64)
    return ordinal_response(
        ordinal_model(entry, judge, marks, entries=entries, judges=judges), entry, judge, marks
    )


MODELS: dict[str, Callable[[Cells, int, int], Response]] = {
    "mixed": by_mixed,
    "gain-offset": by_gains,
    "ordinal": by_points,
}


def cells_of(made: Jury) -> Cells:
    return made.entry, made.judge, made.milli / 1000.0


def total_error(found: Joint, *weights: float) -> Floats:
    share = np.repeat(np.array(weights)[:, None], found.responses[0].entries, axis=1)
    result: Floats = np.sqrt(found.estimate_variances(share))
    return result


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("size", [(30, 8, 4), (8, 30, 12)])
def test_of_one_criterion_the_errors_are_those_that_the_fit_states(
    model: str, size: tuple[int, int, int]
) -> None:
    made = jury(3, *size)
    response = MODELS[model](cells_of(made), made.entries, made.judges)
    np.testing.assert_allclose(total_error(join([response]), 1.0), response.se, rtol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_a_criterion_twice_is_that_criterion(model: str) -> None:
    made = jury(5, 30, 8, 4)
    response = MODELS[model](cells_of(made), made.entries, made.judges)
    twice = join([response, response])
    np.testing.assert_allclose(total_error(twice, 0.7, 0.3), response.se, rtol=1e-9)
    used = [source for source in Source if response.has[source]]
    for source in used:
        np.testing.assert_allclose(twice.correlations[source], 1.0, atol=1e-9)


def test_weights_of_scores_count() -> None:
    made = jury(6, 30, 8, 4)
    weights = np.random.default_rng(1).uniform(0.5, 2.0, len(made.entry))
    response = by_mixed(cells_of(made), made.entries, made.judges, weights)
    np.testing.assert_allclose(total_error(join([response]), 1.0), response.se, rtol=1e-9)


def test_parts_that_share_nothing_are_fitted_apart() -> None:
    one, other = jury(1, 12, 5), jury(2, 15, 6)
    entry, judge = (
        np.concatenate([one.entry, other.entry + 12]),
        np.concatenate([one.judge, other.judge + 5]),
    )
    values = np.concatenate([one.milli, other.milli]) / 1000.0
    response = by_mixed((entry, judge, values), 27, 11)
    both = join([response, response])
    np.testing.assert_allclose(total_error(both, 0.5, 0.5), response.se, rtol=1e-9)


def dense_errors(cells: Cells, entries: int, judges: int) -> tuple[list[Floats], Integers]:
    """From Henderson's whole equations: what errors of the estimates come of each source; the sheets' codes."""
    entry, judge, _values = cells
    fitted = mixed_model(*cells, entries=entries, judges=judges)
    part = fitted.parts[0]
    assert part.entry_variance
    assert part.judge_variance
    assert part.residual_variance
    design = np.hstack([np.ones((len(entry), 1)), np.eye(entries)[entry], np.eye(judges)[judge]])
    pull = np.concatenate(
        [
            [0.0],
            np.full(entries, part.residual_variance / part.entry_variance),
            np.full(judges, part.residual_variance / part.judge_variance),
        ]
    )
    inverse = np.linalg.inv(design.T @ design + np.diag(pull))
    level = np.hstack([np.ones((entries, 1)), np.eye(entries), np.zeros((entries, judges))])
    seen = level @ inverse
    return [
        -seen[:, 1 : 1 + entries] * pull[1] * np.sqrt(part.entry_variance),
        -seen[:, 1 + entries :] * pull[-1] * np.sqrt(part.judge_variance),
        seen @ design.T * np.sqrt(part.residual_variance),
    ], entry * judges + judge


def test_whatever_cells_are_missing_the_covariance_is_that_of_the_whole_equations() -> None:
    made = correlated(7, entries=18, judges=7, reads=4, missing=0.2)
    found = join([by_mixed(cells, 18, 7) for cells in made.cells])
    parts = [dense_errors(cells, 18, 7) for cells in made.cells]
    share = (0.5, 0.3, 0.2)
    variance = np.zeros(18)
    for a, (one, codes) in enumerate(parts):
        for b, (other, others) in enumerate(parts):
            same = (codes[:, None] == others[None, :]).astype(float)
            for source, middle in ((0, None), (1, None), (2, same)):
                right = other[source] if middle is None else other[source] @ middle.T
                correlation = found.correlations[(0, 1, 3)[source]][a, b]
                variance += share[a] * share[b] * correlation * np.sum(one[source] * right, axis=1)
    np.testing.assert_allclose(total_error(found, *share), np.sqrt(variance), rtol=1e-9)


@pytest.mark.parametrize("model", MODELS)
def test_draws_have_the_errors_that_are_stated(model: str) -> None:
    made = correlated(8, entries=15, judges=6, reads=4, missing=0.1)
    found = join([MODELS[model](cells, 15, 6) for cells in made.cells])
    share = (0.5, 0.3, 0.2)
    drawn = np.concatenate(
        [
            sum(part * errors for part, errors in zip(share, some, strict=True))
            for some in found.draw(20_000, np.random.default_rng(2))
        ],
        axis=1,
    )
    assert drawn.shape == (15, 20_000)
    np.testing.assert_allclose(drawn.std(axis=1), total_error(found, *share), rtol=0.03)
    np.testing.assert_allclose(drawn.mean(axis=1), 0.0, atol=0.03)


def test_random_signs_stand_for_all_sources_of_a_large_round(monkeypatch: pytest.MonkeyPatch) -> None:
    made = correlated(9, entries=60, judges=10, reads=4, missing=0.1)
    responses = [by_mixed(cells, 60, 10) for cells in made.cells]
    exact = total_error(join(responses), 0.5, 0.3, 0.2)
    assert join(responses).exact
    monkeypatch.setattr(joint_module, "EXACT_UP_TO", 0)
    assert not join(responses).exact
    np.testing.assert_allclose(total_error(join(responses), 0.5, 0.3, 0.2), exact, rtol=0.1)
    # What the fit states is kept as it is.
    np.testing.assert_allclose(total_error(join(responses), 1.0, 0.0, 0.0), responses[0].se, rtol=1e-9)


def test_what_has_no_noise_adds_none_and_what_is_refused_leaves_no_error() -> None:
    made = jury(4, 20, 6, 4)
    cells = cells_of(made)
    response = by_mixed(cells, 20, 6)
    equal = by_mixed((made.entry, made.judge, np.full(len(made.entry), 5.0)), 20, 6)
    np.testing.assert_allclose(
        total_error(join([response, equal]), 0.75, 0.25), 0.75 * response.se, rtol=1e-9
    )
    assert np.isnan(total_error(join([equal, equal]), 0.5, 0.5)).all()
    first = np.flatnonzero(made.judge == 0)
    alone = by_mixed((made.entry[first], made.judge[first], cells[2][first]), 20, 6)
    together = total_error(join([response, alone]), 0.5, 0.5)
    assert np.isnan(together[made.entry[first]]).all()


class Correlated:
    """Three criteria, whose qualities, severities and noise are planted with known correlations."""

    def __init__(self, cells: list[Cells], quality: Floats) -> None:
        self.cells, self.quality = cells, quality


QUALITY, SEVERITY, NOISE = 0.6, 0.7, 0.5


def correlated(seed: int, *, entries: int, judges: int, reads: int, missing: float) -> Correlated:
    draw = np.random.default_rng(seed)

    def planted(correlation: float, size: int) -> Floats:
        table = np.full((3, 3), correlation) + (1 - correlation) * np.eye(3)
        result: Floats = np.linalg.cholesky(table) @ draw.normal(size=(3, size))
        return result

    quality, severity = 5 + planted(QUALITY, entries), 0.6 * planted(SEVERITY, judges)
    entry = np.repeat(np.arange(entries), reads)
    judge = np.concatenate([draw.choice(judges, reads, replace=False) for _ in range(entries)])
    noise = 0.8 * planted(NOISE, len(entry))
    cells = []
    for number in range(3):
        kept = draw.random(len(entry)) >= missing
        kept[::reads] = True
        e, j = entry[kept], judge[kept]
        cells.append((e, j, quality[number][e] - severity[number][j] + noise[number][kept]))
    return Correlated(cells, quality)


def test_planted_correlations_are_found_and_intervals_hold() -> None:
    share = np.array([0.5, 0.3, 0.2])
    held, apart, found = [], [], []
    for seed in range(60):
        made = correlated(seed, entries=40, judges=9, reads=4, missing=0.2)
        fits = [mixed_model(*cells, entries=40, judges=9) for cells in made.cells]
        responses = [mixed_response(fit, *cells) for fit, cells in zip(fits, made.cells, strict=True)]
        together = join(responses)
        error = sum(
            part * (fit.estimate - true) for part, fit, true in zip(share, fits, made.quality, strict=True)
        )
        held.append(np.abs(error) < 1.645 * total_error(together, *share))
        alone = np.sqrt(sum((part * fit.se) ** 2 for part, fit in zip(share, fits, strict=True)))
        apart.append(np.abs(error) < 1.645 * alone)
        found.append([table[np.triu_indices(3, 1)].mean() for table in together.correlations])
    quality, severity, _gain, noise = np.mean(found, axis=0)
    assert abs(quality - QUALITY) < 0.06
    assert abs(severity - SEVERITY) < 0.12
    assert abs(noise - NOISE) < 0.05
    assert 0.86 < np.mean(held) < 0.93
    # Taken to be independent they would claim to know far more.
    assert np.mean(apart) < 0.8
