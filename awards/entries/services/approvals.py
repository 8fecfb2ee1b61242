"""A city says whether somebody may enter on its behalf; the secretariat can record what it said elsewhere."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import recipients_of
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries import edition_by_id
from awards.editions.rules import EditionState, in_secretariat
from awards.entries import queries
from awards.entries.declaring import ConsentKind
from awards.entries.eligibility import has_place_for
from awards.entries.facts import CityWord
from awards.entries.forms_approval import ApproveEntry, DeclineEntry, RecordApproval
from awards.entries.queries import approvals
from awards.entries.queries.approvals import BehalfEntry
from awards.entries.rules import WRITABLE, Late, may_write
from awards.entries.steps import CITY_OFFICIAL, SECRETARIAT, keep_late
from awards.entries.steps_approval import keep_word, places_locked
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _

# By which way the city's word came.
CLICK, LETTER, TOLD = "click", "letter", "told"


async def approve_entry(*, reference: str, command: ApproveEntry, actor: Actor, clock: Clock) -> None:
    """The entry takes one of the city's places from now on."""
    now = clock.now()
    async with transaction():
        entry = await _for_city(actor, reference, clock)
        late = await _in_time(entry, actor, clock, tried="approve")
        if late is None:
            if not command.sure:
                raise Invalid({"sure": _("Tick the box to approve the entry")})
            _must_be_as_read(entry, command.seen)
            if entry.word is CityWord.GIVEN:
                raise Invalid({"": _("This entry is approved already.")})
            await places_locked(entry.edition_id, entry.city_id)
            await _must_have_place(entry, clock)
            text = _(
                "%(city)s approves that %(entrant)s enters “%(title)s” on its behalf.",
                city=entry.city, entrant=entry.entrant, title=entry.title,
            )  # fmt: skip
            await keep_word(entry.id, ConsentKind.APPROVAL, by=actor.person_id, way=CLICK, text=text, now=now)
            await _tell(entry, entry.entrant_id, "city-approval-given", clock, by=actor.name)
            await record(
                Action.CITY_APPROVED, actor=actor, at=now, subject=("entry", entry.id),
                edition_id=entry.edition_id, as_role=CITY_OFFICIAL, after={"way": CLICK, "text": text},
            )  # fmt: skip
    if late is not None:
        raise late


async def decline_entry(*, reference: str, command: DeclineEntry, actor: Actor, clock: Clock) -> None:
    """No, or no longer: the reason goes to who wanted to enter, and the place is free again."""
    now = clock.now()
    async with transaction():
        entry = await _for_city(actor, reference, clock)
        late = await _in_time(entry, actor, clock, tried="decline")
        if late is None:
            if not command.reason:
                raise Invalid({"reason": _("Write the reason; the entrant reads it")})
            _must_be_as_read(entry, command.seen)
            if entry.word is CityWord.DECLINED:
                raise Invalid({"": _("This entry is declined already.")})
            await keep_word(
                entry.id, ConsentKind.REFUSAL, by=actor.person_id, way=CLICK, text=command.reason, now=now
            )
            await _tell(entry, entry.entrant_id, "city-approval-declined", clock, reason=command.reason)
            await record(
                Action.CITY_DECLINED, actor=actor, at=now, subject=("entry", entry.id),
                edition_id=entry.edition_id, as_role=CITY_OFFICIAL,
                before={"word": entry.word.value}, after={"word": CityWord.DECLINED.value}, reason=command.reason,
            )  # fmt: skip
    if late is not None:
        raise late


async def record_approval(
    *, edition_id: int, reference: str, command: RecordApproval, actor: Actor, clock: Clock
) -> None:
    """The secretariat read the city's letter or heard from it: on record with its reason, also after the deadline."""
    now = clock.now()
    async with transaction():
        edition = await edition_by_id(edition_id)
        if not in_secretariat(actor, edition.programme_id, edition.id):
            raise NotFound
        await lock_rows(Entry.select(Entry.id).where(Entry.reference == reference.upper()))
        entry = await approvals.one_of_edition(edition_id, reference)
        _must_be_as_read(entry, command.seen)
        if edition.state is not EditionState.OPEN or entry.state not in WRITABLE:
            raise Denied("decided", _("This entry is decided on; its approval is no longer asked for."))
        if entry.word is CityWord.GIVEN:
            raise Invalid({"": _("This entry is approved already.")})
        if command.way not in (LETTER, TOLD):
            raise Invalid({"way": _("Choose how you know")})
        if not command.reason:
            raise Invalid(
                {"reason": _("Write what you know and from whom; the entrant and the city read it")}
            )
        await places_locked(entry.edition_id, entry.city_id)
        await _must_have_place(entry, clock)
        await keep_word(
            entry.id, ConsentKind.APPROVAL, by=actor.person_id, way=command.way, text=command.reason, now=now
        )
        for entrant_id in (entry.entrant_id, entry.city_id):
            await _tell(entry, entrant_id, "city-approval-recorded", clock, reason=command.reason)
        await record(
            Action.CITY_APPROVED, actor=actor, at=now, subject=("entry", entry.id), edition_id=edition_id,
            as_role=SECRETARIAT, before={"word": entry.word.value}, after={"way": command.way},
            reason=command.reason,
        )  # fmt: skip


async def _for_city(actor: Actor, reference: str, clock: Clock) -> BehalfEntry:
    """The entry, nobody else's until this transaction ends, for an official of the city who may write."""
    await lock_rows(Entry.select(Entry.id).where(Entry.reference == reference.upper()))
    entry = await approvals.one_on_behalf(actor, reference, clock.now())
    if not entry.may_write:
        raise Denied("reader", _("You may read what others enter for this city, not answer it."))
    return entry


async def _in_time(entry: BehalfEntry, actor: Actor, clock: Clock, *, tried: str) -> Late | None:
    refusal = may_write(entry.state, entry.call, clock.now())
    if isinstance(refusal, Late):
        await keep_late(
            refusal, entry.edition_id, entry.city_id, actor, clock.now(), tried=tried, entry_id=entry.id
        )
        return refusal
    if refusal is not None:
        raise refusal
    return None


def _must_be_as_read(entry: BehalfEntry, seen: int) -> None:
    if entry.seen != seen:
        raise Stale


async def _must_have_place(entry: BehalfEntry, clock: Clock) -> None:
    facts = await queries.facts_about(
        entry.edition_id, entry.entrant_id, entry.city_id, clock.now(), entry_id=entry.id
    )
    if not has_place_for(facts):
        raise Invalid(
            {"": _("No place is left for %(city)s: withdraw one of its entries first.", city=entry.city)}
        )


async def _tell(entry: BehalfEntry, entrant_id: int, template: str, clock: Clock, **more: str) -> None:
    now = clock.now()
    link = entry.path if entrant_id == entry.city_id else f"/city/entries/{entry.reference}"
    for person in await recipients_of(entrant_id, now):
        await enqueue(
            template,
            to=person.address,
            at=now,
            dedupe_key=f"{template}:{entry.id}:{entry.seen}:{person.person_id}",
            lang=person.lang,
            values={
                "name": person.name,
                "entrant": entry.entrant,
                "city": entry.city,
                "title": entry.title,
                "reference": entry.reference,
                "link": link,
                **more,
            },
            edition_id=entry.edition_id,
        )
