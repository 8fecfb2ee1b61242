"""Verbs of results, by name. Each is one transaction."""

from awards.results.services.advancing import advance_entries
from awards.results.services.extra import ask_for_reads, undo_read
from awards.results.services.prizes import decide_prizes, take_proposals
from awards.results.services.rounds import decide_round
from awards.results.services.runs import adopt_run, ask_for_run, calibrate_round, drop_run
from awards.results.services.sheets import ask_about_sheet, consent_about_sheet, end_about_sheet
from awards.results.services.waivers import ask_waiver, consent_waiver, end_waiver

__all__ = [
    "adopt_run",
    "advance_entries",
    "ask_about_sheet",
    "ask_for_reads",
    "ask_for_run",
    "ask_waiver",
    "calibrate_round",
    "consent_about_sheet",
    "consent_waiver",
    "decide_prizes",
    "decide_round",
    "drop_run",
    "end_about_sheet",
    "end_waiver",
    "take_proposals",
    "undo_read",
]
