"""The way back over a judge's own changes: pure, against a model that keeps every sheet whole."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from awards.scoresheets.revisions import (
    EMPTY,
    Revision,
    State,
    StepKind,
    news_in,
    states_of,
    steps_of,
    undone_to,
    way,
)
from awards.scoresheets.rules import Change
from tests.factories import AT

MARKS = st.dictionaries(
    st.sampled_from(["impact", "new"]), st.none() | st.just("none") | st.integers(0, 10), max_size=2
)
NOTES = st.dictionaries(
    st.sampled_from(["city", "secretariat"]), st.sampled_from(["", "Good.", "Less."]), max_size=2
)
CHANGES = st.builds(Change, MARKS, NOTES, st.none() | st.sampled_from(["", "low", "high"]))


def written(*changes: Change | dict[str, object], rest: timedelta = timedelta(hours=1)) -> list[Revision]:
    return [
        Revision(number, AT + number * rest, True, one.document() if isinstance(one, Change) else one)
        for number, one in enumerate(changes, 1)
    ]


def mark(value: int | None, code: str = "impact") -> Change:
    return Change({code: value}, {})


@given(CHANGES, CHANGES)
def test_the_way_leads_there_and_says_nothing_twice(one: Change, other: Change) -> None:
    now, then = (EMPTY.after(change.document()) for change in (one, other))
    assert now.after(way(now, then).document()) == then
    assert way(now, now) == Change({}, {})
    assert news_in(now, other) == way(now, now.after(other.document()))


@settings(max_examples=200)
@given(st.lists(st.none() | CHANGES.filter(lambda change: change != Change({}, {})), max_size=14))
def test_going_back_is_going_through_all_sheets_that_stood(moves: list[Change | None]) -> None:
    """None is a step back. The model: a pile of whole sheets; writing puts one on it, going back takes one away."""
    revisions: list[Revision] = []
    pile: list[State] = [EMPTY]
    for move in moves:
        if move is None:
            back = undone_to(revisions)
            assert (back is None) == (len(pile) == 1)
            if back is None:
                continue
            pile.pop()
            states = states_of(revisions)
            document = way(states[-1], states[back]).document() | {"undone_to": back}
        else:
            pile.append(pile[-1].after(move.document()))
            document = move.document()
        # Rests of an hour: no two saves are one step.
        revisions.append(
            Revision(len(revisions) + 1, AT + len(revisions) * timedelta(hours=1), True, document)
        )
        assert states_of(revisions)[-1] == pile[-1]


def test_a_sentence_that_was_saved_while_it_was_typed_is_one_step() -> None:
    typing = [Change({}, {"city": text}) for text in ("We", "We liked", "We liked it.")]
    revisions = written(mark(7), *typing, rest=timedelta(seconds=2))
    assert undone_to(revisions) == 1
    assert [(step.first, step.last) for step in steps_of(revisions)] == [(1, 1), (2, 4)]
    assert undone_to(written(mark(7), *typing, rest=timedelta(minutes=1))) == 3
    other = written(mark(7), typing[0], Change({}, {"secretariat": "Look."}), rest=timedelta(seconds=2))
    assert undone_to(other) == 2


def test_marks_are_a_step_each_however_fast_they_come() -> None:
    assert undone_to(written(mark(7), mark(8), rest=timedelta(seconds=1))) == 1


def test_nobody_goes_back_over_a_signature_or_over_what_others_wrote() -> None:
    signed = {"marks": {}, "notes": {}, "signed": True}
    reopened = {"marks": {}, "notes": {}, "signed": False, "reason": "A mark is missing"}
    revisions = written(mark(7), signed, reopened)
    assert undone_to(revisions) is None
    assert undone_to([*revisions, Revision(4, AT, True, mark(8).document())]) == 3
    keyed = Revision(1, AT, False, mark(7).document())
    assert undone_to([keyed]) is None
    assert [step.kind for step in steps_of(revisions)] == [StepKind.SAVED, StepKind.SIGNED, StepKind.REOPENED]
    assert steps_of([keyed])[0].kind is StepKind.KEYED
    assert undone_to([]) is None


def test_what_was_put_back_is_taken_back_as_any_change() -> None:
    revisions = written(mark(7), mark(8), mark(9), {**mark(7).document(), "restored": 1})
    assert undone_to(revisions) == 3
    assert steps_of(revisions)[-1].back_to == 1
