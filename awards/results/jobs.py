"""Long work of results, by the name under which it is asked for."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from awards.actor import SYSTEM, Actor
from awards.clock import Clock
from awards.jobs.services import Work
from awards.results.services import calibrate_round


async def calibrate(work: Work, report: Callable[[int], Awaitable[bool]], clock: Clock) -> Mapping[str, Any]:
    actor = Actor(person_id=work.asked_by, name="") if work.asked_by else SYSTEM
    number = await calibrate_round(round_id=work.subject_id, actor=actor, clock=clock)
    return {"run": number}


JOB_HANDLERS = {"calibrate": calibrate}
