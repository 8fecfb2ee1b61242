"""States, answers, references, the two texts of a lost race: pure rules of entries."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.editions.rules import EditionState
from awards.editions.stored import Limits
from awards.entries.answering import Asked, answer_problem, tidy
from awards.entries.comparing import differences
from awards.entries.rules import (
    ENTRY_MOVES,
    WRITABLE,
    Call,
    EntryState,
    Late,
    may_write,
    reference_prefix,
)

AT = datetime(2026, 4, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CALL = Call(EditionState.OPEN, AT - DAY, AT)


def asked(kind: str = "long text", *, required: bool = True, **limits: object) -> Asked:
    return Asked(
        1,
        "",
        "q",
        kind,
        "What?",
        "",
        required,
        "judges",
        False,
        Limits(**limits),
    )


MOVES = {
    ("draft", "submitted"), ("draft", "withdrawn"), ("submitted", "eligible"), ("submitted", "ineligible"),
    ("submitted", "withdrawn"), ("eligible", "withdrawn"), ("ineligible", "eligible"),
    ("ineligible", "withdrawn"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(EntryState, EntryState)))
def test_every_move_of_an_entry(before: EntryState, after: EntryState) -> None:
    assert (after in ENTRY_MOVES[before]) == ((before.value, after.value) in MOVES)


@pytest.mark.parametrize(("state", "edition"), list(product(EntryState, EditionState)))
def test_an_entry_is_written_only_in_an_open_edition_before_a_decision(
    state: EntryState, edition: EditionState
) -> None:
    now = AT - timedelta(milliseconds=1)
    refusal = may_write(state, Call(edition, AT - DAY, AT), now)
    assert (refusal is None) == (edition is EditionState.OPEN and state in WRITABLE)
    assert not isinstance(refusal, Late)


@pytest.mark.parametrize("state", EntryState)
def test_at_its_own_instant_the_call_is_over(state: EntryState) -> None:
    assert isinstance(may_write(state, CALL, AT), Late)


def test_a_call_without_dates_is_not_open() -> None:
    assert may_write(EntryState.DRAFT, Call(EditionState.OPEN, None, None), AT) is not None


@pytest.mark.parametrize(
    ("programme", "year", "prefix"),
    [
        ("wego-awards", 2026, "WG26"),
        ("wego", 2031, "WG31"),
        ("seoul-smart-city-prize", 2025, "SSCP25"),
        ("skating", 2017, "SK17"),
        ("aeio", 2005, "AE05"),
        ("2027", 2027, "NT27"),
    ],
)
def test_references_name_their_programme_and_year(programme: str, year: int, prefix: str) -> None:
    assert reference_prefix(programme, year) == prefix


@pytest.mark.parametrize(
    ("question", "value", "problem"),
    [
        (asked(), " \n ", "Answer “What?”"),
        (asked(required=False), "", ""),
        (asked(min_words=2), "one", "Write at least 2 words; the answer has 1"),
        (asked(max_words=2), "one two three", "Write at most 2 words; the answer has 3"),
        (asked(min_words=2, max_words=2), "one two", ""),
        (asked(required=False, min_words=2), "one", "Write at least 2 words; the answer has 1"),
        (asked("number"), "12.5", ""),
        (asked("number"), "-3", ""),
        (asked("number"), "twelve", "Enter a number, such as 1200 or 3.5"),
        (asked("number"), "1e9", "Enter a number, such as 1200 or 3.5"),
        (asked("number"), "NaN", "Enter a number, such as 1200 or 3.5"),
        (asked("yes or no"), "maybe", "Choose yes or no"),
        (asked("one of", options=("A", "B")), "C", "Choose one of the answers"),
        (asked("several of", options=("A", "B")), "A\nB", ""),
        (asked("several of", options=("A", "B")), "A\nC", "Choose among the answers"),
        (asked("web address"), "https://city.example/a?b=c", ""),
        (asked("web address"), "javascript:alert(1)", "Enter a web address that begins with https://"),
        (asked("web address"), "http://[", "Enter a web address that begins with https://"),
        (asked("short text"), "x" * 501, "The answer can have 500 characters at most; it has 501"),
    ],
)
def test_what_an_answer_lacks(question: Asked, value: str, problem: str) -> None:
    assert answer_problem(question, value) == problem


@pytest.mark.parametrize(
    ("question", "typed", "kept"),
    [
        (asked(), ("\n text \n\n",), " text"),
        (asked("short text"), ("  two\n words ",), "two words"),
        (asked("number"), ("１２,０００",), "12000"),
        (asked("several of", options=("A", "B", "C")), ("C", "A"), "A\nC"),
        (asked("several of", options=("A",)), ("", "X"), "X"),
        (asked("one of"), (), ""),
    ],
)
def test_what_is_kept_of_an_answer(question: Asked, typed: tuple[str, ...], kept: str) -> None:
    assert tidy(question, typed) == kept


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_stand_whole_beside_each_other(one: str, other: str) -> None:
    left, right = differences(one, other)
    assert "".join(text for _kind, text in left) == one
    assert "".join(text for _kind, text in right) == other
    assert {kind for kind, _text in left} <= {"same", "del"}
    assert {kind for kind, _text in right} <= {"same", "ins"}
