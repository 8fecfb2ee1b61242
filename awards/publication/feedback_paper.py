"""Feedback as the data of its printed document: every sentence made here, so that the template only sets. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from awards.entries.queries import OwnEntry
from awards.publication.feedback import Feedback, RoundFeedback, Spread
from awards.web.figures import Axis, axis
from awards.web.i18n import _, current, dir_of, ngettext
from awards.web.printed import language, paragraphs, printed
from awards.web.words import day_time, number, places, score

TEMPLATE = "feedback.typ"


def standing_sentence(one: RoundFeedback) -> str:
    """The place as an interval, in words; empty where there is none."""
    if one.rank_low is None or one.rank_high is None:
        return ""
    if one.rank_low == one.rank_high:
        return _(
            "By the marks your entry has place %(place)s of %(entries)s in at least 90 of 100 recalculations.",
            place=number(one.rank_low), entries=number(one.entries),
        )  # fmt: skip
    return _(
        "By the marks your entry lies between place %(low)s and place %(high)s of %(entries)s in 90 of 100 recalculations.",
        low=number(one.rank_low), high=number(one.rank_high), entries=number(one.entries),
    )  # fmt: skip


def score_sentence(one: RoundFeedback) -> str:
    if one.estimate is None:
        return ""
    said = score(one.estimate)
    if one.scale is not None:
        low, high = (score(end, 0 if end % 1_000_000 == 0 else 1) for end in one.scale)
        said = _("%(score)s on a scale from %(low)s to %(high)s", score=said, low=low, high=high)
    if one.quantiles:
        low, high = score(one.quantiles[0]), score(one.quantiles[-1])
        said = _(
            "%(score)s; in 90 of 100 recalculations between %(low)s and %(high)s",
            score=said,
            low=low,
            high=high,
        )
    return said


def held_sentence(held: int) -> str:
    if not held:
        return ""
    return ngettext(
        "%(num)d more judge wrote words that are not shown: they would have told who the judge is.",
        "%(num)d more judges wrote words that are not shown: they would have told who the judges are.",
        held,
    )


def too_few() -> str:
    return _(
        "Fewer than three sheets count for your entry in this round. Nothing is shown of them, so that nobody can tell"
        " what one judge gave."
    )


def document(entry: OwnEntry, feedback: Feedback, published: datetime) -> dict[str, Any]:
    own = language(current()) or "en"
    return {
        "lang": own,
        "dir": dir_of(current()),
        "title": printed(_("What judging says of your entry")),
        "reference": entry.reference,
        "name": printed(entry.title),
        "demo": _("Demonstration: nobody judged such an entry.") if entry.demo else "",
        "facts": [
            {"name": name, "value": printed(value)}
            for name, value in (
                (_("Programme"), entry.programme_name),
                (_("Edition"), entry.edition_name),
                (_("Category"), feedback.category),
                (_("Entrant"), entry.entrant["name"]),
                (_("Results published"), day_time(published)),
            )
        ],
        "rounds": [_round(one) for one in feedback.rounds],
        "words": {
            "page": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
            "criterion": _("Criterion"),
            "drawn": _("Your entry and the category"),
            "score": _("Score"),
            "middle": _("Middle"),
            "key": _("Dot: your entry. Band: the middle half of the category. Bar: its middle."),
            "judges": _("In the words of judges"),
            "none": _("No judge wrote words to you."),
            "confidential": _("For the entrant. Whether to show it to others is yours to decide."),
            "incomplete": _(
                "Some letters are boxes here: the machine that made this paper has no font for them. The text in"
                " the service is whole."
            ),
        },
    }


def _round(one: RoundFeedback) -> dict[str, Any]:
    values = [
        value
        for criterion in one.criteria
        for value in (
            criterion.estimate,
            *((criterion.beside.low, criterion.beside.high) if criterion.beside else ()),
        )
    ]
    across = axis(values)
    facts: Sequence[tuple[str, str]] = (
        (_("Place"), _("%(places)s of %(entries)s", places=places(one.rank_low, one.rank_high), entries=number(one.entries))
         if one.rank_low is not None and one.rank_high is not None else ""),
        (_("Score over all criteria"), score_sentence(one)),
        (_("Judges who read it"), number(one.sheets) if one.enough else ""),
    )  # fmt: skip
    return {
        "name": printed(one.name),
        "standing": printed(standing_sentence(one) if one.enough else too_few()),
        "enough": one.enough,
        "facts": [{"name": name, "value": printed(value)} for name, value in facts if value],
        "criteria": [
            {
                "name": printed(criterion.name),
                "score": score(criterion.estimate),
                "middle": score(criterion.beside.middle) if criterion.beside else "–",
                "at": _at(across, criterion.estimate),
                "beside": _beside(across, criterion.beside),
            }
            for criterion in one.criteria
        ],
        "words": [paragraphs(text) for text in one.words],
        "held": held_sentence(one.held),
    }


def _at(across: Axis, value: int) -> str:
    return across.at(value)


def _beside(across: Axis, found: Spread | None) -> list[str]:
    return [across.at(value) for value in (found.low, found.middle, found.high)] if found else []
