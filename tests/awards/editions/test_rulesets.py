"""What no new ruleset can do, whom it touches, what follows, and documents as text. Pure."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from awards.editions.differences import difference, in_full
from awards.editions.document import (
    CategoryPart,
    CriterionPart,
    EditionDocument,
    EditionRules,
    Effect,
    MilestonePart,
    PrizePart,
    ProgrammePart,
    QuestionPart,
    RoundPart,
    ScalePart,
    normal,
)
from awards.editions.freezing import Standing, frozen_among
from awards.editions.rules import EditionState, RoundState
from awards.editions.rulesets import (
    Affected,
    Reliance,
    RoundReliance,
    affected,
    consequences,
    document_from,
    facts,
    hash_of,
    holds_still,
    may_decline,
    may_withdraw,
    obstacles,
    request_hash,
    text_of,
)
from tests.awards.editions.documents import documents
from tests.factories import AT, DAY


def criterion(code: str, **more: Any) -> CriterionPart:
    values = {
        "name": code,
        "scale": "ten",
        "weights": (("a", 60), ("b", 40)),
        "rubric": ((0, "none"), (8, "all")),
    }
    return CriterionPart(code, **{**values, **more})


OLD = normal(
    EditionDocument(
        ProgrammePart("wego", "WeGO"),
        "2026",
        "Edition 2026",
        2026,
        milestones=(MilestonePart("opens", AT - 30 * DAY), MilestonePart("closes", AT + 5 * DAY)),
        rules=EditionRules(),
        categories=(CategoryPart("a", "A"), CategoryPart("b", "B")),
        questions=(
            QuestionPart("what", "The practice", "What?"),
            QuestionPart("cost", "The practice", "Cost?", required=False),
        ),
        scales=(ScalePart("ten"), ScalePart("five", top=5)),
        rounds=(
            RoundPart(
                "first", "First", AT - DAY, AT + 20 * DAY, criteria=(criterion("need"), criterion("result"))
            ),
            RoundPart("final", "Final", AT + 30 * DAY, AT + 40 * DAY, criteria=(criterion("need"),)),
        ),
        prizes=(PrizePart("gold", "Gold", 1, category="a"),),
    )
)
JUDGING = Standing(EditionState.JUDGING, {"first": RoundState.OPEN, "final": RoundState.DRAFT})
NOBODY = Reliance()
BEGUN = Reliance(
    drafts=1,
    entries=4,
    answers={"what": 4},
    categories={"a": 4},
    rounds={"first": RoundReliance(entries=4, judges=3, sheets=8, begun=2, signed=1)},
)


def with_round(**more: Any) -> EditionDocument:
    return replace(OLD, rounds=(replace(OLD.rounds[0], **more), OLD.rounds[1]))


def with_criterion(**more: Any) -> EditionDocument:
    first = OLD.rounds[0]
    return with_round(criteria=(replace(first.criteria[0], **more), *first.criteria[1:]))


def with_rules(**more: Any) -> EditionDocument:
    return replace(OLD, rules=replace(OLD.rules, **more))


def with_times(**at: Any) -> EditionDocument:
    return replace(OLD, milestones=tuple(replace(one, at=at.get(one.kind, one.at)) for one in OLD.milestones))


def said(new: EditionDocument, standing: Standing = JUDGING, reliance: Reliance = BEGUN) -> str:
    changes = difference(OLD, normal(new))
    frozen = frozen_among(changes, OLD, normal(new), standing)
    assert frozen, "nothing of this is frozen"
    return " ".join(obstacles(frozen, OLD, normal(new), standing, reliance, AT))


POSSIBLE: Mapping[str, EditionDocument] = {
    "conflict rules": replace(OLD, conflicts=(("own_country", Effect.WARN),)),
    "years of past posts": replace(OLD, past_years=5),
    "weights": with_criterion(weights=(("a", 50), ("b", 50))),
    "wording of a criterion": with_criterion(name="The need", question="Is it real?"),
    "rubric": with_criterion(rubric=((0, "nothing"), (9, "all"))),
    "order of criteria": with_round(criteria=tuple(reversed(OLD.rounds[0].criteria))),
    "tie-breaks": with_round(method=replace(OLD.rounds[0].method, tie_breaks=(("criterion", "need"),))),
    "method": with_round(method=replace(OLD.rounds[0].method, rule="mean", draws=100)),
    "confidence no longer asked": with_round(confidence=False, bridge_first=True),
    "another answer in place of a mark": with_round(not_enough_evidence=True),
    "an end that comes earlier": with_round(closes=AT + DAY),
    "labels of a scale": replace(OLD, scales=(replace(OLD.scales[0], low_label="not at all"), OLD.scales[1])),
    "prizes": replace(OLD, prizes=(*OLD.prizes, PrizePart("silver", "Silver", 2, category="a"))),
    "disclosure": with_rules(disclosure="results"),
    "quotas": with_rules(entries_per_city=1),
    "who may enter": with_rules(who_may_enter=("city",)),
    "an earlier deadline": with_times(closes=AT + DAY),
    "a question more": replace(OLD, questions=(*OLD.questions, QuestionPart("why", "The practice", "Why?"))),
    "a question that nobody answered": replace(OLD, questions=OLD.questions[:1]),
    "limits of an answered question": replace(
        OLD, questions=(replace(OLD.questions[0], max_words=300), OLD.questions[1])
    ),
    "a category more": replace(OLD, categories=(*OLD.categories, CategoryPart("c", "C"))),
}

IMPOSSIBLE: Mapping[str, tuple[EditionDocument, str]] = {
    "a criterion less": (with_round(criteria=OLD.rounds[0].criteria[:1]), "were marked under it"),
    "a criterion more": (with_round(criteria=(*OLD.rounds[0].criteria, criterion("more"))), "would lack it"),
    "a criterion on another scale": (with_criterion(scale="five"), "were marked under it"),
    "other steps": (replace(OLD, scales=(replace(OLD.scales[0], top=9), OLD.scales[1])), "were marked under it"),
    "a criterion not judged there": (with_criterion(weights=(("a", 60),)), "were marked under it"),
    "another kind of round": (with_round(kind="pass or fail"), "were marked under it"),
    "blindness": (with_round(blind=True), "were marked under it"),
    "confidence asked late": (with_round(confidence=True), "would lack it"),
    "a later beginning": (with_round(opens=AT + DAY), "has begun"),
    "an end that is past": (with_round(closes=AT), "would be over"),
    "no round": (replace(OLD, rounds=OLD.rounds[1:]), "stays"),
    "another order of rounds": (replace(OLD, rounds=tuple(reversed(OLD.rounds))), "stay in their order"),
    "a deadline that is past": (with_times(closes=AT), "would be over"),
    "another opening": (with_times(opens=AT - 31 * DAY), "the call has begun"),
    "no deadline": (replace(OLD, milestones=OLD.milestones[:1]), "needs both its times"),
    "a category with entries": (replace(OLD, categories=OLD.categories[1:]), "entries stand in it"),
    "an answered question that judges read": (replace(OLD, questions=OLD.questions[1:]), "judges read its answers"),
    "who reads an answer": (
        replace(OLD, questions=(replace(OLD.questions[0], audience="public"), OLD.questions[1])), "have answered it",
    ),
    "what kind of edition": (replace(OLD, demo=True), "what kind of edition"),
}  # fmt: skip


@pytest.mark.parametrize("what", POSSIBLE)
def test_two_people_can_change(what: str) -> None:
    new = POSSIBLE[what]
    assert said(new) == ""


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_nobody_can_change(what: str) -> None:
    new, why = IMPOSSIBLE[what]
    assert why in said(new)


def test_an_answer_that_sheets_may_hold_is_not_taken_away() -> None:
    old = normal(with_round(not_enough_evidence=True))
    changes = difference(old, OLD)
    frozen = frozen_among(changes, old, OLD, JUDGING)
    assert "were marked under it" in " ".join(obstacles(frozen, old, OLD, JUDGING, BEGUN, AT))


@pytest.mark.parametrize(
    "what",
    ["a criterion less", "a criterion more", "a criterion on another scale", "other steps", "another kind of round",
     "blindness", "confidence asked late", "a category with entries", "an answered question that judges read",
     "who reads an answer"],
)  # fmt: skip
def test_before_anybody_relied_on_it_it_can_change(what: str) -> None:
    assert said(IMPOSSIBLE[what][0], reliance=NOBODY) == ""


@pytest.mark.parametrize("state", [RoundState.CLOSED, RoundState.EXTRA, RoundState.DECIDED])
@pytest.mark.parametrize(
    "what", ["weights", "rubric", "prizes", "disclosure", "tie-breaks", "a category more"]
)
def test_rules_are_not_chosen_by_their_outcome(what: str, state: RoundState) -> None:
    standing = Standing(EditionState.JUDGING, {"first": state, "final": RoundState.OPEN})
    assert "its marks are known" in said(POSSIBLE[what], standing, NOBODY)


@pytest.mark.parametrize("state", [EditionState.DECIDED, EditionState.PUBLISHED, EditionState.ARCHIVED])
def test_nothing_changes_once_the_results_are_decided(state: EditionState) -> None:
    standing = Standing(state, JUDGING.rounds)
    assert "are decided" in said(POSSIBLE["quotas"], standing, NOBODY)


def test_a_question_that_must_be_answered_comes_before_the_deadline() -> None:
    late = with_times(closes=AT - 2 * DAY)
    more = replace(late, questions=(*late.questions, QuestionPart("why", "The practice", "Why?")))
    frozen = frozen_among(difference(late, more), late, more, JUDGING)
    assert "nobody could answer it" in " ".join(obstacles(frozen, late, more, JUDGING, BEGUN, AT))


@pytest.mark.parametrize(
    ("what", "of"),
    [
        ("weights", Affected(False, False, ("first",))),
        ("labels of a scale", Affected(False, False, ("first", "final"))),
        ("prizes", Affected(False, True, ("first", "final"))),
        ("conflict rules", Affected(False, False, ("first", "final"))),
        ("years of past posts", Affected(False, False, ("first", "final"))),
        ("disclosure", Affected(False, False, ("first", "final"))),
        ("quotas", Affected(True, True, ())),
        ("a category more", Affected(True, True, ("first", "final"))),
        ("an earlier deadline", Affected(True, True, ())),
    ],
)
def test_it_touches_those_who_are_judged_by_it(what: str, of: Affected) -> None:
    standing = Standing(EditionState.JUDGING, {"first": RoundState.OPEN, "final": RoundState.OPEN})
    frozen = frozen_among(difference(OLD, normal(POSSIBLE[what])), OLD, POSSIBLE[what], standing)
    assert affected(frozen, OLD, standing) == of


def test_the_page_says_in_numbers_who_relies_on_it() -> None:
    new = normal(POSSIBLE["weights"])
    frozen = frozen_among(difference(OLD, new), OLD, new, JUDGING)
    of = affected(frozen, OLD, JUDGING)
    names = {part.code: part.name for part in OLD.rounds}
    assert dict(facts(of, names, BEGUN)) == {
        "Entries": "4", "Drafts of entries": "1", "First: judges": "3", "First: sheets begun": "2 of 8",
        "First: sheets signed": "1", "First: runs": "0",
    }  # fmt: skip
    told = " ".join(consequences(frozen, of, names, BEGUN))
    assert "3 judges have accepted" in told
    assert "2 sheets are begun" in told
    assert "public note" in told


def test_what_is_signed_for_is_shown_in_full() -> None:
    long = "A rubric of many words. " * 20
    changed = normal(with_criterion(rubric=((0, "none"), (8, long.strip()))))
    lines = in_full(difference(OLD, changed), OLD, changed)
    assert [(line.before, line.after) for line in lines] == [("all", long.strip())]
    added = normal(with_round(criteria=(*OLD.rounds[0].criteria, criterion("more"))))
    (line,) = in_full(difference(OLD, added), OLD, added)
    assert line.what == "round “first” criterion “more”"
    assert "weight in a: 60" in line.after
    assert "rubric from mark 8: all" in line.after
    (line,) = in_full(difference(added, OLD), added, OLD)
    assert "scale: ten" in line.before
    assert line.after == ""


@given(documents())
def test_a_document_comes_back_from_its_text(document: EditionDocument) -> None:
    again = document_from(text_of(document))
    assert again is not None
    assert hash_of(again) == hash_of(normal(document))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "[" * 3000, '{"slug": 1}', text_of(OLD)[:-1]])
def test_any_other_text_is_no_document(text: str) -> None:
    assert document_from(text) is None


def test_the_approval_is_over_both_documents_and_the_note() -> None:
    new = POSSIBLE["weights"]
    signed = request_hash(hash_of(OLD), hash_of(new), "As announced.")
    assert holds_still(signed, OLD, new, "As announced.")
    assert not holds_still(signed, replace(OLD, summary="Other words"), new, "As announced.")
    assert not holds_still(signed, OLD, POSSIBLE["rubric"], "As announced.")
    assert not holds_still(signed, OLD, new, "Otherwise.")


def test_who_ends_a_request() -> None:
    assert may_decline(2, 1) is None
    assert may_decline(1, 1) is not None
    assert may_withdraw(1, 1) is None
    assert may_withdraw(2, 1) is not None
