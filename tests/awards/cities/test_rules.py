"""Regions, folded names, likely doubles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.cities.regions import COUNTRIES, REGION_OF, Region, is_between, regions_for
from awards.cities.rules import ENTRANT_MOVES, EntrantState, Named, core, fold, likely_doubles


def named(name: str, country: str = "KR", number: int = 1) -> Named:
    return Named(number, name, fold(name), country, country, EntrantState.APPROVED)


def test_every_country_has_its_region_and_no_code_stands_twice() -> None:
    # ISO 3166-1 assigns 249 two-letter codes; XK is used beside them.
    assert len(COUNTRIES) == 250
    assert set(REGION_OF.values()) == set(Region)
    for code in COUNTRIES:
        assert regions_for(code)[0] is REGION_OF[code]
    assert regions_for("ZZ") == ()


@pytest.mark.parametrize("code", ["TR", "RU", "EG", "KZ", "CY"])
def test_countries_between_two_regions_may_choose(code: str) -> None:
    assert is_between(code)
    assert len(set(regions_for(code))) > 1


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("KR", Region.ASIA),
        ("TW", Region.ASIA),
        ("SA", Region.MIDDLE_EAST),
        ("AE", Region.MIDDLE_EAST),
        ("NZ", Region.OCEANIA),
        ("KE", Region.AFRICA),
        ("MX", Region.AMERICAS),
        ("IS", Region.EUROPE),
    ],
)
def test_countries_of_past_winners(code: str, region: Region) -> None:
    assert regions_for(code) == (region,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("São Paulo", "SAO PAULO"),
        ("Reykjavík", "reykjavik"),
        ("İstanbul", "Istanbul"),
        ("Łódź", "Lodz"),
        ("Straße", "STRASSE"),
        ("서울특별시", "서울특별시 "),
        ("Saint-Denis", "saint denis"),
    ],
)
def test_two_spellings_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("name", ["दिल्ली", "กรุงเทพ", "القاهرة", "東京"])
def test_other_scripts_keep_their_letters(name: str) -> None:
    assert fold(name)
    assert fold(name) != fold(name[:-1])


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


def test_doubles_are_the_same_name_anywhere_or_a_like_one_in_the_country() -> None:
    known = [
        named("City of Lindmere", "NO", 1),
        named("Lindmere", "SE", 2),
        named("Lindmeer", "NO", 3),
        named("Lindmeer", "SE", 4),
        named("Port Aleda", "NO", 5),
        named("Lindmere Transport Authority", "NO", 6),
    ]
    assert [one.id for one in likely_doubles(fold("Lindmere"), "NO", known)] == [1, 2, 3, 6]


def test_a_name_of_nothing_but_words_around_is_kept() -> None:
    assert core(fold("The City")) == "the city"


def test_a_decided_entrant_stays_unless_a_decline_is_taken_back() -> None:
    assert ENTRANT_MOVES[EntrantState.APPROVED] == frozenset()
    assert ENTRANT_MOVES[EntrantState.DECLINED] == {EntrantState.APPROVED}
