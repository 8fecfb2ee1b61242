"""Proposals of a round, and the state of the panel that one is computed from."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.errors import NotFound
from awards.panels.matching import PanelState, ReadEntry, Reader
from awards.panels.queries.conflicts import conflicts_of_round
from awards.panels.queries.panel import assignments_of_round, entries_of_round, seats_of_round
from awards.panels.queries.rounds import RoundRow
from awards.panels.rules import ACTIVE, AssignmentState, ProposalState, SeatState
from awards.panels.tables import Proposal


class ProposalRow(Struct, frozen=True):
    id: int
    round_id: int
    seed: int
    base_sha256: str
    state: ProposalState
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    body: Mapping[str, Any]


_PROPOSAL = "SELECT id, round AS round_id, seed, base_sha256, state, created_at, applied_at, undone_at, body FROM proposal "


async def proposal_of_round(round_id: int, proposal_id: int) -> ProposalRow:
    rows = await Proposal.raw(_PROPOSAL + "WHERE id = {} AND round = {}", proposal_id, round_id)
    if not rows:
        raise NotFound
    return _proposal(rows[0])


async def latest_proposal(round_id: int) -> ProposalRow | None:
    rows = await Proposal.raw(_PROPOSAL + "WHERE round = {} ORDER BY id DESC LIMIT 1", round_id)
    return _proposal(rows[0]) if rows else None


def _proposal(row: dict[str, Any]) -> ProposalRow:
    return ProposalRow(**{**row, "state": ProposalState(row["state"]), "body": json.loads(row["body"])})


async def panel_state(found: RoundRow, at: datetime) -> PanelState:
    """Read inside one transaction, so that all of it was true at once."""
    conflicts = await conflicts_of_round(found.id, found.edition.id, at)
    entries = await entries_of_round(found.id)
    given = await assignments_of_round(found.id)
    active = [pair for pair in given if pair.state in ACTIVE]
    holding = {pair.seat_id for pair in active}
    seats = await seats_of_round(found.id)
    reading = {seat.id for seat in seats if seat.state is SeatState.ACCEPTED and seat.role == "scorer"}
    readers = [seat for seat in seats if seat.id in reading or seat.id in holding]
    over = (AssignmentState.RECUSED.value, AssignmentState.SET_ASIDE.value)
    barred = {(pair.round_entry_id, pair.seat_id) for pair in given if pair.state in over}
    warned: set[tuple[int, int]] = set()
    for seat in readers:
        for entry in entries:
            pair = (entry.round_entry_id, seat.id)
            if not seat.judges(entry.category_id) or conflicts.forbidden(seat.person_id, entry.entry_id):
                barred.add(pair)
            elif conflicts.warned(seat.person_id, entry.entry_id):
                warned.add(pair)
    return PanelState(
        round_id=found.id,
        rules=tuple((rule.code.value, rule.effect.value) for rule in conflicts.rules),
        entries=tuple(
            ReadEntry(e.round_entry_id, e.entry_id, e.reference, e.category_id, e.sheets_wanted)
            for e in sorted(entries, key=lambda entry: entry.round_entry_id)
        ),
        readers=tuple(
            Reader(s.id, s.person_id, s.label, s.low, s.high, s.id in reading)
            for s in sorted(readers, key=lambda seat: seat.id)
        ),
        barred=frozenset(pair for pair in barred if pair[1] in {seat.id for seat in readers}),
        warned=frozenset(warned),
        pins=frozenset((pair.round_entry_id, pair.seat_id) for pair in active),
    )
