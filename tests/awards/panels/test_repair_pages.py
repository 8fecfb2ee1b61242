"""Repair over HTTP: what is missing, three ways compared, one of them looked at and applied."""

from awards.app import JOB_HANDLERS
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Round
from awards.jobs import services as jobs
from awards.panels.services import mend
from awards.panels.tables import Assignment
from tests.awards.panels.rooms import Room, room
from tests.awards.panels.work import at_work, states
from tests.page import Client
from tests.people import EUN_JI, give
from tests.serving import ClientFor


async def desk_of(made: Room, client_for: ClientFor) -> Client:
    await give(EUN_JI, "secretariat", made.season.scope)
    return await client_for(EUN_JI)


async def worker(clock: FixedClock) -> None:
    work = await jobs.claim(clock.now())
    assert work is not None

    async def report(percent: int) -> bool:
        return await jobs.report(work, percent, clock.now())

    result = await JOB_HANDLERS[work.kind](work, report, clock)
    await jobs.finish(work, state="done", result=result, now=clock.now())


def test_the_job_has_its_handler() -> None:
    assert JOB_HANDLERS["repair"] is mend


async def test_from_what_is_missing_to_who_reads_it(client_for: ClientFor, clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    eun_ji = await desk_of(made, client_for)
    _person, silent = panel[1]
    own = [pair for pair in await states(made) if pair[1] == silent]
    lost = (await Assignment.select(Assignment.id).where(Assignment.seat == panel[0][1]))[0]["id"]
    await Assignment.update({Assignment.state: "recused"}).where(Assignment.id == lost)
    path = f"{made.season.desk}/panels/first/repair"
    page = await eun_ji.get(path)
    assert "1 sheet is missing." in page.text
    assert page.table("Entries with too few sheets")[1][1:] == ["3", "2", "1 judge stepped aside"]
    page = await eun_ji.submit("Compute the offers", silent=str(silent))
    assert "The offers are being computed" in page.text
    assert page.response.headers["refresh"] == "2"
    await worker(clock)
    page = await eun_ji.get(path)
    assert "refresh" not in page.response.headers
    rows = page.table("The three ways compared")[1:]
    assert [row[0] for row in rows] == ["Fewest moves", "Level loads", "Best value"]
    assert {row[1] for row in rows} == {f"{len(own) + 1} of {len(own) + 1}"}
    assert rows[0][2] == "0"
    changes = page.table("Who reads what instead: Fewest moves")[1:]
    assert len(changes) == len(own) + 1
    page = await eun_ji.submit("Look at this one Fewest moves")
    assert page.path.endswith("/proposal")
    assert page.flash.startswith("Look at it before it is applied")
    assert "A repair: Fewest moves" in page.text
    page = await eun_ji.submit("Apply this proposal")
    after = await states(made)
    assert all(after[pair] == "withdrawn" for pair in own)
    page = await eun_ji.get(path)
    assert "Nothing is missing" in page.text
    page = await eun_ji.submit("Compute the offers", status=422)
    assert page.errors == [
        "Nothing is broken: every entry has the sheets it wants, and nobody reads in conflict."
    ]


async def test_called_off(client_for: ClientFor, clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    eun_ji = await desk_of(made, client_for)
    await eun_ji.get(f"{made.season.desk}/panels/first/repair")
    await eun_ji.submit("Compute the offers", silent=str(panel[1][1]))
    page = await eun_ji.submit("Call it off")
    assert "being computed" not in page.text
    assert await jobs.claim(clock.now()) is None


async def test_before_the_first_assignment_and_after_the_end(client_for: ClientFor) -> None:
    made = await room()
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/repair")
    assert "Propose an assignment" in page.text
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    page = await eun_ji.get(f"{made.season.desk}/panels/first/repair")
    assert "The round is closed, so its panel stays as it is" in page.text
    assert "Compute the offers" not in page.text


async def test_the_page_keeps_its_budget(client_for: ClientFor, clock: FixedClock) -> None:
    made, panel = await at_work(clock)
    eun_ji = await desk_of(made, client_for)
    path = f"{made.season.desk}/panels/first/repair"
    await eun_ji.get(path)
    await eun_ji.submit("Compute the offers", silent=str(panel[1][1]))
    await worker(clock)
    with counting() as counter:
        await eun_ji.get(path)
    assert len(counter) <= 6, counter.statements
