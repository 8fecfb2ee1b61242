"""Text as it is kept: what nobody sees is not stored, what people typed is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.accounts.forms import ChangePerson
from awards.web.fields import BadInput, clean
from awards.web.forms import parse
from awards.web.frame import FormErrors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\ttab", "a\ttab"),
        ("soft\vbreak\fpage\x85next\u2028line\u2029paragraph", "soft\nbreak\npage\nnext\nline\nparagraph"),
        ("bell\x07 escape\x1b[31m delete\x7f c1\x9b", "bell escape[31m delete c1"),
        ("서울 São Paulo דוגמה 🏙\u200d🌱", "서울 São Paulo דוגמה 🏙\u200d🌱"),
    ],
)
def test_unseen_controls_are_dropped_and_ends_of_lines_are_one(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b"])
def test_what_no_database_keeps_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        clean(typed)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_cleaned_text_holds_no_control_and_stays_as_it_is(typed: str) -> None:
    kept = clean(typed)
    assert not {letter for letter in kept if unicodedata.category(letter) == "Cc"} - {"\n", "\t"}
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Amina \u202egnoL\u202c", "Amina gnoL"),
        ("\u2066Amina\u2069 \u200fDiallo\u061c", "Amina Diallo"),
        ("Amina\nDiallo", "Amina Diallo"),
    ],
)
def test_a_name_keeps_the_direction_of_its_letters_and_one_line(typed: str, kept: str) -> None:
    person = parse(ChangePerson, {"name": typed})
    assert isinstance(person, ChangePerson)
    assert person.name == kept


def test_a_name_of_nothing_but_marks_is_no_name() -> None:
    assert isinstance(parse(ChangePerson, {"name": "\u202e\u202c"}), FormErrors)
