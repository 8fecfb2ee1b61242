import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging import (
    Criterion,
    Depth,
    Entry,
    Judge,
    Method,
    Prize,
    RoundInputs,
    Rule,
    Scale,
    Sheet,
    TieBreak,
    Variant,
    canonical_bytes,
    decide,
    verdict_document,
)
from judging.rounds import sheet
from judging.verdict import Verdict

TEN = Scale(0, 250, 40)
SKATING = Scale(250, 250, 39)
SLICE = Path(__file__).parent / "data" / "skating-slice.csv"


def round_of(
    seed: int, *, categories: Iterable[str] = ("A", "B"), entries: int = 12, judges: int = 6, reads: int = 3
) -> RoundInputs:
    """Categories share their judges; criterion Z is judged in A only; quality falls with the number of the entry."""
    rng = np.random.default_rng(seed)
    names = tuple(categories)
    severity = rng.normal(0, 0.8, judges)
    all_entries, sheets = [], []
    for category in names:
        for number in range(entries):
            name = f"{category}{number:02}"
            all_entries.append(Entry(name, category))
            quality = 8 - 0.4 * number
            for j in rng.choice(judges, reads, replace=False).tolist():
                codes = ("X", "Y", "Z") if category == "A" else ("X", "Y")
                marks = {
                    code: int(np.clip(round(4 * (quality - severity[j] + rng.normal(0, 0.5))), 0, 40))
                    for code in codes
                }
                sheets.append(sheet(name, f"J{j}", marks))
    return RoundInputs(
        criteria=(
            Criterion("X", TEN, tuple((name, 2) for name in names)),
            Criterion("Y", TEN, tuple((name, 1) for name in names)),
            Criterion("Z", TEN, (("A", 3),)),
        ),
        entries=tuple(all_entries),
        sheets=tuple(sheets),
        judges=tuple(Judge(f"J{j}") for j in range(judges)),
        prizes=tuple(
            Prize(f"{name}-{prize}", name, position, 1)
            for name in names
            for position, prize in enumerate(("gold", "silver"))
        ),
        seed=7,
        draws=500,
        depth=Depth.METHODS,
    )


def skating(category: str, segment: str) -> RoundInputs:
    with SLICE.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if (r["category"], r["round"]) == (category, segment)]
    marks: dict[tuple[str, str], dict[str, int]] = {}
    factors: dict[str, int] = {}
    for row in rows:
        factors[row["criterion"]] = round(float(row["factor"]) * 10)
        for cell in row["marks"].split():
            judge, value = cell.split(":")
            marks.setdefault((row["entry"], judge), {})[row["criterion"]] = SKATING.mark_of(value)
    return RoundInputs(
        criteria=tuple(Criterion(code, SKATING, ((category, factor),)) for code, factor in factors.items()),
        entries=tuple(Entry(name, category) for name in sorted({row["entry"] for row in rows})),
        sheets=tuple(sheet(entry, judge, given) for (entry, judge), given in marks.items()),
        prizes=(Prize("gold", category, 0, 1),),
        depth=Depth.NONE,
    )


def codes(verdict: Verdict) -> set[str]:
    return {remark.code for remark in verdict.remarks}


def test_a_whole_round() -> None:
    verdict = decide(round_of(1))
    totals = [s for s in verdict.standings if s.scope == "all"]
    assert len(totals) == 24
    assert {s.scope for s in verdict.standings} == {"all", "X", "Y", "Z"}
    assert {s.category for s in verdict.standings if s.scope == "Z"} == {"A"}
    for standing in totals:
        assert standing.part == 0
        assert standing.sheets == 3
        assert standing.rank is not None
        assert standing.rank_low is not None
        assert standing.rank_high is not None
        assert standing.rank_low <= standing.rank_high
        assert len(standing.quantiles) == 4
        assert list(standing.quantiles) == sorted(standing.quantiles)
        assert [prize for prize, _ in standing.prize_chances] == [
            f"{standing.category}-gold",
            f"{standing.category}-silver",
        ]
    for category in "AB":
        ranks = [s.rank for s in totals if s.category == category]
        assert ranks == sorted(ranks)
        golds = [dict(s.prize_chances)[f"{category}-gold"] for s in totals if s.category == category]
        assert sum(golds) == 1_000_000
    winner = verdict.prizes[0]
    assert winner.entries is not None
    assert len(winner.entries) == 1
    assert verdict.standing(winner.entries[0]).rank == 1
    assert {a.what for a in verdict.alternatives} == {rule.value for rule in Rule} - {"calibrated"}
    assert len(verdict.steps) == 22


def test_the_total_is_the_weighted_mean_of_the_official_criteria() -> None:
    verdict = decide(round_of(2))
    of = {(s.scope, s.entry): s.estimate for s in verdict.standings}
    for (scope, entry), total in of.items():
        if scope == "all":
            weights = {"X": 2, "Y": 1, "Z": 3} if entry.startswith("A") else {"X": 2, "Y": 1}
            exact = sum(w * (of[code, entry] or 0) for code, w in weights.items()) / sum(weights.values())
            assert total == pytest.approx(exact, abs=0.5)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_in_which_things_are_given_changes_no_byte(seed: int) -> None:
    inputs = round_of(3, entries=6)
    random = Random(seed)

    def mixed(items: tuple) -> tuple:
        return tuple(random.sample(items, len(items)))

    other = replace(
        inputs,
        criteria=mixed(inputs.criteria),
        entries=mixed(inputs.entries),
        sheets=mixed(tuple(replace(s, marks=mixed(s.marks)) for s in inputs.sheets)),
        judges=mixed(inputs.judges),
        prizes=mixed(inputs.prizes),
    )
    assert canonical_bytes(verdict_document(decide(other))) == canonical_bytes(
        verdict_document(decide(inputs))
    )


def test_severity_is_the_judges_over_all_categories() -> None:
    """B alone knows less of its judges than the round does: its estimates move when A's sheets go."""
    inputs = round_of(4)
    whole = decide(inputs)
    assert whole.standing("B00").error is not None
    x_parts = [part for part in whole.parts if part.scope == "X"]
    assert len(x_parts) == 1
    assert len(x_parts[0].entries) == 24


def test_panels_that_share_nobody_are_ranked_apart_and_say_so() -> None:
    one, two = round_of(5, categories=("A",)), round_of(6, categories=("B",))
    renamed = tuple(replace(s, judge="K" + s.judge[1:]) for s in two.sheets)
    both = RoundInputs(
        criteria=round_of(5).criteria,
        entries=one.entries + two.entries,
        sheets=one.sheets + renamed,
        prizes=(*one.prizes, *two.prizes, Prize("overall", None, 0, 1)),
        draws=200,
        depth=Depth.NONE,
    )
    verdict = decide(both)
    assert "disconnected" in codes(verdict)
    assert len([part for part in verdict.parts if part.scope == "X"]) == 2
    alone = decide(replace(one, draws=200, depth=Depth.NONE))
    for entry in one.entries:
        assert verdict.standing(entry.id).estimate == alone.standing(entry.id).estimate
    prizes = {prize.prize: prize for prize in verdict.prizes}
    assert prizes["A-gold"].entries is not None
    # Nothing compares A with B, so the numbers give no prize over both: they say who it would be in each.
    assert prizes["overall"].entries is None
    assert len(prizes["overall"].by_part) == 2


def test_a_category_in_two_parts_has_no_prize_by_numbers() -> None:
    inputs = round_of(7, categories=("A",))
    sheets = tuple(replace(s, judge="K" + s.judge[1:]) if int(s.entry[1:]) > 5 else s for s in inputs.sheets)
    verdict = decide(replace(inputs, sheets=sheets, judges=()))
    assert [remark.category for remark in verdict.remarks if remark.code == "disconnected"].count("A") == 1
    gold = verdict.prizes[0]
    assert gold.entries is None
    assert len(gold.by_part) == 2
    assert [s.rank for s in verdict.standings if s.scope == "all"].count(1) == 2


def test_a_full_panel_says_that_calibration_changes_nothing() -> None:
    verdict = decide(skating("Pairs", "Short"))
    assert "balanced" in codes(verdict)
    for standing in verdict.standings:
        assert standing.estimate == standing.raw


def test_the_published_scores_are_the_trimmed_mean() -> None:
    inputs = skating("Pairs", "Short")
    verdict = decide(replace(inputs, method=Method(Rule.TRIMMED, decimals=2)))
    with SLICE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (row["category"], row["round"]) == ("Pairs", "Short"):
                estimate = verdict.standing(row["entry"], row["criterion"]).estimate
                assert estimate == round(float(row["panel_score"]) * 100) * 10_000
    assert verdict.standing("PA-S-01").error is None
    assert verdict.standing("PA-S-01").chances == ()


def test_ties_share_a_rank_unless_a_rule_breaks_them() -> None:
    criteria = (Criterion("X", TEN, (("A", 1),)), Criterion("Y", TEN, (("A", 1),)))
    marks = {"a": (8, 4), "b": (4, 8), "c": (2, 2)}
    sheets = tuple(
        sheet(entry, judge, {"X": x + extra, "Y": y + extra})
        for entry, (x, y) in marks.items()
        for judge, extra in (("J", 0), ("K", 1))
    )
    inputs = RoundInputs(
        criteria,
        tuple(Entry(name, "A") for name in marks),
        sheets,
        prizes=(Prize("gold", "A", 0, 1), Prize("silver", "A", 1, 1)),
        depth=Depth.NONE,
    )
    tied = decide(inputs)
    assert [tied.standing(name).rank for name in "abc"] == [1, 1, 3]
    assert tied.prizes[0].shared
    assert tied.prizes[1].entries == ()
    broken = decide(replace(inputs, tie_breaks=(TieBreak("criterion", "Y"),)))
    assert [broken.standing(name).rank for name in "abc"] == [2, 1, 3]


def test_a_missing_criterion_leaves_an_entry_without_a_place() -> None:
    inputs = round_of(8)
    sheets = tuple(
        replace(s, marks=tuple(m for m in s.marks if m[0] != "Y")) if s.entry == "A03" else s
        for s in inputs.sheets
    )
    verdict = decide(replace(inputs, sheets=sheets))
    standing = verdict.standing("A03")
    assert (standing.rank, standing.estimate, standing.sheets) == (None, None, 0)
    assert verdict.standing("A03", "X").rank is not None
    unranked = [remark for remark in verdict.remarks if remark.code == "unranked"]
    assert [remark.entries for remark in unranked] == [("A03",)]


def test_sensitivity_names_the_prizes_that_would_move() -> None:
    inputs = round_of(9, categories=("A",), entries=5)
    sheets = tuple(
        replace(s, marks=tuple((code, 40) for code, _ in s.marks))
        if s.entry == "A04" and s.judge in ("J0", "J1")
        else s
        for s in inputs.sheets
    )
    own = tuple(sorted((s.entry, s.judge) for s in sheets if s.entry == "A00"))
    verdict = decide(replace(inputs, sheets=sheets, depth=Depth.FULL, variants=(Variant("conflicted", own),)))
    variant = next(a for a in verdict.alternatives if a.kind == "sheets")
    assert variant.what == "conflicted"
    assert variant.unranked == ("A00",)
    assert variant.moves
    assert {a.what for a in verdict.alternatives if a.kind == "judge"} == {s.judge for s in sheets}


def test_own_country_sheets_are_listed() -> None:
    inputs = round_of(1)
    entries = tuple(replace(e, country="KR" if e.id == "A00" else "") for e in inputs.entries)
    judges = tuple(replace(j, countries=("KR", "DE") if j.id == "J2" else ()) for j in inputs.judges)
    marked = replace(inputs, entries=entries, judges=judges, depth=Depth.NONE)
    wanted = tuple(("A00", s.judge) for s in inputs.sheets if s.entry == "A00" and s.judge == "J2")
    assert decide(marked).own_country == wanted


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"kind": "pass or fail"}, "pass or fail"),
        ({"criteria": ()}, "needs a criterion"),
        ({"criteria": (Criterion("all", TEN, (("A", 1),)),)}, "called 'all'"),
        ({"entries": (Entry("a", "A"), Entry("a", "A"))}, "entry a is there twice"),
        ({"sheets": (Sheet("b", "J", ()),)}, "not in the round"),
        ({"sheets": (Sheet("a", "J", ()), Sheet("a", "J", ()))}, "twice"),
        ({"sheets": (Sheet("a", "J", (("X", 41),)),)}, "not on the scale"),
        ({"sheets": (Sheet("a", "J", (("Q", 1),)),)}, "no criterion"),
        ({"sheets": (Sheet("a", "J", (), confidence=0),)}, "confidence"),
        ({"judges": (Judge("K"),), "sheets": (Sheet("a", "J", ()),)}, "not in the round"),
        ({"prizes": (Prize("p", "B", 0, 1),)}, "category B"),
        ({"prizes": (Prize("p", "A", 0, 0),)}, "at least one place"),
        ({"method": Method(Rule.CALIBRATED, decimals=2)}, "decimals"),
        ({"method": Method(Rule.MEAN, confidence=True)}, "confidence"),
        ({"tie_breaks": (TieBreak("coin"),)}, "unknown tie-break"),
        ({"variants": (Variant("v", (("a", "J"),)),)}, "not there"),
        ({"seed": -1}, "seed"),
        ({"entries": (Entry("a", "B"),)}, "no criterion has a weight"),
    ],
)
def test_inputs_that_do_not_fit_together_are_refused(change: dict[str, object], match: str) -> None:
    good: dict[str, object] = {
        "criteria": (Criterion("X", TEN, (("A", 1),)),),
        "entries": (Entry("a", "A"),),
        "sheets": (),
    }
    with pytest.raises(ValueError, match=match):
        RoundInputs(**{**good, **change})


def test_a_mark_where_nothing_is_judged_is_refused() -> None:
    with pytest.raises(ValueError, match="not judged in its category"):
        RoundInputs(
            (Criterion("X", TEN, (("A", 1),)), Criterion("Y", TEN, (("B", 1),))),
            (Entry("a", "A"),),
            (Sheet("a", "J", (("Y", 1),)),),
        )


def test_a_round_without_sheets_is_a_verdict_without_places() -> None:
    inputs = RoundInputs(
        (Criterion("X", TEN, (("A", 1),)),), (Entry("a", "A"),), (), prizes=(Prize("p", "A", 0, 1),)
    )
    verdict = decide(inputs)
    assert verdict.standing("a").rank is None
    assert verdict.prizes[0].entries == ()
    assert {"no-scores", "unranked"} <= codes(verdict)


@pytest.mark.parametrize("rule", list(Rule))
def test_every_method_decides(rule: Rule) -> None:
    verdict = decide(replace(round_of(10), method=Method(rule), depth=Depth.METHODS))
    assert sorted(s.rank or 0 for s in verdict.standings if s.scope == "all" and s.category == "A")[0] == 1
    assert len(verdict.alternatives) == len(Rule) - 1
    assert ("method" in codes(verdict)) == (rule not in (Rule.CALIBRATED, Rule.LEAST_SQUARES))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_was_marked_there_is_a_verdict(seed: int) -> None:
    """Holes, loners, constant judges, two marks in all: no design is too odd for a result with sentences."""
    rng = np.random.default_rng(seed)
    entries, judges = int(rng.integers(1, 7)), int(rng.integers(1, 6))
    values = int(rng.choice([1, 2, 41]))
    sheets = tuple(
        sheet(
            f"E{e}",
            f"J{j}",
            {code: int(rng.integers(0, values)) for code in "XY" if rng.random() < 0.9},
            int(rng.choice([1, 2, 4])),
        )
        for e in range(entries)
        for j in range(judges)
        if rng.random() < rng.choice([0.3, 0.7, 1.0])
    )
    inputs = RoundInputs(
        criteria=(Criterion("X", TEN, (("A", 3), ("B", 1))), Criterion("Y", TEN, (("A", 1), ("B", 0)))),
        entries=tuple(Entry(f"E{e}", "A") for e in range(entries)),
        sheets=sheets,
        prizes=(Prize("gold", "A", 0, 1), Prize("overall", None, 0, 2)),
        method=Method(Rule.CALIBRATED, confidence=bool(rng.integers(0, 2))),
        draws=50,
        depth=Depth.FULL,
    )
    verdict = decide(inputs)
    canonical_bytes(verdict_document(verdict))
    totals = [s for s in verdict.standings if s.scope == "all"]
    assert [s.entry for s in totals if s.estimate is None] == [s.entry for s in totals if s.rank is None]
    for standing in totals:
        assert (standing.rank_low is None) == (standing.error is None)
        if standing.error is None and standing.estimate is not None:
            assert codes(verdict) & {"one-judge", "no-degrees-of-freedom", "exact-fit", "all-equal"}
