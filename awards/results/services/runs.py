"""Verbs of runs: ask for one, compute and store it, adopt it or drop it."""

import asyncio
import json
from datetime import datetime
from typing import Any

import judging
from awards import __version__
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.rules import RoundState
from awards.editions.tables import Round, Ruleset
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.jobs.services import ask_for
from awards.panels.queries import counting_in_conflict
from awards.results.facts import RoundFacts, RoundRow, facts_of, round_by_id, ruleset_of, sha256
from awards.results.forms import JudgeRun
from awards.results.inputs import inputs_text, round_inputs
from awards.results.queries import (
    conflicted_categories,
)
from awards.results.rules import (
    RunState,
    may_calibrate,
    may_judge_results,
    may_move,
    may_run_again,
    none_in_conflict,
    not_while_reading,
    shows_runs,
)
from awards.results.steps import adopted_holds, adopted_rests_on, round_of_secretariat
from awards.results.tables import CalibrationRun, JudgeEffect, Standing
from awards.web.i18n import _
from judging import canonical_bytes, sha256_of

SOFTWARE = f"awards {__version__}"


async def ask_for_run(*, round_id: int, actor: Actor, clock: Clock) -> int:
    """Queue the calibration of a closed round; one that waits already is returned instead."""
    now = clock.now()
    async with transaction():
        row = await round_of_secretariat(round_id, actor)
        if refusal := may_calibrate(row.state, row.kind):
            raise refusal
        if refusal := may_run_again(
            row.state, row.state == RoundState.DECIDED and await adopted_holds(row.id)
        ):
            raise refusal
        job = await ask_for(
            "calibrate", subject=("round", round_id), args={}, asked_by=actor.person_id, at=now
        )
        await record(
            Action.RUN_ASKED,
            actor=actor,
            at=now,
            subject=("round", round_id),
            edition_id=row.edition_id,
            as_role="secretariat",
            after={"job": job},
        )
    return job


async def calibrate_round(*, round_id: int, actor: Actor, clock: Clock) -> int:
    """Compute the verdict of a closed round and store it; the same inputs again give the stored run's number."""
    facts = await _settled_facts(round_id, clock.now())
    inputs = round_inputs(facts)
    text = inputs_text(inputs)
    # Outside any transaction and off the loop: a large round takes a while.
    verdict = await asyncio.to_thread(judging.decide, inputs)
    body = (await asyncio.to_thread(canonical_bytes, judging.verdict_document(verdict))).decode()
    now = clock.now()
    async with transaction():
        await lock_rows(Round.select(Round.id).where(Round.id == round_id))
        again = await _settled_facts(round_id, now)
        if inputs_text(round_inputs(again)) != text:
            raise Stale
        stored = await CalibrationRun.select(CalibrationRun.number, CalibrationRun.ruleset).where(
            (CalibrationRun.round == round_id)
            & (CalibrationRun.inputs_sha256 == sha256(text))
            & (CalibrationRun.sha256 == sha256(body))
            & (CalibrationRun.state != RunState.DROPPED.value)
        )
        frozen = await ruleset_of(round_id)
        for one in stored:
            if one["ruleset"] == frozen:
                return int(one["number"])
        if refusal := may_run_again(again.round.state, await adopted_rests_on(round_id, text)):
            raise refusal
        run = CalibrationRun(
            round=round_id,
            number=await _next_number(round_id),
            ruleset=await _ruleset(facts, text, now),
            inputs=text,
            inputs_sha256=sha256(text),
            method=verdict.method.rule.value,
            software=SOFTWARE,
            seed=verdict.seed,
            body=body,
            sha256=sha256(body),
            state=RunState.PROVISIONAL.value,
            by=actor.person_id or None,
            created_at=now,
        )
        await run.save()
        await _store_rows(run.id, facts, verdict, now)
        await record(
            Action.RUN_STORED,
            actor=actor,
            at=now,
            subject=("run", run.id),
            edition_id=facts.round.edition_id,
            as_role="secretariat" if actor.person_id else "service",
            after={"number": run.number, "inputs": run.inputs_sha256, "body": run.sha256},
        )
    return int(run.number)


async def adopt_run(*, command: JudgeRun, actor: Actor, clock: Clock) -> None:
    """The run's standings become those of the round; one that was adopted before is superseded."""
    now = clock.now()
    async with transaction():
        row, run = await _run_to_judge(command, actor, now, RunState.ADOPTED)
        if run["ruleset"] != await ruleset_of(row.id):
            raise Denied(
                "new ruleset", _("The rules of this round have changed since this run. Ask for a new one.")
            )
        if inputs_text(round_inputs(await facts_of(row.id))) != run["inputs"]:
            raise Denied(
                "inputs changed", _("Sheets or entries have changed since this run. Ask for a new one.")
            )
        if refusal := may_run_again(row.state, await adopted_rests_on(row.id, run["inputs"])):
            raise refusal
        before = (
            await CalibrationRun.update({CalibrationRun.state: RunState.SUPERSEDED.value})
            .where((CalibrationRun.round == row.id) & (CalibrationRun.state == RunState.ADOPTED.value))
            .returning(CalibrationRun.number)
        )
        await _move(run["id"], RunState.PROVISIONAL, RunState.ADOPTED)
        await record(
            Action.RUN_ADOPTED,
            actor=actor,
            at=now,
            subject=("run", run["id"]),
            edition_id=row.edition_id,
            as_role="secretariat",
            before={"superseded": [old["number"] for old in before]},
            after={"number": command.number, "body": run["sha256"]},
            reason=command.reason,
        )


async def drop_run(*, command: JudgeRun, actor: Actor, clock: Clock) -> None:
    """The run stays readable and decides nothing."""
    now = clock.now()
    if not command.reason:
        raise Invalid({"reason": _("Say why this run is dropped")})
    async with transaction():
        row, run = await _run_to_judge(command, actor, now, RunState.DROPPED)
        await _move(run["id"], RunState.PROVISIONAL, RunState.DROPPED)
        await record(
            Action.RUN_DROPPED,
            actor=actor,
            at=now,
            subject=("run", run["id"]),
            edition_id=row.edition_id,
            as_role="secretariat",
            after={"number": command.number},
            reason=command.reason,
        )


# --- parts of the verbs above --------------------------------------------------------------------------


async def _settled_facts(round_id: int, now: datetime) -> RoundFacts:
    """The facts of a round, read at one instant."""
    async with transaction():
        row = await round_by_id(round_id)
        if refusal := may_calibrate(row.state, row.kind):
            raise refusal
        if refusal := none_in_conflict(await counting_in_conflict(round_id, row.edition_id, now)):
            raise refusal
        return await facts_of(round_id)


async def _next_number(round_id: int) -> int:
    rows = await CalibrationRun.raw(
        "SELECT number FROM calibration_run WHERE round = {} ORDER BY number DESC LIMIT 1", round_id
    )
    return int(rows[0]["number"]) + 1 if rows else 1


async def _ruleset(facts: RoundFacts, inputs: str, now: Any) -> int:
    """What froze when the round opened; a round that never opened here freezes what its run was computed with."""
    frozen = await ruleset_of(facts.round.id)
    if frozen is not None:
        return frozen
    document = json.loads(inputs)
    rules = {
        key: document[key] for key in ("criteria", "prizes", "method", "tie_breaks", "draws", "seed", "kind")
    }
    body = {"format": "ruleset-of-round-1", "round": facts.round.code, **rules}
    rows = await Ruleset.raw(
        "SELECT version FROM ruleset WHERE edition = {} ORDER BY version DESC LIMIT 1", facts.round.edition_id
    )
    ruleset = Ruleset(
        edition=facts.round.edition_id,
        version=rows[0]["version"] + 1 if rows else 1,
        round_id=facts.round.id,
        body=canonical_bytes(body).decode(),
        sha256=sha256_of(body),
        created_at=now,
    )
    await ruleset.save()
    return int(ruleset.id)


async def _store_rows(run_id: int, facts: RoundFacts, verdict: "judging.Verdict", now: Any) -> None:
    entry_of = {row["reference"]: row["id"] for row in facts.entries}
    seat_of = {row["label"]: row["id"] for row in facts.seats}
    standings = [
        Standing(
            run=run_id,
            round_entry=entry_of[s.entry],
            scope=s.scope,
            sheets=s.sheets,
            raw_mean=s.raw,
            estimate=s.estimate,
            error=s.error,
            rank=s.rank,
            rank_low=s.rank_low,
            rank_high=s.rank_high,
            chances=_chances(s),
            created_at=now,
        )
        for s in verdict.standings
    ]
    effects = [
        JudgeEffect(
            run=run_id,
            seat=seat_of[j.judge],
            scope=j.scope,
            severity=j.severity,
            error=j.error,
            spread=j.spread,
            fit=j.fit,
            created_at=now,
        )
        for j in verdict.judges
    ]
    # SQLite takes 32,766 parameters in one statement.
    for start in range(0, len(standings), 500):
        await Standing.insert(*standings[start : start + 500])
    for start in range(0, len(effects), 500):
        await JudgeEffect.insert(*effects[start : start + 500])


def _chances(standing: "judging.Standing") -> str:
    return canonical_bytes(
        {
            "quantiles": list(standing.quantiles),
            "chances": list(standing.chances),
            "prizes": dict(standing.prize_chances),
            "expected_rank": standing.expected_rank,
        }
    ).decode()


async def _run_to_judge(
    command: JudgeRun, actor: Actor, now: Any, to: RunState
) -> tuple[RoundRow, dict[str, Any]]:
    await lock_rows(Round.select(Round.id).where(Round.id == command.round_id))
    row = await round_of_secretariat(command.round_id, actor)
    rows = await CalibrationRun.select(
        CalibrationRun.id,
        CalibrationRun.state,
        CalibrationRun.inputs,
        CalibrationRun.sha256,
        CalibrationRun.ruleset,
    ).where((CalibrationRun.round == row.id) & (CalibrationRun.number == command.number))
    if not rows or not shows_runs(row.state):
        raise NotFound
    if refusal := not_while_reading(row.state):
        raise refusal
    if refusal := may_judge_results(await conflicted_categories(row.edition_id, actor.person_id, now)):
        raise refusal
    if refusal := may_move(rows[0]["state"], to):
        raise refusal
    return row, rows[0]


async def _move(run_id: int, before: RunState, after: RunState) -> None:
    moved = (
        await CalibrationRun.update({CalibrationRun.state: after.value})
        .where((CalibrationRun.id == run_id) & (CalibrationRun.state == before.value))
        .returning(CalibrationRun.id)
    )
    if not moved:
        raise Stale
