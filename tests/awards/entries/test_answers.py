"""Keeping answers: retries, earlier texts put back, what is frozen or not asked, first drafts in any language."""

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from awards.actor import Actor
from awards.audit.tables import Event, EventDetail
from awards.clock import Clock, FixedClock
from awards.editions.tables import Question
from awards.entries import queries, services
from awards.entries.answering import Frozen
from awards.entries.forms import RestoreAnswer, SaveAnswer, SaveWorkingText, SubmitEntry
from awards.entries.queries import AnswerRow
from awards.entries.tables import Answer, AnswerRevision, EntryVersion, WorkingText
from awards.errors import Denied, Invalid, NotFound, Stale
from tests import factories
from tests.awards.entries.scene import CLOCK, Scene, ready, scene
from tests.factories import AT

KEY, OTHER_KEY = "0" * 32, "1" * 32


async def save(
    s: Scene,
    reference: str,
    version: int,
    *answer: str,
    code: str = "summary",
    key: str = "",
    by: Actor | None = None,
    clock: Clock = CLOCK,
) -> services.Saved:
    command = SaveAnswer(version=version, answer=answer, draft=True, key=key)
    return await services.save_answer(
        reference=reference, code=code, command=command, actor=by or s.amina, clock=clock
    )


async def rows(s: Scene, reference: str) -> Mapping[str, AnswerRow]:
    entry = await queries.own_entry(s.amina, reference, AT)
    every = await queries.every_answer_of(entry.id, entry.edition_id, entry.category_id, AT)
    return {row.question.code: row for row in every}


async def question(s: Scene, code: str, kind: str, *, position: int = 2, **more: object) -> int:
    return await factories.add(
        Question, edition=s.season.edition_id, code=code, kind=kind, label=code, position=position, **more
    )


# --- retries -------------------------------------------------------------------------------------------


async def test_a_retry_never_learns_of_a_version_that_it_has_not_seen() -> None:
    """Else its next change would be written over what came in between."""
    s = await scene()
    reference = await ready(s)
    first = await save(s, reference, 1, "Amina.", key=KEY)
    await save(s, reference, 2, "Bao.", by=s.bao)
    again = await save(s, reference, 1, "Amina.", key=KEY)
    without_key = await save(s, reference, 1, "Amina.")
    assert (first.version, again.version, without_key.version) == (2, 2, 2)
    assert again.already
    assert without_key.already
    with pytest.raises(Stale):
        await save(s, reference, again.version, "Amina, more.")
    assert (await rows(s, reference))["summary"].value == "Bao."


async def test_a_key_is_one_save() -> None:
    s = await scene()
    reference = await ready(s)
    await save(s, reference, 1, "One.", key=KEY)
    with pytest.raises(Invalid, match="another save"):
        await save(s, reference, 1, "Two.", key=KEY)
    with pytest.raises(Invalid, match="another save"):
        await save(s, reference, 2, "One.", key=KEY)
    assert await AnswerRevision.count() == 2
    # Somebody else's key is their own.
    await save(s, reference, 2, "Two.", key=KEY, by=s.bao)


async def test_the_same_words_are_no_race() -> None:
    s = await scene()
    reference = await ready(s)
    await save(s, reference, 1, "The same.")
    assert (await save(s, reference, 1, "The same.", by=s.bao)).version == 2


# --- what is asked -------------------------------------------------------------------------------------


async def test_what_is_not_asked_is_kept_and_not_submitted() -> None:
    s = await scene()
    reference = await ready(s)
    await question(s, "law", "yes or no")
    await question(s, "which", "short text", position=3, show_if='["law","yes"]')
    assert not (await rows(s, reference))["which"].is_asked
    opened = await save(s, reference, 0, "yes", code="law")
    assert [each.code for each in opened.opened] == ["which"]
    with pytest.raises(Invalid) as told:
        await services.submit_entry(
            reference=reference, command=SubmitEntry(version=1, declared=True), actor=s.amina, clock=CLOCK
        )
    assert list(told.value.errors) == ["which"]
    await save(s, reference, 0, "The Ferries Act", code="which")
    closed = await save(s, reference, 1, "no", code="law")
    assert [each.code for each in closed.closed] == ["which"]
    # Another tab may still be open on it: what is typed there is kept too.
    await save(s, reference, 1, "The Ferries Act of 2024", code="which")
    await services.submit_entry(
        reference=reference, command=SubmitEntry(version=1, declared=True), actor=s.amina, clock=CLOCK
    )
    (version,) = await EntryVersion.select(EntryVersion.body)
    assert set(json.loads(version["body"])["answers"]) == {"summary", "law"}
    assert (await rows(s, reference))["which"].value == "The Ferries Act of 2024"


async def test_from_its_instant_on_a_frozen_answer_stays() -> None:
    s = await scene()
    reference = await ready(s)
    at = AT + timedelta(hours=1)
    await Question.update({Question.frozen_at: at}).where(Question.id == s.season.question_id)
    before = FixedClock(at - timedelta(milliseconds=1))
    await save(s, reference, 1, "In time.", key=KEY, clock=before)
    with pytest.raises(Frozen, match="10:00:00"):
        await save(s, reference, 2, "Late.", clock=FixedClock(at))
    with pytest.raises(Frozen):
        await services.restore_answer(
            reference=reference, code="summary", command=RestoreAnswer(version=2, revision=1), actor=s.amina,
            clock=FixedClock(at),
        )  # fmt: skip
    # The answer to a save that arrived in time is still given.
    assert (await save(s, reference, 1, "In time.", key=KEY, clock=FixedClock(at))).already
    entry = await queries.own_entry(s.amina, reference, at)
    (row,) = await queries.answers_of(entry.id, entry.edition_id, entry.category_id, at)
    assert (row.task, row.problem, row.value) == ("closed", "", "In time.")


async def test_what_was_frozen_without_an_answer_holds_nobody_up() -> None:
    """Nobody could mend it any more, and who starts after that instant could never submit."""
    s = await scene()
    reference = await ready(s)
    await question(s, "early", "short text", frozen_at=AT)
    await services.submit_entry(
        reference=reference, command=SubmitEntry(version=1, declared=True), actor=s.amina, clock=CLOCK
    )
    assert await EntryVersion.count() == 1


async def test_files_are_not_written() -> None:
    s = await scene()
    reference = await ready(s)
    await question(s, "letter", "file")
    with pytest.raises(NotFound):
        await save(s, reference, 0, "A letter", code="letter")


# --- history -------------------------------------------------------------------------------------------


async def test_an_earlier_text_becomes_the_newest_and_nothing_goes() -> None:
    s = await scene()
    reference = await ready(s)
    await save(s, reference, 1, "Second.", by=s.bao)
    with pytest.raises(Stale):
        await services.restore_answer(
            reference=reference, code="summary", command=RestoreAnswer(version=1, revision=1), actor=s.amina,
            clock=CLOCK,
        )  # fmt: skip
    command = RestoreAnswer(version=2, revision=1)
    saved = await services.restore_answer(
        reference=reference, code="summary", command=command, actor=s.amina, clock=CLOCK
    )
    assert (saved.version, saved.value) == (3, "Buses that lower their floor.")
    entry = await queries.own_entry(s.amina, reference, AT)
    found = await queries.revisions_of(entry.id, s.season.question_id)
    assert [(each.version, each.by) for each in found] == [
        (3, s.amina.name),
        (2, s.bao.name),
        (1, s.amina.name),
    ]
    with pytest.raises(NotFound):
        await services.restore_answer(
            reference=reference, code="summary", command=RestoreAnswer(version=3, revision=9), actor=s.amina,
            clock=CLOCK,
        )  # fmt: skip


# --- first drafts --------------------------------------------------------------------------------------


async def keep(s: Scene, reference: str, version: int, text: str, by: Actor, lang: str | None = "ko") -> int:
    command = SaveWorkingText(version=version, text=text, lang=lang)
    saved = await services.save_working_text(
        reference=reference, code="summary", command=command, actor=by, clock=CLOCK
    )
    return saved.version


async def test_a_first_draft_is_kept_like_an_answer_and_goes_nowhere() -> None:
    s = await scene()
    reference = await ready(s)
    assert await keep(s, reference, 0, "저상 버스", s.amina) == 1
    assert await keep(s, reference, 0, "저상 버스", s.amina) == 1
    with pytest.raises(Stale):
        await keep(s, reference, 0, "다른 글", s.bao)
    assert await keep(s, reference, 1, "저상 버스와 승강기", s.bao, lang=None) == 2
    (row,) = await WorkingText.select(WorkingText.text, WorkingText.lang)
    assert row == {"text": "저상 버스와 승강기", "lang": "ko"}
    await services.submit_entry(
        reference=reference, command=SubmitEntry(version=1, declared=True), actor=s.amina, clock=CLOCK
    )
    (version,) = await EntryVersion.select(EntryVersion.body)
    told = [*await Event.select(), *await EventDetail.select(), version]
    assert "버스" not in json.dumps(told, default=str, ensure_ascii=False)


async def test_a_first_draft_is_its_people_s_alone() -> None:
    s = await scene()
    reference = await ready(s)
    with pytest.raises(NotFound):
        await keep(s, reference, 0, "x", Actor(await factories.person(), "Nadia"))
    reader = Actor(await factories.person(), "Reader")
    await factories.official(reader.person_id, s.city, role="reader")
    with pytest.raises(Denied):
        await keep(s, reference, 0, "x", reader)
    await question(s, "cost", "number")
    with pytest.raises(NotFound):
        await services.save_working_text(
            reference=reference, code="cost", command=SaveWorkingText(version=0, text="x"), actor=s.amina,
            clock=CLOCK,
        )  # fmt: skip
    assert await WorkingText.count() == 0


async def test_each_save_is_one_revision_with_its_key() -> None:
    s = await scene()
    reference = await ready(s)
    await save(s, reference, 1, "Two.", key=KEY)
    await save(s, reference, 2, "Three.", key=OTHER_KEY)
    found = await AnswerRevision.select(AnswerRevision.operation).order_by(AnswerRevision.version)
    assert [row["operation"] for row in found] == ["", KEY, OTHER_KEY]
    assert (await Answer.select(Answer.version))[0]["version"] == 3
