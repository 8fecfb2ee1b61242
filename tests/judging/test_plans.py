"""Whole rounds planned, held against rounds that are drawn, marked and calibrated."""

import numpy as np
import pytest

from judging import Expected, calibrate, expected_of, plan_round, prospect, spread_reads
from judging.uncertainty import ranks_of
from tests.chance import times

LIKELY = Expected(1.0, 0.6, 0.8)


def kendall(a: np.ndarray, b: np.ndarray) -> float:
    upper = np.triu_indices(len(a), 1)
    return float(np.mean((np.sign(a[:, None] - a) * np.sign(b[:, None] - b))[upper]))


@pytest.mark.parametrize("panels", [7, (4, 3, 3)])
def test_a_plan_is_what_rounds_then_show(panels: int | tuple[int, ...]) -> None:
    """The same panels and deviations: scores drawn, calibrated together, ranked in each category."""
    sizes, reads, rounds = (12, 9, 6), 3, times(150, drill=2000)
    plan = plan_round(sizes, panels, (reads,), expected=LIKELY, tiers=(1, 3), draws=20_000, seed=1)[0]
    of = np.repeat(np.arange(3), sizes)
    rng = np.random.default_rng(1)
    first, right, tau = np.zeros(3), np.zeros(3), np.zeros(3)
    for number in range(rounds):
        if isinstance(panels, int):
            e, j = spread_reads(sum(sizes), panels, reads, seed=number)
            entry, judge = rng.permutation(sum(sizes))[e], j
        else:
            designs = [spread_reads(n, p, reads, seed=number) for n, p in zip(sizes, panels, strict=True)]
            entry = np.concatenate([e + (0, 12, 21)[i] for i, (e, _j) in enumerate(designs)])
            judge = np.concatenate([j + (0, 4, 7)[i] for i, (_e, j) in enumerate(designs)])
        quality = rng.normal(0, 1, sum(sizes))
        y = quality[entry] + rng.normal(0, 0.6, 10)[judge] + rng.normal(0, 0.8, len(entry))
        found = calibrate(entry, judge, y).estimate
        for category in range(3):
            q, v = quality[of == category], found[of == category]
            first[category] += np.argmax(q) == np.argmax(v)
            right[category] += set(np.argsort(-q)[:3]) == set(np.argsort(-v)[:3])
            tau[category] += kendall(q, v)
    near = 4 * (0.25 / rounds) ** 0.5
    for category, foreseen in enumerate(plan.categories):
        assert foreseen is not None
        assert first[category] / rounds == pytest.approx(foreseen.winner, abs=near)
        assert right[category] / rounds == pytest.approx(foreseen.right[1], abs=near)
        assert tau[category] / rounds == pytest.approx(foreseen.tau, abs=near / 2)


def test_tau_needs_no_draws() -> None:
    rng = np.random.default_rng(2)
    e, j = spread_reads(20, 6, 3, seed=2)
    foreseen = prospect(e, j, expected=LIKELY)
    table = np.zeros((20, 6))
    table[e, j] = 1
    laplacian = np.diag(table.sum(0)) - table.T @ (table / 3)
    share = table / 3
    covariance = 0.64 * (
        np.eye(20) / 3 + share @ np.linalg.inv(laplacian + (0.8 / 0.6) ** 2 * np.eye(6)) @ share.T
    )
    truth = rng.normal(0, 1, (3000, 20))
    seen = truth + rng.multivariate_normal(np.zeros(20), covariance, 3000)
    drawn = np.mean([kendall(a, b) for a, b in zip(truth, seen, strict=True)])
    assert foreseen.tau == pytest.approx(drawn, abs=0.006)
    ranks, true_ranks = ranks_of(seen), ranks_of(truth)
    of_first = true_ranks[np.arange(3000), np.argmin(ranks, axis=1)]
    assert foreseen.first_is[0] == np.median(of_first)
    assert np.mean(of_first <= foreseen.first_is[1]) > 0.93
    assert np.mean(of_first < foreseen.first_is[1]) < 0.97


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("judges", [14, (4, 4, 3, 3)])
def test_one_more_sheet_is_never_less_sure(seed: int, judges: int | tuple[int, ...]) -> None:
    reads = (1, 2, 3) if isinstance(judges, tuple) else (1, 2, 3, 4, 5, 6)
    plans = plan_round((20, 18, 17, 15), judges, reads, seed=seed)
    for category in range(4):
        found = [plan.categories[category] for plan in plans]
        for name in ("winner", "tau", "reliability"):
            values = [getattr(one, name) for one in found]
            assert values == sorted(values), name
        assert [one.right[1] for one in found if one] == sorted(one.right[1] for one in found if one)
        errors = [one.error for one in found if one]
        assert errors == sorted(errors, reverse=True)
    assert [plan.sheets for plan in plans] == [70 * k for k in reads]


def test_more_judges_who_differ_less_are_surer_than_few_who_differ() -> None:
    def sure(judges: int, expected: Expected) -> float:
        found = plan_round((40,), judges, (4,), expected=expected)[0].categories[0]
        assert found is not None
        return found.tau

    assert sure(12, Expected(1, 0.2, 0.8)) > sure(12, Expected(1, 0.9, 0.8))
    # All read all: how strict a judge is falls on every entry alike.
    assert sure(4, Expected(1, 0.9, 0.8)) == pytest.approx(sure(4, Expected(1, 0.0, 0.8)), abs=1e-9)


def test_loads_follow() -> None:
    plan = plan_round((30, 0, 1, 40), 14, (4, 20))
    assert (plan[0].sheets, plan[0].loads) == (284, (20, 21))
    assert plan[1].loads == (71, 71)
    empty, single = plan[0].categories[1:3]
    assert empty is None
    assert single is None
    alone = plan_round((10, 3), (2, 3), (3,))[0]
    assert (alone.sheets, alone.loads) == (29, (3, 10))
    assert alone.categories[1] is not None
    assert alone.categories[1].found[1] == alone.categories[1].right[1] == 1.0
    nobody = plan_round((), 3, (2,))[0]
    assert (nobody.sheets, nobody.loads, nobody.categories) == (0, (0, 0), ())


def test_the_same_plan_for_the_same_seed() -> None:
    assert plan_round((9, 8), 5, (2, 3), draws=500) == plan_round((9, 8), 5, (2, 3), draws=500)


@pytest.mark.parametrize(
    ("entries", "judges", "reads", "tiers", "text"),
    [
        ((3, -1), 4, (2,), (1,), "negative"),
        ((3,), (4, 4), (2,), (1,), "1 categories but 2 panels"),
        ((3, 3), (4, 0), (2,), (1,), "no judge"),
        ((3, 3), 0, (2,), (1,), "no judge"),
        ((3,), 4, (0,), (1,), "1 or more"),
        ((3,), 4, (2,), (0,), "1 or more"),
    ],
)
def test_plans_say_what_is_wrong(
    entries: tuple[int, ...],
    judges: int | tuple[int, ...],
    reads: tuple[int, ...],
    tiers: tuple[int, ...],
    text: str,
) -> None:
    with pytest.raises(ValueError, match=text):
        plan_round(entries, judges, reads, tiers=tiers)


@pytest.mark.parametrize("likely", [LIKELY, Expected(1.0, 0.2, 0.4), Expected(1.0, 0.9, 1.4)])
def test_a_round_that_is_over_says_what_was_planted_in_it(likely: Expected) -> None:
    """And what its own calibration estimated, without its covariance: from standings and severities alone."""
    rounds, judges, noise, fitted = 25, [], [], []
    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        e, j = spread_reads(72, 14, 4, seed=seed)
        y = (
            rng.normal(0, 1, 72)[e]
            + rng.normal(0, likely.judges, 14)[j]
            + rng.normal(0, likely.noise, len(e))
        )
        c = calibrate(e, j, y)
        category = np.zeros(72, dtype=int)
        known = expected_of(c.estimate, c.se, np.bincount(e), category, c.severity, c.severity_se)
        assert known is not None
        judges.append(known.judges)
        noise.append(known.noise)
        part = c.parts[0]
        assert part.judge_variance
        assert part.residual_variance
        fitted.append((known.judges / known.noise) ** 2 * part.residual_variance / part.judge_variance)
    assert np.mean(judges) == pytest.approx(likely.judges, rel=0.12)
    assert np.mean(noise) == pytest.approx(likely.noise, rel=0.06)
    assert np.median(fitted) == pytest.approx(1, abs=0.1)


def test_what_says_nothing_of_the_next_round_is_not_used() -> None:
    quiet: tuple[list[float], ...] = (
        [5.0, 5.0, 5.0, 5.0],
        [0.5] * 4,
        [3] * 4,
        [0] * 4,
        [0.1, -0.1, 0.0],
        [0.1] * 3,
    )
    assert expected_of(*quiet) is None
    assert expected_of([1.0, 2.0, 3.0], [0.1] * 3, [2] * 3, [0, 1, 2], [0.1, -0.1], [0.1] * 2) is None
    assert expected_of([1.0, np.nan, 3.0], [0.1] * 3, [2] * 3, [0] * 3, [0.1, -0.1], [0.1] * 2) is None
    assert expected_of([1.0], [0.1], [2], [0], [0.1, -0.1], [0.1] * 2) is None
    with pytest.raises(ValueError, match="one length"):
        expected_of([1.0, 2.0], [0.1], [2], [0], [0.1], [0.1])
