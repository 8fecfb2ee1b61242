"""An edition as one frozen document: what an edition file says, what the pages change, what a round freezes.

Lists are in their order, which is the order on every page. Codes are unique in their list.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import fields, replace

from awards.editions.checklist import CHECKLIST, Checklist
from awards.editions.licences import DEFAULT as DEFAULT_LICENCE
from awards.editions.round_method import RoundMethod as RoundMethod
from awards.editions.rules import RoundKind


class Effect(StrEnum):
    """What a conflict rule does to an assignment."""

    FORBID = "forbid"
    WARN = "warn"
    REPORT = "report"


class QuestionKind(StrEnum):
    SHORT_TEXT = "short text"
    LONG_TEXT = "long text"
    NUMBER = "number"
    YES_OR_NO = "yes or no"
    ONE_OF = "one of"
    SEVERAL_OF = "several of"
    WEB_ADDRESS = "web address"
    DATE = "date"
    INDICATORS = "indicators"
    FILE = "file"


WITH_OPTIONS = frozenset({QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF})
WITH_WORDS = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})

# What a question that is always asked says of when it is asked.
ALWAYS = ("", "")

AUDIENCES = ("judges", "secretariat", "public")
ROUND_KINDS = tuple(kind.value for kind in RoundKind)
PRIZE_KINDS = ("ranked", "ring-fenced", "cascade", "outside")
# What `PrizePart.values` can say: whom a prize is for, and whose holders it passes over.
RING_KEYS = ("region", "country", "kind")
PRIZE_KEYS = (*RING_KEYS, "past")
ORIGINS = ("run", "archive", "import")
DISCLOSURES = ("sums", "marks", "results")
# When the public page of the jury names its judges.
JURY_SHOWN = ("no", "after publication", "now")
ENTRANT_KINDS = ("city", "public body", "firm", "institution", "person")
UNTIL_SUBMITTED = "until submitted"
LATE_EDITS = ("until the deadline", UNTIL_SUBMITTED)
# What becomes of marks that were written without a line and arrive after the deadline.
HELD = "held"
LATE_SYNCS = (HELD, "refused")
# Whether a round that is closed may read single entries once more.
ONCE = "once"
FURTHER_READS = (ONCE, "no")
# What a city may enter that won in an earlier edition of the programme.
EARLIER_WINNERS = ("may enter", "another practice", "after some years")
MILESTONES = ("opens", "closes", "screening", "announcement", "ceremony")

# Every conflict rule has an effect in every edition; these hold where an edition says nothing.
CONFLICT_DEFAULTS: Mapping[str, Effect] = {
    "own_city": Effect.FORBID,
    "own_country": Effect.FORBID,
    "employer": Effect.FORBID,
    "past_employer": Effect.WARN,
    "linked": Effect.WARN,
    "supplier": Effect.FORBID,
    "nominated_by": Effect.WARN,
    "declared": Effect.FORBID,
    "declared_by_entrant": Effect.FORBID,
    "secretariat": Effect.FORBID,
}
# These came later: left out of what is hashed while they do what they do by default, so that older hashes stand.
_CAME_LATER = ("past_employer", "linked", "supplier", "declared_by_entrant")
# The rule that counts years, and for how long a post that has ended still counts where an edition says nothing.
PAST_EMPLOYER, PAST_YEARS = "past_employer", 3


class ProgrammePart(Struct, frozen=True):
    slug: str
    name: str
    zone: str = "UTC"
    lang: str = "en"
    contact: str = ""


class MilestonePart(Struct, frozen=True):
    kind: str
    at: datetime
    note: str = ""
    public: bool = True


class EditionRules(Struct, frozen=True):
    """`entries_per_city` None is no limit; `who_may_enter` empty is every kind of entrant.

    `most_files` is of one entry; `most_file_mb` is of one file, in millions of bytes. `city_approval`: who enters on
    behalf of a city needs its word, or a letter in the answer to `letter_question`. `winner_years` counts for
    "after some years" only; `maturity_months` are counted from the answer to `maturity_question` to the deadline.
    `further_reads`: whether a closed round may read entries at a prize line once more, which it does once at most.
    `licence`: of the published results, one of `licences.LICENCES`.
    `late_sync`: marks that were written in time on a device without a line and arrive late are held until two people
    accept them, or refused.
    `screeners` look at each entry, `excluded_by` people keep one out, and its city may appeal for `appeal_days`; 0 is
    no appeal.
    """

    entries_per_city: int | None = 2
    one_category_per_entry: bool = True
    who_may_enter: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    late_edit: str = "until the deadline"
    disclosure: str = "sums"
    terms: str = ""
    jury_public: str = "after publication"
    declaration: str = ""
    most_files: int = 10
    most_file_mb: int = 20
    city_approval: bool = False
    letter_question: str = ""
    members_only: bool = False
    earlier_winners: str = "may enter"
    winner_years: int = 3
    maturity_months: int = 0
    maturity_question: str = ""
    checklist: Checklist = CHECKLIST
    screeners: int = 1
    excluded_by: int = 2
    appeal_days: int = 10
    late_sync: str = HELD
    further_reads: str = ONCE
    licence: str = DEFAULT_LICENCE


class CategoryPart(Struct, frozen=True):
    """`fields` are codes of the programme's fields: by them a judge's expertise counts here."""

    code: str
    name: str
    description: str = ""
    fields: tuple[str, ...] = ()


class QuestionPart(Struct, frozen=True):
    """`categories` empty is all of them; a limit of 0 words is none.

    `unit` is of a number, `most_files` of files (0 is one). `show_if` is (code of a question before, its answer):
    without that answer this one is not asked. From `frozen_at` on the answer stays as it is.
    """

    code: str
    section: str
    label: str
    kind: QuestionKind = QuestionKind.LONG_TEXT
    hint: str = ""
    required: bool = True
    min_words: int = 0
    max_words: int = 0
    options: tuple[str, ...] = ()
    audience: str = "judges"
    hidden_when_blind: bool = False
    categories: tuple[str, ...] = ()
    unit: str = ""
    most_files: int = 0
    show_if: tuple[str, str] = ALWAYS
    frozen_at: datetime | None = None


class ScalePart(Struct, frozen=True):
    code: str
    origin_milli: int = 0
    step_milli: int = 1000
    top: int = 10
    low_label: str = ""
    high_label: str = ""


class CriterionPart(Struct, frozen=True):
    """`weights` are (category, weight); `rubric` is (lowest mark that the text holds for, text)."""

    code: str
    name: str
    scale: str
    question: str = ""
    weights: tuple[tuple[str, int], ...] = ()
    rubric: tuple[tuple[int, str], ...] = ()


class RoundPart(Struct, frozen=True):
    """`not_enough_evidence`: a judge may say so of a criterion in place of a mark."""

    code: str
    name: str
    opens: datetime
    closes: datetime
    kind: str = "criteria"
    blind: bool = False
    confidence: bool = False
    bridge_first: bool = False
    not_enough_evidence: bool = False
    sheets_wanted: int = 3
    method: RoundMethod = RoundMethod()
    criteria: tuple[CriterionPart, ...] = ()


class PrizePart(Struct, frozen=True):
    """Without a category it is over the whole edition. `values` are pairs, as `awards.results.awarding` reads them:
    `region`, `country` or `kind` of who enters, each of them as often as needed, and in `past` codes of prizes.
    """

    code: str
    name: str
    position: int
    places: int = 1
    category: str = ""
    kind: str = "ranked"
    values: tuple[tuple[str, str], ...] = ()

    def said(self, key: str) -> tuple[str, ...]:
        return tuple(text for name, text in self.values if name == key)


class EditionDocument(Struct, frozen=True):
    programme: ProgrammePart
    slug: str
    name: str
    year: int
    zone: str = "UTC"
    lang: str = "en"
    origin: str = "run"
    demo: bool = False
    summary: str = ""
    milestones: tuple[MilestonePart, ...] = ()
    rules: EditionRules = EditionRules()
    categories: tuple[CategoryPart, ...] = ()
    questions: tuple[QuestionPart, ...] = ()
    scales: tuple[ScalePart, ...] = ()
    rounds: tuple[RoundPart, ...] = ()
    conflicts: tuple[tuple[str, Effect], ...] = tuple(CONFLICT_DEFAULTS.items())
    past_years: int = PAST_YEARS
    prizes: tuple[PrizePart, ...] = ()

    def milestone(self, kind: str) -> datetime | None:
        return next((one.at for one in self.milestones if one.kind == kind), None)


def normal(document: EditionDocument) -> EditionDocument:
    """The same edition written in the one way that two equal editions share."""
    order = {category.code: place for place, category in enumerate(document.categories)}
    last = len(order)

    def codes(some: tuple[str, ...]) -> tuple[str, ...]:
        chosen = sorted(set(some), key=lambda code: (order.get(code, last), code))
        return () if set(chosen) >= set(order) else tuple(chosen)

    def criterion(part: CriterionPart) -> CriterionPart:
        weights = sorted(part.weights, key=lambda pair: (order.get(pair[0], last), pair[0]))
        return replace(part, weights=tuple(weights), rubric=tuple(sorted(part.rubric)))

    return replace(
        document,
        categories=tuple(replace(one, fields=tuple(sorted(set(one.fields)))) for one in document.categories),
        milestones=tuple(sorted(document.milestones, key=lambda one: (one.at, one.kind))),
        questions=tuple(replace(one, categories=codes(one.categories)) for one in document.questions),
        rounds=tuple(
            replace(
                one,
                criteria=tuple(criterion(part) for part in one.criteria),
                method=replace(one.method, confidence=one.confidence),
            )
            for one in document.rounds
        ),
        conflicts=tuple({**CONFLICT_DEFAULTS, **dict(document.conflicts)}.items()),
        prizes=tuple(
            sorted(
                (replace(one, values=tuple(sorted(set(one.values)))) for one in document.prizes),
                key=lambda one: (not one.category, order.get(one.category, last), one.position, one.code),
            )
        ),
    )


# What came later is left out of what is hashed while it says what was so before, so that older hashes stand.
_LATER: Mapping[type, frozenset[str]] = {
    EditionDocument: frozenset({"past_years"}),
    EditionRules: frozenset(
        {
            "jury_public",
            "declaration",
            "most_files",
            "most_file_mb",
            "city_approval",
            "letter_question",
            "members_only",
            "earlier_winners",
            "winner_years",
            "maturity_months",
            "maturity_question",
            "checklist",
            "screeners",
            "excluded_by",
            "appeal_days",
            "late_sync",
            "further_reads",
            "licence",
        }
    ),
    CategoryPart: frozenset({"fields"}),
    QuestionPart: frozenset({"unit", "most_files", "show_if", "frozen_at"}),
    RoundPart: frozenset({"not_enough_evidence"}),
    RoundMethod: frozenset({"carried_weight", "advance"}),
    PrizePart: frozenset({"values"}),
}


def conflicts_said(document: EditionDocument) -> tuple[tuple[str, Effect], ...]:
    """The effects without those that came later and are as they are by default."""
    return tuple(
        (code, effect)
        for code, effect in document.conflicts
        if code not in _CAME_LATER or effect is not CONFLICT_DEFAULTS[code]
    )


def plain(part: Any) -> Any:
    """As lists, mappings, text and integers, for canonical JSON."""
    if isinstance(part, EditionDocument):
        return {**_fields(part), "conflicts": plain(conflicts_said(part))}
    if isinstance(part, Struct):
        return _fields(part)
    if isinstance(part, datetime):
        return part.astimezone(UTC).isoformat()
    if isinstance(part, tuple | list):
        return [plain(one) for one in part]
    if isinstance(part, StrEnum):
        return part.value
    return part


def _fields(part: Struct) -> dict[str, Any]:
    later = _LATER.get(type(part), frozenset())
    return {
        one.name: plain(getattr(part, one.name))
        for one in fields(part)
        if one.name not in later or getattr(part, one.name) != one.default
    }
