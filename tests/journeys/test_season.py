"""A whole season over HTTP: from the first admin to published winners, every page linted, on either engine."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from importlib.resources import files
from itertools import count

import pytest

from awards.actor import SYSTEM
from awards.app import create_app
from awards.audit.queries import chain_breaks
from awards.clock import FixedClock
from awards.editions.first_admin import make_admin
from awards.editions.tables import Category
from awards.exchange.edition_file import load, parse
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.settings import Settings
from tests.factories import DAY
from tests.journeys import steps
from tests.journeys.steps import Stage, body_of, text_of
from tests.page import Page
from tests.people import AMINA, BAO, CHIARA, DANIYAR, EUN_JI, FARID, GRACE, INES, LEILA, PASSWORD, Member

EXAMPLE = (files("awards.exchange") / "examples" / "wego.toml").read_text(encoding="utf-8")
EDITION = "wego-awards/2027"
DESK, BENCH = f"/desk/{EDITION}", f"/bench/{EDITION}/first"
MILLISECOND = timedelta(milliseconds=1)

# Seoul is nine hours ahead: the call closes on 30 April at 21:00 there.
SET_UP = datetime(2027, 1, 5, 1, 0, tzinfo=UTC)
OPENS = datetime(2027, 1, 11, 0, 0, tzinfo=UTC)
CLOSES = datetime(2027, 4, 30, 12, 0, tzinfo=UTC)
ROUND_OPENS = datetime(2027, 5, 17, 0, 0, tzinfo=UTC)
ROUND_CLOSES = datetime(2027, 7, 16, 12, 0, tzinfo=UTC)
OUT = datetime(2027, 9, 20, 12, 0, tzinfo=UTC)

LONG = {question.code: question.min_words + 5 for question in parse(EXAMPLE).questions if question.min_words}
SHORT = {"maturity": "In regular use in the whole city", "contact": "Amina Okoro, +234 1 555 0100"}

# Chiara is strict and Leila mild; all three agree on the order.
MARKS = {
    CHIARA: {"first": 7, "second": 5, "third": 3},
    DANIYAR: {"first": 8, "second": 6, "third": 5},
    LEILA: {"first": 9, "second": 8, "third": 6},
}


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    clock = FixedClock(SET_UP)
    stage = Stage(create_app(settings, clock=clock, ticks=_ticks()), clock, settings)
    yield stage
    await stage.close()


def _ticks() -> Callable[[], float]:
    """Each look at the time is a second later, so that nothing is kept because the test is fast."""
    moments = count()
    return lambda: float(next(moments))


@pytest.mark.commits
async def test_a_season(stage: Stage) -> None:
    await the_secretariat_sets_up(stage)
    references = await cities_enter(stage)
    await the_call_ends_to_the_millisecond(stage, references)
    await judges_are_found(stage, references)
    await judges_mark(stage, references)
    await the_result_is_decided(stage, references)
    await two_people_publish(stage)
    await everybody_reads_it(stage)
    await nobody_was_told_too_much(stage, references)
    await nothing_is_broken(stage)


async def the_secretariat_sets_up(stage: Stage) -> None:
    link = await make_admin(email=GRACE.email, name=GRACE.name, clock=stage.clock)
    grace = stage.browser(GRACE)
    await grace.get(link)
    await grace.submit(name=GRACE.name, password=PASSWORD, status=200)
    report = await load(EXAMPLE, actor=SYSTEM, clock=stage.clock)
    assert report.created
    for member in (EUN_JI, FARID):
        await steps.gives_role(stage, GRACE, member, "secretariat", EDITION)
        await steps.opens_account(stage, member, "/invitation/")
    # The example is as somebody may type it: seven judges would be needed for five sheets an entry.
    visitor = await stage.visitor()
    await visitor.get("/")
    await visitor.get(f"/awards/{EDITION}", status=404)
    await steps.presses(stage, EUN_JI, f"{DESK}/open", "Open the call")
    await visitor.get(f"/awards/{EDITION}")


async def cities_enter(stage: Stage) -> dict[str, str]:
    stage.on(OPENS + 10 * DAY)
    for member, city, country in ((AMINA, "Lindmere", "NG"), (INES, "Portaleda", "PT")):
        await steps.signs_up(stage, member)
        await steps.proposes_city(stage, member, city, country)
        await steps.approves_city(stage, EUN_JI, city)
        assert f"{city}" in body_of([x for x in await _letters(stage) if x["To"] == member.email][-1])
    await steps.invites_colleague(stage, AMINA, "Lindmere", BAO)
    await steps.opens_account(stage, BAO, "/invitation/")
    bao = await steps.enters(stage, BAO, "/city/invitations")
    await bao.submit("Accept", status=200)
    references = {
        "first": await _started(stage, AMINA, "Buses that lower their floor"),
        "late": await _started(stage, AMINA, "A counter that comes to the village", "efficiency"),
        "second": await _started(stage, INES, "One ticket for everything that moves"),
        "third": await _started(stage, INES, "Night buses on demand"),
    }
    assert len(set(references.values())) == 4
    await two_write_one_answer(stage, references["first"])
    for name, member in (("first", AMINA), ("late", AMINA), ("second", INES), ("third", INES)):
        await _answered(stage, member, references[name])
    return references


async def _started(stage: Stage, member: Member, title: str, category: str = "services") -> str:
    return await steps.starts_entry(stage, member, edition=EDITION, title=title, category=category)


async def _answered(stage: Stage, member: Member, reference: str) -> None:
    for code, words in LONG.items():
        await steps.answers(stage, member, reference, code, text_of(words))
    for code, answer in SHORT.items():
        await steps.answers(stage, member, reference, code, answer)


async def two_write_one_answer(stage: Stage, reference: str) -> None:
    """Amina and Bao have the same page open. Whoever saves second is told, and loses nothing."""
    path = f"/city/entries/{reference}/practice"
    amina, bao = await steps.enters(stage, AMINA, path), await steps.enters(stage, BAO, path)
    await bao.submit("Save and return to the list", answer="Bao wrote of the elevators.", status=200)
    page = await amina.submit("Save and return to the list", answer="Amina wrote of the buses.", status=409)
    assert "Amina wrote of the buses." in page.text
    assert "Bao wrote of the elevators." in page.text
    page = await amina.get(path)
    assert "Bao wrote of the elevators." in page.text


async def the_call_ends_to_the_millisecond(stage: Stage, references: dict[str, str]) -> None:
    stage.on(CLOSES - timedelta(hours=3))
    await steps.submits(stage, AMINA, references["first"])
    await steps.submits(stage, INES, references["second"])
    assert "Entries close" in (await stage.browser(INES).get(f"/city/entries/{references['third']}")).text
    ines = await steps.enters(stage, INES, f"/city/entries/{references['third']}/check")
    amina = await steps.enters(stage, AMINA, f"/city/entries/{references['late']}/check")
    stage.on(CLOSES - MILLISECOND)
    await ines.submit("Submit the entry", declared="1", status=200)
    stage.on(CLOSES)
    page = await amina.submit("Submit the entry", declared="1", status=403)
    assert "30 April 2027, 12:00" in page.text
    amina_page = await amina.get(f"/city/entries/{references['late']}")
    assert "Draft" in amina_page.text or "closed" in amina_page.text


async def judges_are_found(stage: Stage, references: dict[str, str]) -> None:
    stage.on(CLOSES + DAY)
    for name in ("first", "second", "third"):
        await steps.screens_eligible(stage, EUN_JI, DESK, references[name])
    for judge, country in ((CHIARA, "IT"), (DANIYAR, "KZ"), (LEILA, "LB")):
        await steps.invites_judge(stage, EUN_JI, DESK, judge, country)
        await steps.accepts_seat(stage, judge, BENCH)
    await steps.presses(stage, EUN_JI, f"{DESK}/panels/first", "#entries-form", sheets_wanted="3")
    for judge in (CHIARA, DANIYAR, LEILA):
        await steps.declares_conflicts(stage, judge, BENCH)
    await steps.presses(stage, EUN_JI, f"{DESK}/panels/first/proposal", "#ask")
    await stage.post()
    page = await steps.presses(stage, EUN_JI, f"{DESK}/panels/first/proposal", "Apply this proposal")
    assert "Applied" in page.text or page.flash


async def judges_mark(stage: Stage, references: dict[str, str]) -> None:
    stage.on(ROUND_OPENS + DAY)
    await steps.presses(stage, EUN_JI, f"{DESK}/rounds/first/open", f"{DESK}/rounds/first/open")
    for judge, levels in MARKS.items():
        for name, level in levels.items():
            given = {
                "need": level,
                "design": level,
                "results": min(10, level + 1),
                "inclusion": level,
                "transfer": level - 1,
            }
            if judge is CHIARA:
                saved = await steps.marks_by_script(
                    stage, judge, BENCH, references[name], given, key=f"{name:x<32}"
                )
                assert saved["state"] == "saved"
            else:
                await steps.marks(stage, judge, BENCH, references[name], given, note="Show how you counted.")
        await steps.signs_sheets(stage, judge, BENCH)
    progress = (await steps.enters(stage, EUN_JI, f"{DESK}/progress/first")).page
    assert progress is not None
    assert "9 of 9" in progress.text or "of 9 sheets signed off" in progress.text
    stage.on(ROUND_CLOSES)
    await steps.presses(stage, EUN_JI, f"{DESK}/rounds/first/close", f"{DESK}/rounds/first/close")


async def the_result_is_decided(stage: Stage, references: dict[str, str]) -> None:
    await steps.presses(stage, EUN_JI, f"{DESK}/results/first", "Calculate the results")
    await stage.post()
    await steps.presses(stage, EUN_JI, f"{DESK}/results/first", "Adopt run 1")
    await steps.presses(stage, EUN_JI, f"{DESK}/prizes", "Decide these as proposed")
    for category in await Category.select(Category.code).where(Category.code != "services"):
        code = category["code"]
        eun_ji = await steps.enters(stage, EUN_JI, f"{DESK}/prizes/{code}")
        await eun_ji.submit(f"{DESK}/prizes/{code}", _nobody(eun_ji.page, code), status=200)


def _nobody(page: Page | None, category: str) -> dict[str, str]:
    assert page is not None
    first = [e.get("name", "") for e in page.main.iter("select") if e.get("name", "").endswith("-1")]
    nobody = dict.fromkeys(first, "none")
    reasons = {name.replace("entry-", "reason-"): "Nobody entered this category." for name in first}
    return {**nobody, **reasons}


async def two_people_publish(stage: Stage) -> None:
    stage.on(OUT - 10 * DAY)
    path = f"{DESK}/publication"
    await steps.enters(stage, EUN_JI, path)
    await steps.proves(stage, EUN_JI)
    page = await steps.presses(
        stage, EUN_JI, f"{path}/check?shows=full&visible_at=2027-09-20T21:00", "#sign", read="1"
    )
    assert "You signed first" in page.text
    await steps.enters(stage, FARID, path)
    await steps.proves(stage, FARID)
    page = await steps.presses(stage, FARID, f"{path}/check", "#second", read="1")
    assert "Scheduled" in page.tags
    assert "20 September 2027, 12:00 UTC" in page.text


SCORE = re.compile(r"(?<![\d.])\d{1,2}\.\d")
WINNER = "Buses that lower their floor"
PUBLIC = (
    "/",
    "/results",
    "/archive?q=lower",
    "/practices?q=lower",
    f"/awards/{EDITION}",
    f"/awards/{EDITION}/services",
)


async def everybody_reads_it(stage: Stage) -> None:
    """Whoever asks a millisecond early learns nothing, and nothing is kept of the early answer."""
    for at, out in ((OUT - MILLISECOND, False), (OUT, True)):
        stage.on(at)
        for path in PUBLIC:
            visitor = await stage.visitor()
            page = await visitor.get(path)
            assert (WINNER in page.html) is out, (path, at)
            # Whoever is signed in is no nearer to it.
            page = await (await steps.enters(stage, INES, "/city")).get(path)
            assert (WINNER in page.html) is out, (path, at)
    visitor = await stage.visitor()
    await visitor.get(f"/awards/{EDITION}/services")
    page = await visitor.click("Lindmere")
    assert "Lindmere" in page.text
    assert "Amina" not in page.text


async def nobody_was_told_too_much(stage: Stage, references: dict[str, str]) -> None:
    await stage.post()
    assert {letter["To"].count("@") for letter in stage.letters} == {1}
    assert all(letter["Cc"] is None and letter["Bcc"] is None for letter in stage.letters)
    scores = [letter["Subject"] for letter in stage.letters if SCORE.search(body_of(letter))]
    assert scores == []
    queued = await Message.count().where(Message.state != "sent")
    assert queued == 0
    assert any("Lindmere" in subject for subject in stage.subjects(BAO))


async def _letters(stage: Stage) -> list[EmailMessage]:
    await stage.post()
    return stage.letters


async def nothing_is_broken(stage: Stage) -> None:
    await stage.post()
    assert await broken() == []
    assert await chain_breaks() == []
