"""Two verbs at once, with real commits: who waits for the other goes by what the other did."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from msgspec import structs

from awards.clock import FixedClock
from awards.db import current, transaction
from awards.editions.tables import Halt
from awards.errors import AwardsError, Denied, Halted, NotFound, Stale
from awards.outbox.tables import Message
from awards.panels.forms import AssignByHand
from awards.panels.services import assign_by_hand
from awards.panels.tables import Assignment
from awards.publication import services as publication
from awards.publication.forms import HaltEdition
from awards.publication.forms_words import ReviewNote
from awards.publication.tables import Feedback, Publication
from awards.publication.words_to_cities import notes_of
from awards.results import services as results
from awards.results.advancing import Choice
from awards.results.forms import AdvanceEntries, DecidePrizes
from awards.results.forms_deliberation import Renew
from awards.results.rules import Pick
from awards.results.services.deliberation import renew_deliberation
from awards.results.tables import PrizeDecision
from awards.scoresheets.services import save_sheet
from awards.scoresheets.tables import SheetRevision
from awards.web.problems import HANDLERS
from tests import factories
from tests.awards.publication.published import ask, decided, sign
from tests.awards.publication.test_feedback import noted
from tests.awards.results.judged import secretary
from tests.awards.results.meeting import met
from tests.awards.results.two_rounds import two_rounds
from tests.awards.scoresheets.benches import bench, save
from tests.factories import AT, DAY
from tests.people import AMINA, EUN_JI, id_of

pytestmark = pytest.mark.commits
CLOCK = FixedClock(AT)
Act = Callable[[], Awaitable[object]]


async def behind(first: Act, second: Act) -> object:
    """What the second verb answers that begins before the first is committed, and ends after it."""
    begins = asyncio.Event()

    async def later() -> object:
        await begins.wait()
        return await second()

    task = asyncio.create_task(later())
    async with transaction():
        await first()
        begins.set()
        await _waits(task)
    return (await asyncio.gather(task, return_exceptions=True))[0]


async def _waits(task: asyncio.Task[object]) -> None:
    """Until it waits for a lock; on SQLite everybody waits for the one writer at once."""
    if current().engine_type == "sqlite":
        await asyncio.sleep(0)
        return
    while not task.done():
        rows = await Halt.raw(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if rows:
            return


async def test_a_save_that_waits_for_the_stop_is_not_written() -> None:
    made = await bench()
    actor = await secretary(made.season, EUN_JI)
    halt = HaltEdition(edition_id=made.season.edition_id, reason="A link leaked.", sure=True)
    found = await behind(
        lambda: publication.halt_edition(command=halt, actor=actor, clock=CLOCK),
        lambda: save_sheet(
            where=made.where(), command=save("first", 0, {"impact": 7}), actor=made.judge, clock=CLOCK
        ),
    )
    assert isinstance(found, Halted)
    assert await SheetRevision.count() == 0


async def test_proposals_are_taken_of_what_is_decided_by_then() -> None:
    """The second and the third cannot be told apart, and somebody gives the silver to the first."""
    everyone = tuple((0, 1, 2, 3) for _ in range(6))
    season = await decided(CLOCK, quality=(9, 8, 8, 5, 4, 3), readers=everyone, proposals=False)
    actor, edition = await season.actor(), season.season.edition_id
    pick = Pick("silver", 1, season.references[0], reason="The jury has its reasons.")
    command = DecidePrizes(edition, "inclusive", (pick,))
    found = await behind(
        lambda: results.decide_prizes(command=command, actor=actor, clock=CLOCK),
        lambda: results.take_proposals(edition_id=edition, actor=actor, clock=CLOCK),
    )
    assert found == 0, "who has the silver is not given the gold by itself"
    assert await PrizeDecision.count() == 1


async def test_words_that_are_left_out_at_the_last_moment_do_not_go_out() -> None:
    out = AT + DAY
    season = await decided(CLOCK)
    sheets = await noted(season)
    await sign(season, CLOCK, await ask(season, CLOCK, at=out))
    actor, after = await season.actor(), FixedClock(out)
    just_before = FixedClock(out - timedelta(milliseconds=1))
    note = next(one for one in await notes_of(season.season.edition_id) if one.sheet_id == sheets[0][0])
    left_out = ReviewNote.model_validate(
        {"edition_id": season.season.edition_id, "sheet_id": note.sheet_id, "seen": note.seen,
         "outcome": "left out", "reason": "Read"}
    )  # fmt: skip
    await behind(
        lambda: publication.review_note(command=left_out, actor=actor, clock=just_before),
        lambda: publication.make_feedback(after),
    )
    await publication.make_feedback(after)
    told = await Feedback.select(Feedback.body).where(Feedback.entry == season.entries[0])
    assert note.text not in told[0]["body"]
    # What arrived in time and comes to its turn when all is made is told so.
    again = structs.replace(note, outcome="left out", reason="Read").seen
    with pytest.raises(Denied, match="gone out"):
        await publication.review_note(
            command=left_out.model_copy(update={"seen": again, "outcome": "given"}),
            actor=actor,
            clock=just_before,
        )


async def test_nobody_is_told_of_what_is_withdrawn_at_the_last_moment() -> None:
    out = AT + DAY
    season = await decided(CLOCK)
    await factories.official(await id_of(AMINA), season.entrants[0])
    edition, actor = season.season.edition_id, await season.actor()
    after, just_before = FixedClock(out), FixedClock(out - timedelta(milliseconds=1))

    def withdraw(number: int) -> Awaitable[None]:
        return publication.withdraw_publication(
            edition_id=edition, number=number, actor=actor, clock=just_before
        )

    first = await sign(season, CLOCK, await ask(season, CLOCK, at=out))
    await behind(lambda: withdraw(first), lambda: publication.write_to_entrants(after))
    assert await Message.count() == 0
    second = await sign(season, CLOCK, await ask(season, CLOCK, at=out))
    assert await publication.write_to_entrants(after) == 1
    with pytest.raises(Denied, match="is public"):
        await withdraw(second)


async def test_nothing_is_signed_on_a_deliberation_that_is_taken_up_again() -> None:
    made = await met(CLOCK)
    await made.consent(await made.sign())
    edition = made.season.season.edition_id
    await results.take_proposals(edition_id=edition, actor=await made.season.actor(), clock=CLOCK)
    approval = await ask(made.season, CLOCK)
    actor = await made.actor(EUN_JI)
    found = await behind(
        lambda: renew_deliberation(
            place=made.place, command=Renew(reason="A word more."), actor=actor, clock=CLOCK
        ),
        lambda: sign(made.season, CLOCK, approval),
    )
    assert isinstance(found, Denied)
    assert await Publication.count() == 0


async def test_who_no_longer_goes_on_is_given_to_no_judge() -> None:
    season, final = await two_rounds(CLOCK)
    actor = await season.actor()
    seat = await factories.seat(final, season.judges[0], label="F1", conflicts_declared_at=AT)

    def advance(*going: int, seen: int) -> Awaitable[int]:
        choices = tuple(
            Choice(one, number in going, "" if number in going or number > 2 else "Its city gave it up.")
            for number, one in enumerate(season.references)
        )
        command = AdvanceEntries(season.season.edition_id, "first", choices, seen)
        return results.advance_entries(command=command, actor=actor, clock=CLOCK)

    await advance(0, 1, 2, seen=0)
    by_hand = AssignByHand(reference=season.references[2], seat=seat)
    found = await behind(
        lambda: advance(0, 1, seen=6),
        lambda: assign_by_hand(round_id=final, command=by_hand, actor=actor, clock=CLOCK),
    )
    assert isinstance(found, AwardsError)
    assert HANDLERS.get(type(found)) in (HANDLERS[NotFound], HANDLERS[Stale]), "said on a calm page"
    assert await Assignment.count().where(Assignment.seat == seat) == 0
