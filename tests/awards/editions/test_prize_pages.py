"""Prizes and the way from round to round in the set-up: begun with a past edition's, changed, refused, read back."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import Transaction
from awards.editions.checks import problems_of
from awards.editions.document import EditionDocument, PrizePart
from awards.editions.queries import document_of, edition_by_slugs
from awards.editions.starter import prize_sets
from awards.exchange.edition_file import BadFile, load, parse
from awards.exchange.edition_writing import show
from awards.results.awarding import Candidate, PrizeRule, award
from tests.awards.editions.documents import EXAMPLE
from tests.factories import AT
from tests.page import Client
from tests.people import EUN_JI, give
from tests.serving import ClientFor

SETUP = "/desk/wego-awards/2027/setup"
WITHOUT = EXAMPLE[: EXAMPLE.index("[[prize]]")]


@dataclass(frozen=True, slots=True)
class Desk:
    client: Client

    async def document(self) -> EditionDocument:
        return await document_of((await edition_by_slugs("wego-awards", "2027")).id)


@pytest.fixture
async def desk(client_for: ClientFor, tx: Transaction) -> Desk:
    await load(WITHOUT, actor=SYSTEM, clock=FixedClock(AT))
    await give(EUN_JI, "secretariat")
    return Desk(await client_for(EUN_JI))


async def test_an_edition_begins_with_the_prizes_of_a_past_one(desk: Desk) -> None:
    page = await desk.client.get(f"{SETUP}/prizes")
    page = await desk.client.submit("Take these prizes", status=422)
    assert page.errors == ["Choose an edition"]
    page = await desk.client.submit("Take these prizes", fields={"begin_with": "wego-2012"})
    document = await desk.document()
    assert len(document.prizes) == 2 * len(document.categories)
    assert {one.name for one in document.prizes} == {"Best", "Outstanding"}
    # There are prizes now, so nothing is offered any more.
    assert "Take these prizes" not in page.text


async def test_whom_a_prize_is_for_is_chosen_and_read_back(desk: Desk) -> None:
    await desk.client.get(f"{SETUP}/prizes")
    await desk.client.submit("Take these prizes", fields={"begin_with": "wego-2020"})
    code = (await desk.document()).categories[0].code
    await desk.client.get(f"{SETUP}/prizes/_new")
    fields: dict[str, str | list[str]] = {
        "code": "africa", "name": "Next of Africa", "category": code, "position": "4", "kind": "cascade",
        "regions": ["Africa"], "countries": "ke, ng", "past": [f"gold-{code}"],
    }  # fmt: skip
    page = await desk.client.submit("Save the set-up", fields={**fields, "countries": "ke, xx"}, status=422)
    assert page.errors == ["“XX” is not known here"]
    page = await desk.client.submit("Save the set-up", fields=fields)
    assert "only for: Africa; Kenya or Nigeria" in page.text
    prize = next(one for one in (await desk.document()).prizes if one.code == "africa")
    assert prize.values == (
        ("country", "KE"),
        ("country", "NG"),
        ("past", f"gold-{code}"),
        ("region", "Africa"),
    )
    await desk.client.get(f"{SETUP}/prizes/africa")
    page = await desk.client.submit("Save the set-up", fields={"kind": "ranked"}, status=422)
    assert any("is given within these" in error for error in page.errors)


async def test_what_a_round_carries_and_who_goes_on_from_it(desk: Desk) -> None:
    first = (await desk.document()).rounds[0].code
    await desk.client.get(f"{SETUP}/rounds/{first}")
    page = await desk.client.submit(
        "Save the set-up", fields={"advance": "top", "advance_value": "many"}, status=422
    )
    assert any("how many of each category" in error for error in page.errors)
    page = await desk.client.submit("Save the set-up", fields={"advance_value": "5", "carried_weight": "50"}, status=422)  # fmt: skip
    assert any("gives no score that could be carried over" in error for error in page.errors)
    await desk.client.submit("Save the set-up", fields={"carried_weight": ""})
    assert (await desk.document()).rounds[0].method.advance == ("top", "5")


def test_a_file_begins_with_the_prizes_of_a_past_edition_and_says_all_of_them() -> None:
    document = parse(WITHOUT + '\n[prizes]\nbegin_with = "seoul-2023"\n')
    codes = [one.code for one in document.categories]
    assert len(document.prizes) == 5 * len(codes) + 1
    assert problems_of(document) == ()
    text = show(document)
    assert parse(text) == document
    # One table stands for a prize of every category.
    assert text.count("[[prize]]") == 6
    assert 'entrants = ["institution", "public body"]' in text
    with pytest.raises(BadFile) as bad:
        parse(WITHOUT + '\n[prizes]\nbegin_with = "wego-1999"\n')
    assert "use one of: wego-2012" in str(bad.value)


def test_a_cascade_in_every_category_passes_over_its_own_category() -> None:
    text = (
        WITHOUT
        + """
[[prize]]
code = "gold"
name = "Gold"
[[prize]]
code = "next"
name = "Next of Asia"
kind = "cascade"
past = ["gold"]
regions = ["Asia"]
"""
    )
    document = parse(text)
    for prize in document.prizes:
        if prize.code.startswith("next"):
            assert prize.said("past") == (f"gold-{prize.category}",)
    assert parse(show(document)) == document
    assert show(document).count("[[prize]]") == 2


@pytest.mark.parametrize(
    ("prize", "words"),
    [
        (PrizePart("p", "P", 9, kind="ring-fenced"), "Say whom the prize is for"),
        (PrizePart("p", "P", 9, kind="cascade"), "or whose holders it passes over"),
        (PrizePart("p", "P", 9, kind="cascade", values=(("past", "p"),)), "Choose other prizes"),
        (PrizePart("p", "P", 9, kind="cascade", values=(("past", "late"),)), "is given after this one"),
        (PrizePart("p", "P", 9, kind="ring-fenced", values=(("past", "late"), ("region", "Asia"))), "Only a prize that goes to the next"),
        (PrizePart("p", "P", 9, values=(("region", "Asia"),)), "is given within these"),
        (PrizePart("p", "P", 9, kind="ring-fenced", values=(("region", "Atlantis"),)), "is not known here"),
        (PrizePart("p", "P", 9, kind="ring-fenced", values=(("moon", "1"), ("region", "Asia"))), "says nothing about a prize"),
    ],
)  # fmt: skip
def test_a_prize_whose_words_do_not_fit_is_refused(prize: PrizePart, words: str) -> None:
    late = PrizePart("late", "Late", 10, kind="cascade", values=(("region", "Africa"),))
    found = problems_of(replace(parse(WITHOUT), prizes=(prize, late)))
    assert any(words in one.text for one in found), found


def test_the_prizes_of_every_past_edition_are_given_by_rule() -> None:
    """Ten entries in each of two categories, two of them firms: every starter finds its winners."""
    candidates = [
        Candidate(f"{category}{rank}", category, rank, "Asia", "KR", "firm" if rank > 8 else "city")
        for category in ("a", "b")
        for rank in range(1, 11)
    ]
    winners = {
        code: {
            prize: given.winners
            for prize, given in award(
                candidates,
                [
                    PrizeRule(p.code, p.category, p.position, p.places, p.kind, p.values)
                    for p in found.prizes(["a", "b"])
                ],
            ).items()
        }
        for code, found in prize_sets().items()
    }
    assert winners["wego-2012"]["best-a"] == ("a1",)
    assert winners["wego-2014"]["outstanding-b"] == ("b2", "b3")
    assert winners["wego-2020"]["mention-a"] == ("a3",)
    assert winners["seoul-2023"]["bronze-a"] == ("a4", "a5", "a6")
    assert winners["seoul-2023"]["corporation-b"] == ("b9",)
    assert winners["seoul-2023"]["institution-b"] == ()
    assert winners["seoul-2023"]["special-mention"] == ()
