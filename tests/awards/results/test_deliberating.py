"""The order after a deliberation, who is in the room, and an agenda with few leavings."""

import random
from itertools import permutations

import pytest

from awards.results.agenda import EXACT, agenda, leavings
from awards.results.deliberating import (
    Act,
    absences,
    affected,
    among,
    may_renew,
    may_say,
    order_after,
    still_in,
    targets,
)

RANKS = {"a": 1, "b": 2, "c": 2, "d": 4, "e": None}


def move(entry: str, place: int, *, level: bool = False, number: int = 1) -> Act:
    return Act(number, "move", entry, place, level)


@pytest.mark.parametrize(
    ("moves", "order"),
    [
        ([], "a=1 b=2 c=2 d=4 e=-"),
        # Ahead of everybody; those behind fall by one.
        ([move("d", 1)], "d=1 a=2 b=3 c=3 e=-"),
        # A tie that no rule broke, broken by the panel, and the other way round: two made level.
        ([move("c", 2)], "a=1 c=2 b=3 d=4 e=-"),
        ([move("d", 2, level=True)], "a=1 b=2 c=2 d=2 e=-"),
        ([move("b", 1, level=True)], "a=1 b=1 c=3 d=4 e=-"),
        # The two of a tie are never parted by who is put between them: rule 6.
        ([move("d", 3)], "a=1 b=2 c=2 d=4 e=-"),
        # In from outside, out of the order, and behind all.
        ([move("e", 1)], "e=1 a=2 b=3 c=3 d=5"),
        ([move("a", 0)], "a=- b=1 c=1 d=3 e=-"),
        ([move("a", 99)], "b=1 c=1 d=3 a=4 e=-"),
        # Level with nobody is a place of its own.
        ([move("a", 99, level=True)], "b=1 c=1 d=3 a=4 e=-"),
        # Read by their numbers, whatever order they come in.
        ([move("d", 1, number=2), move("d", 0, number=1)], "d=1 a=2 b=3 c=3 e=-"),
        ([Act(1, "note", "a"), Act(2, "consensus", "d")], "a=1 b=2 c=2 d=4 e=-"),
    ],
)
def test_the_order_follows_from_ranks_and_moves(moves: list[Act], order: str) -> None:
    said = dict(part.split("=") for part in order.split())
    assert order_after(RANKS, moves) == {
        entry: None if said[entry] == "-" else int(said[entry]) for entry in RANKS
    }


def test_rows_in_another_order_give_the_same_order() -> None:
    chance = random.Random(7)
    for _try in range(200):
        ranks = {name: chance.choice([None, 1, 2, 3, 4]) for name in "abcdef"}
        acts = [
            move(chance.choice("abcdef"), chance.randrange(8), level=chance.random() < 0.5, number=n)
            for n in range(1, 5)
        ]
        shuffled = dict(chance.sample(sorted(ranks.items()), 6))
        found = order_after(ranks, acts)
        assert found == order_after(shuffled, chance.sample(acts, 4))
        # Places are those of a competition: one more than how many are ahead.
        placed = [rank for rank in found.values() if rank is not None]
        assert all(rank == 1 + sum(other < rank for other in placed) for rank in placed)


@pytest.mark.parametrize("act", [move("z", 1), move("a", -1), Act(1, "move", "a")])
def test_a_move_of_nobody_or_to_nowhere_is_an_error(act: Act) -> None:
    with pytest.raises(ValueError, match="act 1 moves"):
        order_after(RANKS, [act])


def test_every_place_on_offer_changes_something_and_is_reached() -> None:
    for entry in RANKS:
        seen = set()
        for one in targets(RANKS, entry):
            after = order_after(RANKS, [move(entry, one.place, level=one.level)])
            assert after[entry] == (one.place or None)
            assert after != order_after(RANKS, [])
            seen.add(tuple(sorted(after.items(), key=str)))
        assert len(seen) == len(targets(RANKS, entry))  # no two ways to say the same


def test_places_among_some_tell_nothing_of_the_others() -> None:
    assert among(RANKS, {"a", "d", "e"}) == {"a": 1, "d": 2, "e": None}
    before = order_after(RANKS, [])
    assert affected(before, order_after(RANKS, [move("d", 2)]), "d") == {"b", "c", "d"}
    assert affected(before, order_after(RANKS, [move("e", 0)]), "e") == {"e"}


def test_the_room() -> None:
    acts = [
        Act(1, "leave", person=1),
        Act(2, "leave", "a", person=2),
        Act(3, "return", person=1),
        Act(4, "note", "a"),
    ]
    assert absences(acts) == {2: "a"}
    assert still_in({1: {"a"}, 2: {"a"}, 3: {"b"}}, {2}, ["a"]) == [1]
    assert still_in({1: {"a"}, 2: {"a"}, 3: {"b"}}, {1, 2}, ["a", "b"]) == [3]


def test_when_things_can_be_said() -> None:
    def code(state: str, round_state: str, *, asked: bool = False, current: bool = True) -> str:
        refusal = may_say(state, round_state, asked=asked, current=current)
        return refusal.code if refusal else ""

    assert code("open", "closed") == ""
    assert code("open", "extra") == "round open"
    assert code("concluded", "closed") == "concluded"
    assert code("open", "closed", asked=True) == "asked"
    assert code("open", "closed", current=False) == "other run"
    assert may_renew("concluded", "closed", current=True) is None
    assert may_renew("concluded", "decided", current=False) is None
    assert may_renew("concluded", "decided", current=True) is not None
    assert may_renew("open", "closed", current=True) is not None
    assert may_renew("open", "closed", current=False) is None


# --- the agenda --------------------------------------------------------------------------------------------


def test_no_order_has_fewer_leavings() -> None:
    chance = random.Random(11)
    for _try in range(150):
        people = range(chance.randint(1, 4))
        out = {
            f"E{n}": frozenset(person for person in people if chance.random() < 0.45)
            for n in range(chance.randint(1, 6))
        }
        found = agenda(out)
        assert sorted(found) == sorted(out)
        assert leavings(found, out) == min(leavings(order, out) for order in permutations(out))


def test_a_large_panel_leaves_less_than_by_the_list() -> None:
    chance = random.Random(3)
    out = {f"E{n:02}": frozenset(p for p in range(9) if chance.random() < 0.3) for n in range(30)}
    assert len({kind for kind in out.values() if kind}) > EXACT
    found = agenda(out)
    assert sorted(found) == sorted(out)
    assert leavings(found, out) < 0.7 * leavings(sorted(out), out)


def test_those_for_whom_nobody_leaves_come_first_and_by_name() -> None:
    out = {"c": frozenset({1}), "b": frozenset[int](), "a": frozenset({1}), "d": frozenset[int]()}
    assert agenda(out) == ("b", "d", "a", "c")
