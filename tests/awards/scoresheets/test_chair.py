"""The chair moderates: counts and texts, no mark while the round is open, and nothing of own conflicts."""

from typing import Any

import pytest

from awards.clock import FixedClock
from awards.editions.tables import EditionRule, Round
from awards.errors import Invalid, NotFound
from awards.panels.forms import AssignByHand, ChangeSeat
from awards.panels.queries import own_seat
from awards.panels.services import assign_by_hand, change_seat
from awards.panels.tables import DeclaredConflict, RoundEntry, Seat
from awards.scoresheets.queries.chair import entry_for_chair, led_by
from tests import factories
from tests.awards.panels.rooms import Room, judges, room
from tests.factories import AT, DAY
from tests.people import CHIARA, LEILA, id_of
from tests.serving import ClientFor


async def led(member_id: int, **more: Any) -> tuple[Room, int]:
    """Three entries, one of the chair's own country; one sheet signed with marks that may not be seen."""
    made = await room(("KR", "KE", "IT"), **more)
    await EditionRule.delete().where(EditionRule.code == "terms")
    await factories.make_judge(member_id, country="IT")
    seat = await factories.seat(made.round_id, member_id, role="chair", conflicts_declared_at=AT)
    ((_person, scorer),) = await judges(made, "FR")
    rows = (
        await RoundEntry.select(RoundEntry.id)
        .where(RoundEntry.round == made.round_id)
        .order_by(RoundEntry.id)
    )
    assignment = await factories.assignment(rows[0]["id"], scorer)
    await factories.scoresheet(assignment, {"impact": 9, "new": 8}, signed=True)
    return made, seat


async def test_counts_titles_and_no_own_conflict(clock: FixedClock, client_for: ClientFor) -> None:
    client = await client_for(CHIARA)
    made, _seat = await led(await id_of(CHIARA))
    bench = f"/bench/{made.season.programme}/{made.season.edition}/first"
    page = await client.get(bench)
    rows = page.table("Entries of your panel")
    assert [row[2:] for row in rows[1:]] == [["2", "1", "1"], ["2", "0", "0"]]
    assert "1 entry is not shown to you" in page.text
    assert "City 2 of IT" not in page.text
    page = await client.get(f"{bench}/chair/{made.references[0]}")
    assert "City 0 of KR" in page.text
    await client.get(f"{bench}/chair/{made.references[2]}", status=404)
    await client.get(f"{bench}/{made.references[0]}", status=404)  # no sheet of their own


async def test_a_declared_conflict_takes_an_entry_away(clock: FixedClock, client_for: ClientFor) -> None:
    client = await client_for(CHIARA)
    made, _seat = await led(await id_of(CHIARA))
    bench = f"/bench/{made.season.programme}/{made.season.edition}/first"
    await client.get(f"{bench}/conflicts")
    page = await client.submit("Declare and go on", entries=[made.references[0]], reason="I advised them")
    assert "2 entries are not shown to you" in page.text
    assert await DeclaredConflict.count() == 1


async def test_an_entry_that_came_later_opens_after_another_declaration(client_for: ClientFor) -> None:
    client = await client_for(CHIARA)
    made, _seat = await led(await id_of(CHIARA))
    bench = f"/bench/{made.season.programme}/{made.season.edition}/first"
    await RoundEntry.update({RoundEntry.created_at: AT + DAY}).where(RoundEntry.entry == made.entries[1])
    assert (await client.get(f"{bench}/chair/{made.references[1]}")).path == f"{bench}/conflicts"


async def test_nobody_else_and_not_before_the_round_opens(clock: FixedClock, client_for: ClientFor) -> None:
    chair, other = await client_for(CHIARA), await client_for(LEILA)
    made, _seat = await led(await id_of(CHIARA), round_opens=AT + DAY / 2)
    leila = await id_of(LEILA)
    await factories.make_judge(leila)
    await factories.seat(made.round_id, leila, conflicts_declared_at=AT)
    path = f"/bench/{made.season.programme}/{made.season.edition}/first"
    await other.get(f"{path}/chair/{made.references[0]}", status=404)
    page = await chair.get(f"{path}/chair/{made.references[0]}")
    assert page.path == path  # back to the list, where titles alone stand
    assert f"{path}/chair/" not in str(page.links)


async def test_a_blind_round_hides_cities_and_a_narrow_seat_other_categories(clock: FixedClock) -> None:
    person = await factories.person("Chiara")
    made, _seat = await led(person)
    await Round.update({Round.blind: True}).where(Round.id == made.round_id)
    from_actor = made.secretariat.__class__(person_id=person, name="Chiara")
    seat = await own_seat(from_actor, made.season.programme, made.season.edition, "first")
    found = await led_by(seat, AT)
    assert {one.city for one in found.entries} == {""}
    entry = await entry_for_chair(seat, made.references[0], AT)
    assert entry is not None
    assert not hasattr(entry, "entrant")
    with pytest.raises(NotFound):
        await entry_for_chair(seat, made.references[2], AT)


async def test_a_chair_never_marks(clock: FixedClock) -> None:
    made, chair = await led(await factories.person("Chiara"))
    command = AssignByHand(seat=chair, reference=made.references[1])
    with pytest.raises(Invalid, match="does not score"):
        await assign_by_hand(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)
    rows = await Seat.select(Seat.id, Seat.version).where(Seat.role == "scorer")
    with pytest.raises(Invalid, match="does not mark"):
        await change_seat(
            round_id=made.round_id,
            seat_id=rows[0]["id"],
            command=ChangeSeat(version=rows[0]["version"], role="chair"),
            actor=made.secretariat,
            clock=clock,
        )
