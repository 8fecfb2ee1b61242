"""Differences, what freezes, and what stands in the way of opening."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from msgspec.json import Decoder
from msgspec.structs import replace

from awards.editions.checks import problems_of
from awards.editions.differences import difference, in_words
from awards.editions.document import CategoryPart, EditionDocument, Effect, QuestionPart, normal, plain
from awards.editions.freezing import Standing, frozen_changes
from awards.editions.readiness import call_obstacles, frozen_document, round_obstacles
from awards.editions.rules import EditionState, RoundState
from awards.exchange.edition_file import parse
from judging import canonical_bytes
from tests.awards.editions.documents import EXAMPLE, documents

DOCUMENT = parse(EXAMPLE)
DAY = timedelta(days=1)
NOW = datetime(2027, 1, 4, tzinfo=UTC)


@given(documents())
def test_any_document_that_is_sound_is_sound_in_normal_form(document: EditionDocument) -> None:
    assert problems_of(document) == ()
    assert normal(document) == document
    assert difference(document, document) == ()


@given(documents(), documents())
def test_two_documents_without_a_difference_are_the_same(
    one: EditionDocument, other: EditionDocument
) -> None:
    other = replace(other, slug=one.slug, programme=replace(other.programme, slug=one.programme.slug))
    assert (difference(one, other) == ()) is (one == other)
    for change in difference(one, other):
        assert in_words(change)


def round_(**more: Any) -> Callable[[EditionDocument], EditionDocument]:
    return lambda d: replace(d, rounds=(replace(d.rounds[0], **more), *d.rounds[1:]))


def criterion(**more: Any) -> Callable[[EditionDocument], EditionDocument]:
    def change(d: EditionDocument) -> EditionDocument:
        first, *rest = d.rounds[0].criteria
        return round_(criteria=(replace(first, **more), *rest))(d)

    return change


def rules(**more: Any) -> Callable[[EditionDocument], EditionDocument]:
    return lambda d: replace(d, rules=replace(d.rules, **more))


def question(**more: Any) -> Callable[[EditionDocument], EditionDocument]:
    return lambda d: replace(d, questions=(replace(d.questions[0], **more), *d.questions[1:]))


def milestone(kind: str, by: timedelta) -> Callable[[EditionDocument], EditionDocument]:
    return lambda d: replace(
        d, milestones=tuple(replace(one, at=one.at + by) if one.kind == kind else one for one in d.milestones)
    )


DRAFT = Standing()
OPEN = Standing(EditionState.OPEN, {"first": RoundState.DRAFT})
JUDGED = Standing(EditionState.JUDGING, {"first": RoundState.OPEN})

# What changes, and the stages from which on it is refused.
CHANGES: dict[str, tuple[Callable[[EditionDocument], EditionDocument], set[str]]] = {
    "a category added": (
        lambda d: replace(d, categories=(*d.categories, CategoryPart("culture", "Culture"))), {"open", "judged"}),
    "a category removed": (lambda d: replace(d, categories=d.categories[1:]), {"open", "judged"}),
    "a category's name": (
        lambda d: replace(d, categories=(replace(d.categories[0], name="New"), *d.categories[1:])), set()),
    "the quota": (rules(entries_per_city=3), {"open", "judged"}),
    "one category": (rules(one_category_per_entry=False), {"open", "judged"}),
    "who may enter": (rules(who_may_enter=()), {"open", "judged"}),
    "languages": (rules(languages=("en", "fr")), {"open", "judged"}),
    "a city's approval": (rules(city_approval=True), {"open", "judged"}),
    "members only": (rules(members_only=True), {"open", "judged"}),
    "earlier winners": (rules(earlier_winners="another practice"), {"open", "judged"}),
    "years of winners": (rules(winner_years=2), {"open", "judged"}),
    "how old a practice is": (rules(maturity_months=6, maturity_question="since"), {"open", "judged"}),
    "more and larger files": (rules(most_files=12, most_file_mb=30), set()),
    "fewer files": (rules(most_files=9), {"open", "judged"}),
    "smaller files": (rules(most_file_mb=19), {"open", "judged"}),
    "terms": (rules(terms="Other terms"), set()),
    "what is declared": (rules(declaration="Another"), {"open", "judged"}),
    "disclosure": (rules(disclosure="results"), {"judged"}),
    "late marks": (rules(late_sync="refused"), {"judged"}),
    "further reads": (rules(further_reads="no"), {"judged"}),
    "the licence of results": (rules(licence="CC0-1.0"), set()),
    "an earlier deadline": (milestone("closes", -DAY), {"open", "judged"}),
    "a later deadline": (milestone("closes", DAY), set()),
    "another opening": (milestone("opens", DAY), {"open", "judged"}),
    "the ceremony": (milestone("ceremony", -DAY), set()),
    "a question's words": (question(label="Said better", hint="So"), set()),
    "a question's limit": (question(max_words=50), {"open", "judged"}),
    "a question's kind": (question(required=False), {"open", "judged"}),
    "a question removed": (lambda d: replace(d, questions=d.questions[1:]), {"open", "judged"}),
    "an optional question": (
        lambda d: replace(d, questions=(*d.questions, QuestionPart("more", "", "More?", required=False))), set()),
    "a required question": (
        lambda d: replace(d, questions=(*d.questions, QuestionPart("more", "", "More?"))), {"open", "judged"}),
    "a demonstration": (lambda d: replace(d, demo=True), {"open", "judged"}),
    "the edition's name": (lambda d: replace(d, name="Another"), set()),
    "a weight": (criterion(weights=(("services", 25),)), {"judged"}),
    "a criterion's words": (criterion(name="Other"), {"judged"}),
    "a rubric": (criterion(rubric=((0, "nothing"),)), {"judged"}),
    "a criterion removed": (lambda d: round_(criteria=d.rounds[0].criteria[1:])(d), {"judged"}),
    "a conflict's effect": (
        lambda d: replace(d, conflicts=tuple({**dict(d.conflicts), "linked": Effect.FORBID}.items())), {"judged"}),
    "the years of a past post": (lambda d: replace(d, past_years=4), {"judged"}),
    "the method": (lambda d: round_(method=replace(d.rounds[0].method, rule="median"))(d), {"judged"}),
    "the tie-breaks": (lambda d: round_(method=replace(d.rounds[0].method, tie_breaks=()))(d), {"judged"}),
    "blindness": (round_(blind=True), {"judged"}),
    "a longer round": (lambda d: round_(closes=d.rounds[0].closes + DAY)(d), set()),
    "a shorter round": (lambda d: round_(closes=d.rounds[0].closes - DAY)(d), {"judged"}),
    "the round's name": (round_(name="Round one"), set()),
    "sheets wanted": (round_(sheets_wanted=3), set()),
    "another round": (
        lambda d: replace(d, rounds=(*d.rounds, replace(d.rounds[0], code="second"))), set()),
    "the round removed": (lambda d: replace(d, rounds=()), {"judged"}),
    "the scale": (lambda d: replace(d, scales=(replace(d.scales[0], top=5),)), {"judged"}),
    "the year": (lambda d: replace(d, year=d.year + 1), {"open", "judged"}),
    "a prize": (lambda d: replace(d, prizes=d.prizes[1:]), {"judged"}),
    "a prize's places": (lambda d: replace(d, prizes=(replace(d.prizes[0], places=2), *d.prizes[1:])), {"judged"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_freezes_and_when(name: str) -> None:
    change, refused = CHANGES[name]
    new = normal(change(DOCUMENT))
    changes = difference(DOCUMENT, new)
    assert changes, "the change is one"
    for stage, standing in (("draft", DRAFT), ("open", OPEN), ("judged", JUDGED)):
        found = frozen_changes(changes, DOCUMENT, new, standing)
        assert bool(found) is (stage in refused), (stage, found)


def test_the_example_can_open() -> None:
    assert call_obstacles(DOCUMENT, EditionState.DRAFT, NOW) == ()
    assert round_obstacles(DOCUMENT, "first", EditionState.OPEN, RoundState.DRAFT, NOW + 150 * DAY) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: replace(d, milestones=()), "“opens”"),
        (lambda d: replace(d, categories=()), "category"),
        (lambda d: replace(d, questions=()), "question"),
        (milestone("closes", -365 * DAY), "later one"),
    ],
)
def test_what_stands_in_the_way_of_a_call(
    change: Callable[[EditionDocument], EditionDocument], words: str
) -> None:
    assert words in " ".join(call_obstacles(change(DOCUMENT), EditionState.DRAFT, NOW))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (round_(criteria=()), "Add the criteria"),
        (criterion(weights=()), "Problem and need"),
        (lambda d: replace(d, prizes=()), "prizes"),
        (lambda d: replace(d, categories=(*d.categories, CategoryPart("culture", "Culture"))), "Culture"),
    ],
)
def test_what_stands_in_the_way_of_a_round(
    change: Callable[[EditionDocument], EditionDocument], words: str
) -> None:
    found = round_obstacles(change(DOCUMENT), "first", EditionState.OPEN, RoundState.DRAFT, NOW + 150 * DAY)
    assert words in " ".join(found)


def test_pass_or_fail_needs_two_marks() -> None:
    asked = round_(kind="pass or fail")(DOCUMENT)
    problems = problems_of(asked)
    assert {one.place[-1] for one in problems} == {"scale"}
    assert len(problems) == len(asked.rounds[0].criteria)
    assert "two marks" in problems[0].text
    two = tuple(replace(one, top=1) for one in asked.scales)
    graded = tuple(replace(one, rubric=()) for one in asked.rounds[0].criteria)
    rounds = (replace(asked.rounds[0], criteria=graded), *asked.rounds[1:])
    found = problems_of(replace(asked, scales=two, rounds=rounds))
    assert not [one for one in found if one.place[0] == "round"]


def test_a_round_waits_for_the_deadline_of_the_call() -> None:
    closes = DOCUMENT.milestone("closes")
    assert closes is not None
    for now, waits in ((closes - timedelta(milliseconds=1), True), (closes, False)):
        found = round_obstacles(DOCUMENT, "first", EditionState.OPEN, RoundState.DRAFT, now)
        assert bool(found) is waits


@pytest.mark.parametrize(
    "name", [name for name, (_change, refused) in CHANGES.items() if "judged" in refused]
)
def test_the_ruleset_holds_what_a_round_freezes(name: str) -> None:
    before = canonical_bytes(frozen_document(DOCUMENT, "first"))
    changed = normal(CHANGES[name][0](DOCUMENT))
    froze_with_the_round = "open" not in CHANGES[name][1]
    if froze_with_the_round and changed.rounds and name != "a shorter round":
        assert canonical_bytes(frozen_document(changed, "first")) != before


def test_conflict_kinds_that_came_later_change_no_older_hash() -> None:
    """What an older service wrote of an edition is read with the defaults, and hashed as it was."""
    later = {"past_employer", "linked", "supplier", "declared_by_entrant"}
    written = json.loads(canonical_bytes(plain(normal(DOCUMENT))))
    assert later.isdisjoint(code for code, _effect in written["conflicts"])
    assert "past_years" not in written
    assert dict(normal(Decoder(EditionDocument).decode(canonical_bytes(written))).conflicts) == dict(
        normal(DOCUMENT).conflicts
    )
    changed = replace(DOCUMENT, past_years=4, conflicts=(("linked", Effect.FORBID),))
    written = json.loads(canonical_bytes(plain(normal(changed))))
    assert ["linked", "forbid"] in written["conflicts"]
    assert written["past_years"] == 4
