"""Verbs of scoresheets, by name. Each is one transaction."""

from awards.scoresheets.services.saving import Saved, open_sheet, save_sheet
from awards.scoresheets.services.signing import reopen_sheet, sign_sheets

__all__ = ["Saved", "open_sheet", "reopen_sheet", "save_sheet", "sign_sheets"]
