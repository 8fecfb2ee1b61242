from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from judging import Criterion, Entry, Judge, Method, Prize, RoundInputs, Rule, Scale
from judging.opinions import Opinion, can_give, opinions
from judging.rounds import sheet
from judging.scoring import Scored, score, tabulate
from judging.stability import prize_shifts, weight_tips
from judging.verdict import decide
from tests.chance import chance, times
from tests.judging.test_verdict import TEN, round_of


def takers(decided: Scored, number: int, weight: Fraction) -> list[set[int]]:
    """Gold and silver with one weight moved, by sorting exact totals: no crossing points are looked for."""
    weights = [Fraction(w) for w in decided.table.weights[:, 0].tolist()]
    weights[number] = weight
    totals = [
        sum((w * (decided.official[c][i] or 0) for c, w in enumerate(weights)), Fraction(0))
        for i in range(len(decided.totals))
    ]
    order = sorted(range(len(totals)), key=lambda i: -totals[i])
    return [{order[0]}, {order[1]}]


def test_a_prize_stays_just_inside_a_tip_and_moves_just_outside() -> None:
    rng = chance()
    moved = 0
    for _ in range(times(40, drill=300)):
        inputs = round_of(rng.randrange(2**32), entries=6, judges=4, categories=("A",))
        decided = score(tabulate(inputs), inputs.method)
        if len(set(decided.totals)) < len(decided.totals):
            continue
        for tip in weight_tips(inputs):
            number = decided.table.criteria.index(tip.criterion)
            prize = ["A-gold", "A-silver"].index(tip.prize)
            now = takers(decided, number, Fraction(tip.weight))[prize]
            assert now == set(decided.prizes()[tip.prize] or ())
            for edge, outwards in ((tip.low, -1), (tip.high, 1)):
                hair = Fraction(1, 10**15) * outwards
                if edge is None:
                    far = Fraction(1, 10**15) if outwards < 0 else Fraction(10**12)
                    assert takers(decided, number, far)[prize] == now, tip
                else:
                    assert takers(decided, number, edge - hair)[prize] == now, tip
                    assert edge + hair < 0 or takers(decided, number, edge + hair)[prize] != now, tip
                    moved += 1
    assert moved > 20


@pytest.mark.parametrize("same", [True, False])
def test_a_prize_over_the_whole_round_has_its_tips(same: bool) -> None:
    """With one set of weights they are moved together, otherwise a category at a time."""
    rng = chance()
    moved = 0
    for _ in range(times(25, drill=200)):
        inputs = round_of(rng.randrange(2**32), entries=5, judges=4, reads=4)
        if same:
            criteria = tuple(c for c in inputs.criteria if c.code != "Z")
            sheets = tuple(replace(s, marks=tuple(m for m in s.marks if m[0] != "Z")) for s in inputs.sheets)
            inputs = replace(inputs, criteria=criteria, sheets=sheets)
        prizes = (Prize("best", None, 0, 1), Prize("next", None, 1, 2))
        inputs = replace(inputs, prizes=(*inputs.prizes, *prizes))
        decided = score(tabulate(inputs), inputs.method)
        if len(set(decided.totals)) < len(decided.totals):
            continue
        tips = [tip for tip in weight_tips(inputs) if tip.prize in ("best", "next")]
        assert {tip.category for tip in tips} == ({""} if same else {"A", "B"})
        assert len(tips) == (2 * 2 if same else 2 * 5)
        for tip in tips:
            now = whole_round(decided, tip.prize, tip.criterion, tip.category, Fraction(tip.weight))
            assert now == set(decided.prizes()[tip.prize] or ())
            for edge, outwards in ((tip.low, -1), (tip.high, 1)):
                hair = Fraction(1, 10**15) * outwards
                far = Fraction(1, 10**15) if outwards < 0 else Fraction(10**12)
                inside = far if edge is None else edge - hair
                assert whole_round(decided, tip.prize, tip.criterion, tip.category, inside) == now, tip
                if edge is not None and edge + hair > 0:
                    outside = whole_round(decided, tip.prize, tip.criterion, tip.category, edge + hair)
                    assert outside != now, tip
                    moved += 1
            assert tip.sentence.endswith(f"(now {tip.weight}).")
            assert same or f"{tip.criterion} in {tip.category}" in tip.sentence
    assert moved > 20


def whole_round(decided: Scored, prize: str, criterion: str, category: str, weight: Fraction) -> set[int]:
    """Who takes a prize of all entries with a weight moved in a category or in all, by sorting exact means."""
    table, totals = decided.table, []
    for i, entry in enumerate(table.entries):
        weights = [Fraction(w) for w in table.weights[:, i].tolist()]
        if category in ("", entry.category):
            weights[table.criteria.index(criterion)] = weight
        total = sum((w * (decided.official[c][i] or 0) for c, w in enumerate(weights)), Fraction(0))
        totals.append(total / sum(weights))
    order = sorted(range(len(totals)), key=lambda i: -totals[i])
    return {order[0]} if prize == "best" else set(order[1:3])


def test_every_question_is_asked_and_answered_as_the_verdict_has_it() -> None:
    inputs = round_of(5)
    verdict = decide(replace(inputs, depth="full"))
    shifts = prize_shifts(inputs)
    asked = {(shift.kind, shift.what) for shift in shifts}
    assert {what for kind, what in asked if kind == "method"} == (
        {rule.value for rule in Rule} - {"calibrated"} | {"mixed", "reliability", "gain-offset"}
    )
    assert {what for kind, what in asked if kind == "judge"} == {f"J{j}" for j in range(6)}
    # Z alone is not enough for category B, but X and Y are: each can be left out.
    assert {what for kind, what in asked if kind == "criterion"} == {"X", "Y", "Z"}
    by_question = {(a.kind, a.what): {m.prize: m for m in a.moves} for a in verdict.alternatives}
    for shift in shifts:
        if (shift.kind, shift.what) in by_question:
            move = by_question[shift.kind, shift.what].get(shift.prize)
            assert shift.moves is (move is not None)
            if move:
                assert (shift.gains, shift.loses) == (move.gains, move.loses)
        assert shift.prize in shift.sentence
        assert shift.sentence.endswith(".")


def test_leads_are_distances_of_official_totals() -> None:
    inputs = round_of(6, categories=("A",))
    verdict = decide(inputs)
    totals = sorted((s.estimate or 0 for s in verdict.standings if s.scope == "all"), reverse=True)
    gold = next(s for s in prize_shifts(inputs, judges=False) if s.prize == "A-gold" and s.what == "mean")
    silver = next(s for s in prize_shifts(inputs, judges=False) if s.prize == "A-silver" and s.what == "mean")
    assert gold.lead == totals[0] - totals[1]
    assert silver.lead == totals[1] - totals[2]


def test_own_country_sheets_are_left_out_by_themselves() -> None:
    inputs = round_of(7, categories=("A",))
    inputs = replace(
        inputs,
        entries=tuple(Entry(e.id, e.category, "XX" if e.id == "A00" else "") for e in inputs.entries),
        judges=tuple(Judge(j.id, ("XX",)) for j in inputs.judges),
    )
    shifts = [s for s in prize_shifts(inputs, judges=False) if s.kind == "sheets"]
    assert {s.what for s in shifts} == {"own-country"}
    assert [s for s in shifts if "A00" in s.loses]


def test_sentences() -> None:
    marks = {("P", "J"): 30, ("P", "K"): 31, ("Q", "J"): 28, ("Q", "K"): 32, ("R", "J"): 20, ("R", "K"): 21}
    inputs = RoundInputs(
        criteria=(Criterion("X", TEN, (("A", 1),)),),
        entries=tuple(Entry(name, "A") for name in "PQR"),
        sheets=tuple(sheet(e, j, {"X": m}) for (e, j), m in marks.items()),
        prizes=(Prize("gold", "A", 0, 1),),
        method=Method(Rule.MEAN),
    )
    by_what = {s.what: s.sentence for s in prize_shifts(inputs)}
    assert by_what["J"] == "Without judge J, gold would go to Q instead of P, ahead by 0.25."
    assert by_what["K"] == "Without judge K, gold stays with P, ahead by 0.5 (0.125 as decided)."
    assert not [s for s in weight_tips(inputs) if s.low is not None or s.high is not None]


@pytest.mark.parametrize(("top", "wanted"), [(4, True), (5, False)])
def test_the_ordinal_opinion_is_for_short_scales(top: int, wanted: bool) -> None:
    scale = Scale(0, 1000, top)
    assert can_give(Opinion.ORDINAL, scale, 10, 5) is wanted
    rng = np.random.default_rng(1)
    inputs = RoundInputs(
        criteria=(Criterion("X", scale, (("A", 1),)),),
        entries=tuple(Entry(f"E{e}", "A") for e in range(15)),
        sheets=tuple(
            sheet(f"E{e}", f"J{j}", {"X": int(rng.integers(0, 5))}) for e in range(15) for j in range(4)
        ),
    )
    given = dict(opinions(score(tabulate(inputs), Method())))
    assert (Opinion.ORDINAL in given) is wanted
    if wanted:
        assert all(0 <= (total or 0) <= 4_000_000 for total in given[Opinion.ORDINAL].totals)
