"""Verbs of scoresheets, by name. Each is one transaction."""

from awards.scoresheets.services.reminding import REMINDER, RENEWALS, Reminded, remind_at_work
from awards.scoresheets.services.saving import Saved, open_sheet, save_sheet
from awards.scoresheets.services.signing import reopen_sheet, sign_sheets

__all__ = [
    "REMINDER",
    "RENEWALS",
    "Reminded",
    "Saved",
    "open_sheet",
    "remind_at_work",
    "reopen_sheet",
    "save_sheet",
    "sign_sheets",
]
