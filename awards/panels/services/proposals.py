"""Proposed assignments are applied whole or not at all, and undone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import transaction
from awards.errors import Denied, NotFound, Stale
from awards.panels.assignment.edit_words import all_words, opened_words, seen_words
from awards.panels.assignment.editing import problems_of
from awards.panels.assignment.state import Pair, PanelState, changes
from awards.panels.assignment.telling import begun_words, changes_words
from awards.panels.forms import DecideProposal
from awards.panels.queries.panel import names_of_round
from awards.panels.queries.proposals import ProposalRow, base_of, panel_state, proposal_of_round
from awards.panels.queries.rounds import RoundRow
from awards.panels.rules import PROPOSAL_MOVES, UNWRITTEN, ProposalState
from awards.panels.steps import round_to_change, tell_of_changes, tell_of_entries
from awards.panels.tables import Assignment, Proposal
from awards.web.i18n import _


async def apply_proposal(*, round_id: int, command: DecideProposal, actor: Actor, clock: Clock) -> int:
    """All pairs at once; refused where anything it was computed from is no longer true. Returns how many."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await proposal_of_round(round_id, command.proposal)
        if ProposalState.APPLIED not in PROPOSAL_MOVES[proposal.state]:
            raise Denied("not proposed", _("This proposal was applied or refused already."))
        if proposal.body["shortage"] is not None:
            raise Denied(
                "shortage", _("A proposal that leaves sheets missing is not applied; remove the cause first.")
            )
        state = await panel_state(found, now)
        why = await _why_not(proposal, state, found)
        if not why:
            await _refuse_bad_edits(proposal, state, found)
            await _take_back(proposal)
            added = _pairs(proposal.body["added"])
            await _give(added, proposal.id, now)
            await _tell(found, proposal, now)
            await _move(
                proposal.id, ProposalState.PROPOSED, ProposalState.APPLIED, {Proposal.applied_at: now}
            )
        else:
            added = []
            await _move(proposal.id, ProposalState.PROPOSED, ProposalState.REFUSED, {})
        await record(
            Action.ASSIGNMENT_APPLIED if not why else Action.ASSIGNMENT_CHANGED,
            actor=actor,
            at=now,
            subject=("proposal", proposal.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"state": "applied" if not why else "refused", "added": len(added)},
        )
    if why:
        raise Denied("base changed", why)
    return len(added)


async def undo_proposal(*, round_id: int, command: DecideProposal, actor: Actor, clock: Clock) -> int:
    """While nobody has opened anything of it: what it gave is withdrawn, and what it took is given back."""
    now = clock.now()
    async with transaction():
        found = await round_to_change(actor, round_id)
        proposal = await proposal_of_round(round_id, command.proposal)
        if ProposalState.UNDONE not in PROPOSAL_MOVES[proposal.state]:
            raise Denied("not applied", _("Only a proposal that was applied can be undone."))
        if seen := await Assignment.raw(_SEEN, proposal.id):
            raise Denied("started", opened_words([(row["name"], row["entry"]) for row in seen]))
        rows = (
            await Assignment.update({Assignment.state: "withdrawn"})
            .where((Assignment.proposal == proposal.id) & (Assignment.state == "given"))
            .returning(Assignment.id)
        )
        await _give_back(found, proposal, now)
        await _move(proposal.id, ProposalState.APPLIED, ProposalState.UNDONE, {Proposal.undone_at: now})
        await record(
            Action.ASSIGNMENT_UNDONE,
            actor=actor,
            at=now,
            subject=("proposal", proposal.id),
            edition_id=found.edition.id,
            as_role="secretariat",
            after={"state": "undone", "withdrawn": len(rows)},
        )
    return len(rows)


async def _why_not(proposal: ProposalRow, state: PanelState, found: RoundRow) -> str:
    """Nothing where all is as it was computed from; else what is not, in names."""
    if state.sha256 != proposal.base_sha256:
        names = await names_of_round(found.id)
        base = await base_of(proposal.id)
        changed = () if base is None else changes(base, state.document())
        return changes_words(changed, names.entries, names.seats)
    begun = [pair for pair in _pairs(proposal.body["removed"]) if pair not in state.movable]
    if begun:
        names = await names_of_round(found.id)
        return begun_words(begun, names.entries, names.seats)
    if "opened" in proposal.body:
        looked = state.opened - frozenset(_pairs(proposal.body["opened"]))
        if since := [pair for pair in _pairs(proposal.body["removed"]) if pair in looked]:
            names = await names_of_round(found.id)
            return seen_words(since, names.entries, names.seats)
    return ""


async def _refuse_bad_edits(proposal: ProposalRow, state: PanelState, found: RoundRow) -> None:
    """What is computed keeps to all bounds; what a person made of it need not."""
    if "edits" in proposal.body and (problems := problems_of(state, proposal.body)):
        names = await names_of_round(found.id)
        raise Denied("edits", all_words(problems, names.entries, names.seats))


def _pairs(rows: Sequence[Sequence[int]]) -> list[Pair]:
    return [(int(entry), int(seat)) for entry, seat in rows]


async def _take_back(proposal: ProposalRow) -> None:
    """Pairs on which nothing is written, and which nobody has opened unless the proposal says so."""
    named = proposal.body.get("opened")
    for entry, seat in _pairs(proposal.body["removed"]):
        before = UNWRITTEN if named is None or [entry, seat] in named else ("given",)
        if not await _move_pair(entry, seat, before, "withdrawn"):
            raise Stale  # its judge began in this instant


async def _give_back(found: RoundRow, proposal: ProposalRow, now: datetime) -> None:
    """What the proposal took from judges is theirs again, unless it is in conflict or the seat ended since."""
    removed = _pairs(proposal.body["removed"])
    if not removed:
        return
    state = await panel_state(found, now)
    takes = {reader.seat_id for reader in state.readers if reader.takes_more}
    for entry, seat in removed:
        if seat in takes and (entry, seat) not in state.barred | state.ended:
            await _move_pair(entry, seat, ("withdrawn",), "given")


async def _move_pair(entry: int, seat: int, before: Sequence[str], after: str) -> bool:
    same = (Assignment.round_entry == entry) & (Assignment.seat == seat)
    moved = (
        await Assignment.update({Assignment.state: after})
        .where(same & Assignment.state.is_in(list(before)))
        .returning(Assignment.id)
    )
    return bool(moved)


async def _give(pairs: list[tuple[int, int]], proposal_id: int, now: datetime) -> None:
    """New assignments; a pair that was taken back before anything was written is given again."""
    for start in range(0, len(pairs), 100):
        piece = pairs[start : start + 100]
        values = ", ".join(["({}, {}, 'proposal', {}, 'given', '', {})"] * len(piece))
        arguments = [value for entry, seat in piece for value in (entry, seat, proposal_id, now)]
        rows = await Assignment.raw(
            "INSERT INTO assignment (round_entry, seat, origin, proposal, state, known_conflicts, created_at)"  # noqa: S608  # placeholders are joined
            f" VALUES {values} ON CONFLICT (round_entry, seat) DO UPDATE SET origin = excluded.origin,"
            " proposal = excluded.proposal, state = excluded.state"
            " WHERE assignment.state = 'withdrawn' RETURNING id",
            *arguments,
        )
        if len(rows) != len(piece):  # somebody gave one of them in the same instant
            raise Stale


_RECIPIENTS = """
SELECT s.id AS seat_id, p.name, p.lang, p.zone, m.address, s.extended_until,
  (SELECT COUNT(*) FROM assignment a WHERE a.seat = s.id
   AND a.state IN ('given', 'opened', 'started', 'signed')) AS entries
FROM seat s JOIN person p ON p.id = s.person JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
WHERE s.id IN (SEATS) ORDER BY s.id
"""
_SEEN = """
SELECT p.name, en.name AS entry FROM assignment a JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
JOIN round_entry re ON re.id = a.round_entry JOIN entry e ON e.id = re.entry JOIN entrant en ON en.id = e.entrant
WHERE a.proposal = {} AND a.state IN ('opened', 'started', 'signed') ORDER BY p.name, en.name
"""


async def _tell(found: RoundRow, proposal: ProposalRow, now: datetime) -> None:
    """One mail to each judge who was given something, or lost something."""
    added = Counter(seat for _entry, seat in _pairs(proposal.body["added"]))
    gone = Counter(seat for _entry, seat in _pairs(proposal.body["removed"]))
    seats = sorted(added.keys() | gone.keys())
    for start in range(0, len(seats), 500):
        some = seats[start : start + 500]
        marks = ", ".join(["{}"] * len(some))
        for row in await Assignment.raw(_RECIPIENTS.replace("SEATS", marks), *some):
            seat, key = row["seat_id"], f"{proposal.id}:{row['seat_id']}"
            if gone[seat]:
                await tell_of_changes(
                    found, row, row["entries"], gone=gone[seat], added=added[seat], key=key, at=now
                )
            else:
                await tell_of_entries(found, row, row["entries"], key=key, at=now)


async def _move(
    proposal_id: int, before: ProposalState, after: ProposalState, more: Mapping[Any, Any]
) -> None:
    changed = (
        await Proposal.update({Proposal.state: after.value, **more})
        .where((Proposal.id == proposal_id) & (Proposal.state == before.value))
        .returning(Proposal.id)
    )
    if not changed:
        raise NotFound
