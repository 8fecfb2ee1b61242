"""What may no longer change, and since when. Pure.

When the call opens: categories, quotas, who may enter. When a round opens: its criteria, weights, scales,
rubric, method and tie-breaks, and the prizes, the conflict rules and the disclosure of the edition: which sheets
count depends on who may judge what. What may still change: a later deadline for all, wording, a new question that
nobody has to answer.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from awards.editions.differences import Change, Kind, in_words
from awards.editions.document import EditionDocument
from awards.editions.rules import EditionState, RoundState
from awards.errors import Denied
from awards.web.i18n import _


class Frozen(Denied):
    """A change that touches what others already rely on; `items` names each."""

    def __init__(self, items: Iterable[str]) -> None:
        self.items = tuple(items)
        super().__init__("frozen", " ".join(self.items))


class Standing(Struct, frozen=True):
    """How far an edition has come: its state and its rounds' by code."""

    edition: EditionState = EditionState.DRAFT
    rounds: Mapping[str, RoundState] | None = None

    @property
    def call_opened(self) -> bool:
        return self.edition is not EditionState.DRAFT

    @property
    def opened(self) -> frozenset[str]:
        return frozenset(code for code, state in (self.rounds or {}).items() if state is not RoundState.DRAFT)


_CALL_RULES = frozenset(
    {
        "entries_per_city",
        "one_category_per_entry",
        "who_may_enter",
        "languages",
        "declaration",
        "city_approval",
        "letter_question",
        "members_only",
        "earlier_winners",
        "winner_years",
        "maturity_months",
        "maturity_question",
    }
)
# What every entry is asked before judges read it, and who decides: the same for the first and for the last.
_SCREENING_RULES = frozenset({"checklist", "screeners", "excluded_by", "appeal_days"})
# Who has attached what fits keeps it: these can only grow.
_CALL_LIMITS = frozenset({"most_files", "most_file_mb"})
# Wording of a question and its place on the page.
_QUESTION_WORDING = frozenset({"section", "label", "hint", "order"})
_ROUND_FREE = frozenset({"name", "sheets_wanted"})


class Since(StrEnum):
    """What made a part of an edition freeze."""

    CALL = "call"
    ROUND = "round"
    RESULTS = "results"


class FrozenChange(Struct, frozen=True):
    change: Change
    since: Since

    @property
    def sentence(self) -> str:
        why = {
            Since.CALL: _("it froze when the call opened"),
            Since.ROUND: _("it froze when a round opened"),
            Since.RESULTS: _("the results are published"),
        }[self.since]
        return _("%(change)s: refused, %(why)s.", change=in_words(self.change), why=why)


def frozen_among(
    changes: Iterable[Change], old: EditionDocument, new: EditionDocument, standing: Standing
) -> tuple[FrozenChange, ...]:
    """Those changes that touch what others already rely on."""
    published = standing.edition in (EditionState.PUBLISHED, EditionState.ARCHIVED)
    found: list[FrozenChange] = []
    for change in changes:
        if standing.call_opened and _touches_call(change, new):
            found.append(FrozenChange(change, Since.CALL))
        elif standing.opened and _touches_rounds(change, old, standing.opened):
            found.append(FrozenChange(change, Since.ROUND))
        elif published and change.address[0] not in ("programme", "milestone", "edition", "rules"):
            found.append(FrozenChange(change, Since.RESULTS))
    return tuple(found)


def frozen_changes(
    changes: Iterable[Change], old: EditionDocument, new: EditionDocument, standing: Standing
) -> tuple[str, ...]:
    """A sentence for every change that is refused."""
    return tuple(one.sentence for one in frozen_among(changes, old, new, standing))


def _touches_call(change: Change, new: EditionDocument) -> bool:
    match change.address:
        # The year stands over published results and under both signatures.
        case ("edition", _, "origin" | "demo" | "year"):
            return True
        case ("category", _):
            return True
        case ("rules", _, field):
            return field in _CALL_RULES | _SCREENING_RULES or (
                field in _CALL_LIMITS and change.after < change.before
            )
        case ("milestone", "opens" | "closes"):
            return change.kind is Kind.REMOVED
        case ("milestone", "opens", "at"):
            return True
        case ("milestone", "closes", "at"):
            return bool(change.after < change.before)
        case ("question", code):
            added = next((one for one in new.questions if one.code == code), None)
            return change.kind is Kind.REMOVED or added is None or added.required
        case ("question", _, field):
            return field not in _QUESTION_WORDING
    return False


def _touches_rounds(change: Change, old: EditionDocument, opened: frozenset[str]) -> bool:
    match change.address:
        case ("round", code):
            return code in opened
        case ("round", "", "order"):
            return True
        case ("round", code, "closes"):
            return code in opened and bool(change.after < change.before)
        case ("round", code, field, *_rest):
            return code in opened and field not in _ROUND_FREE
        case ("scale", code, *_rest):
            used = {one.scale for part in old.rounds if part.code in opened for one in part.criteria}
            return code in used
        case ("prize" | "conflicts", *_rest):
            return True
        case ("rules", _, "disclosure" | "late_sync" | "further_reads"):
            return True
    return False
