"""A judge who is an official of an entrant: told where it can be mended, and never given its entries."""

import pytest

from awards.clock import FixedClock
from awards.errors import Invalid
from awards.exchange.judge_list import Row, compare
from awards.panels.forms import AssignByHand
from awards.panels.queries.known import known_for
from awards.panels.services import assign_by_hand
from tests import factories
from tests.awards.panels.rooms import judges, room
from tests.people import AMINA, EUN_JI, give, id_of
from tests.serving import ClientFor


async def test_the_list_of_judges_tells_of_it(clock: FixedClock) -> None:
    made = await room(("KR",))
    amina = await factories.person("Amina Diallo", email="amina@city.example")
    await factories.official(amina, made.cities[0])
    known = await known_for(made.season.programme_id, ["amina@city.example"])
    cells = {"name": "Amina Diallo", "email": "amina@city.example", "country": "FR"}
    (line,) = compare([Row(2, cells)], known)
    assert line.judge is not None
    assert line.notes == (
        "Has an account already and joins the pool",
        "Acts for City 0 of KR, so does not judge its entries",
    )


async def test_the_judges_page_and_the_assignment_tell_of_it(
    clock: FixedClock, client_for: ClientFor
) -> None:
    made = await room(("KR",))
    ((_person, _seat),) = await judges(made, "FR")
    amina = await id_of(AMINA)
    await factories.make_judge(amina, country="FR")
    await factories.official(amina, made.cities[0])
    seat = await factories.seat(made.round_id, amina)
    await give(EUN_JI, "secretariat", made.season.scope)
    desk = await client_for(EUN_JI)
    page = await desk.get(f"/desk/{made.season.programme}/{made.season.edition}/judges/{amina}")
    assert "City 0 of KR: as its official the judge does not read its entries" in page.text
    command = AssignByHand(seat=seat, reference=made.references[0])
    with pytest.raises(Invalid, match="acts for this city or body as its official"):
        await assign_by_hand(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)
