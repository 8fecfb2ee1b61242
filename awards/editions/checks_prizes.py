"""Whether prizes and the way from round to round make sense. Pure."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from awards.cities.regions import COUNTRIES, Region
from awards.editions.document import (
    ENTRANT_KINDS,
    PRIZE_KEYS,
    PRIZE_KINDS,
    RING_KEYS,
    EditionDocument,
    PrizePart,
    RoundPart,
)
from awards.editions.round_method import ADVANCE_RULES, BY_HAND
from awards.editions.rules import RoundKind
from awards.web.i18n import _

Found = Iterator[tuple[tuple[str | int, ...], str]]

RANKED, RING_FENCED, CASCADE, OUTSIDE = PRIZE_KINDS
MOST_ADVANCING = 1000
# What the keys are called where people write them.
_WRITTEN = {"region": "regions", "country": "countries", "kind": "entrants", "past": "past"}
_KNOWN = {"region": tuple(one.value for one in Region), "country": COUNTRIES, "kind": ENTRANT_KINDS}


def ring_problems(document: EditionDocument) -> Found:
    """Whom a prize is for has to be said by its kind, in texts that entrants have."""
    codes = {one.code: one for one in document.prizes}
    for index, part in enumerate(document.prizes):
        place = ("prize", index)
        for key, text in part.values:
            if key not in PRIZE_KEYS:
                yield (*place, "values"), _("“%(key)s” says nothing about a prize", key=key)
            elif key in _KNOWN and text not in _KNOWN[key]:
                yield (*place, _WRITTEN[key]), _("“%(value)s” is not known here", value=text)
            elif key == "past":
                yield from _past(part, codes.get(text), place)
        rings = any(key in RING_KEYS for key, _text in part.values)
        if part.kind == RING_FENCED and not rings:
            yield (
                (*place, "kind"),
                _("Say whom the prize is for: a region, a country or a kind of entrant"),
            )
        elif part.kind == CASCADE and not part.values:
            yield (
                (*place, "kind"),
                _("Say whom the prize is for, or whose holders it passes over"),
            )
        elif part.kind in (RANKED, OUTSIDE) and rings:
            yield (
                (*place, "kind"),
                _(
                    "A prize for a region, a country or a kind of entrant is given within these, or to the next of these"
                ),
            )


def _past(part: PrizePart, other: PrizePart | None, place: tuple[str | int, ...]) -> Found:
    if part.kind != CASCADE:
        yield (*place, "past"), _("Only a prize that goes to the next passes over those who hold others")
    elif other is None or other.code == part.code:
        yield (*place, "past"), _("Choose other prizes of this edition")
    elif _turn(other) >= _turn(part):
        yield (
            (*place, "past"),
            _("“%(code)s” is given after this one; choose prizes that are given before", code=other.code),
        )


def _turn(part: PrizePart) -> tuple[int, str, int, str]:
    kind = PRIZE_KINDS.index(part.kind) if part.kind in PRIZE_KINDS else len(PRIZE_KINDS)
    return kind, part.category, part.position, part.code


def advance_problems(document: EditionDocument) -> Found:
    """Who goes on to the next round, and what is carried into it."""
    for index, part in enumerate(document.rounds):
        place = ("round", index)
        if part.method.carried_weight:
            yield from _carried(document.rounds[:index], part, place)
        rule, value = part.method.advance
        if rule not in ADVANCE_RULES or (part.method.advance != BY_HAND and not rule):
            yield (*place, "advance"), _("Write top and a number, threshold and a score, or nothing")
        elif rule == "top" and part.kind == RoundKind.PASSING:
            yield (*place, "advance"), _("Pass or fail gives no ranks; choose a threshold")
        elif rule == "top" and not (
            value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= MOST_ADVANCING
        ):
            yield (*place, "advance"), _("Enter how many of each category go on, at most 1000")
        elif rule == "threshold" and threshold_milli(value) is None:
            yield (
                (*place, "advance"),
                _("Enter the score to reach, with three digits after the point at most"),
            )
        elif (
            rule == "threshold"
            and part.kind == RoundKind.PASSING
            and not 0 < (threshold_milli(value) or 0) <= 1000
        ):
            yield (*place, "advance"), _("Enter the share of passes to reach, such as 0.5")


def threshold_milli(value: str) -> int | None:
    """A score to reach in thousandths; None where it is no number or has more than three digits after the point."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > 1_000_000 or number * 1000 != int(number * 1000):
        return None
    return int(number * 1000)


def _carried(before: tuple[RoundPart, ...], part: RoundPart, place: tuple[str | int, ...]) -> Found:
    if not 0 <= part.method.carried_weight <= 1_000_000:
        yield (*place, "carried_weight"), _("Enter a whole number from 0 to 1,000,000")
    elif part.kind == RoundKind.PASSING:
        yield (
            (*place, "carried_weight"),
            _("A round of pass or fail has no score to which another could be added"),
        )
    elif not before or before[-1].kind == RoundKind.PASSING:
        yield (
            (*place, "carried_weight"),
            _("The round before this one gives no score that could be carried over"),
        )
