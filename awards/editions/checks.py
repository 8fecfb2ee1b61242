"""Whether a document makes sense as an edition. Pure: every problem at once, each with its place.

A place is the path of keys and list positions in an edition file: ("round", 0, "criterion", 2, "scale").
"""

import re
from collections.abc import Collection, Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from awards.editions.checklist import EXCLUDERS, MOST_APPEAL_DAYS, MOST_CHECKS, SCREENERS
from awards.editions.checks_form import form_problems
from awards.editions.checks_prizes import advance_problems, ring_problems
from awards.editions.document import (
    AUDIENCES,
    CONFLICT_DEFAULTS,
    DISCLOSURES,
    EARLIER_WINNERS,
    ENTRANT_KINDS,
    FURTHER_READS,
    JURY_SHOWN,
    LATE_EDITS,
    LATE_SYNCS,
    ORIGINS,
    PRIZE_KINDS,
    ROUND_KINDS,
    EditionDocument,
    EditionRules,
    QuestionKind,
    QuestionPart,
    RoundPart,
    ScalePart,
    normal,
)
from awards.editions.licences import LICENCES
from awards.editions.rules import RoundKind
from awards.errors import Invalid
from awards.web.i18n import _
from judging.rounds import TIE_BREAKS, Rule

Place = tuple[str | int, ...]

MOST = 2**31 - 1
MOST_FIELDS = 20
MOST_FILES, MOST_FILE_MB = 100, 50
CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
# What stands in addresses of the desk beside editions.
RESERVED = frozenset({"new", "cities", "people", "pages", "setup", "mail", "jobs"})
# What stands in public addresses of an edition beside its categories.
RESERVED_CATEGORIES = frozenset({"data", "jury", "method", "versions"})
# What stands in addresses of an entry beside its questions.
RESERVED_QUESTIONS = frozenset(
    {
        "about",
        "about-judges",
        "appeal",
        "approval",
        "check",
        "consent",
        "deadline",
        "draft",
        "enquiry",
        "exemption",
        "feedback",
        "files",
        "help",
        "history",
        "judges",
        "kept",
        "pdf",
        "preview",
        "public",
        "receipt",
        "save",
        "sections",
        "start",
        "submit",
        "translation",
        "uploads",
        "versions",
        "withdraw",
    }
)


class Problem(Struct, frozen=True):
    place: Place
    text: str


def problems_of(document: EditionDocument) -> tuple[Problem, ...]:
    return tuple(
        Problem(place, text)
        for check in (_heads, _milestones, _rules, _categories, _questions, _scales, _rounds, _prizes)
        for place, text in check(document)
    )


def sound(document: EditionDocument) -> EditionDocument:
    """The document in its one way of writing; `Invalid` with everything that is wrong with it."""
    new = normal(document)
    if found := problems_of(new):
        raise Invalid({".".join(map(str, one.place)): one.text for one in reversed(found)})
    return new


Found = Iterator[tuple[Place, str]]


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _code(code: str, place: Place) -> Found:
    if not CODE.fullmatch(code) or len(code) > 60:
        yield (
            place,
            _(
                "“%(code)s” cannot be a code: use small letters, digits and hyphens, 60 at most",
                code=code[:80],
            ),
        )


def _doubled(codes: Sequence[str], list_name: str, key: str = "code") -> Found:
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code in seen:
            yield (list_name, index, key), _("“%(code)s” is there twice; codes differ", code=code)
        seen.add(code)


def _line(text: str, place: Place, longest: int = 300, *, needed: bool = True) -> Found:
    if needed and not text.strip():
        yield place, _("Enter a text; it is empty")
    if len(text) > longest:
        yield place, _("The text can have %(count)d characters at most; shorten it", count=longest)
    if "\n" in text or "\r" in text:
        yield place, _("The text must stand on one line")


def _one_of(value: str, known: Collection[str], place: Place) -> Found:
    if value not in known:
        yield place, _("“%(value)s” is not known; use one of: %(known)s", value=value, known=", ".join(known))


def _between(value: int, low: int, high: int, place: Place) -> Found:
    if not low <= value <= high:
        yield place, _("Enter a whole number from %(low)d to %(high)d", low=low, high=high)


def _heads(document: EditionDocument) -> Found:
    for name, part in (("programme", document.programme), ("edition", document)):
        yield from _code(part.slug, (name, "slug"))
        yield from _line(part.name, (name, "name"))
        if not is_zone(part.zone) or len(part.zone) > 60:
            yield (name, "zone"), _("“%(zone)s” is no time zone; use one such as Asia/Seoul", zone=part.zone)
        if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", part.lang) or len(part.lang) > 20:
            yield (name, "lang"), _("“%(lang)s” is no language; use a code such as en", lang=part.lang)
    if document.programme.slug in RESERVED:
        yield ("programme", "slug"), _("This word is an address of the desk; choose another")
    if document.slug in RESERVED:
        yield ("edition", "slug"), _("This word is an address of the desk; choose another")
    yield from _line(document.programme.contact, ("programme", "contact"), 254, needed=False)
    yield from _between(document.year, 1900, 2999, ("edition", "year"))
    yield from _one_of(document.origin, ORIGINS, ("edition", "origin"))


def _milestones(document: EditionDocument) -> Found:
    for index, part in enumerate(document.milestones):
        yield from _code(part.kind, ("milestone", index, "kind"))
        yield from _line(part.note, ("milestone", index, "note"), needed=False)
    yield from _doubled([part.kind for part in document.milestones], "milestone", "kind")
    opens, closes = document.milestone("opens"), document.milestone("closes")
    if opens is not None and closes is not None and closes <= opens:
        index = [part.kind for part in document.milestones].index("closes")
        yield ("milestone", index, "at"), _("The call must close after it opens")


def _rules(document: EditionDocument) -> Found:
    rules = document.rules
    if rules.entries_per_city is not None:
        yield from _between(rules.entries_per_city, 1, 1000, ("rules", "entries_per_city"))
    for kind in rules.who_may_enter:
        yield from _one_of(kind, ENTRANT_KINDS, ("rules", "who_may_enter"))
    if not rules.languages:
        yield ("rules", "languages"), _("Name at least one language")
    for lang in rules.languages:
        if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", lang):
            yield ("rules", "languages"), _("“%(lang)s” is no language; use a code such as en", lang=lang)
    yield from _one_of(rules.late_edit, LATE_EDITS, ("rules", "late_edit"))
    yield from _one_of(rules.disclosure, DISCLOSURES, ("rules", "disclosure"))
    yield from _one_of(rules.jury_public, JURY_SHOWN, ("rules", "jury_public"))
    yield from _one_of(rules.late_sync, LATE_SYNCS, ("rules", "late_sync"))
    yield from _one_of(rules.further_reads, FURTHER_READS, ("rules", "further_reads"))
    yield from _one_of(rules.licence, LICENCES, ("rules", "licence"))
    yield from _between(rules.most_files, 1, MOST_FILES, ("rules", "most_files"))
    yield from _between(rules.most_file_mb, 1, MOST_FILE_MB, ("rules", "most_file_mb"))
    yield from _entering(document)
    for code, _effect in document.conflicts:
        yield from _one_of(code, tuple(CONFLICT_DEFAULTS), ("conflicts", code))
    yield from _between(document.past_years, 1, 50, ("conflicts", "past_years"))


def _entering(document: EditionDocument) -> Found:
    rules = document.rules
    yield from _one_of(rules.earlier_winners, EARLIER_WINNERS, ("rules", "earlier_winners"))
    yield from _between(rules.winner_years, 1, 50, ("rules", "winner_years"))
    yield from _screening(rules)
    yield from _between(rules.maturity_months, 0, 600, ("rules", "maturity_months"))
    kinds = {one.code: one.kind for one in document.questions}
    if rules.letter_question and kinds.get(rules.letter_question) is not QuestionKind.FILE:
        yield ("rules", "letter_question"), _("Choose a question for files")
    if rules.maturity_months and kinds.get(rules.maturity_question) is not QuestionKind.DATE:
        yield ("rules", "maturity_question"), _("Choose the question for a date that says since when")
    elif rules.maturity_question and rules.maturity_question not in kinds:
        yield ("rules", "maturity_question"), _("Choose a question of this form")


def _screening(rules: EditionRules) -> Found:
    place = ("rules", "checklist")
    for code, question in rules.checklist:
        if not code:
            yield (
                place,
                _("Begin each line with a short code and a colon, such as language: Can judges read it?"),
            )
        else:
            yield from _code(code, place)
        yield from _line(question, place)
    yield from ((place, text) for _where, text in _doubled([code for code, _q in rules.checklist], "rules"))
    if len(rules.checklist) > MOST_CHECKS:
        yield place, _("A checklist has %(most)d questions at most", most=MOST_CHECKS)
    yield from _between(rules.screeners, SCREENERS[0], SCREENERS[-1], ("rules", "screeners"))
    yield from _between(rules.excluded_by, EXCLUDERS[0], EXCLUDERS[-1], ("rules", "excluded_by"))
    yield from _between(rules.appeal_days, 0, MOST_APPEAL_DAYS, ("rules", "appeal_days"))
    if rules.screeners > rules.excluded_by:
        yield (
            ("rules", "excluded_by"),
            _("Where two people screen an entry, one alone cannot keep it out; choose two"),
        )


def _categories(document: EditionDocument) -> Found:
    for index, part in enumerate(document.categories):
        yield from _code(part.code, ("category", index, "code"))
        if part.code in RESERVED_CATEGORIES:
            yield (
                ("category", index, "code"),
                _("“%(code)s” is a page of its own; choose another code", code=part.code),
            )
        yield from _line(part.name, ("category", index, "name"))
        for code in part.fields:
            yield from _code(code, ("category", index, "fields"))
        if len(part.fields) > MOST_FIELDS:
            yield (
                ("category", index, "fields"),
                _("A category names %(most)d fields at most", most=MOST_FIELDS),
            )
    yield from _doubled([part.code for part in document.categories], "category")


def _questions(document: EditionDocument) -> Found:
    known = tuple(part.code for part in document.categories)
    for index, part in enumerate(document.questions):
        place: Place = ("question", index)
        yield from _code(part.code, (*place, "code"))
        if part.code in RESERVED_QUESTIONS:
            yield (
                (*place, "code"),
                _("“%(code)s” is an address of every entry; choose another", code=part.code),
            )
        yield from _line(part.section, (*place, "section"), needed=False)
        yield from _line(part.label, (*place, "label"), 500)
        yield from _line(part.hint, (*place, "hint"), 1000, needed=False)
        yield from _one_of(part.audience, AUDIENCES, (*place, "audience"))
        for code in part.categories:
            yield from _one_of(code, known, (*place, "categories"))
        yield from _limits(part, place)
    yield from _doubled([part.code for part in document.questions], "question")
    yield from form_problems(document)


def _limits(part: QuestionPart, place: Place) -> Found:
    for name, words in (("min_words", part.min_words), ("max_words", part.max_words)):
        yield from _between(words, 0, 20_000, (*place, name))
    if part.max_words and part.min_words > part.max_words:
        yield (*place, "max_words"), _("The most words must not be less than the fewest")
    for option in part.options:
        yield from _line(option, (*place, "options"))


def _scales(document: EditionDocument) -> Found:
    for index, part in enumerate(document.scales):
        place: Place = ("scale", index)
        yield from _code(part.code, (*place, "code"))
        yield from _between(part.origin_milli, -1_000_000, 1_000_000, (*place, "lowest"))
        yield from _between(part.step_milli, 1, 1_000_000, (*place, "step"))
        if not 1 <= part.top <= 1000:
            yield (*place, "highest"), _("A scale has from 2 to 1001 marks")
        yield from _line(part.low_label, (*place, "low_label"), needed=False)
        yield from _line(part.high_label, (*place, "high_label"), needed=False)
    yield from _doubled([part.code for part in document.scales], "scale")


def _rounds(document: EditionDocument) -> Found:
    for index, part in enumerate(document.rounds):
        place: Place = ("round", index)
        yield from _code(part.code, (*place, "code"))
        yield from _line(part.name, (*place, "name"))
        yield from _one_of(part.kind, ROUND_KINDS, (*place, "kind"))
        if part.closes <= part.opens:
            yield (*place, "closes"), _("The round must close after it opens")
        yield from _between(part.sheets_wanted, 1, 100, (*place, "sheets_wanted"))
        yield from _method(part, place)
        yield from _criteria(document, part, place)
    yield from _doubled([part.code for part in document.rounds], "round")
    yield from advance_problems(document)


def _method(part: RoundPart, place: Place) -> Found:
    method = part.method
    yield from _one_of(method.rule, tuple(rule.value for rule in Rule), (*place, "method"))
    yield from _between(method.draws, 100, 100_000, (*place, "draws"))
    yield from _between(method.seed, 0, MOST, (*place, "seed"))
    if method.decimals is not None:
        yield from _between(method.decimals, 0, 6, (*place, "decimals"))
    codes = tuple(one.code for one in part.criteria)
    for rule, value in method.tie_breaks:
        yield from _one_of(rule, TIE_BREAKS, (*place, "tie_breaks"))
        if rule == "criterion":
            yield from _one_of(value, codes, (*place, "tie_breaks"))
        elif value:
            yield (*place, "tie_breaks"), _("Only the tie-break “criterion” names a criterion")


def _criteria(document: EditionDocument, part: RoundPart, place: Place) -> Found:
    categories = tuple(one.code for one in document.categories)
    scales: dict[str, ScalePart] = {one.code: one for one in document.scales}
    for index, criterion in enumerate(part.criteria):
        here: Place = (*place, "criterion", index)
        yield from _code(criterion.code, (*here, "code"))
        yield from _line(criterion.name, (*here, "name"))
        yield from _line(criterion.question, (*here, "question"), 500, needed=False)
        yield from _one_of(criterion.scale, tuple(scales), (*here, "scale"))
        for category, weight in criterion.weights:
            yield from _one_of(category, categories, (*here, "weights"))
            yield from _between(weight, 1, 1_000_000, (*here, "weights", category))
        if len({category for category, _weight in criterion.weights}) < len(criterion.weights):
            yield (*here, "weights"), _("A criterion has one weight in a category")
        scale = scales.get(criterion.scale)
        if scale is not None and scale.top != 1 and part.kind == RoundKind.PASSING:
            yield (
                (*here, "scale"),
                _(
                    "A round of pass or fail needs a scale with two marks, from 0 to 1; the words at its ends are what judges read"
                ),
            )
        for mark, text in criterion.rubric:
            yield from _line(text, (*here, "rubric"), 1000)
            if scale is not None and not 0 <= mark <= scale.top:
                yield (
                    (*here, "rubric"),
                    _("A mark of the rubric is not on the scale “%(code)s”", code=scale.code),
                )
    codes = [one.code for one in part.criteria]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield (
                (*place, "criterion", index, "code"),
                _("“%(code)s” is there twice; codes differ", code=code),
            )


def _prizes(document: EditionDocument) -> Found:
    known = tuple(part.code for part in document.categories)
    taken: set[tuple[str, int]] = set()
    for index, part in enumerate(document.prizes):
        place: Place = ("prize", index)
        yield from _code(part.code, (*place, "code"))
        yield from _line(part.name, (*place, "name"))
        yield from _one_of(part.kind, PRIZE_KINDS, (*place, "kind"))
        yield from _between(part.places, 1, 1000, (*place, "places"))
        yield from _between(part.position, 1, 1000, (*place, "position"))
        if part.category:
            yield from _one_of(part.category, known, (*place, "category"))
        if part.kind == "ranked" and (part.category, part.position) in taken:
            yield (*place, "position"), _("Another prize has this position; the order must be clear")
        if part.kind == "ranked":
            taken.add((part.category, part.position))
    yield from _doubled([part.code for part in document.prizes], "prize")
    yield from ring_problems(document)
