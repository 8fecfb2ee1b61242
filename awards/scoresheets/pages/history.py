"""What a judge changed on a sheet, change by change, and putting an earlier sheet back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards import ids
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.scoresheets import services
from awards.scoresheets.forms import restore_of_form
from awards.scoresheets.pages import ended
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.pages.words import CONFIDENCES, NOTES
from awards.scoresheets.queries.revisions import SheetHistory, sheet_history
from awards.scoresheets.revisions import State, Step, StepKind, steps_of
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]

MOST_SHOWN = 50


class Line(Struct, frozen=True):
    """One change as a row of the table; `news` are (label, before, after), of a note only how long it was and is."""

    number: int
    at: datetime
    kind: str
    """Empty for a save: what changed says it."""
    reason: str
    news: tuple[tuple[str, str, str], ...]
    is_shown: bool


class HistoryPage(Struct, frozen=True):
    title: str
    sheet: SheetHistory
    path: str
    key: str
    lines: tuple[Line, ...]
    more: int
    shown: Step | None
    marks: tuple[tuple[str, str, bool], ...]
    """Criterion, mark in words, and whether it now is another."""
    notes: tuple[tuple[str, str, bool], ...]
    may_restore: bool
    errors: FormErrors = NO_ERRORS


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}/history", guards=[needs_sign_in])
async def history(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    return await _history(request, Where(programme, edition, round_code, reference))


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}/restore",
    guards=[needs_sign_in],
    status_code=303,
)
async def restore(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    where = Where(programme, edition, round_code, reference)
    arrival = arrival_of(request.scope)
    fields = await read_fields(request)
    try:
        restored = await services.restore_sheet(
            where=where, command=restore_of_form(fields), actor=actor_of(request), clock=arrival.clock
        )
    except Invalid as problem:
        return await _history(request, where, status=422, errors=FormErrors(problem.errors))
    except Denied as problem:
        return await _history(request, where, status=403, errors=FormErrors({"": problem.why}))
    except Stale:
        text = _("The sheet was saved meanwhile. This is how it stands now: look at it and choose again.")
        return await _history(request, where, status=409, errors=FormErrors({"": text}))
    return redirect(
        request,
        f"/bench/{programme}/{edition}/{round_code}/{reference}",
        flash=Flash(
            "good",
            _("Saved %(time)s UTC", time=f"{restored.saved.at:%H:%M:%S}"),
            _("The earlier sheet stands again. What it replaced is in the history."),
        ),
    )


async def _history(
    request: AnyRequest, where: Where, *, status: int = 200, errors: FormErrors = NO_ERRORS
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    try:
        sheet = await sheet_history(actor, where, now)
    except NotFound:
        return await ended.page_of(request, actor, where, errors.of(""))
    steps = steps_of(sheet.revisions)
    asked = request.query_params.get("change", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else sheet.version
    shown = next((step for step in steps if step.first <= number <= step.last), None)
    now_stands = steps[-1].after if steps else State({}, {})
    path = f"{sheet.round.bench}/{sheet.reference}"
    page = HistoryPage(
        title=_("What you changed"),
        sheet=sheet,
        path=path,
        key=ids.salt(),
        lines=tuple(_line(sheet, step, shown) for step in reversed(steps[-MOST_SHOWN:])),
        more=max(0, len(steps) - MOST_SHOWN),
        shown=shown,
        marks=_marks(sheet, shown.after, now_stands) if shown else (),
        notes=_notes(shown.after, now_stands) if shown else (),
        may_restore=sheet.refused is None and shown is not None and shown.after != now_stands,
        errors=errors,
    )
    return on_the_bench(
        request,
        "scoresheets/history.html",
        page,
        sheet.round,
        Link(sheet.round.bench, _("Your entries")),
        Link(path, sheet.reference),
        Link("", page.title, True),
        status=status,
    )


def _line(sheet: SheetHistory, step: Step, shown: Step | None) -> Line:
    kinds = {
        StepKind.SAVED: "",
        StepKind.UNDONE: _("Undone"),
        StepKind.RESTORED: _("Put back as after change %(number)d", number=step.back_to),
        StepKind.SIGNED: _("Signed off"),
        StepKind.REOPENED: _("Reopened by the secretariat"),
        StepKind.KEYED: _("Keyed in by the secretariat"),
    }
    return Line(
        number=step.last,
        at=step.at,
        kind=kinds[step.kind],
        reason=step.reason,
        news=tuple(_news(sheet, step)),
        is_shown=step is shown,
    )


def _news(sheet: SheetHistory, step: Step) -> Iterator[tuple[str, str, str]]:
    before, after = step.before, step.after
    for one in sheet.criteria:
        was, now = (one.said(state.marks.get(one.code)) for state in (before, after))
        if was != now:
            yield one.name, was or _("no mark"), now or _("no mark")
    if before.confidence != after.confidence:
        was, now = (str(CONFIDENCES.get(state.confidence, _("not said"))) for state in (before, after))
        yield _("How sure you are"), was, now
    for audience, label in NOTES.items():
        texts = [state.notes.get(audience, "") for state in (before, after)]
        if texts[0] != texts[1]:
            was, now = (ngettext("%(num)d word", "%(num)d words", len(text.split())) for text in texts)
            yield str(label), was, now


def _marks(sheet: SheetHistory, then: State, now: State) -> tuple[tuple[str, str, bool], ...]:
    marks = [
        (one.name, one.said(then.marks.get(one.code)), then.marks.get(one.code) != now.marks.get(one.code))
        for one in sheet.criteria
    ]
    if then.confidence or now.confidence:
        word = str(CONFIDENCES.get(then.confidence, ""))
        marks.append((_("How sure you are"), word, then.confidence != now.confidence))
    return tuple(marks)


def _notes(then: State, now: State) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (str(label), then.notes.get(audience, ""), then.notes.get(audience) != now.notes.get(audience))
        for audience, label in NOTES.items()
        if then.notes.get(audience) or now.notes.get(audience)
    )


ROUTES: list[HTTPRouteHandler] = [history, restore]
