"""More time to enter: for everybody, for one entrant or one entry, and taken back from one."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import entrant_by_id
from awards.clock import Clock
from awards.db import transaction
from awards.editions.extending import deadline_moved
from awards.editions.queries import EditionRow
from awards.editions.rules import may_run
from awards.editions.steps import locked_edition
from awards.editions.tables import Edition, Extension, Milestone
from awards.entries.extensions import Whom, extension_problem, may_extend
from awards.entries.forms_deadlines import EndExtension, Extend
from awards.entries.queries.extensions import acting_for, call_for, whom
from awards.entries.rules import Call
from awards.entries.steps import SECRETARIAT
from awards.errors import Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.words import in_mail, iso


async def extend(*, edition_id: int, command: Extend, until: datetime, actor: Actor, clock: Clock) -> int:
    """Move the deadline, for everybody or for one; returns how many people are written to."""
    now = clock.now()
    async with transaction():
        edition = await _held(edition_id, actor)
        of = await whom(edition.id, command.whom)
        call = await call_for(edition, of)
        if refused := may_extend(edition.state, call.closes):
            raise refused
        if command.seen != seen_of(call):
            raise Stale
        if problem := extension_problem(call, until, now):
            raise Invalid({"until": problem})
        assert call.closes is not None  # or it was refused above
        if of.entrant_id:
            subject = "extension", await _give(edition, of, call.closes, until, command.reason, actor, now)
            told = await _tell(edition, of, call.closes, until, command.reason, subject[1], now)
        else:
            subject = "edition", edition.id
            told = await _move(edition, call.closes, until, command.reason, actor, now)
        await record(
            Action.EXTENSION_GIVEN if of.entrant_id else Action.DEADLINE_MOVED,
            actor=actor,
            at=now,
            subject=subject,
            edition_id=edition.id,
            as_role=SECRETARIAT,
            before={"until": iso(call.closes)},
            after={"until": iso(until), "entrant": of.entrant_id, "entry": of.reference},
            reason=command.reason,
        )
    return told


async def end_extension(
    *, edition_id: int, extension_id: int, command: EndExtension, actor: Actor, clock: Clock
) -> None:
    """From now on it gives nothing; everybody's deadline holds again, or another extension of theirs."""
    now = clock.now()
    async with transaction():
        edition = await _held(edition_id, actor)
        known = (Extension.id == extension_id) & (Extension.edition == edition.id)
        if not await Extension.exists().where(known & Extension.entrant.is_not_null()):
            raise NotFound
        rows = (
            await Extension.update({Extension.ended_at: now, Extension.ended_by: actor.person_id})
            .where(known & Extension.ended_at.is_null())
            .returning(Extension.entrant, Extension.entry_id, Extension.until)
        )
        if not rows:
            raise Stale
        entrant_id, until = int(rows[0]["entrant"]), rows[0]["until"]
        # Another extension of theirs may still give them more than everybody has.
        closes = (await call_for(edition, Whom(entrant_id, entry_id=int(rows[0]["entry_id"])))).closes
        entrant = (await entrant_by_id(entrant_id)).name
        for person in await acting_for(entrant_id, now):
            zone = person.zone if person.zone != "UTC" else edition.zone
            told, local = in_mail(closes, zone, person.lang) if closes else ("", "")
            await enqueue(
                "extension-ended",
                to=person.address,
                at=now,
                dedupe_key=f"extension-ended:{extension_id}:{person.person_id}",
                lang=person.lang,
                values={
                    "name": person.name,
                    "entrant": entrant,
                    "edition": edition.name,
                    "until": in_mail(until, zone, person.lang)[0],
                    "closes": told,
                    "closes_local": local,
                    "reason": command.reason,
                    "link": "/city",
                },
                edition_id=edition.id,
            )
        await record(
            Action.EXTENSION_ENDED,
            actor=actor,
            at=now,
            subject=("extension", extension_id),
            edition_id=edition.id,
            as_role=SECRETARIAT,
            before={"until": iso(until), "entrant": entrant_id},
            reason=command.reason,
        )


def seen_of(call: Call) -> str:
    """The deadline that a form was drawn from: who moves it has seen it."""
    return iso(call.closes) if call.closes else ""


async def _held(edition_id: int, actor: Actor) -> EditionRow:
    edition = await locked_edition(edition_id)
    if may_run(actor, edition.programme_id, edition.id):
        raise NotFound
    return edition


async def _move(
    edition: EditionRow, was: datetime, until: datetime, reason: str, actor: Actor, now: datetime
) -> int:
    await Milestone.update({Milestone.at: until}).where(
        (Milestone.edition == edition.id) & (Milestone.kind == "closes")
    )
    await Edition.update({Edition.version: Edition.version + 1}).where(Edition.id == edition.id)
    return await deadline_moved(edition, was, until, reason, actor, now)


async def _give(
    edition: EditionRow, of: Whom, was: datetime, until: datetime, reason: str, actor: Actor, now: datetime
) -> int:
    """The extension's id. One of the same reach that stood before ends in its favour."""
    await Extension.update({Extension.ended_at: now, Extension.ended_by: actor.person_id}).where(
        (Extension.edition == edition.id)
        & (Extension.entrant == of.entrant_id)
        & (Extension.entry_id == of.entry_id)
        & Extension.ended_at.is_null()
    )
    row = Extension(
        edition=edition.id,
        entrant=of.entrant_id,
        entry_id=of.entry_id,
        was=was,
        until=until,
        reason=reason,
        by=actor.person_id,
        created_at=now,
    )
    await row.save()
    return int(row.id)


async def _tell(
    edition: EditionRow, of: Whom, was: datetime, until: datetime, reason: str, number: int, now: datetime
) -> int:
    people = await acting_for(of.entrant_id, now)
    for person in people:
        zone = person.zone if person.zone != "UTC" else edition.zone
        said, local = in_mail(until, zone, person.lang)
        await enqueue(
            "deadline-extended",
            to=person.address,
            at=now,
            dedupe_key=f"deadline-extended:{number}:{person.person_id}",
            lang=person.lang,
            values={
                "name": person.name,
                "entrant": of.entrant,
                "reference": of.reference,
                "edition": edition.name,
                "until": said,
                "until_local": local,
                "was": in_mail(was, zone, person.lang)[0],
                "reason": reason,
                "link": f"/city/entries/{of.reference}" if of.reference else "/city",
            },
            edition_id=edition.id,
        )
    return len(people)
