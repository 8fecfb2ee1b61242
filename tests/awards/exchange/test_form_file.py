"""The entry form in an edition file: the form that comes with the software, conditions, dates; whom a load touches."""

import pytest

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import Transaction
from awards.editions.document import QuestionKind
from awards.editions.starter import questions_of
from awards.exchange.edition_file import BadFile, load, parse, show, show_edition
from tests import factories
from tests.awards.editions.documents import EXAMPLE
from tests.factories import AT

CLOCK = FixedClock(AT)
FIRST, REST = EXAMPLE[: EXAMPLE.index("[[question]]")], EXAMPLE[EXAMPLE.index("[[scale]]") :]
OWN = """
[[question]]
code = "motto"
section = "Nomination letter"
label = "The motto of your city"
kind = "short text"
show_if = ["on-behalf", "no"]
frozen_at = 2027-04-01T12:00:00

[[question]]
code = "visitors"
label = "Visitors"
kind = "number"
unit = "people"
"""


def with_form(name: str = "wego", own: str = OWN) -> str:
    return f'{FIRST}[form]\nbegin_with = "{name}"\n{own}\n{REST}'


def line_of(text: str, words: str) -> int:
    return next(number for number, row in enumerate(text.split("\n"), 1) if words in row)


async def test_a_file_begins_with_the_form_that_comes_with_the_software(tx: Transaction) -> None:
    document = parse(with_form())
    assert document.questions[:-2] == questions_of("wego")
    motto, visitors = document.questions[-2:]
    assert motto.show_if == ("on-behalf", "no")
    assert motto.frozen_at is not None
    assert motto.frozen_at.isoformat() == "2027-04-01T03:00:00+00:00"
    assert (visitors.kind, visitors.unit) == (QuestionKind.NUMBER, "people")
    # What is shown says all of it, and is read back as the same.
    assert parse(show(document)) == document
    await load(with_form(), actor=SYSTEM, clock=CLOCK)
    again = await load(await show_edition("wego-awards", "2027"), actor=SYSTEM, clock=CLOCK)
    assert not again.changed


WRONG = [
    ("another", OWN.replace('show_if = ["on-behalf", "no"]\n', ""), 'begin_with = "another"', "use one of: wego"),
    ("wego", OWN.replace('"motto"', '"problem"'), 'code = "problem"', "is there twice"),
    ("wego", OWN.replace('["on-behalf", "no"]', '"yes"'), 'show_if = "yes"', "must be a list of texts"),
    ("wego", OWN.replace('["on-behalf", "no"]', '["on-behalf"]'), 'show_if = ["on-behalf"]', "names a question and its answer"),
    ("wego", OWN.replace('["on-behalf", "no"]', '["visitors", "9"]'), 'show_if = ["visitors"', "no question before this one"),
    ("wego", OWN.replace("2027-04-01T12", "2026-04-01T12"), "frozen_at = 2026", "only after the call opens"),
    ("wego", OWN.replace('kind = "number"', 'kind = "date"'), 'unit = "people"', "Only a number has a unit"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "own", "line", "words"), WRONG)
def test_a_wrong_form_names_the_line(name: str, own: str, line: str, words: str) -> None:
    text = with_form(name, own)
    with pytest.raises(BadFile) as caught:
        parse(text)
    (problem,) = caught.value.problems
    assert words in problem.text
    assert problem.line == line_of(text[text.index("[form]") :], line) + text[: text.index("[form]")].count(
        "\n"
    )


async def test_loading_says_whom_it_touches(tx: Transaction) -> None:
    season = await factories.season(state="draft")
    await factories.entry(season, state="draft", reference="WG26-DRAFT")
    text = await show_edition(season.programme, season.edition)
    shorter = text.replace("max_words = 300", "max_words = 2")
    assert shorter != text
    for dry_run in (True, False):
        report = await load(shorter, actor=SYSTEM, clock=CLOCK, dry_run=dry_run)
        assert report.changed
        (touched,) = report.touched
        assert touched.line.startswith(
            "touched: question “summary”, 1 draft and 0 submitted entries: The answer no"
        )
        assert touched.line.endswith("(WG26-DRAFT)")
    assert not (await load(shorter, actor=SYSTEM, clock=CLOCK)).touched
