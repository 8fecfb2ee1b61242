"""Which prizes a run follows, and how likely each entry is to take each of them. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from awards.results.awarding import OUTSIDE, PrizeRule
from awards.results.queries import EntryName, Names
from awards.web.i18n import _, ngettext
from awards.web.words import listing

# Less than one in a hundred is not worth a row.
SHOWN_FROM = 10_000


class Followed(Struct, frozen=True):
    """Prizes of a category and over all that the run gives by rule, in their turn; and what it leaves out, in words."""

    rules: tuple[PrizeRule, ...]
    notes: tuple[str, ...]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(rule.code for rule in self.rules)


def followed(body: Mapping[str, Any], names: Names, category: str, hidden: Collection[str]) -> Followed:
    """`hidden`: categories that the reader must not see, and so no prize that their entries take part in."""
    known = {one["prize"] for key in ("prizes", "other_prizes") for one in body.get(key, ())}
    here = [rule for rule in names.rules if rule.category in ("", category)]
    ruled = sorted((rule for rule in here if rule.kind != OUTSIDE), key=lambda rule: rule.turn)
    shut = [rule for rule in ruled if hidden and not rule.category]
    open_ = [rule for rule in ruled if rule not in shut]
    by_hand = [rule for rule in here if rule.kind == OUTSIDE]
    unknown = [rule for rule in open_ if rule.code not in known]
    given = [rule for rule in open_ if rule.code in known]
    notes = [
        _("%(prizes)s: decided by hand, so no number says who takes it.", prizes=_named([rule], names))
        for rule in by_hand
    ]
    if unknown:
        notes.append(
            _("%(prizes)s: not followed by this run. Another one would.", prizes=_named(unknown, names))
        )
    if shut:
        notes.append(
            _(
                "%(prizes)s: over all categories, and some of them are not shown to you.",
                prizes=_named(shut, names),
            )
        )
    return Followed(tuple(given), tuple(notes))


def _named(rules: Collection[PrizeRule], names: Names) -> str:
    return listing([names.prizes.get(rule.code, rule.code) for rule in rules])


class ChanceRow(Struct, frozen=True):
    reference: str
    entrant: str
    chances: tuple[int | None, ...]
    """Millionths, by prize; None where the prize is not for this entry."""


class Chances(Struct, frozen=True):
    prizes: tuple[str, ...]
    rows: tuple[ChanceRow, ...]
    others: str
    """How many have next to no chance of any, in a sentence."""

    @property
    def narrow(self) -> bool:
        """Whether a prize is not for everybody."""
        return any(None in row.chances for row in self.rows)


def chances(
    body: Mapping[str, Any], category: str, entries: Mapping[str, EntryName], names: Names, found: Followed
) -> Chances | None:
    """Nothing where the run knows of no errors, or where no prize is given by a rule."""
    rows = []
    some = 0
    for one in body.get("standings", ()):
        if one["scope"] != "all" or one["category"] != category:
            continue
        told = {**one["prize_chances"], **one.get("other_chances", {})}
        if not told:
            continue
        some += 1
        row = tuple(told.get(rule.code) for rule in found.rules)
        if any(share is not None and share >= SHOWN_FROM for share in row):
            name = entries.get(one["entry"])
            rows.append(ChanceRow(one["entry"], name.entrant if name else one["entry"], row))
    if not rows:
        return None
    left = some - len(rows)
    others = ngettext(
        "%(num)d other entry takes each of these in fewer than 1 of 100 recalculations.",
        "%(num)d other entries take each of these in fewer than 1 of 100 recalculations.",
        left,
    )
    return Chances(
        tuple(names.prizes.get(rule.code, rule.code) for rule in found.rules),
        tuple(rows),
        others if left else "",
    )
