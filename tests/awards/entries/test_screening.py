"""Decisions whether entries are eligible, and what judges read of them."""

import pytest

from awards.actor import Actor, Grant
from awards.editions.tables import Question
from awards.entries import queries, services
from awards.entries.forms import (
    ChangeEntry,
    DecideEligibility,
    SaveAnswer,
    SubmitEntry,
)
from awards.entries.rules import EntryState
from awards.entries.tables import Entry, EntryVersion, ScreeningDecision
from awards.errors import Denied, Invalid, NotFound
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.scene import CLOCK, Scene, ready, scene, submitted
from tests.factories import AT


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
    (eligible,) = await queries.entries_of(s.season.edition_id, state=EntryState.ELIGIBLE)
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
    (version,) = await EntryVersion.select(EntryVersion.id)
    seen = await queries.version_for_judges(version["id"], blind=False)
    assert isinstance(seen, queries.JudgedEntry)
    assert [a.code for a in seen.answers] == ["summary", "mayor", "story"]
    blind = await queries.version_for_judges(version["id"], blind=True)
    assert [a.code for a in blind.answers] == ["summary", "story"]
    assert not isinstance(blind, queries.JudgedEntry)
    assert "Lindmere" not in repr(blind)
