"""What two people can change in a form that cities have answered: no answer is lost, none is shown to more people."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from awards.editions.differences import difference
from awards.editions.document import EditionDocument, QuestionKind, normal
from awards.editions.freezing import Standing, frozen_among
from awards.editions.rules import EditionState, RoundState
from awards.editions.rulesets import Reliance, obstacles
from tests.awards.editions.test_entry_form import ask, form
from tests.factories import AT

HOUR = timedelta(hours=1)
OPEN = Standing(EditionState.OPEN, {"first": RoundState.DRAFT})
JUDGING = Standing(EditionState.JUDGING, {"first": RoundState.OPEN})
ANSWERED = Reliance(drafts=2, entries=1, answers={"what": 3})
IN_TIME, LATE = AT + 5 * HOUR, AT + timedelta(days=31)
OLD = normal(form(ask("behalf", kind=QuestionKind.YES_OR_NO), ask("what", hidden_when_blind=True)))


def changed(**more: Any) -> EditionDocument:
    first, second = OLD.questions
    return normal(replace(OLD, questions=(first, replace(second, **more))))


REMOVED = replace(OLD, questions=OLD.questions[:1])
ANOTHER_KIND = changed(kind=QuestionKind.ONE_OF, options=("A", "B"))
CASES = [
    ("taken out", REMOVED, OPEN, IN_TIME, ""),
    ("taken out late", REMOVED, OPEN, LATE, ""),
    ("taken out while judges read", REMOVED, JUDGING, LATE, "judges read its answers"),
    ("another kind", ANOTHER_KIND, OPEN, IN_TIME, ""),
    ("another kind late", ANOTHER_KIND, OPEN, LATE, "nobody could give another answer"),
    ("fewer words late", changed(max_words=5), OPEN, LATE, "nobody could give another answer"),
    ("for more readers", changed(audience="public"), OPEN, IN_TIME, "3 entries have answered it as it stands"),
    ("for fewer readers", changed(audience="secretariat"), OPEN, IN_TIME, ""),
    ("for fewer readers while they read", changed(audience="secretariat"), JUDGING, LATE, "judges read its answers"),
    ("no longer hidden", changed(hidden_when_blind=False), OPEN, IN_TIME, "have answered it as it stands"),
    ("asked only after an answer", changed(show_if=("behalf", "yes")), OPEN, IN_TIME, ""),
    ("for one category", changed(categories=("a",)), OPEN, IN_TIME, ""),
    ("for one category while judges read", changed(categories=("a",)), JUDGING, LATE, "judges read its answers"),
    ("frozen soon", changed(frozen_at=IN_TIME + HOUR), OPEN, IN_TIME, ""),
    ("frozen at once", changed(frozen_at=IN_TIME), OPEN, IN_TIME, "that time is over already"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("new", "standing", "now", "why"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_two_people_can_change(
    new: EditionDocument, standing: Standing, now: datetime, why: str
) -> None:
    frozen = frozen_among(difference(OLD, new), OLD, new, standing)
    assert frozen, "nothing of this is frozen"
    found = " ".join(obstacles(frozen, OLD, new, standing, ANSWERED, now))
    assert (why in found) if why else not found
    # Nobody has answered it: nothing stands in the way, but a time that is over.
    alone = obstacles(frozen, OLD, new, standing, Reliance(), now)
    assert bool(alone) == (why == "that time is over already")


def test_one_person_changes_wording_and_adds_an_optional_question() -> None:
    for new in (
        changed(label="What is it?", hint="Be short.", section="Two"),
        normal(replace(OLD, questions=(*OLD.questions, ask("more", required=False)))),
    ):
        assert not frozen_among(difference(OLD, new), OLD, new, OPEN)
    more = normal(replace(OLD, questions=(*OLD.questions, ask("more"))))
    assert frozen_among(difference(OLD, more), OLD, more, OPEN)
