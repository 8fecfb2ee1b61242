"""Would a prize move, by how much, said in one sentence each.

By every other method and model, without each criterion, without each judge, without given sheets; and how far
each weight could be moved before a prize does. The method that was fixed decides; these stand beside it.
This project's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from judging.opinions import opinions
from judging.rounds import Method, Prize, RoundInputs, Rule
from judging.scales import decimal_text
from judging.scoring import Scored, Table, prizes_of, rescored, score, tabulate
from judging.sensitivity import MOST_JUDGES

OWN_COUNTRY = "own-country"


@dataclass(frozen=True, slots=True)
class Shift:
    """
    What another way of counting does to one prize.

    Parameters
    ----------
    kind : str
        ``method``, ``criterion``, ``judge`` or ``sheets`` (the last three: left out).
    what : str
        The method, criterion, judge or variant; ``own-country`` for all sheets of judges who share a country
        with the entry.
    prize : str
    moves : bool or None
        None where the entries could no longer be compared.
    gains, loses : tuple of str
        Entries that would have it and do not, and that have it and would not, sorted.
    lead, lead_then : int or None
        How far the last who takes the prize is ahead of the first who misses it, now and then, in millionths
        of a scale unit; None where nobody misses it.
    sentence : str
    """

    kind: str
    what: str
    prize: str
    moves: bool | None
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    lead: int | None
    lead_then: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class WeightTip:
    """
    How far the weight of one criterion can be moved, the others kept, before a prize does.

    Parameters
    ----------
    criterion, prize : str
    category : str
        Where the weight is moved; empty for a prize over the whole round whose categories all have the same weights,
        which are moved together.
    weight : int
        Now.
    low, high : Fraction or None
        The prize stays strictly between them; None where no lower one (down to just above 0) or no
        higher one moves it.
    sentence : str
    """

    criterion: str
    prize: str
    category: str
    weight: int
    low: Fraction | None
    high: Fraction | None
    sentence: str


def prize_shifts(inputs: RoundInputs, *, judges: bool = True) -> tuple[Shift, ...]:
    """
    Every question of whether a prize would move, with its answer.

    Parameters
    ----------
    inputs : RoundInputs
        `depth` is not looked at: asking is the answer.
    judges : bool
        Whether each judge is left out in turn, which costs a fit each; never for more than 200 judges.

    Returns
    -------
    tuple of Shift
        By question, and for each by category and position of the prize.
    """
    decided = score(tabulate(inputs), inputs.method)
    return tuple(
        shift
        for kind, what, other in _questions(decided, judges)
        for shift in _shifts(decided, other, kind, what)
    )


def _questions(decided: Scored, judges: bool) -> Iterator[tuple[str, str, Scored]]:
    table, inputs = decided.table, decided.table.inputs
    for rule in Rule:
        if rule is not decided.method.rule:
            yield "method", rule.value, score(table, Method(rule))
    for opinion, other in opinions(decided):
        yield "method", opinion.value, other
    for number, code in enumerate(table.criteria):
        weights = table.weights.copy()
        weights[number] = 0
        if (weights.sum(axis=0) > 0).all():
            yield "criterion", code, rescored(decided, replace(table, weights=weights), decided.official)
    variants = [(variant.code, variant.sheets) for variant in inputs.variants]
    own = inputs.own_country_sheets()
    if own and all(set(sheets) != set(own) for _, sheets in variants):
        variants.append((OWN_COUNTRY, own))
    for code, sheets in sorted(variants):
        yield "sheets", code, score(tabulate(inputs, without_sheets=frozenset(sheets)), decided.method)
    present = sorted({sheet.judge for sheet in inputs.sheets})
    if judges and 1 < len(present) <= MOST_JUDGES:
        for judge in present:
            yield "judge", judge, score(tabulate(inputs, without_judges={judge}), decided.method)


def _shifts(before: Scored, after: Scored, kind: str, what: str) -> Iterator[Shift]:
    inputs = before.table.inputs
    names = [entry.id for entry in before.table.entries]
    old, new = before.prizes(), after.prizes()
    for category in (None, *inputs.categories):
        for prize in prizes_of(inputs, category):
            had, has = old[prize.code], new[prize.code]
            if had is None:
                continue
            gains = tuple(sorted(names[i] for i in set(has or ()) - set(had)))
            loses = tuple(sorted(names[i] for i in set(had) - set(has or ()))) if has is not None else ()
            lead = _lead(before, prize, had)
            then = _lead(after, prize, has) if has is not None else None
            moves = None if has is None else bool(gains or loses)
            holders = tuple(names[i] for i in had)
            yield Shift(
                kind=kind,
                what=what,
                prize=prize.code,
                moves=moves,
                gains=gains,
                loses=loses,
                lead=lead,
                lead_then=then,
                sentence=_sentence(kind, what, prize, moves, gains, loses, holders, lead, then),
            )


def _lead(scored: Scored, prize: Prize, takers: Sequence[int]) -> int | None:
    ranks = scored.ranks_in(prize.category)
    taken = [(ranks[i] or 0, scored.totals[i]) for i in takers] if ranks is not None else []
    if not taken or ranks is None:
        return None
    last = max(rank for rank, _ in taken)
    missed = [
        total
        for rank, total in zip(ranks, scored.totals, strict=True)
        if rank is not None and rank > last and total is not None
    ]
    return min(total or 0 for _, total in taken) - max(missed) if missed else None


OPENINGS = {
    "method": "Counted by {}",
    "criterion": "Without criterion {}",
    "judge": "Without judge {}",
    "sheets": "Without the sheets of {}",
}


def _sentence(
    kind: str,
    what: str,
    prize: Prize,
    moves: bool | None,
    gains: Sequence[str],
    loses: Sequence[str],
    holders: Sequence[str],
    lead: int | None,
    then: int | None,
) -> str:
    opening = OPENINGS[kind].format(what)
    if moves is None:
        return f"{opening}, the entries for {prize.code} could not all be compared."
    far = "" if then is None else f", ahead by {decimal_text(then, 6)}"
    if moves:
        to = f" would go to {_and(gains)}" if gains else ""
        off = (
            f" instead of {_and(loses)}"
            if gains and loses
            else f" would be lost by {_and(loses)}"
            if loses
            else ""
        )
        return f"{opening}, {prize.code}{to}{off}{far}."
    if not holders:
        return f"{opening}, {prize.code} still goes to nobody."
    now = "" if lead is None or then is None else f" ({decimal_text(lead, 6)} as decided)"
    return f"{opening}, {prize.code} stays with {_and(holders)}{far}{now}."


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def weight_tips(inputs: RoundInputs) -> tuple[WeightTip, ...]:
    """
    For every prize and every criterion that is judged: how far the weight can be moved.

    Exact: the order of two entries is linear in a weight, so a prize first moves where somebody who takes it and somebody
    who does not would be equal. Weights are a category's. For a prize over the whole round the weight is moved in every
    category at once where all of them have the same weights, otherwise in one category at a time.

    Parameters
    ----------
    inputs : RoundInputs

    Returns
    -------
    tuple of WeightTip
        Prizes over the whole round first; then by category, prize, criterion and where it is moved.
    """
    decided = score(tabulate(inputs), inputs.method)
    table, taken = decided.table, decided.prizes()
    tips = []
    for category in (None, *inputs.categories):
        ranks = decided.ranks_in(category)
        if ranks is None:
            continue
        for prize in prizes_of(inputs, category):
            holders = taken[prize.code]
            if not holders:
                continue
            for number, code in enumerate(table.criteria):
                for where, moved in _moved(table, category):
                    weight = int(table.weights[number, moved[0]])
                    if weight:
                        low, high = _tips(decided, number, weight, holders, ranks, frozenset(moved))
                        name = code if category is not None or not where else f"{code} in {where}"
                        sentence = _tip(prize, name, weight, low, high)
                        tips.append(WeightTip(code, prize.code, where, weight, low, high, sentence))
    return tuple(tips)


def _moved(table: Table, category: str | None) -> list[tuple[str, tuple[int, ...]]]:
    """Categories whose weight is moved for a prize, and the entries that it is moved for."""
    if category is not None:
        return [(category, table.categories[category])]
    if bool((table.weights == table.weights[:, :1]).all()):
        return [("", tuple(range(len(table.entries))))]
    return list(table.categories.items())


def _tips(
    decided: Scored,
    number: int,
    weight: int,
    holders: Sequence[int],
    ranks: Sequence[int | None],
    moved: frozenset[int],
) -> tuple[Fraction | None, Fraction | None]:
    table = decided.table
    ranked = [i for i, rank in enumerate(ranks) if rank is not None]
    carried = table.carried
    loads = {i: int(table.weights[:, i].sum() + carried.weights[i]) for i in ranked}
    sums = {
        i: sum(int(w) * (decided.official[c][i] or 0) for c, w in enumerate(table.weights[:, i].tolist()))
        + int(carried.weights[i]) * (carried.totals[i] or 0)
        for i in ranked
    }
    own = {i: decided.official[number][i] or 0 for i in ranked}
    # The mean that an entry keeps, whose category's weight is not moved.
    kept = {i: Fraction(sums[i], loads[i]) for i in ranked if i not in moved}
    last, first = max(ranks[i] or 0 for i in holders), min(ranks[i] or 0 for i in holders)
    low: Fraction | None = None
    high: Fraction | None = None
    for i in holders:
        for k in ranked:
            rank = ranks[k] or 0
            if first <= rank <= last or not moved & {i, k}:
                continue
            ahead = 1 if rank > last else -1
            # How far the two are apart in the order as it is, and how that grows with the weight. The rounding
            # of totals and a tie-break can leave them equal or a hair the other way round: no distance.
            apart, grows, bends = _between(sums, own, kept, loads, i, k)
            for off in _meetings(max(ahead * apart, Fraction(0)), ahead * grows, ahead * bends):
                tip = weight + off
                if off < 0 or (not off and grows * ahead > 0):
                    low = (tip if low is None else max(low, tip)) if tip > 0 else low
                else:
                    high = tip if high is None else min(high, tip)
    return low, high


def _meetings(apart: Fraction, grows: Fraction, bends: Fraction) -> tuple[Fraction, ...]:
    """By how much a weight has to move until two entries are equal: all of the roots."""
    if not bends:
        return (-apart / grows,) if grows else ()
    # Only entries that bring different weights along bend: where they meet is told to the last digit of a float.
    inside = float(grows**2 - 4 * bends * apart)
    if inside < 0:
        return ()
    return tuple(
        Fraction((-float(grows) + sign * math.sqrt(inside)) / (2 * float(bends))) for sign in (-1, 1)
    )


def _between(
    sums: Mapping[int, int],
    own: Mapping[int, int],
    kept: Mapping[int, Fraction],
    loads: Mapping[int, int],
    first: int,
    second: int,
) -> tuple[Fraction, Fraction, Fraction]:
    """How far one is ahead of another, times weights of both, and how that grows with the weight and with its square."""
    load, other = (loads[i] for i in (first, second))
    if load == other or first in kept or second in kept:
        load = loads[second if first in kept else first]
        a, b = (
            (kept[i] * load, kept[i]) if i in kept else (Fraction(sums[i]), Fraction(own[i]))
            for i in (first, second)
        )
        return a[0] - b[0], a[1] - b[1], Fraction(0)
    return (
        Fraction(sums[first] * other - sums[second] * load),
        Fraction(sums[first] + own[first] * other - sums[second] - own[second] * load),
        Fraction(own[first] - own[second]),
    )


def _tip(prize: Prize, code: str, weight: int, low: Fraction | None, high: Fraction | None) -> str:
    if low is None and high is None:
        return f"No weight of {code} moves {prize.code} (now {weight})."
    below = "" if low is None else f"above {float(low):.3g}"
    above = "" if high is None else f"below {float(high):.3g}"
    joint = " and " if below and above else ""
    return f"{prize.code} stays while the weight of {code} is {below}{joint}{above} (now {weight})."
