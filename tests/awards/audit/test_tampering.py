"""The trail against somebody who may write to the database: every single change is noticed (T3)."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from awards.actor import SYSTEM, Actor
from awards.audit.actions import Action
from awards.audit.chain import COVERED, hash_of
from awards.audit.queries import chain_breaks, head
from awards.audit.services import record
from awards.audit.tables import Event
from awards.db import transaction
from tests.chance import chance, times
from tests.factories import AT, DAY

LENGTH = 12
NUMBERS = ("actor_id", "subject_id", "edition_id")
TEXTS = ("as_role", "action", "subject_kind", "request_id")
HASHES = ("before_sha256", "after_sha256", "detail_sha256", "salt", "prev", "hash")

Tamper = Callable[[Random], Awaitable[str]]


async def grow() -> None:
    actor = Actor(5, "Amina", address="203.0.113.9", request_id="r1")
    for number in range(LENGTH):
        who, action = ((actor, Action.SHEET_SAVED), (SYSTEM, Action.RUN_STORED))[number % 2]
        async with transaction():
            await record(
                action, actor=who, at=AT + number * DAY, subject=("scoresheet", number),
                before={"marks": number}, after={"marks": number + 1}, reason="because" if number % 3 else "",
            )  # fmt: skip


async def edit(rng: Random) -> str:
    """One cell becomes another value of its kind."""
    seq = rng.randint(1, LENGTH)
    row = (await Event.select().where(Event.seq == seq))[0]
    column = rng.choice(("at", *NUMBERS, *TEXTS, *HASHES))
    value: Any = row[column]
    if column == "at":
        value = value + rng.choice((-1, 1)) * rng.choice((DAY, DAY / 86_400_000_000))
    elif column in NUMBERS:
        value = value + rng.choice((-1, 1, 1000))
    elif column in TEXTS:
        value = value + rng.choice("xé ") if not value or rng.random() < 0.5 else value[:-1]
    else:
        spot = rng.randrange(max(len(value), 1))
        other = rng.choice([digit for digit in "0123456789abcdef" if digit != value[spot : spot + 1]])
        value = value[:spot] + other + value[spot + 1 :]
    await Event.raw(f'UPDATE event SET "{column}" = {{}} WHERE seq = {{}}', value, seq)
    return f"edit of {column} at {seq}"


async def edit_and_seal(rng: Random) -> str:
    """An act is changed and its own hash with it; the one after it still tells."""
    seq = rng.randint(1, LENGTH)
    row = (await Event.select().where(Event.seq == seq))[0]
    row["actor_id"] += 1
    await Event.raw(
        "UPDATE event SET actor_id = {}, hash = {} WHERE seq = {}", row["actor_id"], hash_of(row), seq
    )
    return f"sealed edit at {seq}"


async def rewrite(rng: Random) -> str:
    """Whoever knows how: an act is changed and every hash from there on made anew."""
    seq = rng.randint(1, LENGTH)
    rows = await Event.select().where(Event.seq >= seq).order_by(Event.seq)
    rows[0]["actor_id"] += 1
    prev = rows[0]["prev"]
    for row in rows:
        row["prev"] = prev
        prev = hash_of(row)
        await Event.raw(
            "UPDATE event SET actor_id = {}, prev = {}, hash = {} WHERE id = {}",
            row["actor_id"], row["prev"], prev, row["id"],
        )  # fmt: skip
    return f"all rewritten from {seq}"


async def delete(rng: Random) -> str:
    seq = rng.randint(1, LENGTH)
    await _without_details()
    await Event.raw("DELETE FROM event WHERE seq = {}", seq)
    if rng.random() < 0.5:
        # One by one: the numbers are unique at every moment.
        for later in range(seq + 1, LENGTH + 1):
            await Event.raw("UPDATE event SET seq = seq - 1 WHERE seq = {}", later)
    return f"deletion at {seq}"


async def cut(rng: Random) -> str:
    """The tail is gone without a trace inside: only a head that somebody holds outside tells."""
    seq = rng.randint(1, LENGTH)
    await _without_details()
    await Event.raw("DELETE FROM event WHERE seq >= {}", seq)
    return f"tail cut from {seq}"


async def insert(rng: Random) -> str:
    """A forged act between two others, with a hash that fits it; those after it are moved on."""
    seq = rng.randint(1, LENGTH)
    for later in range(LENGTH, seq - 1, -1):
        await Event.raw("UPDATE event SET seq = seq + 1 WHERE seq = {}", later)
    row = (await Event.select().where(Event.seq == seq + 1))[0]
    row["seq"], row["action"] = seq, "sheet signed off"
    row["hash"] = hash_of(row)
    names = [*COVERED, "hash", "created_at"]
    await Event.raw(
        f"INSERT INTO event ({', '.join(names)}) VALUES ({', '.join(['{}'] * len(names))})",  # names of our own table
        *(row[name] for name in names),
    )
    return f"insertion at {seq}"


async def swap(rng: Random) -> str:
    """Two acts change places."""
    one, other = sorted(rng.sample(range(1, LENGTH + 1), 2))
    for was, to in ((one, -1), (other, one), (-1, other)):
        await Event.raw("UPDATE event SET seq = {} WHERE seq = {}", to, was)
    return f"swap of {one} and {other}"


async def _without_details() -> None:
    await Event.raw("DELETE FROM event_detail")


TAMPERINGS: tuple[Tamper, ...] = (edit, edit, edit, edit_and_seal, rewrite, delete, cut, insert, swap)


async def test_every_tampering_is_noticed() -> None:
    await grow()
    kept = await head()
    outside = (kept.seq, kept.hash)
    assert await chain_breaks(outside) == []
    rng = chance()
    for number in range(times(90, drill=1000)):
        async with transaction() as level:
            what = await TAMPERINGS[number % len(TAMPERINGS)](rng)
            assert await chain_breaks(outside), f"{what} went unnoticed"
            level.discard()
    assert await chain_breaks(outside) == []


async def test_what_only_a_head_outside_notices() -> None:
    """Without it a rewritten tail and a cut one look whole: that is why heads leave the house every day."""
    await grow()
    kept = await head()
    for tamper in (rewrite, cut):
        async with transaction() as level:
            await tamper(Random(1))
            assert await chain_breaks() == []
            assert [problem.seq for problem in await chain_breaks((kept.seq, kept.hash))] == [kept.seq]
            level.discard()
