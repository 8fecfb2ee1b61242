"""What a judge's own marks tell, in words that ask and do not blame. For the judge alone."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from awards.scoresheets.queries import OwnMarks
from awards.scoresheets.strip import Strip
from awards.scoresheets.warnings import Constant, Flat, Reversed, ends_of, warnings_of
from awards.web.i18n import _, ngettext

# More titles than this are a list that nobody reads.
MOST_TITLES = 3


class Spotted(Struct, frozen=True):
    """`entries` are references of the sheets that it is about, where it is about some and not all."""

    heading: str
    text: str
    entries: tuple[tuple[str, str], ...] = ()
    """Reference and title."""


def spotted(own: OwnMarks, drawn: Sequence[Strip], titles: Mapping[str, str]) -> tuple[Spotted, ...]:
    found = warnings_of(own.criteria, own.sheets)
    named = {strip.code: strip for strip in drawn}
    return (
        *(_reversed(one, named) for one in found.reversed),
        *(_flat(one, titles) for one in found.flat),
        *(_constant(one, named) for one in found.constant),
    )


def order_in_words(own: OwnMarks, titles: Mapping[str, str]) -> str:
    """The one check of a scale read upside down that own marks allow: to see what they say, by name."""
    ends = ends_of(own.sheets)
    if ends is None or max(len(ends.highest), len(ends.lowest)) > MOST_TITLES:
        return ""
    return _(
        "Of your entries your marks put %(highest)s highest and %(lowest)s lowest.",
        highest=_listed(ends.highest, titles),
        lowest=_listed(ends.lowest, titles),
    )


def _reversed(one: Reversed, named: Mapping[str, Strip]) -> Spotted:
    first = named[one.codes[0]]
    if len(one.codes) > 1:
        second = named[one.codes[1]]
        return Spotted(
            _("“%(first)s” and “%(second)s” run against each other", first=first.name, second=second.name),
            _(
                "In %(against)d of %(pairs)d pairs of your entries one stands higher by the first and the other by the"
                " second. If you mean it, nothing is to be done. Look once whether you read the scale of either the"
                " other way round.",
                against=one.against,
                pairs=one.pairs,
            ),
        )
    return Spotted(
        _("“%(name)s” runs against your other marks", name=first.name),
        _(
            "In %(against)d of %(pairs)d pairs of your entries it prefers the other one than the rest of your marks"
            " does. If you mean it, nothing is to be done. Look once whether you read its scale the other way round:"
            " it goes from “%(low)s” up to “%(high)s”.",
            against=one.against,
            pairs=one.pairs,
            low=first.low,
            high=first.high,
        ),
    )


def _flat(one: Flat, titles: Mapping[str, str]) -> Spotted:
    heading = (
        ngettext(
            "Every criterion has the mark %(mark)s on %(num)d sheet",
            "Every criterion has the mark %(mark)s on %(num)d sheets",
            len(one.references),
            mark=one.text,
        )
        if one.text
        else ngettext(
            "Every criterion has the same mark on %(num)d sheet",
            "Every criterion has the same mark on %(num)d sheets",
            len(one.references),
        )
    )
    return Spotted(
        heading,
        _("Criteria are asked one by one because most entries do better in some than in others."),
        tuple((reference, titles.get(reference, reference)) for reference in one.references),
    )


def _constant(one: Constant, named: Mapping[str, Strip]) -> Spotted:
    return Spotted(
        _("“%(name)s” has the mark %(mark)s everywhere", name=named[one.code].name, mark=one.text),
        _(
            "On all %(num)d sheets that have this criterion. So it does not tell your entries apart.",
            num=one.sheets,
        ),
    )


def _listed(references: Sequence[str], titles: Mapping[str, str]) -> str:
    return ", ".join(f"“{titles.get(reference, reference)}”" for reference in references)
