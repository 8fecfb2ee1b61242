"""Fields of categories: shared by a programme's editions, in the file and on the set-up page, free while judges read."""

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import Transaction
from awards.editions.document import CategoryPart, EditionDocument, plain
from awards.editions.queries import document_of, edition_by_slugs
from awards.editions.services import open_call
from awards.editions.tables import CategoryField, Field
from awards.exchange.edition_file import load, parse, show_edition
from tests.awards.editions.documents import EXAMPLE
from tests.awards.editions.test_pages import DESK
from tests.factories import AT
from tests.people import EUN_JI, give
from tests.serving import ClientFor

CLOCK = FixedClock(AT)


def fields_of(document: EditionDocument, code: str) -> tuple[str, ...]:
    return next(one.fields for one in document.categories if one.code == code)


async def test_a_file_names_fields_and_writes_nothing_the_second_time(tx: Transaction) -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    count = await Field.count()
    assert (await Field.select(Field.name).where(Field.code == "open-government"))[0][
        "name"
    ] == "Open government"
    again = await load(await show_edition("wego-awards", "2027"), actor=SYSTEM, clock=CLOCK)
    assert not again.changed
    # Another edition of the programme names the same fields: there is one of each.
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK, slug="2028")
    assert await Field.count() == count
    assert await CategoryField.count() == 2 * sum(len(one.fields) for one in parse(EXAMPLE).categories)


async def test_a_field_that_no_category_names_stays(tx: Transaction) -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    text = EXAMPLE.replace('fields = ["inclusion", "skills"]', 'fields = ["Skills of all"]')
    assert text != EXAMPLE
    report = await load(text.replace("Skills of all", "skills"), actor=SYSTEM, clock=CLOCK)
    assert report.lines == ("changed: category “digital-divide” fields, from inclusion, skills to skills",)
    assert await Field.exists().where(Field.code == "inclusion")


async def test_fields_of_a_category_on_its_page(client_for: ClientFor, tx: Transaction) -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    await give(EUN_JI, "secretariat")
    desk = await client_for(EUN_JI)
    row = await edition_by_slugs("wego-awards", "2027")
    # Who reads what may be planned better at any time: fields stay free when the call opens.
    await open_call(edition_id=row.id, version=row.version, actor=SYSTEM, clock=CLOCK)
    await desk.get(f"{DESK}/setup/categories/services")
    page = await desk.submit("Save the set-up", {"fields": "Public  Services\nsocial_care\npublic-services"})
    assert page.flash == "Saved: services"
    assert fields_of(await document_of(row.id), "services") == ("public-services", "social_care")
    await desk.get(f"{DESK}/setup/categories/services")
    page = await desk.submit("Save the set-up", {"fields": "naïve"}, status=422)
    assert "cannot be a code" in page.text


def test_without_fields_a_document_is_what_it_was() -> None:
    assert plain(CategoryPart("a", "A")) == {"code": "a", "name": "A", "description": ""}
    assert plain(CategoryPart("a", "A", fields=("x",)))["fields"] == ["x"]
