"""Drafts and their answers: the verbs on a database."""

import pytest

from awards.actor import Actor
from awards.cities.tables import Official
from awards.editions.tables import Category, Question
from awards.entries import queries, services
from awards.entries.forms import (
    SaveAnswer,
    SubmitEntry,
    WithdrawEntry,
)
from awards.entries.queries.queue import Asked, queue_of
from awards.entries.rules import EntryState
from awards.entries.tables import AnswerRevision, Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from tests import factories
from tests.awards.entries.scene import CLOCK, GOOD, ready, scene
from tests.factories import AT


async def test_a_draft_has_a_reference_and_belongs_to_its_city() -> None:
    s = await scene()
    reference = await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    assert reference.startswith("WG26-")
    entry = await queries.own_entry(s.bao, reference.lower(), AT)
    assert (entry.state, entry.title, entry.counts_for) == (EntryState.DRAFT, "Low floors", s.city)
    with pytest.raises(NotFound):
        await queries.own_entry(Actor(await factories.person(), "Nadia"), reference, AT)
    assert await queue_of(s.season.edition_id, Asked(), s.amina.person_id, AT, limit=9) == []


async def test_readers_read_and_ended_officials_do_not() -> None:
    s = await scene()
    reference = await ready(s)
    reader = Actor(await factories.person(), "Reader")
    row = await factories.official(reader.person_id, s.city, role="reader")
    save = SaveAnswer(version=1, answer=("More.",))
    with pytest.raises(Denied):
        await services.save_answer(
            reference=reference, code="summary", command=save, actor=reader, clock=CLOCK
        )
    await Official.update({Official.until: AT}).where(Official.id == row)
    with pytest.raises(NotFound):
        await queries.own_entry(reader, reference, AT)


async def test_the_city_has_so_many_entries_and_a_withdrawn_one_makes_room() -> None:
    s = await scene(rules={"entries_per_city": "1"})
    reference = await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    firm = await factories.entrant("Lindmere Lifts", kind="firm", city=s.city)
    await factories.official(s.amina.person_id, firm)
    for entrant, said in ((s.city, "1 of 1"), (firm, "No place is left")):
        with pytest.raises(Invalid, match=said):
            await services.start_entry(
                command=s.start(entrant=entrant, title="Lifts"), actor=s.amina, clock=CLOCK
            )
    await services.withdraw_entry(
        reference=reference, command=WithdrawEntry(version=1, sure=True), actor=s.amina, clock=CLOCK
    )
    assert await services.start_entry(
        command=s.start(entrant=firm, title="Lifts"), actor=s.amina, clock=CLOCK
    )


async def test_one_practice_enters_one_category() -> None:
    s = await scene()
    await factories.add(Category, edition=s.season.edition_id, code="green", name="Green City", position=2)
    await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    with pytest.raises(Invalid) as told:
        await services.start_entry(
            command=s.start(category="green", title="Low  Floors!"), actor=s.amina, clock=CLOCK
        )
    assert "category" in told.value.errors


@pytest.mark.parametrize(
    ("more", "field"),
    [({"category": "none"}, "category"), ({"lang": "xx"}, "lang"), ({"entrant": 2**31 - 1}, "entrant")],
)
async def test_a_start_that_breaks_rules_stores_nothing(more: dict[str, object], field: str) -> None:
    s = await scene()
    with pytest.raises(Invalid) as told:
        await services.start_entry(command=s.start(**more), actor=s.amina, clock=CLOCK)
    assert list(told.value.errors) == [field]
    assert await Entry.count() == 0


async def test_each_change_of_an_answer_is_a_revision() -> None:
    s = await scene()
    reference = await ready(s)
    for version, text in ((1, "Second."), (2, "Third.")):
        saved = await services.save_answer(
            reference=reference,
            code="summary",
            command=SaveAnswer(version=version, answer=(text,)),
            actor=s.bao,
            clock=CLOCK,
        )
        assert saved.version == version + 1
    rows = await AnswerRevision.select(AnswerRevision.value).order_by(AnswerRevision.version)
    assert [row["value"] for row in rows] == [GOOD[0], "Second.", "Third."]


async def test_two_officials_on_one_draft_lose_nothing() -> None:
    s = await scene()
    reference = await ready(s)

    async def save(actor: Actor, text: str) -> services.Saved:
        return await services.save_answer(
            reference=reference,
            code="summary",
            command=SaveAnswer(version=1, answer=(text,)),
            actor=actor,
            clock=CLOCK,
        )

    first = await save(s.bao, "Bao's text.")
    with pytest.raises(Stale):
        await save(s.amina, "Amina's text.")
    again = await save(s.bao, "Bao's text.")
    assert (again.already, again.version) == (True, first.version)
    entry = await queries.own_entry(s.amina, reference, AT)
    (answer,) = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    assert (answer.value, answer.version, answer.by) == ("Bao's text.", 2, "Bao Tran")


async def test_a_retry_is_answered_from_its_revision_after_another_change() -> None:
    s = await scene()
    reference = await ready(s)

    async def save(actor: Actor, version: int, text: str) -> services.Saved:
        return await services.save_answer(
            reference=reference,
            code="summary",
            command=SaveAnswer(version=version, answer=(text,)),
            actor=actor,
            clock=CLOCK,
        )

    await save(s.amina, 1, "Once.")
    await save(s.bao, 2, "Then Bao.")
    assert (await save(s.amina, 1, "Once.")).already
    assert await AnswerRevision.count() == 3


async def test_limits_are_counted_here_and_a_draft_may_break_them() -> None:
    s = await scene()
    reference = await ready(s)
    await Question.update({Question.limits: '{"min_words": 3, "max_words": 4}'}).where(
        Question.id == s.season.question_id
    )

    async def save(text: str, *, draft: bool = False) -> services.Saved:
        return await services.save_answer(
            reference=reference,
            code="summary",
            command=SaveAnswer(version=1, answer=(text,), draft=draft),
            actor=s.amina,
            clock=CLOCK,
        )

    with pytest.raises(Invalid, match="at least 3 words; the answer has 2"):
        await save("two words")
    with pytest.raises(Invalid, match="at most 4 words; the answer has 5"):
        await save("one two three four five")
    await save("two words", draft=True)
    with pytest.raises(Invalid) as told:
        await services.submit_entry(
            reference=reference, command=SubmitEntry(declared=True, version=1), actor=s.amina, clock=CLOCK
        )
    assert list(told.value.errors) == ["summary"]
