"""Long work as rows: asked for in a transaction, claimed under a lease, done by `serve` or `worker`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from awards.db import in_transaction, transaction
from awards.jobs.tables import Job

LEASE = timedelta(minutes=5)
TRIES = 3
OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed job as its handler sees it."""

    id: int
    kind: str
    subject_kind: str
    subject_id: int
    args: Mapping[str, Any]
    asked_by: int


async def ask_for(
    kind: str, *, subject: tuple[str, int], args: Mapping[str, Any], asked_by: int, at: datetime
) -> int:
    """Queue one job; one that is already open for the same kind and subject is returned instead."""
    assert in_transaction(), "a job is asked for by the transaction that needs it"
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


async def claim(now: datetime) -> Work | None:
    """Take the oldest job that is queued, or whose worker has not been heard of for the lease's length."""
    free = (Job.state == "queued") | ((Job.state == "running") & (Job.leased_until < now))
    async with transaction():
        rows = await Job.objects().where(free).order_by(Job.id).limit(1)
        if not rows:
            return None
        job = rows[0]
        taken = (
            await Job.update(
                {Job.state: "running", Job.leased_until: now + LEASE, Job.attempts: job.attempts + 1}
            )
            .where((Job.id == job.id) & (Job.attempts == job.attempts))
            .returning(Job.id)
        )
    if not taken:
        return None
    return Work(job.id, job.kind, job.subject_kind, job.subject_id, json.loads(job.args), job.asked_by)


async def report(job_id: int, progress: int, now: datetime) -> bool:
    """Note progress (0 to 100), renew the lease, and tell whether to go on."""
    async with transaction():
        rows = (
            await Job.update({Job.progress: progress, Job.leased_until: now + LEASE})
            .where(Job.id == job_id)
            .returning(Job.cancel_asked)
        )
    return bool(rows) and not rows[0]["cancel_asked"]


async def finish(job_id: int, *, state: str, result: Mapping[str, Any], now: datetime) -> None:
    """`state` is done, failed or cancelled."""
    async with transaction():
        await Job.update(
            {
                Job.state: state,
                Job.result: json.dumps(dict(result), sort_keys=True),
                Job.ended_at: now,
                Job.progress: 100,
                Job.leased_until: None,
            }
        ).where(Job.id == job_id)


async def cancel(job_id: int) -> None:
    assert in_transaction()
    await Job.update({Job.cancel_asked: True}).where((Job.id == job_id) & Job.state.is_in(list(OPEN)))


async def give_back(job_id: int, *, problem: str, now: datetime) -> None:
    """After an error: queued again, or failed for good after the last try."""
    async with transaction():
        rows = await Job.select(Job.attempts).where(Job.id == job_id)
        last = not rows or rows[0]["attempts"] >= TRIES
        await Job.update(
            {
                Job.state: "failed" if last else "queued",
                Job.result: json.dumps({"problem": problem[:1000]}),
                Job.ended_at: now if last else None,
                Job.leased_until: None,
            }
        ).where(Job.id == job_id)
