import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.jobs.tables import Job


class JobRow(Struct, frozen=True):
    id: int
    kind: str
    subject_kind: str
    subject_id: int
    state: str
    progress: int
    attempts: int
    created_at: datetime
    ended_at: datetime | None
    result: Mapping[str, Any]


async def latest(kind: str, subject: tuple[str, int]) -> JobRow | None:
    same = (Job.kind == kind) & (Job.subject_kind == subject[0]) & (Job.subject_id == subject[1])
    rows = await Job.select().where(same).order_by(Job.id, ascending=False).limit(1)
    return _row(rows[0]) if rows else None


async def newest(limit: int) -> list[JobRow]:
    return [_row(row) for row in await Job.select().order_by(Job.id, ascending=False).limit(limit)]


def _row(row: Mapping[str, Any]) -> JobRow:
    return JobRow(
        id=row["id"],
        kind=row["kind"],
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        state=row["state"],
        progress=row["progress"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        ended_at=row["ended_at"],
        result=json.loads(row["result"] or "{}"),
    )
