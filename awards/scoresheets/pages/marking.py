"""What stands on the page where one entry is judged: the sheet's fields, as they are stored or as they were typed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response
from msgspec import Struct
from msgspec.structs import replace

from awards import ids
from awards.entries.queries import BlindEntry, JudgedEntry
from awards.panels.queries import RoundRow
from awards.panels.rules import AssignmentState
from awards.scoresheets.forms import MARK, NOTE
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.queries import OwnMarks, SheetView
from awards.scoresheets.queries.sheet import SheetCriterion
from awards.scoresheets.rules import NO_EVIDENCE, words_of_marks
from awards.scoresheets.strip import OwnSheet, Strip, strips, without_open
from awards.web.fields import Fields
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _

AnyRequest = Request[Any, Any, Any]


class CriterionField(Struct, frozen=True):
    name: str
    number: int
    label: str
    question: str
    weight: str
    marks: tuple[Choice, ...]
    value: str
    rubric: tuple[tuple[str, str, int], ...]
    """The marks that a level covers, its words, and its lowest mark."""
    ends: tuple[str, str] | None
    in_words: bool
    strip: Strip | None
    """The judge's own marks on this criterion, where there are others than this one."""
    others: Strip | None
    """The same without this one, which changes while the page is open."""

    @property
    def chosen(self) -> str:
        if self.value == NO_EVIDENCE:
            return _("Not enough evidence")
        return next((mark.text for mark in self.marks if mark.value == self.value), "")

    @property
    def words(self) -> str:
        """What the rubric says of the mark."""
        return next((mark.hint for mark in self.marks if mark.value == self.value), "")


class Difference(Struct, frozen=True):
    """One field that another tab saved while this one was open."""

    label: str
    mine: str
    theirs: str


class SheetPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    list_path: str
    entry: BlindEntry
    where: str
    key: str
    keep: str
    version: int
    number: int
    total: int
    before: OwnSheet | None
    after: OwnSheet | None
    answered: int
    """Own entries of the round on which every criterion is answered, this one among them."""
    calibration: bool
    criteria: tuple[CriterionField, ...]
    confidence_asked: bool
    confidences: tuple[Choice, ...]
    confidence: str
    note_city: str
    note_secretariat: str
    saved_at: datetime | None
    signed_at: datetime | None
    deadline: datetime
    closed: str
    reopened: str
    from_paper: bool
    halted: bool = False
    differences: tuple[Difference, ...] = ()
    errors: FormErrors = NO_ERRORS

    @property
    def writable(self) -> bool:
        return not self.closed and self.signed_at is None

    @property
    def marked(self) -> int:
        return sum(bool(criterion.value) for criterion in self.criteria)


def page_of(view: SheetView, own: OwnMarks, now: datetime, keep: str) -> SheetPage:
    """As it is stored."""
    assert view.entry is not None
    entry, refused = view.entry, view.closed(now)
    references = [sheet.reference for sheet in own.sheets]
    place = references.index(view.reference) if view.reference in references else None
    around = dict(enumerate(own.sheets))
    all_of = {strip.code: strip for strip in strips(own.criteria, own.sheets, view.reference)}
    others = {code: rest for code, strip in all_of.items() if (rest := without_open(strip)).marked}
    total = sum(criterion.weight for criterion in view.criteria)
    return SheetPage(
        title=entry.title,
        round=view.round,
        path=f"{view.round.bench}/{view.reference}",
        list_path=view.round.bench,
        entry=entry,
        where=f"{entry.entrant}, {entry.country_label}" if isinstance(entry, JudgedEntry) else "",
        key=ids.salt(),
        keep=keep,
        version=view.version,
        number=0 if place is None else place + 1,
        total=len(references),
        before=None if place is None else around.get(place - 1),
        after=None if place is None else around.get(place + 1),
        answered=sum(sheet.judged <= sheet.marks.keys() | sheet.unmarked for sheet in own.sheets),
        calibration=place is not None and own.sheets[place].calibration,
        criteria=tuple(
            _criterion(view, number, criterion, total, all_of, others.get(criterion.code))
            for number, criterion in enumerate(view.criteria, 1)
        ),
        confidence_asked=view.round.confidence,
        confidences=(
            Choice("high", _("Sure")),
            Choice("middle", _("Fairly sure")),
            Choice("low", _("Unsure")),
        ),
        confidence=view.confidence,
        note_city=view.note_city,
        note_secretariat=view.note_secretariat,
        saved_at=view.saved_at,
        signed_at=view.signed_at if view.assignment_state == AssignmentState.SIGNED.value else None,
        deadline=view.deadline,
        closed=refused.why if refused else "",
        from_paper=view.from_paper,
        halted=view.halted,
        reopened=view.reopened if view.assignment_state == AssignmentState.STARTED.value else "",
    )


def _criterion(
    view: SheetView,
    number: int,
    criterion: SheetCriterion,
    total: int,
    all_of: Mapping[str, Strip],
    others: Strip | None,
) -> CriterionField:
    scale = criterion.scale
    levels = criterion.rubric
    named = words_of_marks(view.round.kind, criterion.low_label, criterion.high_label)
    texts = {mark: named[mark] if named else scale.text(mark) for mark in scale.marks}
    words = {
        mark: next((text for level, text in reversed(levels) if level <= mark), "") for mark in scale.marks
    }
    # A level holds from its own mark up to the next level's.
    tops = ([level - 1 for level, _text in levels[1:]] + [scale.top])[: len(levels)]
    return CriterionField(
        name=MARK + criterion.code,
        number=number,
        label=criterion.name,
        question=criterion.question,
        weight=_("weight %(weight)d of %(total)d", weight=criterion.weight, total=total),
        marks=tuple(Choice(str(mark), texts[mark], words[mark]) for mark in scale.marks),
        value="" if criterion.mark is None else str(criterion.mark),
        rubric=tuple(
            (texts[low] if low == high else f"{texts[low]}–{texts[high]}", text, low)
            for (low, text), high in zip(levels, tops, strict=True)
        ),
        ends=None
        if named
        else (
            f"{texts[0]} {criterion.low_label}".strip(),
            f"{texts[scale.top]} {criterion.high_label}".strip(),
        ),
        in_words=bool(named),
        strip=all_of[criterion.code] if others else None,
        others=others,
    )


def errors_on(page: SheetPage, problems: Mapping[str, str]) -> FormErrors:
    """Each beside its field; of a field that is not on the page, above them all."""
    fields = {criterion.name for criterion in page.criteria} | {f"{NOTE}city", f"{NOTE}secretariat"}
    fields |= {"confidence"} if page.confidence_asked else set()
    here = {name: text for name, text in problems.items() if name in fields}
    elsewhere = " ".join(text for name, text in problems.items() if name not in fields)
    return FormErrors({"": elsewhere, **here} if elsewhere else here)


def saved_flash(at: datetime) -> Flash:
    return Flash("good", _("Saved %(time)s UTC", time=f"{at:%H:%M:%S}"))


def typed_over(stored: SheetPage, fields: Fields) -> SheetPage:
    """What was typed, drawn on the newest version: after a lost race saving it again is a choice."""
    page = replace(
        stored,
        criteria=tuple(
            replace(criterion, value=fields.get(criterion.name, criterion.value))
            for criterion in stored.criteria
        ),
        confidence=fields.get("confidence", stored.confidence),
        note_city=fields.get(f"{NOTE}city", stored.note_city),
        note_secretariat=fields.get(f"{NOTE}secretariat", stored.note_secretariat),
    )
    return replace(page, differences=_differences(stored, page))


def _differences(stored: SheetPage, typed: SheetPage) -> tuple[Difference, ...]:
    pairs = [
        (mine.label, mine.chosen, theirs.chosen)
        for mine, theirs in zip(typed.criteria, stored.criteria, strict=True)
    ]
    names = {choice.value: choice.text for choice in stored.confidences}
    pairs += [
        (_("How sure you are"), names.get(typed.confidence, ""), names.get(stored.confidence, "")),
        (_("To the city"), typed.note_city.strip(), stored.note_city),
        (_("To the secretariat"), typed.note_secretariat.strip(), stored.note_secretariat),
    ]
    return tuple(Difference(label, mine, theirs) for label, mine, theirs in pairs if mine != theirs)


def drawn(request: AnyRequest, page: SheetPage, *, status: int = 200) -> Response[bytes]:
    here = (
        _("No. %(position)d of %(total)d", position=page.number, total=page.total)
        if page.number
        else page.entry.reference
    )
    return on_the_bench(
        request,
        "scoresheets/sheet.html",
        page,
        page.round,
        Link(page.list_path, _("Your entries")),
        Link("", here, True),
        status=status,
    )
