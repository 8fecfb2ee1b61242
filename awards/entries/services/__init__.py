"""Verbs of entries: start, save, submit, withdraw, decide."""

from awards.entries.services.answers import Saved, restore_answer, save_answer
from awards.entries.services.appeals import appeal_entry, decide_appeal, take_up_entry
from awards.entries.services.drafts import change_entry, start_entry
from awards.entries.services.enquiries import answer_enquiry, ask_city, end_enquiry
from awards.entries.services.exclusion import confirm_exclusion, end_exclusion
from awards.entries.services.screening import screen_entry, settle_entry
from awards.entries.services.submission import submit_entry, withdraw_entry
from awards.entries.services.working import save_working_text

__all__ = [
    "Saved",
    "answer_enquiry",
    "appeal_entry",
    "ask_city",
    "change_entry",
    "confirm_exclusion",
    "decide_appeal",
    "end_enquiry",
    "end_exclusion",
    "restore_answer",
    "save_answer",
    "save_working_text",
    "screen_entry",
    "settle_entry",
    "start_entry",
    "submit_entry",
    "take_up_entry",
    "withdraw_entry",
]
