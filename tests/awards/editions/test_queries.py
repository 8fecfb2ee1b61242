"""What other features read of an edition, and in how many questions to the database."""

from datetime import UTC, datetime, timedelta

import pytest

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import counting
from awards.editions import queries
from awards.editions.document import EditionRules
from awards.editions.queries import edition_by_slugs
from awards.editions.services import open_call
from awards.errors import NotFound
from awards.exchange.edition_file import load
from tests import factories
from tests.awards.editions.documents import EXAMPLE
from tests.people import EUN_JI, give
from tests.serving import ClientFor

MS = timedelta(milliseconds=1)
NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
OPENS = datetime(2027, 1, 11, 0, 0, tzinfo=UTC)
CLOSES = datetime(2027, 4, 30, 12, 0, tzinfo=UTC)


async def loaded() -> int:
    return (await load(EXAMPLE, actor=SYSTEM, clock=FixedClock(NOW))).edition_id


async def test_criteria_come_with_scale_weights_and_rubric() -> None:
    edition_id = await loaded()
    round_ = await queries.round_by_code(edition_id, "first")
    assert (round_.sheets_wanted, round_.method.seed, round_.method.tie_breaks[0]) == (
        5,
        2027,
        ("criterion", "results"),
    )
    with counting() as counter:
        criteria = await queries.criteria_of(round_.id)
    assert len(counter) == 3
    assert [one.code for one in criteria] == ["need", "design", "results", "inclusion", "transfer"]
    assert [one.weights["open-city"] for one in criteria] == [20, 20, 30, 15, 15]
    assert list(criteria[0].weights) == [
        "services",
        "efficiency",
        "open-city",
        "urban-management",
        "digital-divide",
    ]
    assert criteria[0].levels[0] == (0, 3, "asserted")
    assert criteria[0].levels[-1] == (9, 10, "shown so that a stranger could check")
    assert criteria[0].scale.top == 10


async def test_questions_are_narrowed_to_a_category() -> None:
    text = EXAMPLE.replace('code = "maturity"', 'code = "maturity"\ncategories = ["open-city", "services"]')
    edition_id = (await load(text, actor=SYSTEM, clock=FixedClock(NOW))).edition_id
    every = await queries.questions_of(edition_id)
    assert len(every) == 10
    maturity = next(one for one in every if one.code == "maturity")
    assert maturity.categories == {"open-city", "services"}
    assert maturity.limits.options[0] == "Pilot"
    assert len(await queries.questions_of(edition_id, "services")) == 10
    assert "maturity" not in {one.code for one in await queries.questions_of(edition_id, "efficiency")}


async def test_prizes_stand_by_category_and_order() -> None:
    prizes = await queries.prizes_of(await loaded())
    assert [(one.category, one.name) for one in prizes[:4]] == [
        ("services", "Gold"), ("services", "Silver"), ("services", "Bronze"), ("efficiency", "Gold"),
    ]  # fmt: skip


async def test_rules_without_rows_have_their_defaults() -> None:
    programme = await factories.programme()
    edition_id = await factories.edition(programme)
    assert await queries.rules_of(edition_id) == EditionRules()
    of = await factories.season(rules={"entries_per_city": "", "one_category_per_entry": "no"})
    rules = await queries.rules_of(of.edition_id)
    assert (rules.entries_per_city, rules.one_category_per_entry) == (None, False)


@pytest.mark.parametrize(
    ("now", "is_open"), [(OPENS - MS, False), (OPENS, True), (CLOSES - MS, True), (CLOSES, False)]
)
async def test_a_call_is_open_between_its_instants(now: datetime, is_open: bool) -> None:
    edition_id = await loaded()
    assert await queries.open_calls(OPENS) == []
    version = (await edition_by_slugs("wego-awards", "2027")).version
    await open_call(edition_id=edition_id, version=version, actor=SYSTEM, clock=FixedClock(NOW))
    found = await queries.open_calls(now)
    assert [one.edition.slug for one in found] == (["2027"] if is_open else [])
    assert await queries.call_of(edition_id) == queries.CallTimes(OPENS, CLOSES)


async def test_the_next_boundary_is_the_next_instant_of_any_milestone_or_round() -> None:
    assert await queries.next_boundary(NOW) is None
    edition_id = await loaded()
    round_ = await queries.round_by_code(edition_id, "first")
    assert await queries.next_boundary(NOW) == OPENS
    assert await queries.next_boundary(OPENS) == CLOSES
    assert await queries.next_boundary(round_.opens - MS) == round_.opens
    assert await queries.next_boundary(round_.opens) == round_.closes
    assert await queries.next_boundary(datetime(2028, 1, 1, tzinfo=UTC)) is None


async def test_unknown_things_are_not_found() -> None:
    edition_id = await loaded()
    for question in (
        queries.edition_by_id(10**6),
        queries.edition_by_slugs("wego-awards", "1999"),
        queries.round_by_code(edition_id, "tenth"),
        queries.round_by_id(10**6),
        queries.document_of(10**6),
        queries.programme_page(1, "about"),
    ):
        with pytest.raises(NotFound):
            await question


PATHS = ["", "/setup", "/setup/details", "/setup/questions", "/setup/questions/problem", "/setup/rounds/first",
         "/setup/criteria/first", "/setup/criteria/first/need", "/setup/file", "/open", "/rounds/first/open",
         "/rounds/first/close", "/stage/decided"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_of_the_desk_asks_the_database_six_times_at_most(
    path: str, client_for: ClientFor
) -> None:
    await loaded()
    await give(EUN_JI, "secretariat")
    client = await client_for(EUN_JI)
    with counting() as counter:
        await client.get(f"/desk/wego-awards/2027{path}")
    assert len(counter) <= 6, counter.statements


@pytest.mark.parametrize("path", ["/desk", "/desk/people", "/desk/pages", "/desk/new"])
@pytest.mark.parametrize("many", [1, 3])
async def test_lists_of_the_desk_do_too(path: str, many: int, client_for: ClientFor) -> None:
    for _number in range(many):
        await factories.season()
    await give(EUN_JI, "secretariat")
    client = await client_for(EUN_JI)
    with counting() as counter:
        await client.get(path)
    assert len(counter) <= 6, counter.statements
