"""States, deadlines and rights, as whole tables."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from awards.actor import SYSTEM, Actor, Grant
from awards.editions.rules import (
    EDITION_MOVES,
    ROUND_MOVES,
    EditionState,
    Phase,
    Role,
    RoundState,
    call_phase,
    edition_may_move,
    is_call_open,
    may_add_editions,
    may_grant,
    may_run,
    round_may_move,
    round_phase,
)

MS = timedelta(milliseconds=1)
OPENS = datetime(2027, 1, 11, 0, 0, tzinfo=UTC)
CLOSES = datetime(2027, 4, 30, 12, 0, tzinfo=UTC)

EDITION = {
    ("draft", "open"), ("open", "judging"), ("judging", "decided"), ("decided", "published"),
    ("published", "archived"),
}  # fmt: skip
ROUND = {
    ("draft", "open"),
    ("open", "closed"),
    ("closed", "extra"),
    ("extra", "closed"),
    ("closed", "decided"),
}


def test_every_move_of_an_edition_is_in_the_table_or_refused() -> None:
    assert set(EDITION_MOVES) == set(EditionState)
    for before, to in product(EditionState, EditionState):
        denied = edition_may_move(before, to)
        assert (denied is None) is ((before.value, to.value) in EDITION)


def test_every_move_of_a_round_is_in_the_table_or_refused() -> None:
    assert set(ROUND_MOVES) == set(RoundState)
    for before, to in product(RoundState, RoundState):
        denied = round_may_move(before, to)
        assert (denied is None) is ((before.value, to.value) in ROUND)


@pytest.mark.parametrize(
    ("now", "within"),
    [(OPENS - MS, False), (OPENS, True), (CLOSES - MS, True), (CLOSES, False), (CLOSES + MS, False)],
)
def test_a_deadline_is_over_at_its_own_instant_and_only_an_open_state_lets_in(
    now: datetime, within: bool
) -> None:
    for state in EditionState:
        assert is_call_open(state, OPENS, CLOSES, now) is (within and state is EditionState.OPEN)
    for round_state in RoundState:
        is_open = round_phase(round_state, OPENS, CLOSES, now) is Phase.RUNNING
        assert is_open is (within and round_state is RoundState.OPEN)


def test_a_call_without_its_times_is_never_open() -> None:
    assert not is_call_open(EditionState.OPEN, None, CLOSES, OPENS)
    assert not is_call_open(EditionState.OPEN, OPENS, None, OPENS)


@pytest.mark.parametrize(
    ("now", "expected"),
    [(OPENS - MS, Phase.WAITING), (OPENS, Phase.RUNNING), (CLOSES - MS, Phase.RUNNING), (CLOSES, Phase.OVER)],
)
def test_phases_are_asked_of_people_and_the_clock(now: datetime, expected: Phase) -> None:
    assert call_phase(EditionState.OPEN, OPENS, CLOSES, now) is expected
    assert round_phase(RoundState.OPEN, OPENS, CLOSES, now) is expected
    assert call_phase(EditionState.DRAFT, OPENS, CLOSES, now) is Phase.DRAFT
    assert round_phase(RoundState.DRAFT, OPENS, CLOSES, now) is Phase.DRAFT
    assert call_phase(EditionState.JUDGING, OPENS, CLOSES, now) is Phase.CLOSED
    assert round_phase(RoundState.CLOSED, OPENS, CLOSES, now) is Phase.CLOSED


def actor(*grants: tuple[str, str]) -> Actor:
    return Actor(7, "Somebody", grants=frozenset(Grant(*one) for one in grants))


# Programme 1 has editions 10 and 11, programme 2 has edition 20.
RUNS = {
    ("secretariat", "instance"): {10, 11, 20},
    ("secretariat", "programme:1"): {10, 11},
    ("secretariat", "edition:10"): {10},
    ("admin", "instance"): set(),
    ("screener", "edition:10"): set(),
    ("auditor", "instance"): set(),
}


@pytest.mark.parametrize("grant", RUNS)
def test_who_runs_what(grant: tuple[str, str]) -> None:
    for programme_id, edition_id in ((1, 10), (1, 11), (2, 20)):
        assert (may_run(actor(grant), programme_id, edition_id) is None) is (edition_id in RUNS[grant])


def test_the_service_itself_runs_everything_and_a_visitor_nothing() -> None:
    assert may_run(SYSTEM, 1, 10) is None
    assert may_run(Actor(0, ""), 1, 10) is not None


def test_who_gives_roles() -> None:
    admin, whole = actor(("admin", "instance")), actor(("secretariat", "programme:1"))
    edition = actor(("secretariat", "edition:10"))
    for role in Role:
        assert may_grant(admin, role) is None
        assert may_grant(admin, role, 2, 20) is None
        for scope in ((1, 0), (1, 10), (1, 11)):
            assert (may_grant(whole, role, *scope) is None) is (role is not Role.ADMIN)
        assert may_grant(whole, role) is not None
        assert may_grant(whole, role, 2) is not None
        assert (may_grant(edition, role, 1, 10) is None) is (role is not Role.ADMIN)
        assert may_grant(edition, role, 1) is not None
        assert may_grant(actor(("screener", "instance")), role, 1, 10) is not None


def test_who_adds_editions() -> None:
    assert may_add_editions(actor(("secretariat", "programme:1")))
    assert not may_add_editions(actor(("secretariat", "edition:10")))
    assert not may_add_editions(actor(("admin", "instance")))
