"""The entry form as data: what each kind may say, when a question is asked, how questions change places."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from awards.editions.checks import problems_of
from awards.editions.differences import difference, in_words
from awards.editions.document import (
    CategoryPart,
    EditionDocument,
    MilestonePart,
    ProgrammePart,
    QuestionKind,
    QuestionPart,
    plain,
)
from awards.editions.entry_form import (
    code_for,
    condition_in_words,
    gathered,
    moved,
    section_moved,
    section_renamed,
)
from awards.editions.starter import questions_of
from awards.editions.stored import limits_of, limits_text, show_if_of, show_if_text
from judging import sha256_of
from tests.factories import AT

DAY = timedelta(days=1)
YES_NO, FILE, NUMBER = QuestionKind.YES_OR_NO, QuestionKind.FILE, QuestionKind.NUMBER


def form(*questions: QuestionPart, **more: Any) -> EditionDocument:
    return EditionDocument(
        ProgrammePart("wego", "WeGO"), "2027", "Edition 2027", 2027,
        milestones=(MilestonePart("opens", AT), MilestonePart("closes", AT + 30 * DAY)),
        categories=(CategoryPart("a", "A"), CategoryPart("b", "B")),
        questions=questions, **more,
    )  # fmt: skip


def ask(code: str, **more: Any) -> QuestionPart:
    return QuestionPart(code, more.pop("section", "One"), f"{code.title()}?", **more)


def said(*questions: QuestionPart) -> str:
    return " ".join(f"{'.'.join(map(str, one.place))}: {one.text}" for one in problems_of(form(*questions)))


BEHALF = ask("behalf", kind=YES_NO)
STAGE = ask("stage", kind=QuestionKind.ONE_OF, options=("Trial", "In use"))

WRONG = {
    "no question before": ((ask("letter", show_if=("behalf", "yes")), BEHALF), "no question before this one"),
    "itself": ((replace(BEHALF, show_if=("behalf", "yes")),), "no question before this one"),
    "free words": ((ask("why"), ask("more", show_if=("why", "money"))), "answered in free words"),
    "no such answer": ((STAGE, ask("when", show_if=("stage", "Planned"))), "use one of: Trial, In use"),
    "no yes": ((BEHALF, ask("letter", show_if=("behalf", "maybe"))), "use one of: yes, no"),
    "another category": (
        (replace(BEHALF, categories=("a",)), ask("letter", show_if=("behalf", "yes"))), "nobody there could answer it",
    ),
    "a wider category": (
        (replace(BEHALF, categories=("a",)), ask("letter", show_if=("behalf", "yes"), categories=("a", "b"))),
        "nobody there could answer it",
    ),
    "a unit of a text": ((ask("why", unit="euros"),), "Only a number has a unit"),
    "a unit too long": ((ask("cost", kind=NUMBER, unit="x" * 61),), "60 characters at most"),
    "files of a text": ((ask("why", most_files=2),), "Only a question for files"),
    "too many files": ((ask("proof", kind=FILE, most_files=21),), "from 1 to 20"),
    "words of a date": ((ask("since", kind=QuestionKind.DATE, max_words=3),), "Only texts have limits"),
    "frozen before the call": ((ask("why", frozen_at=AT),), "only after the call opens"),
    "frozen after the deadline": ((ask("why", frozen_at=AT + 31 * DAY),), "every answer is frozen"),
    "an address of every entry": ((ask("uploads"),), "an address of every entry"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_form_that_does_not_fit_together(what: str) -> None:
    questions, why = WRONG[what]
    assert why in said(*questions)


def test_a_form_that_fits_together() -> None:
    several = ask("groups", kind=QuestionKind.SEVERAL_OF, options=("Old", "Young"), categories=("a",))
    assert not said(
        BEHALF,
        ask("letter", kind=FILE, most_files=3, show_if=("behalf", "yes"), categories=("b",)),
        ask("signed", kind=QuestionKind.DATE, show_if=("behalf", "no"), frozen_at=AT + 30 * DAY),
        several,
        ask("how", show_if=("groups", "Old"), categories=("a",)),
        ask("cost", kind=NUMBER, unit="euros"),
        ask("figures", kind=QuestionKind.INDICATORS),
    )


def test_what_came_later_leaves_older_hashes_as_they_were() -> None:
    before = {
        "code": "why", "section": "One", "label": "Why?", "kind": "long text", "hint": "", "required": True,
        "min_words": 0, "max_words": 0, "options": [], "audience": "judges", "hidden_when_blind": False,
        "categories": [],
    }  # fmt: skip
    assert plain(ask("why")) == before
    assert sha256_of(plain(ask("why"))) == sha256_of(before)
    later = plain(ask("why", show_if=("behalf", "yes"), frozen_at=AT))
    assert later["show_if"] == ["behalf", "yes"]
    assert later["frozen_at"] == AT.isoformat()


def test_columns_hold_what_a_question_says() -> None:
    part = ask("proof", kind=FILE, most_files=4)
    assert limits_of(limits_text(part)).most_files == 4
    assert limits_of(limits_text(ask("cost", kind=NUMBER, unit="€"))).unit == "€"
    assert show_if_of(show_if_text(("stage", 'In "use"'))) == ("stage", 'In "use"')
    assert show_if_text(part.show_if) == ""
    assert show_if_of("") == part.show_if


def test_differences_say_when_a_question_is_asked() -> None:
    old, new = form(BEHALF, ask("letter")), form(BEHALF, ask("letter", show_if=("behalf", "yes")))
    assert [in_words(one) for one in difference(old, new)] == [
        "changed: question “letter” show if, from always to behalf, yes"
    ]


def codes(document: EditionDocument) -> list[str]:
    return [one.code for one in document.questions]


def test_questions_and_sections_change_places() -> None:
    some = form(
        ask("a"), ask("b"), ask("c", section="Two"), ask("d", section="Two"), ask("e", section="Three")
    )
    assert codes(moved(some, "b", -1)) == ["b", "a", "c", "d", "e"]
    assert codes(moved(some, "c", 1)) == ["a", "b", "d", "c", "e"]
    # At the end of its section a question stays: another section is chosen in its form.
    assert codes(moved(some, "c", -1)) == codes(moved(some, "b", 1)) == codes(some)
    assert codes(section_moved(some, "Two", -1)) == ["c", "d", "a", "b", "e"]
    assert codes(section_moved(some, "Two", 1)) == ["a", "b", "e", "c", "d"]
    assert codes(section_moved(some, "Three", 1)) == codes(some)
    renamed = section_renamed(some, "Three", "One")
    assert codes(renamed) == ["a", "b", "e", "c", "d"]
    assert {one.section for one in renamed.questions} == {"One", "Two"}
    assert [one.code for one in gathered((some.questions[0], some.questions[2], some.questions[1]))] == [
        "a",
        "b",
        "c",
    ]


def test_a_code_is_made_of_the_question() -> None:
    assert code_for("What is the Problem, and who had it?", set()) == "what-problem"
    assert (
        code_for("What is the Problem, and who had it?", {"what-problem", "what-problem-2"})
        == "what-problem-3"
    )
    assert code_for("무엇입니까?", set()) == "question"
    assert code_for("Étage", set()) == "etage"


def test_the_form_that_comes_with_the_software() -> None:
    questions = questions_of("wego")
    assert not problems_of(form(*questions))
    assert gathered(questions) == questions
    kinds = {one.kind for one in questions}
    assert kinds == set(QuestionKind)
    sections = list(dict.fromkeys(one.section for one in questions))
    assert sections == ["The practice", "Problem", "Solution", "Results", "Innovation", "Inclusion", "Transferability",
                        "Budget and partners", "Evidence", "Nomination letter"]  # fmt: skip
    # What names people, places and partners is hidden from judges who may not know the city.
    hidden = {one.code for one in questions if one.hidden_when_blind}
    assert {"website", "team", "partners", "taken-up-by", "documents", "pictures", "video"} <= hidden
    letter = next(one for one in questions if one.code == "city-agrees")
    said = condition_in_words(form(*questions), letter)
    assert said == "Only if “Do you enter on behalf of a city?” is “Yes”"
    assert {one.audience for one in questions} == {"public", "judges", "secretariat"}
