"""A draft: started, its facts and answers changed."""

from awards import ids
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import EntrantRow, approved_cities, entrant_by_id, role_of
from awards.cities.rules import WRITERS, EntrantKind, EntrantState
from awards.clock import Clock
from awards.db import transaction
from awards.editions.queries import EditionRow, call_of, edition_by_slugs
from awards.editions.queries.deadlines import own_until
from awards.entries import queries
from awards.entries.eligibility import eligibility, needs_word, stopping
from awards.entries.facts import Draft, Stage
from awards.entries.forms import (
    ChangeEntry,
    StartEntry,
)
from awards.entries.rules import (
    Call,
    EntryState,
    Late,
    may_write,
    reference_prefix,
)
from awards.entries.steps import CITY_OFFICIAL, category_id_of, keep_late, must_be_in_time, own_locked, step
from awards.entries.steps_approval import ask_city, places_locked
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid
from awards.web.i18n import _


async def start_entry(*, command: StartEntry, actor: Actor, clock: Clock) -> str:
    """A draft in an open call; returns its reference."""
    now = clock.now()
    async with transaction():
        programme, _slash, slug = command.edition.partition("/")
        edition = await edition_by_slugs(programme, slug)
        role = await role_of(actor.person_id, command.entrant, now)
        if role is None:
            raise Invalid({"entrant": _("Choose an entrant that you act for")})
        if role not in WRITERS:
            raise Denied("reader", _("You may read the entries of this entrant, not write them."))
        entrant = await entrant_by_id(command.entrant)
        if entrant.state is not EntrantState.APPROVED:
            raise Invalid({"entrant": _("The secretariat has not approved this entrant yet")})
        refusal = may_write(EntryState.DRAFT, await _call(edition, entrant.id), now)
        if refusal is not None and not isinstance(refusal, Late):
            raise refusal
        if refusal is not None:
            await keep_late(refusal, edition.id, entrant.id, actor, now, tried="start")
        else:
            category_id = await category_id_of(edition.id, command.category)
            for_city = await _city_of(entrant, command.city)
            counts_for = for_city or entrant.id
            await places_locked(edition.id, counts_for)
            facts = await queries.facts_about(edition.id, entrant.id, counts_for, now)
            lang = command.lang or facts.rules.languages[0]
            draft = Draft(command.title, command.category, lang)
            if errors := stopping(eligibility(facts, draft), Stage.START, Stage.CHANGE):
                raise Invalid(errors)
            reference = await _free_reference(reference_prefix(edition.programme, edition.year))
            rows = await Entry.insert(
                Entry(
                    edition=edition.id,
                    category=category_id,
                    reference=reference,
                    entrant=entrant.id,
                    for_city=for_city,
                    title=command.title,
                    lang=lang,
                    state=EntryState.DRAFT.value,
                    by=actor.person_id,
                    created_at=now,
                )
            )
            if for_city and needs_word(facts):
                await ask_city(
                    edition_id=edition.id,
                    entry_id=rows[0]["id"],
                    reference=reference,
                    entrant=entrant.name,
                    title=command.title,
                    city_id=for_city,
                    city=facts.city,
                    closes=facts.closes,
                    zone=edition.zone,
                    now=now,
                )
            await record(
                Action.ENTRY_STARTED,
                actor=actor,
                at=now,
                subject=("entry", rows[0]["id"]),
                edition_id=edition.id,
                as_role=CITY_OFFICIAL,
                after={"reference": reference, "category": command.category, "title": command.title},
            )
    if refusal is not None:
        raise refusal
    return reference


async def change_entry(*, reference: str, command: ChangeEntry, actor: Actor, clock: Clock) -> None:
    """Title, category and language of the draft. What was submitted stays until it is submitted again."""
    now = clock.now()
    async with transaction():
        entry = await own_locked(actor, reference, now)
        late = await must_be_in_time(entry, actor, now, tried="change")
        if late is None:
            category_id = await category_id_of(entry.edition_id, command.category)
            facts = await queries.facts_about(
                entry.edition_id, entry.entrant_id, entry.counts_for, now, entry_id=entry.id
            )
            lang = command.lang or entry.lang
            draft = Draft(command.title, command.category, lang)
            if errors := stopping(eligibility(facts, draft), Stage.CHANGE):
                raise Invalid(errors)
            values = {Entry.title: command.title, Entry.category: category_id, Entry.lang: lang}
            await step(entry, command.version, values)
            await record(
                Action.ENTRY_SAVED,
                actor=actor,
                at=now,
                subject=("entry", entry.id),
                edition_id=entry.edition_id,
                as_role=CITY_OFFICIAL,
                before={"title": entry.title, "category": entry.category, "lang": entry.lang},
                after={"title": command.title, "category": command.category, "lang": lang},
            )
    if late is not None:
        raise late


async def _city_of(entrant: EntrantRow, chosen: int | None) -> int | None:
    """Whose places an entry takes: a city's own, or those of the city that another entrant names."""
    if entrant.kind is EntrantKind.CITY:
        return entrant.id
    if chosen is None or chosen == entrant.city_id:
        return entrant.city_id
    if all(city != chosen for city, _name, _country in await approved_cities()):
        raise Invalid({"city": _("Choose a city from the list")})
    return chosen


async def _call(edition: EditionRow, entrant_id: int) -> Call:
    times = await call_of(edition.id)
    return Call(edition.state, times.opens, times.closes, await own_until(edition.id, entrant_id))


async def _free_reference(prefix: str) -> str:
    """One that nobody has; the unique index has the last word."""
    while True:
        reference = ids.reference(prefix)
        if not await Entry.exists().where(Entry.reference == reference):
            return reference
