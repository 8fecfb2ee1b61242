"""Asking the city about its submission: what is asked opens again, and its answer is a new submission."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import in_transaction, transaction
from awards.editions.setup import Answers
from awards.entries import queries
from awards.entries.asking import LateAnswer, OpenEnquiry, codes_text, due_problem, reminder_at
from awards.entries.forms_screening import AnswerEnquiry, AskCity, EndEnquiry
from awards.entries.queries import OwnEntry
from awards.entries.queries.enquiries import answered
from awards.entries.rules import EntryState
from awards.entries.screening import OPEN_TO_ASKING, Standing
from awards.entries.steps import CITY_OFFICIAL, keep_late, must_write, own_locked, step
from awards.entries.steps_screening import (
    case_of,
    drop_reminders,
    end_enquiries,
    end_requests,
    tell_city,
)
from awards.entries.tables import Enquiry, EntryVersion
from awards.errors import Denied, Invalid, Stale
from awards.outbox.services import enqueue
from awards.web.i18n import _
from awards.web.words import utc


async def ask_city(
    *, edition_id: int, reference: str, command: AskCity, actor: Actor, clock: Clock
) -> datetime:
    """Until the instant that it returns the city can change its answers to these questions, and nothing else."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        entry = case.entry
        if entry.version != command.version or entry.standing not in OPEN_TO_ASKING | {Standing.OVERDUE}:
            raise Stale
        answers = Answers({"due": command.due}, case.edition.zone)
        due = answers.moment("due")
        problems = dict(answers.errors)
        if not problems and (problem := due_problem(due, now)):
            problems["due"] = problem
        rows = await queries.answers_of(entry.id, edition_id, entry.category_id)
        known = [row.question.code for row in rows]
        if not command.questions or not set(command.questions) <= set(known):
            problems["questions"] = _("Choose the answers that the city can change")
        if not command.text:
            problems["text"] = _("Write what you ask; the city reads it")
        if problems:
            raise Invalid(problems)
        codes = [code for code in known if code in command.questions]
        await end_enquiries(entry.id, now)
        await end_requests(entry.id, now)
        enquiry = Enquiry(
            entry=entry.id,
            questions=codes_text(codes),
            text=command.text,
            due=due,
            by=actor.person_id,
            created_at=now,
        )
        await enquiry.save()
        await tell_city(entry, "entry-asked", now, key=str(enquiry.id), due=utc(due))
        await tell_city(
            entry,
            "entry-asked-reminder",
            now,
            key=str(enquiry.id),
            not_before=reminder_at(now, due),
            due=utc(due),
        )
        await record(
            Action.CITY_ASKED,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            after={"questions": codes, "text": command.text, "due": due.isoformat(), "number": entry.number},
        )
    return due


async def end_enquiry(
    *, edition_id: int, reference: str, command: EndEnquiry, actor: Actor, clock: Clock
) -> None:
    """The desk goes on without an answer: what was open to the city closes."""
    now = clock.now()
    async with transaction():
        case = await case_of(actor, edition_id, reference, now)
        entry = case.entry
        if entry.enquiry is None or entry.enquiry.id != command.enquiry:
            raise Stale
        await end_enquiries(entry.id, now)
        await record(
            Action.ENQUIRY_ENDED,
            actor=actor,
            at=now,
            subject=("entry", entry.id),
            edition_id=edition_id,
            as_role=case.as_role,
            before={"enquiry": command.enquiry, "due": entry.enquiry.due.isoformat()},
        )


async def answer_enquiry(*, reference: str, command: AnswerEnquiry, actor: Actor, clock: Clock) -> int:
    """The city sends its answer; returns the number of the submission that stands now."""
    now = clock.now()
    number, late = 0, None
    async with transaction():
        entry = await own_locked(actor, reference, now)
        must_write(entry)
        enquiry = _open(entry, command.enquiry)
        if now >= enquiry.due:
            late = LateAnswer(enquiry.due)
            await keep_late(
                late, entry.edition_id, entry.entrant_id, actor, now, tried="answer", entry_id=entry.id
            )
        else:
            number = await _answer(entry, enquiry, command, actor, now)
    if late is not None:
        raise late
    return number


async def _answer(
    entry: OwnEntry, enquiry: OpenEnquiry, command: AnswerEnquiry, actor: Actor, now: datetime
) -> int:
    answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    new = await answered(entry, enquiry, answers)
    if command.seen != new.sha256:
        raise Stale
    problems = {
        row.question.code: row.problem
        for row in answers
        if row.question.code in enquiry.codes and row.problem
    }
    if not problems and not new.is_new and not command.reply:
        problems["reply"] = _("Change an answer, or write what you answer")
    if problems:
        raise Invalid(problems)
    number, version_id = entry.submitted, None
    if new.is_new:
        number += 1
        rows = await EntryVersion.insert(
            EntryVersion(
                entry=entry.id,
                number=number,
                body=new.body,
                sha256=new.sha256,
                arrived_at=now,
                by=actor.person_id,
                created_at=now,
            )
        )
        version_id = rows[0]["id"]
    await Enquiry.update(
        {
            Enquiry.reply: command.reply,
            Enquiry.answered_at: now,
            Enquiry.answered_by: actor.person_id,
            Enquiry.entry_version: version_id,
        }
    ).where(Enquiry.id == enquiry.id)
    await step(entry, entry.version, {})
    await drop_reminders(enquiry.id)
    await _tell_who_asked(entry, enquiry.id, now)
    await record(
        Action.CITY_ANSWERED,
        actor=actor,
        at=now,
        subject=("entry", entry.id),
        edition_id=entry.edition_id,
        as_role=CITY_OFFICIAL,
        before={"number": entry.submitted, "sha256": entry.submitted_sha256},
        after={"number": number, "sha256": new.sha256, "reply": command.reply},
    )
    return number


def _open(entry: OwnEntry, enquiry_id: int) -> OpenEnquiry:
    enquiry = entry.enquiry
    if enquiry is None or enquiry.id != enquiry_id or entry.state is not EntryState.SUBMITTED:
        raise Denied("not asked", _("This question is answered, or was taken back. Open the entry again."))
    return enquiry


async def _tell_who_asked(entry: OwnEntry, enquiry_id: int, now: datetime) -> None:
    """That there is an answer, to who asked; the city never learns who that is."""
    assert in_transaction()
    rows = await Enquiry.raw(
        'SELECT p.id, p.name, p.lang, m.address FROM enquiry q JOIN person p ON p.id = q."by"'
        " JOIN email_address m ON m.person = p.id AND m.is_primary"
        " WHERE q.id = {} AND p.disabled_at IS NULL AND p.erased_at IS NULL",
        enquiry_id,
    )
    for person in rows:
        await enqueue(
            "entry-answered",
            to=person["address"],
            at=now,
            dedupe_key=f"entry-answered:{enquiry_id}:{person['id']}",
            lang=person["lang"],
            values={
                "name": person["name"],
                "reference": entry.reference,
                "link": f"/desk/{entry.programme}/{entry.edition}/entries/{entry.reference}",
            },
            edition_id=entry.edition_id,
        )
