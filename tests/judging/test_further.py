"""What one more sheet would tell, against adding it and against drawing the marks that it might have."""

import math
from dataclasses import replace

import numpy as np
import pytest

from judging import RoundInputs
from judging.further import _Look, chances, worth_of_reads
from judging.rounds import Carried, Method
from judging.scoring import calibrations_of, tabulate
from tests.judging.test_verdict import round_of


def left_over(
    inputs: RoundInputs, number: int, entry: int, rival: int, more: tuple[int, int] | None
) -> float:
    """Variance of the difference by inverting everything at once, with a mark more or without."""
    table = tabulate(inputs)
    calibration = calibrations_of(table, Method())[number]
    part = calibration.parts[0]
    assert part.ratio is not None
    assert part.residual_variance is not None
    size, judges = len(table.entries), len(table.judges)
    pairs = list(zip(calibration.entry.tolist(), calibration.judge.tolist(), strict=True))
    rows = np.zeros((len(pairs) + bool(more), size + judges))
    for n, (e, j) in enumerate([*pairs, *([more] if more else [])]):
        rows[n, e] = rows[n, size + j] = 1
    information = rows.T @ rows
    information[size:, size:] += float(part.ratio) * np.eye(judges)
    contrast = np.zeros(size + judges)
    contrast[entry], contrast[rival] = 1, -1
    # Entries of another category may have no mark in this criterion.
    known = np.flatnonzero(information.diagonal() > 0)
    solved = np.linalg.solve(information[np.ix_(known, known)], contrast[known])
    return float(part.residual_variance * contrast[known] @ solved)


@pytest.mark.parametrize("seed", range(4))
def test_a_mark_takes_off_what_adding_it_takes_off(seed: int) -> None:
    inputs = round_of(seed, entries=8, judges=6, categories=("A",))
    table = tabulate(inputs)
    read = set(zip(table.entry[0].tolist(), table.judge[0].tolist(), strict=True))
    calibration = calibrations_of(table, Method())[0]
    look = _Look.at(table, 0, calibration, False)
    tried = 0
    for judge in range(len(table.judges)):
        for entry, rival in ((0, 1), (2, 5)):
            if (entry, judge) in read:
                continue
            found = look.of(entry, rival, judge)
            assert found is not None
            before = left_over(inputs, 0, entry, rival, None)
            after = left_over(inputs, 0, entry, rival, (entry, judge))
            assert found == pytest.approx((before, before - after), rel=1e-9)
            tried += 1
    assert tried


@pytest.mark.parametrize(("apart", "share"), [(0.0, 0.3), (0.2, 0.1), (0.5, 0.6), (2.0, 0.5)])
def test_the_chance_is_what_drawing_finds(apart: float, share: float) -> None:
    rng = np.random.default_rng(5)
    variance = 0.4
    seen = apart + rng.normal(0, math.sqrt(variance * share), 400_000)
    truth = seen + rng.normal(0, math.sqrt(variance * (1 - share)), len(seen))
    now, then = chances(apart, variance, share)
    assert now == pytest.approx(float(np.mean(truth > 0)), abs=0.004)
    assert then == pytest.approx(float(np.mean((truth > 0) == (seen > 0))), abs=0.004)


def test_the_ends_of_a_share() -> None:
    assert chances(0.3, 1.0, 0.0) == pytest.approx((0.6179, 0.6179), abs=1e-4)
    assert chances(0.3, 1.0, 1.0)[1] == 1.0


def test_who_is_known_best_tells_most_and_readers_are_left_out() -> None:
    inputs = round_of(11, entries=10, judges=6, reads=3, categories=("A",))
    found = worth_of_reads(inputs, {"A00": "A01"})
    readers = {sheet.judge for sheet in inputs.sheets if sheet.entry == "A00"}
    assert {one.judge for one in found} == {judge.id for judge in inputs.judges} - readers
    assert [one.then for one in found] == sorted((one.then for one in found), reverse=True)
    assert all(0 < one.gain < 0.5 and one.now >= 0.5 for one in found)
    assert worth_of_reads(inputs, {"A00": "A01"}, judges=[found[-1].judge]) == (found[-1],)


def test_two_that_are_not_connected_are_not_compared() -> None:
    inputs = round_of(2, entries=4, judges=4, categories=("A",), reads=2)
    names = sorted(judge.id for judge in inputs.judges)
    kept = tuple(
        sheet for sheet in inputs.sheets if (sheet.judge in names[:2]) == (sheet.entry in ("A00", "A01"))
    )
    apart = RoundInputs(criteria=inputs.criteria, entries=inputs.entries, judges=inputs.judges, sheets=kept)
    assert worth_of_reads(apart, {"A00": "A02"}) == ()


def test_sheets_weigh_as_they_do_in_the_score() -> None:
    """By declared confidence: what is not known of a difference is what the calibration says."""
    inputs = round_of(5, entries=8, judges=6, categories=("A",))
    sheets = tuple(replace(sheet, confidence=(1, 2, 4)[n % 3]) for n, sheet in enumerate(inputs.sheets))
    method = Method(confidence=True)
    table = tabulate(replace(inputs, sheets=sheets, method=method))
    calibration = calibrations_of(table, method)[0]
    found = _Look.at(table, 0, calibration, True).of(0, 1, 2)
    assert found is not None
    covariance = calibration.covariance
    expected = covariance.between(0, 0) + covariance.between(1, 1) - 2 * covariance.between(0, 1)
    assert found[0] == pytest.approx(expected, rel=1e-9)


def test_a_sheet_tells_nothing_of_what_is_carried_over() -> None:
    """Where as good as all that is not known lies in the round before, this one can tell nothing of it."""
    inputs = round_of(11, entries=10, judges=6, reads=3, categories=("A",))
    rivals = {f"A{number:02}": f"A{number + 1:02}" for number in range(9)}

    def gain(error: int) -> float:
        carried = tuple(Carried(entry.id, 6, 5_000_000, error) for entry in inputs.entries)
        return max(one.gain for one in worth_of_reads(replace(inputs, carried=carried), rivals))

    assert gain(100_000) > 0.01
    assert gain(50_000_000) < 0.001
