"""Prizes by rule: against a second reading of the sentences, whatever the order of rows, and by cases of the field."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.results.awarding import (
    CASCADE,
    OUTSIDE,
    RANKED,
    RING_FENCED,
    Candidate,
    PrizeRule,
    Why,
    award,
)

REGIONS, COUNTRIES, KINDS = ("Asia", "Africa"), ("KR", "KE"), ("city", "firm")


def anew(
    candidates: Sequence[Candidate], prizes: Sequence[PrizeRule], decided: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The nine sentences once more, as plainly as they can be followed."""
    order = ["ranked", "ring-fenced", "cascade", "outside"]
    winners: dict[str, tuple[str, ...]] = {}
    holders: dict[str, tuple[str, ...]] = {}
    for prize in sorted(prizes, key=lambda p: (order.index(p.kind), p.category, p.position, p.code)):
        pool = []
        for one in candidates:
            place = one.rank if prize.category else one.overall
            if place is None or (prize.category and one.category != prize.category):
                continue
            if prize.kind in ("ring-fenced", "cascade"):
                own = {"region": one.region, "country": one.country, "kind": one.kind}
                asked = {key for key, _text in prize.values} & set(own)
                if any((key, own[key]) not in prize.values for key in asked):
                    continue
            if prize.kind == "cascade":
                named = [text for key, text in prize.values if key == "past"]
                if not named:
                    named = [
                        p.code for p in prizes
                        if p.category == prize.category and p.kind in ("ranked", "cascade") and p.code in winners
                    ]  # fmt: skip
                if any(one.reference in holders.get(code, ()) for code in named):
                    continue
            pool.append((place, one.reference))
        start = 0
        if prize.kind == "ranked":
            start = sum(
                p.places for p in prizes
                if p.kind == "ranked" and p.category == prize.category
                and (p.position, p.code) < (prize.position, prize.code)
            )  # fmt: skip
        taken = []
        for place, name in sorted(pool):
            number = 1 + len([other for other, _name in pool if other < place])
            if start < number <= start + prize.places and prize.kind != "outside":
                taken.append(name)
        winners[prize.code] = tuple(taken)
        holders[prize.code] = decided.get(prize.code, tuple(taken))
    return winners


@st.composite
def competitions(
    draw: st.DrawFn,
) -> tuple[list[Candidate], list[PrizeRule], dict[str, tuple[str, ...]]]:
    some = draw(st.integers(0, 9))
    ranks = st.none() | st.integers(1, 5)
    candidates = [
        Candidate(
            f"E{number}", draw(st.sampled_from("AB")), draw(ranks), draw(st.sampled_from(REGIONS)),
            draw(st.sampled_from(COUNTRIES)), draw(st.sampled_from(KINDS)), draw(ranks),
        )
        for number in range(some)
    ]  # fmt: skip
    codes = [f"p{number}" for number in range(draw(st.integers(1, 6)))]
    pairs = st.one_of(
        st.tuples(st.just("region"), st.sampled_from(REGIONS)),
        st.tuples(st.just("country"), st.sampled_from(COUNTRIES)),
        st.tuples(st.just("kind"), st.sampled_from(KINDS)),
        st.tuples(st.just("past"), st.sampled_from(codes)),
    )
    prizes = [
        PrizeRule(
            code, draw(st.sampled_from(("", "A", "B"))), draw(st.integers(1, 3)), draw(st.integers(1, 3)),
            draw(st.sampled_from((RANKED, RING_FENCED, CASCADE, OUTSIDE))),
            tuple(sorted(draw(st.sets(pairs, max_size=3)))),
        )
        for code in codes
    ]  # fmt: skip
    names = [one.reference for one in candidates]
    decided = {
        code: tuple(draw(st.lists(st.sampled_from(names), max_size=2, unique=True)))
        for code in draw(st.sets(st.sampled_from(codes), max_size=2))
        if names
    }
    return candidates, prizes, decided


@settings(max_examples=200, deadline=None)
@given(competitions(), st.randoms(use_true_random=False))
def test_the_rule_is_what_its_sentences_say_in_any_order_of_rows(
    competition: tuple[list[Candidate], list[PrizeRule], dict[str, tuple[str, ...]]], random: Random
) -> None:
    candidates, prizes, decided = competition
    found = award(candidates, prizes, decided)
    assert {code: one.winners for code, one in found.items()} == anew(candidates, prizes, decided)
    shuffled, turned = list(candidates), list(prizes)
    random.shuffle(shuffled)
    random.shuffle(turned)
    assert award(shuffled, turned, decided) == found


@settings(max_examples=100, deadline=None)
@given(competitions())
def test_no_row_order_breaks_a_tie(
    competition: tuple[list[Candidate], list[PrizeRule], dict[str, tuple[str, ...]]],
) -> None:
    """Who is alike in everything that a rule looks at is treated alike, whatever the reference."""
    candidates, prizes, _decided = competition
    found = award(candidates, prizes)
    for one in candidates:
        for other in candidates:
            if all(
                getattr(one, name) == getattr(other, name)
                for name in ("category", "rank", "region", "country", "kind", "overall")
            ):
                assert {c for c, g in found.items() if one.reference in g.winners} == {
                    c for c, g in found.items() if other.reference in g.winners
                }
    for code, prize in {prize.code: prize for prize in prizes}.items():
        assert found[code].shared == (len(found[code].winners) > prize.places)


def entries(*rows: tuple[str, int | None, str, str]) -> list[Candidate]:
    return [Candidate(name, "A", rank, region, "", kind, rank) for name, rank, region, kind in rows]


def test_a_region_whose_leader_is_in_the_top_three_gives_its_prize_to_the_next() -> None:
    """Open Government Awards 2015: three prizes over all, then a champion of each region."""
    prizes = [
        PrizeRule("top", "", 1, 3),
        *(PrizeRule(f"champion-{r}", "", 2, 1, CASCADE, (("region", r),)) for r in ("Asia", "Africa", "Oceania")),
    ]  # fmt: skip
    field = entries(
        ("a", 1, "Asia", "city"), ("b", 2, "Asia", "city"), ("c", 3, "Africa", "city"),
        ("d", 4, "Asia", "city"), ("e", 5, "Africa", "city"),
    )  # fmt: skip
    found = award(field, prizes)
    assert found["top"].winners == ("a", "b", "c")
    assert (found["champion-Asia"].winners, found["champion-Asia"].passed) == (("d",), ("a", "b"))
    assert (found["champion-Africa"].winners, found["champion-Africa"].passed) == (("e",), ("c",))
    assert found["champion-Oceania"].winners == ()
    assert found["champion-Oceania"].why is Why.NOBODY
    # People gave the third place of the top to another: the cascade follows those who hold it.
    by_hand = award(field, prizes, {"top": ("a", "b", "e")})
    assert by_hand["champion-Africa"].winners == ("c",)


def test_a_prize_for_firms_looks_at_firms_alone_whatever_else_they_hold() -> None:
    """Seoul Smart City Prize 2023: gold, two silver, three bronze, one corporation, one institution in a category."""
    prizes = [
        PrizeRule("gold", "A", 1, 1),
        PrizeRule("silver", "A", 2, 2),
        PrizeRule("bronze", "A", 3, 3),
        PrizeRule("corporation", "A", 4, 1, RING_FENCED, (("kind", "firm"),)),
        PrizeRule("institution", "A", 5, 1, RING_FENCED, (("kind", "institution"), ("kind", "public body"))),
        PrizeRule("mention", "", 6, 3, OUTSIDE),
    ]
    field = entries(
        ("a", 1, "", "city"), ("b", 2, "", "firm"), ("c", 3, "", "city"), ("d", 4, "", "firm"),
        ("e", 4, "", "city"), ("f", 6, "", "city"), ("g", 7, "", "public body"), ("h", 8, "", "institution"),
    )  # fmt: skip
    found = award(field, prizes)
    assert [found[code].winners for code in ("gold", "silver", "bronze")] == [
        ("a",),
        ("b", "c"),
        ("d", "e", "f"),
    ]
    assert found["corporation"].winners == ("b",)
    assert found["institution"].winners == ("g",)
    assert found["mention"].why is Why.DECISION


@pytest.mark.parametrize(
    ("ranks", "gold", "silver", "shared"),
    [
        ((1, 2, 3), ("a",), ("b", "c"), False),
        ((1, 1, 3), ("a", "b"), ("c",), False),
        ((1, 2, 2), ("a",), ("b", "c"), False),
        ((1, 1, 1), ("a", "b", "c"), (), False),
        ((None, 4, 9), ("b",), ("c",), False),
    ],
)
def test_who_is_tied_takes_the_same_prize(
    ranks: tuple[int | None, ...], gold: tuple[str, ...], silver: tuple[str, ...], shared: bool
) -> None:
    field = entries(*((name, rank, "", "city") for name, rank in zip("abc", ranks, strict=True)))
    found = award(field, [PrizeRule("gold", "A", 1, 1), PrizeRule("silver", "A", 2, 2)])
    assert (found["gold"].winners, found["silver"].winners) == (gold, silver)
    assert found["gold"].shared == (len(gold) > 1)
    assert found["gold"].why is (Why.TIE if len(gold) > 1 else Why.RANK)
    assert found["silver"].shared is shared
