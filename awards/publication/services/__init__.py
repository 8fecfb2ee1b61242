"""Verbs of publication: ask, sign, take back, and the archive of past editions."""

from awards.publication.services.archiving import ArchiveReport, import_archive
from awards.publication.services.signing import (
    ask_to_publish,
    end_request,
    sign_publication,
    withdraw_publication,
)

__all__ = [
    "ArchiveReport",
    "ask_to_publish",
    "end_request",
    "import_archive",
    "sign_publication",
    "withdraw_publication",
]
