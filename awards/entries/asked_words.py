"""What a form asks for, in words, before anybody opens it. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from awards.editions.document import QuestionKind
from awards.editions.queries import QuestionRow
from awards.editions.stored import Limits
from awards.web.i18n import _, ngettext


class AskedRow(Struct, frozen=True):
    label: str
    what: str
    required: bool
    narrowed: bool


def asked_rows(questions: Iterable[QuestionRow]) -> tuple[AskedRow, ...]:
    return tuple(
        AskedRow(one.label, asked_in_words(one.kind, one.limits), one.required, bool(one.categories))
        for one in questions
    )


def asked_in_words(kind: QuestionKind, limits: Limits) -> str:
    match kind:
        case QuestionKind.SHORT_TEXT:
            return _words(limits) or _("one line")
        case QuestionKind.LONG_TEXT:
            return _words(limits) or _("a text")
        case QuestionKind.NUMBER:
            return _("a number in %(unit)s", unit=limits.unit) if limits.unit else _("a number")
        case QuestionKind.FILE:
            return ngettext("a file", "up to %(num)d files", max(limits.most_files, 1))
        case QuestionKind.SEVERAL_OF:
            return ngettext("any of %(num)d answers", "any of %(num)d answers", len(limits.options))
        case QuestionKind.ONE_OF:
            return ngettext("one of %(num)d answers", "one of %(num)d answers", len(limits.options))
    return {
        QuestionKind.YES_OR_NO: _("yes or no"),
        QuestionKind.WEB_ADDRESS: _("a web address"),
        QuestionKind.DATE: _("a date"),
        QuestionKind.INDICATORS: _("a table of numbers, before and after"),
    }[kind]


def _words(limits: Limits) -> str:
    least, most = limits.min_words, limits.max_words
    if least and most:
        return _("%(least)d to %(most)d words", least=least, most=most)
    if most:
        return ngettext("at most %(num)d word", "at most %(num)d words", most)
    return ngettext("at least %(num)d word", "at least %(num)d words", least) if least else ""
