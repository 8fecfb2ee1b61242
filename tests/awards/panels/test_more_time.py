"""More time for one judge: told to them, theirs alone, and taken back."""

from datetime import timedelta

import pytest

from awards.audit.tables import Event
from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Denied, Stale
from awards.outbox.tables import Message
from awards.panels.forms import ExtendSeat
from awards.panels.queries import round_by_id
from awards.panels.services import extend_seat
from awards.panels.tables import Seat
from tests import factories
from tests.awards.panels.rooms import judges, room
from tests.awards.panels.test_pool import desk_of
from tests.people import NADIA
from tests.serving import ClientFor


async def test_from_the_page_of_the_seat(client_for: ClientFor) -> None:
    made = await room()
    ((_one, seat), (_two, other)) = await judges(made, "FR", "FR")
    here = f"{made.season.desk}/panels/first/seats/{seat}"
    eun_ji = await desk_of(made, client_for)
    closes = (await round_by_id(made.round_id)).closes
    later = (closes + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    await eun_ji.get(here)
    page = await eun_ji.submit("#extend", fields={"until": later, "why": ""}, status=422)
    assert page.by_id("until").get("value") == later
    early = (closes - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    page = await eun_ji.submit("#extend", fields={"until": early, "why": "Ill"}, status=422)
    assert "later than the round's deadline" in " ".join(page.errors)
    page = await eun_ji.submit("#extend", fields={"until": later, "why": "Ill for a week"})
    assert page.flash.startswith("More time is given")
    kept = {row["id"]: row["extended_until"] for row in await Seat.select(Seat.id, Seat.extended_until)}
    assert (kept[seat], kept[other]) == (closes + timedelta(days=2), None)
    assert "Has time until" in (await eun_ji.get(here)).text
    page = await eun_ji.submit("#extend", fields={"until": "", "why": "Back at work"})
    assert page.flash.startswith("The round's deadline holds again")
    assert await Message.count().where(Message.template == "seat-extended") == 2
    assert await Event.count().where(Event.action == "seat given more time") == 2
    await (await client_for(NADIA)).get(here, status=404)


@pytest.mark.parametrize("state", ["draft", "closed", "decided"])
async def test_only_while_the_round_is_open(state: str, clock: FixedClock) -> None:
    made = await room(round_state=state)
    ((_one, seat),) = await judges(made, "FR")
    until = (await round_by_id(made.round_id)).closes + factories.DAY
    command = ExtendSeat.model_validate({"version": 1, "why": "Ill"})
    with pytest.raises(Denied):
        await extend_seat(
            round_id=made.round_id,
            seat_id=seat,
            command=command,
            until=until,
            actor=made.secretariat,
            clock=clock,
        )
    await Round.update({Round.state: "open"}).where(Round.id == made.round_id)
    old = ExtendSeat.model_validate({"version": 7, "why": "Ill"})
    with pytest.raises(Stale):
        await extend_seat(
            round_id=made.round_id,
            seat_id=seat,
            command=old,
            until=until,
            actor=made.secretariat,
            clock=clock,
        )
    assert not await Message.exists().where(Message.template == "seat-extended")
