"""Verbs of entries: start, save, submit, withdraw, decide."""

from awards.entries.services.drafts import Saved, change_entry, save_answer, start_entry
from awards.entries.services.screening import decide_eligibility
from awards.entries.services.submission import submit_entry, withdraw_entry

__all__ = [
    "Saved",
    "change_entry",
    "decide_eligibility",
    "save_answer",
    "start_entry",
    "submit_entry",
    "withdraw_entry",
]
