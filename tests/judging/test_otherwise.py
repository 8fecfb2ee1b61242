"""Other weights and other sheets, against rounds that are set up anew with them."""

from dataclasses import replace

import pytest

from judging import RoundInputs
from judging.otherwise import other_sheets, other_weights
from judging.rounds import Carried
from judging.scoring import Scored, score, tabulate
from tests.chance import chance, times
from tests.judging.test_verdict import round_of


def winners(scored: Scored) -> dict[str, set[str]]:
    names = [entry.id for entry in scored.table.entries]
    return {prize: {names[i] for i in taken or ()} for prize, taken in scored.prizes().items()}


def anew(inputs: RoundInputs) -> Scored:
    return score(tabulate(inputs), inputs.method)


def weighed(inputs: RoundInputs, kind: str, code: str) -> RoundInputs:
    """The same round, set up with these weights."""

    def weight(criterion: str, category: str, now: int) -> int:
        if kind == "equal":
            return sum(one.weight_in(category) for one in inputs.criteria)
        if kind == "halved":
            return now if criterion == code else 2 * now
        return {"left out": 0, "doubled": 2 * now}[kind] if criterion == code else now

    def carried(one: Carried) -> Carried:
        return replace(one, weight=one.weight * {"equal": len(inputs.criteria), "halved": 2}.get(kind, 1))

    return replace(
        inputs,
        criteria=tuple(
            replace(one, weights=tuple((where, weight(one.code, where, now)) for where, now in one.weights))
            for one in inputs.criteria
        ),
        sheets=tuple(
            replace(one, marks=tuple(pair for pair in one.marks if kind != "left out" or pair[0] != code))
            for one in inputs.sheets
        ),
        carried=tuple(carried(one) for one in inputs.carried),
    )


@pytest.mark.parametrize("brings", [False, True])
def test_other_weights_are_those_of_a_round_set_up_with_them(brings: bool) -> None:
    rng, moved = chance(), 0
    for _ in range(times(12, drill=60)):
        inputs = round_of(rng.randrange(2**32), entries=6, judges=4, categories=("A",))
        if brings:
            entries = [entry.id for entry in inputs.entries]
            inputs = replace(
                inputs, carried=tuple(Carried(one, 2, rng.randrange(10**6, 9 * 10**6)) for one in entries)
            )
        before = winners(anew(inputs))
        for found in other_weights(inputs):
            other = anew(weighed(inputs, found.kind, found.what))
            after = winners(other)
            assert found.ranks == tuple(
                zip((entry.id for entry in other.table.entries), other.ranks, strict=True)
            ), found
            assert {move.prize for move in found.moves} == {
                prize for prize in before if before[prize] != after[prize]
            }
            for move in found.moves:
                assert set(move.gains) == after[move.prize] - before[move.prize]
                assert set(move.loses) == before[move.prize] - after[move.prize]
            moved += bool(found.moves)
    assert moved


def test_sheets_are_taken_away_and_added() -> None:
    inputs = round_of(7, entries=6, judges=4, categories=("A",))
    gone = inputs.sheets[:3]
    pairs = [(sheet.entry, sheet.judge) for sheet in gone]
    fewer = replace(inputs, sheets=inputs.sheets[3:])
    (without,) = other_sheets(inputs, without={"some": pairs}, added={})
    (with_,) = other_sheets(fewer, without={}, added={"some": gone})
    assert (without.kind, with_.kind) == ("without", "with")
    assert without.ranks == tuple(
        (e.id, r) for e, r in zip(anew(fewer).table.entries, anew(fewer).ranks, strict=True)
    )
    assert with_.ranks == tuple(
        (e.id, r) for e, r in zip(anew(inputs).table.entries, anew(inputs).ranks, strict=True)
    )
    assert [(m.gains, m.loses) for m in without.moves] == [(m.loses, m.gains) for m in with_.moves]
    with pytest.raises(ValueError, match="twice"):
        other_sheets(inputs, without={}, added={"some": gone})


def test_prizes_that_no_longer_follow_are_named() -> None:
    inputs = round_of(3, entries=4, judges=4, categories=("A",))
    keep = {
        inputs.entries[0].id: 0,
        inputs.entries[1].id: 0,
        inputs.entries[2].id: 1,
        inputs.entries[3].id: 1,
    }
    judges = sorted({sheet.judge for sheet in inputs.sheets})
    apart = [
        (sheet.entry, sheet.judge)
        for sheet in inputs.sheets
        if (judges.index(sheet.judge) < 2) != (keep[sheet.entry] == 0)
    ]
    (found,) = other_sheets(inputs, without={"apart": apart}, added={})
    assert found.unsettled
    assert not found.moves
