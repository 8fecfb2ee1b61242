"""Verbs of scoresheets, by name. Each is one transaction."""

from awards.scoresheets.services.holding import Kept, hold_late
from awards.scoresheets.services.keying import Keyed, key_in_sheet, refuse_keying
from awards.scoresheets.services.late import consent_late, end_late, propose_late
from awards.scoresheets.services.reminding import REMINDER, RENEWALS, Reminded, remind_at_work
from awards.scoresheets.services.reopening import reopen_sheet
from awards.scoresheets.services.restoring import Restored, restore_sheet, undo_change
from awards.scoresheets.services.saving import Saved, open_sheet, save_sheet
from awards.scoresheets.services.signing import Signature, sign_sheets

__all__ = [
    "REMINDER",
    "RENEWALS",
    "Kept",
    "Keyed",
    "Reminded",
    "Restored",
    "Saved",
    "Signature",
    "consent_late",
    "end_late",
    "hold_late",
    "key_in_sheet",
    "open_sheet",
    "propose_late",
    "refuse_keying",
    "remind_at_work",
    "reopen_sheet",
    "restore_sheet",
    "save_sheet",
    "sign_sheets",
    "undo_change",
]
