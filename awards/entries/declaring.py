"""What people agree to about an entry, in the words that they are shown. Pure."""

import hashlib
from enum import StrEnum
from typing import Any

from awards.editions.document import EditionRules
from awards.entries.rules import EntryState
from awards.web.i18n import _


class ConsentKind(StrEnum):
    DECLARATION = "declaration"
    APPROVAL = "city's approval"
    REFUSAL = "city's refusal"


def declaration_of(rules: EditionRules, *, entrant: str, programme: str) -> str:
    """The edition's own words, or ours where it has none; Markdown, in the language of the reader."""
    return rules.declaration.strip() or "\n".join(
        f"- {sentence}"
        for sentence in (
            _("What the entry says is true, and I can show evidence for it when I am asked."),
            _("I am entitled to submit it for %(entrant)s.", entrant=entrant),
            _("Whoever is named, quoted or pictured in it agreed to that, and its texts and pictures may be used."),
            _(
                "%(programme)s may give it to the secretariat and the judges. If the entry wins, what is marked as"
                " public in it may be published.",
                programme=programme,
            ),
        )
    )  # fmt: skip


def bound(number: int, sha256: str, declared: str) -> dict[str, Any]:
    """What the audit trail binds of a submission."""
    return {
        "state": EntryState.SUBMITTED.value,
        "number": number,
        "sha256": sha256,
        "declared": fingerprint(declared),
    }


def fingerprint(text: str) -> str:
    """What was agreed to, exactly; other words need another consent."""
    return hashlib.sha256(text.encode()).hexdigest()
