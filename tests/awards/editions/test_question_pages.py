"""The builder: questions and sections on pages, with a preview, and nothing lost of what was answered."""

import pytest

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import Transaction
from awards.editions.document import EditionDocument, QuestionKind
from awards.editions.queries import document_of, edition_by_slugs
from awards.editions.tables import Question
from awards.entries.tables import Answer
from awards.exchange.edition_file import load, parse, show_edition
from tests import factories
from tests.awards.editions.documents import EXAMPLE
from tests.awards.editions.test_pages import DESK
from tests.factories import AT, Season
from tests.page import Client
from tests.people import EUN_JI, give
from tests.serving import ClientFor

CLOCK = FixedClock(AT)
QUESTIONS = f"{DESK}/setup/questions"


@pytest.fixture
async def desk(client_for: ClientFor, tx: Transaction) -> Client:
    await give(EUN_JI, "secretariat")
    return await client_for(EUN_JI)


async def begun() -> None:
    """An edition without questions."""
    text = EXAMPLE[: EXAMPLE.index("[[question]]")] + EXAMPLE[EXAMPLE.index("[[scale]]") :]
    assert not parse(text).questions
    await load(text, actor=SYSTEM, clock=CLOCK)


async def now() -> EditionDocument:
    return await document_of((await edition_by_slugs("wego-awards", "2027")).id)


async def test_an_edition_begins_with_the_form_that_comes_with_the_software(desk: Client) -> None:
    await begun()
    await desk.get(QUESTIONS)
    page = await desk.submit("Start with the WeGO form")
    assert page.flash.startswith("The WeGO form is there")
    first = (await now()).questions
    assert {one.kind for one in first} == set(QuestionKind)
    # Every kind is drawn as officials meet it, on one page.
    page = await desk.click("See the whole form")
    assert "Only if “Do you enter on behalf of a city?” is “Yes”" in page.text
    assert "people in a month" in page.text
    assert page.main.findall(".//{*}input[@type='file']")
    await desk.get(f"{QUESTIONS}/preview?category=nowhere")


async def test_a_question_is_previewed_and_then_added(desk: Client) -> None:
    await begun()
    await desk.get(f"{QUESTIONS}/_new?section=Proof")
    typed = {"label": "How many people came?", "kind": "number", "unit": "people", "hint": "Count\nonce."}
    page = await desk.submit("Preview", typed, status=200)
    assert "How many people came?" in page.text
    assert "Count once." in page.text
    assert not (await now()).questions
    page = await desk.submit("Preview", {"kind": "one of"}, status=200)
    assert "Only a number has a unit" in page.text
    assert "Give at least two answers to choose from" in page.text
    page = await desk.submit("Save the set-up", {"kind": "number", "max_words": "9"}, status=422)
    assert page.errors == ["Only texts have limits in words"]
    page = await desk.submit("Save the set-up", {"max_words": ""})
    assert page.flash == "Saved: many-people-came"
    (question,) = (await now()).questions
    assert (question.section, question.unit, question.hint) == ("Proof", "people", "Count once.")
    await desk.get(f"{QUESTIONS}/_new")
    page = await desk.submit("Save the set-up", {"label": "Again?", "code": "many-people-came"}, status=422)
    assert page.errors == ["This code is taken; codes differ"]


async def test_a_question_waits_for_one_before_it(desk: Client) -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    await desk.get(f"{QUESTIONS}/_new")
    await desk.submit("Save the set-up", label="On behalf?", code="behalf", kind="yes or no", section="Proof")
    await desk.get(f"{QUESTIONS}/_new")
    page = await desk.submit(
        "Save the set-up", label="The letter", code="letter", kind="file", section="Proof",
        most_files="2", show_if="behalf:yes", frozen_at="2027-03-01T12:00",
    )  # fmt: skip
    assert "Only if “On behalf?” is “Yes”" in page.text
    letter = (await now()).questions[-1]
    assert (letter.show_if, letter.most_files) == (("behalf", "yes"), 2)
    # What decides cannot go below what it decides, nor away.
    page = await desk.submit(f"{QUESTIONS}/behalf/down", status=422)
    assert "no question before this one" in page.text
    page = await desk.submit(f"{QUESTIONS}/behalf/remove", status=422)
    await desk.get(f"{QUESTIONS}/letter")
    await desk.submit("Save the set-up", show_if="", frozen_at="")
    assert (await now()).questions[-1].frozen_at is None


async def test_sections_are_renamed_and_moved(desk: Client) -> None:
    await load(EXAMPLE, actor=SYSTEM, clock=CLOCK)
    before = (await now()).questions
    sections = list(dict.fromkeys(one.section for one in before))
    await desk.get(QUESTIONS)
    await desk.submit(f"Move the section down {sections[0]}")
    assert (await now()).questions[0].section == sections[1]
    await desk.submit(f"Move the section up {sections[0]}")
    assert (await now()).questions == before
    await desk.submit(f"Rename {sections[0]}", name="What it is")
    assert (await now()).questions[0].section == "What it is"
    first, second = (one.code for one in before[:2])
    await desk.submit(f"{QUESTIONS}/{first}/down")
    assert [one.code for one in (await now()).questions][:2] == [second, first]
    await desk.submit(f"{QUESTIONS}/{first}/up")
    assert [one.code for one in (await now()).questions][:2] == [first, second]


async def drafted(season: Season) -> str:
    await factories.entry(season, state="draft", reference="WG26-DRAFT")
    await factories.entry(season, reference="WG26-SENT")
    return f"{season.desk}/setup/questions"


async def test_taking_out_an_answered_question_shows_whom_it_touches_first(desk: Client) -> None:
    season = await factories.season(state="draft")
    questions = await drafted(season)
    await desk.get(questions)
    page = await desk.submit(f"{questions}/summary/remove", status=200)
    assert "Nothing is stored yet" in page.text
    assert "1 draft and 1 submitted entry" in page.text
    assert "WG26-DRAFT" in page.text
    assert "WG26-SENT" in page.text
    assert "lower their floor" not in page.text
    page = await desk.submit("Do it, having seen this")
    assert page.flash == "Removed: summary"
    assert "Taken out, answers kept" in page.text
    assert await Answer.count().where(Answer.question == season.question_id) == 2
    # It comes back with its answers, again after a look.
    page = await desk.submit(f"{questions}/summary/back", status=200)
    page = await desk.submit("Do it, having seen this")
    assert page.flash == "In the form again: summary"
    assert await Question.exists().where((Question.code == "summary") & Question.ended_at.is_null())


async def test_changing_an_answered_question_shows_whom_it_touches_first(desk: Client) -> None:
    season = await factories.season(state="draft")
    questions = await drafted(season)
    await desk.get(f"{questions}/summary")
    page = await desk.submit("Save the set-up", max_words="3", status=200)
    assert "The answer no longer fits" in page.text
    assert (await document_of(season.edition_id)).questions[0].max_words == 300
    # What is typed after the look is another change, and is looked at again.
    page = await desk.submit("Save the set-up, having seen this", audience="secretariat", status=200)
    assert "Judges no longer read the answer" in page.text
    page = await desk.submit("Save the set-up, having seen this")
    assert page.flash == "Saved: summary"
    (question,) = (await document_of(season.edition_id)).questions
    assert (question.max_words, question.audience) == (3, "secretariat")


async def test_in_an_open_call_two_people_take_an_answered_question_out(desk: Client) -> None:
    season = await factories.season()
    questions = await drafted(season)
    await desk.get(f"{questions}/_new")
    await desk.submit("Save the set-up", label="Anything else?", code="else", required=())
    page = await desk.submit(f"{questions}/summary/remove", status=409)
    assert "froze when the call opened" in page.text
    page = await desk.submit("Ask for a new ruleset", status=200)
    assert "Whose answers it touches" in page.text
    assert "WG26-DRAFT" in page.text
    assert "The question leaves the form" in page.text


async def test_a_file_shows_whom_it_touches_before_it_is_stored(desk: Client) -> None:
    season = await factories.season(state="draft")
    await drafted(season)
    page = await desk.get(f"{season.desk}/setup/file")
    text = (await show_edition(season.programme, season.edition)).replace("max_words = 300", "max_words = 2")
    page = await desk.submit("Show what would change", text=text, status=200)
    assert "Whose answers it touches" in page.text
    assert "WG26-SENT" in page.text
    await desk.submit("Store these changes")
    assert (await document_of(season.edition_id)).questions[0].max_words == 2
