"""A chair and a jury are asked when the sheets are closed too: they read and deliberate, and mark nothing."""

import pytest

from awards.clock import FixedClock
from awards.editions.tables import Round
from awards.errors import Denied, Invalid
from awards.panels import services
from awards.panels.forms import AssignByHand, InviteJudge
from awards.panels.tables import Judge, RoundEntry
from tests import factories
from tests.awards.panels.rooms import Room, room
from tests.factories import AT
from tests.people import LEILA, id_of
from tests.serving import ClientFor


async def closed(state: str = "closed") -> Room:
    made = await room(("KR", "KE"))
    await Round.update({Round.state: state}).where(Round.id == made.round_id)
    return made


async def invite(made: Room, clock: FixedClock, role: str) -> int:
    leila = await id_of(LEILA)
    if not await Judge.exists().where(Judge.person == leila):
        await factories.make_judge(leila)
    command = InviteJudge.model_validate({"judge": leila, "role": role})
    return await services.invite_judge(
        round_id=made.round_id, command=command, actor=made.secretariat, clock=clock
    )


@pytest.mark.parametrize("role", ["chair", "jury"])
async def test_only_who_deliberates_is_asked_when_the_round_is_closed(clock: FixedClock, role: str) -> None:
    made = await closed()
    with pytest.raises(Denied, match="closed"):
        await invite(made, clock, "scorer")
    seat = await invite(made, clock, role)
    await services.resend_invitation(
        round_id=made.round_id, seat_id=seat, actor=made.secretariat, clock=clock
    )
    await Round.update({Round.state: "decided"}).where(Round.id == made.round_id)
    with pytest.raises(Denied):
        await services.resend_invitation(
            round_id=made.round_id, seat_id=seat, actor=made.secretariat, clock=clock
        )


@pytest.mark.parametrize(("state", "sheet"), [("declined", ""), ("ended", "signed")])
async def test_who_was_asked_to_mark_does_not_come_back_to_deliberate(
    clock: FixedClock, state: str, sheet: str
) -> None:
    """Their seat is among what the results rest on; and nobody leads a meeting on marks of their own."""
    made = await closed("open" if sheet else "closed")
    seat = await factories.seat(made.round_id, await id_of(LEILA), state=state)
    if sheet:
        (entry,) = await RoundEntry.select(RoundEntry.id).where(RoundEntry.round == made.round_id).limit(1)
        await factories.assignment(entry["id"], seat, state=sheet, signed_at=AT)
    for role in ("chair", "jury"):
        with pytest.raises(Invalid, match="asked to mark"):
            await invite(made, clock, role)


@pytest.mark.parametrize(("role", "part"), [("jury", "of the jury"), ("chair", "chair of the panel")])
async def test_who_deliberates_reads_declares_and_marks_nothing(
    clock: FixedClock, client_for: ClientFor, role: str, part: str
) -> None:
    made = await closed()
    leila = await client_for(LEILA)
    await invite(made, clock, role)
    bench = f"/bench/{made.season.programme}/{made.season.edition}/first"
    page = await leila.get(bench)
    assert part in page.text
    page = await leila.submit("Accept", agree="1")
    page = await leila.submit("Declare", entries=[made.references[1]], reason="I advised them")
    assert "1 entry is not shown to you" in page.text
    assert "Your deliberations" in page.text
    await leila.get(f"{bench}/chair/{made.references[0]}")
    await leila.get(f"{bench}/chair/{made.references[1]}", status=404)


async def test_nobody_gives_a_jury_a_sheet(clock: FixedClock) -> None:
    made = await room(("KR",))
    person = await factories.judge(country="FR")
    seat = await factories.seat(made.round_id, person, role="jury", conflicts_declared_at=AT)
    with pytest.raises(Invalid, match="does not score"):
        await services.assign_by_hand(
            round_id=made.round_id,
            command=AssignByHand(seat=seat, reference=made.references[0]),
            actor=made.secretariat,
            clock=clock,
        )
