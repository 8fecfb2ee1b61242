"""What a shortage or a panel in parts can be mended with: each changes one thing and asks for a new proposal."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import in_transaction, transaction
from awards.errors import Denied, NotFound, Stale
from awards.panels.assignment.matching import Options
from awards.panels.forms import MarkBridges, TakeRemedy
from awards.panels.queries.proposals import ProposalRow, latest_options, proposal_of_round
from awards.panels.queries.rounds import RoundRow
from awards.panels.rules import too_many
from awards.panels.services.proposing import queue
from awards.panels.steps import round_to_change
from awards.panels.tables import RoundEntry, Seat, SeatCategory
from awards.web.i18n import _


async def take_remedy(*, round_id: int, command: TakeRemedy, actor: Actor, clock: Clock) -> int:
    """One remedy of a proposal's shortage, as it was offered there. Returns the job of the next proposal."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await proposal_of_round(round_id, command.proposal)
        shortage = proposal.body.get("shortage") or {"remedies": ()}
        if command.remedy >= len(shortage["remedies"]):
            raise NotFound
        remedy = shortage["remedies"][command.remedy]
        options = (await latest_options(round_id)).lasting
        action, subject = Action.JOB_ASKED, ("proposal", proposal.id)
        after: Mapping[str, Any] = {}
        if remedy["kind"] in ("raise-high", "lower-low", "widen"):
            after = await _change_seat(proposal, remedy, now)
            action, subject = Action.JUDGE_CHANGED, ("seat", remedy["seat"])
        elif remedy["kind"] == "lower-need":
            after = await _lower_need(proposal, remedy)
            action, subject = Action.ENTRY_IN_ROUND, ("round_entry", remedy["entry"])
        elif remedy["kind"] in ("raise-all", "lower-all"):
            after = await _change_all(proposal, remedy)
            action, subject = Action.ENTRY_IN_ROUND, ("round", round_id)
        elif remedy["kind"] == "join-group":
            options = replace(options, together=tuple(sorted({*options.together, remedy["employer"]})))
        elif remedy["kind"] == "lower-seats":
            fewer = {**dict(options.fewer_experts), remedy["entry"]: 0}
            options = replace(options, fewer_experts=tuple(sorted(fewer.items())))
        else:  # somebody else's conflict to waive, somebody new to invite: their pages do that
            raise NotFound
        job_id = await queue(found, options, actor, now)
        await record(
            action,
            actor=actor,
            at=now,
            subject=subject,
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"remedy": remedy["kind"], "job": job_id, **after},
        )
    return job_id


async def mark_bridges(*, round_id: int, command: MarkBridges, actor: Actor, clock: Clock) -> int:
    """These entries are read by every judge who may; or by no more than the others again. Returns the job."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        if not command.end:
            await _refuse_too_many(found, command.bridges)
        rows = (
            await RoundEntry.update({RoundEntry.bridge: not command.end})
            .where((RoundEntry.round == round_id) & RoundEntry.id.is_in(list(command.bridges)))
            .returning(RoundEntry.id)
        )
        if len(rows) != len(set(command.bridges)):
            raise NotFound
        asked = [] if command.end else await _declare_again(round_id)
        options: Options = (await latest_options(round_id)).lasting
        job_id = await queue(found, replace(options, separate=False), actor, now)
        await record(
            Action.ENTRY_IN_ROUND,
            actor=actor,
            at=now,
            subject=("round", round_id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={
                "bridges": sorted(row["id"] for row in rows),
                "read by all": not command.end,
                "declare again": asked,
                "job": job_id,
            },
        )
    return job_id


async def _change_seat(proposal: ProposalRow, remedy: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    seats = await Seat.objects().where((Seat.id == remedy["seat"]) & (Seat.round == proposal.round_id))
    bounds = next((line[3:5] for line in proposal.body["loads"] if line[0] == remedy["seat"]), None)
    if not seats or bounds is None:
        raise NotFound
    seat = seats[0]
    most = seat.told_most if seat.high is None else seat.high
    if [seat.low, most] != bounds:
        raise Denied(
            "changed", _("Somebody changed this judge's least or most since. Compute a new proposal.")
        )
    if remedy["kind"] == "widen":
        await _widen(seat.id, remedy["category"], at)
        return {"category": remedy["category"]}
    if remedy["kind"] == "raise-high":
        seat.high = (most or 0) + remedy["amount"]
    else:
        seat.low = max(seat.low - remedy["amount"], 0)
    changed = (
        await Seat.update({Seat.low: seat.low, Seat.high: seat.high, Seat.version: seat.version + 1})
        .where((Seat.id == seat.id) & (Seat.version == seat.version))
        .returning(Seat.id)
    )
    if not changed:
        raise Stale
    return {"low": seat.low, "high": seat.high or 0}


async def _widen(seat_id: int, category_id: int, at: datetime) -> None:
    """One category more; who sits there has not been asked about conflicts with its entries."""
    same = (SeatCategory.seat == seat_id) & (SeatCategory.category == category_id)
    narrowed = await SeatCategory.exists().where(SeatCategory.seat == seat_id)
    if not narrowed or await SeatCategory.exists().where(same):
        raise Denied("changed", _("This judge judges the category already. Compute a new proposal."))
    await SeatCategory.insert(SeatCategory(seat=seat_id, category=category_id, created_at=at))
    await Seat.update({Seat.conflicts_declared_at: None, Seat.version: Seat.version + 1}).where(
        Seat.id == seat_id
    )


async def _lower_need(proposal: ProposalRow, remedy: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = next(line[1] for line in proposal.body["entries"] if line[0] == remedy["entry"])
    changed = (
        await RoundEntry.update({RoundEntry.sheets_wanted: wanted - remedy["amount"]})
        .where(
            (RoundEntry.id == remedy["entry"])
            & (RoundEntry.round == proposal.round_id)
            & (RoundEntry.sheets_wanted == wanted)
        )
        .returning(RoundEntry.id)
    )
    if not changed:
        raise Denied("changed", _("Somebody changed how many sheets it wants since. Compute a new proposal."))
    return {"sheets_wanted": wanted - remedy["amount"]}


async def _change_all(proposal: ProposalRow, remedy: Mapping[str, Any]) -> Mapping[str, Any]:
    """One after the other, as each was when the remedy was computed."""
    shortage, amount = proposal.body["shortage"], remedy["amount"]
    if remedy["kind"] == "raise-all":
        for line in proposal.body["loads"]:
            if line[0] in shortage["seats"] and line[4] is not None:
                one = {"kind": "raise-high", "seat": line[0], "amount": amount}
                await _change_seat(proposal, one, proposal.created_at)
        return {"seats": shortage["seats"], "more": amount}
    for key, wanted, _readers in proposal.body["entries"]:
        if key in shortage["entries"] and wanted > 1:
            await _lower_need(proposal, {"entry": key, "amount": min(amount, wanted - 1)})
    return {"entries": shortage["entries"], "fewer": amount}


async def _refuse_too_many(found: RoundRow, chosen: Collection[int]) -> None:
    """Who begins with many entries of others begins late with their own: one or two link a panel."""
    standing = await RoundEntry.select(RoundEntry.id).where(
        (RoundEntry.round == found.id) & (RoundEntry.bridge.eq(True))
    )
    if refused := too_many(found.bridge_first, len({row["id"] for row in standing} | set(chosen))):
        raise refused


_NOT_ASKED = """
UPDATE seat SET conflicts_declared_at = NULL WHERE round = {} AND conflicts_declared_at IS NOT NULL
AND EXISTS (SELECT 1 FROM seat_category sc WHERE sc.seat = seat.id)
AND EXISTS (SELECT 1 FROM round_entry re JOIN entry e ON e.id = re.entry WHERE re.round = seat.round
  AND re.bridge = TRUE AND NOT EXISTS
  (SELECT 1 FROM seat_category sc WHERE sc.seat = seat.id AND sc.category = e.category))
RETURNING id
"""


async def _declare_again(round_id: int) -> list[int]:
    """Seats of other categories that a bridge crosses: their judges saw nothing of it when they declared."""
    assert in_transaction()
    return sorted(row["id"] for row in await Seat.raw(_NOT_ASKED, round_id))
