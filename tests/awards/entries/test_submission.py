"""Submitting and withdrawing: the verbs on a database."""

import hashlib
import json

import pytest

from awards.editions.tables import Category, Edition, Question, QuestionCategory
from awards.entries import services
from awards.entries.forms import (
    ChangeEntry,
    SaveAnswer,
    SubmitEntry,
    WithdrawEntry,
)
from awards.entries.queries.queue import Asked, queue_of
from awards.entries.queries.receipts import receipt_of
from awards.entries.tables import Entry, EntryVersion
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.operations.queries_heads import Compared, compare
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.scene import CLOCK, GOOD, ready, scene, submitted
from tests.factories import AT


async def test_each_submission_is_a_whole_numbered_version_and_all_officials_hear() -> None:
    s = await scene()
    reference = await submitted(s)
    with pytest.raises(Invalid):
        await services.submit_entry(
            reference=reference, command=SubmitEntry(declared=True, version=2), actor=s.amina, clock=CLOCK
        )
    await services.change_entry(
        reference=reference,
        command=ChangeEntry(version=2, category="inclusive", title="Lower floors", lang="en"),
        actor=s.bao,
        clock=CLOCK,
    )
    (listed,) = await queue_of(s.season.edition_id, Asked(), s.amina.person_id, AT, limit=9)
    assert (listed.title, listed.number) == ("Low floors", 1)
    await services.submit_entry(
        reference=reference, command=SubmitEntry(declared=True, version=3), actor=s.bao, clock=CLOCK
    )
    (listed,) = await queue_of(s.season.edition_id, Asked(), s.amina.person_id, AT, limit=9)
    assert (listed.title, listed.number) == ("Lower floors", 2)
    rows = await EntryVersion.select(EntryVersion.body, EntryVersion.sha256).order_by(EntryVersion.number)
    for row in rows:
        assert row["sha256"] == hashlib.sha256(row["body"].encode()).hexdigest()
    assert json.loads(rows[0]["body"]) == {
        "title": "Low floors",
        "category": "inclusive",
        "lang": "en",
        "entrant": {
            "name": "Lindmere",
            "kind": "city",
            "country": "KR",
            "country_label": "Korea",
            "region": "Asia",
        },
        "answers": {"summary": GOOD[0]},
    }
    mails = await Message.select(Message.values).where(Message.template == "entry-submitted")
    assert len(mails) == 4
    # Each receipt carries the head of the trail where its own version is bound, and the mails the same.
    entry = (await Entry.select(Entry.id).where(Entry.reference == reference))[0]["id"]
    heads = [(await receipt_of(entry, number)).head for number in (1, 2)]
    assert [await compare(head) for head in heads] == [Compared.SAME, Compared.SAME]
    assert len(set(heads)) == 2
    assert {json.loads(mail["values"])["head"] for mail in mails} == set(heads)
    await EntryVersion.update({EntryVersion.sha256: "0" * 64}).where(EntryVersion.number == 2)
    assert (await receipt_of(entry, 2)).head == "", "the trail binds another"


async def test_nobody_submits_what_they_have_not_read() -> None:
    s = await scene()
    reference = await ready(s)
    with pytest.raises(Stale):
        await services.submit_entry(
            reference=reference,
            command=SubmitEntry(declared=True, version=1, seen="0" * 64),
            actor=s.amina,
            clock=CLOCK,
        )
    with pytest.raises(Stale):
        await services.submit_entry(
            reference=reference, command=SubmitEntry(declared=True, version=9), actor=s.amina, clock=CLOCK
        )


async def test_a_question_of_another_category_is_neither_asked_nor_submitted() -> None:
    s = await scene()
    green = await factories.add(
        Category, edition=s.season.edition_id, code="green", name="Green City", position=2
    )
    extra = await factories.add(
        Question,
        edition=s.season.edition_id,
        code="trees",
        label="How many trees?",
        kind="number",
        position=2,
    )
    await factories.add(QuestionCategory, question=extra, category=green)
    reference = await ready(s)
    save = SaveAnswer(version=0, answer=("12",))
    with pytest.raises(NotFound):
        await services.save_answer(
            reference=reference, code="trees", command=save, actor=s.amina, clock=CLOCK
        )
    await services.change_entry(
        reference=reference,
        command=ChangeEntry(version=1, category="green", title="Low floors", lang="en"),
        actor=s.amina,
        clock=CLOCK,
    )
    await services.save_answer(reference=reference, code="trees", command=save, actor=s.amina, clock=CLOCK)


@pytest.mark.parametrize("state", ["decided", "published", "archived"])
async def test_nothing_is_withdrawn_once_the_results_are_signed(state: str) -> None:
    s = await scene()
    reference = await submitted(s)
    await Edition.update({Edition.state: state}).where(Edition.id == s.season.edition_id)
    with pytest.raises(Denied, match="signed; write to the secretariat"):
        await services.withdraw_entry(
            reference=reference, command=WithdrawEntry(version=2, sure=True), actor=s.amina, clock=CLOCK
        )
    assert (await Entry.select(Entry.state))[0]["state"] == "submitted"


async def test_a_withdrawn_entry_is_withdrawn_for_good() -> None:
    s = await scene()
    reference = await submitted(s)
    with pytest.raises(Invalid):
        await services.withdraw_entry(
            reference=reference, command=WithdrawEntry(version=2), actor=s.amina, clock=CLOCK
        )
    sure = WithdrawEntry(version=2, sure=True)
    await services.withdraw_entry(reference=reference, command=sure, actor=s.amina, clock=CLOCK)
    with pytest.raises(Denied):
        await services.withdraw_entry(reference=reference, command=sure, actor=s.amina, clock=CLOCK)
    with pytest.raises(Denied):
        await services.submit_entry(
            reference=reference, command=SubmitEntry(declared=True, version=3), actor=s.amina, clock=CLOCK
        )
