"""One entry beside its sheet, and the save by its button."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct
from msgspec.structs import replace

from awards import ids
from awards.entries.queries import BlindEntry, JudgedEntry
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.queries import RoundRow, own_seat
from awards.panels.rules import AssignmentState
from awards.scoresheets import queries, services
from awards.scoresheets.forms import MARK, NOTE, operation_of_form
from awards.scoresheets.pages import ended
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.queries import SheetView
from awards.scoresheets.queries.sheet import SheetCriterion
from awards.scoresheets.rules import reading_order
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class CriterionField(Struct, frozen=True):
    name: str
    number: int
    label: str
    question: str
    weight: str
    marks: tuple[Choice, ...]
    value: str
    rubric: tuple[tuple[str, str], ...]
    ends: tuple[str, str] | None

    @property
    def chosen(self) -> str:
        return next((mark.text for mark in self.marks if mark.value == self.value), "")


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
    version: int
    position: int
    total: int
    criteria: tuple[CriterionField, ...]
    marked: int
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
    differences: tuple[Difference, ...] = ()
    errors: FormErrors = NO_ERRORS

    @property
    def writable(self) -> bool:
        return not self.closed and self.signed_at is None


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}", guards=[needs_sign_in])
async def sheet(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    arrival = arrival_of(request.scope)
    actor = actor_of(request)
    where = Where(programme, edition, round_code, reference)
    try:
        view = await queries.sheet_for_judge(actor, where, arrival.at)
    except NotFound:
        return await ended.page_of(request, actor, where)
    if (way := _owed(view)) is not None:
        return redirect(request, way)
    if view.assignment_state == AssignmentState.GIVEN.value and view.closed(arrival.at) is None:
        # Who has read what is part of the record. A second look changes nothing.
        await services.open_sheet(where=where, actor=actor, clock=arrival.clock)
    return _sheet(request, view, arrival.at)


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}",
    guards=[needs_sign_in],
    status_code=303,
)
async def save_by_button(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    arrival = arrival_of(request.scope)
    actor = actor_of(request)
    where = Where(programme, edition, round_code, reference)
    fields = await read_fields(request)
    try:
        saved = await services.save_sheet(
            where=where, command=operation_of_form(fields), actor=actor, clock=arrival.clock
        )
    except Invalid as problem:
        view = await queries.sheet_for_judge(actor, where, arrival.at)
        return _again(request, view, fields, arrival.at, 422, FormErrors(problem.errors))
    except Denied as problem:
        try:
            view = await queries.sheet_for_judge(actor, where, arrival.at)
        except NotFound:
            # It ended while this was typed: what was typed is shown once more.
            return await ended.page_of(request, actor, where, problem.why, fields)
        if (way := _owed(view)) is not None:
            return redirect(request, way)
        return _again(request, view, fields, arrival.at, 403, FormErrors({"": problem.why}))
    except Stale:
        view = await queries.sheet_for_judge(actor, where, arrival.at)
        page = _typed(view, fields, arrival.at)
        if page.differences:
            return _sheet(request, view, arrival.at, page=page, status=409)
        # Both say the same: there is nothing to choose between.
        time = view.saved_at or arrival.at
        return redirect(request, page.path, flash=_saved(time))
    path = f"/bench/{programme}/{edition}/{round_code}"
    flash = _saved(saved.at)
    if "next" not in fields:
        return redirect(request, f"{path}/{reference}", flash=flash)
    following = await _following(request, where)
    return redirect(request, f"{path}/{following}" if following else path, flash=flash)


async def _following(request: AnyRequest, where: Where) -> str:
    """The next entry in the judge's own order that is not ready, after this one and then from the start."""
    seat = await own_seat(actor_of(request), where.programme, where.edition, where.round)
    entries = {entry.reference: entry for entry in await queries.my_entries(seat)}
    order = reading_order(seat.label, list(entries))
    here = order.index(where.reference) if where.reference in order else -1
    for reference in order[here + 1 :] + order[: max(here, 0)]:
        if entries[reference].waits:
            return reference
    return ""


def _owed(view: SheetView) -> str | None:
    if view.must_accept_terms:
        return f"{view.round.bench}/terms"
    if view.must_declare:
        return f"{view.round.bench}/conflicts"
    if view.in_conflict:
        return f"{view.round.bench}/{view.reference}/recuse"
    return view.round.bench if view.entry is None else None


def _page(view: SheetView, now: datetime) -> SheetPage:
    assert view.entry is not None
    refused = view.closed(now)
    total = sum(criterion.weight for criterion in view.criteria)
    entry = view.entry
    return SheetPage(
        title=entry.title,
        round=view.round,
        path=f"{view.round.bench}/{view.reference}",
        list_path=view.round.bench,
        entry=entry,
        where=f"{entry.entrant}, {entry.country_label}" if isinstance(entry, JudgedEntry) else "",
        key=ids.salt(),
        version=view.version,
        position=view.position,
        total=view.total,
        criteria=tuple(
            _criterion(number, criterion, total) for number, criterion in enumerate(view.criteria, 1)
        ),
        marked=view.marked,
        confidence_asked=view.round.confidence,
        confidences=(
            Choice("low", _("Not sure")),
            Choice("middle", _("Fairly sure")),
            Choice("high", _("Sure")),
        ),
        confidence=view.confidence,
        note_city=view.note_city,
        note_secretariat=view.note_secretariat,
        saved_at=view.saved_at,
        signed_at=view.signed_at if view.assignment_state == AssignmentState.SIGNED.value else None,
        deadline=view.deadline,
        closed=refused.why if refused else "",
        reopened=view.reopened if view.assignment_state == AssignmentState.STARTED.value else "",
    )


def _criterion(number: int, criterion: SheetCriterion, total: int) -> CriterionField:
    scale = criterion.scale
    levels = criterion.rubric
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
        marks=tuple(Choice(str(mark), scale.text(mark), words[mark]) for mark in scale.marks),
        value="" if criterion.mark is None else str(criterion.mark),
        rubric=tuple(
            (scale.text(low) if low == high else f"{scale.text(low)}–{scale.text(high)}", text)
            for (low, text), high in zip(levels, tops, strict=True)
        ),
        ends=(
            f"{scale.text(0)} {criterion.low_label}".strip(),
            f"{scale.text(scale.top)} {criterion.high_label}".strip(),
        ),
    )


def _saved(at: datetime) -> Flash:
    return Flash("good", _("Saved %(time)s UTC", time=f"{at:%H:%M:%S}"))


def _again(
    request: AnyRequest, view: SheetView, fields: Fields, now: datetime, status: int, errors: FormErrors
) -> Response[bytes]:
    """The same page with what was typed."""
    if view.entry is None:
        return redirect(request, view.round.bench)
    page = replace(_typed(view, fields, now), errors=errors, differences=())
    return _sheet(request, view, now, page=page, status=status)


def _typed(view: SheetView, fields: Fields, now: datetime) -> SheetPage:
    """What was typed, drawn on the newest version: after a lost race saving it again is a choice."""
    stored = _page(view, now)
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


def _sheet(
    request: AnyRequest, view: SheetView, now: datetime, *, page: SheetPage | None = None, status: int = 200
) -> Response[bytes]:
    page = page or _page(view, now)
    here = (
        _("No. %(position)d of %(total)d", position=view.position, total=view.total)
        if view.position
        else view.reference
    )
    return on_the_bench(
        request,
        "scoresheets/sheet.html",
        page,
        view.round,
        Link(view.round.bench, _("Your entries")),
        Link("", here, True),
        status=status,
    )


ROUTES: list[HTTPRouteHandler] = [sheet, save_by_button]
