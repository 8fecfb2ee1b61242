"""Prizes that rules give, in one ranking and in drawn ones, against the rule as the house publishes it."""

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from awards.results.awarding import Candidate, PrizeRule, award, passes_over
from judging import Entry, Prize, RoundInputs, decide, inputs_document, inputs_from_document, verdict_document
from judging.documents import Document
from judging.holders import Tally, columns_of, holders
from judging.rounds import CASCADE, KINDS, RANKED
from tests.chance import chance, times
from tests.judging.test_verdict import round_of

REGIONS = ("Africa", "Asia", "Europe")


def competition(rng: Random) -> tuple[list[Candidate], list[PrizeRule]]:
    """Two categories with ties, entries without a rank, and prizes of every kind that pass over each other."""
    candidates = []
    for category in ("A", "B"):
        for number in range(rng.randrange(7)):
            rank = rng.choice((None, *range(1, 6)))
            overall = None if rank is None else rng.randrange(1, 9)
            candidates.append(
                Candidate(f"{category}{number}", category, rank, rng.choice(REGIONS), "", "", overall)
            )
    codes = [f"p{number}" for number in range(rng.randrange(1, 7))]
    rules = []
    for code in codes:
        kind = rng.choice(KINDS)
        ring = (
            () if kind == RANKED else tuple(("region", one) for one in rng.sample(REGIONS, rng.randrange(3)))
        )
        past = tuple(("past", one) for one in rng.sample(codes, rng.randrange(len(codes))))
        rules.append(
            PrizeRule(
                code, rng.choice(("", "A", "B")), rng.randrange(3), rng.randrange(1, 3), kind,
                ring + (past if kind == CASCADE else ()),
            )
        )  # fmt: skip
    return candidates, rules


def test_the_rule_gives_the_same_holders_as_the_published_sentences() -> None:
    rng = chance()
    several = 0
    for _ in range(times(400, drill=20_000)):
        candidates, rules = competition(rng)
        entries = [Entry(one.reference, one.category) for one in candidates]
        prizes = [
            Prize(
                rule.code, rule.category or None, rule.position, rule.places, rule.kind,
                tuple(
                    one.reference
                    for one in candidates
                    if rule.kind != RANKED and (not rule.said("region") or one.region in rule.said("region"))
                ),
                tuple(passes_over(rule, rules)),
            )
            for rule in rules
        ]  # fmt: skip
        ranks = {
            category: np.array(
                [[(one.rank if category else one.overall) or 0 for one in candidates]], dtype=np.int64
            )
            for category in (None, "A", "B")
        }
        found = holders(prizes, columns_of(prizes, entries), ranks)
        for code, given in award(candidates, rules).items():
            held = found[code]
            assert held is not None
            taken = {one.reference for one, has in zip(candidates, held[0].tolist(), strict=True) if has}
            assert taken == set(given.winners), (code, candidates, rules)
            several += len(taken) > 1
    assert several


def ringed() -> RoundInputs:
    """Two categories whose best entries are for no ring, and prizes over all."""
    inputs = round_of(11, entries=8)
    ring = tuple(entry.id for entry in inputs.entries if int(entry.id[1:]) % 3 == 1)
    return replace(
        inputs,
        draws=700,
        prizes=(
            *inputs.prizes,
            Prize("ring", "A", 2, 1, "ring-fenced", ring),
            Prize("next", "A", 3, 1, "cascade", tuple(e.id for e in inputs.entries), ("A-gold", "A-silver", "ring")),
            Prize("best", None, 0, 2),
            Prize("rest", None, 1, 1, "cascade", ring, ("best", "B-gold")),
        ),
    )  # fmt: skip


def test_chances_are_those_of_every_drawn_ranking_given_by_the_rule() -> None:
    inputs = ringed()
    verdict = decide(inputs)
    told = {s.entry: dict(s.other_chances) for s in verdict.standings if s.scope == "all"}
    # Who a prize is not for has no chance of it, and the places of a category stay where they were.
    assert "ring" not in told["A00"]
    assert set(told["B04"]) == {"best", "rest"}
    for code in ("ring", "next", "best", "rest"):
        places = next(prize.places for prize in inputs.prizes if prize.code == code)
        assert abs(sum(has.get(code, 0) for has in told.values()) - places * 1_000_000) <= len(told)
    before = decide(replace(inputs, prizes=inputs.prizes[:4]))
    assert [replace(s, other_chances=()) for s in verdict.standings] == list(before.standings)
    # In every draw of category A: nobody is tied there, so the published rule can be asked one draw at a time.
    counted: Counter[tuple[str, str]] = Counter()
    own = [prize for prize in inputs.prizes if prize.category == "A"]
    members = [entry for entry in inputs.entries if entry.category == "A"]
    tally = Tally(own, columns_of(own, members), range(len(members)), len(members))
    rng = np.random.default_rng(5)
    ranks = np.argsort(np.argsort(rng.random((50, len(members))), axis=1), axis=1) + 1
    tally.take(ranks)
    ring = set(inputs.prizes[4].among)
    rules = [
        PrizeRule(
            prize.code, "A", prize.position, prize.places, prize.kind,
            (*((("region", "in"),) if prize.code == "ring" else ()), *(("past", code) for code in prize.past)),
        )
        for prize in own
    ]  # fmt: skip
    for row in ranks.tolist():
        candidates = [
            Candidate(entry.id, "A", rank, "in" if entry.id in ring else "out")
            for entry, rank in zip(members, row, strict=True)
        ]
        for code, given in award(candidates, rules).items():
            counted.update((code, winner) for winner in given.winners)
    for prize in own:
        for column, count in tally.of(prize.code):
            assert count == counted[prize.code, members[column].id]


def test_a_prize_in_a_ring_moves_with_another_way_of_counting() -> None:
    verdict = decide(ringed())
    moves = {move.prize for one in verdict.alternatives for move in one.moves}
    assert moves & {"ring", "next", "best", "rest"}
    assert [prize.prize for prize in verdict.other_prizes] == ["ring", "rest", "next"]
    assert {prize.prize for prize in verdict.prizes} == {
        "best", "A-gold", "A-silver", "B-gold", "B-silver",
    }  # fmt: skip


def test_documents_hold_what_is_not_ranked_and_leave_out_what_is() -> None:
    inputs = ringed()
    document = inputs_document(inputs)
    assert inputs_document(inputs_from_document(document)) == document
    assert [set(one) for one in document["prizes"] if one["code"] == "best"] == [
        {"code", "category", "position", "places"}
    ]
    body: Document = verdict_document(decide(replace(inputs, prizes=inputs.prizes[:4])))
    assert "other_prizes" not in body
    assert not any("other_chances" in one for one in body["standings"])


@pytest.mark.parametrize(
    ("prize", "said"),
    [
        (Prize("p", "A", 0, 1, "lottery"), "no rule gives"),
        (Prize("p", "A", 0, 1, RANKED, ("A00",)), "chooses"),
        (Prize("p", "A", 0, 1, "ring-fenced", ("A00",), ("A-gold",)), "passes over"),
        (Prize("p", "A", 0, 1, "cascade", ("Q",)), "names Q"),
        (Prize("p", "A", 0, 1, "cascade", ("A00", "A00")), "twice"),
        (Prize("p", "A", 0, 1, "cascade", (), ("none",)), "names none"),
    ],
)
def test_a_prize_that_does_not_fit_is_refused(prize: Prize, said: str) -> None:
    inputs = round_of(1, entries=4)
    with pytest.raises(ValueError, match=said):
        replace(inputs, prizes=(*inputs.prizes, prize))


def test_draws_of_large_rounds_are_counted_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks have streams of their own, so the same chances come out within what so many draws can tell."""
    inputs = replace(ringed(), draws=3000)
    whole = decide(inputs)
    monkeypatch.setattr("judging.draws.WHOLE_CELLS", 10)
    blocks = decide(inputs)
    for one, other in zip(whole.standings, blocks.standings, strict=True):
        for (code, share), (same, drawn) in zip(one.other_chances, other.other_chances, strict=True):
            assert code == same
            assert abs(share - drawn) < 60_000


def test_one_ring_that_all_are_in_is_the_first_place() -> None:
    """Against the chance of the first place, which the drawn ranks of the category give by themselves."""
    inputs = round_of(11, entries=8)
    everybody = tuple(entry.id for entry in inputs.entries if entry.category == "A")
    verdict = decide(
        replace(inputs, prizes=(*inputs.prizes, Prize("all", "A", 5, 1, "ring-fenced", everybody)))
    )
    for standing in verdict.standings:
        if standing.scope == "all" and standing.category == "A":
            assert standing.other_chances == (("all", standing.chances[0]),)
