"""Reads of panels, by name."""

from awards.editions.queries import categories_of
from awards.panels.queries.conflicts import Conflicts, conflicts_of_round
from awards.panels.queries.field import Candidate, CategoryName, Field, field_of
from awards.panels.queries.panel import (
    EntryToDeclare,
    Given,
    Names,
    PanelEntry,
    PanelSeat,
    PoolJudge,
    assignments_of_round,
    cities_to_choose,
    entries_of_round,
    entries_to_declare,
    names_of_round,
    pool,
    pool_judge,
    seats_of_round,
    summaries,
    title_for_judge,
)
from awards.panels.queries.proposals import ProposalRow, latest_proposal, proposal_of_round
from awards.panels.queries.rounds import (
    RoundRow,
    own_round,
    round_by_codes,
    round_by_id,
    round_run_by,
    rounds_of,
)
from awards.panels.queries.seats import BenchRound, OwnSeat, bench_of, own_seat, own_seat_by_id

__all__ = [
    "BenchRound",
    "Candidate",
    "CategoryName",
    "Conflicts",
    "EntryToDeclare",
    "Field",
    "Given",
    "Names",
    "OwnSeat",
    "PanelEntry",
    "PanelSeat",
    "PoolJudge",
    "ProposalRow",
    "RoundRow",
    "assignments_of_round",
    "bench_of",
    "categories_of",
    "cities_to_choose",
    "conflicts_of_round",
    "entries_of_round",
    "entries_to_declare",
    "field_of",
    "latest_proposal",
    "names_of_round",
    "own_round",
    "own_seat",
    "own_seat_by_id",
    "pool",
    "pool_judge",
    "proposal_of_round",
    "round_by_codes",
    "round_by_id",
    "round_run_by",
    "rounds_of",
    "seats_of_round",
    "summaries",
    "title_for_judge",
]
