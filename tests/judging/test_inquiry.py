import math
from dataclasses import replace

import numpy as np

from judging import Entry, Judge
from judging.alpha import Level
from judging.inquiry import inquire
from judging.verdict import decide
from tests.judging.test_verdict import round_of


def test_an_inquiry_agrees_with_the_verdict() -> None:
    inputs = round_of(3)
    found, verdict = inquire(inputs), decide(inputs)
    severity = {(j.scope, j.judge): j for j in verdict.judges}
    assert [one.criterion for one in found.criteria] == ["X", "Y", "Z"]
    for one in found.criteria:
        assert [level for level, _ in one.alpha] == list(Level)
        assert one.own_country is None
        assert one.drift is None
        for judge, profile in one.profiles:
            there = severity[one.criterion, judge]
            assert profile.sheets == there.sheets
            assert round(profile.strictness.value * 1e6) == there.severity
            assert there.fit is None or abs(round(profile.infit * 1e6) - there.fit) <= 1
    assert -1 < found.halo < 1
    assert {judge for judge, _ in found.halo_of} <= {f"J{j}" for j in range(6)}


def test_own_country_and_drift_are_found_by_name() -> None:
    inputs = round_of(4, categories=("A",), entries=30, reads=4)
    inputs = replace(
        inputs,
        entries=tuple(
            Entry(e.id, e.category, "XX" if int(e.id[1:]) % 3 == 0 else "YY") for e in inputs.entries
        ),
        judges=tuple(Judge(j.id, ("XX",) if j.id == "J1" else ()) for j in inputs.judges),
    )
    rng = np.random.default_rng(4)
    positions = {(s.entry, s.judge): int(rng.integers(0, 1000)) for s in inputs.sheets}
    found = inquire(inputs, positions=positions)
    for one in found.criteria:
        assert one.own_country is not None
        assert [judge for judge, _ in one.own_country.judges] == ["J1"]
        assert one.drift is not None
        assert math.isfinite(one.drift.everybody.value)


def test_an_inquiry_into_next_to_nothing_is_a_result() -> None:
    inputs = round_of(5, categories=("B",), entries=1, judges=1, reads=1)
    found = inquire(replace(inputs, prizes=()))
    assert all(math.isnan(one.intraclass.single_absolute) for one in found.criteria)
    none = inquire(replace(inputs, prizes=(), sheets=()), positions={})
    assert all(one.profiles == () for one in none.criteria)
