"""A city asks that somebody does not judge its entry; the secretariat finds out who is meant.

Whether the person judges is never told: the city gets the same answer for who is in the pool and who is not.
"""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.rules import fold
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import EditionState, may_run
from awards.entries.queries import own_entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels import ending
from awards.panels.forms_conflicts import DecideObjection, Object, WithdrawObjection
from awards.panels.rules import ObjectionState
from awards.panels.tables import Judge, Objection
from awards.web.i18n import _
from judging.conflicts import Code

# More than anybody needs; a list of names tried one by one is no request.
MOST_OPEN = 10

# From here on it is decided who won: nothing can be asked for any more.
_OVER = (EditionState.DECIDED, EditionState.PUBLISHED, EditionState.ARCHIVED)


async def object_to_judge(*, reference: str, command: Object, actor: Actor, clock: Clock) -> int:
    now = clock.now()
    async with transaction():
        entry = await own_entry(actor, reference, now)
        if not entry.may_write:
            raise Denied("reader", _("You may read this entry and not change it."))
        if entry.call.state in _OVER:
            raise Denied("decided", _("The entries have been judged."))
        waiting = await Objection.select(Objection.folded).where(
            (Objection.entry == entry.id) & (Objection.state == ObjectionState.ASKED.value)
        )
        if len(waiting) >= MOST_OPEN:
            raise Invalid(
                {"name": _("The secretariat has %(most)d requests of yours already", most=MOST_OPEN)}
            )
        if fold(command.name) in {row["folded"] for row in waiting}:
            raise Invalid({"name": _("The secretariat has this request already")})
        objection = Objection(
            entry=entry.id,
            name=command.name,
            folded=fold(command.name),
            reason=command.reason,
            by=actor.person_id,
            created_at=now,
        )
        await objection.save()
        await record(
            Action.OBJECTION_MADE,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role="city official",
            after={"objection": objection.id},
            reason=command.reason,
        )
    return int(objection.id)


async def withdraw_objection(
    *, reference: str, command: WithdrawObjection, actor: Actor, clock: Clock
) -> None:
    """Before it is decided."""
    now = clock.now()
    async with transaction():
        entry = await own_entry(actor, reference, now)
        if not entry.may_write:
            raise Denied("reader", _("You may read this entry and not change it."))
        if not await Objection.exists().where(
            (Objection.id == command.objection) & (Objection.entry == entry.id)
        ):
            raise NotFound
        changed = (
            await Objection.update({Objection.state: ObjectionState.WITHDRAWN.value})
            .where((Objection.id == command.objection) & (Objection.state == ObjectionState.ASKED.value))
            .returning(Objection.id)
        )
        if not changed:
            raise Stale
        await record(
            Action.OBJECTION_WITHDRAWN,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role="city official",
            before={"objection": command.objection},
        )


_ASKED = """
SELECT o.id, o.entry, o.state, o.reason FROM objection o JOIN entry e ON e.id = o.entry
WHERE o.id = {} AND e.edition = {}
"""


async def decide_objection(
    *, programme_id: int, edition_id: int, command: DecideObjection, actor: Actor, clock: Clock
) -> tuple[int, int]:
    """Returns how many signed sheets were set aside, and how many of closed rounds still count."""
    now = clock.now()
    async with transaction():
        if may_run(actor, programme_id, edition_id) is not None:
            raise NotFound
        rows = await Objection.raw(_ASKED, command.objection, edition_id)
        if not rows:
            raise NotFound
        asked = rows[0]
        conflict, ended = None, ending.EndedEverywhere(0, (), 0)
        if command.outcome == "accept":
            judge = await _judge(command.judge)
            conflict = await ending.put_on_record(
                edition_id=edition_id,
                person=judge,
                entry=asked["entry"],
                code=Code.DECLARED_BY_ENTRANT,
                source="entrant",
                reason=asked["reason"],
                at=now,
            )
            ended = await ending.end_everywhere(
                edition_id=edition_id,
                person=judge,
                entry=asked["entry"],
                code=Code.DECLARED_BY_ENTRANT,
                # Read by the judge: who said it, and what, stays with the secretariat.
                reason=_("The secretariat learnt of a conflict."),
                by=actor.person_id,
                at=now,
            )
        elif command.outcome == "decline" and not command.answer:
            raise Invalid({"answer": _("Tell the city why")})
        changed = (
            await Objection.update(
                {
                    Objection.state: _OUTCOMES[command.outcome].value,
                    Objection.person: command.judge if command.outcome == "accept" else None,
                    Objection.conflict: conflict,
                    Objection.answer: command.answer if command.outcome == "decline" else "",
                    Objection.decided_by: actor.person_id,
                    Objection.decided_at: now,
                }
            )
            .where((Objection.id == command.objection) & Objection.state.is_in(list(_FROM[command.outcome])))
            .returning(Objection.id)
        )
        if not changed:
            raise Stale
        await record(
            Action.OBJECTION_DECIDED,
            actor=actor,
            at=now,
            subject=("entry", asked["entry"]),
            edition_id=edition_id,
            as_role="secretariat",
            before={"objection": command.objection},
            after={
                "outcome": command.outcome,
                "conflict": conflict or 0,
                "recused": ended.recused,
                "set aside": list(ended.aside),
                "still counting": ended.kept,
            },
            reason=command.answer,
        )
    return len(ended.aside), ended.kept


_OUTCOMES = {
    "accept": ObjectionState.ACCEPTED,
    "none": ObjectionState.NOBODY,
    "decline": ObjectionState.DECLINED,
}


# Nobody was meant, and then somebody of that name joined the pool: the city reads the same before and after.
_FROM = {
    "accept": (ObjectionState.ASKED.value, ObjectionState.NOBODY.value),
    "none": (ObjectionState.ASKED.value,),
    "decline": (ObjectionState.ASKED.value,),
}


async def _judge(person_id: int | None) -> int:
    if person_id is None:
        raise Invalid({"judge": _("Choose who is meant, or say that nobody of the pool is")})
    if not await Judge.exists().where(Judge.person == person_id):
        raise Invalid({"judge": _("Choose a judge from the list")})
    return person_id
