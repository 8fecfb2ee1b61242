"""From a document to the text of an edition file, in one fixed order: equal editions give equal texts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from awards.editions.checklist import check_lines
from awards.editions.document import (
    ALWAYS,
    CriterionPart,
    EditionDocument,
    EditionRules,
    PrizePart,
    QuestionKind,
    QuestionPart,
    RoundMethod,
    RoundPart,
    ScalePart,
)
from awards.editions.round_method import BY_HAND
from awards.exchange.edition_reading import EACH, WHOLE
from judging.scales import Scale, decimal_text

Value = str | int | bool | datetime | Sequence[str] | None


def show(document: EditionDocument) -> str:
    """The file that gives this document back."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: EditionDocument) -> Iterator[str]:
    programme, rules, zone = document.programme, document.rules, ZoneInfo(document.zone)
    yield "[programme]"
    yield from _pairs(slug=programme.slug, name=programme.name, zone=programme.zone, lang=programme.lang)
    yield from _pairs(contact=programme.contact or None)
    yield "\n[edition]"
    yield from _pairs(slug=document.slug, name=document.name, year=document.year)
    yield from _pairs(zone=document.zone, lang=document.lang)
    yield from _pairs(
        origin=document.origin if document.origin != "run" else None, demo=document.demo or None
    )
    yield from _pairs(summary=document.summary or None)
    for milestone in document.milestones:
        yield "\n[[milestone]]"
        yield from _pairs(kind=milestone.kind, at=milestone.at.astimezone(zone))
        yield from _pairs(note=milestone.note or None, public=None if milestone.public else False)
    yield "\n[rules]"
    most = rules.entries_per_city
    yield from _pairs(entries_per_city="no limit" if most is None else most)
    yield from _pairs(one_category_per_entry=rules.one_category_per_entry, who_may_enter=rules.who_may_enter)
    yield from _pairs(languages=rules.languages, late_edit=rules.late_edit, disclosure=rules.disclosure)
    yield from _pairs(terms=rules.terms, jury_public=rules.jury_public)
    yield from _pairs(declaration=rules.declaration or None)
    yield from _pairs(
        **{name: value for name in _SAID_IF_CHANGED if (value := _changed(rules, name)) is not None}
    )
    if rules.checklist != EditionRules().checklist:
        yield from _pairs(checklist=check_lines(rules.checklist))
    for category in document.categories:
        yield "\n[[category]]"
        yield from _pairs(code=category.code, name=category.name, description=category.description or None)
        yield from _pairs(fields=category.fields or None)
    for question in document.questions:
        yield from _question(question, zone)
    for scale in document.scales:
        yield from _scale(scale)
    for part in document.rounds:
        yield from _round(part, document)
    yield "\n[conflicts]"
    yield from _pairs(**{code: effect.value for code, effect in document.conflicts})
    yield from _pairs(past_years=document.past_years)
    yield from _prizes(document)


# Rules that came later: a file is silent about those that nobody changed.
_SAID_IF_CHANGED = (
    "most_files",
    "most_file_mb",
    "city_approval",
    "letter_question",
    "members_only",
    "earlier_winners",
    "winner_years",
    "maturity_months",
    "maturity_question",
    "screeners",
    "excluded_by",
    "appeal_days",
    "late_sync",
    "further_reads",
    "licence",
)


def _changed(rules: EditionRules, name: str) -> Any:
    value = getattr(rules, name)
    return value if value != getattr(EditionRules(), name) else None


def _question(part: QuestionPart, zone: ZoneInfo) -> Iterator[str]:
    yield "\n[[question]]"
    yield from _pairs(code=part.code, section=part.section or None, label=part.label)
    yield from _pairs(kind=part.kind.value if part.kind is not QuestionKind.LONG_TEXT else None)
    yield from _pairs(hint=part.hint or None, required=None if part.required else False)
    yield from _pairs(min_words=part.min_words or None, max_words=part.max_words or None)
    yield from _pairs(options=part.options or None)
    yield from _pairs(audience=part.audience if part.audience != "judges" else None)
    yield from _pairs(hidden_when_blind=part.hidden_when_blind or None, categories=part.categories or None)
    yield from _pairs(unit=part.unit or None, most_files=part.most_files or None)
    yield from _pairs(show_if=part.show_if if part.show_if != ALWAYS else None)
    yield from _pairs(frozen_at=part.frozen_at.astimezone(zone) if part.frozen_at else None)


def _scale(part: ScalePart) -> Iterator[str]:
    scale = Scale(part.origin_milli, part.step_milli, part.top)
    yield "\n[[scale]]"
    yield from _pairs(code=part.code)
    yield f"lowest = {scale.text(0)}"
    yield f"highest = {scale.text(part.top)}"
    yield f"step = {_units(part.step_milli)}"
    yield from _pairs(low_label=part.low_label or None, high_label=part.high_label or None)


def _units(milli: int) -> str:
    text = decimal_text(milli, 3)
    return text.rstrip("0").rstrip(".")


def _round(part: RoundPart, document: EditionDocument) -> Iterator[str]:
    method, default, zone = part.method, RoundMethod(), ZoneInfo(document.zone)
    yield "\n[[round]]"
    yield from _pairs(code=part.code, name=part.name)
    yield from _pairs(opens=part.opens.astimezone(zone), closes=part.closes.astimezone(zone))
    yield from _pairs(kind=part.kind if part.kind != "criteria" else None, blind=part.blind or None)
    yield from _pairs(confidence=part.confidence or None, bridge_first=part.bridge_first or None)
    yield from _pairs(not_enough_evidence=part.not_enough_evidence or None)
    yield from _pairs(sheets_wanted=part.sheets_wanted, method=method.rule)
    yield from _pairs(draws=method.draws if method.draws != default.draws else None, seed=method.seed)
    breaks = [f"{rule}:{value}" if value else rule for rule, value in method.tie_breaks]
    yield from _pairs(tie_breaks=breaks or None, decimals=method.decimals)
    yield from _pairs(carried_weight=method.carried_weight or None)
    yield from _pairs(advance=":".join(method.advance) if method.advance != BY_HAND else None)
    scales = {one.code: Scale(one.origin_milli, one.step_milli, one.top) for one in document.scales}
    for criterion in part.criteria:
        yield "\n[[round.criterion]]"
        yield from _criterion(criterion, [one.code for one in document.categories], scales[criterion.scale])


def _criterion(part: CriterionPart, categories: Sequence[str], scale: Scale) -> Iterator[str]:
    yield from _pairs(code=part.code, name=part.name, question=part.question or None, scale=part.scale)
    weights = dict(part.weights)
    if weights and set(weights) == set(categories) and len(set(weights.values())) == 1:
        yield from _pairs(weight=next(iter(weights.values())))
    elif weights:
        inside = ", ".join(f"{_key(code)} = {weight}" for code, weight in part.weights)
        yield f"weights = {{ {inside} }}"
    if part.rubric:
        yield "[round.criterion.rubric]"
        for mark, text in part.rubric:
            yield f"{_key(scale.text(mark))} = {_text(text)}"


def _prizes(document: EditionDocument) -> Iterator[str]:
    left = list(document.prizes)
    for prize in document.prizes:
        if prize not in left:
            continue
        same, code = _in_every_category(prize, document)
        for one in same:
            left.remove(one)
        yield "\n[[prize]]"
        where = EACH if code else prize.category or WHOLE
        yield from _pairs(code=code or prize.code, name=prize.name)
        yield from _pairs(**{"in": where}, position=prize.position, places=prize.places)
        yield from _pairs(kind=prize.kind if prize.kind != "ranked" else None)
        yield from _pairs(regions=prize.said("region") or None, countries=prize.said("country") or None)
        yield from _pairs(entrants=prize.said("kind") or None)
        past = [text for key, text in _own(prize, document) if key == "past"] if code else prize.said("past")
        yield from _pairs(past=past or None)


def _in_every_category(prize: PrizePart, document: EditionDocument) -> tuple[list[PrizePart], str]:
    """The prizes that this one stands for, and the code that they share; or this one alone."""
    code = prize.code.removesuffix(f"-{prize.category}")
    if prize.category and code != prize.code:
        wanted = {f"{code}-{one.code}": one.code for one in document.categories}
        same = [one for one in document.prizes if wanted.get(one.code) == one.category]
        shape = {(one.name, one.position, one.places, one.kind, _own(one, document)) for one in same}
        if len(same) == len(wanted) and len(shape) == 1:
            return same, code
    return [prize], ""


def _own(prize: PrizePart, document: EditionDocument) -> tuple[tuple[str, str], ...]:
    """Whom a prize is for; prizes of its own category by the code that these share with the other categories."""
    codes = {one.code for one in document.prizes}

    def short(code: str) -> str:
        found = code.removesuffix(f"-{prize.category}")
        return code if found in codes else found

    return tuple(sorted((key, short(text) if key == "past" else text) for key, text in prize.values))


def _pairs(**values: Value) -> Iterator[str]:
    for key, value in values.items():
        if value is not None:
            yield f"{_key(key)} = {_value(value)}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _text(value)
        case datetime():
            offset = value.utcoffset()
            # TOML knows offsets of whole minutes only; some zones once had others.
            odd = offset is None or offset.total_seconds() % 60
            return (value.astimezone(UTC) if odd else value).isoformat()
        case None:
            raise AssertionError("left out before")
        case _:
            return f"[{', '.join(map(_text, value))}]"


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else _basic(key)


def _text(value: str) -> str:
    if "\n" not in value:
        return _basic(value)
    lines = "\n".join(_escaped(line) for line in value.split("\n"))
    return f'"""\n{lines}"""'


def _basic(value: str) -> str:
    return f'"{_escaped(value)}"'


def _escaped(line: str) -> str:
    plain = line.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(
        f"\\u{ord(letter):04x}" if (letter < " " and letter != "\t") or letter == "\x7f" else letter
        for letter in plain
    )
