"""A closed round reads single entries once more: nothing else of it moves, and nobody sees a mark before it closes."""

import pytest

from awards.accounts.tables import EmailAddress
from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from awards.panels.tables import Assignment, DeclaredConflict
from awards.results import services
from awards.results.forms import JudgeRun, UndoRead, instant_of, reads_of
from awards.results.queries import round_results
from awards.results.rules import near_a_line
from awards.results.telling import rivals_of, told_by
from tests import factories
from tests.awards.results.further import UNTIL, ask, assignment_of, closed, known, mark, round_row, sound
from tests.awards.results.judged import judged
from tests.factories import AT, DAY
from tests.people import EUN_JI, give, id_of
from tests.serving import ClientFor

# --- who can be asked -------------------------------------------------------------------------------------


async def test_who_has_read_is_not_offered_and_who_is_short_is_counted(clock: FixedClock) -> None:
    season = await closed()
    first = (await known(season, clock)).entry(season.references[0])
    assert first is not None
    assert (first.wanted, first.signed, first.missing) == (3, 3, 0)
    assert [one.seat_id for one in first.readers] == [season.seats[3]]
    await Assignment.update({Assignment.state: "started", Assignment.signed_at: None}).where(
        (Assignment.round_entry == season.round_entries[0]) & (Assignment.seat == season.seats[1])
    )
    first = (await known(season, clock)).entry(season.references[0])
    assert first is not None
    assert first.missing == 1
    assert {(one.seat_id, one.began) for one in first.readers} == {
        (season.seats[1], True),
        (season.seats[3], False),
    }


async def test_a_conflict_that_forbids_keeps_a_judge_away(clock: FixedClock) -> None:
    season = await closed()
    await factories.add(
        DeclaredConflict, person=season.judges[3], edition=season.season.edition_id, entry=season.entries[0],
        code="declared", source="judge", reason="Family",
    )  # fmt: skip
    first = (await known(season, clock)).entry(season.references[0])
    assert first is not None
    assert first.readers == ()
    with pytest.raises(Invalid, match="cannot read"):
        await ask(season, clock, (0, 3))
    assert (await round_row(season))["state"] == "closed"


async def test_a_category_in_conflict_is_not_offered(clock: FixedClock) -> None:
    season = await closed()
    await factories.official(await id_of(EUN_JI), season.entrants[2])
    assert (await known(season, clock)).entries == ()
    with pytest.raises(NotFound):
        await ask(season, clock, (0, 3))


@pytest.mark.parametrize(
    ("low", "high", "places", "near"),
    [
        (1, 1, 1, False),
        (1, 2, 1, True),
        (2, 3, 1, False),
        (2, 3, 2, True),
        (1, 4, 0, False),
        (None, None, 1, False),
    ],
)
def test_an_interval_lies_on_both_sides_of_a_line(
    low: int | None, high: int | None, places: int, near: bool
) -> None:
    assert near_a_line(low, high, places) is near


async def test_the_run_says_who_is_near_a_line(clock: FixedClock) -> None:
    season = await closed()
    actor = await season.actor()
    await services.calibrate_round(round_id=season.season.round_id, actor=actor, clock=clock)
    body = (await round_results(season.season.edition_id, "first")).body
    expected = {
        row["entry"] for row in body["standings"]
        if row["scope"] == "all" and any(row["rank_low"] <= line < row["rank_high"] for line in (1, 2))
    }  # fmt: skip
    assert set(rivals_of(body)) == expected
    assert rivals_of({}) == {}


# --- asking -----------------------------------------------------------------------------------------------


async def test_asking_opens_the_round_for_these_alone(clock: FixedClock) -> None:
    season = await closed()
    version = (await round_row(season))["version"]
    assert await ask(season, clock, (0, 3), (4, 3)) == 1
    assert (await round_row(season))["state"] == "extra"
    row = await assignment_of(season, 0, 3)
    assert (row["origin"], row["state"], row["extra_until"]) == ("extra", "given", UNTIL)
    mails = await Message.select(Message.template, Message.to)
    addresses = await EmailAddress.select(EmailAddress.address).where(EmailAddress.person == season.judges[3])
    assert [(mail["template"], mail["to"]) for mail in mails] == [("extra-reads", addresses[0]["address"])]
    event = (await Event.select(Event.action).order_by(Event.seq, ascending=False))[0]
    assert event["action"] == "further reads asked"
    await sound()
    with pytest.raises(Stale):
        await ask(season, clock, (1, 0), version=version)
    with pytest.raises(Denied):  # frozen as before
        await mark(season, clock, 0, 0)
    await mark(season, clock, 0, 3)
    await sound()
    with pytest.raises(Invalid, match="cannot read"):
        await ask(season, clock, (0, 3))


@pytest.mark.parametrize("state", ["draft", "open", "decided"])
async def test_only_a_closed_round_reads_once_more(state: str, clock: FixedClock) -> None:
    season = await closed()
    await Round.update({Round.state: state}).where(Round.id == season.season.round_id)
    with pytest.raises(Denied):
        await ask(season, clock, (0, 3))


async def test_the_instant_is_to_come_and_moves_later_only(clock: FixedClock) -> None:
    season = await closed()
    with pytest.raises(Invalid, match="still to come"):
        await ask(season, clock, (0, 3), until=AT)
    with pytest.raises(Invalid, match="at least one"):
        await ask(season, clock)
    await ask(season, clock, (0, 3))
    with pytest.raises(Invalid, match="only become later"):
        await ask(season, clock, (1, 0), until=UNTIL - DAY)
    # Who was asked before is told of the new instant; who is asked now is told once.
    assert await ask(season, clock, (1, 0), until=UNTIL + DAY) == 2
    assert {row["extra_until"] for row in await Assignment.select() if row["extra_until"]} == {UNTIL + DAY}
    assert await ask(season, clock, until=UNTIL + 2 * DAY) == 2
    with pytest.raises(Invalid, match="at least one"):
        await ask(season, clock, until=UNTIL + 2 * DAY)
    await sound()


async def test_twice_the_same_pair_is_refused(clock: FixedClock) -> None:
    season = await closed()
    with pytest.raises(Invalid, match="twice"):
        await ask(season, clock, (0, 3), (0, 3))
    assert await Message.count() == 0


async def test_the_instant_itself_is_late(clock: FixedClock) -> None:
    season = await closed()
    await ask(season, clock, (0, 3), (4, 3))
    clock.move_to(UNTIL - factories.DAY / 86_400_000)
    await mark(season, clock, 0, 3)
    clock.move_to(UNTIL)
    with pytest.raises(Denied, match="closed"):
        await mark(season, clock, 4, 3)


async def test_who_did_not_finish_goes_on_where_they_were(clock: FixedClock) -> None:
    season = await closed()
    row = await assignment_of(season, 0, 1)
    await Assignment.update({Assignment.state: "started", Assignment.signed_at: None}).where(
        Assignment.id == row["id"]
    )
    await ask(season, clock, (0, 1))
    row = await assignment_of(season, 0, 1)
    assert (row["state"], row["origin"]) == ("started", "extra")
    undo = UndoRead(round_id=season.season.round_id, assignment=row["id"])
    with pytest.raises(Denied, match="started"):
        await services.undo_read(command=undo, actor=await season.actor(), clock=clock)


# --- what a form sends ------------------------------------------------------------------------------------


def test_fields_name_entries_and_judges() -> None:
    fields = {
        "read-WG26-1-1": "7",
        "read-WG26-1-2": "",
        "read-WG26-2-2": "8",
        "until": "x",
        "read-WG26-2-9": "1",
    }
    assert reads_of(fields) == (("WG26-1", 7), ("WG26-2", 8))
    for value in ("x", "-1", "0", "9" * 40, "٣"):
        with pytest.raises(NotFound):
            reads_of({"read-WG26-1-1": value})


def test_instants_are_of_the_zone() -> None:
    assert instant_of("2027-04-30T21:00", "Asia/Seoul").isoformat() == "2027-04-30T12:00:00+00:00"
    for text in ("", "tomorrow", "2027-04-30T21:00Z", "0001-01-01T00:00", "2027-03-28T02:30"):
        with pytest.raises(Invalid):
            instant_of(text, "Europe/Paris")


# --- pages ------------------------------------------------------------------------------------------------


async def test_from_the_results_to_the_reads_and_back(client_for: ClientFor, clock: FixedClock) -> None:
    season = await closed()
    await give(EUN_JI, "secretariat", season.season.scope)
    await services.calibrate_round(
        round_id=season.season.round_id, actor=await season.actor(), clock=clock
    )  # fmt: skip
    row = await assignment_of(season, 5, 1)
    await Assignment.update({Assignment.state: "given", Assignment.signed_at: None}).where(
        Assignment.id == row["id"]
    )
    eun_ji = await client_for(EUN_JI)
    results, extra = f"{season.season.desk}/results/first", f"{season.season.desk}/extra/first"
    assert "Ask for further reads" in (await eun_ji.get(results)).text
    with counting() as statements:
        page = await eun_ji.get(extra)
    assert len(statements) <= 6, statements.statements
    assert "Short of sheets" in page.text
    assert "2 of 3 sheets signed off, 1 missing" in page.text
    field = f"read-{season.references[5]}-1"
    page = await eun_ji.get(f"{extra}/check?{field}={season.seats[0]}&until=", status=422)
    assert page.errors
    await eun_ji.get(f"{extra}/check?{field}={season.seats[0]}&until=2026-03-13T09:00")
    assert (await round_row(season))["state"] == "closed"
    page = await eun_ji.submit("Ask for these reads")
    assert "1 judge is written to" in page.text
    assert "Further reads are under way" in page.text
    page = await eun_ji.get(results)
    assert "being read once more" in page.text
    assert "Calculate again" not in page.text
    assert "Adopt run" not in page.text
    assert "Lindmere" in (await eun_ji.get(f"{results}/inclusive")).text
    page = await eun_ji.get(f"{season.season.desk}/rounds/first/close")
    assert "Further sheets not signed off" in page.text
    assert "Watch the further reads" in (await eun_ji.get(season.season.desk)).text
    await eun_ji.get(extra)
    page = await eun_ji.submit("Take back")
    assert "closed again" in page.text
    assert (await round_row(season))["state"] == "closed"
    page = await eun_ji.get(f"{extra}?entry={season.references[0]}")
    assert "Chosen by you" in page.text


async def test_the_most_telling_judge_is_offered_first_with_the_gain(
    client_for: ClientFor, clock: FixedClock
) -> None:
    # Port Amaranth and Hanbyeol are level on either side of the line under silver.
    season = await judged(quality=(9, 7, 7, 5, 4, 3))
    actor, round_id = await season.actor(), season.season.round_id
    number = await services.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await services.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    found = await round_results(season.season.edition_id, "first")
    rivals = rivals_of(found.body)
    assert rivals
    # Between gold and silver, and under silver.
    ranks = {one["entry"]: one["rank"] for one in found.body["standings"] if one["scope"] == "all"}
    for entry, rival in rivals.items():
        assert any((ranks[entry] <= line) != (ranks[rival] <= line) for line in (1, 2))
    told = told_by(found.inputs, tuple(rivals.items()))
    assert all(worth.gain > 0 for by_judge in told.values() for worth in by_judge.values())
    await give(EUN_JI, "secretariat", season.season.scope)
    page = await (await client_for(EUN_JI)).get(f"{season.season.desk}/extra/first")
    assert "juries; with a sheet of Person" in page.text
