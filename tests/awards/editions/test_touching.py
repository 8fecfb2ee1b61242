"""Whom a change of the form touches, and that no answer is ever lost by it."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from awards.actor import SYSTEM
from awards.clock import FixedClock
from awards.db import Transaction
from awards.editions import services
from awards.editions.document import EditionDocument, QuestionKind, QuestionPart
from awards.editions.queries import document_of, edition_by_id
from awards.editions.queries.answered import answered_in, count_answers
from awards.editions.reading import stored_edition
from awards.editions.services import apply_document
from awards.editions.tables import Question
from awards.editions.touching import Answered, NotSeen, Touched, digest_of, touched_by
from awards.entries.tables import Answer, Attachment
from awards.files.tables import StoredFile
from tests import factories
from tests.awards.editions.test_entry_form import ask, form
from tests.factories import AT, Season

CLOCK = FixedClock(AT)
FILE, ONE_OF, SEVERAL = QuestionKind.FILE, QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF
WORDS = "Buses that lower their floor."
OLD = form(
    ask("behalf", kind=QuestionKind.YES_OR_NO, required=False),
    ask("what", max_words=5),
    ask("stage", kind=ONE_OF, options=("Trial", "In use")),
    ask("proof", kind=FILE, most_files=2, required=False),
    ask("more", required=False, audience="public", hidden_when_blind=True),
)
ENTRIES = (
    Answered("D1", "a", False, {"what": WORDS, "stage": "Trial", "behalf": "no", "more": "x"}, {"proof": 2}),
    Answered("D2", "b", False, {"what": "Half", "behalf": "yes"}, {}),
    Answered("S1", "a", True, {"what": WORDS, "stage": "In use", "more": "y"}, {"proof": 1}),
)


def part(code: str, **more: Any) -> QuestionPart:
    return replace(next(one for one in OLD.questions if one.code == code), **more)


def with_part(code: str, **more: Any) -> EditionDocument:
    return replace(
        OLD, questions=tuple(part(code, **more) if one.code == code else one for one in OLD.questions)
    )


def without(*codes: str) -> EditionDocument:
    return replace(OLD, questions=tuple(one for one in OLD.questions if one.code not in codes))


def added(more: QuestionPart) -> EditionDocument:
    return replace(OLD, questions=(*OLD.questions, more))


LEAVES = "still read it, judges and the public do not"
MISFIT = "no longer fits"
MUST = "needs one before the entry can be submitted"
# What changes -> whom it touches, and what is said of it.
CASES: dict[str, tuple[EditionDocument, str, str]] = {
    "removed": (without("what"), "D1 D2 S1", "leaves the form"),
    "files removed": (without("proof"), "D1 S1", LEAVES),
    "narrowed to a category": (with_part("what", categories=("b",)), "D1 S1", "no longer asked in its category"),
    "another kind": (with_part("what", kind=QuestionKind.NUMBER, max_words=0), "D1 D2 S1", MISFIT),
    "a kind that takes it too": (with_part("stage", kind=SEVERAL), "", ""),
    "fewer words": (with_part("what", max_words=3), "D1 S1", MISFIT),
    "more words": (with_part("what", min_words=2), "D2", MISFIT),
    "more words at most": (with_part("what", max_words=9), "", ""),
    "an option less": (with_part("stage", options=("In use", "Planned")), "D1", MISFIT),
    "an option more": (with_part("stage", options=("Trial", "In use", "Planned")), "", ""),
    "fewer files": (with_part("proof", most_files=1), "D1", MISFIT),
    "asked only after an answer": (with_part("what", show_if=("behalf", "yes")), "D1 S1", "by the answer that it waits for"),
    "for judges only": (with_part("more", audience="judges"), "D1 S1", "The public no longer reads"),
    "for the secretariat only": (with_part("more", audience="secretariat"), "D1 S1", "Judges no longer read"),
    "for everybody": (with_part("what", audience="public"), "D1 D2 S1", "Everybody will read"),
    "no longer hidden": (with_part("more", hidden_when_blind=False), "D1 S1", "which was hidden from them"),
    "hidden": (with_part("stage", hidden_when_blind=True), "D1 S1", "is hidden from judges"),
    "other words": (with_part("stage", label="How far is it?"), "D1 S1", "under the words"),
    "help text": (with_part("stage", hint="Be honest.", section="Two"), "", ""),
    "required": (with_part("behalf", required=True), "S1", MUST),
    "optional": (with_part("stage", required=False), "", ""),
    "a required question more": (added(ask("why")), "D1 D2 S1", MUST),
    "an optional question more": (added(ask("why", required=False)), "", ""),
    "one more, asked of some": (added(ask("why", show_if=("behalf", "yes"))), "D2", MUST),
    "frozen": (with_part("stage", frozen_at=AT + timedelta(days=2)), "D1 D2 S1", "no longer change the answer from 2026-"),
    "another order": (replace(OLD, questions=OLD.questions[::-1]), "", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_whom_a_change_touches(what: str) -> None:
    new, references, text = CASES[what]
    found = touched_by(OLD, new, ENTRIES)
    assert " ".join(sorted(r for one in found for r in (*one.drafts, *one.submitted))) == references
    assert all(text in one.text for one in found)
    # References and what becomes of the answers, never a word of them.
    assert not any(WORDS in one.line or "Trial" in one.line for one in found)


def test_a_condition_that_goes_brings_answers_back() -> None:
    narrow = with_part("what", show_if=("behalf", "yes"))
    (back,) = touched_by(narrow, OLD, ENTRIES[:2])
    assert (back.drafts, back.submitted) == (("D1",), ())
    assert "comes back into the form" in back.text


def test_a_chain_of_conditions() -> None:
    second = replace(OLD, questions=(*with_part("stage", show_if=("behalf", "no")).questions,
                                     ask("when", show_if=("stage", "Trial"))))  # fmt: skip
    entries = (
        Answered("A", "a", False, {"behalf": "no", "stage": "Trial", "when": "May"}, {}),
        Answered("B", "a", False, {"behalf": "yes", "stage": "Trial", "when": "May"}, {}),
    )
    turned = replace(second, questions=tuple(
        replace(one, show_if=("behalf", "yes")) if one.code == "stage" else one for one in second.questions
    ))  # fmt: skip
    found = {(one.code, one.drafts): one.text for one in touched_by(second, turned, entries)}
    assert set(found) == {("stage", ("A",)), ("stage", ("B",)), ("when", ("A",)), ("when", ("B",))}


def test_what_was_seen_is_recognised() -> None:
    one = Touched("what", "It goes.", ("D1",), ())
    assert one.line == "touched: question “what”, 1 draft and 0 submitted entries: It goes. (D1)"
    assert digest_of(()) == ""
    assert digest_of([one]) == digest_of([one])
    assert digest_of([one]) != digest_of([replace(one, drafts=("D1", "D2"))])


# --- over the database ------------------------------------------------------------------------------------


async def answered(season: Season) -> dict[str, str]:
    """A draft, a submitted and a withdrawn entry with answers; the draft has a file too. Their references by state."""
    found = {state: f"WG26-{state.upper()}" for state in ("draft", "submitted", "withdrawn")}
    entries = {
        state: await factories.entry(season, state=state, reference=reference)
        for state, reference in found.items()
    }
    proof = await factories.add(
        Question,
        edition=season.edition_id,
        code="proof",
        kind="file",
        label="Proof?",
        required=False,
        position=2,
    )
    for number, removed in ((1, None), (2, AT)):
        stored = await factories.add(
            StoredFile, sha256=f"{number}", size=1, media_type="application/pdf", storage_key=f"k{number}"
        )
        await factories.add(
            Attachment,
            entry=entries["draft"],
            question=proof,
            number=number,
            file=stored,
            name="x.pdf",
            removed_at=removed,
        )
    return found


async def change(season: Season, new: EditionDocument, seen: str = "") -> None:
    version = (await edition_by_id(season.edition_id)).version
    await services.change_edition(
        edition_id=season.edition_id, document=new, version=version, actor=SYSTEM, clock=CLOCK, seen=seen
    )


async def test_an_answered_question_ends_and_can_come_back(tx: Transaction) -> None:
    season = await factories.season(state="draft")
    references = await answered(season)
    old = await document_of(season.edition_id)
    new = replace(old, questions=tuple(one for one in old.questions if one.code != "summary"))
    with pytest.raises(NotSeen) as refused:
        await change(season, new)
    (touched,) = refused.value.touched
    assert touched.drafts == (references["draft"],)
    assert touched.submitted == (references["submitted"],)
    assert "the secretariat still read it" in touched.text
    assert await document_of(season.edition_id) == old
    with pytest.raises(NotSeen):
        await change(season, new, seen="something else")
    await change(season, new, seen=digest_of(refused.value.touched))
    assert [one.code for one in (await document_of(season.edition_id)).questions] == ["proof"]
    # All answers are there, those of withdrawn entries too.
    assert await Answer.count().where(Answer.question == season.question_id) == 3
    (row,) = await Question.select(Question.ended_at).where(Question.id == season.question_id)
    assert row["ended_at"] == AT
    assert [one.code for one in (await stored_edition(season.edition_id)).ended_parts] == ["summary"]
    # With its code it is the same question again, and has its answers.
    with pytest.raises(NotSeen) as back:
        await change(season, old)
    assert all("comes back into the form" in one.text for one in back.value.touched)
    await change(season, old, seen=digest_of(back.value.touched))
    assert (await document_of(season.edition_id)) == old
    (row,) = await Question.select(Question.id, Question.ended_at).where(Question.code == "summary")
    assert (row["id"], row["ended_at"]) == (season.question_id, None)


async def test_a_question_with_files_ends_and_one_without_answers_goes(tx: Transaction) -> None:
    season = await factories.season(state="draft")
    references = await answered(season)
    assert await count_answers(season.edition_id) == {"summary": 3, "proof": 1}
    draft = next(one for one in await answered_in(season.edition_id) if not one.submitted)
    assert (draft.reference, draft.files) == (references["draft"], {"proof": 1})
    old = await document_of(season.edition_id)
    more = replace(old, questions=(*old.questions, ask("nobody", required=False)))
    await change(season, more)
    gone = replace(old, questions=old.questions[:1])
    with pytest.raises(NotSeen) as refused:
        await change(season, gone)
    (touched,) = refused.value.touched
    assert (touched.code, touched.drafts, touched.submitted) == ("proof", (references["draft"],), ())
    await change(season, gone, seen=digest_of(refused.value.touched))
    assert await Question.exists().where((Question.code == "proof") & Question.ended_at.is_not_null())
    assert not await Question.exists().where(Question.code == "nobody")


async def test_loading_a_document_says_whom_it_touches(tx: Transaction) -> None:
    season = await factories.season(state="draft")
    references = await answered(season)
    old = await document_of(season.edition_id)
    new = replace(old, questions=old.questions[1:])
    for dry_run in (True, False):
        done = await apply_document(document=new, actor=SYSTEM, clock=CLOCK, dry_run=dry_run)
        assert [one.code for one in done.touched] == ["summary"]
        assert references["draft"] in done.touched[0].line
    assert not (await apply_document(document=new, actor=SYSTEM, clock=CLOCK)).touched
