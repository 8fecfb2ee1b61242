"""Sends what is queued: claims a message under a lease, sends it outside any transaction, marks it.

Several workers share the queue. Who holds the lease is told by the number of the try: what a worker that lost
its lease has to say about a failure is not heard any more.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from msgspec import Struct

from awards.clock import Clock
from awards.db import transaction
from awards.errors import Busy, Unavailable
from awards.outbox.mailers import Mailer, refused_for_good, sentence_of
from awards.outbox.tables import Message

LEASE = timedelta(minutes=2)
# Well inside the lease: nobody else may begin with a mail that is still being sent.
SEND_SECONDS = 60.0
TRIES = 12
# A mail that went out while the database was away is noted when that is back, or it would go out again.
NOTES, NOTE_SECONDS = 30, 1.0


class Letter(Struct, frozen=True):
    """A queued mail as its template needs it. `at` is when it was queued: the same however often it is tried."""

    message_id: str
    at: datetime
    to: str
    lang: str
    template: str
    values: Mapping[str, str]


Compose = Callable[[Letter], EmailMessage]
# What a mail says as things stand when it goes out, from what it said when it was queued; none where its reason is
# gone by then, and nobody is to get it.
Renew = Callable[[Mapping[str, str], datetime], Awaitable[Mapping[str, str] | None]]
AS_QUEUED: Mapping[str, Renew] = {}


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most six hours between tries."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 9)), timedelta(hours=6))


def always() -> bool:
    return True


async def send_due(
    *,
    mailer: Mailer,
    compose: Compose,
    clock: Clock,
    limit: int = 50,
    go_on: Callable[[], bool] = always,
    renewals: Mapping[str, Renew] = AS_QUEUED,
) -> int:
    """Send what is due and return how many went out; no further one once `go_on` is false.

    `renewals` are asked by the name of the template, at the last instant before a mail is handed over.
    """
    sent = 0
    for _ in range(limit):
        message = await _claim(clock.now()) if go_on() else None
        if message is None:
            break
        try:
            async with asyncio.timeout(SEND_SECONDS):
                values = await _as_it_stands(message, renewals, clock.now())
                if values is not None:
                    await mailer.send(compose(_letter(message, values)))
        except Exception as problem:
            # A server that refuses or hangs, an address that is none, a text that fails: whatever it is, this mail
            # waits with its reason on the page of the secretariat, and holds up no other.
            await _put_back(message, problem, clock.now())
        else:
            sent += values is not None
            await _note(message, _outcome(message, values, clock.now()))
    return sent


def _letter(message: Message, values: Mapping[str, str]) -> Letter:
    return Letter(message.message_id, message.created_at, message.to, message.lang, message.template, values)


def _outcome(message: Message, values: Mapping[str, str] | None, now: datetime) -> dict[Any, Any]:
    """The row keeps what was said in the end, so that whoever opens it reads what was sent."""
    if values is None:
        return {Message.state: "dropped", Message.problem: ""}
    said = json.dumps(dict(values), ensure_ascii=False, sort_keys=True)
    return {
        Message.state: "sent",
        Message.sent_at: now,
        Message.problem: "",
        **({} if said == message.values else {Message.values: said}),
    }


async def _as_it_stands(
    message: Message, renewals: Mapping[str, Renew], now: datetime
) -> Mapping[str, str] | None:
    values: Mapping[str, str] = json.loads(message.values)
    renew = renewals.get(message.template)
    return values if renew is None else await renew(values, now)


async def _claim(now: datetime) -> Message | None:
    """The oldest that is due and that nobody sends; a rival may take it first, then the next one."""
    due = (Message.state == "queued") & (Message.not_before <= now)
    while True:
        async with transaction():
            rows = (
                await Message.objects()
                .where(due & (Message.leased_until.is_null() | (Message.leased_until < now)))
                .order_by(Message.not_before)
                .order_by(Message.id)
                .limit(1)
            )
            if not rows:
                return None
            message = rows[0]
            given_up = message.attempts >= TRIES
            taken = (
                await Message.update(
                    {Message.state: "failed", Message.problem: "its worker ended without a word, each time"}
                    if given_up
                    else {Message.leased_until: now + LEASE, Message.attempts: message.attempts + 1}
                )
                .where((Message.id == message.id) & (Message.attempts == message.attempts) & due)
                .returning(Message.id)
            )
        if taken and not given_up:
            message.attempts += 1
            return message


async def _note(message: Message, what: dict[Any, Any]) -> None:
    """Whoever holds the lease meanwhile: it went out, or has nobody to go to any more. One that came back already,
    faster than this is written, stays so."""
    for left in reversed(range(NOTES)):
        try:
            async with transaction():
                await Message.update(what).where(
                    (Message.id == message.id) & (Message.state != "sent") & Message.bounced_at.is_null()
                )
        except (Unavailable, Busy):
            if not left:
                raise
            await asyncio.sleep(NOTE_SECONDS)
        else:
            return


async def _put_back(message: Message, problem: Exception, now: datetime) -> None:
    given_up = message.attempts >= TRIES or refused_for_good(problem)
    mine = (Message.id == message.id) & (Message.attempts == message.attempts) & (Message.state == "queued")
    async with transaction():
        await Message.update(
            {
                Message.state: "failed" if given_up else "queued",
                Message.not_before: now + wait_after(message.attempts),
                Message.leased_until: None,
                Message.problem: sentence_of(problem)[:300],
            }
        ).where(mine)
