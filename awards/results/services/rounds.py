"""The verb that lets the outcome of a round stand, before the results of its edition are signed."""

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.rules import RoundState
from awards.editions.steps import move_round
from awards.editions.tables import Round
from awards.errors import Denied, Stale
from awards.panels.tables import RoundEntry
from awards.results.queries import conflicted_categories
from awards.results.queries.deliberation import unsettled_deliberations
from awards.results.rules import RunState, decision_obstacles, may_judge_results
from awards.results.steps import adopted_holds, round_of_secretariat
from awards.results.tables import CalibrationRun


async def decide_round(*, round_id: int, version: int, actor: Actor, clock: Clock) -> None:
    """From now on no sheet, no assignment and no adopted run of it changes; a later round builds on it."""
    now = clock.now()
    async with transaction():
        row = await round_of_secretariat(round_id, actor)
        await lock_rows(Round.select(Round.id).where(Round.id == row.id))
        row = await round_of_secretariat(round_id, actor)
        if row.version != version:
            raise Stale
        if refusal := may_judge_results(await conflicted_categories(row.edition_id, actor.person_id, now)):
            raise refusal
        adopted = await CalibrationRun.select(CalibrationRun.number, CalibrationRun.sha256).where(
            (CalibrationRun.round == row.id) & (CalibrationRun.state == RunState.ADOPTED.value)
        )
        entries = await RoundEntry.count().where(RoundEntry.round == row.id)
        current = bool(adopted) and await adopted_holds(row.id)
        unsettled = [
            one.text for one in await unsettled_deliberations(row.edition_id) if one.round == row.code
        ]
        if found := decision_obstacles(row.state, row.kind, entries, bool(adopted), current, unsettled):
            raise Denied("not decided", found[0])
        await move_round(row.id, RoundState.DECIDED, now)
        await record(
            Action.ROUND_DECIDED,
            actor=actor,
            at=now,
            subject=("round", row.id),
            edition_id=row.edition_id,
            as_role="secretariat",
            before={"state": row.state},
            after={"state": RoundState.DECIDED.value, "runs": [run["sha256"] for run in adopted]},
        )
