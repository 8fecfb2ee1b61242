"""A person of the secretariat reads judges' words before they go out to a city."""

from datetime import datetime

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries import edition_by_id
from awards.editions.rules import may_run
from awards.editions.tables import Edition
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.publication.anonymity import struck
from awards.publication.feedback_facts import went_out
from awards.publication.forms_words import ReviewNote
from awards.publication.tables import NoteReview
from awards.publication.words_to_cities import STRUCK, Note, notes_of, still_tells
from awards.results.queries import conflicted_categories
from awards.web.i18n import _
from judging import canonical_bytes


async def review_note(*, command: ReviewNote, actor: Actor, clock: Clock) -> None:
    """Given as they are, given without some words, or left out. It counts for these very words only."""
    now = clock.now()
    async with transaction():
        edition = await edition_by_id(command.edition_id)
        if may_run(actor, edition.programme_id, edition.id):
            raise NotFound
        await lock_rows(Edition.select(Edition.id).where(Edition.id == edition.id))
        if await went_out(edition.id, now):
            raise Denied(
                "gone out",
                _("What judges say has gone out to the cities. A correction of the results sends it anew."),
            )
        note = await _note(command, actor, now)
        words = _words(command, note)
        if command.outcome == STRUCK and (reasons := await still_tells(edition.id, note, words)):
            raise Invalid(
                {"struck": _("What is left still %(reasons)s: strike more words", reasons=", ".join(reasons))}
            )
        values = {
            NoteReview.note_sha256: note.sha256,
            NoteReview.outcome: command.outcome,
            NoteReview.struck: canonical_bytes(list(words)).decode(),
            NoteReview.reason: command.reason,
            NoteReview.by: actor.person_id,
        }
        known = (
            await NoteReview.update(values)
            .where(NoteReview.scoresheet == note.sheet_id)
            .returning(NoteReview.id)
        )
        if not known:
            await NoteReview(
                scoresheet=note.sheet_id,
                note_sha256=note.sha256,
                outcome=command.outcome,
                struck=canonical_bytes(list(words)).decode(),
                reason=command.reason,
                by=actor.person_id,
                created_at=now,
            ).save()
        await record(
            Action.NOTE_REVIEWED,
            actor=actor,
            at=now,
            subject=("scoresheet", note.sheet_id),
            edition_id=edition.id,
            as_role="secretariat",
            after={"words": note.sha256, "outcome": command.outcome, "struck": len(words)},
            reason=command.reason,
        )


async def _note(command: ReviewNote, actor: Actor, now: datetime) -> Note:
    hidden = await conflicted_categories(command.edition_id, actor.person_id, now)
    note = next((one for one in await notes_of(command.edition_id) if one.sheet_id == command.sheet_id), None)
    if note is None or note.category in hidden:
        raise NotFound
    if note.seen != command.seen:
        raise Stale
    return note


def _words(command: ReviewNote, note: Note) -> tuple[str, ...]:
    if command.outcome != STRUCK:
        return ()
    words = tuple(dict.fromkeys(filter(None, (one.strip() for one in command.struck.splitlines()))))
    if not words:
        raise Invalid({"struck": _("Enter the words to strike, those that belong together on one line")})
    for word in words:
        if struck(note.text, [word]) == note.text:
            raise Invalid({"struck": _("“%(word)s” does not stand in the text", word=word[:80])})
    return words
