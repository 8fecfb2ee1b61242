"""Long work: one at a time for a subject, leased, reported, given back."""

import asyncio
from datetime import timedelta

import pytest

from awards.clock import FixedClock
from awards.db import transaction
from awards.jobs import queries
from awards.jobs.services import LEASE, TRIES, Work, ask_for, cancel, claim, finish, give_back, report
from tests.factories import AT


async def ask(subject: int = 1, kind: str = "calibrate") -> int:
    async with transaction():
        return await ask_for(kind, subject=("round", subject), args={"n": subject}, asked_by=5, at=AT)


async def test_asked_twice_is_one_job() -> None:
    first = await ask()
    assert await ask() == first
    assert await ask(subject=2) != first
    assert await ask(kind="other") != first


async def test_from_asking_to_done(clock: FixedClock) -> None:
    number = await ask()
    work = await claim(clock.now())
    assert work == Work(number, "calibrate", "round", 1, {"n": 1}, 5)
    assert await claim(clock.now()) is None
    assert await report(number, 40, clock.now())
    found = await queries.latest("calibrate", ("round", 1))
    assert found is not None
    assert (found.state, found.progress) == ("running", 40)
    await finish(number, state="done", result={"run": 3}, now=clock.now())
    found = await queries.latest("calibrate", ("round", 1))
    assert found is not None
    assert (found.state, found.progress, found.result, found.ended_at) == ("done", 100, {"run": 3}, AT)
    assert await ask() != number, "what is done may be asked for again"


async def test_a_worker_that_is_silent_for_the_lease_loses_its_job(clock: FixedClock) -> None:
    number = await ask()
    assert await claim(clock.now())
    clock.advance(LEASE)
    assert await claim(clock.now()) is None
    assert await report(number, 10, clock.now()), "a report renews the lease"
    clock.advance(LEASE)
    assert await claim(clock.now()) is None
    clock.advance(timedelta(milliseconds=1))
    work = await claim(clock.now())
    assert work is not None
    assert work.id == number


async def test_cancelled_by_the_next_report(clock: FixedClock) -> None:
    number = await ask()
    assert await claim(clock.now())
    async with transaction():
        await cancel(number)
    assert not await report(number, 50, clock.now())


async def test_given_back_after_an_error_and_failed_in_the_end(clock: FixedClock) -> None:
    number = await ask()
    for attempt in range(1, TRIES + 1):
        assert await claim(clock.now())
        await give_back(number, problem="it broke", now=clock.now())
        found = await queries.latest("calibrate", ("round", 1))
        assert found is not None
        assert found.state == ("failed" if attempt == TRIES else "queued")
        assert found.attempts == attempt
    assert await claim(clock.now()) is None


@pytest.mark.commits
async def test_several_workers_never_share_a_job(clock: FixedClock) -> None:
    for subject in range(12):
        await ask(subject)
    claimed: list[int] = []

    async def worker() -> None:
        for _turn in range(40):
            work = await claim(clock.now())
            if work is not None:
                claimed.append(work.id)

    await asyncio.gather(*(worker() for _number in range(5)))
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 12
