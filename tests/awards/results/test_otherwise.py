"""The panel of questions: would a prize move by other weights, methods and sheets, or without one judge."""

from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.stored import ring_text
from awards.editions.tables import Prize
from awards.panels.tables import Assignment
from awards.results import services
from awards.results.forms import JudgeRun
from awards.results.queries import read_body, round_results
from awards.results.queries.otherwise import doubtful_sheets
from tests.awards.results.judged import Judged, judged
from tests.awards.results.leaving_out import left_out
from tests.awards.results.test_result_pages import SESSION, calculated, secretariat
from tests.factories import add
from tests.page import Page
from tests.serving import ClientFor


async def asked(season: Judged, client_for: ClientFor) -> Page:
    client = await secretariat(season, client_for)
    return await client.get(f"{season.season.desk}/otherwise/first/inclusive")


async def test_every_question_is_answered_in_a_sentence(client_for: ClientFor, clock: FixedClock) -> None:
    # By impact Lindmere is ahead, by what is new Port Amaranth: the weights decide.
    marks = {(0, judge): (9, 7) for judge in (0, 1, 2)} | {(1, judge): (7, 9) for judge in (1, 2, 3)}
    season = await judged(marks=marks)
    await Entrant.update({Entrant.region: "Oceania"}).where(Entrant.id.is_in(list(season.entrants[:2])))
    edition, category = season.season.edition_id, season.season.category_id
    for code, name, kind, where, ring in (
        ("asia", "Best of Oceania", "ring-fenced", category, (("region", "Oceania"),)),
        ("next", "Next of Oceania", "cascade", None, (("region", "Oceania"), ("past", "gold"))),
        ("mention", "Special mention", "outside", category, ()),
    ):
        await add(
            Prize, edition=edition, category=where, code=code, name=name, position=3, places=1, kind=kind,
            values=ring_text(ring),
        )  # fmt: skip
    actor, round_id = await season.actor(), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    eun_ji = await secretariat(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/results/first/inclusive")
    head, *rows = page.table("Share of the recalculations in which the entry takes each prize")
    assert head == ["Entry", "Gold", "Silver", "Best of Oceania", "Next of Oceania"]
    shares = {row[0]: row[1:] for row in rows}
    assert shares["Lindmere"][2] != "–"
    assert shares["Hanbyeol"][2:] == ["–", "–"]
    assert "Special mention: decided by hand" in page.text
    # Who is likely to take gold is as likely to be passed over by what is for those without it.
    assert [int(shares[city][3].split()[0]) > 50 for city in ("Lindmere", "Port Amaranth")] == [False, True]
    with counting() as counter:
        page = await eun_ji.get(f"{season.season.desk}/otherwise/first/inclusive")
    assert len(counter) <= SESSION + 4, counter.statements
    assert "without “Impact”: Gold goes to Port Amaranth instead of Lindmere" in page.text
    assert "Best of Oceania goes to Port Amaranth instead of Lindmere" in page.text
    assert "Next of Oceania goes to Lindmere instead of Port Amaranth" in page.text
    assert "Special mention: decided by hand" in page.text
    assert "“Impact” with twice its weight" in page.text
    (tip,) = [row for row in page.table("How far each weight could be moved") if row[0] == "Impact"]
    assert tip[1] == "60"
    assert tip[2].startswith("No prize moves above")
    assert "questions move a prize of this category" in page.text


async def test_a_prize_that_a_run_did_not_follow_is_named(client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock)
    await add(
        Prize, edition=season.season.edition_id, category=None, code="late", name="A late one", position=9, places=1
    )  # fmt: skip
    page = await asked(season, client_for)
    assert "A late one: not followed by this run" in page.text


async def test_sheets_with_a_conflict_are_asked_about_in_and_out(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await calculated(clock)
    await Assignment.update({Assignment.known_conflicts: "past_employer"}).where(
        (Assignment.round_entry == season.round_entries[0]) & (Assignment.seat == season.seats[0])
    )
    await left_out(season, clock, entry=1, seat=1)
    found = await round_results(season.season.edition_id, "first")
    doubtful = await doubtful_sheets(found.id, read_body(found.inputs))
    assert doubtful.conflicted == ((season.references[0], "J1"),)
    # The run counted the sheet that two people left out since: to it nothing is missing.
    assert doubtful.voided == ()
    page = await asked(season, client_for)
    assert "without the sheets that count in spite of a conflict" in page.text
    assert "with the sheets that two people left out" not in page.text
    inputs = dict(read_body(found.inputs))
    inputs["sheets"] = [
        sheet
        for sheet in inputs["sheets"]
        if (sheet["entry"], sheet["judge"]) != (season.references[1], "J2")
    ]
    (sheet,) = (await doubtful_sheets(found.id, inputs)).voided
    assert (sheet.entry, sheet.judge, dict(sheet.marks)) == (
        season.references[1],
        "J2",
        {"impact": 9, "new": 9},
    )


async def test_a_category_without_a_run_has_no_questions(client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock)
    client = await secretariat(season, client_for)
    await client.get(f"{season.season.desk}/otherwise/first/none", status=404)
    await client.get(f"{season.season.desk}/otherwise/none/inclusive", status=404)
