"""A round planned before anybody is invited: in sentences, at one address, from counts and public results alone."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import numpy as np
import pytest
from msgspec import structs

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Category, CriterionWeight, Edition, Round
from awards.errors import Denied, Stale
from awards.panels.forms import PlanSheets
from awards.panels.services import plan_sheets
from awards.panels.tables import RoundEntry
from awards.publication.tables import Publication
from awards.results.planning import Ask, deviations, duration, foreseen, shared_out
from awards.results.tables import CalibrationRun
from awards.scoresheets.tables import Mark
from awards.web.words import chance
from judging import (
    Criterion,
    Depth,
    Entry,
    Expected,
    Judge,
    RoundInputs,
    Scale,
    Sheet,
    decide,
    plan_round,
    spread_reads,
    verdict_document,
)
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.awards.panels.test_pool import desk_of
from tests.awards.results.judged import QUALITY, READERS, SEVERITY, Judged
from tests.awards.results.test_result_pages import calculated
from tests.factories import AT, add
from tests.people import AMINA, EUN_JI, NADIA, give
from tests.serving import ClientFor

TABLE = "How sure the first place would be"
QUESTION = {
    "entries-inclusive": "70",
    "judges": "14",
    "reads": "4",
    "minutes": "30",
    "criteria": "5",
    "places": "3",
}


def asked(made: Room | Judged, **more: str) -> str:
    return f"{made.season.desk}/panels/first/plan?{urlencode({**QUESTION, **more})}"


def million(value: float) -> int:
    return round(1_000_000 * value)


async def test_the_answer_in_sentences(client_for: ClientFor) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    with counting() as counter:
        page = await eun_ji.get(asked(made))
    assert len(counter) <= 6, counter.statements
    assert (
        "With 70 entries, 14 judges and 4 sheets an entry, each judge reads 20 entries: about 10 hours, and 100 marks."
        in page.text
    )
    usual = Expected(1.0, 0.4, 0.8)
    four, five = plan_round((70,), 14, (4, 5), expected=usual, tiers=(1, 3))
    sure, surer = four.categories[0], five.categories[0]
    assert sure is not None
    assert surer is not None
    assert f"to the truly best entry in about {chance(million(sure.winner))} such juries." in page.text
    assert f"deserve one; all of them would in {chance(million(sure.right[1]))}." in page.text
    assert (
        f"One more sheet an entry would make the first place right in {chance(million(surer.winner))}"
        in page.text
    )
    assert "cost each judge up to 5 entries more: about 2.5 hours." in page.text
    rows = page.table(TABLE)
    assert [row[0] for row in rows[1:]] == ["2", "3", "4 asked", "5", "6"]
    assert [row[4] for row in rows[1:]] == ["10", "15", "20", "25", "30"]
    assert rows[3][2] == chance(million(sure.winner))
    assert page.table("Where the entry that is named first")[1][2] == f"1 to {sure.first_is[1]}"
    assert "To be considered" not in page.text
    again = await eun_ji.get(asked(made))
    assert again.table(TABLE) == rows


async def test_what_is_known_is_suggested(client_for: ClientFor) -> None:
    made = await room(("KR",) * 9, put=False)
    await judges(made, "FR", "DE", "IT")
    await factories.entry(made.season, state="draft")
    await factories.entry(made.season, state="submitted")
    other = await add(Category, edition=made.season.edition_id, code="green", name="Green City", position=2)
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(f"{made.season.desk}/panels")
    page = await eun_ji.click("Plan First round")
    assert "drafts: 1, submitted: 1, eligible: 9" in page.text
    # The call is over: a draft comes no more.
    assert page.by_id("entries-inclusive").get("value") == "10"
    assert page.by_id("entries-green").get("value") == "0"
    assert page.by_id("judges").get("value") == "3"
    assert "3 are on the panel, 3 of them have accepted." in page.text
    assert "With 10 entries, 3 judges and 3 sheets an entry" in page.text
    assert "More sheets an entry are not to be had" in page.text
    assert "fewer than 4 judges" in page.text
    await Edition.update({Edition.state: "open"}).where(Edition.id == made.season.edition_id)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/plan")
    assert page.by_id("entries-inclusive").get("value") == "11"
    for entry_id in made.entries[:4]:
        await factories.round_entry(made.round_id, entry_id)
    await add(CriterionWeight, criterion=made.season.criteria[0], category=other, weight=1)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/plan")
    assert page.by_id("entries-inclusive").get("value") == "4"
    assert page.by_id("criteria").get("value") == "2"


async def test_before_a_judge_and_an_entry_there_is_only_the_question(client_for: ClientFor) -> None:
    made = await room((), put=False)
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/plan")
    assert "Nobody is invited yet." in page.text
    assert page.errors == []
    assert "What such a round would find" not in page.text
    page = await eun_ji.submit("See how sure it would be", fields={"entries-inclusive": "20", "judges": "5"})
    assert "With 20 entries, 5 judges" in page.text
    assert "entries-inclusive=20" in page.path


async def test_separate_panels_share_the_judges_out(client_for: ClientFor) -> None:
    made = await room()
    await add(Category, edition=made.season.edition_id, code="green", name="Green City", position=2)
    await add(Category, edition=made.season.edition_id, code="dull", name="Dull City", position=3)
    eun_ji = await desk_of(made, client_for)
    apart = {
        "entries-inclusive": "40",
        "entries-green": "20",
        "entries-dull": "1",
        "panels": "apart",
        "judges": "9",
    }
    page = await eun_ji.get(asked(made, **apart))
    rows = page.table("Where the entry that is named first")
    assert [(row[0], row[5], row[6]) for row in rows[1:]] == [
        ("Inclusive City", "40", "5"),
        ("Green City", "20", "3"),
    ]
    assert "With a single entry there is nothing to rank: Dull City" in page.text
    assert "The panels are separate" in page.text
    assert "The panels of Green City and Dull City have fewer than 4 judges" in page.text
    assert "In Green City and Dull City there are fewer judges than sheets asked for" in page.text
    page = await eun_ji.get(asked(made, **{**apart, "judges": "2"}), status=422)
    assert page.errors == ["Separate panels need a judge each: 3 at least"]
    page = await eun_ji.get(asked(made, **{**apart, "reads": "8"}), status=422)
    assert page.errors == ["The largest panel has 5 judges: ask for so many sheets at most"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"entries-inclusive": "many"}, "Enter a whole number of entries from 0 to 1000"),
        ({"entries-inclusive": "-3"}, "Enter a whole number of entries from 0 to 1000"),
        ({"entries-inclusive": "99999"}, "Enter a whole number of entries from 0 to 1000"),
        ({"entries-inclusive": "٣"}, "Enter a whole number of entries from 0 to 1000"),
        ({"entries-inclusive": "1"}, "Enter how many entries you expect: two in a category at least"),
        ({"judges": ""}, "“Judges” must be a whole number"),
        ({"judges": "201"}, "“Judges” must be 200 or less"),
        ({"reads": "15"}, "With 14 judges an entry can have 14 sheets at most"),
        ({"reads": "0"}, "“Sheets for each entry” must be 1 or more"),
        ({"minutes": "0"}, "“Minutes for one sheet” must be 1 or more"),
        ({"differ": "wildly"}, "Choose one of the answers for “How different judges usually are”"),
        ({"differ": "past:2025/first"}, "Choose one of the answers for “How different judges usually are”"),
        ({"panels": "in a circle"}, "Choose one of the answers for “Who reads what”"),
    ],
)
async def test_what_cannot_be_is_said(more: dict[str, str], error: str, client_for: ClientFor) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(asked(made, **more), status=422)
    assert page.errors == [error]
    assert page.title.startswith("Error: ")


async def test_the_load_is_held_against_what_judges_read_at_most(client_for: ClientFor) -> None:
    made = await room()
    await judges(made, "FR", "DE", high=12)
    await judges(made, "IT", high=25)
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(asked(made))
    assert "2 judges of the panel read fewer entries at most than the 20 that fall to each" in page.text
    page = await eun_ji.get(asked(made, reads="1"))
    assert "nobody can tell a strict judge from a weak entry" in page.text
    assert "fewer entries at most" not in page.text


async def test_a_round_without_marks_has_no_plan(client_for: ClientFor) -> None:
    made = await room()
    await Round.update({Round.kind: "pass or fail"}).where(Round.id == made.round_id)
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(asked(made))
    assert "This round is passed or failed" in page.text
    assert "What such a round would find" not in page.text
    assert "See how sure it would be" not in page.text


async def test_only_the_edition_plans(client_for: ClientFor) -> None:
    made = await room()
    await give(AMINA, "auditor", made.season.scope)
    amina = await client_for(AMINA)
    page = await amina.get(asked(made))
    assert "Ask for 5 sheets" not in page.text
    await (await client_for(NADIA)).get(asked(made), status=404)


async def test_a_number_of_sheets_is_put_into_the_round(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR"), wanted=3)
    await RoundEntry.update({RoundEntry.sheets_wanted: 7}).where(RoundEntry.entry == made.entries[0])
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(asked(made))
    assert "The round asks for 3 sheets an entry now." in page.text
    page = await eun_ji.submit("Ask for 4 sheets an entry in this round")
    assert page.flash.startswith("The round asks for 4 sheets an entry")
    assert "2 entries follow." in page.flash
    assert (await Round.select(Round.sheets_wanted, Round.version).where(Round.id == made.round_id))[0] == {
        "sheets_wanted": 4,
        "version": 2,
    }
    wanted = await RoundEntry.select(RoundEntry.sheets_wanted).where(RoundEntry.round == made.round_id)
    assert sorted(row["sheets_wanted"] for row in wanted) == [4, 4, 7]
    command = PlanSheets(version=1, sheets=5)
    with pytest.raises(Stale):
        await plan_sheets(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    page = await eun_ji.get(asked(made))
    assert "Ask for 5 sheets" not in page.text
    with pytest.raises(Denied):
        await plan_sheets(
            round_id=made.round_id,
            command=PlanSheets(version=2, sheets=5),
            actor=made.secretariat,
            clock=clock,
        )


# --- as in a round that is over --------------------------------------------------------------------------


# Judges who stray in both criteria: without noise a round says nothing of the next.
STRAYING = {
    (entry, judge): tuple(
        min(10, max(0, QUALITY[entry] + SEVERITY[judge] + (turn * entry + 2 * judge) % 3 - 1))
        for turn in (1, 2)
    )
    for entry, readers in enumerate(READERS)
    for judge in readers
}


async def past_and_next(clock: FixedClock) -> tuple[Judged, str, int]:
    """A decided round with an adopted run, and another edition of its programme with a round to plan."""
    over = await calculated(clock, marks=STRAYING)
    await Round.update({Round.state: "decided"}).where(Round.id == over.season.round_id)
    approval = await factories.approval(await factories.person(), await factories.person())
    published = await factories.publication(
        over.season.edition_id, kind="full", number=1, approval=approval, visible_at=AT - timedelta(hours=1)
    )
    edition = await factories.edition(over.season.programme_id, slug="next", name="Edition 2028", year=2028)
    await add(Category, edition=edition, code="inclusive", name="Inclusive City", position=1)
    await factories.judging_round(edition)
    await give(EUN_JI, "secretariat", f"edition:{edition}")
    return over, f"/desk/{over.season.programme}/next/panels/first/plan", published


async def test_a_past_round_says_how_judges_differ(client_for: ClientFor, clock: FixedClock) -> None:
    over, path, _published = await past_and_next(clock)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(path)
    assert "As in Edition 2026, First round" in page.text
    body = (await CalibrationRun.select(CalibrationRun.body))[0]["body"]
    with counting() as counter:
        page = await eun_ji.get(
            f"{path}?{urlencode({**QUESTION, 'differ': f'past:{over.season.edition}/first'})}"
        )
    assert len(counter) <= 6, counter.statements
    found = deviations(json.loads(body))
    assert found is not None
    assert f"judges differ by {10 * found.judges:.1f} in strictness" in page.text
    sure = plan_round((70,), 14, (4,), expected=found, tiers=(1, 3))[0].categories[0]
    assert sure is not None
    assert page.table(TABLE)[3][2] == chance(million(sure.winner))


@pytest.mark.parametrize(
    "why", ["not out yet", "withdrawn", "archive", "not decided", "demo", "elsewhere", "dropped"]
)
async def test_what_is_not_public_is_not_offered(why: str, client_for: ClientFor, clock: FixedClock) -> None:
    over, path, published = await past_and_next(clock)
    changes = {
        "not out yet": lambda: Publication.update({Publication.visible_at: AT + timedelta(days=40)}),
        "withdrawn": lambda: Publication.update({Publication.withdrawn_at: AT}),
        "archive": lambda: Publication.update({Publication.kind: "archive"}),
    }
    if why in changes:
        await changes[why]().where(Publication.id == published)
    elif why == "not decided":
        await Round.update({Round.state: "closed"}).where(Round.id == over.season.round_id)
    elif why == "demo":
        await Edition.update({Edition.demo: True}).where(Edition.id == over.season.edition_id)
    elif why == "dropped":
        await CalibrationRun.update({CalibrationRun.state: "dropped"}).where(
            CalibrationRun.round == over.season.round_id
        )
    else:
        programme = await factories.programme(slug="another")
        await Edition.update({Edition.programme: programme}).where(Edition.id == over.season.edition_id)
    eun_ji = await client_for(EUN_JI)
    assert "As in Edition 2026" not in (await eun_ji.get(path)).text
    page = await eun_ji.get(
        f"{path}?{urlencode({**QUESTION, 'differ': f'past:{over.season.edition}/first'})}", status=422
    )
    assert page.errors == ["Choose one of the answers for “How different judges usually are”"]


async def test_a_plan_of_a_running_round_knows_no_mark(client_for: ClientFor, clock: FixedClock) -> None:
    over = await calculated(clock)
    await give(EUN_JI, "secretariat", over.season.scope)
    eun_ji = await client_for(EUN_JI)
    for state in ("open", "closed", "decided"):
        await Round.update({Round.state: state}).where(Round.id == over.season.round_id)
        before = await eun_ji.get(f"{over.season.desk}/panels/first/plan")
        assert "As in" not in before.text.replace("As in juries", "")
        await Mark.update({Mark.value: 10 - Mark.value}).where(Mark.id > 0)
        after = await eun_ji.get(f"{over.season.desk}/panels/first/plan")
        assert before.text == after.text


def planted(seed: int) -> RoundInputs:
    """Two criteria in three categories; the deviations of the total are 1, 0.5 and 0.6."""
    rng = np.random.default_rng(seed)
    entry, judge = spread_reads(72, 14, 4, seed=seed)
    quality, strict = rng.normal(50, 10, 72), rng.normal(0, 5, 14)
    scale = Scale(-50_000, 100, 2000)
    marks = quality[entry] - strict[judge] + rng.normal(0, 6 * 2**0.5, (2, len(entry)))
    return RoundInputs(
        criteria=tuple(
            Criterion(code, scale, tuple((category, 50) for category in "abc")) for code in ("impact", "new")
        ),
        entries=tuple(Entry(f"E{n:02}", "abc"[n % 3], "KR") for n in range(72)),
        judges=tuple(Judge(f"J{n:02}") for n in range(14)),
        sheets=tuple(
            Sheet(f"E{e:02}", f"J{j:02}", (("impact", 500 + round(10 * one)), ("new", 500 + round(10 * two))))
            for e, j, one, two in zip(entry, judge, *marks, strict=True)
        ),
        depth=Depth.NONE,
    )


def test_deviations_of_a_run_are_those_that_were_planted() -> None:
    """Decided and written as a run is: the total's deviations come back from standings and severities alone."""
    found = [deviations(verdict_document(decide(planted(seed)))) for seed in range(12)]
    known = [one for one in found if one is not None]
    assert len(known) == 12
    assert sum(one.judges for one in known) / 12 == pytest.approx(0.5, abs=0.1)
    assert sum(one.noise for one in known) / 12 == pytest.approx(0.6, abs=0.08)


def test_a_run_without_errors_says_nothing() -> None:
    body = verdict_document(decide(planted(1)))
    assert deviations({**body, "standings": [{**s, "error": None} for s in body["standings"]]}) is None
    assert deviations({**body, "judges": [{**j, "severity": None} for j in body["judges"]]}) is None
    assert deviations({}) is None


def test_judges_are_shared_out_where_most_is_to_read() -> None:
    assert shared_out(9, (40, 20, 1)) == (5, 3, 1)
    assert shared_out(4, (10, 0, 10)) == (2, 0, 2)
    assert shared_out(3, (0, 0)) == (0, 0)


def test_times_are_said_as_people_do() -> None:
    said = [duration(minutes) for minutes in (1, 45, 90, 150, 170, 600, 1230)]
    assert said == ["1 minute", "45 minutes", "1.5 hours", "2.5 hours", "3 hours", "10 hours", "20 hours"]


def test_a_question_is_answered_once() -> None:
    ask = Ask((70,), 14, False, 4, 30, 5, 3, "usual", Expected(1.0, 0.4, 0.8))
    assert foreseen(ask, ask.expected)[0] is foreseen(structs.replace(ask, minutes=20), ask.expected)[0]
