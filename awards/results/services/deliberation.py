"""What is put on record while a panel deliberates. Each act is one row that stays, with who signs it and why."""

from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.tables import Round
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.files.arrived import Arrived
from awards.files.limits import Allowed
from awards.files.steps import keep
from awards.outbox.services import enqueue
from awards.results.agenda import agenda
from awards.results.deliberating import (
    Act,
    DeliberationState,
    Kind,
    affected,
    may_deliberate,
    may_open,
    may_renew,
    must_have_left,
    order_after,
    still_in,
    targets,
)
from awards.results.forms_deliberation import (
    AgreeMarks,
    AttachResult,
    LeaveRoom,
    MoveEntry,
    Note,
    OpenDeliberation,
    Renew,
    ReturnToRoom,
)
from awards.results.meeting import SCORER, SECRETARIAT, MetEntry, Sitting
from awards.results.queries.meeting import sitting_by_id
from awards.results.steps_deliberation import Place, locked, opened
from awards.results.tables import Deliberation, DeliberationAct
from awards.web.i18n import _
from judging import canonical_bytes

# One file for each result that is brought in.
ALLOWED = Allowed()


async def open_deliberation(*, place: Place, command: OpenDeliberation, actor: Actor, clock: Clock) -> int:
    """The panel meets: its agenda is fixed, and who is not in the room is on record as out."""
    now = clock.now()
    async with transaction():
        await lock_rows(Round.select(Round.id).where(Round.id == place.round_id))
        found = await sitting_by_id(place.round_id, place.category, actor, now)
        if found.role != SECRETARIAT:
            raise NotFound
        meeting = found.meeting
        if meeting.id is not None:
            raise Denied("open", _("The panel deliberates on this category already."))
        if refusal := may_open(meeting.round.state, meeting.round.kind, meeting.adopted_id):
            raise refusal
        whole = command.who == "panel"
        members = [one for one in found.members if whole or one.role != SCORER]
        if not members:
            raise Invalid(
                {"who": _("Nobody of that kind has a seat in this category. Invite somebody first.")}
            )
        deliberation = Deliberation(
            round=place.round_id,
            category=meeting.category_id,
            run=meeting.adopted_id,
            agenda=_agenda(found, [one.person_id for one in members]),
            whole_panel=whole,
            by=actor.person_id,
            created_at=now,
        )
        await deliberation.save()
        away = [one for one in members if one.person_id not in command.present]
        if away:
            await DeliberationAct.insert(
                *(
                    DeliberationAct(
                        deliberation=deliberation.id, number=number, kind=Kind.LEAVE.value, run=meeting.adopted_id,
                        person=one.person_id, reason="", by=actor.person_id, as_role=found.role, created_at=now,
                    )
                    for number, one in enumerate(away, 1)
                )
            )  # fmt: skip
        await _tell(found, [one.person_id for one in members], deliberation.id, now)
        await record(
            Action.DELIBERATION_OPENED,
            actor=actor,
            at=now,
            subject=("deliberation", deliberation.id),
            edition_id=meeting.round.edition.id,
            as_role=found.role,
            after={
                "round": place.round_id,
                "category": place.category,
                "run": meeting.adopted_id,
                "whole": whole,
            },
        )
    return int(deliberation.id)


async def put_note(*, place: Place, command: Note, actor: Actor, clock: Clock) -> int:
    async with transaction():
        found = await _speaking(place, actor, clock.now())
        entry = _entry(found, command.entry) if command.entry else None
        if entry is not None:
            _nobody_in_conflict(found, [entry.reference])
        if _said(found, actor, Kind.NOTE, entry, command.reason):
            return _last(found)
        return await _put(found, Kind.NOTE, actor, clock, entry=entry, reason=command.reason)


async def agree_marks(*, place: Place, command: AgreeMarks, actor: Actor, clock: Clock) -> int:
    """What the panel together would give. It stands beside the sheets, and moves nobody by itself."""
    async with transaction():
        found = await _speaking(place, actor, clock.now())
        entry = _entry(found, command.entry)
        _nobody_in_conflict(found, [entry.reference])
        tops = {one.code: one.top for one in found.criteria}
        if not command.marks or any(not 0 <= mark <= tops.get(code, -1) for code, mark in command.marks):
            raise Invalid({"": _("One of the marks is not on its scale. Open the page again.")})
        if _said(found, actor, Kind.CONSENSUS, entry, command.reason, dict(command.marks)):
            return _last(found)
        return await _put(
            found, Kind.CONSENSUS, actor, clock, entry=entry, reason=command.reason, marks=dict(command.marks)
        )


async def move_entry(*, place: Place, command: MoveEntry, actor: Actor, clock: Clock) -> int:
    """A reasoned change of order. Nobody signs one who is kept from an entry whose place it changes."""
    async with transaction():
        found = await _speaking(place, actor, clock.now())
        entry = _entry(found, command.entry)
        if not found.whole:
            raise Denied(
                "in conflict",
                _(
                    "A conflict keeps you from an entry of this category, so another member signs changes of order."
                ),
            )
        if command.seen != found.meeting.moves:
            raise Stale
        now = found.meeting.order
        if not any(
            (one.place, one.level) == (command.place, command.level) for one in targets(now, entry.reference)
        ):
            raise Invalid({"to": _("Choose a place where the entry does not stand already")})
        move = Act(1, Kind.MOVE.value, entry.reference, command.place, command.level)
        _nobody_in_conflict(found, affected(now, order_after(now, [move]), entry.reference))
        return await _put(
            found, Kind.MOVE, actor, clock,
            entry=entry, reason=command.reason, place=command.place, level=command.level,
        )  # fmt: skip


async def attach_result(
    *, place: Place, command: AttachResult, arrived: Arrived | None, actor: Actor, clock: Clock
) -> int:
    """What a visit or an interview found, as text and, where there is one, a file. No mark changes by it."""
    async with transaction():
        found = await _speaking(place, actor, clock.now())
        entry = _entry(found, command.entry)
        _nobody_in_conflict(found, [entry.reference])
        if arrived is None and _said(found, actor, Kind.ATTACH, entry, command.reason, title=command.title):
            return _last(found)
        more: dict[str, Any] = {}
        if arrived is not None:
            more = {"file": await keep(arrived, at=clock.now()), "file_name": arrived.name}
        return await _put(
            found, Kind.ATTACH, actor, clock, entry=entry, reason=command.reason, title=command.title, **more
        )


async def leave_room(*, place: Place, command: LeaveRoom, actor: Actor, clock: Clock) -> int:
    """By the member who leaves, or by who keeps the record."""
    async with transaction():
        found = await _in_room(place, command.person, actor, clock.now())
        # For an entry that is hidden from them too: they know by the agenda for which item they leave.
        entry = found.entries.get(command.entry)
        if command.entry and entry is None:
            raise NotFound
        if command.person in found.meeting.out:
            return _last(found)
        return await _put(found, Kind.LEAVE, actor, clock, entry=entry, person=command.person)


async def return_to_room(*, place: Place, command: ReturnToRoom, actor: Actor, clock: Clock) -> int:
    async with transaction():
        found = await _in_room(place, command.person, actor, clock.now())
        if command.person not in found.meeting.out:
            return _last(found)
        return await _put(found, Kind.RETURN, actor, clock, person=command.person)


async def renew_deliberation(*, place: Place, command: Renew, actor: Actor, clock: Clock) -> int:
    """The panel meets anew, on the run that is adopted now. What was said on another run stays, and moves nothing."""
    now = clock.now()
    async with transaction():
        found = await locked(place, actor, now)
        meeting = found.meeting
        if found.role != SECRETARIAT:
            raise NotFound
        if refusal := may_deliberate(meeting.round.state, meeting.round.kind, meeting.adopted_id):
            raise refusal
        if meeting.asked:
            raise Denied("asked", _("The conclusion waits for its second signature. Take it back first."))
        if refusal := may_renew(meeting.state, meeting.round.state, current=meeting.current):
            raise refusal
        await Deliberation.update(
            {
                Deliberation.state: DeliberationState.OPEN.value,
                Deliberation.run: meeting.adopted_id,
                Deliberation.agenda: _agenda(found, [one.person_id for one in found.members]),
                Deliberation.approval: None,
                Deliberation.concluded_at: None,
            }
        ).where(Deliberation.id == meeting.id)
        return await _put(
            found, Kind.RENEW, actor, clock, reason=command.reason, run=meeting.adopted_id,
            action=Action.DELIBERATION_RENEWED,
        )  # fmt: skip


# --- parts of the verbs above ------------------------------------------------------------------------------


async def _speaking(place: Place, actor: Actor, now: datetime) -> Sitting:
    found = await opened(place, actor, now)
    if not found.speaks:
        raise Denied("not a speaker", _("The chair, the jury and the secretariat put things on record."))
    if found.is_out:
        raise Denied("out", _("You are out of the room. Come back first."))
    return found


async def _in_room(place: Place, person: int, actor: Actor, now: datetime) -> Sitting:
    found = await opened(place, actor, now)
    if not any(one.person_id == person for one in found.members):
        raise NotFound
    if not found.speaks and person != actor.person_id:
        raise NotFound
    return found


_ADDRESSES = """
SELECT p.id, p.name, p.lang, m.address FROM person p JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
WHERE p.id IN (PERSONS) ORDER BY p.id
"""


async def _tell(found: Sitting, persons: list[int], deliberation_id: int, now: datetime) -> None:
    """Everybody who deliberates finds the page by a mail; it names no entry."""
    marks = ", ".join(["{}"] * len(persons))
    for person in await Round.raw(_ADDRESSES.replace("PERSONS", marks), *persons):
        await enqueue(
            "deliberation-opened",
            to=person["address"],
            at=now,
            dedupe_key=f"deliberation-opened:{deliberation_id}:{person['id']}",
            lang=person["lang"],
            values={
                "name": person["name"],
                "category": found.meeting.name,
                "round": found.meeting.round.name,
                "edition": found.meeting.round.edition.name,
                "link": found.meeting.path,
            },
            edition_id=found.meeting.round.edition.id,
        )


def _entry(found: Sitting, reference: str) -> MetEntry:
    entry = found.shown.get(reference)
    if entry is None:
        raise NotFound
    return entry


def _nobody_in_conflict(found: Sitting, entries: Any) -> None:
    inside = still_in(found.conflicts, found.meeting.out, entries)
    if refusal := must_have_left(found.names(inside)):
        raise refusal


def _agenda(found: Sitting, persons: list[int]) -> str:
    out = {
        ref: frozenset(person for person in persons if ref in found.conflicts.get(person, ()))
        for ref in found.entries
    }
    return canonical_bytes(list(agenda(out))).decode()


def _said(
    found: Sitting,
    actor: Actor,
    kind: Kind,
    entry: MetEntry | None,
    reason: str,
    marks: dict[str, int] | None = None,
    title: str = "",
) -> bool:
    """Whether it is what was put on record last: a button that was pressed twice says a thing once."""
    if not found.meeting.acts:
        return False
    last = found.meeting.acts[-1]
    return (last.kind, last.by_id, last.entry, last.title, last.reason, dict(last.marks)) == (
        kind.value, actor.person_id, entry.reference if entry else "", title, reason, marks or {},
    )  # fmt: skip


def _last(found: Sitting) -> int:
    return max((act.number for act in found.meeting.acts), default=0)


async def _put(
    found: Sitting,
    kind: Kind,
    actor: Actor,
    clock: Clock,
    *,
    entry: MetEntry | None = None,
    reason: str = "",
    marks: dict[str, int] | None = None,
    action: Action = Action.DELIBERATION_ACT,
    run: int | None = None,
    **more: Any,
) -> int:
    """One row more. Returns its number."""
    meeting, now = found.meeting, clock.now()
    number = _last(found) + 1
    written = canonical_bytes(marks).decode() if marks else ""
    act = DeliberationAct(
        deliberation=meeting.id,
        number=number,
        kind=kind.value,
        run=run or meeting.run_id,
        round_entry=entry.round_entry if entry else None,
        reason=reason,
        marks=written,
        by=actor.person_id,
        as_role=found.role,
        created_at=now,
        **more,
    )
    await act.save()
    await record(
        action,
        actor=actor,
        at=now,
        subject=("deliberation", int(meeting.id or 0)),
        edition_id=meeting.round.edition.id,
        as_role=found.role,
        after={
            "number": number,
            "kind": kind.value,
            "entry": entry.reference if entry else "",
            "reason": reason,
            "marks": marks or {},
            **{name: value for name, value in more.items() if value is not None},
        },
    )
    return number
