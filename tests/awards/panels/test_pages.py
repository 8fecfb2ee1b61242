"""The panel over HTTP: the secretariat builds it, judges answer, the assignment is proposed and applied."""

import re
from typing import Any

import pytest

from awards.app import JOB_HANDLERS
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import EditionRule, Round
from awards.outbox.tables import Message
from awards.panels.services import propose
from awards.panels.tables import Affiliation, Assignment, Judge, Recusal, RoundEntry, Seat
from tests import factories
from tests.awards.panels.rooms import Room, judges, room, run_job
from tests.factories import AT
from tests.lint import elements, words
from tests.page import Client
from tests.people import CHIARA, EUN_JI, NADIA, give, id_of
from tests.serving import ClientFor


async def desk_of(made: Room, client_for: ClientFor) -> Client:
    await give(EUN_JI, "secretariat", made.season.scope)
    return await client_for(EUN_JI)


async def seated(made: Room, client_for: ClientFor, **more: Any) -> tuple[Client, int, str]:
    """Chiara with a seat, her browser and the round's address on the bench."""
    person_id = await id_of(CHIARA)
    await factories.make_judge(person_id, country="IT")
    seat_id = await factories.seat(made.round_id, person_id, **more)
    return await client_for(CHIARA), seat_id, f"/bench/{made.season.programme}/{made.season.edition}/first"


def test_the_job_has_its_handler() -> None:
    assert JOB_HANDLERS["propose"] is propose


async def test_the_pool(client_for: ClientFor) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    await eun_ji.get(f"{made.season.desk}/judges")
    await eun_ji.click("Add a judge")
    page = await eun_ji.submit(status=422, name="", email="nobody", country="Korea")
    assert len(page.errors) == 3
    assert page.title.startswith("Error: ")
    page = await eun_ji.submit(
        name="Leila Haddad", email="leila@judges.example", country="lb", organisation="Port Works",
        city=str(made.cities[0]),
    )  # fmt: skip
    assert page.flash == "Leila Haddad is in the pool"
    assert page.table("Judges")[1][:4] == ["Leila Haddad", "Lebanon", "City 0 of KR", "Port Works"]
    await eun_ji.click("Leila Haddad")
    page = await eun_ji.submit("Save the judge", organisation="Sea Works")
    assert page.table("Judges")[1][3] == "Sea Works"
    assert await Affiliation.count() == 3
    person = (await Judge.select(Judge.person))[0]["person"]
    for path in ("judges", "judges/new", f"judges/{person}"):
        await (await client_for(NADIA)).get(f"{made.season.desk}/{path}", status=404)
    for odd in ("0", str(2**31), str(10**30)):
        await eun_ji.get(f"{made.season.desk}/judges/{odd}", status=404)


async def test_from_eligible_entries_to_assignments(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR"), put=False)
    eun_ji = await desk_of(made, client_for)
    await judges(made, "FR", "JP", "SE")
    page = await eun_ji.get(f"{made.season.desk}/panels")
    await eun_ji.click("First round")
    page = await eun_ji.submit("Put into the round", sheets_wanted="2")
    assert page.flash == "3 entries are in the round"
    await eun_ji.click("Propose an assignment")
    page = await eun_ji.submit("Compute a proposal")
    assert "The assignment is being computed" in page.text
    assert page.response.headers["refresh"] == "2"
    await run_job(clock)
    page = await eun_ji.get(page.path)
    assert "refresh" not in page.response.headers
    loads = page.table("Loads, judge by judge")[1:]
    assert [row[1:3] for row in loads] == [["0", "2"]] * 3
    page = await eun_ji.submit("Apply this proposal")
    assert page.flash.startswith("6 entries are given to judges")
    assert [row[2:4] for row in page.table("Who reads what")[1:]] == [["2", "2"]] * 3
    assert await Message.count() == 3
    button = next(words(found) for found in elements(page.main, "button") if "Take back" in words(found))
    page = await eun_ji.submit(button)
    assert await Assignment.count().where(Assignment.state == "withdrawn") == 1
    page = await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    page = await eun_ji.submit("Undo it")
    assert page.flash == "5 assignments were taken back"
    assert await Assignment.count().where(Assignment.state != "withdrawn") == 0


async def test_a_calibration_entry_is_chosen_on_the_panel(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room(("KR", "KE", "BR"))
    eun_ji = await desk_of(made, client_for)
    await judges(made, "FR", "JP", "SE")
    page = await eun_ji.get(f"{made.season.desk}/panels/first")
    assert "Let them come first" in page.text
    chosen = await RoundEntry.select(RoundEntry.id).first()
    await eun_ji.submit("Let all judges read it", bridges=str(chosen["id"]))
    await run_job(clock)
    await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    await eun_ji.submit("Apply this proposal")
    await Round.update({Round.bridge_first: True}).where(Round.id == made.round_id)
    page = await eun_ji.get(f"{made.season.desk}/panels/first")
    assert page.text.count("read by all judges, first") == 1
    assert "given to 3 judges" in page.text
    page = await eun_ji.submit("No longer by all")
    assert await RoundEntry.count().where(RoundEntry.bridge.eq(True)) == 0


async def test_a_stale_proposal_says_so(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    people = await judges(made, "FR", "JP")
    await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    await eun_ji.submit("Compute a proposal")
    await run_job(clock)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    await Round.raw("UPDATE seat SET high = 1 WHERE id = {}", people[0][1])
    page = await eun_ji.submit("Apply this proposal", status=409)
    [told] = page.errors
    assert "nothing was assigned: reads more or fewer at least or at most: Person" in told
    assert "Refused: the panel changed" in page.tags
    assert await Assignment.count() == 0


async def test_a_shortage_in_names(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room(("KR",), wanted=2)
    eun_ji = await desk_of(made, client_for)
    await judges(made, "KR", "FR")
    await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    await eun_ji.submit("Compute a proposal")
    await run_job(clock)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/proposal")
    assert "City 0 of KR" in page.text
    assert "1 sheet missing" in page.text
    assert "Ask for 1 sheet of City 0 of KR" in page.text
    assert "Then nothing is short." in page.text
    assert "Apply this proposal" not in page.text


async def test_inviting_and_changing_a_seat(client_for: ClientFor) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    await eun_ji.get(f"{made.season.desk}/panels/first")
    page = await eun_ji.submit("Send the invitation", status=422, name="Leila")
    assert len(page.errors) == 2
    page = await eun_ji.submit(
        "Send the invitation",
        name="Leila Haddad",
        email="leila@judges.example",
        country="LB",
        low="1",
        high="4",
    )
    assert page.flash == "The invitation is on its way"
    await eun_ji.click("Leila Haddad")
    page = await eun_ji.submit("Send the invitation again")
    assert page.flash.startswith("The invitation is on its way again")
    await eun_ji.click("Leila Haddad")
    seat_page = eun_ji.page
    page = await eun_ji.submit("Save", high="9")
    eun_ji.page = seat_page
    page = await eun_ji.submit("Save", status=409, high="7")
    assert page.by_id("high").get("value") == "7"
    page = await eun_ji.submit("End this seat", reason="Found another")
    assert page.flash == "The seat has ended"
    assert (await Seat.select())[0]["state"] == "ended"
    for odd in ("0", str(10**30)):
        await eun_ji.get(f"{made.season.desk}/panels/first/seats/{odd}", status=404)


async def test_giving_an_entry_by_hand(client_for: ClientFor) -> None:
    made = await room(("KR",))
    eun_ji = await desk_of(made, client_for)
    (_korean, home), (_french, away) = await judges(made, "KR", "FR")
    await eun_ji.get(f"{made.season.desk}/panels/first")
    page = await eun_ji.submit("Give the entry", status=422, seat=str(home), reference=made.references[0])
    assert re.match(r"Person \d+ is of the same country, South Korea\.", page.errors[0])
    page = await eun_ji.submit("Give the entry", seat=str(away), reference=made.references[0])
    assert page.flash == "Assigned"
    page = await eun_ji.submit("#sheets", reference=made.references[0], sheets_wanted="5")
    assert page.table("Who reads what")[1][2] == "5"


async def test_a_judge_answers_an_invitation(client_for: ClientFor) -> None:
    made = await room()
    await EditionRule.update({EditionRule.value: "# Be fair\n\n<script>alert(1)</script> *Always.*"}).where(
        EditionRule.code == "terms"
    )
    chiara, seat_id, path = await seated(made, client_for, state="invited")
    page = await chiara.get("/bench")
    page = await chiara.click("Read and answer")
    assert (await Seat.select())[0]["state"] == "invited"  # looking changes nothing
    assert "<script>alert" not in page.html
    assert "<em>Always.</em>" in page.html
    page = await chiara.submit("Accept the invitation", status=422)
    assert page.errors == ["Accept the terms, or decline the invitation"]
    page = await chiara.submit("Accept the invitation", agree="1")
    assert page.h1 == "Declare your conflicts"
    assert page.table("Entries of this round")[1][2] == "Korea"
    page = await chiara.submit("Declare and go on", status=422, entries=[made.references[0]])
    assert page.errors == ["Say in a few words what the conflict is"]
    page = await chiara.submit("Declare and go on", reason="I advised them")
    assert page.path == path
    page = await chiara.get(f"{path}/conflicts")
    assert (await Seat.select(Seat.conflicts_declared_at))[0]["conflicts_declared_at"] == AT
    assert seat_id


async def test_a_judge_declines(client_for: ClientFor) -> None:
    made = await room()
    chiara, _seat, path = await seated(made, client_for, state="invited")
    await chiara.get(f"{path}/invitation")
    page = await chiara.submit("Decline the invitation", status=422)
    assert len(page.errors) == 1
    page = await chiara.submit("Decline the invitation", reason="No time")
    assert page.flash.startswith("You declined the invitation")
    page = await chiara.get(f"{path}/invitation")
    assert "You declined this invitation." in page.text
    assert (await Seat.select())[0]["reason"] == "No time"


async def test_stepping_aside(client_for: ClientFor) -> None:
    made = await room(("KR",))
    await EditionRule.update({EditionRule.value: ""}).where(EditionRule.code == "terms")
    chiara, seat_id, path = await seated(made, client_for, conflicts_declared_at=AT)
    row = (await Round.raw("SELECT id FROM round_entry WHERE round = {}", made.round_id))[0]
    await factories.assignment(row["id"], seat_id)
    await chiara.get(f"{path}/{made.references[0]}")
    page = await chiara.submit("Step aside from this entry", status=422)
    assert len(page.errors) == 1
    page = await chiara.submit("Step aside from this entry", reason="My brother wrote it")
    assert page.flash.startswith("You stepped aside")
    assert (await Recusal.select())[0]["text"] == "My brother wrote it"
    page = await chiara.get(f"{path}/{made.references[0]}")
    assert "You stepped aside from this entry" in page.text
    assert "My brother wrote it" in page.text
    assert "Your marks" not in page.text


async def test_stepping_aside_from_a_begun_sheet_keeps_it(client_for: ClientFor) -> None:
    made = await room(("KR", "KE"))
    await EditionRule.update({EditionRule.value: ""}).where(EditionRule.code == "terms")
    chiara, seat_id, path = await seated(made, client_for, conflicts_declared_at=AT)
    rows = await Round.raw("SELECT id FROM round_entry WHERE round = {} ORDER BY id", made.round_id)
    begun = await factories.assignment(rows[0]["id"], seat_id)
    await factories.scoresheet(begun, {"impact": 7}, signed=False)
    await factories.assignment(rows[1]["id"], seat_id, state="withdrawn")
    await chiara.get(f"{path}/{made.references[0]}/recuse")
    await chiara.submit("Step aside from this entry", reason="My brother wrote it")
    page = await chiara.get(path)
    assert "Kept, and not counting" in page.text
    page = await chiara.get(f"{path}/{made.references[0]}")
    assert "Your marks, as they stand" in page.text
    assert "no mark" in page.text
    page = await chiara.get(f"{path}/{made.references[1]}")
    assert "took this entry back" in page.text
    eun_ji = await desk_of(made, client_for)
    assert "My brother wrote it" in (await eun_ji.get(f"{made.season.desk}/panels/first/conflicts")).text
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    assert "My brother wrote it" in (await eun_ji.get(f"{made.season.desk}/aside/first")).text


@pytest.mark.parametrize("page", ["", "/invitation", "/terms", "/conflicts", "/sign"])
async def test_who_has_no_seat_finds_nothing(client_for: ClientFor, page: str) -> None:
    made = await room()
    path = f"/bench/{made.season.programme}/{made.season.edition}/first{page}"
    await (await desk_of(made, client_for)).get(path, status=404)


async def test_desk_pages_do_not_grow_with_their_rows(client_for: ClientFor, clock: FixedClock) -> None:
    async def cost(countries: tuple[str, ...]) -> list[int]:
        made = await room(countries)
        await give(EUN_JI, "secretariat", made.season.scope)
        await judges(made, *("FR", "JP", "SE")[: len(countries)])
        costs = []
        for path in ("judges", "panels", "panels/first", "panels/first/proposal"):
            with counting() as counter:
                await eun_ji.get(f"{made.season.desk}/{path}")
            assert not counter.repeated
            assert len(counter) <= 6, counter.statements
            costs.append(len(counter))
        return costs

    eun_ji = await client_for(EUN_JI)
    assert await cost(("KR",)) == await cost(("KR", "KE", "BR"))
    assert clock.now() == AT
