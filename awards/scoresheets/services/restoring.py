"""A step back, and an earlier sheet put back: each is one more operation on the sheet, and takes nothing away."""

import json
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from awards.actor import Actor
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Conflict, Invalid, NotFound, Stale
from awards.scoresheets import steps
from awards.scoresheets.forms import RestoreSheet, SaveSheet, UndoChange
from awards.scoresheets.queries.revisions import revisions_of
from awards.scoresheets.revisions import EMPTY, news_in, states_of, undone_to, way
from awards.scoresheets.rules import Change
from awards.scoresheets.services.saving import Saved, apply, refuse_writing
from awards.scoresheets.steps import Desk, Where
from awards.web.i18n import _

NOTHING = Change({}, {})


class Restored(Struct, frozen=True):
    """`change` is what now says something else than before."""

    saved: Saved
    change: Change


async def undo_change(*, where: Where, command: UndoChange, actor: Actor, clock: Clock) -> Restored | None:
    """The last own change that still stands is taken back; again, the one before it. None where none is left."""
    now = clock.now()
    try:
        async with transaction():
            return await _undo(where, command, actor, now)
    except Conflict:
        return await _twice(where, command.key, actor)


async def restore_sheet(*, where: Where, command: RestoreSheet, actor: Actor, clock: Clock) -> Restored:
    """The sheet says again what it said at one of its revisions."""
    now = clock.now()
    try:
        async with transaction():
            return await _restore(where, command, actor, now)
    except Conflict:
        return await _twice(where, command.key, actor)


async def _undo(where: Where, command: UndoChange, actor: Actor, now: datetime) -> Restored | None:
    desk, judged = await steps.desk_and_judged(actor, where, command.key)
    if (answer := _answered(desk)) is not None:
        return answer
    await refuse_writing(actor, desk, now)
    revisions = [] if desk.sheet_id is None else await revisions_of(desk.sheet_id, actor.person_id)
    states = states_of(revisions)
    stands = states[-1]
    typed, base = news_in(stands, command.typed.change), desk.sheet_version
    # A page that was overtaken by its own save says all that stands, and nothing else: it may go back from there. What a
    # browser does not send is not chosen.
    if command.typed.base_version != base and EMPTY.after(command.typed.change.document()) != stands:
        raise Stale
    if typed != NOTHING:
        kept = replace(command.typed, change=typed)
        saved = await apply(where, desk, judged, kept, actor, now)
        back, change = base, way(stands.after(typed.document()), stands)
        base, desk = saved.version, replace(desk, sheet_version=saved.version)
    else:
        found = undone_to(revisions)
        if found is None:
            return None
        back, change = found, _asked(way(stands, states[found]), desk)
    operation = SaveSheet(command.key, base, replace(change, undone_to=back))
    return Restored(await apply(where, desk, judged, operation, actor, now), change)


async def _restore(where: Where, command: RestoreSheet, actor: Actor, now: datetime) -> Restored:
    desk, judged = await steps.desk_and_judged(actor, where, command.key)
    if (answer := _answered(desk)) is not None:
        return answer
    await refuse_writing(actor, desk, now)
    if command.base_version != desk.sheet_version:
        raise Stale
    if desk.sheet_id is None or command.revision >= desk.sheet_version:
        raise NotFound
    states = states_of(await revisions_of(desk.sheet_id, actor.person_id))
    change = _asked(way(states[-1], states[command.revision]), desk)
    if change == NOTHING:
        raise Invalid({"": _("The sheet says the same already. Nothing was changed.")})
    operation = SaveSheet(command.key, command.base_version, replace(change, restored=command.revision))
    return Restored(await apply(where, desk, judged, operation, actor, now), change)


def _asked(change: Change, desk: Desk) -> Change:
    """How sure the judge was is left out where the round no longer asks it."""
    return change if desk.confidence_asked else replace(change, confidence=None)


def _answered(desk: Desk) -> Restored | None:
    """The stored answer to this key, which only this very request can have made."""
    known = desk.known
    if known is None:
        return None
    if known.sheet_id != desk.sheet_id:
        raise Invalid({"key": _("This key was used for another save. Reload the page and save again.")})
    document = json.loads(known.change)
    change = Change(document["marks"], document["notes"], document.get("confidence"))
    return Restored(Saved(known.version, known.at, already=True), change)


async def _twice(where: Where, key: str, actor: Actor) -> Restored:
    """Sent twice at once: the other was first, and its answer stands by now."""
    async with transaction():
        desk = await steps.desk_of(actor, where, key)
        if (answer := _answered(desk)) is not None:
            return answer
    raise Stale
