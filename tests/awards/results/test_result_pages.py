"""The secretariat's pages on results and prizes, as a browser gets them."""

import pytest

from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.panels.tables import Assignment
from awards.results import services
from awards.results.awarding import PrizeRule
from awards.results.differences import prizes_that_move
from awards.results.forms import JudgeRun
from awards.results.jobs import JOB_HANDLERS
from awards.results.queries import EntryName, Names, RunText
from awards.scoresheets.tables import Scoresheet
from awards.worker import Worker
from tests.awards.results.judged import Judged, judged
from tests.awards.results.ties import GONE, TIES, Tie
from tests.page import Client
from tests.people import AMINA, EUN_JI, FARID, HIROSHI, NADIA, give, id_of
from tests.serving import ClientFor

SESSION = 2  # the session and the grants of who asks


async def secretariat(season: Judged, client_for: ClientFor) -> Client:
    await give(EUN_JI, "secretariat", season.season.scope)
    return await client_for(EUN_JI)


async def calculated(clock: FixedClock, *, adopt: bool = True, **more: object) -> Judged:
    season = await judged(**more)
    actor, round_id = await season.actor(FARID), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    if adopt:
        await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    return season


async def test_from_the_closed_round_to_the_decided_prizes(client_for: ClientFor, clock: FixedClock) -> None:
    season = await judged()
    eun_ji = await secretariat(season, client_for)
    desk = season.season.desk
    page = await eun_ji.get(f"{desk}/results")
    assert "not calculated yet" in page.text
    await eun_ji.get(f"{desk}/results/first")
    page = await eun_ji.submit("Calculate the results")
    assert "under way" in page.text
    await Worker(handlers=JOB_HANDLERS, mailer=None, compose=None, clock=clock).once()
    page = await eun_ji.get(f"{desk}/results/first")
    assert "Person" in page.text
    page = await eun_ji.submit("Adopt run 1")
    assert "Run 1 is adopted" in page.text
    page = await eun_ji.get(f"{desk}/results/first/inclusive")
    assert page.table("Official and plain")[1][1].startswith("Lindmere")
    page = await eun_ji.get(f"{desk}/prizes")
    assert "To decide" in page.text
    page = await eun_ji.submit("Decide these as proposed")
    assert "2 places are decided" in page.text
    page = await eun_ji.get(f"{desk}/prizes/inclusive")
    fields = {"entry-gold-1": season.references[3], "entry-silver-1": "none"}
    page = await eun_ji.submit("Decide", fields=fields, status=422)
    assert page.title.startswith("Error: ")
    assert any("Gold" in error for error in page.errors)
    fields = {
        "reason-gold-1": "The city measured what the others guessed.",
        "reason-silver-1": "Nobody is second.",
    }
    page = await eun_ji.submit("Decide", fields=fields)
    assert "Santa Ondina" in page.text
    assert "not awarded" in page.text


async def test_the_results_say_how_many_sheets_came_on_paper(client_for: ClientFor) -> None:
    season = await judged()
    eun_ji = await secretariat(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/results/first")
    assert "from paper" not in page.text
    (sheet,) = await Scoresheet.select(Scoresheet.id).order_by(Scoresheet.id).limit(1)
    await Scoresheet.update({Scoresheet.keyed_by: await id_of(FARID)}).where(Scoresheet.id == sheet["id"])
    page = await eun_ji.get(f"{season.season.desk}/results/first")
    assert "1 of the sheets that count was keyed in from paper" in page.text


@pytest.mark.parametrize("state", ["draft", "open"])
async def test_no_mark_while_the_round_is_not_closed(
    state: str, client_for: ClientFor, clock: FixedClock
) -> None:
    season = await calculated(clock)
    await Round.update({Round.state: state}).where(Round.id == season.season.round_id)
    eun_ji = await secretariat(season, client_for)
    desk = season.season.desk
    closed = await eun_ji.get(f"{desk}/results/first")
    assert "not closed" in closed.text
    for word in ("Lindmere", "stricter", "Fingerprint"):
        assert word not in closed.text
    assert "hidden until the round is closed" in (await eun_ji.get(f"{desk}/results")).text
    assert "Lindmere" not in (await eun_ji.get(f"{desk}/prizes")).text
    for address in ("first/inclusive", "first/runs/1/1"):
        await eun_ji.get(f"{desk}/results/{address}", status=404)
    await eun_ji.get(f"{desk}/results/first/runs/1")
    assert "Lindmere" not in eun_ji.page.text


@pytest.mark.parametrize("tie", TIES)
async def test_a_category_in_conflict_does_not_exist_for_who_is_tied_to_it(
    client_for: ClientFor, clock: FixedClock, tie: Tie
) -> None:
    season = await calculated(clock)
    await tie(season, await id_of(EUN_JI))
    eun_ji = await secretariat(season, client_for)
    desk = season.season.desk
    page = await eun_ji.get(f"{desk}/results/first")
    assert "not shown to you" in page.text
    for address in (
        "results/first/inclusive",
        "results/first/inclusive/impact",
        f"results/first/entries/{season.references[0]}",
        "results/first/judges/J1",
        "prizes/inclusive",
    ):
        await eun_ji.get(f"{desk}/{address}", status=404)
    page = await eun_ji.get(f"{desk}/prizes")
    assert "Lindmere" not in page.text
    page = await eun_ji.get(f"{desk}/publication")
    assert "Lindmere" not in page.text
    assert "cannot sign" in page.text


@pytest.mark.parametrize("tie", GONE)
async def test_what_is_over_hides_nothing(client_for: ClientFor, clock: FixedClock, tie: Tie) -> None:
    season = await calculated(clock)
    await tie(season, await id_of(EUN_JI))
    eun_ji = await secretariat(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/results/first")
    assert "not shown to you" not in page.text


@pytest.mark.parametrize("who", [AMINA, NADIA, HIROSHI])
async def test_nobody_else_finds_these_pages(who: object, client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock)
    person = await client_for(who)
    for address in ("results", "results/first", "results/first/inclusive", "results/first/runs/1", "prizes",
                    "prizes/inclusive", "publication"):  # fmt: skip
        await person.get(f"{season.season.desk}/{address}", status=404)


async def test_pages_that_do_not_exist(client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock)
    eun_ji = await secretariat(season, client_for)
    for address in ("results/none", "results/first/none", "results/first/runs/7", "results/first/runs/99999999999",
                    "results/first/runs/1/7", "prizes/none", "prizes/over-all"):  # fmt: skip
        await eun_ji.get(f"{season.season.desk}/{address}", status=404)


@pytest.mark.parametrize("count", [1, 3, 6])
@pytest.mark.parametrize(
    "address",
    ["results", "results/first", "results/first/inclusive", "prizes", "prizes/inclusive", "publication"],
)
async def test_desk_pages_cost_four_queries_however_long(
    address: str, count: int, client_for: ClientFor, clock: FixedClock
) -> None:
    everyone = tuple((0, 1, 2) for _ in range(count))
    season = await calculated(clock, readers=everyone)
    eun_ji = await secretariat(season, client_for)
    with counting() as counter:
        await eun_ji.get(f"{season.season.desk}/{address}")
    assert len(counter) <= SESSION + 4, counter.statements


def test_a_prize_over_all_is_compared_for_nobody_from_whom_a_category_is_hidden() -> None:
    def run(winner: str) -> RunText:
        return RunText(1, "", "", 1, {}, {"other_prizes": [{"prize": "grand", "entries": [winner]}]})

    names = Names({}, {"grand": "Grand prize"}, {}, (PrizeRule("grand", "", 1, 1),))
    entries = {ref: EntryName(1, 1, ref, "", ref, "KR", "seen", "Seen", conflict=False) for ref in "AB"}
    assert len(prizes_that_move(run("A"), run("B"), names, entries, frozenset())) == 1
    assert prizes_that_move(run("A"), run("B"), names, entries, frozenset({"hidden"})) == []


async def test_two_runs_are_compared_as_a_difference(client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock)
    await Assignment.update({Assignment.state: "set aside"}).where(
        (Assignment.round_entry == season.round_entries[1]) & (Assignment.seat == season.seats[1])
    )
    actor = await season.actor(FARID)
    await services.calibrate_round(round_id=season.season.round_id, actor=actor, clock=clock)
    eun_ji = await secretariat(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/results/first/runs/1/2")
    assert "Port Amaranth" in page.text
    assert "for Port Amaranth no longer counts" in page.text
    assert "No prize moves" in page.text
    assert "Adopt run 2 in place of run 1?" in page.text
    same = await eun_ji.get(f"{season.season.desk}/results/first/runs/1/1")
    assert "No entry differs" in same.text
    assert "not this one" not in (await eun_ji.get(f"{season.season.desk}/results/first/runs/1")).text
    page = await eun_ji.get(f"{season.season.desk}/results/first/runs/2")
    assert "The pages of categories, entries and judges show run 1, not this one." in page.text
    page = await eun_ji.submit("Drop it", status=422)
    assert page.errors == ["Say why this run is dropped"]


async def test_full_panels_say_that_calibration_changes_nothing(
    client_for: ClientFor, clock: FixedClock
) -> None:
    season = await calculated(clock, readers=tuple((0, 1, 2, 3) for _ in range(6)))
    eun_ji = await secretariat(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/results/first/inclusive")
    assert "Calibration changes nothing here" in page.text


async def test_own_country_sheets_are_listed(client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock, country="FR")
    eun_ji = await secretariat(season, client_for)
    page = await eun_ji.get(f"{season.season.desk}/results/first/inclusive")
    assert "France" in page.text
    assert "left out" in page.text


async def test_a_lost_race_keeps_what_was_chosen(client_for: ClientFor, clock: FixedClock) -> None:
    season = await calculated(clock)
    eun_ji = await secretariat(season, client_for)
    await eun_ji.get(f"{season.season.desk}/prizes/inclusive")
    await services.take_proposals(
        edition_id=season.season.edition_id, actor=await season.actor(FARID), clock=clock
    )
    fields = {"entry-gold-1": season.references[2], "reason-gold-1": "My reason stays."}
    page = await eun_ji.submit("Decide", fields=fields, status=409)
    assert "Somebody decided here before you" in page.text
    assert "My reason stays." in page.html
