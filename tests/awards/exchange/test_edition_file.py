"""The edition file: round trips, bad files by line, loading, what is frozen, and that nothing changes by itself."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from awards import exchange
from awards.actor import SYSTEM
from awards.audit.queries import head
from awards.clock import FixedClock
from awards.editions.queries import document_of, edition_by_slugs
from awards.editions.tables import Edition
from awards.exchange.edition_file import BadFile, load, parse, show, show_edition

EXAMPLE = (Path(exchange.__file__).parent / "examples" / "wego.toml").read_text()
NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)


def test_what_show_writes_gives_the_same_document() -> None:
    document = parse(EXAMPLE)
    assert parse(show(document)) == document
    assert show(parse(show(document))) == show(document)


async def test_a_loaded_edition_reads_back_as_its_document() -> None:
    report = await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    assert report.created
    assert await document_of(report.edition_id) == parse(EXAMPLE)
    assert await show_edition("wego-awards", "2027") == show(parse(EXAMPLE))


async def test_loading_an_unchanged_file_writes_nothing() -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    before = await head()
    version = (await edition_by_slugs("wego-awards", "2027")).version
    report = await load(await show_edition("wego-awards", "2027"), actor=SYSTEM, clock=CLOCK)
    assert (report.created, report.lines, report.changed) == (False, (), False)
    assert await head() == before
    assert (await edition_by_slugs("wego-awards", "2027")).version == version


async def test_a_dry_run_says_what_would_change_and_writes_nothing() -> None:
    before = await head()
    report = await load(EXAMPLE, actor=SYSTEM, clock=CLOCK, dry_run=True)
    assert report.created
    assert "added: category “services”" in report.lines
    assert await head() == before
    assert not await Edition.count()


async def test_shown_and_loaded_under_a_new_slug_is_a_copy() -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    await load(await show_edition("wego-awards", "2027"), actor=SYSTEM, clock=CLOCK, slug="2028")
    copy = await edition_by_slugs("wego-awards", "2028")
    assert (await document_of(copy.id)).rounds == parse(EXAMPLE).rounds
    assert await Edition.count() == 2


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("at = 2027-01-11T09:00:00", "at = 2027-02-30T09:00:00", 21, "Invalid date"),
        ("year = 2027", "year = 2027\ncolour = 3", 16, "not known"),
    ],
)
def test_a_bad_file_names_the_line(old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(BadFile) as caught:
        parse(EXAMPLE.replace(old, new))
    assert [one.line for one in caught.value.problems] == [line]
    assert words in str(caught.value)
