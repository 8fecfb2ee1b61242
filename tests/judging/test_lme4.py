"""Agreement with R's lme4 on golden files (`data/lme4`), and with dense least squares; no R here."""

import csv
import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from judging import Model, calibrate, calibrate_large, mixed_model
from tests.judging.juries import Floats, Integers
from tests.judging.skating import panels

FOLDER = Path(__file__).parent / "data/lme4"
FIXED, RANDOM = "entries-fixed", "both-random"
Key = tuple[str, str, str]  # design, part ("all": in one fit), model


@dataclass(frozen=True)
class Design:
    entry: Integers
    judge: Integers
    y: Floats
    weights: Floats
    part: Integers

    def of(self, part: str) -> tuple[Integers, Integers, Floats, Floats]:
        here = slice(None) if part == "all" else self.part == int(part)
        return self.entry[here], self.judge[here], self.y[here], self.weights[here]


@dataclass
class Golden:
    entry_variance: float
    judge_variance: float
    residual_variance: float
    log_likelihood: float
    criterion: float
    values: dict[str, dict[int, tuple[float, float]]] = field(default_factory=lambda: defaultdict(dict))

    def arrays(self, what: str) -> tuple[Integers, Floats, Floats]:
        """Indices, values and standard errors."""
        rows = sorted(self.values[what].items())
        return (
            np.array([index for index, _ in rows]),
            np.array([value for _, (value, _) in rows]),
            np.array([se for _, (_, se) in rows]),
        )


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def designs() -> dict[str, Design]:
    rows = defaultdict(list)
    for row in read("designs.csv"):
        rows[row["design"]].append([float(row[c]) for c in ("entry", "judge", "score", "weight", "part")])
    result = {}
    for name, cells in rows.items():
        e, j, y, w, part = np.array(cells).T
        result[name] = Design(e.astype(int), j.astype(int), y, w, part.astype(int))
    for p in panels():
        result[p.name] = Design(p.entry, p.judge, p.values, np.ones(len(p.entry)), np.zeros_like(p.entry))
    return result


@cache
def golden() -> dict[Key, Golden]:
    result = {}
    for row in read("fits.csv"):
        numbers = [
            math.nan if row[c] == "NA" else float(row[c])
            for c in ("entry_variance", "judge_variance", "residual_variance", "log_likelihood", "criterion")
        ]
        result[row["design"], row["part"], row["model"]] = Golden(*numbers)
    for row in read("values.csv"):
        one = result[row["design"], row["part"], row["model"]]
        one.values[row["what"]][int(row["index"])] = float(row["value"]), float(row["se"])
    return result


def same_variance(ours: float | None, theirs: float, residual: float) -> None:
    """To 1e-4; what one of the two puts on the boundary must be next to nothing for the other."""
    assert ours is not None
    if ours == 0.0 or theirs == 0.0:
        assert max(ours, theirs) < 1e-6 * residual
    else:
        assert ours == pytest.approx(theirs, rel=1e-4)


def test_every_design_was_fitted_and_nothing_else() -> None:
    keys = {
        (name, str(part), m)
        for name, d in designs().items()
        for part in set(d.part.tolist())
        for m in (FIXED, RANDOM)
    }
    assert set(golden()) == keys | {("three-parts", "all", RANDOM)}
    assert sum(name.startswith("skating") for name in designs()) == 48
    assert "lme4 1.1" in (FOLDER / "version.txt").read_text()


@pytest.mark.parametrize("key", [key for key in golden() if key[2] == FIXED], ids=" ".join)
def test_entries_fixed(key: Key) -> None:
    wanted, (e, j, y, w) = golden()[key], designs()[key[0]].of(key[1])
    entries, value, se = wanted.arrays("entry")
    judges, effect, effect_se = wanted.arrays("judge")
    dense_e, dense_j = np.searchsorted(entries, e), np.searchsorted(judges, j)
    scale = math.sqrt(wanted.residual_variance)
    found = calibrate(dense_e, dense_j, y, weights=w)
    (part,) = found.parts
    assert part.residual_variance == pytest.approx(wanted.residual_variance, rel=1e-4)
    same_variance(part.judge_variance, wanted.judge_variance, wanted.residual_variance)
    # The same restricted likelihood, constants and all; lme4 calls minus twice of it the REML criterion.
    assert part.log_likelihood == pytest.approx(wanted.log_likelihood, abs=1e-7 * len(y))
    assert -2 * part.log_likelihood == pytest.approx(wanted.criterion, abs=2e-7 * len(y))
    large = calibrate_large(dense_e, dense_j, y, weights=w)
    same_variance(large.parts[0].judge_variance, wanted.judge_variance, wanted.residual_variance)
    for ours in (found, large):
        np.testing.assert_allclose(ours.estimate, value, atol=1e-4 * min(scale, 1))
        np.testing.assert_allclose(ours.se, se, rtol=1e-4)
        np.testing.assert_allclose(-ours.severity, effect, atol=1e-4 * min(scale, 1))
        # At a variance near 0 the error follows the variance's root, which is not sharper than it.
        # Where the one calls a variance 0, the other may call it 1e-17 of the noise.
        np.testing.assert_allclose(ours.severity_se, effect_se, rtol=1e-4, atol=1e-6 * scale)


@pytest.mark.parametrize("key", [key for key in golden() if key[2] == RANDOM], ids=" ".join)
def test_both_random(key: Key) -> None:
    wanted, (e, j, y, w) = golden()[key], designs()[key[0]].of(key[1])
    entries, value, se = wanted.arrays("entry")
    judges, effect, effect_se = wanted.arrays("judge")
    found = mixed_model(
        np.searchsorted(entries, e),
        np.searchsorted(judges, j),
        y,
        weights=w,
        allotted_at_random=key[1] == "all",
    )
    (part,) = found.parts
    scale = math.sqrt(wanted.residual_variance)
    assert part.residual_variance == pytest.approx(wanted.residual_variance, rel=1e-4)
    same_variance(part.entry_variance, wanted.entry_variance, wanted.residual_variance)
    same_variance(part.judge_variance, wanted.judge_variance, wanted.residual_variance)
    assert part.log_likelihood == pytest.approx(wanted.log_likelihood, abs=1e-7 * len(y))
    np.testing.assert_allclose(found.estimate, value, atol=1e-4 * min(scale, 1))
    np.testing.assert_allclose(-found.severity, effect, atol=1e-4 * min(scale, 1))
    np.testing.assert_allclose(found.se, se, rtol=1e-4)
    np.testing.assert_allclose(found.severity_se, effect_se, rtol=1e-4, atol=1e-6 * scale)


@pytest.mark.parametrize("name", designs())
def test_least_squares_is_that_of_the_full_design(name: str) -> None:
    for part in np.unique(designs()[name].part).tolist():
        e, j, y, w = designs()[name].of(str(part))
        e, j = np.unique(e, return_inverse=True)[1], np.unique(j, return_inverse=True)[1]
        entries, judges = int(e.max()) + 1, int(j.max()) + 1
        found = calibrate(e, j, y, weights=w, model=Model.LEAST_SQUARES)
        root = np.sqrt(w)
        design = np.hstack([np.eye(entries)[e], np.eye(judges)[j]]) * root[:, None]
        solution, _, rank, _ = np.linalg.lstsq(design, root * y, rcond=None)
        assert rank == entries + judges - 1
        rest = root * y - design @ solution
        s2 = float(rest @ rest) / (len(y) - rank)
        covariance = s2 * np.linalg.pinv(design.T @ design, rcond=1e-10, hermitian=True)
        assert found.parts[0].residual_variance == pytest.approx(s2, rel=1e-7)
        for ours, errors, theirs, offset in (
            (found.estimate, found.covariance.dense(), solution[:entries], 0),
            (-found.severity, found.severity_covariance.dense(), solution[entries:], entries),
        ):
            np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], atol=1e-8)
            block = covariance[offset : offset + len(theirs), offset : offset + len(theirs)]
            np.testing.assert_allclose(contrast_errors(errors), contrast_errors(block), atol=1e-7)
        large = calibrate_large(e, j, y, weights=w, model=Model.LEAST_SQUARES)
        np.testing.assert_allclose(large.estimate, found.estimate, atol=1e-8)


def contrast_errors(covariance: Floats) -> Floats:
    """Standard error of every difference."""
    d = np.diag(covariance)
    return np.asarray(
        np.sqrt(np.maximum(d[:, None] + d[None, :] - 2 * covariance, 0.0)) * (1 - np.eye(len(d)))
    )
