"""Verbs of entries: start, save, submit, withdraw, decide."""

from awards.entries.services.answers import Saved, restore_answer, save_answer
from awards.entries.services.drafts import change_entry, start_entry
from awards.entries.services.screening import decide_eligibility
from awards.entries.services.submission import submit_entry, withdraw_entry
from awards.entries.services.working import save_working_text

__all__ = [
    "Saved",
    "change_entry",
    "decide_eligibility",
    "restore_answer",
    "save_answer",
    "save_working_text",
    "start_entry",
    "submit_entry",
    "withdraw_entry",
]
