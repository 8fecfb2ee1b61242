"""Two secretaries who decide in the same instant, with real commits: one wins, the other is told what changed."""

import asyncio
from collections.abc import Awaitable

import pytest

from awards.clock import FixedClock
from awards.errors import Denied
from awards.panels.assignment.editing import Kind
from awards.panels.forms import DecideProposal
from awards.panels.forms_repair import EditProposal
from awards.panels.services import apply_proposal
from awards.panels.services.editing import edit_proposal
from awards.panels.tables import Assignment, Proposal, RoundEntry, Seat
from tests.awards.panels.rooms import Room
from tests.awards.panels.work import at_work, body_of, chosen, offered, states
from tests.factories import AT

pytestmark = pytest.mark.commits
CLOCK = FixedClock(AT)


async def both(*acts: Awaitable[object]) -> list[object]:
    return list(await asyncio.gather(*acts, return_exceptions=True))


def apply(made: Room, proposal: int) -> Awaitable[int]:
    decided = DecideProposal(proposal=proposal)
    return apply_proposal(round_id=made.round_id, command=decided, actor=made.secretariat, clock=CLOCK)


async def broken() -> tuple[Room, list[int]]:
    """A room whose silent judge gives up everything, and the three offers."""
    made, panel = await at_work(CLOCK)
    return made, await offered(made, CLOCK, panel[1][1])


async def test_of_two_offers_one_is_applied_and_one_is_told() -> None:
    made, offers = await broken()
    first, second = [await chosen(made, CLOCK, offer) for offer in (offers[0], offers[2])]
    found = await both(apply(made, first), apply(made, second))
    refused = [one for one in found if isinstance(one, Denied)]
    assert len(refused) == 1
    assert "The panel changed since this was computed" in refused[0].why
    assert "given since" in refused[0].why
    rows = {row["id"]: row["state"] for row in await Proposal.select(Proposal.id, Proposal.state)}
    assert sorted([rows[first], rows[second]]) == ["applied", "refused"]
    applied = first if rows[first] == "applied" else second
    body = await body_of(applied)
    given = [pair for pair, state in (await states(made)).items() if state == "given"]
    assert len(given) == body["kept"] + len(body["added"])


async def test_of_two_edits_one_is_the_next_version() -> None:
    made, offers = await broken()
    proposal = await chosen(made, CLOCK, offers[0])
    body = await body_of(proposal)
    entry, seat = body["added"][0]
    rows = await RoundEntry.raw(
        "SELECT e.reference FROM round_entry re JOIN entry e ON e.id = re.entry WHERE re.id = {}", entry
    )
    command = EditProposal(proposal=proposal, act=Kind.TAKE, entry=rows[0]["reference"], seat=seat)

    def edit() -> Awaitable[int]:
        return edit_proposal(round_id=made.round_id, command=command, actor=made.secretariat, clock=CLOCK)

    found = await both(edit(), edit())
    assert sorted(type(one).__name__ for one in found) == ["Stale", "int"]
    assert await Proposal.count().where(Proposal.state == "proposed") == 1


async def test_a_judge_who_opens_an_entry_keeps_it_or_has_lost_it() -> None:
    made, offers = await broken()
    proposal = await chosen(made, CLOCK, offers[0])
    entry, seat = (await body_of(proposal))["removed"][0]
    same = (Assignment.round_entry == entry) & (Assignment.seat == seat)

    async def open_it() -> bool:
        rows = await Assignment.raw(
            "UPDATE assignment SET state = 'opened' WHERE round_entry = {} AND seat = {} AND state = 'given'"
            " RETURNING id",
            entry,
            seat,
        )
        return bool(rows)

    applied, opened = await both(apply(made, proposal), open_it())
    state = (await Assignment.select(Assignment.state).where(same))[0]["state"]
    assert (state, isinstance(applied, int), opened) in (
        ("opened", False, True),
        ("withdrawn", True, False),
    )
    assert await Seat.exists().where(Seat.id == seat)
