"""More time, for everybody or for one: who gets it, who does not, and when it is over."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.editions import services as editions
from awards.editions.queries import call_of, document_of, edition_by_id, open_calls
from awards.editions.queries.deadlines import deadline_changes, extensions_of
from awards.editions.rules import EditionState
from awards.editions.tables import Edition, Extension, Milestone
from awards.entries import queries, services
from awards.entries.forms import SaveAnswer, StartEntry, SubmitEntry
from awards.entries.forms_deadlines import EndExtension, Extend
from awards.entries.queries.extensions import call_for, whom
from awards.entries.rules import Late
from awards.entries.services.extensions import end_extension, extend, seen_of
from awards.entries.tables import LateTry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.invariants import broken
from awards.messages.queries.groups import Of, recipients_of
from awards.messages.rules import Group
from awards.outbox.tables import Message
from tests import factories
from tests.awards.entries.scene import CLOCK, Scene, actions, ready, scene, submitted
from tests.factories import AT, DAY

CLOSES = AT + 30 * DAY
MS = timedelta(milliseconds=1)


def secretary(s: Scene) -> Actor:
    return Actor(0, "Eun-ji Park", grants=frozenset({Grant("secretariat", s.season.scope)}))


async def official(s: Scene) -> Actor:
    actor = secretary(s)
    return Actor(await factories.person(actor.name), actor.name, grants=actor.grants)


async def give(
    s: Scene, of: str, until: datetime, *, at: datetime = AT, by: Actor | None = None, reason: str = "Flood"
) -> int:
    edition = await edition_by_id(s.season.edition_id)
    seen = seen_of(await call_for(edition, await whom(edition.id, of)))
    return await extend(
        edition_id=edition.id,
        command=Extend(whom=of, until="told", reason=reason, seen=seen),
        until=until,
        actor=by or await official(s),
        clock=FixedClock(at),
    )


async def save(s: Scene, reference: str, actor: Actor, at: datetime, text: str = "More.") -> None:
    entry = await queries.own_entry(actor, reference, AT)
    rows = await queries.answers_of(entry.id, entry.edition_id, entry.category_id)
    await services.save_answer(
        reference=reference,
        code="summary",
        command=SaveAnswer(version=rows[0].version, answer=(f"{text} {at.isoformat()}",), draft=True),
        actor=actor,
        clock=FixedClock(at),
    )


async def neighbours(s: Scene) -> tuple[Actor, str]:
    """Another city with a draft in the same call."""
    city = await factories.entrant("Portaleda", kind="city")
    ines = Actor(await factories.person("Inês Duarte"), "Inês Duarte")
    await factories.official(ines.person_id, city)
    command = StartEntry.model_validate({**s.start().model_dump(), "entrant": city, "title": "Night buses"})
    return ines, await services.start_entry(command=command, actor=ines, clock=CLOCK)


async def mails(template: str) -> list[str]:
    rows = await Message.select(Message.to).where(Message.template == template).order_by(Message.to)
    return [row["to"] for row in rows]


# --- for one -------------------------------------------------------------------------------------------


async def test_more_time_for_one_entry_opens_that_and_nothing_else() -> None:
    s = await scene()
    reference = await submitted(s)
    draft = await services.start_entry(command=s.start(title="Night buses"), actor=s.amina, clock=CLOCK)
    ines, theirs = await neighbours(s)
    until = CLOSES + 2 * DAY
    assert await give(s, draft, until, at=CLOSES + DAY) == 2

    await save(s, draft, s.bao, until - MS)
    for other, actor in ((reference, s.amina), (theirs, ines)):
        with pytest.raises(Late) as told:
            await save(s, other, actor, CLOSES + DAY)
        assert told.value.closes == CLOSES
    with pytest.raises(Late):
        await services.start_entry(
            command=s.start(title="Third"), actor=s.amina, clock=FixedClock(CLOSES + DAY)
        )
    for off in (timedelta(0), MS):
        with pytest.raises(Late) as told:
            await save(s, draft, s.amina, until + off)
        assert told.value.closes == until
    # Four tries of entries and one to start one stay on record with the deadline that held.
    tries = await LateTry.select(LateTry.tried, LateTry.closed).order_by(LateTry.id)
    assert [(row["tried"], row["closed"]) for row in tries] == [
        ("save summary", CLOSES), ("save summary", CLOSES), ("start", CLOSES),
        ("save summary", until), ("save summary", until),
    ]  # fmt: skip
    assert len(await mails("deadline-extended")) == 2
    assert not await mails("deadline-moved")


async def test_more_time_for_an_entrant_is_for_all_it_sends_and_no_neighbour() -> None:
    s = await scene()
    reference = await ready(s)
    ines, theirs = await neighbours(s)
    until, late = CLOSES + 2 * DAY, CLOSES + DAY
    await give(s, f"entrant-{s.city}", until)
    assert [one.closes for one in await open_calls(late, s.amina.person_id)] == [until]
    assert await open_calls(late, ines.person_id) == await open_calls(late) == []
    assert await services.start_entry(command=s.start(title="New"), actor=s.amina, clock=FixedClock(late))
    entry = await queries.own_entry(s.amina, reference, late)
    number = await services.submit_entry(
        reference=reference,
        command=SubmitEntry(version=entry.version, declared=True),
        actor=s.amina,
        clock=FixedClock(until - MS),
    )
    assert number == 1
    with pytest.raises(Late):
        await save(s, theirs, ines, late)
    assert (await queries.own_entry(ines, theirs, late)).call.closes == CLOSES
    # What came after everybody's deadline, and before its own, is in time for whoever checks.
    assert "submissions-arrive-in-time" not in {one.truth.code for one in await broken()}


async def test_an_extension_that_is_ended_gives_nothing_from_then_on() -> None:
    s = await scene()
    reference = await ready(s)
    until, ended = CLOSES + 2 * DAY, CLOSES + DAY
    await give(s, reference, until)
    await save(s, reference, s.amina, ended - MS)
    (row,) = await extensions_of(s.season.edition_id)
    by = await official(s)
    end = EndExtension(reason="The wrong city.")
    await end_extension(
        edition_id=s.season.edition_id, extension_id=row.id, command=end, actor=by, clock=FixedClock(ended)
    )
    with pytest.raises(Late) as told:
        await save(s, reference, s.amina, ended)
    assert told.value.closes == CLOSES
    assert (await actions())[-2:] == ["extension ended", "entry refused as late"]
    assert len(await mails("extension-ended")) == 2
    with pytest.raises(Stale):
        await end_extension(
            edition_id=s.season.edition_id,
            extension_id=row.id,
            command=end,
            actor=by,
            clock=FixedClock(ended),
        )


async def test_a_later_extension_takes_the_place_of_the_first() -> None:
    s = await scene()
    reference = await ready(s)
    await give(s, reference, CLOSES + DAY)
    await give(s, reference, CLOSES + 2 * DAY)
    rows = await extensions_of(s.season.edition_id)
    assert [(row.was, row.until, row.ended_at is None) for row in rows] == [
        (CLOSES + DAY, CLOSES + 2 * DAY, True), (CLOSES, CLOSES + DAY, False),
    ]  # fmt: skip
    assert (await queries.own_entry(s.amina, reference, AT)).call.closes == CLOSES + 2 * DAY


@pytest.mark.parametrize(
    ("until", "at"),
    [
        (CLOSES, AT),
        (CLOSES - MS, AT),
        (CLOSES + DAY, CLOSES + DAY),
        (CLOSES + DAY, CLOSES + 2 * DAY),
        (AT + 400 * DAY, AT),
    ],
    ids=["the same", "earlier", "this instant", "past", "another year"],
)
@pytest.mark.parametrize("of", ["everybody", "one"])
async def test_a_deadline_only_moves_to_a_later_time_that_is_to_come(
    of: str, until: datetime, at: datetime
) -> None:
    s = await scene()
    reference = await ready(s)
    with pytest.raises(Invalid):
        await give(s, reference if of == "one" else of, until, at=at)
    assert await Extension.count() == 0
    assert (await queries.own_entry(s.amina, reference, AT)).call.closes == CLOSES


@pytest.mark.parametrize("state", [EditionState.JUDGING, EditionState.PUBLISHED])
async def test_from_the_judging_on_nobody_gets_more_time(state: EditionState) -> None:
    s = await scene()
    reference = await ready(s)
    await Edition.update({Edition.state: state.value}).where(Edition.id == s.season.edition_id)
    for of in ("everybody", reference):
        with pytest.raises(Denied):
            await give(s, of, CLOSES + DAY)


async def test_only_its_secretariat_gives_time_and_only_what_it_has_seen() -> None:
    s = await scene()
    reference = await ready(s)
    stranger = Actor(s.amina.person_id, "Amina", grants=frozenset({Grant("screener", s.season.scope)}))
    with pytest.raises(NotFound):
        await give(s, reference, CLOSES + DAY, by=stranger)
    command = Extend(whom="everybody", until="told", reason="Flood", seen="2026-01-01T00:00:00Z")
    with pytest.raises(Stale):
        await extend(
            edition_id=s.season.edition_id,
            command=command,
            until=CLOSES + DAY,
            actor=await official(s),
            clock=CLOCK,
        )
    other = await scene()
    with pytest.raises(NotFound):
        await give(other, reference, CLOSES + DAY)


async def test_judging_waits_for_who_has_more_time() -> None:
    s = await scene()
    reference = await ready(s)
    await give(s, reference, CLOSES + DAY)
    edition = await edition_by_id(s.season.edition_id)
    by = await official(s)

    async def begin(at: datetime) -> None:
        await editions.change_state(
            edition_id=edition.id,
            to=EditionState.JUDGING,
            version=edition.version,
            actor=by,
            clock=FixedClock(at),
        )

    for at in (CLOSES - MS, CLOSES, CLOSES + DAY - MS):
        with pytest.raises(Denied):
            await begin(at)
    await begin(CLOSES + DAY)


# --- for everybody -------------------------------------------------------------------------------------


async def test_everybody_gets_the_later_deadline_and_a_mail_and_the_old_one_stays_readable() -> None:
    s = await scene()
    reference = await ready(s)
    ines, theirs = await neighbours(s)
    own, until = CLOSES + DAY, CLOSES + 3 * DAY
    await give(s, theirs, CLOSES + 9 * DAY)
    await give(s, reference, own)
    assert await give(s, "everybody", until, at=CLOSES + MS, reason="The line to the server broke.") == 3
    assert (await call_of(s.season.edition_id)).closes == until
    (change,) = await deadline_changes(s.season.edition_id)
    assert (change.was, change.until, change.reason) == (CLOSES, until, "The line to the server broke.")
    # An extension that ends before it takes no time away; one that ends after it stands.
    assert (await queries.own_entry(s.amina, reference, AT)).call.closes == until
    assert (await queries.own_entry(ines, theirs, AT)).call.closes == CLOSES + 9 * DAY
    assert len(await mails("deadline-moved")) == 3
    assert (await actions())[-1] == "deadline moved for all"
    await save(s, reference, s.amina, until - MS)
    with pytest.raises(Late):
        await save(s, reference, s.amina, until)


async def test_a_later_deadline_from_the_set_up_is_told_too_and_an_earlier_one_refused() -> None:
    s = await scene()
    await ready(s)
    by, until = await official(s), CLOSES + DAY
    document = await document_of(s.season.edition_id)

    async def move(at: datetime) -> None:
        milestones = [replace(one, at=at) if one.kind == "closes" else one for one in document.milestones]
        edition = await edition_by_id(s.season.edition_id)
        await editions.change_edition(
            edition_id=edition.id,
            document=replace(document, milestones=tuple(milestones)),
            version=edition.version,
            actor=by,
            clock=CLOCK,
        )

    await move(until)
    assert [(one.was, one.until) for one in await deadline_changes(s.season.edition_id)] == [(CLOSES, until)]
    assert len(await mails("deadline-moved")) == 2
    with pytest.raises(Denied):
        await move(CLOSES)


async def test_a_reminder_names_the_deadline_of_each_entrant() -> None:
    s = await scene()
    reference = await ready(s)
    ines, _theirs = await neighbours(s)
    await give(s, reference, CLOSES + DAY)
    edition = await edition_by_id(s.season.edition_id)
    found = await recipients_of(edition, Of(Group.DRAFTS), CLOSES, AT)
    assert {one.person_id: one.deadline for one in found} == {
        s.amina.person_id: CLOSES + DAY, s.bao.person_id: CLOSES + DAY, ines.person_id: CLOSES,
    }  # fmt: skip


async def test_a_call_without_a_deadline_takes_no_more_time() -> None:
    s = await scene()
    reference = await ready(s)
    await Milestone.delete().where((Milestone.edition == s.season.edition_id) & (Milestone.kind == "closes"))
    with pytest.raises(Denied):
        await give(s, reference, CLOSES + DAY)
