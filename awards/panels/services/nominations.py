"""A member city names somebody for the pool. The secretariat decides; who is named is asked before they are in it.

Nobody learns here whether an address has an account: the city reads the same whoever it names.
"""

from typing import Any

from awards.accounts.rules import Purpose, fold
from awards.accounts.steps import issue_ticket, person_with_address, use_ticket
from awards.accounts.tables import Person
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import recipients_of, role_of
from awards.cities.rules import WRITERS
from awards.clock import Clock
from awards.db import transaction
from awards.editions.rules import may_run
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.panels import pool, steps
from awards.panels.forms_nominations import AnswerNomination, DecideNomination, NameJudge, WithdrawNaming
from awards.panels.queries.nominations import editions_to_nominate_for
from awards.panels.rules import NominationState
from awards.panels.tables import CityNomination, Judge
from awards.web.i18n import _

MOST_OPEN = 5
OPEN = (NominationState.ASKED.value, NominationState.ACCEPTED.value)


async def name_judge(*, entrant_id: int, command: NameJudge, actor: Actor, clock: Clock) -> int:
    now = clock.now()
    async with transaction():
        await _must_write(actor, entrant_id, clock)
        if command.edition not in {one.id for one in await editions_to_nominate_for(entrant_id, now)}:
            raise Invalid({"edition": _("Choose an edition from the list")})
        known = await CityNomination.select(CityNomination.folded).where(
            (CityNomination.edition == command.edition)
            & (CityNomination.entrant == entrant_id)
            & CityNomination.state.is_in(list(OPEN))
        )
        if fold(command.email) in {row["folded"] for row in known}:
            raise Invalid({"email": _("You have named this person already")})
        if len(known) >= MOST_OPEN:
            raise Invalid({"name": _("A city names %(most)d people at most for an edition", most=MOST_OPEN)})
        nomination = CityNomination(
            edition=command.edition,
            entrant=entrant_id,
            by=actor.person_id,
            name=command.name,
            email=command.email,
            folded=fold(command.email),
            country=command.country,
            expertise=command.expertise,
            reason=command.reason,
            created_at=now,
        )
        await nomination.save()
        await record(
            Action.JUDGE_NOMINATED,
            actor=actor,
            at=now,
            subject=("entrant", entrant_id),
            edition_id=command.edition,
            as_role="city official",
            after={"nomination": nomination.id},
        )
    return int(nomination.id)


async def withdraw_naming(*, entrant_id: int, command: WithdrawNaming, actor: Actor, clock: Clock) -> None:
    """Before the secretariat has decided."""
    now = clock.now()
    async with transaction():
        await _must_write(actor, entrant_id, clock)
        rows = await CityNomination.select(CityNomination.edition).where(
            (CityNomination.id == command.nomination) & (CityNomination.entrant == entrant_id)
        )
        if not rows:
            raise NotFound
        await _move(command.nomination, NominationState.ASKED, NominationState.WITHDRAWN)
        await record(
            Action.JUDGE_NOMINATED,
            actor=actor,
            at=now,
            subject=("entrant", entrant_id),
            edition_id=rows[0]["edition"],
            as_role="city official",
            before={"nomination": command.nomination},
            after={"state": NominationState.WITHDRAWN.value},
        )


_ASKED = """
SELECT n.*, t.name AS entrant_name, e.name AS edition_name FROM city_nomination n JOIN entrant t ON t.id = n.entrant
JOIN edition e ON e.id = n.edition WHERE n.id = {}
"""


async def decide_nomination(
    *, programme_id: int, edition_id: int, command: DecideNomination, actor: Actor, clock: Clock
) -> NominationState:
    """Accepted, the person is asked by mail; one who is in the pool already is nominated there and then."""
    now = clock.now()
    async with transaction():
        if may_run(actor, programme_id, edition_id) is not None:
            raise NotFound
        rows = await CityNomination.raw(_ASKED, command.nomination)
        if not rows or rows[0]["edition"] != edition_id:
            raise NotFound
        asked = rows[0]
        changes: dict[Any, Any] = {
            CityNomination.answer: command.answer if command.outcome == "decline" else "",
            CityNomination.decided_by: actor.person_id,
            CityNomination.decided_at: now,
        }
        if command.outcome == "decline":
            if not command.answer:
                raise Invalid({"answer": _("Tell the city why")})
            state = NominationState.DECLINED
        else:
            state, more = await _accept(asked, now)
            changes |= more
        await _move(command.nomination, NominationState.ASKED, state, changes)
        for person in await recipients_of(asked["entrant"], now):
            told = "nomination-declined" if state is NominationState.DECLINED else "nomination-accepted"
            await enqueue(
                told,
                to=person.address,
                at=now,
                dedupe_key=f"{told}:{asked['id']}:{person.person_id}",
                lang=person.lang,
                values={
                    "name": person.name,
                    "judge": asked["name"],
                    "entrant": asked["entrant_name"],
                    "edition": asked["edition_name"],
                    "reason": command.answer,
                    "link": f"/city/entrants/{asked['entrant']}/nominations",
                },
                edition_id=edition_id,
            )
        await record(
            Action.NOMINATION_DECIDED,
            actor=actor,
            at=now,
            subject=("entrant", asked["entrant"]),
            edition_id=edition_id,
            as_role="secretariat",
            before={"nomination": asked["id"]},
            after={"state": state.value},
            reason=command.answer,
        )
    return state


async def answer_nomination(
    *, nomination_id: int, command: AnswerNomination, actor: Actor, clock: Clock
) -> None:
    """The person's own word: only with it are they in the pool."""
    now = clock.now()
    async with transaction():
        rows = await CityNomination.raw(_ASKED, nomination_id)
        if not rows or rows[0]["person"] != actor.person_id or rows[0]["state"] not in _ANSWERED:
            raise NotFound
        asked = rows[0]
        agrees = command.answer == "agree"
        state = NominationState.AGREED if agrees else NominationState.REFUSED
        await _move(nomination_id, NominationState.ACCEPTED, state, {CityNomination.answered_at: now})
        if asked["ticket"] is not None:
            await use_ticket(asked["ticket"], now)
        if agrees:
            if not await Judge.exists().where(Judge.person == actor.person_id):
                await Judge.insert(Judge(person=actor.person_id, joined_at=now, created_at=now))
                await steps.affiliate(actor.person_id, kind="home", country=asked["country"], at=now)
            await pool.nominate(actor.person_id, asked["entrant"], now)
        await record(
            Action.NOMINATION_ANSWERED,
            actor=actor,
            at=now,
            subject=("person", actor.person_id),
            edition_id=asked["edition"],
            as_role="judge",
            before={"nomination": nomination_id},
            after={"state": state.value},
        )


_ANSWERED = (NominationState.ACCEPTED.value, NominationState.AGREED.value, NominationState.REFUSED.value)


async def _must_write(actor: Actor, entrant_id: int, clock: Clock) -> None:
    """For who acts for the entrant; others do not know of it."""
    role = await role_of(actor.person_id, entrant_id, clock.now())
    if role is None:
        raise NotFound
    if role not in WRITERS:
        raise Denied("reader", _("You may read what the others of your city do, and not change it."))


async def _accept(asked: dict[str, Any], now: Any) -> tuple[NominationState, dict[Any, Any]]:
    known = await person_with_address(asked["email"], name=asked["name"], at=now)
    if await Judge.exists().where(Judge.person == known.person_id):
        await pool.nominate(known.person_id, asked["entrant"], now)
        return NominationState.AGREED, {CityNomination.person: known.person_id}
    ticket, token = await issue_ticket(
        Purpose.NOMINATION,
        email=known.address,
        at=now,
        person_id=known.person_id,
        subject=("nomination", asked["id"]),
    )
    people = await Person.select(Person.name, Person.lang).where(Person.id == known.person_id)
    await enqueue(
        "nomination-asked",
        to=known.address,
        at=now,
        dedupe_key=f"nomination-asked:{ticket}",
        lang=people[0]["lang"],
        values={
            "name": people[0]["name"],
            "entrant": asked["entrant_name"],
            "edition": asked["edition_name"],
            "link": f"/invitation/{token}",
        },
        edition_id=asked["edition"],
    )
    return NominationState.ACCEPTED, {CityNomination.person: known.person_id, CityNomination.ticket: ticket}


async def _move(
    nomination_id: int,
    before: NominationState,
    after: NominationState,
    more: dict[Any, Any] | None = None,
) -> None:
    changed = (
        await CityNomination.update({CityNomination.state: after.value, **(more or {})})
        .where((CityNomination.id == nomination_id) & (CityNomination.state == before.value))
        .returning(CityNomination.id)
    )
    if not changed:
        raise Stale
