"""Drafts, submission and its deadline, withdrawal, screening: the verbs on a database."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from awards.actor import Actor, Grant
from awards.audit.tables import Event
from awards.cities.tables import Official
from awards.clock import FixedClock
from awards.editions.tables import Category, Question, QuestionCategory
from awards.entries import queries, services
from awards.entries.forms import (
    ChangeEntry,
    DecideEligibility,
    SaveAnswer,
    StartEntry,
    SubmitEntry,
    WithdrawEntry,
)
from awards.entries.rules import EntryState, Late
from awards.entries.tables import AnswerRevision, Entry, EntryVersion, ScreeningDecision
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from tests import factories
from tests.factories import AT, DAY, Season

CLOCK = FixedClock(AT)
GOOD = ("Buses that lower their floor.",)


@dataclass
class Scene:
    season: Season
    city: int
    amina: Actor
    bao: Actor

    def start(self, **more: object) -> StartEntry:
        values = {"edition": f"{self.season.programme}/{self.season.edition}", "entrant": self.city,
                  "category": "inclusive", "title": "Low floors", **more}  # fmt: skip
        return StartEntry.model_validate(values)


async def scene(**more: object) -> Scene:
    season = await factories.season(**more)  # type: ignore[arg-type]  # whatever a season takes
    city = await factories.entrant("Lindmere", kind="city")
    people = []
    for name in ("Amina Okoro", "Bao Tran"):
        people.append(Actor(await factories.person(name), name))
        await factories.official(people[-1].person_id, city)
    return Scene(season, city, *people)


async def ready(s: Scene) -> str:
    """A draft that may be submitted."""
    reference = await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    await services.save_answer(
        reference=reference,
        code="summary",
        command=SaveAnswer(version=0, answer=GOOD),
        actor=s.amina,
        clock=CLOCK,
    )
    return reference


async def submitted(s: Scene) -> str:
    reference = await ready(s)
    await services.submit_entry(
        reference=reference, command=SubmitEntry(version=1), actor=s.amina, clock=CLOCK
    )
    return reference


async def actions() -> list[str]:
    return [row["action"] for row in await Event.select(Event.action).order_by(Event.seq)]


# --- drafts --------------------------------------------------------------------------------------------


async def test_a_draft_has_a_reference_and_belongs_to_its_city() -> None:
    s = await scene()
    reference = await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)
    assert reference.startswith("WG26-")
    entry = await queries.own_entry(s.bao, reference.lower(), AT)
    assert (entry.state, entry.title, entry.counts_for) == (EntryState.DRAFT, "Low floors", s.city)
    with pytest.raises(NotFound):
        await queries.own_entry(Actor(await factories.person(), "Nadia"), reference, AT)
    assert await queries.entries_of(s.season.edition_id) == []


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
    for entrant in (s.city, firm):
        with pytest.raises(Invalid, match="1 of 1"):
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
            reference=reference, command=SubmitEntry(version=1), actor=s.amina, clock=CLOCK
        )
    assert list(told.value.errors) == ["summary"]


# --- the deadline --------------------------------------------------------------------------------------

ZONES = ("Asia/Seoul", "America/Sao_Paulo", "Pacific/Chatham")
MS = timedelta(milliseconds=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("off", "is_in"), [(-MS, True), (timedelta(0), False), (MS, False)])
async def test_in_time_is_before_the_instant(zone: str, off: timedelta, is_in: bool) -> None:
    closes = datetime(2026, 3, 31, 23, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    s = await scene(closes=closes, zone=zone)
    reference = await ready(s)
    clock = FixedClock((closes + off).astimezone(ZoneInfo(zone)))
    submit = SubmitEntry(version=1)
    if is_in:
        number = await services.submit_entry(reference=reference, command=submit, actor=s.amina, clock=clock)
        (version,) = await queries.versions_of((await queries.own_entry(s.amina, reference, AT)).id)
        assert (number, version.number, version.arrived_at) == (1, 1, closes + off)
        return
    with pytest.raises(Late):
        await services.submit_entry(reference=reference, command=submit, actor=s.amina, clock=clock)
    assert (await actions())[-1] == "entry refused as late"
    assert await EntryVersion.count() == 0


@pytest.mark.parametrize("off", [timedelta(0), MS])
async def test_nothing_of_an_entry_changes_from_the_deadline_on(off: timedelta) -> None:
    s = await scene()
    reference = await ready(s)
    late = FixedClock(AT + 30 * DAY + off)
    tries: list[Callable[[], object]] = [
        lambda: services.start_entry(command=s.start(title="Other"), actor=s.amina, clock=late),
        lambda: services.save_answer(
            reference=reference,
            code="summary",
            command=SaveAnswer(version=1, answer=("Late.",), draft=True),
            actor=s.amina,
            clock=late,
        ),
        lambda: services.change_entry(
            reference=reference,
            command=ChangeEntry(version=1, category="inclusive", title="Late", lang="en"),
            actor=s.amina,
            clock=late,
        ),
    ]
    for act in tries:
        with pytest.raises(Late):
            await act()  # type: ignore[misc]  # each gives a coroutine
        assert (await actions())[-1] == "entry refused as late"
    entry = await queries.own_entry(s.amina, reference, AT)
    (answer,) = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    assert (entry.title, answer.value) == ("Low floors", GOOD[0])


@pytest.mark.parametrize(("off", "is_open"), [(-MS, False), (timedelta(0), True)])
async def test_the_call_begins_at_its_instant(off: timedelta, is_open: bool) -> None:
    s = await scene(opens=AT)
    clock = FixedClock(AT + off)
    if is_open:
        assert await services.start_entry(command=s.start(), actor=s.amina, clock=clock)
        return
    with pytest.raises(Denied) as told:
        await services.start_entry(command=s.start(), actor=s.amina, clock=clock)
    assert told.value.code == "not open"


@pytest.mark.parametrize("state", ["draft", "judging", "published"])
async def test_an_edition_in_another_state_takes_nothing(state: str) -> None:
    s = await scene(state=state)
    with pytest.raises(Denied):
        await services.start_entry(command=s.start(), actor=s.amina, clock=CLOCK)


# --- submitting ----------------------------------------------------------------------------------------


async def test_each_submission_is_a_whole_numbered_version_and_all_officials_hear() -> None:
    s = await scene()
    reference = await submitted(s)
    with pytest.raises(Invalid):
        await services.submit_entry(
            reference=reference, command=SubmitEntry(version=2), actor=s.amina, clock=CLOCK
        )
    await services.change_entry(
        reference=reference,
        command=ChangeEntry(version=2, category="inclusive", title="Lower floors", lang="en"),
        actor=s.bao,
        clock=CLOCK,
    )
    (listed,) = await queries.entries_of(s.season.edition_id)
    assert (listed.title, listed.number) == ("Low floors", 1)
    await services.submit_entry(reference=reference, command=SubmitEntry(version=3), actor=s.bao, clock=CLOCK)
    (listed,) = await queries.entries_of(s.season.edition_id)
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
    assert await Message.count().where(Message.template == "entry-submitted") == 4


async def test_nobody_submits_what_they_have_not_read() -> None:
    s = await scene()
    reference = await ready(s)
    with pytest.raises(Stale):
        await services.submit_entry(
            reference=reference, command=SubmitEntry(version=1, seen="0" * 64), actor=s.amina, clock=CLOCK
        )
    with pytest.raises(Stale):
        await services.submit_entry(
            reference=reference, command=SubmitEntry(version=9), actor=s.amina, clock=CLOCK
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
            reference=reference, command=SubmitEntry(version=3), actor=s.amina, clock=CLOCK
        )


# --- screening -----------------------------------------------------------------------------------------


async def desk(s: Scene, role: str = "secretariat") -> Actor:
    return Actor(await factories.person(), "Eun-ji", grants=frozenset({Grant(role, s.season.scope)}))


async def test_a_decision_reaches_the_city_with_its_reason_and_one_appeal_follows() -> None:
    s = await scene()
    reference = await submitted(s)
    secretariat = await desk(s)

    async def decide(version: int, outcome: EntryState, reason: str = "") -> int:
        return await services.decide_eligibility(
            edition_id=s.season.edition_id,
            reference=reference,
            command=DecideEligibility(version=version, outcome=outcome, reason=reason),
            actor=secretariat,
            clock=CLOCK,
        )

    with pytest.raises(Invalid):
        await decide(2, EntryState.INELIGIBLE)
    assert await decide(2, EntryState.INELIGIBLE, "Not in use yet.") == 1
    entry = await queries.own_entry(s.amina, reference, AT)
    assert (entry.state, entry.reason) == (EntryState.INELIGIBLE, "Not in use yet.")
    assert await Message.count().where(Message.template == "entry-ineligible") == 2
    assert await decide(3, EntryState.ELIGIBLE, "In use since May.") == 2
    (eligible,) = await queries.eligible_entries(s.season.edition_id)
    assert eligible.reference == reference
    with pytest.raises(Denied):
        await decide(4, EntryState.INELIGIBLE, "Again.")
    assert await ScreeningDecision.count() == 2


async def test_the_last_submission_is_what_is_decided_on() -> None:
    s = await scene()
    reference = await submitted(s)
    await services.change_entry(
        reference=reference,
        command=ChangeEntry(version=2, category="inclusive", title="Never submitted", lang="en"),
        actor=s.amina,
        clock=CLOCK,
    )
    await services.decide_eligibility(
        edition_id=s.season.edition_id,
        reference=reference,
        command=DecideEligibility(version=3, outcome=EntryState.ELIGIBLE),
        actor=await desk(s, "screener"),
        clock=CLOCK,
    )
    assert (await Entry.select(Entry.title))[0]["title"] == "Low floors"


@pytest.mark.parametrize("role", ["auditor", "admin"])
async def test_others_do_not_screen(role: str) -> None:
    s = await scene()
    reference = await submitted(s)
    with pytest.raises(NotFound):
        await services.decide_eligibility(
            edition_id=s.season.edition_id,
            reference=reference,
            command=DecideEligibility(version=2, outcome=EntryState.ELIGIBLE),
            actor=await desk(s, role),
            clock=CLOCK,
        )


async def test_drafts_are_unknown_to_the_desk() -> None:
    s = await scene()
    reference = await ready(s)
    with pytest.raises(NotFound):
        await services.decide_eligibility(
            edition_id=s.season.edition_id,
            reference=reference,
            command=DecideEligibility(version=1, outcome=EntryState.ELIGIBLE),
            actor=await desk(s),
            clock=CLOCK,
        )


# --- what judges read ----------------------------------------------------------------------------------


async def test_judges_read_only_what_is_for_them() -> None:
    s = await scene()
    for position, (code, audience, hidden) in enumerate(
        [("budget", "secretariat", False), ("mayor", "judges", True), ("story", "public", False)], start=2
    ):
        await factories.add(
            Question, edition=s.season.edition_id, code=code, label=code, kind="short text",
            position=position, audience=audience, hidden_when_blind=hidden,
        )  # fmt: skip
    reference = await ready(s)
    for code in ("budget", "mayor", "story"):
        await services.save_answer(
            reference=reference,
            code=code,
            command=SaveAnswer(version=0, answer=(f"secret {code}",)),
            actor=s.amina,
            clock=CLOCK,
        )
    await services.submit_entry(
        reference=reference, command=SubmitEntry(version=1), actor=s.amina, clock=CLOCK
    )
    (row,) = await queries.entries_of(s.season.edition_id)
    seen = await queries.version_for_judges(row.version_id, blind=False)
    assert isinstance(seen, queries.JudgedEntry)
    assert [a.code for a in seen.answers] == ["summary", "mayor", "story"]
    blind = await queries.version_for_judges(row.version_id, blind=True)
    assert [a.code for a in blind.answers] == ["summary", "story"]
    assert not isinstance(blind, queries.JudgedEntry)
    assert "Lindmere" not in repr(blind)
