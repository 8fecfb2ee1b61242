"""A number of one edition named at the door of another is found by nobody, whoever runs both."""

from collections.abc import Awaitable, Callable

import pytest

from awards.accounts.tables import Approval
from awards.actor import Actor
from awards.clock import FixedClock
from awards.errors import NotFound, Stale
from awards.publication import services
from awards.publication.forms import SignPublication
from awards.publication.forms_words import ReviewNote
from awards.publication.words_to_cities import notes_of
from awards.results.forms import ConsentWaiver, EndWaiver
from awards.results.services import ask_for_run
from awards.results.services import waivers as gate
from tests.awards.publication.published import ask, decided, published
from tests.awards.publication.test_feedback import noted
from tests.awards.results.judged import Judged, judged
from tests.awards.results.test_gate import ask as let_pass
from tests.awards.results.test_gate import short
from tests.people import FARID

Act = Callable[[Judged, Actor, FixedClock], Awaitable[object]]


async def signed(here: Judged, actor: Actor, clock: FixedClock) -> object:
    approval = await ask(await decided(clock), clock)
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    sha256 = rows[0]["subject_sha256"]
    edition = here.season.edition_id
    await ask(here, clock)
    command = SignPublication(edition_id=edition, approval_id=approval, sha256=sha256)
    return await services.sign_publication(command=command, actor=actor, clock=clock)


async def unsigned(here: Judged, actor: Actor, clock: FixedClock) -> object:
    there = await ask(await decided(clock), clock)
    edition = here.season.edition_id
    return await services.end_request(edition_id=edition, approval_id=there, actor=actor, clock=clock)


async def withdrawn(here: Judged, actor: Actor, clock: FixedClock) -> object:
    await published(clock)
    edition = here.season.edition_id
    return await services.withdraw_publication(edition_id=edition, number=1, actor=actor, clock=clock)


async def reviewed(here: Judged, actor: Actor, clock: FixedClock) -> object:
    there = await decided(clock)
    await noted(there)
    note = (await notes_of(there.season.edition_id))[0]
    command = ReviewNote.model_validate(
        {"edition_id": here.season.edition_id, "sheet_id": note.sheet_id, "seen": note.seen,
         "outcome": "given", "reason": "Read"}
    )  # fmt: skip
    return await services.review_note(command=command, actor=actor, clock=clock)


async def passed(here: Judged, actor: Actor, clock: FixedClock) -> object:
    there = await judged()
    approval = await let_pass(there, clock, await short(there))
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    command = ConsentWaiver(
        round_id=here.season.round_id, approval=approval, sha256=rows[0]["subject_sha256"]
    )
    return await gate.consent_waiver(command=command, actor=actor, clock=clock)


async def no_longer_passed(here: Judged, actor: Actor, clock: FixedClock) -> object:
    there = await judged()
    approval = await let_pass(there, clock, await short(there))
    command = EndWaiver(round_id=here.season.round_id, approval=approval)
    return await gate.end_waiver(command=command, actor=actor, clock=clock)


@pytest.mark.parametrize("act", [signed, unsigned, withdrawn, reviewed, passed, no_longer_passed])
async def test_what_is_of_another_edition_is_not_there(clock: FixedClock, act: Act) -> None:
    here = await decided(clock)
    with pytest.raises((NotFound, Stale)):
        await act(here, await here.actor(FARID), clock)


async def test_a_round_of_an_edition_that_is_not_ones_own(clock: FixedClock) -> None:
    here, there = await judged(), await judged()
    with pytest.raises(NotFound):
        await ask_for_run(round_id=there.season.round_id, actor=await here.actor(FARID), clock=clock)
