"""How many files an entry may have and how large: kept, written and read as every rule of an edition."""

import pytest
from msgspec.structs import replace

from awards.editions.checks import problems_of
from awards.editions.document import EditionDocument, EditionRules, plain
from awards.editions.stored import rules_from, rules_rows
from awards.exchange.edition_file import parse
from awards.exchange.edition_writing import show
from tests.awards.editions.documents import EXAMPLE

OURS = parse(EXAMPLE)


def limited(**more: int) -> EditionDocument:
    return replace(OURS, rules=replace(OURS.rules, **more))


def test_an_edition_that_says_nothing_hashes_as_before() -> None:
    assert not {"most_files", "most_file_mb"} & set(plain(OURS)["rules"])
    assert rules_from({}).most_files == EditionRules().most_files
    assert plain(limited(most_files=3))["rules"]["most_files"] == 3


@pytest.mark.parametrize("document", [OURS, limited(most_files=3, most_file_mb=5)])
def test_rows_and_files_give_the_same_limits_back(document: EditionDocument) -> None:
    assert rules_from(rules_rows(document.rules)) == document.rules
    assert parse(show(document)).rules == document.rules


@pytest.mark.parametrize(
    "more", [{"most_files": 0}, {"most_files": 101}, {"most_file_mb": 0}, {"most_file_mb": 51}]
)
def test_limits_are_ones_that_can_be_kept(more: dict[str, int]) -> None:
    """No file is taken that is larger than the service takes at all."""
    (problem,) = problems_of(limited(**more))
    assert problem.place == ("rules", *more)
