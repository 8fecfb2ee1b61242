"""Words as the library compares them."""

import pytest

from awards.publication.excerpts import ABOUT, excerpt
from awards.publication.terms import MOST_WANTED, terms_of, wanted_of


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("mobil", "Mobilité pour tous", True),
        ("MOBILITÉ", "mobilite", True),
        ("bilite", "Mobilité", False),
        ("ai", "AI in the sewers", True),
        ("ai", "air quality", False),
        ("air", "AI in the sewers", False),
        ("l'eau", "distribution de l’eau", True),
        ("서울", "서울특별시의 정책", True),
        ("시의정", "서울특별시의 정책", False),
        ("東京", "東京都の防災", True),
        ("京", "東京都", True),
        ("防災2030", "東京都の防災計画 2030", True),
        ("ул", "Ульяновск", False),
        ("улья", "Ульяновск", True),
        ("नगर", "नगर निगम", True),
        ("مدينة", "مدينة ذكية", True),
        ("ΑΘΗΝΑ", "Αθήνα", True),
        ("smart city", "City of smart people", True),
        ("smart town", "City of smart people", False),
    ],
)
def test_a_word_is_found_by_its_beginning(words: str, text: str, found: bool) -> None:
    terms = terms_of(text)
    assert all(one.is_in(terms) for one in wanted_of(words)) == found


def test_no_more_is_asked_for_than_anybody_types() -> None:
    assert len(wanted_of(" ".join(map(str, range(100, 200))))) == MOST_WANTED
    assert wanted_of(" % _ '\" \x00") == ()
    assert all(len(one.term) <= 60 for one in wanted_of("a" * 500))
    assert all(len(term) <= 60 for term in terms_of("a" * 500))


def test_an_excerpt_stands_around_the_words() -> None:
    text = f"What did you do?\n\n{'Before that, much else. ' * 30}Then lanterns were hung along the canal. {'More. ' * 50}"
    pieces = excerpt(text, wanted_of("lantern"))
    said = "".join(piece for piece, _hit in pieces)
    assert ("lanterns", True) in pieces
    assert said.startswith("… ")
    assert said.endswith(" …")
    assert len(said) < ABOUT + 10
    assert "".join(piece for piece, _hit in excerpt(text, ())).startswith("Before that")
    assert excerpt("", wanted_of("x")) == ()
