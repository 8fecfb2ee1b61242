"""Totals carried over from an earlier round: exact, in the document only where used, and in every question asked."""

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

from judging import (
    Carried,
    Method,
    RoundInputs,
    Rule,
    canonical_bytes,
    decide,
    inputs_document,
    verdict_document,
)
from judging.documents import inputs_from_document
from judging.scoring import score, tabulate
from judging.stability import prize_shifts, weight_tips
from tests.judging.test_verdict import round_of

# What a careless caller would give.
HALF: Any = 1.5


def carrying(seed: int, *, alike: bool = True) -> RoundInputs:
    """The round of the other tests; those of category A bring a total along that turns their order round."""
    inputs, random = round_of(seed), Random(seed)
    entries = sorted(entry.id for entry in inputs.entries if entry.category == "A")
    return replace(
        inputs,
        carried=tuple(
            Carried(name, 6 if alike else random.randint(1, 9), 4_000_000 + 350_001 * number, 200_000)
            for number, name in enumerate(entries)
        ),
    )


def by_hand(inputs: RoundInputs, fresh: RoundInputs, rule: Rule) -> dict[str, int | None]:
    """The sentence of the docstring, followed with fractions."""
    criteria = score(tabulate(fresh), Method(rule))
    weights = {criterion.code: dict(criterion.weights) for criterion in inputs.criteria}
    carried = {one.entry: one for one in inputs.carried}
    found: dict[str, int | None] = {}
    for i, entry in enumerate(criteria.table.entries):
        total, load = 0, 0
        for number, code in enumerate(criteria.table.criteria):
            weight = weights[code].get(entry.category, 0)
            total += weight * (criteria.official[number][i] or 0)
            load += weight
        if one := carried.get(entry.id):
            total, load = total + one.weight * one.total, load + one.weight
        found[entry.id] = round(Fraction(total, load))
    return found


@pytest.mark.parametrize("rule", [Rule.CALIBRATED, Rule.LEAST_SQUARES, Rule.MEAN, Rule.TRIMMED])
@pytest.mark.parametrize("alike", [True, False])
def test_a_total_is_the_weighted_mean_of_both_rounds_exactly(rule: Rule, alike: bool) -> None:
    inputs = replace(carrying(3, alike=alike), method=Method(rule))
    decided = score(tabulate(inputs), inputs.method)
    names = [entry.id for entry in decided.table.entries]
    expected = by_hand(inputs, round_of(3), rule)
    assert dict(zip(names, decided.totals, strict=True)) == expected
    assert decided.totals != score(tabulate(round_of(3)), inputs.method).totals
    # Marks of another round are no marks of this one.
    assert decided.raw_totals == score(tabulate(round_of(3)), inputs.method).raw_totals


def test_who_brings_nothing_along_is_as_before_and_errors_shrink_with_what_is_known() -> None:
    inputs = carrying(3)
    with_it, without = decide(inputs), decide(round_of(3))
    for standing in with_it.standings:
        alone = without.standing(standing.entry, standing.scope)
        if standing.scope != "all" or standing.category == "B":
            assert standing == alone
            continue
        share = Fraction(6, 12)
        assert standing.error is not None
        assert alone.error is not None
        apart = np.hypot(float(share) * alone.error, float(1 - share) * 200_000)
        assert abs(standing.error - apart) < 2
        assert standing.quantiles[0] < (standing.estimate or 0) < standing.quantiles[-1]
    unknown = decide(replace(inputs, carried=tuple(replace(one, error=None) for one in inputs.carried)))
    first = unknown.standing("A00")
    assert (first.estimate, first.rank) == (with_it.standing("A00").estimate, with_it.standing("A00").rank)
    assert (first.error, first.rank_low) == (None, None)


def test_carried_totals_stand_in_the_document_only_where_there_are_any_in_any_order() -> None:
    inputs = carrying(5)
    assert "carried" not in inputs_document(round_of(5))
    document = inputs_document(inputs)
    assert inputs_document(inputs_from_document(document)) == document
    shuffled = list(inputs.carried)
    Random(1).shuffle(shuffled)
    again = replace(inputs, carried=tuple(shuffled))
    assert canonical_bytes(inputs_document(again)) == canonical_bytes(document)
    assert verdict_document(decide(again)) == verdict_document(decide(inputs))


@pytest.mark.parametrize("alike", [True, False])
def test_a_weight_tips_a_prize_where_it_is_said_to(alike: bool) -> None:
    """A hair beyond the tip the prize has moved, a hair before it has not, whatever each entry brings along."""
    inputs = carrying(4, alike=alike)
    asked = [tip for tip in weight_tips(inputs) if tip.category == "A" and (tip.low or tip.high)]
    assert asked
    for tip in asked:
        for end, way in ((tip.low, -1), (tip.high, 1)):
            if end is None:
                continue
            for beyond in (False, True):
                weight = end * (1 + way * Fraction(1 if beyond else -1, 2000))
                moved = _with_weight(inputs, tip.criterion, weight)
                before = score(tabulate(inputs), inputs.method)
                after = score(tabulate(moved), inputs.method)
                same = set(after.prizes()[tip.prize] or ()) == set(before.prizes()[tip.prize] or ())
                assert same is not beyond


def _with_weight(inputs: RoundInputs, code: str, weight: Fraction) -> RoundInputs:
    """All weights of category A times a large number, so that any weight is an integer."""
    large = 10**6
    criteria = tuple(
        replace(
            criterion,
            weights=tuple(
                (name, (int(weight * large) if criterion.code == code else value * large) if name == "A" else value)
                for name, value in criterion.weights
            ),
        )
        for criterion in inputs.criteria
    )  # fmt: skip
    carried = tuple(replace(one, weight=one.weight * large) for one in inputs.carried)
    return replace(inputs, criteria=criteria, carried=carried)


def test_every_other_way_of_counting_carries_too() -> None:
    """What is brought along decides this round whatever the method: with a weight that is large, no prize moves."""
    inputs = carrying(6)
    heavy = replace(inputs, carried=tuple(replace(one, weight=100_000) for one in inputs.carried))
    shifts = [shift for shift in prize_shifts(heavy) if shift.prize.startswith("A-")]
    assert {shift.kind for shift in shifts} >= {"method", "judge", "criterion"}
    assert not [shift for shift in shifts if shift.moves]
    best = decide(heavy).standing("A11")
    assert best.rank == 1


@pytest.mark.parametrize(
    ("carried", "match"),
    [
        (Carried("nobody", 1, 1), "not in the round"),
        (Carried("A00", 0, 1), "integer weight"),
        (Carried("A00", 1, HALF), "millionths"),
        (Carried("A00", 1, 1, -1), "error"),
    ],
)
def test_what_does_not_fit_is_refused(carried: Carried, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        replace(round_of(1), carried=(carried,))
    with pytest.raises(ValueError, match="twice"):
        replace(round_of(1), carried=(Carried("A00", 1, 1), Carried("A00", 1, 2)))
