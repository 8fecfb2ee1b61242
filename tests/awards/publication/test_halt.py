"""The switch for an incident: within one request no sheet is written and nothing comes out, until somebody lets it go on."""

from datetime import timedelta

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Halt
from awards.errors import Denied, Halted, NotFound, Stale
from awards.outbox.tables import Message
from awards.publication import services
from awards.publication.forms import EndHalt, HaltEdition
from awards.publication.gate import lacks_of
from awards.publication.queries import visible_publication
from awards.publication.tables import Publication
from awards.scoresheets.forms import ReopenSheet, SignSheets
from awards.scoresheets.services import open_sheet, reopen_sheet, save_sheet
from awards.scoresheets.services.signing import sign_sheets
from awards.scoresheets.tables import Scoresheet, SheetRevision
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import Judged, judged, secretary
from tests.awards.scoresheets.benches import bench, save
from tests.factories import AT
from tests.people import AMINA, CHIARA, EUN_JI, FARID, give, id_of
from tests.serving import ClientFor

OUT = AT + timedelta(days=3)


async def stop(season: Judged, clock: FixedClock) -> None:
    command = HaltEdition(edition_id=season.season.edition_id, reason="A link leaked.", sure=True)
    await services.halt_edition(command=command, actor=await season.actor(FARID, proved=False), clock=clock)


async def go_on(season: Judged, clock: FixedClock, *, proved: bool = True) -> None:
    command = EndHalt(edition_id=season.season.edition_id, reason="It was a test.")
    await services.end_halt(command=command, actor=await season.actor(EUN_JI, proved=proved), clock=clock)


async def test_what_is_scheduled_does_not_come_out(clock: FixedClock) -> None:
    season = await published(clock, at=OUT)
    await stop(season, clock)
    clock.move_to(OUT)
    assert await visible_publication(season.season.edition_id, clock.now()) is None
    await services.write_to_entrants(clock)
    assert await Message.count() == 0
    clock.move_to(AT)
    await go_on(season, clock)
    clock.move_to(OUT)
    assert await visible_publication(season.season.edition_id, clock.now()) is None, "two sign again"
    (event,) = await Event.select(Event.action).where(Event.action == "edition stopped")
    assert event


async def test_nothing_is_signed_meanwhile(clock: FixedClock) -> None:
    season = await decided(clock)
    approval = await ask(season, clock, at=OUT)
    await stop(season, clock)
    assert "halted" in {lack.code for lack in await lacks_of(season.season.edition_id, AT)}
    with pytest.raises(Denied, match="stopped"):
        await ask(season, clock)
    await go_on(season, clock)
    with pytest.raises(Stale):
        await sign(season, clock, approval)
    await sign(season, clock, await ask(season, clock))


async def test_what_is_public_stays_and_its_letters_wait(clock: FixedClock) -> None:
    season = await published(clock)
    await factories.official(await id_of(AMINA), season.entrants[0])
    await stop(season, clock)
    assert await visible_publication(season.season.edition_id, clock.now()) is not None
    assert await services.write_to_entrants(clock) == 0
    await go_on(season, clock)
    assert await services.write_to_entrants(clock) == 1


async def test_no_sheet_is_opened_saved_or_signed(clock: FixedClock) -> None:
    made = await bench(entries=2)
    actor = await secretary(made.season, EUN_JI)
    saved = save("first", 0, {"impact": 7, "new": 8})
    await save_sheet(where=made.where(), command=saved, actor=made.judge, clock=clock)
    halt = HaltEdition(edition_id=made.season.edition_id, reason="A link leaked.", sure=True)
    await services.halt_edition(command=halt, actor=actor, clock=clock)
    again = await save_sheet(where=made.where(), command=saved, actor=made.judge, clock=clock)
    assert again.already, "what was in is answered as it was"
    await open_sheet(where=made.where(1), actor=made.judge, clock=clock)
    assert await Scoresheet.count() == 1
    signature = SignSheets(sheets=[f"{made.references[0]}:1"], agree="1")
    address = {"programme": made.season.programme, "edition": made.season.edition, "round_code": "first"}
    for stopped in (
        save_sheet(
            where=made.where(), command=save("second", 1, {"impact": 1}), actor=made.judge, clock=clock
        ),
        sign_sheets(**address, command=signature, actor=made.judge, clock=clock),
    ):
        with pytest.raises(Halted, match="keep it open"):
            await stopped
    assert await SheetRevision.count() == 1
    ended = EndHalt(edition_id=made.season.edition_id, reason="It was a test.")
    await services.end_halt(command=ended, actor=actor, clock=clock)
    await sign_sheets(**address, command=signature, actor=made.judge, clock=clock)
    await services.halt_edition(command=halt, actor=actor, clock=clock)
    reopening = ReopenSheet(reference=made.references[0], seat=made.seat_id, reason="Swapped")
    with pytest.raises(Halted):
        await reopen_sheet(round_id=made.season.round_id, command=reopening, actor=actor, clock=clock)


async def test_a_judge_is_told_to_keep_the_page(client_for: ClientFor, clock: FixedClock) -> None:
    made = await bench(await id_of(CHIARA))
    judge = await client_for(CHIARA)
    await judge.get(f"{made.path}/{made.references[0]}")
    halt = HaltEdition(edition_id=made.season.edition_id, reason="A link leaked.", sure=True)
    await services.halt_edition(command=halt, actor=await secretary(made.season, EUN_JI), clock=clock)
    page = await judge.submit("Save and stay here", mark_impact="7", status=503)
    assert "stopped the judging" in page.text
    assert "A link leaked" not in page.text
    page = await judge.get(f"{made.path}/{made.references[0]}")
    assert "keep this page open" in page.text
    assert "A link leaked" not in page.text


async def test_it_takes_a_password_to_go_on_and_nobody_else(clock: FixedClock) -> None:
    season, other = await decided(clock), await judged()
    await stop(season, clock)
    with pytest.raises(Denied, match="stopped already"):
        await stop(season, clock)
    with pytest.raises(Denied, match="password"):
        await go_on(season, clock, proved=False)
    stranger = await secretary(other.season, AMINA)
    command = EndHalt(edition_id=season.season.edition_id, reason="Mine")
    with pytest.raises(NotFound):
        await services.end_halt(command=command, actor=stranger, clock=clock)
    await go_on(season, clock)
    with pytest.raises(Denied, match="not stopped"):
        await go_on(season, clock)
    assert await Halt.count().where(Halt.ended_at.is_null()) == 0


async def test_the_page_stops_and_lets_go_on(client_for: ClientFor, clock: FixedClock) -> None:
    season = await published(clock, at=OUT)
    await give(EUN_JI, "secretariat", season.season.scope)
    eun_ji = await client_for(EUN_JI)
    page = await eun_ji.get(f"{season.season.desk}/halt")
    page = await eun_ji.submit("#stop", status=422)
    assert len(page.errors) == 2
    page = await eun_ji.submit("#stop", reason="A link leaked.", sure="1")
    assert "Stopped" in page.text
    assert (await Publication.select(Publication.withdrawn_at))[0]["withdrawn_at"] == AT
    page = await eun_ji.submit("#on", reason="It was a test.")
    assert "It was a test." in page.text
    assert "Stop now" in page.text
