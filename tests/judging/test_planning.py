import numpy as np
import pytest

from judging import assign, calibrate, measure_linkage
from judging.assignment import Assignment
from judging.linking import _Design, link_better
from judging.planning import Expected, _errors, prospect, prospects, spread_reads
from tests.chance import times


def test_random_designs_have_equal_loads() -> None:
    for entries, judges, reads in [(60, 12, 4), (17, 5, 3), (3, 9, 2), (0, 4, 2), (5, 5, 5)]:
        e, j = spread_reads(entries, judges, reads, seed=1)
        assert np.bincount(e, minlength=entries).tolist() == [reads] * entries
        load = np.bincount(j, minlength=judges)
        assert load.max() - load.min() <= 1
        assert len({*zip(e.tolist(), j.tolist(), strict=True)}) == entries * reads
    with pytest.raises(ValueError, match="cannot each be read"):
        spread_reads(3, 2, 3)


def test_expected_errors_are_those_of_a_calibration_with_such_variances() -> None:
    e, j = spread_reads(30, 8, 3, seed=2)
    likely = Expected(entries=1.0, judges=0.6, noise=0.7)
    factor, own = _errors(e, j, 30, 8, likely)
    rng = np.random.default_rng(2)
    y = rng.normal(0, 1, 30)[e] + rng.normal(0, 1, 8)[j] + rng.normal(0, 0.7, 90)
    from_data = calibrate(e, j, y)
    ratio = from_data.parts[0].ratio
    assert ratio
    s2 = from_data.parts[0].residual_variance
    same = Expected(judges=float(np.sqrt(s2 / float(ratio))), noise=float(np.sqrt(s2)))
    factor, own = _errors(e, j, 30, 8, same)
    np.testing.assert_allclose(np.diag(own**2) + factor @ factor.T, from_data.covariance.dense(), atol=1e-9)


def test_a_prospect_is_what_juries_then_show() -> None:
    """The same design and variances, scores drawn and calibrated: the winner is found as often as foretold."""
    e, j = spread_reads(30, 8, 4, seed=3)
    found = prospect(e, j, expected=Expected(1.0, 0.5, 0.8), tiers=(1, 3), draws=20_000)
    rng, hits, rounds = np.random.default_rng(3), 0, times(150, drill=2000)
    for _ in range(rounds):
        quality = rng.normal(0, 1, 30)
        y = quality[e] + rng.normal(0, 0.5, 8)[j] + rng.normal(0, 0.8, len(e))
        hits += int(np.argmax(calibrate(e, j, y).estimate) == np.argmax(quality))
    assert hits / rounds == pytest.approx(found.winner, abs=4 * (0.25 / rounds) ** 0.5)
    assert found.found[0] == found.winner


def test_more_sheets_are_surer() -> None:
    table = prospects(60, 12, (2, 3, 4, 6, 12), draws=2000)
    for name in ("winner", "reliability"):
        values = [getattr(one, name) for one in table]
        assert values == sorted(values), name
    for name in ("error", "rank_width"):
        values = [getattr(one, name) for one in table]
        assert values == sorted(values, reverse=True), name
    assert [one.sheets for one in table] == [120, 180, 240, 360, 720]
    # Section on showing uncertainty: 60 entries, 4 scores, noise 0.7: some 19 ranks wide in the middle, the
    # winner found 6 times in 10.
    known = prospect(*spread_reads(60, 12, 4), expected=Expected(1.0, 0.5, 0.7))
    assert 0.55 < known.winner < 0.66
    assert 9 < known.rank_width < 20


def test_planning_says_what_is_wrong() -> None:
    e, j = spread_reads(10, 4, 2)
    with pytest.raises(ValueError, match="tiers"):
        prospect(e, j, tiers=(11,))
    with pytest.raises(ValueError, match="every entry needs a sheet"):
        prospect(e, j, entries=11)
    with pytest.raises(ValueError, match="deviations"):
        prospect(e, j, expected=Expected(noise=0.0))


def panels(seed: int, entries: int, fields: int, judges: int, reads: int) -> tuple[Assignment, np.ndarray]:
    """Entries and judges have a field each; a judge of another field fits far less."""
    rng = np.random.default_rng(seed)
    of_entry, of_judge = np.arange(entries) % fields, np.arange(judges) % fields
    affinity = np.where(of_entry[:, None] == of_judge, 80, 20) + rng.integers(0, 20, (entries, judges))
    found = assign(affinity, np.full(entries, reads))
    assert isinstance(found, Assignment)
    return found, affinity


@pytest.mark.parametrize("seed", range(3))
def test_swaps_join_panels_within_the_budget_and_keep_loads(seed: int) -> None:
    found, affinity = panels(seed, 60, 4, 16, 3)
    assert measure_linkage(*np.array(found.pairs).T, 60, 16).parts == 4
    linked = link_better(found.pairs, affinity, budget=0.05)
    assert linked.after.parts == 1
    assert linked.affinity >= 0.95 * linked.affinity_before
    assert linked.affinity_before == found.affinity
    assert sum(swap.lost for swap in linked.swaps) == linked.affinity_before - linked.affinity
    e, j = np.array(linked.pairs).T
    assert np.bincount(j, minlength=16).tolist() == list(found.loads)
    assert np.bincount(e).tolist() == [3] * 60
    assert len(set(linked.pairs)) == 180


def test_swaps_raise_the_efficiency_of_a_connected_design() -> None:
    rng = np.random.default_rng(4)
    affinity = rng.integers(0, 100, (70, 14))
    found = assign(affinity, np.full(70, 4))
    assert isinstance(found, Assignment)
    linked = link_better(found.pairs, affinity, budget=0.01)
    assert linked.after.a_eff > linked.before.a_eff
    assert linked.after.mean_se < linked.before.mean_se
    free = link_better(found.pairs, affinity, budget=0.0)
    assert free.affinity >= found.affinity


def test_pins_bans_and_the_floor_hold() -> None:
    found, affinity = panels(5, 40, 2, 8, 3)
    allowed = np.random.default_rng(5).random((40, 8)) < 0.7
    pins = found.pairs[:30]
    linked = link_better(found.pairs, affinity, allowed=allowed, pins=pins, budget=0.1)
    assert linked.swaps
    assert set(pins) <= set(linked.pairs)
    assert all(allowed[pair] for pair in set(linked.pairs) - set(found.pairs))
    assert link_better(found.pairs, affinity, budget=0.1, floor=60).after.parts == 2


def test_gains_are_differences_of_traces() -> None:
    found, affinity = panels(6, 20, 2, 6, 2)
    taken = np.zeros((20, 6), dtype=bool)
    taken[tuple(np.array(found.pairs).T)] = True
    taken[3] = True  # entries need not have the same number of reads
    design = _Design(affinity, taken.copy(), np.zeros_like(taken), np.ones_like(taken))
    rng, seen = np.random.default_rng(6), 0
    for _ in range(300):
        e, f, i, j = *rng.integers(0, 20, 2).tolist(), *rng.integers(0, 6, 2).tolist()
        if e == f or i == j or not (taken[e, i] and taken[f, j]) or taken[e, j] or taken[f, i]:
            continue
        other = taken.copy()
        other[e, i] = other[f, j] = False
        other[e, j] = other[f, i] = True
        there = _Design(affinity, other, np.zeros_like(taken), np.ones_like(taken))
        gain = float(np.trace(design.q) - np.trace(there.q))
        look = design._looked_at(e, i, f, j)
        if look is None:  # it would split the judges
            assert gain < -1
            continue
        assert look.gain == pytest.approx(gain, rel=1e-6, abs=1e-6)
        assert np.allclose(design.q - look.change(), there.q, rtol=1e-6, atol=1e-6)
        seen += 1
    assert seen > 10


def test_linking_says_what_is_wrong() -> None:
    affinity = np.ones((3, 3), dtype=int)
    for pairs, pins, text in [
        ([(0, 0), (0, 0)], [], "twice"),
        ([(0, 9)], [], "range"),
        ([(0, 0)], [(1, 1)], "no pair"),
    ]:
        with pytest.raises(ValueError, match=text):
            link_better(pairs, affinity, pins=pins)
