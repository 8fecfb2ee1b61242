"""Verbs of results: ask for a run, store it, adopt or drop it, decide prizes, explain what is missing."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from awards import __version__
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import lock_rows, transaction
from awards.editions.queries import edition_by_id
from awards.editions.rules import may_run
from awards.editions.tables import Prize, Round, Ruleset
from awards.entries.tables import Entry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.jobs.services import ask_for
from awards.panels.tables import RoundEntry
from awards.results.facts import RoundFacts, RoundRow, facts_of, round_by_id, ruleset_of, sha256
from awards.results.forms import DecidePrizes, ExplainGap, JudgeRun
from awards.results.inputs import inputs_text, round_inputs
from awards.results.queries import (
    AdoptedRun,
    adopted_runs,
    conflicted_categories,
    deciding_run,
    decision_rows,
    places_of,
)
from awards.results.rules import (
    NONE,
    Pick,
    Place,
    RunState,
    check_picks,
    is_settled,
    may_calibrate,
    may_judge_results,
    may_move,
    require,
)
from awards.results.tables import CalibrationRun, JudgeEffect, PrizeDecision, Standing
from awards.web.i18n import _
from judging import Standing as EntryStanding
from judging import Verdict, canonical_bytes, decide, sha256_of, verdict_document

SOFTWARE = f"awards {__version__}"


async def ask_for_run(*, round_id: int, actor: Actor, clock: Clock) -> int:
    """Queue the calibration of a closed round; one that waits already is returned instead."""
    now = clock.now()
    async with transaction():
        row = await _round_of_secretariat(round_id, actor)
        if refusal := may_calibrate(row.state, row.kind):
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
    facts = await _settled_facts(round_id)
    inputs = round_inputs(facts)
    text = inputs_text(inputs)
    # Outside any transaction and off the loop: a large round takes a while.
    verdict = await asyncio.to_thread(decide, inputs)
    body = (await asyncio.to_thread(canonical_bytes, verdict_document(verdict))).decode()
    now = clock.now()
    async with transaction():
        await lock_rows(Round.select(Round.id).where(Round.id == round_id))
        again = await _settled_facts(round_id)
        if inputs_text(round_inputs(again)) != text:
            raise Stale
        stored = await CalibrationRun.select(CalibrationRun.number).where(
            (CalibrationRun.round == round_id)
            & (CalibrationRun.inputs_sha256 == sha256(text))
            & (CalibrationRun.sha256 == sha256(body))
            & (CalibrationRun.state != RunState.DROPPED.value)
        )
        if stored:
            return int(stored[0]["number"])
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
        if inputs_text(round_inputs(await facts_of(row.id))) != run["inputs"]:
            raise Denied(
                "inputs changed", _("Sheets or entries have changed since this run. Ask for a new one.")
            )
        before = (
            await CalibrationRun.update({CalibrationRun.state: RunState.SUPERSEDED.value})
            .where(
                (CalibrationRun.round == row.id) & (CalibrationRun.state == RunState.ADOPTED.value)
            )
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


async def decide_prizes(*, command: DecidePrizes, actor: Actor, clock: Clock) -> int:
    """Write what changed among a category's places, and return how many places that were."""
    now = clock.now()
    async with transaction():
        await _may_decide(command.edition_id, command.category, actor, now)
        rows, runs = await decision_rows(command.edition_id), await adopted_runs(command.edition_id)
        places = places_of(rows, runs, command.category)
        if not places:
            raise NotFound
        eligible = await _eligible(command.edition_id, command.category)
        run = _deciding(places, runs, command.category, eligible)
        known = {(place.prize, place.place): place for place in places}
        require(check_picks([*places, *_more(places, command.picks)], command.picks, _named(eligible)))
        changed = [pick for pick in command.picks if _differs(pick, known.get((pick.prize, pick.place)))]
        for pick in changed:
            place = known.get((pick.prize, pick.place))
            if pick.version != (place.version if place else 0):
                raise Stale
        await _write(changed, command.edition_id, eligible, run, actor, now)
        if changed:
            await _recorded(changed, command, actor, now)
    return len(changed)


async def take_proposals(*, edition_id: int, actor: Actor, clock: Clock) -> int:
    """Decide every open place whose entry the order names by itself, in all categories; return how many."""
    now = clock.now()
    taken = 0
    async with transaction():
        await _secretariat(edition_id, actor)
        hidden = await conflicted_categories(edition_id, actor.person_id, now)
        rows, runs = await decision_rows(edition_id), await adopted_runs(edition_id)
        for category in dict.fromkeys(row.category for row in rows):
            if category in hidden or (hidden and not category):
                continue
            places = places_of(rows, runs, category)
            eligible = await _eligible(edition_id, category)
            # Who holds a prize already, by the secretariat's choice, is not given another by the order.
            held = {place.decided for place in places if place.decided}
            picks = [
                Pick(place.prize, place.place, place.proposed[0], version=place.version)
                for place in places
                if not place.decided and len(place.proposed) == 1
                and place.proposed[0] in eligible and place.proposed[0] not in held
            ]  # fmt: skip
            if picks:
                run = _deciding(places, runs, category, eligible)
                await _write(picks, edition_id, eligible, run, actor, now)
                taken += len(picks)
        if taken:
            await record(
                Action.PRIZE_DECIDED,
                actor=actor,
                at=now,
                subject=("edition", edition_id),
                edition_id=edition_id,
                as_role="secretariat",
                after={"proposals taken": taken},
            )
    return taken


async def explain_missing_sheets(*, command: ExplainGap, actor: Actor, clock: Clock) -> None:
    """State why an entry has fewer sheets than it should: the gate before publication then lets it pass."""
    now = clock.now()
    async with transaction():
        row = await _round_of_secretariat(command.round_id, actor)
        if not is_settled(row.state):
            raise Denied("round open", _("A reason can be stated when the round is closed."))
        found = await RoundEntry.raw(
            "SELECT re.id, c.code AS category FROM round_entry re JOIN entry en ON en.id = re.entry"
            " JOIN category c ON c.id = en.category WHERE re.round = {} AND en.reference = {}",
            row.id, command.reference,
        )  # fmt: skip
        if not found or found[0]["category"] in await conflicted_categories(
            row.edition_id, actor.person_id, now
        ):
            raise NotFound
        await RoundEntry.update({RoundEntry.reason: command.reason}).where(RoundEntry.id == found[0]["id"])
        await record(
            Action.GAP_EXPLAINED,
            actor=actor,
            at=now,
            subject=("round entry", found[0]["id"]),
            edition_id=row.edition_id,
            as_role="secretariat",
            reason=command.reason,
        )


# --- steps of the verbs above ---------------------------------------------------------------------------


async def _secretariat(edition_id: int, actor: Actor) -> None:
    edition = await edition_by_id(edition_id)
    if may_run(actor, edition.programme_id, edition.id):
        raise NotFound


async def _round_of_secretariat(round_id: int, actor: Actor) -> RoundRow:
    row = await round_by_id(round_id)
    if may_run(actor, row.programme_id, row.edition_id):
        raise NotFound
    return row


async def _settled_facts(round_id: int) -> RoundFacts:
    """The facts of a round, read at one instant."""
    async with transaction():
        row = await round_by_id(round_id)
        if refusal := may_calibrate(row.state, row.kind):
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
    rules = {key: document[key] for key in ("criteria", "prizes", "method", "tie_breaks", "draws", "seed", "kind")}
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


async def _store_rows(run_id: int, facts: RoundFacts, verdict: Verdict, now: Any) -> None:
    entry_of = {row["reference"]: row["id"] for row in facts.entries}
    seat_of = {row["label"]: row["id"] for row in facts.seats}
    standings = [
        Standing(
            run=run_id,
            round_entry=entry_of[s.entry],
            scope=s.scope,
            sheets=s.sheets,
            raw=s.raw,
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


def _chances(standing: EntryStanding) -> str:
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
    row = await _round_of_secretariat(command.round_id, actor)
    await lock_rows(Round.select(Round.id).where(Round.id == row.id))
    rows = await CalibrationRun.select(
        CalibrationRun.id, CalibrationRun.state, CalibrationRun.inputs, CalibrationRun.sha256
    ).where((CalibrationRun.round == row.id) & (CalibrationRun.number == command.number))
    if not rows or not is_settled(row.state):
        raise NotFound
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


async def _may_decide(edition_id: int, category: str, actor: Actor, now: Any) -> None:
    await _secretariat(edition_id, actor)
    hidden = await conflicted_categories(edition_id, actor.person_id, now)
    if category in hidden or (hidden and not category):
        raise NotFound
    await lock_rows(Prize.select(Prize.id).where(Prize.edition == edition_id))


def _deciding(
    places: list[Place], runs: list[AdoptedRun], category: str, eligible: Collection[str]
) -> AdoptedRun | None:
    """Prizes by rank wait for the run; none is decided while a round is still judged.

    Where nobody entered there is no order to wait for: these places can be left unawarded.
    """
    if any(not is_settled(run.state) for run in runs):
        raise Denied("round open", _("A round is still being judged. Prizes are decided when it is closed."))
    run = deciding_run(runs, category)
    if run is None and eligible and any(place.kind == "ranked" for place in places):
        raise Denied("no run", _("Adopt a run of the last round first: it gives the order."))
    return run


async def _eligible(edition_id: int, category: str) -> dict[str, tuple[int, str]]:
    """Entries that may have a prize: reference -> id and name."""
    rows = await Entry.raw(
        "SELECT en.id, en.reference, t.name FROM entry en JOIN category c ON c.id = en.category"
        " JOIN entrant t ON t.id = en.entrant WHERE en.edition = {} AND en.state = 'eligible'"
        " AND ({} = '' OR c.code = {})",
        edition_id, category, category,
    )  # fmt: skip
    return {row["reference"]: (row["id"], row["name"]) for row in rows}


def _named(eligible: dict[str, tuple[int, str]]) -> dict[str, str]:
    return {reference: name for reference, (_id, name) in eligible.items()}


def _more(places: list[Place], picks: tuple[Pick, ...]) -> list[Place]:
    """One place more of a prize, where the secretariat lets two entries share it."""
    last: dict[str, Place] = {place.prize: place for place in places}
    return [
        Place(end.prize, end.prize_name, end.prize_position, end.kind, pick.place, (), "", 0)
        for pick in picks
        if (end := last.get(pick.prize)) is not None and pick.place == end.place + 1 and pick.entry not in ("", NONE)
    ]


def _differs(pick: Pick, place: Place | None) -> bool:
    if place is None:
        return bool(pick.entry)
    return (pick.entry, pick.reason, pick.citation) != (place.decided, place.reason, place.citation)


async def _write(
    picks: list[Pick],
    edition_id: int,
    eligible: dict[str, tuple[int, str]],
    run: AdoptedRun | None,
    actor: Actor,
    now: Any,
) -> None:
    rows = await Prize.select(Prize.id, Prize.code).where(Prize.edition == edition_id)
    prize_ids = {row["code"]: row["id"] for row in rows}
    decisions = [
        PrizeDecision(
            prize=prize_ids[pick.prize],
            place=pick.place,
            version=pick.version + 1,
            entry=eligible[pick.entry][0] if pick.entry not in ("", NONE) else None,
            run=run.run_id if run else None,
            reason=pick.reason,
            citation=pick.citation,
            by=actor.person_id,
            created_at=now,
        )
        for pick in picks
        if pick.entry
    ]
    if decisions:
        await PrizeDecision.insert(*decisions)


async def _recorded(changed: list[Pick], command: DecidePrizes, actor: Actor, now: Any) -> None:
    after: dict[str, Any] = defaultdict(dict)
    for pick in changed:
        after[pick.prize][str(pick.place)] = {"entry": pick.entry, "reason": pick.reason, "citation": pick.citation}
    await record(
        Action.PRIZE_DECIDED,
        actor=actor,
        at=now,
        subject=("edition", command.edition_id),
        edition_id=command.edition_id,
        as_role="secretariat",
        after={"category": command.category, "decided": after},
    )

