import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.alpha import Level, krippendorff_alpha

N = math.nan
# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, part E: four observers, twelve units.
EXAMPLE = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
PRINTED = {Level.NOMINAL: 0.743, Level.ORDINAL: 0.815, Level.INTERVAL: 0.849, Level.RATIO: 0.797}


def by_unit(table: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    values = np.array(table)
    return np.indices(values.shape)[1].ravel(), values.ravel()


@pytest.mark.parametrize("level", Level)
def test_the_printed_example(level: Level) -> None:
    assert round(krippendorff_alpha(*by_unit(EXAMPLE), level), 3) == PRINTED[level]


# The same paper, part C: two observers, ten units, nominal data: .095. Part D: the letters a to e: .692.
def test_two_observers() -> None:
    binary = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert round(krippendorff_alpha(*by_unit(binary), Level.NOMINAL), 3) == 0.095
    letters = [[ord(c) for c in text] for text in ("aabbdcccedda", "babbbccceddd")]
    assert round(krippendorff_alpha(*by_unit(letters), Level.NOMINAL), 3) == 0.692


@given(st.integers(0, 2**32 - 1), st.sampled_from(list(Level)))
def test_the_coincidences_are_the_pairs(seed: int, level: Level) -> None:
    """The definition, pair by pair: an oracle that shares no line with the matrices."""
    rng = np.random.default_rng(seed)
    entry, values = rng.integers(0, 6, 25), rng.integers(0, 5, 25)
    lists = [values[entry == e].tolist() for e in range(6)]
    lists = [marks for marks in lists if len(marks) > 1]
    pool = [mark for marks in lists for mark in marks]

    def apart(a: int, b: int) -> float:
        if level is Level.NOMINAL:
            return float(a != b)
        if level is Level.INTERVAL:
            return float(a - b) ** 2
        if level is Level.RATIO:
            return ((a - b) / (a + b)) ** 2 if a + b else 0.0
        low, high = min(a, b), max(a, b)
        return (sum(low <= mark <= high for mark in pool) - (pool.count(a) + pool.count(b)) / 2) ** 2

    observed = sum(
        apart(a, b) / (len(marks) - 1)
        for marks in lists
        for i, a in enumerate(marks)
        for k, b in enumerate(marks)
        if i != k
    ) / len(pool)
    expected = sum(apart(a, b) for i, a in enumerate(pool) for k, b in enumerate(pool) if i != k)
    expected /= len(pool) * (len(pool) - 1)
    assert krippendorff_alpha(entry, values, level) == pytest.approx(1 - observed / expected, abs=1e-12)


def test_full_agreement_is_1_and_nothing_to_compare_is_nothing() -> None:
    assert krippendorff_alpha([0, 0, 1, 1], [1, 1, 2, 2]) == 1.0
    assert math.isnan(krippendorff_alpha([0, 0, 1, 1], [2, 2, 2, 2]))
    assert math.isnan(krippendorff_alpha([0, 1, 2], [1, 2, 3]))
    assert math.isnan(krippendorff_alpha([], []))


def test_bad_marks_are_named() -> None:
    with pytest.raises(ValueError, match="row 1 is infinite"):
        krippendorff_alpha([0, 0], [1, math.inf])
    with pytest.raises(ValueError, match="row 0 is negative"):
        krippendorff_alpha([0, 0], [-1, 2], Level.RATIO)


@pytest.mark.parametrize("level", Level)
def test_many_entries_by_many_marks_need_no_table(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrices of the paper, entries by marks, against the sums that need none; and marks on a grid."""
    rng = np.random.default_rng(8)
    entry = rng.integers(0, 90, 700)
    values = np.abs(np.round(rng.normal(4, 2, 90)[entry] + rng.normal(0, 1, 700), 2))
    values[:9] = 0.0
    found = krippendorff_alpha(entry, values, level)
    assert found == pytest.approx(matrices(entry, values, level), rel=1e-10, abs=1e-10)
    monkeypatch.setattr("judging.alpha.SOME", 1)
    assert krippendorff_alpha(entry, values, level) == pytest.approx(found, rel=1e-10, abs=1e-10)
    monkeypatch.setattr("judging.alpha.MANY", 1)
    monkeypatch.setattr("judging.alpha.SOME", 1_000)
    assert krippendorff_alpha(entry, values, level) == pytest.approx(found, abs=1e-6)


def matrices(entry: np.ndarray, values: np.ndarray, level: Level) -> float:
    keep = np.bincount(entry)[entry] > 1
    marks, which = np.unique(values[keep], return_inverse=True)
    counts = np.zeros((int(entry.max()) + 1, len(marks)))
    np.add.at(counts, (entry[keep], which), 1)
    counts = counts[counts.sum(axis=1) > 0]
    share = counts / (counts.sum(axis=1, keepdims=True) - 1)
    observed = counts.T @ share - np.diag(share.sum(axis=0))
    total = counts.sum(axis=0)
    expected = (np.outer(total, total) - np.diag(total)) / (total.sum() - 1)
    middle = np.cumsum(total) - total / 2
    size = marks[:, None] + marks[None, :]
    apart = {
        Level.NOMINAL: 1 - np.eye(len(marks)),
        Level.ORDINAL: (middle[:, None] - middle) ** 2,
        Level.INTERVAL: (marks[:, None] - marks) ** 2,
        Level.RATIO: ((marks[:, None] - marks) / np.where(size > 0, size, 1)) ** 2,
    }[level]
    return 1 - float(np.sum(observed * apart) / np.sum(expected * apart))
