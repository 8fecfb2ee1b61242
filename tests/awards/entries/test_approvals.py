"""A firm enters on behalf of a city: the city's word, the letter, and the secretariat's record. On a database."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from awards.actor import Actor, Grant
from awards.audit.actions import Action
from awards.clock import FixedClock
from awards.editions.tables import Question
from awards.entries import queries, services
from awards.entries.facts import CityWord, Rule, RuleRow, RuleState
from awards.entries.forms import SaveAnswer, SubmitEntry, WithdrawEntry
from awards.entries.forms_approval import ApproveEntry, DeclineEntry, RecordApproval
from awards.entries.queries import approvals
from awards.entries.rules import Late
from awards.entries.services.approvals import approve_entry, decline_entry, record_approval
from awards.entries.tables import Attachment, EntryConsent, LateTry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.files.tables import StoredFile
from awards.invariants.entries import cities_keep_their_number
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.scene import CLOCK, GOOD, Scene, actions, scene
from tests.factories import AT, DAY

YES = ApproveEntry(sure=True)
TOO_LATE = FixedClock(AT + 30 * DAY)
LAST_MOMENT = FixedClock(AT + 30 * DAY - timedelta(milliseconds=1))


@dataclass
class Behalf:
    """Lindmere's two officials, and Faye of a firm whose draft waits for Lindmere."""

    s: Scene
    firm: int
    faye: Actor
    reference: str

    async def submit(self) -> int:
        command = SubmitEntry(version=1, declared=True)
        return await services.submit_entry(
            reference=self.reference, command=command, actor=self.faye, clock=CLOCK
        )

    async def approval(self) -> RuleRow:
        entry = await queries.own_entry(self.faye, self.reference, AT)
        answers = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
        _facts, rows = await queries.standing_of(entry, answers, AT)
        return next(row for row in rows if row.rule is Rule.APPROVAL)

    async def seen(self) -> int:
        return (await approvals.one_on_behalf(self.s.amina, self.reference, AT)).seen


async def behalf(*, own: int = 0, **rules: str) -> Behalf:
    s = await scene(rules={"city_approval": "yes", **rules})
    for number in range(own):
        await services.start_entry(command=s.start(title=f"Own {number}"), actor=s.amina, clock=CLOCK)
    firm = await factories.entrant("Lindmere Lifts", kind="firm", city=s.city)
    faye = Actor(await factories.person("Faye Lund"), "Faye Lund")
    await factories.official(faye.person_id, firm)
    reference = await services.start_entry(
        command=s.start(entrant=firm, title="Lifts"), actor=faye, clock=CLOCK
    )
    await services.save_answer(
        reference=reference,
        code="summary",
        command=SaveAnswer(version=0, answer=GOOD),
        actor=faye,
        clock=CLOCK,
    )
    return Behalf(s, firm, faye, reference)


async def mails() -> list[str]:
    return sorted(row["template"] for row in await Message.select(Message.template))


async def test_the_city_is_asked_approves_and_the_entry_is_sent() -> None:
    b = await behalf()
    assert await mails() == ["city-approval-asked"] * 2
    assert "Waits for Lindmere" in (await b.approval()).text
    with pytest.raises(Invalid, match="Waits for Lindmere"):
        await b.submit()
    await approve_entry(reference=b.reference, command=YES, actor=b.s.amina, clock=CLOCK)
    assert "city-approval-given" in await mails()
    assert (await b.approval()).state is RuleState.HOLDS
    assert await b.submit() == 1
    assert Action.CITY_APPROVED.value in await actions()


async def test_only_officials_of_the_city_who_write_answer_and_others_see_nothing() -> None:
    b = await behalf()
    reader = Actor(await factories.person("Reader"), "Reader")
    await factories.official(reader.person_id, b.s.city, role="reader")
    assert [one.reference for one in await approvals.on_behalf(reader, AT)] == [b.reference]
    with pytest.raises(Denied):
        await approve_entry(reference=b.reference, command=YES, actor=reader, clock=CLOCK)
    for stranger in (b.faye, Actor(await factories.person("Nadia"), "Nadia")):
        assert await approvals.on_behalf(stranger, AT) == []
        with pytest.raises(NotFound):
            await approve_entry(reference=b.reference, command=YES, actor=stranger, clock=CLOCK)
    with pytest.raises(NotFound):
        await queries.own_entry(b.s.amina, b.reference, AT)


async def test_a_city_declines_with_a_reason_and_can_change_its_mind() -> None:
    b = await behalf()
    with pytest.raises(Invalid, match="Write the reason"):
        await decline_entry(reference=b.reference, command=DeclineEntry(), actor=b.s.amina, clock=CLOCK)
    no = DeclineEntry(reason="Not our lifts.")
    await decline_entry(reference=b.reference, command=no, actor=b.s.amina, clock=CLOCK)
    assert "Not our lifts." in (await b.approval()).text
    with pytest.raises(Invalid, match="Not our lifts"):
        await b.submit()
    with pytest.raises(Stale):
        await approve_entry(reference=b.reference, command=YES, actor=b.s.bao, clock=CLOCK)
    yes = ApproveEntry(seen=await b.seen(), sure=True)
    await approve_entry(reference=b.reference, command=yes, actor=b.s.bao, clock=CLOCK)
    assert await b.submit() == 1
    assert await EntryConsent.count().where(EntryConsent.ended_at.is_null()) == 2  # and the declaration


async def test_an_approval_is_taken_back_until_the_deadline_and_what_was_sent_stays() -> None:
    b = await behalf()
    await approve_entry(reference=b.reference, command=YES, actor=b.s.amina, clock=CLOCK)
    await b.submit()
    back = DeclineEntry(seen=await b.seen(), reason="The mayor says no.")
    with pytest.raises(Late):
        await decline_entry(reference=b.reference, command=back, actor=b.s.amina, clock=TOO_LATE)
    assert [row["tried"] for row in await LateTry.select(LateTry.tried)] == ["decline"]
    await decline_entry(reference=b.reference, command=back, actor=b.s.amina, clock=LAST_MOMENT)
    entry = await approvals.one_on_behalf(b.s.amina, b.reference, AT)
    assert (entry.word, entry.state) == (CityWord.DECLINED, "submitted")
    assert "The mayor says no." in (await b.approval()).text


async def test_an_approval_takes_a_place_and_a_refusal_gives_it_back() -> None:
    b = await behalf(own=1, entries_per_city="2")
    await approve_entry(reference=b.reference, command=YES, actor=b.s.amina, clock=CLOCK)
    with pytest.raises(Invalid, match="2 of 2"):
        await services.start_entry(command=b.s.start(title="Third"), actor=b.s.amina, clock=CLOCK)
    back = DeclineEntry(seen=await b.seen(), reason="We want the place.")
    await decline_entry(reference=b.reference, command=back, actor=b.s.amina, clock=CLOCK)
    third = await services.start_entry(command=b.s.start(title="Third"), actor=b.s.amina, clock=CLOCK)
    assert await cities_keep_their_number.broken() == []
    again = ApproveEntry(seen=await b.seen(), sure=True)
    with pytest.raises(Invalid, match="No place is left"):
        await approve_entry(reference=b.reference, command=again, actor=b.s.amina, clock=CLOCK)
    await services.withdraw_entry(
        reference=third, command=WithdrawEntry(version=1, sure=True), actor=b.s.amina, clock=CLOCK
    )
    await approve_entry(reference=b.reference, command=again, actor=b.s.amina, clock=CLOCK)


async def test_a_letter_stands_in_for_the_click_and_takes_a_place_once_it_is_sent() -> None:
    b = await behalf(own=1, entries_per_city="2", letter_question="letter")
    question = await factories.add(
        Question, edition=b.s.season.edition_id, section="", code="letter", kind="file", label="Letter of the city",
        required=False, position=9,
    )  # fmt: skip
    assert "Letter of the city" in (await b.approval()).text
    entry = await queries.own_entry(b.faye, b.reference, AT)
    file = await factories.add(
        StoredFile, sha256="0" * 64, size=3, media_type="application/pdf", storage_key="k", state="ready"
    )
    await factories.add(
        Attachment, entry=entry.id, question=question, file=file, name="letter.pdf", number=1, alt="A letter"
    )
    assert (await b.approval()).state is RuleState.HOLDS
    # Its own second entry does not wait for the draft, and then the letter comes too late.
    second = await services.start_entry(command=b.s.start(title="Second"), actor=b.s.amina, clock=CLOCK)
    with pytest.raises(Invalid, match="No place is left"):
        await b.submit()
    await services.withdraw_entry(
        reference=second, command=WithdrawEntry(version=1, sure=True), actor=b.s.amina, clock=CLOCK
    )
    assert await b.submit() == 1
    with pytest.raises(Invalid, match="2 of 2"):
        await services.start_entry(command=b.s.start(title="Third"), actor=b.s.amina, clock=CLOCK)


async def test_the_secretariat_records_what_a_city_without_account_said() -> None:
    b = await behalf()
    season = b.s.season
    eun_ji = Actor(
        await factories.person("Eun-ji"), "Eun-ji", grants=frozenset({Grant("secretariat", season.scope)})
    )
    told = RecordApproval(way="letter", reason="Letter of 3 March, signed by the mayor.")
    with pytest.raises(NotFound):
        await record_approval(
            edition_id=season.edition_id, reference=b.reference, command=told, actor=b.s.amina, clock=CLOCK
        )
    for wrong in (RecordApproval(way="letter"), RecordApproval(way="dream", reason="I saw it.")):
        with pytest.raises(Invalid):
            await record_approval(
                edition_id=season.edition_id, reference=b.reference, command=wrong, actor=eun_ji, clock=CLOCK
            )
    await record_approval(
        edition_id=season.edition_id, reference=b.reference, command=told, actor=eun_ji, clock=TOO_LATE
    )
    assert (await mails()).count("city-approval-recorded") == 3
    assert (await b.approval()).state is RuleState.HOLDS


async def test_a_city_is_chosen_at_the_start_and_must_be_one() -> None:
    b = await behalf()
    other = await factories.entrant("Portaleda", kind="city")
    for wrong in (b.firm, 2**31 - 1):
        with pytest.raises(Invalid) as told:
            await services.start_entry(
                command=b.s.start(entrant=b.firm, title="Ramps", city=wrong), actor=b.faye, clock=CLOCK
            )
        assert list(told.value.errors) == ["city"]
    reference = await services.start_entry(
        command=b.s.start(entrant=b.firm, title="Ramps", city=other), actor=b.faye, clock=CLOCK
    )
    assert (await queries.own_entry(b.faye, reference, AT)).counts_for == other
    free = await factories.entrant("Free Lifts", kind="firm")
    await factories.official(b.faye.person_id, free)
    with pytest.raises(Invalid, match="Name the city"):
        await services.start_entry(
            command=b.s.start(entrant=free, title="Ladders"), actor=b.faye, clock=CLOCK
        )
