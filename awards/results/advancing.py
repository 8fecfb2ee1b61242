"""Who goes on from a round to the next, by its rule or by hand with a reason. Pure.

1. `top` n: who has one of the n first places among the entries of the category that are still in. Who is tied at the line
   goes on together, so that no order of rows decides.
2. `threshold`: whose score, as it is official, is as high or higher. In a round of pass or fail the score is the share of
   passes among the sheets that say pass or fail.
3. Without a rule nobody goes on by itself: people choose, and give a reason for each entry that goes on.
4. Who has no rank, or no score, goes on by no rule.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from awards.editions.checks_prizes import threshold_milli
from awards.editions.rules import RoundState
from awards.errors import Denied
from awards.results.rules import near_a_line
from awards.web.i18n import _

TOP, THRESHOLD = "top", "threshold"
# 90 of 100 lie within so many standard errors.
NINETY = Fraction(1645, 1000)


class Outcome(StrEnum):
    ADVANCED = "advanced"
    STOPPED = "stopped"


class Stand(Struct, frozen=True):
    """How an entry stands at the end of a round; `score` and `error` in units of the scale, or the share of passes."""

    reference: str
    category: str
    rank: int | None = None
    score: Fraction | None = None
    error: Fraction | None = None
    rank_low: int | None = None
    rank_high: int | None = None


def by_rule(stands: Sequence[Stand], rule: tuple[str, str]) -> frozenset[str]:
    """References of those who go on by the rule."""
    kind, value = rule
    if kind == TOP:
        return frozenset(one.reference for one in stands if 0 < _place(one, stands) <= int(value))
    if kind == THRESHOLD:
        least = _least(value)
        return frozenset(one.reference for one in stands if one.score is not None and one.score >= least)
    return frozenset()


def near_the_line(one: Stand, rule: tuple[str, str]) -> bool:
    """Whether what is known of the entry lies on both sides of the line."""
    kind, value = rule
    if kind == TOP:
        return near_a_line(one.rank_low, one.rank_high, int(value))
    if kind == THRESHOLD and one.score is not None and one.error is not None:
        return abs(one.score - _least(value)) <= NINETY * one.error
    return False


def _place(one: Stand, stands: Sequence[Stand]) -> int:
    """1 + how many of the category are ahead; 0 without a rank."""
    if one.rank is None:
        return 0
    ahead = (
        other for other in stands if other.category == one.category and other.rank and other.rank < one.rank
    )
    return 1 + sum(1 for _other in ahead)


def _least(value: str) -> Fraction:
    return Fraction(threshold_milli(value) or 0, 1000)


class Choice(Struct, frozen=True):
    reference: str
    goes_on: bool
    reason: str = ""


def wrong_among(
    choices: Iterable[Choice], rule: tuple[str, str], proposed: frozenset[str], names: Mapping[str, str]
) -> Mapping[str, str]:
    """What is wrong, by the names of the form's fields: what the rule does not say by itself needs a reason."""
    wrong: dict[str, str] = {}
    for one in choices:
        if one.reference not in names:
            wrong[""] = _("One of the entries is not in this round any more. Open the page again.")
        elif one.goes_on != (one.reference in proposed) and not one.reason:
            wrong[f"reason-{one.reference}"] = (
                _("Say why %(entry)s goes on", entry=names[one.reference])
                if one.goes_on
                else _("Say why %(entry)s does not go on, as the rule has it", entry=names[one.reference])
            )
    return wrong


def may_advance(state: str, later: str | None) -> Denied | None:
    """`later` is the state of the round after this one, where there is one."""
    if later is None:
        return Denied("last round", _("No round follows this one. Its prizes are decided instead."))
    if state != RoundState.DECIDED:
        return Denied("not decided", _("Declare the round decided first: who goes on rests on its outcome."))
    if later != RoundState.DRAFT:
        return Denied("round open", _("The next round has opened, so who is in it stays as it is."))
    return None
