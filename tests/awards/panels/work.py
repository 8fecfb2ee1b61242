"""A round at work: its assignment is applied, judges have opened and written some of it, and then something happens."""

import json
from random import Random
from typing import Any

from awards.clock import FixedClock
from awards.jobs import services as jobs
from awards.panels.forms import AskForProposal, DecideProposal
from awards.panels.forms_repair import AskForRepair
from awards.panels.services import apply_proposal, ask_for_proposal, ask_for_repair, choose_offer, mend
from awards.panels.tables import Assignment, Proposal
from tests.awards.panels.rooms import Room, judges, room, run_job

COUNTRIES = ("KR", "KE", "BR", "IT", "KR", "KE", "BR", "IT")
HOMES = ("FR", "JP", "SE", "CH", "KR", "KE")


async def at_work(
    clock: FixedClock, *, seed: int | None = None, countries: tuple[str, ...] = COUNTRIES, **more: Any
) -> tuple[Room, list[tuple[int, int]]]:
    """The room, and (person, seat) of its judges. With a seed some of the entries are opened or written."""
    made = await room(countries, wanted=3)
    panel = await judges(made, *HOMES, **more)
    await ask_for_proposal(
        round_id=made.round_id, command=AskForProposal(seed=0), actor=made.secretariat, clock=clock
    )
    proposal = int((await run_job(clock))["proposal"])
    decided = DecideProposal(proposal=proposal)
    await apply_proposal(round_id=made.round_id, command=decided, actor=made.secretariat, clock=clock)
    if seed is not None:
        chance = Random(seed)
        for row in await Assignment.select(Assignment.id).order_by(Assignment.id):
            state = chance.choice(("given", "given", "opened", "started", "signed"))
            await Assignment.update({Assignment.state: state}).where(Assignment.id == row["id"])
    return made, panel


async def states(made: Room) -> dict[tuple[int, int], str]:
    """(entry, seat) -> state of every assignment of the round."""
    rows = await Assignment.raw(
        "SELECT re.entry, a.seat, a.state FROM assignment a JOIN round_entry re ON re.id = a.round_entry"
        " WHERE re.round = {}",
        made.round_id,
    )
    return {(row["entry"], row["seat"]): row["state"] for row in rows}


async def offered(made: Room, clock: FixedClock, *silent: int) -> list[int]:
    """The three offers, as the worker makes them."""
    command = AskForRepair(silent=silent)
    await ask_for_repair(round_id=made.round_id, command=command, actor=made.secretariat, clock=clock)
    work = await jobs.claim(clock.now())
    assert work is not None

    async def report(percent: int) -> bool:
        return await jobs.report(work, percent, clock.now())

    result = dict(await mend(work, report, clock))
    await jobs.finish(work, state="done", result=result, now=clock.now())
    return list(result["offers"])


async def body_of(proposal: int) -> dict[str, Any]:
    rows = await Proposal.select(Proposal.body).where(Proposal.id == proposal)
    found: dict[str, Any] = json.loads(rows[0]["body"])
    return found


async def chosen(made: Room, clock: FixedClock, offer: int) -> int:
    decided = DecideProposal(proposal=offer)
    return await choose_offer(round_id=made.round_id, command=decided, actor=made.secretariat, clock=clock)
