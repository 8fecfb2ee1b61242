"""The section of the set-up that says who may enter beyond their kind, and with what."""

from msgspec.structs import replace

from awards.editions.document import EARLIER_WINNERS, EditionDocument, QuestionKind
from awards.editions.setup import Answers, Field, Section, Typed
from awards.web.frame import Choice
from awards.web.i18n import _


def entering() -> Section:
    return Section("entering", _("Who may enter, and with what"), _fields, _values, _change, ("rules",))


def _fields(document: EditionDocument) -> tuple[Field, ...]:
    winners = {
        "may enter": _("They may enter like everybody"),
        "another practice": _("They may enter, but not the practice that won"),
        "after some years": _("They may enter again after some years"),
    }
    return (
        Field(
            "checkbox", "city_approval", _("Who enters on behalf of a city needs its approval"),
            _("A firm or a public body names the city, and the city’s officials approve or decline on their page."),
        ),
        Field(
            "select", "letter_question", _("Question that takes a letter of the city instead"),
            _("A letter there stands in for the approval until the screening, where you read it."),
            optional=True, choices=_questions(document, QuestionKind.FILE),
        ),
        Field(
            "checkbox", "members_only", _("Members of the programme only"),
            _("A member is who stands as one in the list of members when the call closes. The city that an entry counts for is the one that is asked about."),
        ),
        Field(
            "radios", "earlier_winners", _("Cities that won in an earlier edition"),
            _("Counted by what is published of this programme’s earlier editions."),
            choices=tuple(Choice(word, winners[word]) for word in EARLIER_WINNERS),
        ),
        Field(
            "number", "winner_years", _("Years before a winner may enter again"),
            _("Counts only where winners enter again after some years: 3 keeps out who won in the three years before."),
        ),
        Field(
            "number", "maturity_months", _("Months that a practice must have been running"),
            _("Counted at the deadline. 0 is no rule."),
        ),
        Field(
            "select", "maturity_question", _("Question that says since when it is running"),
            _("A question for a date."), optional=True, choices=_questions(document, QuestionKind.DATE),
        ),
    )  # fmt: skip


def _questions(document: EditionDocument, kind: QuestionKind) -> tuple[Choice, ...]:
    return tuple(Choice(one.code, one.label) for one in document.questions if one.kind is kind)


def _values(document: EditionDocument) -> Typed:
    rules = document.rules
    return {
        "city_approval": "1" if rules.city_approval else "",
        "letter_question": rules.letter_question,
        "members_only": "1" if rules.members_only else "",
        "earlier_winners": rules.earlier_winners,
        "winner_years": str(rules.winner_years),
        "maturity_months": str(rules.maturity_months),
        "maturity_question": rules.maturity_question,
    }


def _change(document: EditionDocument, answers: Answers) -> EditionDocument:
    return replace(
        document,
        rules=replace(
            document.rules,
            city_approval=answers.ticked("city_approval"),
            letter_question=answers.text("letter_question"),
            members_only=answers.ticked("members_only"),
            earlier_winners=answers.text("earlier_winners"),
            winner_years=answers.whole("winner_years", document.rules.winner_years),
            maturity_months=answers.whole("maturity_months"),
            maturity_question=answers.text("maturity_question"),
        ),
    )
