"""One mark of an entry worked through, by the methods that count it in relation to all marks of its judge. Pure."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from awards.web.i18n import _
from awards.web.words import score
from judging.rounds import Rule
from judging.scales import Scale


def one_mark(
    rule: Rule,
    given: Mapping[str, Sequence[int]],
    label: str,
    mark: int,
    *,
    judge: str,
    criterion: str,
) -> str:
    """`given` are all marks of the round in the criterion by the label of their judge, as `mark` in millionths.

    Empty where the judge always gave the same, and by a method that counts marks as they are.
    """
    every = [value for values in given.values() for value in values]
    own = given[label]
    if len(set(own)) < 2:
        return ""
    names = {"judge": judge, "criterion": criterion, "given": score(mark, 2)}
    if rule is Rule.MIN_MAX:
        low, high, least, most = min(every), max(every), min(own), max(own)
        counts = low + (mark - least) * (high - low) / (most - least)
        return _(
            "For example, %(given)s by %(judge)s in “%(criterion)s” counts as %(low)s + (%(given)s − %(least)s) ×"
            " (%(high)s − %(low)s) ÷ (%(most)s − %(least)s) = %(counts)s: all marks lie from %(low)s to %(high)s, those"
            " of this judge from %(least)s to %(most)s.",
            low=score(low, 2), high=score(high, 2), least=score(least, 2), most=score(most, 2),
            counts=score(round(counts), 2), **names,
        )  # fmt: skip
    if rule is not Rule.Z_SCORE:
        return ""
    (level, width), (mean, spread) = _shape(every), _shape(own)
    counts = level + (mark - mean) * width / spread
    return _(
        "For example, %(given)s by %(judge)s in “%(criterion)s” counts as %(level)s + (%(given)s − %(mean)s) ×"
        " %(width)s ÷ %(spread)s = %(counts)s: all marks have the mean %(level)s and the spread %(width)s, those of this"
        " judge the mean %(mean)s and the spread %(spread)s.",
        level=score(round(level), 2), width=score(round(width), 2), mean=score(round(mean), 2),
        spread=score(round(spread), 2), counts=score(round(counts), 2), **names,
    )  # fmt: skip


def _shape(values: Sequence[int]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    return mean, sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def example(
    inputs: Mapping[str, Any],
    scales: Mapping[str, Scale],
    reference: str,
    names: Mapping[str, str],
    criteria: Sequence[tuple[str, str]],
) -> str:
    """Of the first sheet of the entry that shows it; `names` are those of judges by their labels."""
    rule = Rule(inputs["method"]["rule"])
    for code, criterion in criteria:
        given: dict[str, list[int]] = {}
        for sheet in inputs["sheets"]:
            if code in sheet["marks"]:
                value = scales[code].milli(sheet["marks"][code]) * 1000
                given.setdefault(sheet["judge"], []).append(value)
        for sheet in inputs["sheets"]:
            if sheet["entry"] == reference and code in sheet["marks"]:
                label = sheet["judge"]
                mark = scales[code].milli(sheet["marks"][code]) * 1000
                found = one_mark(rule, given, label, mark, judge=names.get(label, label), criterion=criterion)
                if found:
                    return found
    return ""
