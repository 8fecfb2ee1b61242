"""Verbs of results, by name. Each is one transaction."""

from awards.results.services.prizes import decide_prizes, explain_missing_sheets, take_proposals
from awards.results.services.runs import adopt_run, ask_for_run, calibrate_round, drop_run

__all__ = [
    "adopt_run",
    "ask_for_run",
    "calibrate_round",
    "decide_prizes",
    "drop_run",
    "explain_missing_sheets",
    "take_proposals",
]
