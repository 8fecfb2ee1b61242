"""Entrants are written to once a publication is out: at its instant, once, and without a score."""

import json
import re
from datetime import timedelta

import pytest

from awards.audit.tables import Event
from awards.cities.tables import Entrant
from awards.clock import FixedClock
from awards.outbox.tables import Message
from awards.publication import services
from awards.publication.services.letters import write_to_entrants
from tests import factories
from tests.awards.publication.published import ask, decided, published, sign
from tests.awards.results.judged import Judged
from tests.factories import AT
from tests.people import AMINA, BAO, EUN_JI, INES, id_of

OUT = AT + timedelta(days=3)
EARLY = timedelta(milliseconds=1)


async def officials(season: Judged) -> None:
    """Amina for the winner and for a city without a prize, Bao for the second, Ines for another without a prize."""
    for member, city in ((AMINA, 0), (AMINA, 3), (BAO, 1), (INES, 4)):
        await factories.official(await id_of(member), season.entrants[city])


async def letters() -> list[tuple[str, str]]:
    rows = await Message.select(Message.template, Message.to).order_by(Message.id)
    return sorted((row["template"], row["to"]) for row in rows)


async def test_at_the_instant_and_not_before_and_once(clock: FixedClock) -> None:
    season = await published(clock, at=OUT)
    await officials(season)
    clock.move_to(OUT - EARLY)
    assert await write_to_entrants(clock) == 0
    assert await Message.count() == 0
    clock.move_to(OUT)
    assert await write_to_entrants(clock) == 4
    assert await write_to_entrants(clock) == 0
    assert await letters() == [
        ("result-published", AMINA.email), ("result-published", INES.email),
        ("result-winner", AMINA.email), ("result-winner", BAO.email),
    ]  # fmt: skip
    events = await Event.select(Event.action).order_by(Event.seq)
    assert [row["action"] for row in events].count("entrants told of a publication") == 1


async def test_no_letter_holds_a_score_or_a_place(clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    await officials(season)
    await write_to_entrants(clock)
    rows = await Message.select(Message.values)
    said = " ".join(text for row in rows for text in json.loads(row["values"]).values())
    assert "Gold" in said
    assert not re.search(r"\d\.\d|rank|estimate", said.replace("WG", ""))


async def test_a_step_tells_what_is_new(clock: FixedClock) -> None:
    season = await published(clock, shows="names")
    await officials(season)
    await write_to_entrants(clock)
    rows = await Message.select(Message.values).where(Message.template == "result-winner")
    assert [json.loads(row["values"])["prizes"] for row in rows] == ["", ""], "which prize is not known yet"
    for step, winners in (("winners", 4), ("full", 4)):
        await sign(season, clock, await ask(season, clock, shows=step))
        await write_to_entrants(clock)
        assert await Message.count().where(Message.template == "result-winner") == winners
    assert await Message.count().where(Message.template == "result-published") == 2 + 2 + 3


async def test_a_correction_is_told_to_whom_it_concerns(clock: FixedClock) -> None:
    season = await published(clock, shows="full")
    await officials(season)
    await write_to_entrants(clock)
    before = await Message.count()
    await Entrant.update({Entrant.name: "Kita Mori"}).where(Entrant.id == season.entrants[4])
    await sign(season, clock, await ask(season, clock, shows="full", note="The name of a city."))
    assert await write_to_entrants(clock) == 1
    row = (await Message.select().order_by(Message.id))[before]
    assert (row["template"], row["to"]) == ("result-corrected", INES.email)
    assert json.loads(row["values"])["note"] == "The name of a city."


@pytest.mark.parametrize("why", ["withdrawn", "replaced"])
async def test_of_what_is_not_there_any_more_nobody_is_told(why: str, clock: FixedClock) -> None:
    season = await decided(clock)
    await officials(season)
    await sign(season, clock, await ask(season, clock, shows="names", at=OUT))
    if why == "withdrawn":
        await services.withdraw_publication(
            edition_id=season.season.edition_id, number=1, actor=await season.actor(EUN_JI), clock=clock
        )
    else:  # nobody was there to write until the next step was out, too
        await sign(season, clock, await ask(season, clock, shows="winners", at=OUT + timedelta(hours=1)))
    clock.move_to(OUT + timedelta(hours=1))
    await write_to_entrants(clock)
    winners = await Message.select(Message.values).where(Message.template == "result-winner")
    prizes = [json.loads(row["values"])["prizes"] for row in winners]
    assert prizes == ([] if why == "withdrawn" else ["Gold", "Silver"])


async def test_who_won_is_told_so_though_a_further_step_came_before_the_letters(clock: FixedClock) -> None:
    """The worker stood still over two steps: of the first nobody was told."""
    season = await published(clock, at=OUT)
    await officials(season)
    await sign(season, clock, await ask(season, clock, shows="full", at=OUT + timedelta(minutes=1)))
    clock.move_to(OUT + timedelta(minutes=2))
    await write_to_entrants(clock)
    assert [one for one in await letters() if one[0] == "result-winner"] == [
        ("result-winner", AMINA.email), ("result-winner", BAO.email),
    ]  # fmt: skip
