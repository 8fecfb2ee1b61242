"""Verbs of publication: ask, sign, take back, and the archive of past editions."""

from awards.publication.services.archiving import ArchiveReport, import_archive
from awards.publication.services.certifying import make_certificates
from awards.publication.services.coming_out import mark_published
from awards.publication.services.halting import end_halt, halt_edition
from awards.publication.services.indexing import index_practices
from awards.publication.services.letters import write_to_entrants
from awards.publication.services.reviewing import review_note
from awards.publication.services.signing import (
    ask_to_publish,
    end_request,
    sign_publication,
    withdraw_publication,
)
from awards.publication.services.telling import make_feedback

# What follows from a publication by itself once its instant has come, in this order.
SWEEPS = (mark_published, make_feedback, make_certificates, write_to_entrants, index_practices)

__all__ = [
    "SWEEPS",
    "ArchiveReport",
    "ask_to_publish",
    "end_halt",
    "end_request",
    "halt_edition",
    "import_archive",
    "index_practices",
    "make_certificates",
    "make_feedback",
    "mark_published",
    "review_note",
    "sign_publication",
    "withdraw_publication",
    "write_to_entrants",
]
