"""Names of who entered, found in what judges of a blind round would read."""

import pytest

from awards.entries.naming import Entering, names_in

WHO = Entering(
    ("City of Lindmere", "Bath", "서울특별시", "İzmir Büyükşehir"),
    ("Nora Eklund", "李小龍"),
    ("nora@lindmere.example",),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Our city built it.", ()),
        ("In LINDMERE’s harbour", ("City of Lindmere",)),
        ("See https://www.lindmere.example/ferry", ("City of Lindmere",)),
        ("The bathroom of Bathurst", ()),
        ("People of Bath say", ("Bath",)),
        ("서울특별시는 시민과 함께", ("서울특별시",)),
        ("Izmir buyuksehir belediyesi", ("İzmir Büyükşehir",)),
        ("Written by Eklund, Nora.", ("Nora Eklund",)),
        ("Nora Jonasson wrote it; Eklund did not", ()),
        ("市長李小龍說", ("李小龍",)),
        ("Ask NORA@lindmere.example.", ("City of Lindmere", "nora@lindmere.example")),
        ("Ask ferry@harbour.example, or ferry@harbour.example", ("ferry@harbour.example",)),
        ("The city of the future", ()),
        ("", ()),
    ],
)
def test_what_a_text_tells(text: str, found: tuple[str, ...]) -> None:
    assert names_in(text, WHO) == found


def test_a_name_of_words_that_stand_around_names_is_itself() -> None:
    assert names_in("The city council met", Entering(("City Council",))) == ("City Council",)
    assert names_in("Ur is old. Our city too", Entering(("Ur",))) == ()
