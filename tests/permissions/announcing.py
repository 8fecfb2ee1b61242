"""From the adopted run to the second signature: by Eun-ji first, and then by Farid."""

from datetime import datetime
from typing import TYPE_CHECKING

from awards.accounts.tables import Approval
from awards.actor import Actor, Grant
from awards.clock import FixedClock
from awards.publication import services as publication
from awards.publication.forms import AskToPublish, Shows, SignPublication
from awards.results import services as results
from awards.results.forms import DecidePrizes, JudgeRun
from awards.results.rules import Pick
from tests.people import EUN_JI, FARID, Member, give, id_of
from tests.permissions import deliberations
from tests.permissions.canaries import REASON

if TYPE_CHECKING:
    from tests.permissions.world import World


async def secretary(made: "World", member: Member, at: datetime) -> Actor:
    await give(member, "secretariat", made.season.scope)
    grants = frozenset({Grant("secretariat", made.season.scope)})
    return Actor(person_id=await id_of(member), name=member.name, grants=grants, proved_at=at)


async def published(made: "World", reference: str, citation: str, *, at: datetime, clock: FixedClock) -> None:
    await calibrate(made, clock)
    eun_ji, farid = [await secretary(made, member, clock.now()) for member in (EUN_JI, FARID)]
    await deliberations.concluded(made.season, reference, eun_ji, farid, clock)
    await decide(made, reference, citation, clock)
    await sign_second(made, await sign_first(made, "winners", at, clock), clock)


async def calibrate(made: "World", clock: FixedClock) -> None:
    actor, round_id = await secretary(made, EUN_JI, clock.now()), made.season.round_id
    number = await results.calibrate_round(round_id=round_id, actor=actor, clock=clock)
    await results.adopt_run(command=JudgeRun(round_id=round_id, number=number), actor=actor, clock=clock)


async def decide(made: "World", reference: str, citation: str, clock: FixedClock, version: int = 0) -> None:
    pick = Pick("gold", 1, reference, reason=REASON, citation=citation, version=version)
    command = DecidePrizes(made.season.edition_id, "inclusive", (pick,))
    actor = await secretary(made, EUN_JI, clock.now())
    await results.decide_prizes(command=command, actor=actor, clock=clock)


async def sign_first(made: "World", shows: Shows, at: datetime, clock: FixedClock, note: str = "") -> int:
    wish = AskToPublish(edition_id=made.season.edition_id, shows=shows, visible_at=at, note=note)
    actor = await secretary(made, EUN_JI, clock.now())
    return await publication.ask_to_publish(command=wish, actor=actor, clock=clock)


async def sign_second(made: "World", approval: int, clock: FixedClock) -> None:
    (row,) = await Approval.select(Approval.subject_sha256).where(Approval.id == approval)
    await publication.sign_publication(
        command=SignPublication(
            edition_id=made.season.edition_id, approval_id=approval, sha256=row["subject_sha256"]
        ),
        actor=await secretary(made, FARID, clock.now()),
        clock=clock,
    )
