"""Prizes as the rules of past editions had them, from the starters that come with the software, in words."""

from msgspec.structs import replace

from awards.editions.document import EditionDocument, PrizePart
from awards.editions.prize_words import tiers, whom
from awards.exchange.edition_file import parse
from tests.awards.editions.documents import EXAMPLE


def with_prizes(*prizes: PrizePart) -> EditionDocument:
    return replace(parse(EXAMPLE), prizes=prizes)


def test_tiers_are_told_once_for_all_categories_that_give_the_same() -> None:
    codes = [one.code for one in parse(EXAMPLE).categories]
    names = [one.name for one in parse(EXAMPLE).categories]
    both = [
        PrizePart(f"{tier}-{code}", name, position, places, code)
        for code in codes
        for position, (tier, name, places) in enumerate((("gold", "Gold", 1), ("silver", "Silver", 2)), 1)
    ]
    over = PrizePart("top", "Grand prize", 1)
    assert tiers(with_prizes(over, *both)) == [
        "Over the whole edition, by rank: Grand prize.",
        "In every category, by rank: Gold and Silver for 2.",
    ]
    fewer = [one for one in both if one.category != codes[0] or one.position == 1]
    assert f"In {names[0]}, by rank: Gold." in tiers(with_prizes(*fewer))


def test_whom_a_prize_is_for() -> None:
    assert whom((("past", "gold"), ("region", "Middle East"), ("country", "KR"), ("kind", "firm"))) == (
        "Middle East; South Korea; Firm"
    )
    assert whom((("region", "Africa"), ("region", "Asia"))) == "Africa or Asia"
    assert whom(()) == ""
