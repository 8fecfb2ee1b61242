"""From the tables of an edition file to a document. Each function reads one kind of table."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from msgspec.structs import replace

from awards.editions.checklist import check_lines, checks_from
from awards.editions.checks import Problem, is_zone
from awards.editions.document import (
    ALWAYS,
    CONFLICT_DEFAULTS,
    PAST_YEARS,
    CategoryPart,
    CriterionPart,
    EditionDocument,
    EditionRules,
    Effect,
    MilestonePart,
    PrizePart,
    ProgrammePart,
    QuestionKind,
    QuestionPart,
    RoundMethod,
    RoundPart,
    ScalePart,
)
from awards.editions.starter import STARTERS, prize_sets, questions_of
from awards.exchange.toml_reader import Reader
from awards.web.i18n import _
from judging.scales import Scale

EACH = "each category"
WHOLE = "whole edition"

Choice = TypeVar("Choice", bound=StrEnum)


def read_edition(data: Mapping[str, Any], problems: list[Problem]) -> tuple[EditionDocument, list[int]]:
    """The document, and for every prize of it the place in the file of the table that it came from."""
    top = Reader(data, (), problems)
    programme = _programme(top.table("programme", needed=True))
    head = top.table("edition", needed=True)
    zone = head.text("zone", programme.zone)
    categories = tuple(_category(one) for one in top.tables("category"))
    codes = [one.code for one in categories]
    scales = tuple(_scale(one) for one in top.tables("scale"))
    prizes, sources = _prizes(top, codes)
    against = top.table("conflicts")
    document = EditionDocument(
        programme=programme,
        slug=head.text("slug"),
        name=head.text("name"),
        year=head.whole("year"),
        zone=zone,
        lang=head.text("lang", programme.lang),
        origin=head.text("origin", "run"),
        demo=head.flag("demo"),
        summary=head.text("summary", ""),
        milestones=tuple(_milestone(one, zone) for one in top.tables("milestone")),
        rules=_rules(top.table("rules")),
        categories=categories,
        questions=(
            *_begun_with(top.table("form")),
            *(_question(one, zone) for one in top.tables("question")),
        ),
        scales=scales,
        rounds=tuple(_round(one, zone, codes, scales) for one in top.tables("round")),
        conflicts=_conflicts(against),
        past_years=against.whole("past_years", PAST_YEARS),
        prizes=prizes,
    )
    head.finish()
    top.finish()
    return document, sources


def _programme(table: Reader) -> ProgrammePart:
    part = ProgrammePart(
        slug=table.text("slug"),
        name=table.text("name"),
        zone=table.text("zone", "UTC"),
        lang=table.text("lang", "en"),
        contact=table.text("contact", ""),
    )
    table.finish()
    return part


def _milestone(table: Reader, zone: str) -> MilestonePart:
    part = MilestonePart(
        kind=table.text("kind"),
        at=table.moment("at", _zone(table, zone)),
        note=table.text("note", ""),
        public=table.flag("public", True),
    )
    table.finish()
    return part


def _zone(table: Reader, zone: str) -> str:
    from_here = table.text("zone", zone)
    if from_here != zone and not is_zone(from_here):
        table.wrong("zone", _("“%(zone)s” is no time zone; use one such as Asia/Seoul", zone=from_here))
    return from_here


def _rules(table: Reader) -> EditionRules:
    default = EditionRules()
    most: int | None = default.entries_per_city
    if table.raw("entries_per_city") == "no limit":
        most = None
    elif table.has("entries_per_city"):
        most = table.whole("entries_per_city")
    rules = EditionRules(
        entries_per_city=most,
        one_category_per_entry=table.flag("one_category_per_entry", default.one_category_per_entry),
        who_may_enter=table.texts("who_may_enter", default.who_may_enter),
        languages=table.texts("languages", default.languages),
        late_edit=table.text("late_edit", default.late_edit),
        disclosure=table.text("disclosure", default.disclosure),
        terms=table.text("terms", default.terms),
        jury_public=table.text("jury_public", default.jury_public),
        declaration=table.text("declaration", default.declaration),
        most_files=table.whole("most_files", default.most_files),
        most_file_mb=table.whole("most_file_mb", default.most_file_mb),
        city_approval=table.flag("city_approval", default.city_approval),
        letter_question=table.text("letter_question", default.letter_question),
        members_only=table.flag("members_only", default.members_only),
        earlier_winners=table.text("earlier_winners", default.earlier_winners),
        winner_years=table.whole("winner_years", default.winner_years),
        maturity_months=table.whole("maturity_months", default.maturity_months),
        maturity_question=table.text("maturity_question", default.maturity_question),
        checklist=checks_from(table.texts("checklist", check_lines(default.checklist))),
        screeners=table.whole("screeners", default.screeners),
        excluded_by=table.whole("excluded_by", default.excluded_by),
        appeal_days=table.whole("appeal_days", default.appeal_days),
        late_sync=table.text("late_sync", default.late_sync),
        further_reads=table.text("further_reads", default.further_reads),
        licence=table.text("licence", default.licence),
    )
    table.finish()
    return rules


def _conflicts(table: Reader) -> tuple[tuple[str, Effect], ...]:
    known = dict(CONFLICT_DEFAULTS)
    for code in table.keys():  # noqa: SIM118  # a method of Reader, not of a dictionary
        if code == "past_years":
            continue
        known[code] = _choice(table, code, Effect, known.get(code, Effect.FORBID))
    return tuple(known.items())


def _choice(table: Reader, key: str, kind: type[Choice], default: Choice) -> Choice:
    value = table.text(key, default.value)
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        table.wrong(key, _("“%(value)s” is not known; use one of: %(known)s", value=value, known=known))
        return default


def _category(table: Reader) -> CategoryPart:
    part = CategoryPart(
        table.text("code"), table.text("name"), table.text("description", ""), table.texts("fields")
    )
    table.finish()
    return part


def _begun_with(table: Reader) -> tuple[QuestionPart, ...]:
    """The questions of a form that comes with the software; those of the file follow them."""
    name = table.text("begin_with", "")
    table.finish()
    if name and name not in STARTERS:
        known = ", ".join(STARTERS)
        table.wrong(
            "begin_with", _("“%(value)s” is not known; use one of: %(known)s", value=name, known=known)
        )
    return questions_of(name) if name in STARTERS else ()


def _question(table: Reader, zone: str) -> QuestionPart:
    part = QuestionPart(
        code=table.text("code"),
        section=table.text("section", ""),
        label=table.text("label"),
        kind=_choice(table, "kind", QuestionKind, QuestionKind.LONG_TEXT),
        hint=table.text("hint", ""),
        required=table.flag("required", True),
        min_words=table.whole("min_words", 0),
        max_words=table.whole("max_words", 0),
        options=table.texts("options"),
        audience=table.text("audience", "judges"),
        hidden_when_blind=table.flag("hidden_when_blind"),
        categories=table.texts("categories"),
        unit=table.text("unit", ""),
        most_files=table.whole("most_files", 0),
        show_if=_show_if(table),
        frozen_at=table.moment("frozen_at", zone) if table.has("frozen_at") else None,
    )
    table.finish()
    return part


def _show_if(table: Reader) -> tuple[str, str]:
    given = table.texts("show_if")
    match given:
        case (code, answer):
            return code, answer
        case ():
            return ALWAYS
    table.wrong("show_if", _('“show_if” names a question and its answer, such as ["on-behalf", "yes"]'))
    return ALWAYS


def _scale(table: Reader) -> ScalePart:
    lowest, step = _milli(table, "lowest", "0"), _milli(table, "step", "1")
    highest = _milli(table, "highest", "10")
    top = 0
    if step <= 0:
        table.wrong("step", _("The step of a scale must be more than 0"))
    elif highest <= lowest or (highest - lowest) % step:
        table.wrong("highest", _("The highest mark must lie a whole number of steps above the lowest"))
    else:
        top = (highest - lowest) // step
    part = ScalePart(
        code=table.text("code"),
        origin_milli=lowest,
        step_milli=max(step, 1),
        top=max(top, 1),
        low_label=table.text("low_label", ""),
        high_label=table.text("high_label", ""),
    )
    table.finish()
    return part


def _milli(table: Reader, key: str, default: str) -> int:
    value = table.decimal(key, default)
    if abs(value) > 1_000_000 or value * 1000 != int(value * 1000):
        table.wrong(key, _("“%(key)s” can have three digits after the point at most", key=key))
        return int(Decimal(default) * 1000)
    return int(value * 1000)


def _round(table: Reader, zone: str, categories: Sequence[str], scales: Sequence[ScalePart]) -> RoundPart:
    zone = _zone(table, zone)
    confidence = table.flag("confidence")
    part = RoundPart(
        code=table.text("code"),
        name=table.text("name"),
        opens=table.moment("opens", zone),
        closes=table.moment("closes", zone),
        kind=table.text("kind", "criteria"),
        blind=table.flag("blind"),
        confidence=confidence,
        not_enough_evidence=table.flag("not_enough_evidence"),
        bridge_first=table.flag("bridge_first"),
        sheets_wanted=table.whole("sheets_wanted", 3),
        method=_method(table, confidence),
        criteria=tuple(_criterion(one, categories, scales) for one in table.tables("criterion")),
    )
    table.finish()
    return part


def _method(table: Reader, confidence: bool) -> RoundMethod:
    default = RoundMethod()
    rule = table.text("method", default.rule)
    return RoundMethod(
        rule=default.rule if rule == "gls" else rule,
        draws=table.whole("draws", default.draws),
        seed=table.whole("seed", default.seed),
        tie_breaks=tuple((rule, value) for rule, _colon, value in (
            one.partition(":") for one in table.texts("tie_breaks")
        )),
        decimals=table.whole("decimals", 0) if table.has("decimals") else None,
        confidence=confidence,
        carried_weight=table.whole("carried_weight", 0),
        advance=_rule_and_value(table.text("advance", "")),
    )  # fmt: skip


def _rule_and_value(text: str) -> tuple[str, str]:
    rule, _colon, value = text.partition(":")
    return rule.strip(), value.strip()


def _criterion(table: Reader, categories: Sequence[str], scales: Sequence[ScalePart]) -> CriterionPart:
    scale = table.text("scale", scales[0].code if len(scales) == 1 else None)
    part = CriterionPart(
        code=table.text("code"),
        name=table.text("name"),
        question=table.text("question", ""),
        scale=scale,
        weights=_weights(table, categories),
        rubric=_rubric(table.table("rubric"), next((one for one in scales if one.code == scale), None)),
    )
    table.finish()
    return part


def _weights(table: Reader, categories: Sequence[str]) -> tuple[tuple[str, int], ...]:
    if table.has("weight") and table.has("weights"):
        table.wrong("weight", _("Give either one weight for all categories or weights by category"))
    if table.has("weight"):
        weight = table.whole("weight")
        return tuple((code, weight) for code in categories)
    weights = table.table("weights")
    return tuple((code, weights.whole(code)) for code in weights.keys())  # noqa: SIM118  # a method of Reader


def _rubric(table: Reader, scale: ScalePart | None) -> tuple[tuple[int, str], ...]:
    levels: list[tuple[int, str]] = []
    for value in table.keys():  # noqa: SIM118  # a method of Reader, not of a dictionary
        text = table.text(value)
        if scale is None:
            continue
        try:
            mark = Scale(scale.origin_milli, scale.step_milli, scale.top).mark_of(value)
        except ValueError:
            table.wrong(
                value, _("%(value)s is no mark of the scale “%(code)s”", value=value, code=scale.code)
            )
            continue
        if mark in dict(levels):
            table.wrong(value, _("The rubric has this mark twice"))
        levels.append((mark, text))
    return tuple(levels)


def _prizes(top: Reader, categories: Sequence[str]) -> tuple[tuple[PrizePart, ...], list[int]]:
    """A prize of each category is written once and stands for one in every category."""
    prizes: list[PrizePart] = [*_given_before(top.table("prizes"), categories)]
    # Those have no table of their own: what is wrong with one is shown at the first that has.
    sources: list[int] = [0] * len(prizes)
    for index, table in enumerate(top.tables("prize")):
        code, name, where = table.text("code"), table.text("name"), table.text("in", EACH)
        before = sum(one.category == where for one in prizes)
        if where == EACH:
            before = sum(one.category == categories[0] for one in prizes) if categories else 0
        elif where == WHOLE:
            before = sum(not one.category for one in prizes)
        position = table.whole("position", before + 1)
        places, kind, values = table.whole("places", 1), table.text("kind", "ranked"), _ring(table)
        scopes = categories if where == EACH else ("",) if where == WHOLE else (where,)
        for category in scopes:
            own = f"{code}-{category}" if where == EACH else code
            prizes.append(PrizePart(own, name, position, places, category, kind, values))
            sources.append(index)
        table.finish()
    known = {one.code for one in prizes}
    return tuple(replace(one, values=_near(one, known, categories)) for one in prizes), sources


def _given_before(table: Reader, categories: Sequence[str]) -> tuple[PrizePart, ...]:
    """The prizes of a past edition in every category; those of the file follow them."""
    name = table.text("begin_with", "")
    table.finish()
    if name and name not in prize_sets():
        known = ", ".join(prize_sets())
        table.wrong(
            "begin_with", _("“%(value)s” is not known; use one of: %(known)s", value=name, known=known)
        )
    return prize_sets()[name].prizes(categories) if name in prize_sets() else ()


def _ring(table: Reader) -> tuple[tuple[str, str], ...]:
    named = (("region", "regions"), ("country", "countries"), ("kind", "entrants"), ("past", "past"))
    return tuple(sorted({(key, text) for key, name in named for text in table.texts(name)}))


def _near(prize: PrizePart, known: Collection[str], categories: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Where it names others that are in each category, a prize in each means its own, one over all means all of them."""

    def meant(text: str) -> list[str]:
        near = [f"{text}-{one}" for one in ([prize.category] if prize.category else categories)]
        found = [] if text in known else [code for code in near if code in known]
        return found or [text]

    return tuple(
        sorted(
            (key, code) for key, text in prize.values for code in (meant(text) if key == "past" else [text])
        )
    )
