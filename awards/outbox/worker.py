"""Sends what is queued: claims a message under a lease, sends it outside any transaction, marks it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from awards.clock import Clock
from awards.db import transaction
from awards.outbox.mailers import Mailer
from awards.outbox.tables import Message

LEASE = timedelta(minutes=2)
TRIES = 12


@dataclass(frozen=True, slots=True)
class Letter:
    """A queued mail as its template needs it."""

    message_id: str
    to: str
    lang: str
    template: str
    values: Mapping[str, str]


Compose = Callable[[Letter], EmailMessage]


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most six hours between tries."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 9)), timedelta(hours=6))


async def send_due(*, mailer: Mailer, compose: Compose, clock: Clock, limit: int = 50) -> int:
    """Send what is due and return how many went out."""
    sent = 0
    for _ in range(limit):
        message = await _claim(clock.now())
        if message is None:
            break
        letter = Letter(
            message.message_id, message.to, message.lang, message.template, json.loads(message.values)
        )
        try:
            await mailer.send(compose(letter))
        except Exception as problem:
            # A server that refuses, an address that is none, a text that fails: whatever it is, this mail waits
            # with its reason on the page of the secretariat, and holds up no other.
            await _put_back(message, problem, clock.now())
        else:
            sent += 1
            now = clock.now()
            async with transaction():
                await Message.update(
                    {Message.state: "sent", Message.sent_at: now, Message.problem: ""}
                ).where(Message.id == message.id)
    return sent


async def _claim(now: datetime) -> Message | None:
    due = (Message.state == "queued") & (Message.not_before <= now)
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
        taken = (
            await Message.update({Message.leased_until: now + LEASE, Message.attempts: message.attempts + 1})
            .where((Message.id == message.id) & (Message.attempts == message.attempts))
            .returning(Message.id)
        )
    if not taken:
        return None
    message.attempts += 1
    return message


async def _put_back(message: Message, problem: Exception, now: datetime) -> None:
    given_up = message.attempts >= TRIES
    async with transaction():
        await Message.update(
            {
                Message.state: "failed" if given_up else "queued",
                Message.not_before: now + wait_after(message.attempts),
                Message.leased_until: None,
                Message.problem: str(problem)[:300],
            }
        ).where(Message.id == message.id)
