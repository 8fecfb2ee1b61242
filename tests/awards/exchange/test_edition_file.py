"""The edition file: round trips, bad files by line, loading, what is frozen, and that nothing changes by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awards.actor import SYSTEM, Actor
from awards.audit.queries import head
from awards.clock import FixedClock
from awards.commands import FROZEN, CommandError
from awards.commands.exchanging import refusals
from awards.db import AnyDatabase, transaction
from awards.editions.checks import RESERVED_QUESTIONS
from awards.editions.document import EditionDocument
from awards.editions.freezing import Frozen
from awards.editions.queries import document_of, edition_by_slugs, round_by_code
from awards.editions.services import apply_document, open_call
from awards.editions.tables import Category, Edition, Programme
from awards.errors import Denied
from awards.exchange.edition_file import BadFile, load, parse, show, show_edition
from awards.exchange.toml_lines import Lines
from tests import factories
from tests.awards.editions.documents import EXAMPLE, documents

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)


# --- text and document ---------------------------------------------------------------------------------


def test_what_show_writes_gives_the_same_document() -> None:
    document = parse(EXAMPLE)
    assert parse(show(document)) == document
    assert show(parse(show(document))) == show(document)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(documents())
def test_any_document_survives_its_file(document: EditionDocument) -> None:
    assert parse(show(document)) == document


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(documents())
def test_every_key_is_found_on_its_line(document: EditionDocument) -> None:
    text = show(document)
    lines = Lines(text)
    rows = text.split("\n")
    assert rows[lines.of(("edition", "name")) - 1].startswith("name = ")
    for index, part in enumerate(document.questions):
        assert rows[lines.of(("question", index, "code")) - 1] == f'code = "{part.code}"'
        assert rows[lines.of(("question", index)) - 1] == "[[question]]"
    for number, one in enumerate(document.rounds):
        for index, criterion in enumerate(one.criteria):
            place = ("round", number, "criterion", index, "code")
            assert rows[lines.of(place) - 1] == f'code = "{criterion.code}"'


@given(st.text(st.sampled_from("[]{}\"'\\#=\n.a1- \t\x00é"), max_size=60) | st.text(max_size=200))
def test_odd_text_is_a_bad_file_and_never_anything_else(text: str) -> None:
    with pytest.raises(BadFile) as caught:
        parse(text)
    assert all(1 <= one.line <= text.count("\n") + 2 for one in caught.value.problems)


BAD = [
    ('slug = "2027"', 'slug = "New York"', "slug", "cannot be a code"),
    ("year = 2027", "year = 2027\ncolour = 3", "colour", "not known here"),
    ("year = 2027", 'year = "2027"', 'year = "2027"', "whole number"),
    ("year = 2027", "year = 99999999999999999999999", "year = 9", "whole number"),
    ('name = "Efficiency"', "", 'code = "efficiency"', "is missing"),
    ('code = "efficiency"', 'code = "services"', "", "is there twice"),
    ("at = 2027-04-30T21:00:00", "at = 2026-04-30T21:00:00", "at = 2026", "must close after it opens"),
    ("at = 2027-04-30T21:00:00", "at = 2027-04-30", "at = 2027-04-30", "a date with a time"),
    ("at = 2027-04-30T21:00:00", "at = 0001-01-01T00:00:00+14:00", "at = 0001", "no instant"),
    ("at = 2027-10-12T14:00:00", 'at = 2027-03-28T02:30:00\nzone = "Europe/Paris"', "at = 2027-03-28", "does not exist"),
    ("at = 2027-10-12T14:00:00", 'at = 2027-10-31T02:30:00\nzone = "Europe/Paris"', "at = 2027-10-31", "comes twice"),
    ("at = 2027-10-12T14:00:00", 'at = 2027-10-12T14:00:00\nzone = "Mars/Olympus"', 'zone = "Mars', "no time zone"),
    ('disclosure = "sums"', 'disclosure = "all"', 'disclosure = "all"', "use one of: sums, marks, results"),
    ("weight = 30", "weight = 0", "weight = 0", "from 1 to"),
    ("weight = 30", "weights = { services = 30, parks = 20 }", "weights", "“parks” is not known"),
    ('9 = "published, and taken up elsewhere"', '11 = "no"', "11 = ", "no mark of the scale"),
    ('method = "calibrated"', 'method = "dice"', "method", "is not known"),
    ('tie_breaks = ["criterion:results"', 'tie_breaks = ["criterion:charm"', "tie_breaks", "“charm” is not known"),
    ('own_city = "forbid"', 'own_city = "perhaps"', "own_city", "forbid, warn, report"),
    ("step = 1", "step = 0.3", "highest = 10", "whole number of steps"),
    ("step = 1", "step = nan", "step = nan", "must be a number"),
    ('in = "each category"\nposition = 2', 'in = "parks"\nposition = 2', 'in = "parks"', "is not known"),
    ("position = 2", "position = 1", "", "Another prize has this position"),
    ("max_words = 120", "max_words = 10", "max_words = 10", "must not be less"),
    ('section = "The practice"\nlabel', 'section = "The\\u0000practice"\nlabel', "section", "cannot be stored"),
    ('closes = 2027-07-16T21:00:00', 'closes = 2027-05-01T21:00:00', "closes = 2027-05", "must close after"),
    ('slug = "wego-awards"', 'slug = "mail"', 'slug = "mail"', "an address of the desk"),
    *(('code = "budget"', f'code = "{code}"', f'"{code}"', "an address of every entry") for code in sorted(RESERVED_QUESTIONS)),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD)
def test_a_bad_file_names_the_line_and_says_why(old: str, new: str, line: str, words: str) -> None:
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new, 1)
    with pytest.raises(BadFile) as caught:
        parse(text)
    assert words in str(caught.value)
    rows = text.split("\n")
    near = [rows[one.line - 1 : one.line + 1] for one in caught.value.problems if words in one.text]
    assert any(line in row for pair in near for row in pair), near


def test_text_that_is_no_toml_names_the_line() -> None:
    with pytest.raises(BadFile) as caught:
        parse(EXAMPLE.replace("at = 2027-01-11T09:00:00", "at = 2027-02-30T09:00:00"))
    assert EXAMPLE.split("\n")[caught.value.problems[0].line - 1] == "at = 2027-01-11T09:00:00"
    with pytest.raises(BadFile, match="not TOML"):
        parse("[[[")
    with pytest.raises(BadFile, match="not TOML"):
        parse("a = " + "[" * 5000)


def test_every_mistake_is_named_at_once() -> None:
    text = (
        EXAMPLE.replace("year = 2027", "year = 1")
        .replace("weight = 30", "weight = 0")
        .replace("step = 1", 'step = "1"')
    )
    with pytest.raises(BadFile) as caught:
        parse(text)
    assert len(caught.value.problems) == 3


# --- loading -------------------------------------------------------------------------------------------


async def test_a_loaded_edition_reads_back_as_its_document() -> None:
    report = await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    assert report.created
    assert await document_of(report.edition_id) == parse(EXAMPLE)
    assert await show_edition("wego-awards", "2027") == show(parse(EXAMPLE))


async def test_loading_an_unchanged_file_writes_nothing() -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    before, version = await head(), (await edition_by_slugs("wego-awards", "2027")).version
    for text in (EXAMPLE, await show_edition("wego-awards", "2027")):
        report = await load(text, actor=SYSTEM, clock=FixedClock(NOW + timedelta(days=1)))
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
    assert not await Programme.count()


async def test_shown_and_loaded_under_a_new_slug_is_a_copy() -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    await load(await show_edition("wego-awards", "2027"), actor=SYSTEM, clock=CLOCK, slug="2028")
    copy = await edition_by_slugs("wego-awards", "2028")
    assert (await document_of(copy.id)).rounds == parse(EXAMPLE).rounds
    assert await Edition.count() == 2
    assert await Programme.count() == 1


async def test_a_change_keeps_the_ids_that_others_point_to() -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    rows = await Category.select(Category.id, Category.code).order_by(Category.id)
    before = {row["code"]: row["id"] for row in rows}
    text = EXAMPLE.replace('name = "Services"', 'name = "Service"').replace("weight = 30", "weight = 31")
    report = await load(text, actor=SYSTEM, clock=CLOCK)
    assert report.lines[0] == "changed: category “services” name, from “Services” to “Service”"
    assert len(report.lines) == 6
    assert {row["code"]: row["id"] for row in await Category.select(Category.id, Category.code)} == before


async def test_what_is_frozen_is_named_and_nothing_of_the_file_is_stored() -> None:
    report = await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    version = (await edition_by_slugs("wego-awards", "2027")).version
    await open_call(edition_id=report.edition_id, version=version, actor=SYSTEM, clock=CLOCK)
    before = await head()
    text = EXAMPLE.replace("entries_per_city = 2", "entries_per_city = 3").replace(
        'name = "Services"', 'name = "New"'
    )
    with pytest.raises(Frozen) as caught:
        await load(text, actor=SYSTEM, clock=CLOCK)
    assert len(caught.value.items) == 1
    assert "entries per city, from 2 to 3: refused, it froze when the call opened" in caught.value.items[0]
    assert await head() == before
    assert await document_of(report.edition_id) == parse(EXAMPLE)


async def test_what_others_refer_to_cannot_be_removed() -> None:
    report = await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    round_ = await round_by_code(report.edition_id, "first")
    await factories.seat(round_.id, await factories.person("Judge"))
    document = parse(EXAMPLE)
    bare = EXAMPLE[: EXAMPLE.index("[[round]]")] + EXAMPLE[EXAMPLE.index("[conflicts]") :]
    with pytest.raises(Frozen, match="round “first” cannot be removed"):
        await load(bare, actor=SYSTEM, clock=CLOCK)
    assert await document_of(report.edition_id) == document


async def test_only_the_secretariat_loads() -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    for text in (EXAMPLE, EXAMPLE.replace('"2027"', '"2029"'), EXAMPLE.replace('"wego-awards"', '"other"')):
        with pytest.raises(Denied):
            await load(text, actor=Actor(3, "Nadia"), clock=CLOCK)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
    ],
)  # fmt: skip
@given(one=documents(), other=documents())
async def test_any_draft_becomes_any_other(
    one: EditionDocument, other: EditionDocument, database: AnyDatabase
) -> None:
    """Rows of a draft are added, changed, moved and removed until they say exactly the other document."""
    text = show(other).replace(f'slug = "{other.programme.slug}"', f'slug = "{one.programme.slug}"', 1)
    target = parse(text, slug=one.slug)
    async with transaction() as level:
        level.discard()
        made = await apply_document(document=one, actor=SYSTEM, clock=CLOCK)
        assert await document_of(made.edition_id) == one
        applied = await apply_document(document=target, actor=SYSTEM, clock=CLOCK)
        assert applied.edition_id == made.edition_id
        assert await document_of(made.edition_id) == target
        again = await apply_document(document=target, actor=SYSTEM, clock=CLOCK)
        assert again.changes == ()


async def test_the_command_line_says_how_two_people_change_what_froze() -> None:
    with pytest.raises(CommandError) as refused:
        async with refusals():
            raise Frozen(["quotas: refused.", "prizes: refused."])
    assert refused.value.code == FROZEN == 4
    assert str(refused.value).startswith(
        "quotas: refused.\nprizes: refused.\nWhat has frozen is changed by two people"
    )
