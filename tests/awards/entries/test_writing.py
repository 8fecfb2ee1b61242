"""Writing an entry without any script: every kind of question, whole sections, both texts where two wrote."""

import json
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Question
from awards.entries.tables import Answer, WorkingText
from awards.web.i18n import PSEUDO
from tests import factories
from tests.awards.entries.test_kinds import KOREAN
from tests.awards.entries.test_pages import city_of, start
from tests.factories import AT, Season
from tests.lint import elements
from tests.page import Client, Page
from tests.people import AMINA, BAO
from tests.serving import ClientFor

CELLS = ("indicator", "unit", "before", "after")


async def question(season: Season, code: str, kind: str, position: int = 2, **more: object) -> None:
    values = {"section": "The practice", "label": f"About {code}?", **more}
    await factories.add(
        Question, edition=season.edition_id, code=code, kind=kind, position=position, **values
    )


async def values() -> dict[str, str]:
    rows = await Answer.raw("SELECT q.code, a.value FROM answer a JOIN question q ON q.id = a.question")
    return {row["code"]: row["value"] for row in rows}


def typed(page: Page, name: str) -> str:
    return page.by_id(name).get("value", "")


def words(element: Element) -> str:
    return "".join(element.itertext())


def inserted(page: Page) -> list[str]:
    return [words(each) for each in elements(page.main, "ins")]


# --- one question --------------------------------------------------------------------------------------


async def test_a_date_has_three_fields_and_says_which_is_wrong(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await question(season, "begun", "date")
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/begun"
    await amina.get(path)
    page = await amina.submit("#question", {"answer.day": "9", "answer.year": "2026"}, status=422)
    assert page.errors == ["Enter a month"]
    assert (typed(page, "answer.day"), typed(page, "answer.month")) == ("9", "")
    page = await amina.submit("Save and return", {"answer.month": ""}, status=200)
    page = await amina.get(path)
    assert typed(page, "answer.year") == "2026"
    await amina.submit("#question", {"answer.month": "٣"}, status=200)
    assert await values() == {"begun": "2026-03-09"}


async def test_a_number_stands_with_its_unit(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await question(season, "cost", "number", limits='{"unit": "million won"}')
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/cost"
    page = await amina.get(path)
    assert "million won" in page.text
    assert "answer-unit" in page.by_id("answer").get("aria-describedby", "")
    page = await amina.submit("#question", answer="much", status=422)
    assert typed(page, "answer") == "much"
    await amina.submit("#question", answer="١٬٢٠٠٫٥", status=200)
    assert await values() == {"cost": "1200.5"}


async def test_a_table_of_indicators_grows_and_names_the_wrong_cell(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await question(season, "effects", "indicators")
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/effects"
    await amina.get(path)
    first = dict(zip((f"answer.0.{cell}" for cell in CELLS), ("Trips", "a week", "3,5", "many"), strict=True))
    page = await amina.submit("Add a row", first, status=200)
    assert typed(page, "answer.0.before") == "3.5"
    assert page.by_id("answer.3.indicator") is not None
    page = await amina.submit("#question", {"answer.3.after": "7"}, status=422)
    assert page.errors == [
        "Row 1: enter a number after, such as 1200 or 3.5",
        "Row 2: name what was measured",
    ]
    assert "Row 1: enter a number after" in words(page.by_id("answer.0-error"))
    await amina.submit("#question", {"answer.0.after": "4", "answer.1.indicator": "Kiosks"}, status=200)
    assert json.loads((await values())["effects"]) == [
        {"indicator": "Trips", "unit": "a week", "before": "3.5", "after": "4"},
        {"indicator": "Kiosks", "unit": "", "before": "", "after": "7"},
    ]


@pytest.mark.parametrize(
    ("kind", "limits", "theirs", "own", "said"),
    [
        ("several of", '{"options": ["Bus", "Tram"]}', {"answer": ("Bus",)}, {"answer": ("Tram",)}, "Bus"),
        ("yes or no", "", {"answer": "yes"}, {"answer": "no"}, "Yes"),
        ("date", "", {"answer.day": "9", "answer.month": "3", "answer.year": "2026"},
         {"answer.day": "10", "answer.month": "3", "answer.year": "2026"}, "9 March 2026"),
        ("indicators", "", {"answer.0.indicator": "Trips", "answer.0.after": "4"},
         {"answer.0.indicator": "Trips", "answer.0.after": "5"}, "Trips: – before, 4 after"),
    ],
)  # fmt: skip
async def test_a_lost_race_shows_both_answers_of_every_kind(
    client_for: ClientFor, kind: str, limits: str, theirs: dict[str, str], own: dict[str, str], said: str
) -> None:
    season, _city = await city_of()
    await question(season, "asked", kind, limits=limits)
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = f"{await start(amina, season)}/asked"
    await amina.get(path)
    await bao.get(path)
    await bao.submit("#question", theirs, status=200)
    page = await amina.submit("#question", own, status=409)
    assert "Saved by Bao Tran" in page.text
    assert said in page.text
    before = await values()
    page = await amina.submit("Keep this text", status=200)
    assert await values() != before


async def test_a_wrong_answer_over_a_newer_one_shows_both_before_anything_else(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await Question.update({Question.limits: '{"min_words": 3}'}).where(Question.id == season.question_id)
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = f"{await start(amina, season)}/summary"
    await amina.get(path)
    await bao.get(path)
    page = await amina.submit("#question", answer="Too short.", status=422)
    await bao.submit("#question", answer="Bao was first here.", status=200)
    # What she corrects was typed over nothing, and says so.
    page = await amina.submit("#question", answer="Still short.", status=409)
    assert "Bao was first here." in page.text
    page = await amina.submit("#question", status=422)
    assert page.errors == ["Write at least 3 words; the answer has 2"]
    assert await values() == {"summary": "Bao was first here."}
    await amina.submit("#question", answer="Long enough by now.", status=200)
    assert await values() == {"summary": "Long enough by now."}


async def test_a_first_draft_stands_beside_the_answer(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina, bao = await client_for(AMINA), await client_for(BAO)
    path = f"{await start(amina, season)}/summary"
    await amina.get(path)
    await bao.get(path)
    await amina.submit("Save and return", working="저상 버스", working_lang="ko", status=200)
    page = await amina.get(path)
    assert page.by_id("working").get("lang") == "ko"
    assert await WorkingText.count() == 1
    assert await Answer.count() == 0
    page = await bao.submit("#question", working="다른 글", answer="Buses.", status=409)
    assert "저상 버스" in page.text
    assert "다른 글" in page.text
    # The answer had no race to lose.
    assert await values() == {"summary": "Buses."}
    await bao.submit("Keep this text", status=200)
    assert (await WorkingText.select(WorkingText.text))[0]["text"] == "다른 글"


async def test_another_language_is_said_and_stops_nobody(client_for: ClientFor) -> None:
    season, _city = await city_of()
    amina = await client_for(AMINA)
    path = f"{await start(amina, season)}/summary"
    await amina.get(path)
    page = await amina.submit("#question", answer=KOREAN, status=200)
    said = "This seems to be in Korean; this edition reads English."
    assert page.h1 == "Check your answers"
    assert said in page.text
    assert "Submit the entry" in page.text
    page = await amina.get(path)
    assert said in page.text


async def test_a_condition_is_said_before_and_after(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await question(season, "law", "yes or no", 2)
    await question(season, "which", "short text", 3, show_if='["law","yes"]')
    amina = await client_for(AMINA)
    path = await start(amina, season)
    page = await amina.get(f"{path}/which")
    assert "Not asked at present" in page.text
    assert "“About law?” is answered with “Yes”" in page.text
    page = await amina.get(f"{path}/law")
    assert "“Yes” opens further questions: About which?" in page.text
    page = await amina.submit("#question", answer="yes", status=200)
    assert page.h1.startswith("About which?")
    assert "Your answer opens further questions: “About which?”." in page.flash
    await amina.get(f"{path}/law")
    page = await amina.submit("#question", answer="no", status=200)
    assert page.h1 == "Check your answers"
    assert "No longer asked" in page.flash


async def test_frozen_is_said_before_and_after_and_keeps_what_was_typed(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season, _city = await city_of()
    at = AT + timedelta(hours=2)
    await Question.update({Question.frozen_at: at}).where(Question.id == season.question_id)
    amina = await client_for(AMINA)
    path = await start(amina, season)
    page = await amina.get(f"{path}/summary")
    assert "You can change this answer before 10 March 2026, 11:00" in page.text
    clock.move_to(at)
    page = await amina.submit("#question", answer="Written too long.", status=403)
    assert "has stayed as it was since 10 March 2026, 11:00:00" in page.text
    assert "What you typed, not saved" in page.text
    assert "Written too long." in page.text
    assert await Answer.count() == 0
    page = await amina.get(path)
    assert "Closed" in page.tags


# --- a section -----------------------------------------------------------------------------------------


async def section(client_for: ClientFor) -> tuple[Season, Client, str]:
    season, _city = await city_of()
    await question(season, "cost", "number", 2)
    await question(season, "begun", "date", 3)
    await question(season, "later", "short text", 4, section="Later", required=False)
    amina = await client_for(AMINA)
    return season, amina, f"{await start(amina, season)}"


async def test_a_section_is_written_on_one_page(client_for: ClientFor) -> None:
    _season, amina, path = await section(client_for)
    page = await amina.get(path)
    assert "0 of 3 answered. Still needed: What did the city do? · About cost? · About begun?" in page.text
    page = await amina.click("The practice")
    given = {"answer-summary": "Low floors.", "answer-cost": "3,5", "answer-begun.day": "9"}
    page = await amina.submit("#section", given, status=422)
    # What was typed is kept; what is missing is said.
    assert page.errors == ["Enter a month", "Enter a year"]
    assert await values() == {"summary": "Low floors.", "cost": "3.5", "begun": "--9"}
    page = await amina.submit(
        "#section", {"answer-begun.month": "3", "answer-begun.year": "2026"}, status=200
    )
    assert page.h1 == "Later"
    page = await amina.submit("#section", status=200)
    assert page.h1 == "Check your answers"


async def test_two_people_on_one_section_lose_only_the_race_that_was_one(client_for: ClientFor) -> None:
    _season, amina, path = await section(client_for)
    bao = await client_for(BAO)
    await amina.get(f"{path}/sections/1")
    await bao.get(f"{path}/sections/1")
    await bao.submit("Save and return", {"answer-summary": "Bao's.", "answer-cost": ""}, status=200)
    page = await amina.submit("#section", {"answer-summary": "Amina's.", "answer-cost": "7"}, status=409)
    assert await values() == {"summary": "Bao's.", "cost": "7"}
    assert "Saved by Bao Tran" in page.text
    await amina.submit("Save and return", status=200)
    assert (await values())["summary"] == "Amina's."


async def test_a_section_that_is_not_there_is_not_found(client_for: ClientFor) -> None:
    _season, amina, path = await section(client_for)
    for number in (0, 3, 2**31):
        await amina.get(f"{path}/sections/{number}", status=404)


# --- on every page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 3])
async def test_writing_asks_the_same_for_one_and_for_three(client_for: ClientFor, many: int) -> None:
    season, _city = await city_of()
    for number in range(many):
        await question(season, f"text{number}", "short text", number + 2)
    amina = await client_for(AMINA)
    path = await start(amina, season)
    for number in range(many):
        await amina.get(f"{path}/text{number}")
        await amina.submit("#question", answer="Words.", working="Parole.", status=200)
    for page in (path, f"{path}/sections/1", f"{path}/text0", f"{path}/text0/history"):
        with counting() as counter:
            await amina.get(page)
        assert len(counter) <= 6, (page, counter.statements)
        assert not counter.repeated, page


async def test_the_pages_stand_in_the_pseudo_locale_too(client_for: ClientFor) -> None:
    season, _city = await city_of()
    await question(season, "effects", "indicators", 2)
    await question(season, "begun", "date", 3)
    amina = await client_for(AMINA)
    path = await start(amina, season)
    for page in (path, f"{path}/sections/1", f"{path}/effects", f"{path}/summary", f"{path}/summary/history"):
        await amina.get(f"{page}?lang={PSEUDO}")
