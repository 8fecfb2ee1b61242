"""How an edition judges, and how it judged, in sentences that anybody can follow. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.editions.document import EditionDocument, PrizePart, RoundPart
from awards.editions.prize_words import either, tiers
from awards.editions.prize_words import whom as whom_of
from awards.panels.rules import Aside
from awards.results.awarding import CASCADE, RING_FENCED
from awards.web.i18n import _, ngettext
from judging import Rule


class RoundSaid(Struct, frozen=True):
    """What holds of a round beforehand, and what was counted once a publication says it."""

    part: RoundPart
    rules: tuple[str, ...]
    counted: tuple[str, ...]


def rounds_said(document: EditionDocument, numbers: Mapping[str, Any]) -> tuple[RoundSaid, ...]:
    counted = {one["code"]: one for one in numbers.get("rounds", ())}
    last = document.rounds[-1].code if document.rounds else ""
    return tuple(
        RoundSaid(
            part,
            tuple(_rules(part, is_first=place == 0, is_last=part.code == last)),
            tuple(_counted(counted[part.code])) if part.code in counted else (),
        )
        for place, part in enumerate(document.rounds)
    )


def _rules(part: RoundPart, *, is_first: bool, is_last: bool) -> list[str]:
    found = []
    if part.blind:
        found.append(_("Judges are not told who entered."))
    if part.kind == "pass or fail":
        found.append(_("Each judge says of every entry whether it passes."))
        rule, share = part.method.advance
        if rule == "threshold" and not is_last:
            found.append(
                _("Who reaches a share of passes of %(share)s goes on to the next round.", share=share)
            )
        elif not is_last:
            found.append(_goes_on(rule, share))
        return found
    found.append(
        ngettext(
            "Every entry is read by %(num)d judge, who marks each criterion.",
            "Every entry is read by %(num)d judges, each by themselves; they mark each criterion.",
            part.sheets_wanted,
        )
    )
    found.append(way_of(part.method.rule))
    if part.method.decimals is not None:
        found.append(
            ngettext(
                "Each criterion is rounded to %(num)d decimal before it is weighed.",
                "Each criterion is rounded to %(num)d decimals before it is weighed.",
                part.method.decimals,
            )
        )
    if part.method.confidence:
        found.append(
            _(
                "Judges say how sure they are of each sheet, and the surer sheets of a judge weigh more than the others of the same judge."
            )
        )
    if part.method.carried_weight and not is_first:
        found += [brought_along(part.method.carried_weight), mean_alone()]
    names = {one.code: one.name for one in part.criteria}
    for number, (rule, value) in enumerate(part.method.tie_breaks):
        said = _tie_break(rule, value, names)
        found.append(
            _("Where that does not part them, %(rule)s.", rule=said)
            if number
            else _("Of two entries with the same score, %(rule)s.", rule=said)
        )
    found.append(_("What no rule decides is a tie, and is shown as one."))
    if not is_last:
        found.append(_goes_on(*part.method.advance))
    return found


def brought_along(weight: int) -> str:
    return ngettext(
        "What an entry scored in the round before counts here too, with the weight %(num)d beside those of the criteria.",
        "What an entry scored in the round before counts here too, with the weight %(num)d beside those of the criteria.",
        weight,
    )


def mean_alone() -> str:
    """Of a round into which totals are carried over."""
    return _("Scores hold what is carried over from the round before; the plain mean is of this round alone.")


def mean_untold() -> str:
    return _("No plain mean stands where it would tell what one or two judges gave.")


def way_of(rule: str) -> str:
    """How scores come about, so that a reader could work one out."""
    return {
        Rule.CALIBRATED.value: _(
            "How much a judge is stricter or milder than the others in a criterion, as far as the marks show it, is taken out of every mark of that judge. What remains is averaged, and a score is the mean of the criteria by their weights."
        ),
        Rule.LEAST_SQUARES.value: _(
            "How much a judge is stricter or milder than the others in a criterion, estimated by least squares, is taken in full out of every mark of that judge. What remains is averaged, and a score is the mean of the criteria by their weights."
        ),
        Rule.MEAN.value: _(
            "Marks count as they were given, as if all judges were equally strict. They are averaged, and a score is the mean of the criteria by their weights."
        ),
        Rule.MEDIAN.value: _(
            "Marks count as they were given, as if all judges were equally strict. In each criterion the middle mark counts, or the mean of the middle two, and a score is the mean of the criteria by their weights."
        ),
        Rule.TRIMMED.value: _(
            "Marks count as they were given, as if all judges were equally strict. Of three or more marks in a criterion one highest and one lowest are left out and the others averaged, and a score is the mean of the criteria by their weights."
        ),
        Rule.Z_SCORE.value: _(
            "All marks of a judge in a criterion are moved and stretched until they have the mean and the spread of all judges’ marks together, as if every judge had read equally good entries. Where all marks have the mean 6.5 and the spread 2, a 7 of a judge with the mean 6 and the spread 1 counts as 6.5 + (7 − 6) × 2 ÷ 1 = 8.5. A judge who always gave the same mark is left out. What comes of it is averaged, and a score is the mean of the criteria by their weights."
        ),
        Rule.MIN_MAX.value: _(
            "All marks of a judge in a criterion are stretched until they reach from the lowest to the highest mark of all judges together, as if every judge had read one of the best entries and one of the worst. Where all marks lie from 2 to 10, a 7 of a judge who gave from 4 to 8 counts as 2 + (7 − 4) × (10 − 2) ÷ (8 − 4) = 8. A judge who always gave the same mark is left out. What comes of it is averaged, and a score is the mean of the criteria by their weights."
        ),
    }.get(rule, rule)


def _tie_break(rule: str, value: str, names: Mapping[str, str]) -> str:
    return {
        "criterion": _(
            "the one that scores higher in “%(criterion)s” stands before", criterion=names.get(value, value)
        ),
        "raw": _("the one with the higher plain mean stands before"),
        "sheets": _("the one that more judges read stands before"),
    }.get(rule, rule)


def _goes_on(rule: str, value: str) -> str:
    if rule == "top" and value.isdigit():
        return ngettext(
            "The first of each category goes on to the next round.",
            "The first %(num)d of each category go on to the next round.",
            int(value),
        )
    if rule == "threshold":
        return _("Who scores at least %(score)s goes on to the next round.", score=value)
    return _("Who goes on to the next round is chosen by people, who give a reason.")


def _counted(one: Mapping[str, Any]) -> list[str]:
    found = [
        _(
            "%(entries)s were read by %(judges)s, who signed %(sheets)s.",
            entries=ngettext("%(num)d entry", "%(num)d entries", one["entries"]),
            judges=ngettext("%(num)d judge", "%(num)d judges", one["judges"]),
            sheets=ngettext("%(num)d sheet", "%(num)d sheets", one["sheets"]),
        )
    ]
    if one["further"]:
        found.append(
            ngettext(
                "%(num)d of them was read in addition, where the first reading did not settle a prize.",
                "%(num)d of them were read in addition, where the first reading did not settle a prize.",
                one["further"],
            )
        )
    if one["handed_back"]:
        found.append(
            ngettext(
                "Judges stepped aside from %(num)d entry that they had been given.",
                "Judges stepped aside %(num)d times from an entry that they had been given.",
                one["handed_back"],
            )
        )
    found += [_aside(code, count) for code, count in one["aside"].items()]
    return found


def _aside(code: str, count: int) -> str:
    sheets = ngettext("%(num)d sheet is", "%(num)d sheets are", count)
    if code == Aside.VOIDED:
        return _(
            "%(sheets)s left out by two people of the secretariat, whose reason is on record.", sheets=sheets
        )
    if code == Aside.RULE:
        return _(
            "%(sheets)s left out because a rule of the edition keeps that judge from that entry.",
            sheets=sheets,
        )
    return _("%(sheets)s left out because of an interest of the judge that was known later.", sheets=sheets)


def left_out(numbers: Mapping[str, Any]) -> list[str]:
    """Entries that did not come to be judged, and why."""
    entries = numbers.get("entries", {})
    found = []
    if entries.get("ineligible"):
        found.append(
            ngettext(
                "%(num)d entry was not eligible; its city was told why and could appeal.",
                "%(num)d entries were not eligible; their cities were told why and could appeal.",
                entries["ineligible"],
            )
        )
    found += [
        _("“%(question)s” No: %(count)d", question=one["question"], count=one["count"])
        for one in numbers.get("ineligible", ())
    ]
    if entries.get("withdrawn"):
        found.append(
            ngettext(
                "%(num)d entry was withdrawn by its city.",
                "%(num)d entries were withdrawn by their cities.",
                entries["withdrawn"],
            )
        )
    return found


def prizes_said(document: EditionDocument) -> list[str]:
    """How many there are by rank, and whom the others are for."""
    found = tiers(document)
    for prize in document.prizes:
        whom = whom_of(prize.values)
        if prize.kind == RING_FENCED and whom:
            found.append(
                _("%(prize)s is for the best of: %(whom)s.", prize=_name(prize, document), whom=whom)
            )
        elif prize.kind == CASCADE:
            found.append(_next(prize, whom, document))
        elif prize.kind == "outside":
            found.append(
                _(
                    "%(prize)s stands outside the order: people give it, with a reason.",
                    prize=_name(prize, document),
                )
            )
    return found


def _next(prize: PrizePart, whom: str, document: EditionDocument) -> str:
    """A prize that passes over who holds others."""
    others = {one.name: None for one in document.prizes if one.code in prize.said("past")}
    past = either(list(others)) or _("a prize by rank")
    return _(
        "%(prize)s goes to the best of: %(whom)s, passing over who has %(past)s.",
        prize=_name(prize, document), whom=whom or _("all"), past=past,
    )  # fmt: skip


def _name(prize: PrizePart, document: EditionDocument) -> str:
    named = next((one.name for one in document.categories if one.code == prize.category), "")
    return f"{prize.name} ({named})" if named else prize.name


def disclosed(level: str) -> str:
    return {
        "sums": _("The result pack holds, of every entry and of every judge’s label, the sums of marks: enough to recompute every score, and no single mark."),
        "marks": _("The result pack holds every mark, under labels without names."),
        "results": _("The result pack holds the results; the marks are recomputed by the auditor."),
    }.get(level, "")  # fmt: skip
