"""How rules and limits stand in their columns, and back. Pure."""

from collections.abc import Mapping
from json import loads

from msgspec import Struct

from awards.editions.checklist import check_lines, checks_from
from awards.editions.document import ALWAYS, PAST_YEARS, EditionRules, QuestionPart
from judging import canonical_bytes

YES = "yes"


class Limits(Struct, frozen=True):
    """Words of a text (0 is no limit), the answers to choose from, a number's unit, how many files (0 is one)."""

    min_words: int = 0
    max_words: int = 0
    options: tuple[str, ...] = ()
    unit: str = ""
    most_files: int = 0


def limits_of(column: str) -> Limits:
    kept = loads(column) if column else {}
    return Limits(
        kept.get("min_words", 0),
        kept.get("max_words", 0),
        tuple(kept.get("options", ())),
        kept.get("unit", ""),
        kept.get("most_files", 0),
    )


def limits_text(part: QuestionPart) -> str:
    kept = {
        "min_words": part.min_words,
        "max_words": part.max_words,
        "options": list(part.options),
        "unit": part.unit,
        "most_files": part.most_files,
    }
    return canonical_bytes({name: value for name, value in kept.items() if value}).decode()


def show_if_of(column: str) -> tuple[str, str]:
    if not column:
        return ALWAYS
    code, answer = loads(column)
    return code, answer


def show_if_text(pair: tuple[str, str]) -> str:
    return "" if pair == ALWAYS else canonical_bytes(list(pair)).decode()


def ring_of(column: str) -> tuple[tuple[str, str], ...]:
    """Whom a prize is for, and whose holders it passes over."""
    return tuple((key, text) for key, text in loads(column)) if column else ()


def ring_text(values: tuple[tuple[str, str], ...]) -> str:
    return canonical_bytes([list(pair) for pair in values]).decode() if values else ""


def field_name(code: str) -> str:
    """What a field is called until somebody gives it a better name."""
    words = code.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def years_of(text: str) -> int:
    """What the rule on past posts keeps; one that says nothing has the default."""
    return int(text) if text.isascii() and text.isdigit() else PAST_YEARS


def rules_from(values: Mapping[str, str]) -> EditionRules:
    """From the rows of an edition; a rule without a row has its default."""
    default = EditionRules()
    most = values.get("entries_per_city")
    return EditionRules(
        entries_per_city=default.entries_per_city if most is None else int(most) if most else None,
        one_category_per_entry=values.get("one_category_per_entry", YES) == YES,
        who_may_enter=_words(values.get("who_may_enter"), default.who_may_enter),
        languages=_words(values.get("languages"), default.languages),
        late_edit=values.get("late_edit", default.late_edit),
        disclosure=values.get("disclosure", default.disclosure),
        terms=values.get("terms", default.terms),
        jury_public=values.get("jury_public", default.jury_public),
        declaration=values.get("declaration", default.declaration),
        most_files=_count(values, "most_files", default.most_files),
        most_file_mb=_count(values, "most_file_mb", default.most_file_mb),
        city_approval=values.get("city_approval") == YES,
        letter_question=values.get("letter_question", default.letter_question),
        members_only=values.get("members_only") == YES,
        earlier_winners=values.get("earlier_winners", default.earlier_winners),
        winner_years=_count(values, "winner_years", default.winner_years),
        maturity_months=_count(values, "maturity_months", default.maturity_months),
        maturity_question=values.get("maturity_question", default.maturity_question),
        checklist=checks_from(values["checklist"].splitlines())
        if "checklist" in values
        else default.checklist,
        screeners=_count(values, "screeners", default.screeners),
        excluded_by=_count(values, "excluded_by", default.excluded_by),
        appeal_days=_count(values, "appeal_days", default.appeal_days),
        late_sync=values.get("late_sync", default.late_sync),
        further_reads=values.get("further_reads", default.further_reads),
        licence=values.get("licence", default.licence),
    )


def rules_rows(rules: EditionRules) -> dict[str, str]:
    return {
        "entries_per_city": "" if rules.entries_per_city is None else str(rules.entries_per_city),
        "one_category_per_entry": YES if rules.one_category_per_entry else "no",
        "who_may_enter": ",".join(rules.who_may_enter),
        "languages": ",".join(rules.languages),
        "late_edit": rules.late_edit,
        "disclosure": rules.disclosure,
        "terms": rules.terms,
        "jury_public": rules.jury_public,
        "declaration": rules.declaration,
        "most_files": str(rules.most_files),
        "most_file_mb": str(rules.most_file_mb),
        "city_approval": YES if rules.city_approval else "no",
        "letter_question": rules.letter_question,
        "members_only": YES if rules.members_only else "no",
        "earlier_winners": rules.earlier_winners,
        "winner_years": str(rules.winner_years),
        "maturity_months": str(rules.maturity_months),
        "maturity_question": rules.maturity_question,
        "checklist": "\n".join(check_lines(rules.checklist)),
        "screeners": str(rules.screeners),
        "excluded_by": str(rules.excluded_by),
        "appeal_days": str(rules.appeal_days),
        "late_sync": rules.late_sync,
        "further_reads": rules.further_reads,
        "licence": rules.licence,
    }


def _count(values: Mapping[str, str], code: str, default: int) -> int:
    kept = values.get(code)
    return default if kept is None else int(kept)


def _words(value: str | None, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if value is None else tuple(word for word in value.split(",") if word)
