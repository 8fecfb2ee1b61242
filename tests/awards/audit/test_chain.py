"""The chain: what it covers, what it notices, and what two writers at once do to it."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import asdict

from awards.actor import SYSTEM, Actor
from awards.audit.actions import PUBLIC_ACTIONS, Action
from awards.audit.chain import COVERED, FIRST, breaks, hash_of
from awards.audit.queries import chain_breaks, head, last_public_change
from awards.audit.services import record
from awards.audit.tables import Event, EventDetail
from awards.db import transaction
from tests.factories import AT


async def write(count: int, action: Action = Action.SHEET_SAVED, **more: Any) -> None:
    for number in range(count):
        async with transaction():
            await record(action, actor=SYSTEM, at=AT, subject=("sheet", number), **more)


async def test_it_starts_at_one_and_follows() -> None:
    assert asdict(await head()) == {"seq": 0, "hash": FIRST}
    await write(3)
    events = await Event.select().order_by(Event.seq)
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert [event["prev"] for event in events] == [FIRST, events[0]["hash"], events[1]["hash"]]
    assert await chain_breaks() == []
    assert await chain_breaks((3, events[2]["hash"])) == []


@pytest.mark.parametrize("column", [name for name in COVERED if name != "seq"])
async def test_every_covered_column_is_covered(column: str) -> None:
    await write(3)
    changed = AT + timedelta(microseconds=1) if column == "at" else 77 if column.endswith("_id") else "f" * 32
    if column == "request_id":
        changed = "other"
    await Event.raw(f'UPDATE event SET "{column}" = {{}} WHERE seq = 2', changed)
    assert (await chain_breaks())[0].seq == 2


@pytest.mark.parametrize(
    ("tamper", "seqs"),
    [
        (lambda events: events.pop(1), [3, 3]),
        (lambda events: events.reverse(), [3, 3, 2, 2, 1]),
        (lambda events: events.append(dict(events[2], seq=5)), [5, 5, 5]),
    ],
)
async def test_gaps_and_orders(tamper: Callable[[list[dict[str, Any]]], Any], seqs: list[int]) -> None:
    await write(3)
    events = list(await Event.select().order_by(Event.seq))
    tamper(events)
    assert {problem.seq for problem in breaks(events)} == set(seqs)


async def test_a_chain_that_was_cut_and_regrown_differs_from_the_head_that_was_kept() -> None:
    await write(3)
    kept = await head()
    await Event.raw("DELETE FROM event WHERE seq = 3")
    assert [problem.seq for problem in await chain_breaks((kept.seq, kept.hash))] == [3]
    await write(1)
    assert await chain_breaks() == []
    assert [problem.seq for problem in await chain_breaks((kept.seq, kept.hash))] == [3]


async def test_a_mark_cannot_be_found_by_trial() -> None:
    """Two events of the same mark have different hashes, and none stands in clear."""
    await write(2, after={"marks": {"impact": 7}})
    rows = await Event.select(Event.after_sha256, Event.salt)
    assert rows[0]["after_sha256"] != rows[1]["after_sha256"]
    assert len({row["salt"] for row in rows}) == 2
    assert "impact" not in str(await Event.select())


async def test_a_reason_may_be_erased() -> None:
    actor = Actor(5, "Amina", address="203.0.113.9", request_id="r1")
    async with transaction():
        await record(Action.RECUSED, actor=actor, at=AT, subject=("assignment", 1), reason="my sister")
    rows = await EventDetail.select(EventDetail.reason, EventDetail.address)
    assert rows == [{"reason": "my sister", "address": "203.0.113.9"}]
    await EventDetail.delete(force=True)
    assert await chain_breaks() == []


async def test_an_event_belongs_to_its_change() -> None:
    async with transaction() as level:
        await record(Action.RECUSED, actor=SYSTEM, at=AT, subject=("assignment", 1))
        level.discard()
    assert await Event.count() == 0


async def test_public_changes_are_seen_and_others_are_not() -> None:
    assert await last_public_change() == 0
    await write(1, Action.PUBLISHED)
    await write(2, Action.SHEET_SAVED)
    assert await last_public_change() == 1
    assert Action.SHEET_SAVED not in PUBLIC_ACTIONS


@pytest.mark.commits
async def test_many_writers_make_one_chain() -> None:
    async def one(number: int) -> None:
        async with transaction():
            await record(Action.SHEET_SAVED, actor=SYSTEM, at=AT, subject=("sheet", number))

    await asyncio.gather(*(one(number) for number in range(60)))
    assert (await head()).seq == 60
    assert await chain_breaks() == []


def test_the_hash_is_over_text_that_anyone_can_write_down() -> None:
    """A fixed example: with it another program can check a chain of ours."""
    event = {
        "seq": 1, "at": AT, "actor_id": 5, "as_role": "judge", "action": "sheet saved",
        "subject_kind": "scoresheet", "subject_id": 9, "edition_id": 2, "request_id": "r", "before_sha256": "",
        "after_sha256": "", "detail_sha256": "", "salt": "0" * 32, "prev": FIRST,
    }  # fmt: skip
    written = (
        '[1, "2026-03-10T09:00:00+00:00", 5, "judge", "sheet saved", "scoresheet", 9, 2, "r", "", "", "", '
        f'"{"0" * 32}", "{"0" * 64}"]'
    )
    assert hash_of(event) == hashlib.sha256(written.encode()).hexdigest()
