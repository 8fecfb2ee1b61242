from collections import Counter

import pytest

from awards.panels.rules import (
    ASSIGNMENT_MOVES,
    PROPOSAL_MOVES,
    SEAT_MOVES,
    AssignmentState,
    ProposalState,
    SeatState,
)
from awards.scoresheets.rules import reading_order, rebuilt, shown_state


def test_every_judge_reads_in_another_order_that_stays() -> None:
    references = [f"WG26-{number:05}" for number in range(12)]
    orders = [reading_order(f"J-{number:05}", references) for number in range(200)]
    assert reading_order("J-00007", references[::-1]) == orders[7]
    assert all(sorted(order) == references for order in orders)
    assert max(Counter(order[0] for order in orders).values()) < 40


def test_an_entry_more_moves_no_other() -> None:
    references = [f"WG26-{number:05}" for number in range(12)]
    longer = reading_order("J-00001", [*references, "WG26-NEW"])
    assert [one for one in longer if one != "WG26-NEW"] == reading_order("J-00001", references)


@pytest.mark.parametrize(
    ("state", "marked", "wanted", "shown"),
    [
        ("given", 0, 5, "not started"),
        ("opened", 0, 5, "not started"),
        ("started", 0, 5, "started"),
        ("started", 4, 5, "started"),
        ("started", 5, 5, "ready"),
        ("started", 0, 0, "started"),
        ("signed", 5, 5, "signed"),
        ("recused", 5, 5, "recused"),
    ],
)
def test_the_word_for_a_sheet(state: str, marked: int, wanted: int, shown: str) -> None:
    assert shown_state(state, marked, wanted) == shown


def test_a_sheet_is_rebuilt_from_its_revisions() -> None:
    assert rebuilt(
        [
            {"marks": {"a": 1, "b": 2}, "notes": {"city": "one"}},
            {"marks": {"a": None}, "notes": {"city": "", "secretariat": "two"}, "confidence": "low"},
            {"marks": {}, "notes": {}, "signed": True},
            {"marks": {}, "notes": {}, "signed": False, "reason": "swapped"},
        ]
    ) == {"marks": {"b": 2}, "notes": {"secretariat": "two"}, "confidence": "low", "signed": False}


def test_every_state_has_its_moves() -> None:
    assert set(ASSIGNMENT_MOVES) == set(AssignmentState)
    assert set(SEAT_MOVES) == set(SeatState)
    assert set(PROPOSAL_MOVES) == set(ProposalState)
    assert not ASSIGNMENT_MOVES[AssignmentState.RECUSED]
    back = {AssignmentState.STARTED, AssignmentState.SIGNED}
    assert ASSIGNMENT_MOVES[AssignmentState.SET_ASIDE] == back
