"""How the published numbers of an entry make its score, to be worked out again by hand. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from awards.editions.document import EditionDocument, RoundPart
from awards.web.words import score


def carried_weight(figures: Mapping[str, Any], category: Mapping[str, Any]) -> int:
    """What totals of the round before weigh in the scores of a category, as a publication says it; 0 where they do not."""
    rounds = figures.get("numbers", {}).get("rounds", ())
    return next((one.get("carried", 0) for one in rounds[1:] if one["name"] == category.get("round")), 0)


def round_named(document: EditionDocument, name: str) -> RoundPart | None:
    """None where no round or more than one is called so: nothing is said of one that may be another."""
    found = [part for part in document.rounds if part.name == name]
    return found[0] if len(found) == 1 else None


def weights_in(part: RoundPart, category: str) -> dict[str, int]:
    """By the code of the criterion."""
    return {
        one.code: weight
        for one in part.criteria
        for code, weight in one.weights
        if code == category and weight
    }


def formula(parts: Sequence[tuple[int, int]], total: int, carried: int = 0) -> str:
    """(7.80 × 60 + 8.40 × 40) ÷ 100 = 8.04, of (score, weight); the last may be what was brought along.

    Empty where the parts do not make the total: something is not told, or the rules are others by now.
    """
    load = sum(weight for _value, weight in parts)
    whole = sum(value * weight for value, weight in parts)
    if not load:
        return ""
    terms = list(parts)
    if abs(Fraction(whole, load) - total) >= 1:
        if not carried:
            return ""
        terms.append((round(Fraction(total * (load + carried) - whole, carried)), carried))
        load += carried
    if len(terms) < 2:
        return ""
    return f"({' + '.join(f'{score(value, 2)} × {weight}' for value, weight in terms)}) ÷ {load} = {score(total, 2)}"
