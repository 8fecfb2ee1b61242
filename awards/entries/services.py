"""Verbs of entries: start, save, submit, withdraw, decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from awards import ids
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.cities.queries import entrant_by_id, recipients_of, role_of
from awards.cities.rules import WRITERS, EntrantKind, EntrantState
from awards.clock import Clock
from awards.db import advisory_lock, lock_rows, transaction
from awards.editions.document import EditionRules
from awards.editions.queries import EditionRow, call_of, edition_by_id, edition_by_slugs, rules_of
from awards.editions.tables import Category
from awards.entries import queries
from awards.entries.forms import (
    ChangeEntry,
    DecideEligibility,
    SaveAnswer,
    StartEntry,
    SubmitEntry,
    WithdrawEntry,
)
from awards.entries.queries import AnswerRow, OwnEntry
from awards.entries.rules import (
    ENTRY_MOVES,
    MOST_DECISIONS,
    Call,
    EntryState,
    Late,
    answer_problem,
    category_problem,
    may_screen,
    may_write,
    quota_problem,
    reference_prefix,
    tidy,
    too_long,
)
from awards.entries.tables import Answer, AnswerRevision, Entry, EntryVersion, ScreeningDecision
from awards.errors import Conflict, Denied, Invalid, NotFound, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _

CITY_OFFICIAL, SECRETARIAT = "city official", "secretariat"


# --- the draft -----------------------------------------------------------------------------------------


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
        refusal = may_write(EntryState.DRAFT, await _call(edition), now)
        if refusal is not None and not isinstance(refusal, Late):
            raise refusal
        if refusal is not None:
            await record(
                Action.ENTRY_LATE,
                actor=actor,
                at=now,
                subject=("entrant", entrant.id),
                edition_id=edition.id,
                as_role=CITY_OFFICIAL,
                after={"tried": "start", "title": command.title},
            )
        else:
            rules = await rules_of(edition.id)
            category_id = await _category(edition.id, command.category)
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
        entry = await _locked(actor, reference, now)
        late = await _may_write(entry, actor, now, tried="change")
        if late is None:
            rules = await rules_of(entry.edition_id)
            category_id = await _category(entry.edition_id, command.category)
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
            await _step(entry, command.version, values)
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


@dataclass(frozen=True, slots=True)
class Saved:
    """`already` says that this very change was kept before: a repeated request, or nothing new."""

    version: int
    at: datetime
    already: bool


async def save_answer(*, reference: str, code: str, command: SaveAnswer, actor: Actor, clock: Clock) -> Saved:
    """Keep an answer of the draft, if nobody changed it since the page was drawn (else Stale)."""
    now = clock.now()
    saved = Saved(0, now, already=False)
    async with transaction():
        entry = await _locked(actor, reference, now)
        rows = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
        row = next((row for row in rows if row.question.code == code), None)
        if row is None:
            raise NotFound
        value = tidy(row.question, command.answer)
        late = await _may_write(entry, actor, now, tried=f"save {code}")
        if late is None:
            problem = too_long(row.question, value) if command.draft else answer_problem(row.question, value)
            if problem:
                raise Invalid({"answer": problem})
            if await _is_kept(entry, row, command.version, value, actor):
                return Saved(row.version, row.saved_at or now, already=True)
            if row.version != command.version:
                raise Stale
            answer_id = await _keep(entry, row, value, actor, now)
            saved = Saved(row.version + 1, now, already=False)
            await record(
                Action.ENTRY_SAVED,
                actor=actor,
                at=now,
                subject=("answer", answer_id),
                edition_id=entry.edition_id,
                as_role=CITY_OFFICIAL,
                before={"value": row.value},
                after={"value": value},
            )
    if late is not None:
        raise late
    return saved


async def _is_kept(entry: OwnEntry, row: AnswerRow, base: int, value: str, actor: Actor) -> bool:
    """Whether this change is there already: the same text, or the revision that a first try of it made."""
    if row.version == base:
        return row.value == value
    if row.version < base:
        return False
    rows = await AnswerRevision.raw(
        "SELECT r.value, r.\"by\" FROM answer_revision r JOIN answer a ON a.id = r.answer"
        " WHERE a.entry = {} AND a.question = {} AND r.version = {}",
        entry.id, row.question.id, base + 1,
    )  # fmt: skip
    return bool(rows) and rows[0]["value"] == value and rows[0]["by"] == actor.person_id


async def _keep(entry: OwnEntry, row: AnswerRow, value: str, actor: Actor, now: datetime) -> int:
    """The answer and its revision; returns the answer's id."""
    if row.version == 0:
        try:
            async with transaction():
                answer = Answer(
                    entry=entry.id,
                    question=row.question.id,
                    value=value,
                    by=actor.person_id,
                    saved_at=now,
                    created_at=now,
                )
                await answer.save()
        except Conflict:
            raise Stale from None
        answer_id = int(answer.id)
    else:
        changed = (
            await Answer.update(
                {
                    Answer.value: value,
                    Answer.by: actor.person_id,
                    Answer.saved_at: now,
                    Answer.version: Answer.version + 1,
                }
            )
            .where(
                (Answer.entry == entry.id)
                & (Answer.question == row.question.id)
                & (Answer.version == row.version)
            )
            .returning(Answer.id)
        )
        if not changed:
            raise Stale
        answer_id = int(changed[0]["id"])
    await AnswerRevision.insert(
        AnswerRevision(
            answer=answer_id, version=row.version + 1, value=value, by=actor.person_id, created_at=now
        )
    )
    return answer_id


# --- submitting and withdrawing ------------------------------------------------------------------------


async def submit_entry(*, reference: str, command: SubmitEntry, actor: Actor, clock: Clock) -> int:
    """The draft becomes the next numbered version; the last one submitted is what counts."""
    now = clock.now()
    number = 0
    async with transaction():
        entry = await _locked(actor, reference, now)
        late = await _may_write(entry, actor, now, tried="submit")
        if late is None:
            rules = await rules_of(entry.edition_id)
            answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
            await advisory_lock(f"entries of {entry.edition_id} for {entry.counts_for}")
            problems = await submission_problems(entry, rules, answers)
            if problems:
                raise Invalid(problems)
            body, sha256 = queries.draft_of(entry, answers)
            if command.seen and command.seen != sha256:
                raise Stale
            if sha256 == entry.submitted_sha256:
                raise Invalid({"": _("This is what you submitted already; nothing has changed since.")})
            number = entry.submitted + 1
            await EntryVersion.insert(
                EntryVersion(
                    entry=entry.id,
                    number=number,
                    body=body,
                    sha256=sha256,
                    arrived_at=now,
                    by=actor.person_id,
                    created_at=now,
                )
            )
            values = {Entry.state: EntryState.SUBMITTED.value, Entry.submitted_at: now}
            await _step(entry, command.version, values)
            await _tell(entry, "entry-submitted", now, key=str(number), number=str(number), by=actor.name)
            await record(
                Action.ENTRY_SUBMITTED,
                actor=actor,
                at=now,
                subject=("entry", entry.id),
                edition_id=entry.edition_id,
                as_role=CITY_OFFICIAL,
                before={"state": entry.state.value, "number": entry.submitted},
                after={"state": EntryState.SUBMITTED.value, "number": number, "sha256": sha256},
            )
    if late is not None:
        raise late
    return number


async def submission_problems(
    entry: OwnEntry, rules: EditionRules, answers: Sequence[AnswerRow]
) -> dict[str, str]:
    """All that keeps the draft from being submitted: question code or "" -> sentence."""
    problems: dict[str, str] = {}
    others = await queries.siblings(entry.edition_id, entry.counts_for, but=entry.id)
    whole = quota_problem(rules, others) or category_problem(rules, entry.title, entry.category, others)
    if entry.lang not in rules.languages:
        whole = whole or _("Choose one of the languages of this edition")
    if whole:
        problems[""] = whole
    problems.update({row.question.code: row.problem for row in answers if row.problem})
    return problems


async def withdraw_entry(*, reference: str, command: WithdrawEntry, actor: Actor, clock: Clock) -> None:
    """At any time, and for good: what was written stays, nobody judges it any more."""
    now = clock.now()
    async with transaction():
        entry = await _locked(actor, reference, now)
        _must_write(entry)
        if EntryState.WITHDRAWN not in ENTRY_MOVES[entry.state]:
            raise Denied("withdrawn", _("This entry is withdrawn already."))
        if not command.sure:
            raise Invalid({"sure": _("Tick the box to withdraw this entry")})
        values = {Entry.state: EntryState.WITHDRAWN.value, Entry.withdrawn_at: now}
        await _step(entry, command.version, values)
        await _tell(entry, "entry-withdrawn", now, key="", by=actor.name)
        await record(
            Action.ENTRY_WITHDRAWN,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role=CITY_OFFICIAL,
            before={"state": entry.state.value},
            after={"state": EntryState.WITHDRAWN.value},
        )


# --- screening -----------------------------------------------------------------------------------------


async def decide_eligibility(
    *, edition_id: int, reference: str, command: DecideEligibility, actor: Actor, clock: Clock
) -> int:
    """Eligible, or not with a reason that the city reads. Number 2 stands after the city's appeal."""
    now = clock.now()
    async with transaction():
        entry = await _screened(actor, edition_id, reference)
        state, outcome = EntryState(entry.state), command.outcome
        if outcome not in (EntryState.ELIGIBLE, EntryState.INELIGIBLE):
            raise Invalid({"outcome": _("Choose a decision")})
        if outcome is EntryState.INELIGIBLE and not command.reason:
            raise Invalid({"reason": _("Write the reason; the city reads it")})
        decided = await ScreeningDecision.count().where(ScreeningDecision.entry == entry.id)
        number = int(decided) + 1
        upheld = state is EntryState.INELIGIBLE and outcome is state
        if number > MOST_DECISIONS or not (upheld or outcome in ENTRY_MOVES[state]):
            raise Denied("decided", _("This entry is decided on: there is no further decision."))
        await ScreeningDecision.insert(
            ScreeningDecision(
                entry=entry.id,
                number=number,
                outcome=outcome.value,
                reason=command.reason,
                by=actor.person_id,
                created_at=now,
            )
        )
        versions = await queries.versions_of(entry.id)
        body = versions[0].body if versions else {}
        # From here on the last submission is the entry: a later draft of its title or category is history.
        values: dict[Any, Any] = {Entry.state: outcome.value, Entry.title: body.get("title") or entry.title}
        if body.get("category"):
            values[Entry.category] = await _category(edition_id, body["category"])
        rows = (
            await Entry.update({**values, Entry.version: Entry.version + 1})
            .where((Entry.id == entry.id) & (Entry.version == command.version))
            .returning(Entry.id)
        )
        if not rows:
            raise Stale
        for person in await recipients_of(entry.entrant, now):
            await enqueue(
                f"entry-{outcome.value}",
                to=person.address,
                at=now,
                dedupe_key=f"entry-decided:{entry.id}:{number}:{person.person_id}",
                lang=person.lang,
                values={
                    "name": person.name,
                    "title": values[Entry.title],
                    "reference": entry.reference,
                    "reason": command.reason,
                    "link": f"/city/entries/{entry.reference}",
                },
                edition_id=edition_id,
            )
        await record(
            Action.ENTRY_ELIGIBLE if outcome is EntryState.ELIGIBLE else Action.ENTRY_INELIGIBLE,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=SECRETARIAT,
            before={"state": state.value},
            after={"state": outcome.value, "number": number},
            reason=command.reason,
        )
    return number


# --- what they share -----------------------------------------------------------------------------------


async def _locked(actor: Actor, reference: str, now: datetime) -> OwnEntry:
    """The entry, nobody else's until this transaction ends."""
    await lock_rows(Entry.select(Entry.id).where(Entry.reference == reference.upper()))
    return await queries.own_entry(actor, reference, now)


def _must_write(entry: OwnEntry) -> None:
    if not entry.may_write:
        raise Denied("reader", _("You may read the entries of this entrant, not write them."))


async def _may_write(entry: OwnEntry, actor: Actor, now: datetime, *, tried: str) -> Late | None:
    """Nothing where it may be written; a late try is recorded and given back, so that the record is kept."""
    _must_write(entry)
    refusal = may_write(entry.state, entry.call, now)
    if isinstance(refusal, Late):
        await record(
            Action.ENTRY_LATE,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=entry.edition_id,
            as_role=CITY_OFFICIAL,
            after={"tried": tried, "reference": entry.reference},
            reason=tried,
        )
        return refusal
    if refusal is not None:
        raise refusal
    return None


async def _step(entry: OwnEntry, version: int, values: dict[Any, Any]) -> None:
    rows = (
        await Entry.update({**values, Entry.version: Entry.version + 1})
        .where((Entry.id == entry.id) & (Entry.version == version))
        .returning(Entry.id)
    )
    if not rows:
        raise Stale


async def _tell(entry: OwnEntry, template: str, now: datetime, *, key: str, **more: str) -> None:
    """Mail to everybody who acts for the entrant."""
    for person in await recipients_of(entry.entrant_id, now):
        await enqueue(
            template,
            to=person.address,
            at=now,
            dedupe_key=f"{template}:{entry.id}:{key}:{person.person_id}",
            lang=person.lang,
            values={
                "name": person.name,
                "title": entry.title,
                "reference": entry.reference,
                "entrant": entry.entrant["name"],
                "link": entry.path,
                **more,
            },
            edition_id=entry.edition_id,
        )


async def _standing_problems(
    rules: EditionRules, edition_id: int, counts_for: int, title: str, category: str, *, but: int
) -> dict[str, str]:
    others = await queries.siblings(edition_id, counts_for, but=but)
    problems = {
        "": quota_problem(rules, others),
        "category": category_problem(rules, title, category, others),
    }
    return {field: text for field, text in problems.items() if text}


async def _call(edition: EditionRow) -> Call:
    times = await call_of(edition.id)
    return Call(edition.state, times.opens, times.closes)


async def _category(edition_id: int, code: str) -> int:
    rows = await Category.select(Category.id).where(
        (Category.edition == edition_id) & (Category.code == code)
    )
    if not rows:
        raise Invalid({"category": _("Choose a category")})
    return int(rows[0]["id"])


async def _free_reference(prefix: str) -> str:
    """One that nobody has; the unique index has the last word."""
    while True:
        reference = ids.reference(prefix)
        if not await Entry.exists().where(Entry.reference == reference):
            return reference


async def _screened(actor: Actor, edition_id: int, reference: str) -> Entry:
    """For the secretariat and the screeners of its edition; a draft does not exist for them."""
    rows = await lock_rows(Entry.objects().where(Entry.reference == reference.upper()))
    if not rows or rows[0].edition != edition_id or rows[0].state == EntryState.DRAFT.value:
        raise NotFound
    edition = await edition_by_id(edition_id)
    if not may_screen(actor, edition.programme_id, edition_id):
        raise NotFound
    return rows[0]  # type: ignore[no-any-return]  # a row of Entry
