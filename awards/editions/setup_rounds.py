"""The set-up of rounds and of the criteria in them."""

from typing import Any

from msgspec.structs import replace

from awards.editions.document import (
    ROUND_KINDS,
    CriterionPart,
    EditionDocument,
    RoundMethod,
    RoundPart,
    ScalePart,
)
from awards.editions.round_method import BY_HAND
from awards.editions.setup import Answers, Field, ListSection, Typed, choices, local, scale_of, zone_hint
from awards.web.frame import Choice
from awards.web.i18n import _
from judging.rounds import Rule


def round_fields(document: EditionDocument) -> tuple[Field, ...]:
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
        Field("checkbox", "not_enough_evidence", _("Judges may answer “not enough evidence” in place of a mark"),
              _("It counts as answered, and gives no score.")),
        Field("checkbox", "bridge_first", _("Calibration entries come first"),
              _("One or two entries that all judges read lead everybody’s list. They are chosen on the panel’s page.")),
        Field("select", "method", _("Method that decides"), choices=tuple(Choice(r.value, methods[r]) for r in Rule)),
        Field("number", "draws", _("Random draws for the intervals")),
        Field("number", "seed", _("Seed of the draws"), _("Any whole number; the same seed gives the same draws.")),
        Field("textarea", "tie_breaks", _("Tie-breaks"), _("One on a line, in their order: criterion:CODE, raw or sheets."),
              optional=True),
        Field("number", "decimals", _("Round each criterion to so many decimals"), _("For plain methods."), optional=True),
        Field("number", "carried_weight", _("What the score of the round before weighs"),
              _("In the units of the criteria’s weights; their sum is the weight of this round. Empty starts afresh."),
              optional=True),
        Field("radios", "advance", _("Who goes on to the next round"), _("Published before the round opens."), choices=(
            Choice("", _("Whom the secretariat chooses, each with a reason")),
            Choice("top", _("So many of each category, by rank")),
            Choice("threshold", _("Who reaches a score")),
        )),
        Field("text", "advance_value", _("How many, or which score"),
              _("Of a round of pass or fail: the share of passes, such as 0.5."), optional=True),
    )  # fmt: skip


def round_values(document: EditionDocument, part: RoundPart | None) -> Typed:
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
        "not_enough_evidence": "1" if part and part.not_enough_evidence else "",
        "bridge_first": "1" if part and part.bridge_first else "",
        "method": method.rule,
        "draws": str(method.draws),
        "seed": str(method.seed),
        "tie_breaks": breaks,
        "decimals": "" if method.decimals is None else str(method.decimals),
        "carried_weight": str(method.carried_weight or ""),
        "advance": method.advance[0],
        "advance_value": method.advance[1],
    }


def round_part(_document: EditionDocument, code: str, answers: Answers, old: RoundPart | None) -> RoundPart:
    breaks = (line.partition(":") for line in answers.lines("tie_breaks"))
    return RoundPart(
        code=code,
        name=answers.text("name"),
        opens=answers.moment("opens"),
        closes=answers.moment("closes"),
        kind=answers.text("kind"),
        blind=answers.ticked("blind"),
        confidence=answers.ticked("confidence"),
        not_enough_evidence=answers.ticked("not_enough_evidence"),
        bridge_first=answers.ticked("bridge_first"),
        sheets_wanted=answers.whole("sheets_wanted"),
        method=RoundMethod(
            rule=answers.text("method"),
            draws=answers.whole("draws"),
            seed=answers.whole("seed"),
            tie_breaks=tuple((rule.strip(), value.strip()) for rule, _colon, value in breaks),
            decimals=answers.whole("decimals") if answers.text("decimals") else None,
            confidence=answers.ticked("confidence"),
            carried_weight=answers.whole("carried_weight") if answers.text("carried_weight") else 0,
            advance=(rule, answers.text("advance_value")) if (rule := answers.text("advance")) else BY_HAND,
        ),
        criteria=old.criteria if old else (),
    )


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
