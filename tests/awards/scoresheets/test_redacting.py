"""The desk puts other words in place of what tells who entered; judges of blind rounds read those, others the city's."""

from typing import Any

from awards.audit.tables import Event
from awards.db import counting
from awards.editions.tables import Question, Round
from awards.entries.tables import Entry, EntryVersion, Redaction
from tests import factories
from tests.awards.scoresheets.benches import Bench
from tests.awards.scoresheets.test_pages import chiaras
from tests.lint import elements
from tests.page import Client
from tests.people import EUN_JI, FARID, give, id_of
from tests.serving import ClientFor

TITLE, SAYS = "Lindmere’s low floors", "Lindmere lowered the floor of 40 buses."
FILM = "https://lindmere.example/film"


async def named(client_for: ClientFor, *, blind: bool = True) -> tuple[Bench, Client, Client, str]:
    """An entry that names its city in title, answer and address; its judge, its secretariat, and the desk's page."""
    made, chiara = await chiaras(client_for)
    await Round.update({Round.blind: blind}).where(Round.id == made.season.round_id)
    await factories.add(
        Question, edition=made.season.edition_id, section="The practice", code="film", kind="web address",
        label="Where can it be seen?", position=2,
    )  # fmt: skip
    body, sha256 = factories.sealed({"title": TITLE, "answers": {"summary": SAYS, "film": FILM}})
    await EntryVersion.update({EntryVersion.body: body, EntryVersion.sha256: sha256}, force=True)
    await give(EUN_JI, "secretariat", made.season.scope)
    desk = f"{made.season.desk}/entries/{made.references[0]}"
    return made, chiara, await client_for(EUN_JI), f"{desk}/versions/1/redact"


async def seen(chiara: Client, made: Bench) -> list[str]:
    """Everything of it that its judge can open."""
    paths = ["", f"/{made.references[0]}", "/sign", "/receipts", "/conflicts"]
    return [(await chiara.get(made.path + path)).text for path in paths]


OTHER = {
    "title": "Low floors",
    "answer.summary": "Our city lowered the floor.",
    "answer.film": "A film shows it.",
}


async def test_judges_of_a_blind_round_read_other_words(client_for: ClientFor) -> None:
    made, chiara, eun_ji, path = await named(client_for)
    assert any("Lindmere" in text for text in await seen(chiara, made))
    await eun_ji.get(path)
    page = await eun_ji.submit("Save for blind rounds", OTHER)
    assert page.flash.startswith("3 parts are in other words")
    texts = await seen(chiara, made)
    assert not any("indmere" in text for text in texts)
    sheet = await chiara.get(f"{made.path}/{made.references[0]}")
    assert sheet.h1 == "Low floors"
    assert "Our city lowered the floor. In the secretariat’s words" in sheet.text
    with counting() as counter:
        await chiara.get(f"{made.path}/{made.references[0]}")
    assert len(counter) <= 8
    # Once their city may be known, they read what it wrote.
    await Round.update({Round.blind: False}).where(Round.id == made.season.round_id)
    sheet = await chiara.get(f"{made.path}/{made.references[0]}")
    assert sheet.h1 == TITLE
    assert SAYS in sheet.text
    assert FILM in sheet.text
    assert "secretariat’s words" not in sheet.text
    # What was submitted has not moved.
    assert SAYS in (await EntryVersion.select(EntryVersion.body))[0]["body"]


async def test_words_are_changed_and_taken_back(client_for: ClientFor) -> None:
    made, chiara, eun_ji, path = await named(client_for)
    page = await eun_ji.get(path)
    assert page.by_id("title").get("value") == TITLE
    old = page
    await eun_ji.submit("Save for blind rounds", OTHER)
    page = await eun_ji.get(path)
    assert page.by_id("answer.summary").get("value") == OTHER["answer.summary"]
    assert SAYS in page.text
    # Another of the secretariat has the old page still open.
    eun_ji.page = old
    page = await eun_ji.submit("Save for blind rounds", title="Other floors", status=409)
    assert page.by_id("title").get("value") == "Other floors"
    events = await Event.count()
    page = await eun_ji.submit(
        "Save for blind rounds", {"title": TITLE, "answer.summary": SAYS, "answer.film": FILM}
    )
    assert page.flash.startswith("Judges of blind rounds read it as it was submitted")
    assert await Event.count() == events + 1
    assert SAYS in (await chiara.get(f"{made.path}/{made.references[0]}")).text
    rows = await Redaction.select(Redaction.ended_at)
    assert len(rows) == 3
    assert all(row["ended_at"] for row in rows)


async def test_what_is_no_part_of_it_is_refused(client_for: ClientFor) -> None:
    made, _chiara, eun_ji, path = await named(client_for, blind=False)
    page = await eun_ji.get(path)
    assert "No round of this edition is blind" in page.text
    page = await eun_ji.submit(
        "Save for blind rounds", {"title": " ", "answer.summary": "x" * 20_001}, status=422
    )
    assert len(page.errors) == 2
    form, _button = page.form("#redact")
    sent: dict[str, Any] = {field.get("name"): field.get("value") for field in elements(form, "input")}
    await eun_ji.post(path, {**sent, "answer.other": "x"}, status=422)
    await eun_ji.get(path.replace("versions/1", "versions/2"), status=404)
    assert await Redaction.count() == 0
    await give(FARID, "screener", made.season.scope)
    farid = await client_for(FARID)
    await farid.get(path, status=404)
    assert "/redact" not in (await farid.get(path.partition("/versions")[0])).html
    assert path in (await eun_ji.get(path.partition("/versions")[0])).html
    # Nobody puts words into an entry of their own.
    entry = (await Entry.select(Entry.entrant).where(Entry.reference == made.references[0]))[0]
    await factories.official(await id_of(EUN_JI), entry["entrant"])
    await eun_ji.get(path, status=404)
