"""Two workers on one database: each mail goes out once, each job is done once, also when one is told to stop."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import pytest

from awards.audit.queries import chain_breaks
from awards.clock import SystemClock
from awards.db import bind, transaction
from awards.editions.tables import Programme
from awards.invariants import broken
from awards.jobs.services import ask_for
from awards.jobs.tables import Job
from awards.outbox.services import enqueue
from awards.outbox.tables import Message
from awards.results.tables import CalibrationRun
from tests import factories
from tests.awards.results.judged import judged
from tests.chance import chance, times
from tests.faults.conftest import Place
from tests.faults.forked import run_forked
from tests.faults.mail_server import MailServer, mail_server
from tests.faults.together import browser_of, two_servers, until
from tests.people import EUN_JI, give

pytestmark = pytest.mark.faults


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


async def queue(mails: int) -> None:
    now = SystemClock().now()
    async with transaction():
        for number in range(mails):
            values = {"link": "/reset/t0ken", "name": "A"}
            await enqueue(
                "reset", to=f"n{number}@b.example", at=now, dedupe_key=f"mail-{number}", values=values
            )


async def sent() -> int:
    (row,) = await Message.raw("SELECT count(*) AS n FROM message WHERE state = 'sent'")
    return int(row["n"])


async def _each_went_out_once(smtp: MailServer, mails: int) -> None:
    rows = await Message.raw("SELECT message_id, state, attempts FROM message")
    assert len(rows) == mails
    assert sorted(smtp.taken) == sorted(row["message_id"] for row in rows)
    assert {(row["state"], row["attempts"]) for row in rows} == {("sent", 1)}
    assert await broken() == []


async def test_each_mail_is_sent_once_in_the_name_of_the_programme(place: Place, smtp: MailServer) -> None:
    smtp.seconds = 0.005
    mails = times(60, drill=600)
    season = await factories.season()
    await Programme.update({Programme.name: "Lindmere Prize"}).where(Programme.id == season.programme_id)
    await queue(mails)

    async def all_sent() -> bool:
        return await sent() == mails

    async with two_servers(place, **smtp.settings):
        await until(all_sent, f"{mails} mails are sent")
    await _each_went_out_once(smtp, mails)
    assert smtp.senders == {"Lindmere Prize <awards@example.org>"}
    await place.engine.close()


@pytest.mark.parametrize("inside", [True, False], ids=["serve", "worker"])
async def test_told_to_stop_in_the_middle_of_a_mail_it_ends_that_one_first(
    place: Place, smtp: MailServer, inside: bool
) -> None:
    random = chance()
    mails = times(12, drill=60)
    smtp.seconds = 0.2
    await factories.season()
    await queue(mails)
    process = place.server(worker=True, **smtp.settings) if inside else place.worker(**smtp.settings)
    stops = 0
    try:
        while (known := await sent()) < mails:
            smtp.begun.clear()
            await process.start()
            assert await asyncio.to_thread(smtp.begun.wait, 30), process.said()
            await asyncio.sleep(random.uniform(0, 0.5))
            assert await process.terminate() in (0, -15), process.said()
            assert await sent() > known, "what was begun is ended"
            stops += 1
    finally:
        await process.kill()
    assert stops > 1
    await _each_went_out_once(smtp, mails)
    await place.engine.close()
    assert "Traceback" not in process.said(), process.said()
    print(f"{mails} mails, told to stop {stops} times")


# --- jobs ----------------------------------------------------------------------------------------------


async def ask(round_id: int, at: datetime) -> None:
    async with transaction():
        await ask_for("calibrate", subject=("round", round_id), args={}, asked_by=0, at=at)


async def test_each_job_is_done_once(place: Place) -> None:
    rounds = times(6, drill=30)
    at = SystemClock().now()
    for _number in range(rounds):
        await ask((await judged()).season.round_id, at)

    async def done() -> bool:
        return all(row["state"] == "done" for row in await Job.raw("SELECT state FROM job"))

    async with two_servers(place):
        await until(done, f"{rounds} jobs are done")
    jobs = await Job.select(Job.attempts)
    assert [job["attempts"] for job in jobs] == [1] * rounds
    assert await CalibrationRun.count() == rounds
    (events,) = await Job.raw("SELECT count(*) AS n FROM event WHERE action = 'run stored'")
    assert events["n"] == rounds
    assert await chain_breaks() == []
    await place.engine.close()


async def test_one_question_asked_of_both_is_one_job(place: Place) -> None:
    season = (await judged()).season
    await give(EUN_JI, "secretariat", season.scope)
    eun_ji = await browser_of(EUN_JI)
    await place.engine.close()
    for _number in range(times(3, drill=50)):
        async with two_servers(place, workers=False) as servers:
            answers = await asyncio.gather(
                *(eun_ji.post(server, f"{season.desk}/results/first", {}) for server in servers * 4)
            )
            assert {answer.status for answer in answers} == {303}, answers[0].text
            assert await Job.count() == 1
            await Job.delete(force=True)
            await place.engine.close()


async def test_a_worker_waits_for_its_tables(empty_place: Place, smtp: MailServer) -> None:
    settings = {"AWARDS_DATABASE_URL": empty_place.url}
    async with empty_place.worker(**smtp.settings) as worker:

        async def waits() -> bool:
            return "awards migrate" in worker.said()

        await until(waits, "it says what it waits for")
        done = await asyncio.to_thread(run_forked, "migrate", data=empty_place.data, **settings)
        assert done.returncode == 0, done.stderr
        bind(empty_place.engine)
        await queue(1)

        async def all_sent() -> bool:
            return await sent() == 1

        await until(all_sent, "it goes on by itself")
        assert "Traceback" not in worker.said(), worker.said()
