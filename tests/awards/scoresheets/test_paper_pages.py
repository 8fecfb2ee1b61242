"""Paper sheets over HTTP: keyed in on the desk, answered by the judge, listed where the round is closed."""

from awards.clock import FixedClock
from awards.panels.tables import Assignment
from awards.scoresheets.services import save_sheet
from awards.scoresheets.tables import Keying, Mark
from tests import factories
from tests.awards.scoresheets.benches import Bench, bench, save
from tests.factories import AT
from tests.page import Client
from tests.people import CHIARA, EUN_JI, FARID, give, id_of
from tests.serving import ClientFor

DAY = AT.date().isoformat()


def desk_of(made: Bench) -> str:
    return f"/desk/{made.season.programme}/{made.season.edition}"


async def office(client_for: ClientFor) -> tuple[Bench, Client, Client]:
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    made = await bench(person_id, entries=2)
    await give(EUN_JI, "secretariat", made.season.scope)
    return made, await client_for(EUN_JI), await client_for(CHIARA)


async def test_keyed_in_asked_about_sent_back_keyed_again_and_confirmed(client_for: ClientFor) -> None:
    made, eun_ji, chiara = await office(client_for)
    papers, reference = f"{desk_of(made)}/progress/first/paper", made.references[0]
    page = await eun_ji.get(f"{papers}?judge={made.seat_id}")
    assert [row[2] for row in page.table("Sheets of the judge")[1:]] == ["Nothing saved yet"] * 2
    await eun_ji.click(f"Key in {reference}")
    page = await eun_ji.submit("Save, and ask", status=422)
    assert page.errors == [
        "Enter the date that stands on the paper",
        "Enter what stands on the paper: at least one mark or note",
    ]
    page = await eun_ji.submit("Save, and ask", status=422, mark_impact="7", paper_date="2025-01-01")
    assert page.errors == ["The round was not open on this day. Check the date on the paper"]
    assert page.by_id("paper_date").get("value") == "2025-01-01"
    page = await eun_ji.submit(
        "Save, and ask", mark_impact="7", mark_new="4", note_city="Well told.", paper_date=DAY
    )
    assert page.flash.startswith("The sheet is keyed in")
    assert [row[2].split(" key")[0] for row in page.table("Sheets keyed in from paper")[1:]] == [
        "Waits for the judge"
    ]
    path = f"{made.path}/{reference}/paper"
    page = await chiara.get(path)
    assert "Impact7 Novelty4" in page.text
    assert "Well told." in page.text
    page = await chiara.submit("Not right", status=422)
    assert page.errors == ["Enter an answer for “What is not right”"]
    page = await chiara.submit("Not right", remark="Novelty is 5.")
    assert page.flash.startswith("Sent back")
    page = await eun_ji.get(papers)
    assert "“Novelty is 5.”" in page.text
    await eun_ji.click(f"key in again {reference}")
    page = await eun_ji.submit("Save, and ask", mark_new="5")
    assert page.flash.startswith("The sheet is keyed in")
    page = await chiara.get(path)
    assert "Novelty5" in page.text
    page = await chiara.submit("These are my marks")
    assert page.flash.startswith("The sheet is signed off")
    (state,) = await Assignment.select(Assignment.state).where(Assignment.id == made.assignments[0])
    assert state["state"] == "signed"
    page = await eun_ji.get(papers)
    assert "Confirmed by the judge" in page.text
    # An old page of the judge's: nothing is left to say.
    assert (await chiara.get(path)).h1 != "Are these your marks?"


async def test_nobody_sees_what_they_did_not_key_in(client_for: ClientFor, clock: FixedClock) -> None:
    made, eun_ji, _chiara = await office(client_for)
    await give(FARID, "secretariat", made.season.scope)
    farid = await client_for(FARID)
    path = f"{desk_of(made)}/progress/first/paper/{made.seat_id}/"
    await eun_ji.get(path + made.references[0])
    await eun_ji.submit("Save, and ask", mark_impact="7", note_city="Well told.", paper_date=DAY)
    page = await eun_ji.get(path + made.references[0])
    assert "Well told." in page.text
    page = await farid.get(path + made.references[0])
    assert "Well told." not in page.text
    assert page.by_id("paper_date").get("value", "") == ""
    await save_sheet(
        where=made.where(1),
        command=save("own", 0, {"impact": 3}, city="My own."),
        actor=made.judge,
        clock=clock,
    )
    page = await eun_ji.get(path + made.references[1])
    assert "The judge has saved this sheet on screen" in page.text
    assert "My own." not in page.text
    assert await Mark.count().where(Mark.value == 3) == 1


async def test_a_round_is_not_closed_over_unconfirmed_paper_in_silence(client_for: ClientFor) -> None:
    made, eun_ji, _chiara = await office(client_for)
    await eun_ji.get(f"{desk_of(made)}/progress/first/paper/{made.seat_id}/{made.references[0]}")
    await eun_ji.submit("Save, and ask", mark_impact="7", mark_new="4", paper_date=DAY)
    page = await eun_ji.get(f"{desk_of(made)}/rounds/first/close")
    assert f"{made.references[0]}, paper of 10 March 2026" in page.text
    page = await eun_ji.submit("Close the round", status=422)
    assert page.errors == ["Say that the sheets from paper below are not to count"]
    page = await eun_ji.submit("Close the round", without_papers="1")
    assert "is closed" in page.flash
    assert await Keying.count() == 1
    (state,) = await Assignment.select(Assignment.state).where(Assignment.id == made.assignments[0])
    assert state["state"] == "started"


async def test_list_and_sheet_say_what_was_keyed_in_until_the_judge_saves(client_for: ClientFor) -> None:
    made, eun_ji, chiara = await office(client_for)
    await eun_ji.get(f"{desk_of(made)}/progress/first/paper/{made.seat_id}/{made.references[0]}")
    await eun_ji.submit("Save, and ask", mark_impact="7", paper_date=DAY)
    page = await chiara.get(made.path)
    assert "1 sheet was keyed in from your paper" in page.text
    page = await chiara.get(f"{made.path}/{made.references[0]}")
    assert "Keyed in from your paper sheet" in page.text
    await chiara.submit("Save and stay", mark_new="4")
    for path in (made.path, f"{made.path}/{made.references[0]}"):
        page = await chiara.get(path)
        assert "from your paper" not in page.text


async def test_board_grid_and_what_is_taken_away_say_what_came_on_paper(client_for: ClientFor) -> None:
    made, eun_ji, _chiara = await office(client_for)
    progress = f"{desk_of(made)}/progress/first"
    await eun_ji.get(f"{progress}/paper/{made.seat_id}/{made.references[0]}")
    await eun_ji.submit("Save, and ask", mark_impact="7", paper_date=DAY)
    page = await eun_ji.get(progress)
    assert "Started‡, from paper, not confirmed" in page.text
    for view in ("judges", "entries"):
        page = await eun_ji.get(f"{progress}/{view}")
        assert "1 from paper, 1 not confirmed" in page.text
    for table, told in (
        ("judges", "1,1"),
        ("entries", "1,1"),
        ("sheets", "Started, from paper, not confirmed"),
        ("paper", f"Chiara Fontana,{made.references[0]}"),
    ):
        assert told in (await eun_ji.http.get(f"{progress}/export/{table}.csv")).text
