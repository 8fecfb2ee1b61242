"""Nothing reaches judges that was not screened: every way into a round, and every state that an entry can be in."""

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Milestone
from awards.entries import services as entries
from awards.entries.forms import SaveAnswer, SubmitEntry
from awards.entries.forms_screening import AppealEntry
from awards.entries.rules import Late
from awards.entries.tables import EntryVersion
from awards.errors import Denied, Invalid
from awards.panels.forms import PutIntoRound
from awards.panels.services import put_into_round
from awards.panels.tables import RoundEntry
from tests import factories
from tests.awards.entries.screenings import IN, OUT, Room, official_of, on_desk, room
from tests.factories import AT, DAY


async def put(made: Room) -> int:
    """The only way from an entry to its judges: the secretariat puts it into a round."""
    secretariat = await on_desk(made.season, "Soo-ah", "secretariat")
    return await put_into_round(
        round_id=made.season.round_id,
        command=PutIntoRound.model_validate({}),
        actor=secretariat,
        clock=FixedClock(AT + 30 * DAY),
    )


async def never(made: Room) -> None:
    with pytest.raises(Invalid):
        await put(made)
    assert await RoundEntry.count() == 0


@pytest.mark.parametrize("state", ["draft", "submitted", "ineligible", "withdrawn"])
async def test_only_what_was_let_in_is_put_into_a_round(state: str) -> None:
    await never(await room(state=state))


async def test_one_opinion_of_two_is_not_enough() -> None:
    made = await room(screeners="2")
    await made.screen(await on_desk(made.season, "One"))
    await never(made)


async def test_what_the_city_is_asked_keeps_it_out() -> None:
    made = await room()
    await made.ask(await on_desk(made.season, "One"))
    await never(made)


async def test_neither_an_exclusion_that_waits_nor_an_appeal_lets_it_in() -> None:
    made = await room()
    amina, one, two = (
        await official_of(made),
        await on_desk(made.season, "One"),
        await on_desk(made.season, "Two"),
    )
    await made.screen(one, OUT)
    await never(made)
    await made.confirm(two)
    await entries.appeal_entry(
        reference=made.reference,
        command=AppealEntry(text="We are one.", sure=True),
        actor=amina,
        clock=FixedClock(AT),
    )
    await never(made)
    await made.decide_appeal(await on_desk(made.season, "Three"), OUT)
    await never(made)


async def test_an_appeal_that_holds_lets_it_in() -> None:
    made = await room()
    amina, one, two = (
        await official_of(made),
        await on_desk(made.season, "One"),
        await on_desk(made.season, "Two"),
    )
    await made.excluded(one, two)
    await entries.appeal_entry(
        reference=made.reference,
        command=AppealEntry(text="We are one.", sure=True),
        actor=amina,
        clock=FixedClock(AT),
    )
    await made.decide_appeal(await on_desk(made.season, "Three"), IN)
    assert await put(made) == 1


async def test_nothing_is_submitted_after_the_decision_even_while_the_call_is_open() -> None:
    made = await room()
    amina = await official_of(made)
    await made.screen(await on_desk(made.season, "One"))
    for closes in (AT + DAY, AT - DAY):
        at = (Milestone.edition == made.season.edition_id) & (Milestone.kind == "closes")
        await Milestone.update({Milestone.at: closes}).where(at)
        with pytest.raises((Denied, Late)):
            await entries.save_answer(
                reference=made.reference,
                code="summary",
                command=SaveAnswer(version=1, answer=("Something that nobody screened.",)),
                actor=amina,
                clock=FixedClock(AT),
            )
        with pytest.raises((Denied, Late)):
            await entries.submit_entry(
                reference=made.reference,
                command=SubmitEntry(version=3, declared=True),
                actor=amina,
                clock=FixedClock(AT),
            )
    assert await EntryVersion.count() == 1


async def test_judges_read_the_very_submission_that_was_decided_on() -> None:
    made = await room()
    version = await factories.entry_version(made.entry, number=2, arrived_at=AT)
    await made.screen(await on_desk(made.season, "One"), number=2)
    await put(made)
    (row,) = await RoundEntry.select(RoundEntry.entry_version)
    assert row["entry_version"] == version
