"""The checklist of an edition: data that hashes as before while it is ours, written in files, frozen with the call."""

from typing import Any

import pytest
from msgspec.structs import replace

from awards.editions.checklist import CHECKLIST, check_lines, checks_from
from awards.editions.checks import problems_of
from awards.editions.differences import difference
from awards.editions.document import CategoryPart, EditionDocument, EditionRules, ProgrammePart, plain
from awards.editions.freezing import Standing, frozen_changes
from awards.editions.rules import EditionState
from awards.editions.setup import Answers
from awards.editions.setup_screening import screening_change, screening_values
from awards.editions.stored import rules_from, rules_rows
from awards.exchange.edition_file import parse
from awards.exchange.edition_writing import show

OURS = EditionDocument(
    programme=ProgrammePart("wego", "WeGO Awards"), slug="2027", name="Edition 2027", year=2027,
    categories=(CategoryPart("inclusive", "Inclusive City"),),
)  # fmt: skip
OWN = EditionRules(
    checklist=(("city", "Is it a city: not a firm?"), ("new", "Is it new?")),
    screeners=2, excluded_by=2, appeal_days=21,
)  # fmt: skip
THEIRS = replace(OURS, rules=OWN)


def test_an_edition_that_says_nothing_hashes_as_before() -> None:
    kept = plain(OURS)["rules"]
    assert not {"checklist", "screeners", "excluded_by", "appeal_days"} & set(kept)
    assert plain(THEIRS)["rules"]["checklist"] == [
        ["city", "Is it a city: not a firm?"],
        ["new", "Is it new?"],
    ]


@pytest.mark.parametrize("document", [OURS, THEIRS, replace(OURS, rules=EditionRules(checklist=()))])
def test_rows_files_and_forms_give_the_same_rules_back(document: EditionDocument) -> None:
    rules = document.rules
    assert rules_from(rules_rows(rules)) == rules
    assert parse(show(document)).rules == rules
    assert checks_from(check_lines(rules.checklist)) == rules.checklist
    answers = Answers(screening_values(document), "UTC")
    assert screening_change(OURS, answers).rules == rules
    assert answers.errors == {}


def test_an_edition_from_before_the_checklist_has_ours() -> None:
    assert rules_from({}).checklist == CHECKLIST


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"checklist": (("", "No code?"),)}, "checklist"),
        ({"checklist": (("one", ""),)}, "checklist"),
        ({"checklist": (("one", "A?"), ("one", "B?"))}, "checklist"),
        ({"checklist": (("Not a code", "A?"),)}, "checklist"),
        ({"checklist": tuple((f"c{n}", "A?") for n in range(31))}, "checklist"),
        ({"screeners": 3}, "screeners"),
        ({"excluded_by": 0}, "excluded_by"),
        ({"appeal_days": 91}, "appeal_days"),
        # One person alone keeps nobody out where two screen.
        ({"screeners": 2, "excluded_by": 1}, "excluded_by"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(rules: dict[str, Any], field: str) -> None:
    document = replace(OURS, rules=replace(OURS.rules, **rules))
    assert ("rules", field) in [one.place for one in problems_of(document)]
    assert problems_of(THEIRS) == ()


@pytest.mark.parametrize("field", ["checklist", "screeners", "appeal_days"])
def test_the_first_entry_and_the_last_are_screened_alike(field: str) -> None:
    new = replace(OURS, rules=replace(OURS.rules, **{field: getattr(OWN, field)}))
    changes = difference(OURS, new)
    assert frozen_changes(changes, OURS, new, Standing(EditionState.DRAFT)) == ()
    assert len(frozen_changes(changes, OURS, new, Standing(EditionState.OPEN))) == 1
