"""For any small file, the JSON says to the last digit what the library says when it is called directly."""

import json
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.exchange.ranking.fitted import By
from awards.exchange.ranking.printed import as_object, json_lines
from awards.exchange.ranking.report import Wish
from awards.exchange.ranking.standing import _seed
from judging import (
    Calibration,
    Model,
    calibrate,
    competition_ranks,
    draw_scores,
    gain_offset,
    mixed_model,
    outlook,
    reliability_weighted,
    widening,
)
from judging.methods import Plain, plain_scores
from tests.awards.exchange.ranking.juries import report, written

DRAWS = 200
Pairs = dict[tuple[int, int], int]
# Quarter points, by entry and judge: any graph, any number of parts, ties, constant judges, single scores.
FILES = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 4)), st.integers(0, 40), min_size=1, max_size=30
)


def printed(pairs: Pairs, order: Callable[[list[Any]], None], wish: Wish) -> dict[str, Any]:
    rows: list[Any] = [(f"entry {e}", f"judge {j}", mark / 4) for (e, j), mark in pairs.items()]
    order(rows)
    with tempfile.TemporaryDirectory() as folder:
        found = report(written(Path(folder) / "scores.csv", rows), wish)
    result: dict[str, Any] = json.loads("".join(json_lines(as_object(found))))
    return result


def arrays(pairs: Pairs) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Sorted by entry and judge, counted without gaps, in thousandths."""
    rows = sorted(pairs.items())
    entries, judges = sorted({e for e, _ in pairs}), sorted({j for _, j in pairs})
    return (
        np.array([entries.index(e) for (e, _), _ in rows]),
        np.array([judges.index(j) for (_, j), _ in rows]),
        np.array([mark * 250 for _, mark in rows]),
    )


def told(column: npt.ArrayLike) -> list[float | None]:
    return [None if math.isnan(value) else value for value in np.asarray(column, dtype=np.float64).tolist()]


def column(found: dict[str, Any], of: str, name: str) -> list[Any]:
    return [row[name] for row in found[of]]


@pytest.mark.parametrize("method", [By.CALIBRATED, By.LEAST_SQUARES])
@settings(max_examples=40, deadline=None)
@given(pairs=FILES, random=st.randoms(use_true_random=False))
def test_calibrations(method: By, pairs: Pairs, random: Any) -> None:
    wish = Wish(method=method, sensitivity="none", draws=DRAWS, seed=7)
    found = printed(pairs, random.shuffle, wish)
    model = Model.CALIBRATED if method is By.CALIBRATED else Model.LEAST_SQUARES
    fit = calibrate(*arrays(pairs), model=model)
    assert column(found, "entries", "raw_mean") == told(fit.raw)
    assert column(found, "entries", "estimate") == told(fit.estimate)
    assert column(found, "entries", "standard_error") == told(fit.se)
    assert column(found, "entries", "n") == fit.counts.tolist()
    assert column(found, "entries", "component") == fit.part_of_entry.tolist()
    assert column(found, "judges", "severity") == told(fit.severity)
    assert column(found, "judges", "standard_error") == told(fit.severity_se)
    logs = [part.log_likelihood for part in fit.parts if part.log_likelihood is not None]
    assert found["log_likelihood"] == (sum(logs) if logs else None)
    promised = {notice.code for notice in fit.notices} - {"balanced"}
    assert promised <= set(column(found, "warnings", "code"))
    for number, part in enumerate(fit.parts):
        assert found["components"][number]["entries"] == [
            found["entries"][entry]["entry"] for entry in part.entries
        ]
        same_places(found, fit, np.array(part.entries), part.dof)


def same_places(found: dict[str, Any], fit: Calibration, members: npt.NDArray[np.int64], dof: int) -> None:
    """Ranks by the official integers, everything else by the same draws."""
    rows = [found["entries"][entry] for entry in members]
    assert fit.official is not None
    ranks = competition_ranks([(fit.official[entry] or 0,) for entry in members])
    assert [row["rank"] for row in rows] == list(ranks)
    if not np.isfinite(fit.covariance.own[members]).all():
        assert {row["expected_rank"] for row in rows} == {None}
        return
    seed = _seed(7, "", rows[0]["entry"])
    scores = draw_scores(fit.estimate, fit.covariance, dof=dof, draws=DRAWS, seed=seed, entries=members)
    centre = fit.estimate[members]
    look = outlook(scores, 1, estimate=centre, widened=widening(centre, scores))
    assert [row["rank_low"] for row in rows] == look.rank_low.tolist()
    assert [row["rank_high"] for row in rows] == look.rank_high.tolist()
    assert [row["expected_rank"] for row in rows] == look.expected_rank.tolist()
    assert [row["chance_first"] for row in rows] == [chance / 1e6 for chance in look.first(1)]


@pytest.mark.parametrize("method", [By.MIXED, By.RELIABILITY, By.GAIN_OFFSET, By.MEAN, By.MEDIAN, By.TRIMMED])
@settings(max_examples=15, deadline=None)
@given(pairs=FILES, random=st.randoms(use_true_random=False))
def test_second_opinions_and_plain_methods(method: By, pairs: Pairs, random: Any) -> None:
    found = printed(pairs, random.shuffle, Wish(method=method, sensitivity="none", draws=DRAWS))
    entry, judge, milli = arrays(pairs)
    estimates: npt.ArrayLike
    if method is By.MIXED:
        estimates = mixed_model(entry, judge, milli / 1000).estimate
    elif method is By.RELIABILITY:
        estimates = reliability_weighted(entry, judge, milli / 1000).estimate
    elif method is By.GAIN_OFFSET:
        estimates = gain_offset(entry, judge, milli / 1000).estimate
    else:
        plain = plain_scores(
            Plain(method.value),
            entry,
            judge,
            milli,
            entries=int(entry.max()) + 1,
            judges=int(judge.max()) + 1,
        )
        estimates = [math.nan if value is None else float(value) for value in plain.values]
    assert column(found, "entries", "estimate") == told(estimates)
