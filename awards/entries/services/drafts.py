"""A draft: started, its facts and answers changed."""

from awards import ids
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import entrant_by_id, role_of
from awards.cities.rules import WRITERS, EntrantKind, EntrantState
from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.editions.document import EditionRules
from awards.editions.queries import EditionRow, call_of, edition_by_slugs, rules_of
from awards.editions.queries.deadlines import own_until
from awards.entries import queries
from awards.entries.forms import (
    ChangeEntry,
    StartEntry,
)
from awards.entries.rules import (
    Call,
    EntryState,
    Late,
    category_problem,
    may_write,
    quota_problem,
    reference_prefix,
)
from awards.entries.steps import CITY_OFFICIAL, category_id_of, keep_late, must_be_in_time, own_locked, step
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
            rules = await rules_of(edition.id)
            category_id = await category_id_of(edition.id, command.category)
            for_city = entrant.id if entrant.kind is EntrantKind.CITY else entrant.city_id
            counts_for = for_city or entrant.id
            await advisory_lock(f"entries of {edition.id} for {counts_for}")
            errors = await _standing_problems(
                rules, edition.id, counts_for, command.title, command.category, but=0
            )
            if rules.who_may_enter and entrant.kind.value not in rules.who_may_enter:
                errors = {
                    "entrant": _("This edition takes entries of other kinds of entrants only"),
                    **errors,
                }
            lang = command.lang or rules.languages[0]
            if lang not in rules.languages:
                errors["lang"] = _("Choose one of the languages of this edition")
            if errors:
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
            rules = await rules_of(entry.edition_id)
            category_id = await category_id_of(entry.edition_id, command.category)
            errors = await _standing_problems(
                rules, entry.edition_id, entry.counts_for, command.title, command.category, but=entry.id
            )
            errors.pop("", None)  # the entry counts already
            lang = command.lang or entry.lang
            if lang not in rules.languages:
                errors["lang"] = _("Choose one of the languages of this edition")
            if errors:
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


async def _standing_problems(
    rules: EditionRules, edition_id: int, counts_for: int, title: str, category: str, *, but: int
) -> dict[str, str]:
    others = await queries.siblings(edition_id, counts_for, but=but)
    problems = {
        "": quota_problem(rules, others),
        "category": category_problem(rules, title, category, others),
    }
    return {field: text for field, text in problems.items() if text}


async def _call(edition: EditionRow, entrant_id: int) -> Call:
    times = await call_of(edition.id)
    return Call(edition.state, times.opens, times.closes, await own_until(edition.id, entrant_id))


async def _free_reference(prefix: str) -> str:
    """One that nobody has; the unique index has the last word."""
    while True:
        reference = ids.reference(prefix)
        if not await Entry.exists().where(Entry.reference == reference):
            return reference
