"""What judges say of themselves: whether they may be named, how much they read at most, and when they cannot."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from awards.accounts.tables import EmailAddress
from awards.clock import FixedClock
from awards.db import counting
from awards.editions.tables import Edition, Round
from awards.errors import Invalid
from awards.panels.forms import AcceptSeat, InviteJudge
from awards.panels.queries import round_by_id
from awards.panels.queries.proposals import panel_state
from awards.panels.services import accept_seat
from awards.panels.tables import Judge, Seat
from tests import factories
from tests.awards.panels.rooms import room
from tests.awards.panels.test_invitations import TERMS, invited
from tests.awards.panels.test_pool import desk_of
from tests.people import CHIARA, NADIA, id_of
from tests.serving import ClientFor


async def test_a_judge_lets_their_name_be_shown_and_takes_it_back(
    client_for: ClientFor, clock: FixedClock
) -> None:
    chiara = await client_for(CHIARA)
    await factories.make_judge(await id_of(CHIARA))
    page = await chiara.get("/bench/profile")
    assert page.by_id("named").get("checked") is None
    page = await chiara.submit("Save what you said", biography="Builds parks.", named="1")
    assert page.by_id("named").get("checked") is not None
    first = (await Judge.select(Judge.named_since))[0]["named_since"]
    assert first == clock.now()
    clock.move_to(datetime(2026, 3, 10, 10, tzinfo=UTC))
    await chiara.get("/bench/profile")
    await chiara.submit("Save what you said", biography="Builds other parks.")
    assert (await Judge.select(Judge.named_since))[0]["named_since"] == first
    await chiara.get("/bench/profile")
    page = await chiara.submit("Save what you said", named=())
    assert (await Judge.select(Judge.named_since))[0]["named_since"] is None
    assert page.by_id("named").get("checked") is None


async def test_a_judge_says_how_much_and_when_on_accepting(client_for: ClientFor, clock: FixedClock) -> None:
    made = await room()
    await Edition.update({Edition.zone: "Asia/Seoul"}).where(Edition.id == made.season.edition_id)
    chiara = await client_for(CHIARA)
    address = (
        await EmailAddress.select(EmailAddress.address).where(EmailAddress.person == await id_of(CHIARA))
    )[0]
    _actor, seat_id = await invited(
        made, clock, InviteJudge(name="Chiara", email=address["address"], country="IT")
    )
    page = await chiara.get(f"/bench/{made.season.programme}/{made.season.edition}/first/invitation")
    told = {"agree": "1", "most": "many", "away_since": "2026-03-20", "away_until": "2026-03-12"}
    page = await chiara.submit("Accept the invitation", fields=told, status=422)
    assert page.errors == ["“How many entries at most” must be a whole number"]
    page = await chiara.submit("Accept the invitation", fields={**told, "most": "9"}, status=422)
    assert page.errors == ["The last day cannot lie before the first"]
    assert page.by_id("most").get("value") == "9"
    await chiara.submit("Accept the invitation", fields={**told, "most": "9", "away_since": "2026-03-11"})
    seat = (await Seat.select().where(Seat.id == seat_id))[0]
    assert (seat["state"], seat["high"], seat["told_most"]) == ("accepted", None, 9)
    # Whole days of Seoul, which is nine hours ahead.
    assert seat["away_since"] == datetime(2026, 3, 10, 15, tzinfo=UTC)
    assert seat["away_until"] == datetime(2026, 3, 12, 15, tzinfo=UTC)
    eun_ji = await desk_of(made, client_for)
    page = await eun_ji.get(f"{made.season.desk}/panels/first")
    assert "said 9" in page.text
    assert "away from 11 March" in page.text
    with counting() as counter:
        page = await eun_ji.get(f"{made.season.desk}/panels/first/seats/{seat_id}")
    assert len(counter) <= 6, counter.statements
    assert "11 March 2026 to 12 March 2026" in page.text
    assert "The judge reads fewer entries" not in page.text
    assert page.by_id("high").get("value") == "9"
    await eun_ji.submit("Save the seat", high="12")
    page = await eun_ji.get(f"{made.season.desk}/panels/first/seats/{seat_id}")
    assert "The judge reads fewer entries than may be given" in page.text
    await eun_ji.submit("Save the seat", high="")
    page = await eun_ji.get(f"{made.season.desk}/panels/first/seats/{seat_id}")
    await eun_ji.submit("Save the seat")
    assert (await Seat.select(Seat.high).where(Seat.id == seat_id))[0]["high"] == 9
    page = await eun_ji.get(f"{made.season.desk}/panels/first/seats/{seat_id}")
    assert "The judge reads fewer" not in page.text
    page = await eun_ji.get(
        f"{made.season.desk}/panels/first/plan?entries-inclusive=20&judges=2&reads=2&minutes=30&criteria=2&places=1"
    )
    assert "1 judge of the panel reads fewer entries at most than the 20 that fall to each" in page.text


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (None, None, None, None),
        ("2026-03-20", None, "2026-03-20", "2026-03-21"),
        (None, "2026-03-20", "2026-03-20", "2026-03-21"),
        ("2026-03-20", "2026-03-20", "2026-03-20", "2026-03-21"),
    ],
)
async def test_one_day_stands_alone(
    since: str | None, until: str | None, first: str | None, last: str | None, clock: FixedClock
) -> None:
    made = await room()
    leila, seat_id = await invited(made, clock)
    command = AcceptSeat.model_validate(
        {"terms": TERMS, "agree": True, "away_since": since or "", "away_until": until or ""}
    )
    await accept_seat(seat_id=seat_id, command=command, actor=leila, clock=clock)
    seat = (await Seat.select().where(Seat.id == seat_id))[0]
    days = [one and one.date().isoformat() for one in (seat["away_since"], seat["away_until"])]
    assert days == [first, last]
    assert seat["told_most"] is None


async def test_days_that_cannot_be_change_nothing(clock: FixedClock) -> None:
    made = await room()
    leila, seat_id = await invited(made, clock)
    for since, until in (("2026-03-20", "2026-03-19"), ("9999-12-31", "9999-12-31")):
        command = AcceptSeat.model_validate(
            {"terms": TERMS, "agree": True, "away_since": since, "away_until": until}
        )
        with pytest.raises(Invalid):
            await accept_seat(seat_id=seat_id, command=command, actor=leila, clock=clock)
    assert (await Seat.select(Seat.state).where(Seat.id == seat_id))[0]["state"] == "invited"


async def test_a_judge_says_it_again_when_plans_change(client_for: ClientFor) -> None:
    made = await room()
    await Edition.update({Edition.zone: "Asia/Seoul"}).where(Edition.id == made.season.edition_id)
    chiara = await client_for(CHIARA)
    await factories.make_judge(await id_of(CHIARA))
    seat_id = await factories.seat(
        made.round_id, await id_of(CHIARA), conflicts_declared_at=factories.AT, told_most=9
    )
    here = f"/bench/{made.season.programme}/{made.season.edition}/first"
    terms = await chiara.get(f"{here}/terms")
    await chiara.submit("Accept the terms", agree="1")
    assert terms.status == 200
    await chiara.get(here)
    page = await chiara.click("How much and when you can read")
    assert page.by_id("most").get("value") == "9"
    told = {"most": "4", "away_since": "2026-03-12", "away_until": "2026-03-11"}
    page = await chiara.submit("Save what you said", fields=told, status=422)
    assert page.errors == ["The last day cannot lie before the first"]
    page = await chiara.submit("Save what you said", fields={**told, "away_until": "2026-03-13"})
    assert page.flash.startswith("Saved")
    with counting() as counter:
        page = await chiara.get(f"{here}/availability")
    assert len(counter) <= 6, counter.statements
    typed = [page.by_id(name).get("value") for name in ("most", "away_since", "away_until")]
    assert typed == ["4", "2026-03-12", "2026-03-13"]
    page = await chiara.submit("Save what you said", fields={"most": "", "away_since": "", "away_until": ""})
    seat = (await Seat.select(Seat.told_most, Seat.away_since, Seat.away_until).where(Seat.id == seat_id))[0]
    assert seat == {"told_most": None, "away_since": None, "away_until": None}
    page = await chiara.get(f"{here}/availability")
    await Round.update({Round.state: "closed"}).where(Round.id == made.round_id)
    await chiara.submit("Save what you said", most="3", status=403)
    assert "Nothing more is given to read" in (await chiara.get(f"{here}/availability")).text


async def test_an_invitation_is_answered_first(client_for: ClientFor) -> None:
    made = await room()
    chiara = await client_for(CHIARA)
    await factories.make_judge(await id_of(CHIARA))
    await factories.seat(made.round_id, await id_of(CHIARA), state="invited")
    here = f"/bench/{made.season.programme}/{made.season.edition}/first"
    page = await chiara.get(f"{here}/availability")
    assert page.path == f"{here}/invitation"
    await (await client_for(NADIA)).get(f"{here}/availability", status=404)


async def test_an_assignment_keeps_to_what_judges_said() -> None:
    made = await room()
    found = await round_by_id(made.round_id)
    week = timedelta(days=7)
    rows: list[dict[str, Any]] = [
        {"told_most": 9},
        {"told_most": 9, "high": 12},
        {"away_since": found.opens, "away_until": found.closes},
        {"away_since": found.opens, "away_until": found.closes - week},
        {"away_since": found.opens + week, "away_until": found.closes + week},
    ]
    seats = [await factories.seat(made.round_id, await factories.judge(), **row) for row in rows]
    state = await panel_state(found, found.opens - week)
    readers = {reader.seat_id: (reader.high, reader.takes_more) for reader in state.readers}
    assert [readers[seat] for seat in seats] == [
        (9, True), (12, True), (None, False), (None, True), (None, True),
    ]  # fmt: skip
    later = await panel_state(found, found.opens + 2 * week)
    assert not next(reader.takes_more for reader in later.readers if reader.seat_id == seats[4])
