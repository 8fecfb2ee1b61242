"""Verbs that set an edition up. Each is one transaction."""

from datetime import datetime

from msgspec import Struct

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.editions.checks import sound
from awards.editions.differences import Change, difference, programme_changes
from awards.editions.document import EditionDocument, plain
from awards.editions.extending import deadline_moved
from awards.editions.freezing import Frozen, frozen_changes
from awards.editions.queries import EditionRow
from awards.editions.queries.answered import touched_in
from awards.editions.reading import Stored, stored_edition
from awards.editions.rules import may_run
from awards.editions.steps import add_edition, locked_edition
from awards.editions.storing import store
from awards.editions.tables import Edition, Programme
from awards.editions.touching import NotSeen, Touched, digest_of
from awards.errors import NotFound


class Applied(Struct, frozen=True):
    """What an edition document did, or would do, and whom that touches. Without changes nothing was written."""

    edition_id: int
    created: bool
    changes: tuple[Change, ...]
    touched: tuple[Touched, ...] = ()


async def apply_document(
    *, document: EditionDocument, actor: Actor, clock: Clock, dry_run: bool = False
) -> Applied:
    """Create the edition of this programme and slug, or change it: all or nothing."""
    now = clock.now()
    new = sound(document)
    async with transaction() as tx:
        edition_id, programme_id = await _known(new)
        if denied := may_run(actor, programme_id, edition_id):
            raise denied
        created = not edition_id
        known = None if created else await locked_edition(edition_id)
        if created:
            edition_id = await add_edition(new, now)
        stored = await stored_edition(edition_id)
        before = None if created else stored.document
        changes = difference(before, new) + (programme_changes(stored.document, new) if created else ())
        if new.programme != stored.document.programme and (denied := may_run(actor, programme_id)):
            raise denied
        if not created:
            _refuse_frozen(changes, stored, new)
        touched = await touched_in(edition_id, stored.document, new)
        if created or changes:
            await store(stored, new, now)
            if known is not None:
                await _announce(known, stored, new, actor, now)
            await record(
                Action.EDITION_LOADED,
                actor=actor,
                at=now,
                subject=("edition", edition_id),
                edition_id=edition_id,
                as_role="secretariat",
                before=None if created else plain(stored.document),
                after=plain(new),
            )
        if dry_run:
            tx.discard()
    return Applied(edition_id, created, changes, touched)


async def change_edition(
    *, edition_id: int, document: EditionDocument, version: int, actor: Actor, clock: Clock, seen: str = ""
) -> Applied:
    """What a set-up page changed, drawn from this version of the edition.

    `seen` is the digest of whom the change touches, as the person was shown it.
    """
    now = clock.now()
    new = sound(document)
    async with transaction():
        edition = await locked_edition(edition_id, version)
        if may_run(actor, edition.programme_id, edition.id):
            raise NotFound
        stored = await stored_edition(edition_id)
        if new.programme != stored.document.programme and (denied := may_run(actor, edition.programme_id)):
            raise denied
        changes = difference(stored.document, new)
        _refuse_frozen(changes, stored, new)
        touched = await touched_in(edition_id, stored.document, new)
        if digest_of(touched) not in ("", seen):
            raise NotSeen(touched)
        if changes:
            await store(stored, new, now)
            await _announce(edition, stored, new, actor, now)
            await record(
                Action.EDITION_CHANGED,
                actor=actor,
                at=now,
                subject=("edition", edition_id),
                edition_id=edition_id,
                as_role="secretariat",
                before=plain(stored.document),
                after=plain(new),
            )
    return Applied(edition_id, False, changes, touched)


async def _announce(
    edition: EditionRow, stored: Stored, new: EditionDocument, actor: Actor, now: datetime
) -> None:
    """A later deadline is told to everybody, whichever page or file it came from."""
    await deadline_moved(
        edition, stored.document.milestone("closes"), new.milestone("closes"), "", actor, now
    )


def _refuse_frozen(changes: tuple[Change, ...], stored: Stored, new: EditionDocument) -> None:
    refused = frozen_changes(changes, stored.document, new, stored.standing)
    if refused:
        raise Frozen(refused)


async def _known(document: EditionDocument) -> tuple[int, int]:
    """Ids of the edition and of its programme, 0 for what does not exist."""
    programmes = await Programme.select(Programme.id).where(Programme.slug == document.programme.slug)
    if not programmes:
        return 0, 0
    programme_id = int(programmes[0]["id"])
    rows = await Edition.select(Edition.id).where(
        (Edition.programme == programme_id) & (Edition.slug == document.slug)
    )
    return (int(rows[0]["id"]) if rows else 0), programme_id
