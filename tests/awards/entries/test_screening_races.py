"""Screeners and cities in the same instant, with real commits on a database of their own."""

import asyncio
from collections.abc import Awaitable

import pytest

from awards.actor import Actor
from awards.clock import FixedClock
from awards.entries import services
from awards.entries.forms_screening import AppealEntry
from awards.entries.screening import Standing
from awards.entries.tables import Appeal, Enquiry, Screening, ScreeningDecision
from awards.outbox.tables import Message
from tests.awards.entries.screenings import IN, OUT, official_of, on_desk, room
from tests.factories import AT

pytestmark = pytest.mark.commits


async def outcomes(*acts: Awaitable[object]) -> list[str]:
    results = await asyncio.gather(*acts, return_exceptions=True)
    return sorted(type(result).__name__ for result in results)


async def test_of_two_who_decide_one_is_told() -> None:
    made = await room()
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    assert await outcomes(made.screen(one), made.screen(two, OUT)) == ["Stale", "Standing"]
    assert await ScreeningDecision.count() + await made_requests() == 1


async def made_requests() -> int:
    rows = await Screening.raw("SELECT COUNT(*) AS number FROM approval WHERE ended_at IS NULL")
    return int(rows[0]["number"])


async def test_the_two_of_two_are_both_heard() -> None:
    made = await room(screeners="2")
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    await official_of(made)
    found = await asyncio.gather(made.screen(one), made.screen(two))
    assert sorted(found) == sorted([Standing.SECOND, Standing.DECIDED])
    assert await ScreeningDecision.count() == 1
    assert await Message.count() == 1


async def test_of_two_confirmations_and_of_two_appeals_one_stands() -> None:
    made = await room()
    amina, bao = await official_of(made), await official_of(made, "Bao Tran")
    one, two, three = [await on_desk(made.season, name) for name in ("One", "Two", "Three")]
    await made.screen(one, OUT)
    found = await outcomes(made.confirm(two), made.confirm(three))
    assert found == ["NoneType", "Stale"]
    assert await ScreeningDecision.count() == 1

    def appeal(actor: Actor) -> Awaitable[None]:
        return services.appeal_entry(
            reference=made.reference,
            command=AppealEntry(text="We are one.", sure=True),
            actor=actor,
            clock=FixedClock(AT),
        )

    assert await outcomes(appeal(amina), appeal(bao)) == ["Denied", "NoneType"]
    assert await Appeal.count() == 1
    four = await on_desk(made.season, "Four")
    five = await on_desk(made.season, "Five")
    found = await outcomes(made.decide_appeal(four, IN), made.decide_appeal(five, OUT))
    assert found == ["NoneType", "Stale"]


async def test_of_two_questions_the_city_gets_one() -> None:
    made = await room()
    one, two = await on_desk(made.season, "One"), await on_desk(made.season, "Two")
    assert await outcomes(made.ask(one), made.ask(two)) == ["Stale", "datetime"]
    assert await Enquiry.count() == 1
