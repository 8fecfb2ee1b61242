"""The sections of the set-up that are lists: milestones, categories, questions, scales, prizes; rounds beside."""

from decimal import Decimal, InvalidOperation
from typing import Any

from awards.editions.desk import milestone_name
from awards.editions.document import CategoryPart, EditionDocument, MilestonePart, ScalePart
from awards.editions.setup import (
    Answers,
    Field,
    ListSection,
    Typed,
    local,
    scale_of,
    with_list,
    zone_hint,
)
from awards.editions.setup_prizes import prize_fields, prize_part, prize_row, prize_values
from awards.editions.setup_questions import question_fields, question_part, question_values
from awards.editions.setup_rounds import round_fields, round_part, round_values
from awards.web.i18n import _
from judging.scales import Scale


def _milestone_fields(document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field("datetime", "at", _("When"), zone_hint(document.zone)),
        Field("text", "note", _("Note beside it"), optional=True),
        Field("checkbox", "public", _("Show it to the public")),
    )


def _milestone_values(document: EditionDocument, part: MilestonePart | None) -> Typed:
    if part is None:
        return {"at": "", "note": "", "public": "1"}
    return {"at": local(part.at, document.zone), "note": part.note, "public": "1" if part.public else ""}


def _milestone(document: EditionDocument, code: str, answers: Answers, _old: Any) -> MilestonePart:
    return MilestonePart(code, answers.moment("at"), answers.text("note"), answers.ticked("public"))


def _category_fields(_document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field("text", "name", _("Name")),
        Field("textarea", "description", _("Description"), _("What belongs here."), optional=True),
        Field("textarea", "fields", _("Fields"),
              _("One on a line, such as mobility or open-data. Judges say for each what they know of it, in every edition."),
              optional=True),
    )  # fmt: skip


def _category_values(_document: EditionDocument, part: CategoryPart | None) -> Typed:
    part = part or CategoryPart("", "")
    return {"name": part.name, "description": part.description, "fields": "\n".join(part.fields)}


def _category(_document: EditionDocument, code: str, answers: Answers, _old: Any) -> CategoryPart:
    fields = tuple("-".join(line.casefold().split()) for line in answers.lines("fields"))
    return CategoryPart(code, answers.text("name"), answers.text("description"), fields)


def _scale_fields(_document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field("number", "lowest", _("Lowest mark")),
        Field("number", "highest", _("Highest mark")),
        Field("number", "step", _("Step"), _("1, or a part such as 0.25.")),
        Field("text", "low_label", _("Words at the low end"), optional=True),
        Field("text", "high_label", _("Words at the high end"), optional=True),
    )


def _scale_values(_document: EditionDocument, part: ScalePart | None) -> Typed:
    part = part or ScalePart("")
    scale = scale_of(part)
    return {
        "lowest": scale.text(0),
        "highest": scale.text(part.top),
        "step": Scale(0, part.step_milli, 1).text(1),
        "low_label": part.low_label,
        "high_label": part.high_label,
    }


def _scale(_document: EditionDocument, code: str, answers: Answers, _old: Any) -> ScalePart:
    lowest, highest, step = (_milli(answers, name) for name in ("lowest", "highest", "step"))
    top = 1
    if step <= 0:
        answers.errors.setdefault("step", _("The step of a scale must be more than 0"))
    elif highest <= lowest or (highest - lowest) % step:
        answers.errors.setdefault(
            "highest", _("The highest mark must lie a whole number of steps above the lowest")
        )
    else:
        top = (highest - lowest) // step
    return ScalePart(code, lowest, max(step, 1), top, answers.text("low_label"), answers.text("high_label"))


def _milli(answers: Answers, name: str) -> int:
    try:
        value = Decimal(answers.text(name))
        if value.is_finite() and abs(value) <= 1_000_000 and value * 1000 == int(value * 1000):
            return int(value * 1000)
    except InvalidOperation:
        pass
    answers.errors[name] = _("Enter a number with three digits after the point at most")
    return 0


def _milestone_row(document: EditionDocument, part: MilestonePart) -> tuple[str, str]:
    shown = local(part.at, document.zone).replace("T", " ")
    return milestone_name(part.kind), _("%(time)s in %(zone)s", time=shown, zone=document.zone)


def lists() -> dict[str, ListSection]:
    """In the order of the task list; titles in the reader's language."""
    found = (
        ListSection("milestones", "milestone", _("Milestones"), _("milestone"), lambda d: d.milestones,
                    with_list("milestones"), _milestone_fields, _milestone_values, _milestone, _milestone_row, "kind"),
        ListSection("categories", "category", _("Categories"), _("category"), lambda d: d.categories,
                    with_list("categories"), _category_fields, _category_values, _category,
                    lambda _d, part: (part.name, part.description)),
        ListSection("questions", "question", _("Questions of the entry form"), _("question"), lambda d: d.questions,
                    with_list("questions"), question_fields, question_values, question_part,
                    lambda _d, part: (part.label, part.section)),
        ListSection("scales", "scale", _("Scales"), _("scale"), lambda d: d.scales, with_list("scales"),
                    _scale_fields, _scale_values, _scale, lambda _d, part: (
                        part.code, _("%(low)s to %(high)s", low=scale_of(part).text(0),
                                     high=scale_of(part).text(part.top)))),
        ListSection("rounds", "round", _("Rounds"), _("round"), lambda d: d.rounds, with_list("rounds"),
                    round_fields, round_values, round_part, lambda d, part: (
                        part.name, _("%(opens)s to %(closes)s in %(zone)s", opens=local(part.opens, d.zone),
                                     closes=local(part.closes, d.zone), zone=d.zone).replace("T", " "))),
        ListSection("prizes", "prize", _("Prizes"), _("prize"), lambda d: d.prizes, with_list("prizes"),
                    prize_fields, prize_values, prize_part, prize_row),
    )  # fmt: skip
    return {one.slug: one for one in found}
