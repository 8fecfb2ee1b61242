"""Long work as rows: asked for in a transaction, claimed under a lease, done by `serve` or `worker`.

Who holds the lease is told by the number of the try: a worker that lost it is not heard any more.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from piccolo.columns.combination import And

from awards.db import advisory_lock, in_transaction, transaction
from awards.jobs.tables import Job

LEASE = timedelta(minutes=5)
TRIES = 3
OPEN = ("queued", "running")


class Cancelled(Exception):
    """Raised by a handler that was asked to stop."""


class Work(Struct, frozen=True):
    """A claimed job as its handler sees it."""

    id: int
    kind: str
    subject_kind: str
    subject_id: int
    args: Mapping[str, Any]
    asked_by: int
    attempt: int = 1

    @property
    def held(self) -> And:
        """The row, as long as this try holds it."""
        return (Job.id == self.id) & (Job.attempts == self.attempt) & (Job.state == "running")


async def ask_for(
    kind: str, *, subject: tuple[str, int], args: Mapping[str, Any], asked_by: int, at: datetime
) -> int:
    """Queue one job; one that is already open for the same kind and subject is returned instead."""
    assert in_transaction(), "a job is asked for by the transaction that needs it"
    # Who asks at the same instant finds this one, instead of meeting the index that forbids a second.
    await advisory_lock(f"job {kind} {subject[0]} {subject[1]}")
    same = (Job.kind == kind) & (Job.subject_kind == subject[0]) & (Job.subject_id == subject[1])
    rows = await Job.select(Job.id).where(same & Job.state.is_in(list(OPEN))).limit(1)
    if rows:
        return int(rows[0]["id"])
    inserted = await Job.insert(
        Job(
            kind=kind,
            subject_kind=subject[0],
            subject_id=subject[1],
            args=json.dumps(dict(args), sort_keys=True),
            asked_by=asked_by,
            state="queued",
            created_at=at,
        )
    )
    return int(inserted[0]["id"])


async def take_over(job_id: int, *, args: Mapping[str, Any], asked_by: int) -> None:
    """An open job that the service asked for by itself becomes somebody's own, to be done as they ask for it."""
    assert in_transaction()
    own = (Job.id == job_id) & (Job.asked_by == 0) & Job.state.is_in(list(OPEN))
    await Job.update({Job.args: json.dumps(dict(args), sort_keys=True), Job.asked_by: asked_by}).where(own)


async def as_asked(work: Work) -> Work:
    """What is asked for by now: a job that is under way may have been taken over."""
    rows = await Job.select(Job.args, Job.asked_by).where(Job.id == work.id)
    return replace(work, args=json.loads(rows[0]["args"]), asked_by=rows[0]["asked_by"])


async def claim(now: datetime) -> Work | None:
    """Take the oldest job that is queued, or whose worker has not been heard of for the lease's length."""
    free = (Job.state == "queued") | ((Job.state == "running") & (Job.leased_until < now))
    while True:
        async with transaction():
            rows = await Job.objects().where(free).order_by(Job.id).limit(1)
            if not rows:
                return None
            job = rows[0]
            # What ends its worker each time, for want of memory perhaps, must not do so for ever.
            given_up = job.attempts >= TRIES
            taken = (
                await Job.update(
                    _ended("failed", {"problem": "its worker ended without a word, each time"}, now)
                    if given_up
                    else {
                        Job.state: "running",
                        Job.leased_until: now + LEASE,
                        Job.attempts: job.attempts + 1,
                    }
                )
                .where((Job.id == job.id) & (Job.attempts == job.attempts) & free)
                .returning(Job.id)
            )
        if taken and not given_up:
            args = json.loads(job.args)
            return Work(
                job.id, job.kind, job.subject_kind, job.subject_id, args, job.asked_by, job.attempts + 1
            )


async def renew(work: Work, now: datetime) -> bool:
    """Keep the lease; false where it is another's by now."""
    async with transaction():
        rows = await Job.update({Job.leased_until: now + LEASE}).where(work.held).returning(Job.id)
    return bool(rows)


async def report(work: Work, progress: int, now: datetime) -> bool:
    """Note progress (0 to 100), renew the lease, and tell whether to go on."""
    async with transaction():
        rows = (
            await Job.update({Job.progress: progress, Job.leased_until: now + LEASE})
            .where(work.held)
            .returning(Job.cancel_asked)
        )
    return bool(rows) and not rows[0]["cancel_asked"]


async def finish(work: Work, *, state: str, result: Mapping[str, Any], now: datetime) -> None:
    """`state` is done, failed or cancelled."""
    async with transaction():
        await Job.update({**_ended(state, result, now), Job.progress: 100}).where(work.held)


def _ended(state: str, result: Mapping[str, Any], now: datetime) -> dict[Any, Any]:
    return {
        Job.state: state,
        Job.result: json.dumps(dict(result), sort_keys=True),
        Job.ended_at: now,
        Job.leased_until: None,
    }


async def cancel(job_id: int, at: datetime) -> None:
    """One that waits is off at once; who works on one is told at the next report."""
    assert in_transaction()
    await Job.update({**_ended("cancelled", {}, at), Job.cancel_asked: True}).where(
        (Job.id == job_id) & (Job.state == "queued")
    )
    await Job.update({Job.cancel_asked: True}).where((Job.id == job_id) & Job.state.is_in(list(OPEN)))


async def give_back(work: Work, *, problem: str, now: datetime) -> None:
    """After an error: queued again, or failed for good after the last try."""
    told = {"problem": problem[:1000]}
    again: dict[Any, Any] = {Job.state: "queued", Job.result: json.dumps(told), Job.leased_until: None}
    async with transaction():
        await Job.update(_ended("failed", told, now) if work.attempt >= TRIES else again).where(work.held)
