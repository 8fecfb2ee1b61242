"""A season whose prizes are decided, and one whose results two people have signed."""

from datetime import datetime

from awards.accounts.tables import Approval
from awards.clock import FixedClock
from awards.publication import services
from awards.publication.forms import AskToPublish, SignPublication
from awards.results import services as results
from awards.results.forms import JudgeRun
from tests.awards.results.judged import Judged, judged
from tests.people import EUN_JI, FARID


async def decided(clock: FixedClock, *, proposals: bool = True, **more: object) -> Judged:
    season = await judged(**more)
    actor, round_id = await season.actor(), season.season.round_id
    number = await results.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await results.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)
    if proposals:
        await results.take_proposals(edition_id=season.season.edition_id, actor=actor, clock=clock)
    return season


async def ask(
    season: Judged, clock: FixedClock, *, shows: str = "winners", at: datetime | None = None, note: str = ""
) -> int:
    command = AskToPublish.model_validate(
        {"edition_id": season.season.edition_id, "shows": shows, "visible_at": at, "note": note}
    )
    return await services.ask_to_publish(command=command, actor=await season.actor(EUN_JI), clock=clock)


async def sign(season: Judged, clock: FixedClock, approval_id: int) -> int:
    rows = await Approval.select(Approval.subject_sha256).where(Approval.id == approval_id)
    command = SignPublication(
        edition_id=season.season.edition_id, approval_id=approval_id, sha256=rows[0]["subject_sha256"]
    )
    return await services.sign_publication(command=command, actor=await season.actor(FARID), clock=clock)


async def published(
    clock: FixedClock, *, shows: str = "winners", at: datetime | None = None, **more: object
) -> Judged:
    season = await decided(clock, **more)
    await sign(season, clock, await ask(season, clock, shows=shows, at=at))
    return season
