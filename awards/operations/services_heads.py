"""The head of the trail leaves the house: once a day to people outside, who have said yes to it.

Whoever holds the database can rewrite all of it, chain and all. What they cannot change is a head that somebody
else was sent before.
"""

from datetime import datetime

from awards import ids
from awards.accounts.rules import fold
from awards.actor import SYSTEM, Actor
from awards.audit.actions import Action
from awards.audit.queries import head
from awards.audit.services import record
from awards.audit.tables import KeptHead
from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.editions.queries import EditionRow
from awards.editions.rules import Role
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.operations.forms import NameHolder
from awards.operations.queries_heads import insiders, signing_key
from awards.operations.tables import HeadHolder
from awards.outbox.services import enqueue
from awards.web.i18n import _

LOCK = "head holders"


async def name_holder(*, command: NameHolder, edition: EditionRow, actor: Actor, clock: Clock) -> int:
    """Ask somebody outside whether they will hold the heads. That the actor runs the edition was asked before."""
    now = clock.now()
    folded = fold(command.address)
    async with transaction():
        await advisory_lock(LOCK)
        if folded in await insiders(now):
            raise Invalid(
                {
                    "address": _(
                        "This is somebody who can change the data. Name somebody outside the secretariat"
                    )
                }
            )
        known = (HeadHolder.programme == edition.programme_id) & (HeadHolder.folded == folded)
        if await HeadHolder.exists().where(known & HeadHolder.ended_at.is_null()):
            raise Invalid({"address": _("This address is named already. End it first, to ask anew")})
        token = ids.token()
        holder = HeadHolder(
            programme=edition.programme_id,
            name=command.name,
            address=command.address.strip(),
            folded=folded,
            lang=edition.lang,
            token_sha256=ids.token_hash(token),
            named_by=actor.person_id,
            created_at=now,
        )
        await holder.save()
        await enqueue(
            "head-holder-asked",
            to=holder.address,
            at=now,
            dedupe_key=f"head-holder-asked:{holder.id}",
            lang=edition.lang,
            values={"name": command.name, "by": actor.name, "link": f"/heads/holder/{token}"},
        )
        await record(
            Action.HOLDER_NAMED,
            actor=actor,
            at=now,
            subject=("head holder", holder.id),
            edition_id=edition.id,
            as_role=Role.SECRETARIAT.value,
            after={"name": command.name, "address": folded},
        )
    return int(holder.id)


async def end_holder(*, holder_id: int, edition: EditionRow, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        own = (HeadHolder.id == holder_id) & (HeadHolder.programme == edition.programme_id)
        if not await HeadHolder.exists().where(own):
            raise NotFound
        await _end(holder_id, actor.person_id, now)
        await record(
            Action.HOLDER_ENDED,
            actor=actor,
            at=now,
            subject=("head holder", holder_id),
            edition_id=edition.id,
            as_role=Role.SECRETARIAT.value,
        )


async def hold(*, token: str, lang: str, clock: Clock) -> None:
    """Whoever opens the link that was mailed says yes; daily mails come in the language that they read it in."""
    now = clock.now()
    async with transaction():
        holder_id = await _holder_of(token)
        said = (
            await HeadHolder.update({HeadHolder.confirmed_at: now, HeadHolder.lang: lang})
            .where(
                (HeadHolder.id == holder_id)
                & HeadHolder.confirmed_at.is_null()
                & HeadHolder.ended_at.is_null()
            )
            .returning(HeadHolder.id)
        )
        if not said:
            raise Denied("not waiting", _("This was answered before. Nothing has changed."))
        await record(Action.HOLDER_CONFIRMED, actor=SYSTEM, at=now, subject=("head holder", holder_id))


async def hold_no_longer(*, token: str, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        holder_id = await _holder_of(token)
        await _end(holder_id, None, now)
        await record(Action.HOLDER_ENDED, actor=SYSTEM, at=now, subject=("head holder", holder_id))


async def keep_heads(clock: Clock) -> int:
    """The head of the day, kept and mailed to every holder; a second call on the same day does nothing."""
    now = clock.now()
    day = f"{now:%Y-%m-%d}"
    if await KeptHead.exists().where(KeptHead.day == day):
        return 0
    key = signing_key()
    async with transaction():
        await advisory_lock("audit")
        last = await head()
        if last.seq == 0 or await KeptHead.exists().where(KeptHead.day == day):
            return 0
        kept = KeptHead(day=day, seq=last.seq, hash=last.hash, created_at=now)
        await kept.save()
        holders = await HeadHolder.select(
            HeadHolder.id, HeadHolder.name, HeadHolder.address, HeadHolder.lang
        ).where(HeadHolder.confirmed_at.is_not_null() & HeadHolder.ended_at.is_null())
        for holder in holders:
            await enqueue(
                "head-of-the-day",
                to=holder["address"],
                at=now,
                dedupe_key=f"head-of-the-day:{day}:{holder['id']}",
                lang=holder["lang"],
                values={"name": holder["name"], "day": day, "head": last.text, "key": key, "link": "/heads"},
            )
        await record(
            Action.HEAD_KEPT,
            actor=SYSTEM,
            at=now,
            subject=("kept head", kept.id),
            as_role="service",
            after={"day": day, "head": last.text},
        )
    return 1 + len(holders)


async def _holder_of(token: str) -> int:
    rows = await HeadHolder.select(HeadHolder.id).where(HeadHolder.token_sha256 == ids.token_hash(token))
    if not rows:
        raise NotFound
    return int(rows[0]["id"])


async def _end(holder_id: int, by: int | None, now: datetime) -> None:
    ended = (
        await HeadHolder.update({HeadHolder.ended_at: now, HeadHolder.ended_by: by})
        .where((HeadHolder.id == holder_id) & HeadHolder.ended_at.is_null())
        .returning(HeadHolder.id)
    )
    if not ended:
        raise Stale
