"""Long work: one at a time for a subject, leased, reported, given back."""

import asyncio
from datetime import timedelta

import pytest

from awards.clock import FixedClock
from awards.db import transaction
from awards.jobs import queries
from awards.jobs.services import LEASE, TRIES, Work, ask_for, cancel, claim, finish, give_back, renew, report
from tests.factories import AT


async def ask(subject: int = 1, kind: str = "calibrate") -> int:
    async with transaction():
        return await ask_for(kind, subject=("round", subject), args={"n": subject}, asked_by=5, at=AT)


async def claimed(clock: FixedClock) -> Work:
    work = await claim(clock.now())
    assert work is not None
    return work


async def test_asked_twice_is_one_job() -> None:
    first = await ask()
    assert await ask() == first
    assert await ask(subject=2) != first
    assert await ask(kind="other") != first


async def test_from_asking_to_done(clock: FixedClock) -> None:
    number = await ask()
    work = await claimed(clock)
    assert work == Work(number, "calibrate", "round", 1, {"n": 1}, 5)
    assert await claim(clock.now()) is None
    assert await report(work, 40, clock.now())
    found = await queries.latest("calibrate", ("round", 1))
    assert found is not None
    assert (found.state, found.progress) == ("running", 40)
    await finish(work, state="done", result={"run": 3}, now=clock.now())
    found = await queries.latest("calibrate", ("round", 1))
    assert found is not None
    assert (found.state, found.progress, found.result, found.ended_at) == ("done", 100, {"run": 3}, AT)
    assert await ask() != number, "what is done may be asked for again"


async def test_a_worker_that_is_silent_for_the_lease_loses_its_job(clock: FixedClock) -> None:
    number = await ask()
    silent = await claimed(clock)
    clock.advance(LEASE)
    assert await claim(clock.now()) is None
    assert await report(silent, 10, clock.now()), "a report renews the lease"
    clock.advance(LEASE)
    assert await claim(clock.now()) is None
    assert await renew(silent, clock.now())
    clock.advance(LEASE + timedelta(milliseconds=1))
    work = await claimed(clock)
    assert (work.id, work.attempt) == (number, 2)

    # What the silent one has to say is not heard any more.
    assert not await renew(silent, clock.now())
    assert not await report(silent, 90, clock.now())
    await finish(silent, state="done", result={"from": "the silent one"}, now=clock.now())
    await give_back(silent, problem="it broke", now=clock.now())
    found = await queries.latest("calibrate", ("round", 1))
    assert found is not None
    assert (found.state, found.progress, found.attempts) == ("running", 10, 2)
    await finish(work, state="done", result={"run": 1}, now=clock.now())
    await give_back(work, problem="it broke", now=clock.now())
    found = await queries.latest("calibrate", ("round", 1))
    assert found is not None
    assert (found.state, found.result) == ("done", {"run": 1})


async def test_what_ends_its_worker_each_time_is_not_begun_for_ever(clock: FixedClock) -> None:
    first, second = await ask(), await ask(subject=2)
    for attempt in range(1, TRIES + 1):
        assert (await claimed(clock)).attempt == attempt
        clock.advance(LEASE + timedelta(milliseconds=1))
    assert (await claimed(clock)).id == second, "others go on"
    found = await queries.latest("calibrate", ("round", 1))
    assert found is not None
    assert (found.id, found.state, found.ended_at) == (first, "failed", clock.now())
    assert "without a word" in found.result["problem"]


async def test_cancelled_by_the_next_report(clock: FixedClock) -> None:
    number = await ask()
    work = await claimed(clock)
    async with transaction():
        await cancel(number, clock.now())
    assert not await report(work, 50, clock.now())


async def test_given_back_after_an_error_and_failed_in_the_end(clock: FixedClock) -> None:
    await ask()
    for attempt in range(1, TRIES + 1):
        await give_back(await claimed(clock), problem="it broke", now=clock.now())
        found = await queries.latest("calibrate", ("round", 1))
        assert found is not None
        assert found.state == ("failed" if attempt == TRIES else "queued")
        assert found.attempts == attempt
    assert await claim(clock.now()) is None


@pytest.mark.commits
async def test_several_workers_never_share_a_job(clock: FixedClock) -> None:
    for subject in range(12):
        await ask(subject)
    taken: list[int] = []

    async def worker() -> None:
        for _turn in range(40):
            work = await claim(clock.now())
            if work is not None:
                taken.append(work.id)

    await asyncio.gather(*(worker() for _number in range(5)))
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 12
