"""One or two people screen an entry, a third decides where two differ, and keeping out takes a second person."""

from collections.abc import Awaitable, Callable

import pytest

from awards.accounts.tables import Approval
from awards.entries import services
from awards.entries.forms_screening import ScreenEntry
from awards.entries.queries.own import own_entry
from awards.entries.rules import EntryState
from awards.entries.screening import Standing
from awards.entries.tables import Entry, EntryVersion, Screening, ScreeningDecision
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.outbox.tables import Message
from awards.panels.tables import Affiliation, DeclaredConflict
from tests import factories
from tests.awards.entries.scene import actions
from tests.awards.entries.screenings import IN, NO, OUT, YES, Room, official_of, on_desk, room
from tests.factories import AT, DAY


async def state_of(made: Room) -> str:
    return str((await Entry.select(Entry.state).where(Entry.id == made.entry))[0]["state"])


async def test_one_person_lets_an_entry_in() -> None:
    made = await room()
    amina, eun_ji = await official_of(made), await on_desk(made.season, "Eun-ji")
    assert await made.standing() is Standing.TO_SCREEN
    assert await made.screen(eun_ji) is Standing.DECIDED
    assert await state_of(made) == IN
    (decision,) = await ScreeningDecision.select()
    (version,) = await EntryVersion.select(EntryVersion.id)
    assert (decision["number"], decision["entry_version"], decision["approval"]) == (1, version["id"], None)
    (mail,) = await Message.select(Message.template, Message.values)
    assert mail["template"] == "entry-decided"
    assert not {"eligible", "Eun-ji", "Not a city."} & set(mail["values"].split('"'))
    assert (await own_entry(amina, made.reference, AT)).state is EntryState.ELIGIBLE
    assert await actions() == ["entry eligible"]


async def test_nobody_keeps_an_entry_out_alone() -> None:
    made = await room()
    await official_of(made)
    eun_ji, farid = await on_desk(made.season, "Eun-ji"), await on_desk(made.season, "Farid", "secretariat")
    assert await made.screen(eun_ji, OUT) is Standing.CONFIRM
    assert (await state_of(made), await Message.count()) == ("submitted", 0)
    with pytest.raises(Denied, match="same person"):
        await made.confirm(eun_ji)
    with pytest.raises(Stale):
        await made.screen(eun_ji)
    with pytest.raises(Stale):
        await made.confirm(farid, sha256="0" * 64)
    await made.confirm(farid)
    assert await state_of(made) == OUT
    (decision,) = await ScreeningDecision.select()
    assert (decision["by"], decision["reason"]) == (farid.person_id, "Not a city.")
    assert decision["appeal_until"] == AT + 10 * DAY
    for again in (made.confirm, made.send_back):
        with pytest.raises(Stale):
            await again(farid)
    assert await actions() == ["exclusion of an entry asked", "entry ineligible"]


async def test_who_keeps_an_entry_out_has_shown_who_they_are() -> None:
    made = await room()
    fresh, stale = await on_desk(made.season, "Fresh"), await on_desk(made.season, "Stale", proved=False)
    with pytest.raises(Denied, match="not proved"):
        await made.screen(stale, OUT)
    assert await Screening.count() == 0
    await made.screen(fresh, OUT)
    with pytest.raises(Denied, match="not proved"):
        await made.confirm(stale)
    assert await made.standing() is Standing.CONFIRM


async def test_an_edition_may_say_that_one_is_enough() -> None:
    made = await room(excluded_by="1")
    assert await made.screen(await on_desk(made.season, "Eun-ji"), OUT) is Standing.DECIDED
    assert (await state_of(made), await Approval.count()) == (OUT, 0)


async def test_sent_back_the_screening_is_open_again() -> None:
    made = await room()
    eun_ji, farid = await on_desk(made.season, "Eun-ji"), await on_desk(made.season, "Farid")
    await made.screen(eun_ji, OUT)
    await made.send_back(farid)
    assert await made.standing() is Standing.TO_SCREEN
    assert await made.screen(eun_ji) is Standing.DECIDED


async def test_two_agree() -> None:
    made = await room(screeners="2")
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    assert await made.screen(one) is Standing.SECOND
    assert await state_of(made) == "submitted"
    # The same person twice is one opinion.
    assert await made.screen(one) is Standing.SECOND
    assert await made.screen(two) is Standing.DECIDED
    assert await state_of(made) == IN


async def test_two_agree_that_it_is_not_eligible_and_one_writes_why() -> None:
    made = await room(screeners="2")
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    await made.screen(one, OUT)
    assert await made.screen(two, OUT) is Standing.AGREED
    assert await made.settle(one, IN, "A body without a city.") is Standing.CONFIRM
    with pytest.raises(Denied, match="same person"):
        await made.confirm(one)
    await made.confirm(two)
    assert await state_of(made) == OUT


@pytest.mark.parametrize("outcome", [IN, OUT])
async def test_a_third_decides_where_two_differ(outcome: str) -> None:
    made = await room(screeners="2")
    one, two, three = [await on_desk(made.season, name) for name in ("One", "Two", "Three")]
    await made.screen(one)
    assert await made.screen(two, OUT) is Standing.DIFFER
    for of_them in (one, two):
        with pytest.raises(Denied, match="differ"):
            await made.settle(of_them, IN)
    await made.settle(three, outcome, "Seen by a third.")
    if outcome == OUT:
        assert await state_of(made) == "submitted"
        await made.confirm(two)
    assert await state_of(made) == outcome


async def test_two_screeners_at_once_decide_once() -> None:
    made = await room()
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    await made.screen(one)
    with pytest.raises(Stale):
        await made.screen(two, OUT)
    assert await ScreeningDecision.count() == 1


async def test_one_screener_in_two_windows_overwrites_nothing() -> None:
    made = await room()
    one = await on_desk(made.season, "One")
    await made.screen(one, note="From the first", finish=False)
    with pytest.raises(Stale):
        await made.screen(one, note="From the second", finish=False, version=0)
    assert (await Screening.select(Screening.note))[0]["note"] == "From the first"


async def test_a_newer_submission_is_screened_anew() -> None:
    made = await room(screeners="2")
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    await made.screen(one)
    await factories.entry_version(made.entry, number=2, arrived_at=AT)
    assert await made.standing() is Standing.TO_SCREEN
    with pytest.raises(Stale):
        await made.screen(two)
    assert await made.screen(two, number=2) is Standing.SECOND
    assert await made.screen(one, number=2) is Standing.DECIDED


async def test_a_request_about_an_earlier_submission_is_void() -> None:
    made = await room()
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    await made.screen(one, OUT)
    await factories.entry_version(made.entry, number=2, arrived_at=AT)
    with pytest.raises(Stale):
        await made.confirm(two)
    assert await made.screen(one, number=2) is Standing.DECIDED
    assert await Approval.count().where(Approval.ended_at.is_null()) == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"items": YES[1:]}, "item-entrant"),
        ({"items": NO}, "outcome"),
        ({"items": (("entrant", "ask", ""), *YES[1:])}, "outcome"),
        ({"outcome": "ineligible", "items": YES, "reason": "Why"}, "outcome"),
        ({"outcome": "ineligible", "items": NO, "reason": ""}, "reason"),
        ({"outcome": "withdrawn"}, "outcome"),
        ({"items": (*YES, ("other", "yes", ""))}, "item-other"),
        ({"items": (("entrant", "perhaps", ""), *YES[1:])}, "item-entrant"),
        ({"items": (("entrant", "yes", "n" * 2001), *YES[1:])}, "note-entrant"),
    ],
)
async def test_what_is_not_finished_is_told_at_its_field(values: dict[str, object], field: str) -> None:
    made = await room()
    one = await on_desk(made.season, "One")
    complete = {"version": 0, "number": 1, "items": YES, "outcome": "eligible", "finish": True}
    command = ScreenEntry.model_validate({**complete, **values})
    with pytest.raises(Invalid) as problem:
        await services.screen_entry(**made.on(command, one))
    assert field in problem.value.errors


async def test_answers_are_kept_before_they_are_complete() -> None:
    made = await room()
    one = await on_desk(made.season, "One")
    assert await made.screen(one, items=(("entrant", "ask", "Which?"),), outcome="", finish=False)
    (kept,) = await Screening.select(Screening.items, Screening.done_at)
    assert (kept["items"], kept["done_at"]) == ('[["entrant","ask","Which?"]]', None)
    assert await made.standing() is Standing.TO_SCREEN


# --- who ----------------------------------------------------------------------------------------------


async def acts(made: Room, person: int) -> None:
    await factories.official(person, made.city)


async def belongs(made: Room, person: int) -> None:
    await factories.add(Affiliation, person=person, entrant=made.city, kind="home", since=AT - DAY)


async def in_conflict(made: Room, person: int) -> None:
    await factories.add(
        DeclaredConflict,
        person=person,
        edition=made.season.edition_id,
        entry=made.entry,
        code="declared",
        source="judge",
    )


@pytest.mark.parametrize("tie", [acts, belongs, in_conflict])
async def test_nobody_screens_an_entry_that_they_are_tied_to(
    tie: Callable[[Room, int], Awaitable[None]],
) -> None:
    made = await room()
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    await tie(made, one.person_id)
    with pytest.raises(Denied, match="tied"):
        await made.screen(one)
    with pytest.raises(Denied, match="tied"):
        await made.ask(one)
    await made.screen(two, OUT)
    with pytest.raises(Denied, match="tied"):
        await made.confirm(one)


@pytest.mark.parametrize("role", ["auditor", "admin"])
async def test_others_do_not_screen(role: str) -> None:
    made = await room()
    with pytest.raises(NotFound):
        await made.screen(await on_desk(made.season, "One", role))


async def test_drafts_are_unknown_to_the_desk() -> None:
    made = await room(state="draft")
    one = await on_desk(made.season, "One")
    command = ScreenEntry(version=0, number=1, items=YES, outcome=IN, finish=True)
    with pytest.raises(NotFound):
        await services.screen_entry(**made.on(command, one))
