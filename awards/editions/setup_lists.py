"""The sections of the set-up that are lists: milestones, categories, questions, scales, rounds, criteria, prizes."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from awards.editions.document import (
    AUDIENCES,
    MILESTONES,
    PRIZE_KINDS,
    ROUND_KINDS,
    CategoryPart,
    CriterionPart,
    EditionDocument,
    MilestonePart,
    PrizePart,
    QuestionKind,
    QuestionPart,
    RoundMethod,
    RoundPart,
    ScalePart,
)
from awards.editions.setup import (
    Answers,
    Field,
    ListSection,
    Typed,
    choices,
    local,
    with_list,
    zone_hint,
)
from awards.web.frame import Choice
from awards.web.i18n import _
from judging.rounds import Rule
from judging.scales import Scale


def _names(document: EditionDocument) -> tuple[Choice, ...]:
    return tuple(Choice(one.code, one.name) for one in document.categories)


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
    )


def _category_values(_document: EditionDocument, part: CategoryPart | None) -> Typed:
    return {"name": part.name, "description": part.description} if part else {"name": "", "description": ""}


def _category(_document: EditionDocument, code: str, answers: Answers, _old: Any) -> CategoryPart:
    return CategoryPart(code, answers.text("name"), answers.text("description"))


def _question_fields(document: EditionDocument) -> tuple[Field, ...]:
    audiences = {
        "judges": _("Judges"),
        "secretariat": _("The secretariat only"),
        "public": _("Judges, and everybody if the entry wins"),
    }
    return (
        Field("text", "label", _("Question")),
        Field("text", "section", _("Section of the form"), optional=True),
        Field("text", "hint", _("Hint"), optional=True),
        Field("select", "kind", _("Kind of answer"), choices=choices(*(one.value for one in QuestionKind))),
        Field("textarea", "options", _("Answers to choose from"), _("One on a line."), optional=True),
        Field("checkbox", "required", _("It must be answered")),
        Field("number", "min_words", _("Fewest words"), optional=True),
        Field("number", "max_words", _("Most words"), optional=True),
        Field("radios", "audience", _("Who reads the answer"),
              choices=tuple(Choice(word, audiences[word]) for word in AUDIENCES)),
        Field("checkbox", "hidden_when_blind", _("Hide the answer where judges may not know the city")),
        Field("checkboxes", "categories", _("Categories"), _("Tick none for all."), choices=_names(document)),
    )  # fmt: skip


def _question_values(_document: EditionDocument, part: QuestionPart | None) -> Typed:
    part = part or QuestionPart("", "", "")
    return {
        "label": part.label,
        "section": part.section,
        "hint": part.hint,
        "kind": part.kind.value,
        "options": "\n".join(part.options),
        "required": "1" if part.required else "",
        "min_words": str(part.min_words or ""),
        "max_words": str(part.max_words or ""),
        "audience": part.audience,
        "hidden_when_blind": "1" if part.hidden_when_blind else "",
        "categories": part.categories,
    }


def _question(_document: EditionDocument, code: str, answers: Answers, _old: Any) -> QuestionPart:
    return QuestionPart(
        code=code,
        section=answers.text("section"),
        label=answers.text("label"),
        kind=answers.one_of("kind", QuestionKind, QuestionKind.LONG_TEXT),
        hint=answers.text("hint"),
        required=answers.ticked("required"),
        min_words=answers.whole("min_words"),
        max_words=answers.whole("max_words"),
        options=answers.lines("options"),
        audience=answers.text("audience"),
        hidden_when_blind=answers.ticked("hidden_when_blind"),
        categories=answers.many("categories"),
    )


def _scale_fields(_document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field("number", "lowest", _("Lowest mark")),
        Field("number", "highest", _("Highest mark")),
        Field("number", "step", _("Step"), _("1, or a part such as 0.25.")),
        Field("text", "low_label", _("Words at the low end"), optional=True),
        Field("text", "high_label", _("Words at the high end"), optional=True),
    )


def scale_of(part: ScalePart) -> Scale:
    return Scale(part.origin_milli, part.step_milli, part.top)


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


def _round_fields(document: EditionDocument) -> tuple[Field, ...]:
    methods = {
        Rule.CALIBRATED: _("Severity-adjusted score (advised)"),
        Rule.LEAST_SQUARES: _("Least squares"),
        Rule.MEAN: _("Plain mean"),
        Rule.MEDIAN: _("Median"),
        Rule.TRIMMED: _("Mean without the highest and the lowest"),
        Rule.Z_SCORE: _("Z-scores of each judge"),
        Rule.MIN_MAX: _("Each judge’s range made equal"),
    }
    return (
        Field("text", "name", _("Name")),
        Field("datetime", "opens", _("Judges mark from"), zone_hint(document.zone)),
        Field("datetime", "closes", _("Until"), zone_hint(document.zone)),
        Field("number", "sheets_wanted", _("Sheets for each entry")),
        Field("radios", "kind", _("What judges give"), choices=choices(*ROUND_KINDS)),
        Field("checkbox", "blind", _("Judges do not see which city enters")),
        Field("checkbox", "confidence", _("Judges say how sure they are, and it counts")),
        Field("checkbox", "bridge_first", _("Judges begin with entries that many of them read")),
        Field("select", "method", _("Method that decides"), choices=tuple(Choice(r.value, methods[r]) for r in Rule)),
        Field("number", "draws", _("Random draws for the intervals")),
        Field("number", "seed", _("Seed of the draws"), _("Any whole number; the same seed gives the same draws.")),
        Field("textarea", "tie_breaks", _("Tie-breaks"), _("One on a line, in their order: criterion:CODE, raw or sheets."),
              optional=True),
        Field("number", "decimals", _("Round each criterion to so many decimals"), _("For plain methods."), optional=True),
    )  # fmt: skip


def _round_values(document: EditionDocument, part: RoundPart | None) -> Typed:
    method = part.method if part else RoundMethod()
    breaks = "\n".join(f"{rule}:{value}" if value else rule for rule, value in method.tie_breaks)
    return {
        "name": part.name if part else "",
        "opens": local(part.opens, document.zone) if part else "",
        "closes": local(part.closes, document.zone) if part else "",
        "sheets_wanted": str(part.sheets_wanted if part else 3),
        "kind": part.kind if part else "criteria",
        "blind": "1" if part and part.blind else "",
        "confidence": "1" if part and part.confidence else "",
        "bridge_first": "1" if part and part.bridge_first else "",
        "method": method.rule,
        "draws": str(method.draws),
        "seed": str(method.seed),
        "tie_breaks": breaks,
        "decimals": "" if method.decimals is None else str(method.decimals),
    }


def _round(_document: EditionDocument, code: str, answers: Answers, old: RoundPart | None) -> RoundPart:
    breaks = (line.partition(":") for line in answers.lines("tie_breaks"))
    return RoundPart(
        code=code,
        name=answers.text("name"),
        opens=answers.moment("opens"),
        closes=answers.moment("closes"),
        kind=answers.text("kind"),
        blind=answers.ticked("blind"),
        confidence=answers.ticked("confidence"),
        bridge_first=answers.ticked("bridge_first"),
        sheets_wanted=answers.whole("sheets_wanted"),
        method=RoundMethod(
            rule=answers.text("method"),
            draws=answers.whole("draws"),
            seed=answers.whole("seed"),
            tie_breaks=tuple((rule.strip(), value.strip()) for rule, _colon, value in breaks),
            decimals=answers.whole("decimals") if answers.text("decimals") else None,
            confidence=answers.ticked("confidence"),
        ),
        criteria=old.criteria if old else (),
    )


def _prize_fields(document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field("text", "name", _("Name")),
        Field("select", "category", _("Where"),
              choices=(Choice("", _("The whole edition")), *_names(document))),
        Field("number", "position", _("Order"), _("1 is the highest prize.")),
        Field("number", "places", _("How many places")),
        Field("radios", "kind", _("How it is given"), choices=(
            Choice(PRIZE_KINDS[0], _("By rank")), Choice(PRIZE_KINDS[1], _("Outside the ranking, with a reason")))),
    )  # fmt: skip


def _prize_values(_document: EditionDocument, part: PrizePart | None) -> Typed:
    part = part or PrizePart("", "", 1)
    return {
        "name": part.name,
        "category": part.category,
        "position": str(part.position),
        "places": str(part.places),
        "kind": part.kind,
    }


def _prize(_document: EditionDocument, code: str, answers: Answers, _old: Any) -> PrizePart:
    return PrizePart(
        code,
        answers.text("name"),
        answers.whole("position"),
        answers.whole("places"),
        answers.text("category"),
        answers.text("kind"),
    )


def _milestone_row(document: EditionDocument, part: MilestonePart) -> tuple[str, str]:
    shown = local(part.at, document.zone).replace("T", " ")
    return part.kind, _("%(time)s in %(zone)s", time=shown, zone=document.zone)


def _prize_row(document: EditionDocument, part: PrizePart) -> tuple[str, str]:
    names = {one.code: one.name for one in document.categories}
    return part.name, names.get(part.category, _("The whole edition"))


def lists() -> dict[str, ListSection]:
    """In the order of the task list; titles in the reader's language."""
    found = (
        ListSection("milestones", "milestone", _("Milestones"), _("milestone"), lambda d: d.milestones,
                    with_list("milestones"), _milestone_fields, _milestone_values, _milestone, _milestone_row, "kind"),
        ListSection("categories", "category", _("Categories"), _("category"), lambda d: d.categories,
                    with_list("categories"), _category_fields, _category_values, _category,
                    lambda _d, part: (part.name, part.description)),
        ListSection("questions", "question", _("Questions of the entry form"), _("question"), lambda d: d.questions,
                    with_list("questions"), _question_fields, _question_values, _question,
                    lambda _d, part: (part.label, part.section)),
        ListSection("scales", "scale", _("Scales"), _("scale"), lambda d: d.scales, with_list("scales"),
                    _scale_fields, _scale_values, _scale, lambda _d, part: (
                        part.code, _("%(low)s to %(high)s", low=scale_of(part).text(0),
                                     high=scale_of(part).text(part.top)))),
        ListSection("rounds", "round", _("Rounds"), _("round"), lambda d: d.rounds, with_list("rounds"),
                    _round_fields, _round_values, _round, lambda d, part: (
                        part.name, _("%(opens)s to %(closes)s in %(zone)s", opens=local(part.opens, d.zone),
                                     closes=local(part.closes, d.zone), zone=d.zone).replace("T", " "))),
        ListSection("prizes", "prize", _("Prizes"), _("prize"), lambda d: d.prizes, with_list("prizes"),
                    _prize_fields, _prize_values, _prize, _prize_row),
    )  # fmt: skip
    return {one.slug: one for one in found}


def kinds_of_milestone(document: EditionDocument) -> tuple[str, ...]:
    """Those that the edition has not got yet."""
    known = {one.kind for one in document.milestones}
    return tuple(kind for kind in MILESTONES if kind not in known)


def criteria(round_code: str) -> ListSection:
    """The criteria of one round; a weight is asked for in each category, empty is not judged there."""

    def parts(document: EditionDocument) -> tuple[CriterionPart, ...]:
        return next(one.criteria for one in document.rounds if one.code == round_code)

    def replaced(document: EditionDocument, new: tuple[CriterionPart, ...]) -> EditionDocument:
        rounds = (replace(one, criteria=new) if one.code == round_code else one for one in document.rounds)
        return replace(document, rounds=tuple(rounds))

    return ListSection("criteria", "criterion", _("Criteria"), _("criterion"), parts, replaced,
                       _criterion_fields, _criterion_values, _criterion, lambda _d, part: (
                           part.name, ", ".join(sorted({str(weight) for _code, weight in part.weights}))))  # fmt: skip


def _criterion_fields(document: EditionDocument) -> tuple[Field, ...]:
    scales = tuple(Choice(one.code, one.code) for one in document.scales)
    return (
        Field("text", "name", _("Name")),
        Field("text", "question", _("Question to the judge"), optional=True),
        Field("select", "scale", _("Scale"), choices=scales),
        *(
            Field("number", f"weight-{one.code}", _("Weight in %(category)s", category=one.name),
                  _("Empty where it is not judged."), optional=True)
            for one in document.categories
        ),
        Field("textarea", "rubric", _("Rubric"),
              _("One level on a line: the lowest mark that it holds for, an equals sign, and the words."), optional=True),
    )  # fmt: skip


def _criterion_values(document: EditionDocument, part: CriterionPart | None) -> Typed:
    weights = dict(part.weights) if part else {}
    rubric = ""
    if part:
        scale = scale_of(next(one for one in document.scales if one.code == part.scale))
        rubric = "\n".join(f"{scale.text(mark)} = {text}" for mark, text in part.rubric)
    return {
        "name": part.name if part else "",
        "question": part.question if part else "",
        "scale": part.scale if part else "",
        **{f"weight-{one.code}": str(weights.get(one.code, "")) for one in document.categories},
        "rubric": rubric,
    }


def _criterion(document: EditionDocument, code: str, answers: Answers, _old: Any) -> CriterionPart:
    weights = (
        (one.code, answers.whole(f"weight-{one.code}"))
        for one in document.categories
        if answers.text(f"weight-{one.code}")
    )
    scale = next((one for one in document.scales if one.code == answers.text("scale")), None)
    return CriterionPart(
        code=code,
        name=answers.text("name"),
        question=answers.text("question"),
        scale=answers.text("scale"),
        weights=tuple(weights),
        rubric=_rubric(answers, scale) if scale else (),
    )


def _rubric(answers: Answers, scale: ScalePart) -> tuple[tuple[int, str], ...]:
    levels: dict[int, str] = {}
    for line in answers.lines("rubric"):
        value, sign, text = line.partition("=")
        try:
            mark = scale_of(scale).mark_of(value.strip())
        except ValueError:
            mark = -1
        if mark < 0 or not sign or mark in levels:
            answers.errors["rubric"] = _(
                "“%(line)s” is no level: write a mark of the scale, once each, an equals sign and the words",
                line=line[:60],
            )
        else:
            levels[mark] = text.strip()
    return tuple(sorted(levels.items()))
