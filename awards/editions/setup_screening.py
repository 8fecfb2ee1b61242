"""The section of the set-up on screening: the checklist, how many look, how many keep out, the appeal."""

from msgspec.structs import replace

from awards.editions.checklist import check_lines, checks_from
from awards.editions.document import EditionDocument
from awards.editions.setup import Answers, Field, Typed
from awards.web.frame import Choice
from awards.web.i18n import _


def screening_fields(_document: EditionDocument) -> tuple[Field, ...]:
    return (
        Field(
            "textarea", "checklist", _("What screeners ask of every entry"),
            _("One question on a line, after a short code and a colon, such as language: Can judges read it?"
              " “Yes” must mean that nothing is wrong."),
            optional=True,
        ),
        Field(
            "radios", "screeners", _("How many people screen an entry"),
            choices=(
                Choice("1", _("One")),
                Choice("2", _("Two, who do not see each other’s answers until both are done")),
            ),
        ),
        Field(
            "radios", "excluded_by", _("How many people it takes to find an entry not eligible"),
            choices=(
                Choice("2", _("Two: another person reads the reason and confirms it")),
                Choice("1", _("One, where one person screens")),
            ),
        ),
        Field(
            "number", "appeal_days", _("Days for an appeal"),
            _("The city of an entry that is not eligible can appeal once. 0 is no appeal."),
        ),
    )  # fmt: skip


def screening_values(document: EditionDocument) -> Typed:
    rules = document.rules
    return {
        "checklist": "\n".join(check_lines(rules.checklist)),
        "screeners": str(rules.screeners),
        "excluded_by": str(rules.excluded_by),
        "appeal_days": str(rules.appeal_days),
    }


def screening_change(document: EditionDocument, answers: Answers) -> EditionDocument:
    return replace(
        document,
        rules=replace(
            document.rules,
            checklist=checks_from(answers.lines("checklist")),
            screeners=answers.whole("screeners", document.rules.screeners),
            excluded_by=answers.whole("excluded_by", document.rules.excluded_by),
            appeal_days=answers.whole("appeal_days", document.rules.appeal_days),
        ),
    )
