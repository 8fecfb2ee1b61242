"""Two people leave a sheet of a closed round out, or let it count again."""

import json

import pytest

from awards.accounts.rules import FRESH_PROOF
from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.outbox.tables import Message
from awards.panels import services as panels
from awards.panels.forms import RecordConflict
from awards.panels.tables import Assignment, SetAside
from awards.publication import services as publication
from awards.publication.forms import AskToPublish
from awards.publication.gate import lacks_of
from awards.publication.tables import Publication
from awards.results import services
from awards.results.forms import DecidePrizes, EndAboutSheet, JudgeRun
from awards.results.queries import in_round, outdated_rounds, prize_table
from awards.results.rules import Pick
from awards.results.tables import CalibrationRun
from awards.scoresheets.tables import Mark, Scoresheet
from tests import factories
from tests.awards.publication.published import ask, decided, published
from tests.awards.results.judged import Judged, judged
from tests.awards.results.leaving_out import MOMENT, WHY, ask_about, consent, left_out, state_of
from tests.factories import AT, DAY
from tests.people import AMINA, EUN_JI, FARID, give, id_of
from tests.serving import ClientFor


async def test_who_asks_and_who_consents_proves_who_they_are(clock: FixedClock) -> None:
    season = await decided(clock)
    with pytest.raises(Denied, match="password"):
        await ask_about(season, clock, proved=False)
    approval = await ask_about(season, clock)
    with pytest.raises(Denied, match="password"):
        await consent(season, clock, approval, proved=False)
    assert await consent(season, clock, approval) == "set aside"


# --- two people leave a sheet out -------------------------------------------------------------------------


async def test_one_asks_and_another_consents(clock: FixedClock) -> None:
    season = await decided(clock)
    marks, sheets = await Mark.count(), await Scoresheet.count()
    approval = await ask_about(season, clock)
    assert await Assignment.count().where(Assignment.state == "set aside") == 0
    with pytest.raises(Denied, match="You asked for it"):
        await consent(season, clock, approval, EUN_JI)
    with pytest.raises(Denied, match="asked for already"):
        await ask_about(season, clock)
    assert await consent(season, clock, approval) == "set aside"
    row = (await SetAside.select())[0]
    assert (row["code"], row["reason"], row["state"], row["approval"]) == ("voided", WHY, "signed", approval)
    assert (await Mark.count(), await Scoresheet.count()) == (marks, sheets)
    assert [mail["template"] for mail in await Message.select(Message.template)] == ["sheet-set-aside"]
    with pytest.raises(Stale):
        await consent(season, clock, approval)
    rules = {problem.rule for problem in await broken()}
    assert not rules & {"sheets-are-left-out-by-two", "sheets-aside-have-a-reason", "sheets-aside-are-kept"}


async def test_a_run_from_before_is_out_of_date(clock: FixedClock) -> None:
    season = await decided(clock)
    edition_id = season.season.edition_id
    assert await outdated_rounds(edition_id) == set()
    await left_out(season, clock)
    assert await outdated_rounds(edition_id) == {"first"}
    inside = await in_round(season.season.round_id, await season.actor(), AT)
    assert [(sheet.label, sheet.reason) for sheet in inside.left_out] == [("J1", WHY)]
    texts = [lack.text for lack in await lacks_of(edition_id, AT)]
    assert any("out of date" in text for text in texts)
    assert any("2 of 3 sheets" in text for text in texts)
    with pytest.raises(Denied):
        await ask(season, clock)
    with pytest.raises(Denied, match="Sheets or entries have changed"):
        await services.adopt_run(
            command=JudgeRun(round_id=season.season.round_id, number=await _provisional(season)),
            actor=await season.actor(),
            clock=clock,
        )
    number = await services.calibrate_round(
        round_id=season.season.round_id, actor=await season.actor(), clock=clock
    )
    rows = await CalibrationRun.select(CalibrationRun.inputs).where(CalibrationRun.number == number)
    assert len(json.loads(rows[0]["inputs"])["sheets"]) == 17


async def _provisional(season: Judged) -> int:
    """A run like the adopted one that nobody adopted."""
    row = (await CalibrationRun.select())[0]
    del row["id"]
    await factories.add(CalibrationRun, **{**row, "number": 2, "state": "provisional", "sha256": "e" * 64})
    return 2


async def test_a_swap_of_sheets_is_noticed_by_who_signs(clock: FixedClock) -> None:
    """As many sheets as before, and not the same ones."""
    season = await decided(clock)
    await left_out(season, clock)
    actor, round_id = await season.actor(), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    assert await outdated_rounds(season.season.edition_id) == set()
    await left_out(season, clock, seat=1)
    await consent(season, clock, await ask_about(season, clock, to="back"))
    assert await outdated_rounds(season.season.edition_id) == {"first"}
    texts = [lack.text for lack in await lacks_of(season.season.edition_id, AT)]
    assert any("out of date" in text for text in texts)


async def test_two_restore_what_two_left_out(clock: FixedClock) -> None:
    season = await decided(clock)
    await left_out(season, clock)
    approval = await ask_about(season, clock, to="back")
    assert await consent(season, clock, approval) == "signed"
    row = (await SetAside.select())[0]
    assert (row["restored_at"], row["restored_approval"], row["restored_by"]) == (
        AT,
        approval,
        await id_of(FARID),
    )
    assert await outdated_rounds(season.season.edition_id) == set()
    assert {problem.rule for problem in await broken()}.isdisjoint({"sheets-are-left-out-by-two"})


async def test_what_does_not_fit_is_refused(clock: FixedClock) -> None:
    season = await decided(clock)
    with pytest.raises(Denied, match="not set aside"):
        await ask_about(season, clock, to="back")
    with pytest.raises(NotFound):
        await ask_about(season, clock, seat=3)
    await Assignment.update({Assignment.state: "started"}).where(Assignment.seat == season.seats[1])
    with pytest.raises(Denied, match="signed off"):
        await ask_about(season, clock, seat=1)
    await Round.update({Round.state: "open"}).where(Round.id == season.season.round_id)
    with pytest.raises(Denied, match="when the round is closed"):
        await ask_about(season, clock)


async def test_consent_is_worth_nothing_when_the_sheet_changed(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask_about(season, clock)
    await Scoresheet.update({Scoresheet.version: Scoresheet.version + 1}).where(Scoresheet.version == 1)
    with pytest.raises(Denied, match="not what it was"):
        await consent(season, clock, approval)


async def test_a_request_can_be_taken_back(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask_about(season, clock)
    command = EndAboutSheet(round_id=season.season.round_id, approval=approval)
    other = await judged()
    with pytest.raises(NotFound):
        await services.end_about_sheet(command=command, actor=await other.actor(), clock=clock)
    await services.end_about_sheet(command=command, actor=await season.actor(FARID), clock=clock)
    with pytest.raises(Stale):
        await consent(season, clock, approval)
    assert await ask_about(season, clock) != approval


async def test_nobody_decides_over_the_own_sheet_or_city(clock: FixedClock) -> None:
    season = await decided(clock)
    await factories.official(await id_of(EUN_JI), season.entrants[3])
    with pytest.raises(NotFound):
        await ask_about(season, clock)
    from_farid = await ask_about(season, clock, member=FARID)
    with pytest.raises(NotFound):
        await consent(season, clock, from_farid, EUN_JI)
    await Assignment.raw("UPDATE seat SET person = {} WHERE id = {}", await id_of(AMINA), season.seats[0])
    with pytest.raises(Denied, match="judged in it"):
        await consent(season, clock, from_farid, AMINA)


async def test_a_conflict_stands_before_a_restored_sheet(clock: FixedClock) -> None:
    season = await decided(clock)
    await left_out(season, clock)
    record = RecordConflict(seat=season.seats[0], reference=season.references[0], reason="Family")
    await panels.record_conflict(
        round_id=season.season.round_id, command=record, actor=await season.actor(), clock=clock
    )
    with pytest.raises(Invalid, match="Withdraw the conflict first"):
        await ask_about(season, clock, to="back")


async def test_a_correction_from_the_sheet_to_the_new_publication(clock: FixedClock) -> None:
    season = await published(clock)
    actor, round_id, edition_id = await season.actor(), season.season.round_id, season.season.edition_id
    clock.move_to(AT + DAY)
    for member in (EUN_JI, FARID):
        await give(member, "secretariat", season.season.scope)
    await left_out(season, clock)
    job = await services.ask_for_run(round_id=round_id, actor=actor, clock=clock)
    assert job
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    assert number == 2
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    assert await state_of(season) == "decided"
    codes = {lack.code for lack in await lacks_of(edition_id, clock.now())}
    assert codes == {"rerun", "sheets", "superseded"}, (
        "nobody has done the job yet, so it may still say otherwise"
    )
    written = []
    for _again in range(2):
        places = (await prize_table(edition_id, actor, clock.now())).places("inclusive")
        same = [
            Pick(one.prize, one.place, one.decided, one.reason, one.citation, one.version) for one in places
        ]
        command = DecidePrizes(edition_id, "inclusive", tuple(same))
        written.append(await services.decide_prizes(command=command, actor=actor, clock=clock))
    assert written == [len(places), 0], "the same winners are decided by the new run, once"
    assert {lack.code for lack in await lacks_of(edition_id, clock.now())} == {"rerun", "sheets"}
    assert await Publication.count() == 1
    with pytest.raises(Denied):
        await publication.ask_to_publish(
            command=AskToPublish(
                edition_id=edition_id, shows="winners", visible_at=None, note="One sheet less"
            ),
            actor=await season.actor(),
            clock=clock,
        )


# --- pages ---------------------------------------------------------------------------------------------


async def test_the_pages_of_two_people(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    for member in (EUN_JI, FARID):
        await give(member, "secretariat", season.season.scope)
    eun_ji, farid = await client_for(EUN_JI), await client_for(FARID)
    results, aside = f"{season.season.desk}/results/first", f"{season.season.desk}/aside/first"
    page = await eun_ji.get(aside)
    assert "No sheet of this round is left out" in page.text
    await eun_ji.get(f"{aside}?entry={season.references[0]}")
    page = await eun_ji.submit("Ask for consent", status=422)
    assert len(page.errors) == 2
    await eun_ji.get(f"{aside}?entry={season.references[0]}")
    sheet = f"{season.seats[0]}.{season.references[0]}"
    await eun_ji.submit("Ask for consent", sheet=sheet, reason=WHY)
    page = await eun_ji.get(results)
    assert "1 sheet waits for a second person" in page.text
    assert "out of date" not in page.text
    await farid.get(aside)
    await farid.submit("Consent")
    page = await farid.get(aside)
    assert WHY in page.text
    page = await eun_ji.get(results)
    assert "Run 1 is out of date" in page.text
    assert WHY in page.text
    page = await eun_ji.get(f"{season.season.desk}/rounds/first/decide")
    assert "This cannot be done yet" in page.text
    await eun_ji.get(aside)
    await eun_ji.submit("Ask for consent to restore", sheet=sheet, reason="It was right")
    await farid.get(aside)
    await farid.submit("Consent")
    await eun_ji.get(f"{season.season.desk}/rounds/first/decide")
    await eun_ji.submit("Declare the round decided")
    page = await eun_ji.get(f"{season.season.desk}/rounds/first/decide")
    assert "This is done" in page.text
    page = await eun_ji.get(results)
    assert "This round is decided" in page.text
    assert "Calculate again" not in page.text
    page = await eun_ji.get(f"{season.season.desk}/results/first/inclusive")
    assert "Lindmere" in page.text
    page = await eun_ji.get(f"{season.season.desk}/prizes")
    assert "A round is still being judged" not in page.text


async def test_the_page_asks_for_the_password_again(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await give(EUN_JI, "secretariat", season.season.scope)
    eun_ji = await client_for(EUN_JI)
    aside = f"{season.season.desk}/aside/first?entry={season.references[0]}"
    await eun_ji.get(aside)
    clock.move_to(AT + FRESH_PROOF + MOMENT)
    sheet = f"{season.seats[0]}.{season.references[0]}"
    page = await eun_ji.submit("Ask for consent", sheet=sheet, reason=WHY, status=403)
    assert WHY in page.response.text, "what was typed is still there; the password is typed beside it"
    assert "/prove?next=" in page.response.text
    page = await eun_ji.get(aside)
    assert "Enter your password again" in page.text
    assert "Ask for consent" not in page.text


async def test_a_conflict_on_record_points_to_the_sheet(client_for: ClientFor, clock: FixedClock) -> None:
    season = await decided(clock)
    await give(EUN_JI, "secretariat", season.season.scope)
    record = RecordConflict(seat=season.seats[0], reference=season.references[0], reason="Family")
    await panels.record_conflict(
        round_id=season.season.round_id, command=record, actor=await season.actor(), clock=clock
    )
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{season.season.desk}/aside/first")
    assert "Count, and have a conflict on record" in page.text
    page = await eun_ji.get(f"{season.season.desk}/panels/first/conflicts")
    assert "Its sheet counts" in page.text
