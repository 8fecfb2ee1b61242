"""One entry beside its sheet, and the save by its button."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec.structs import replace

from awards.actor import Actor
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.panels.queries import own_seat
from awards.panels.rules import AssignmentState
from awards.scoresheets import queries, services
from awards.scoresheets.forms import operation_of_form, undo_of_form
from awards.scoresheets.pages import ended
from awards.scoresheets.pages.marking import SheetPage, drawn, errors_on, page_of, saved_flash, typed_over
from awards.scoresheets.queries import SheetView
from awards.scoresheets.rules import Change
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.frame import Flash
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, person_key

AnyRequest = Request[Any, Any, Any]


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
    return drawn(request, await _stored(request, view, arrival.at))


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}",
    opt={"asks_again": True},
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
    """Without a session the form is not lost: `asks_again` has the judge sign in and send it once more."""
    fields = await read_fields(request)
    try:
        if "undo" in fields:
            return await _undo(request, where, fields)
        command = operation_of_form(fields)
        if (known := await _known(actor, where, command.change, arrival.at)) is not None:
            # It was saved while it was typed, or nothing was: going on adds no revision.
            return await _go_on(
                request, where, fields, saved_flash(known.saved_at) if known.saved_at else None
            )
        saved = await services.save_sheet(where=where, command=command, actor=actor, clock=arrival.clock)
    except (Invalid, Denied, Stale) as problem:
        return await _refused(request, where, fields, problem)
    return await _go_on(request, where, fields, saved_flash(saved.at))


async def _undo(request: AnyRequest, where: Where, fields: Fields) -> Response[bytes]:
    undone = await services.undo_change(
        where=where,
        command=undo_of_form(fields),
        actor=actor_of(request),
        clock=arrival_of(request.scope).clock,
    )
    if undone is None:
        text = _("No change of yours is left to undo here. The history shows all of them.")
        flash = Flash("", _("Nothing to undo"), text)
    else:
        flash = Flash(
            "good",
            _("Undone. Saved %(time)s UTC", time=f"{undone.saved.at:%H:%M:%S}"),
            _("Undo again to go further back. The history keeps what you took back."),
        )
    path = f"/bench/{where.programme}/{where.edition}/{where.round}/{where.reference}"
    return redirect(request, path, flash=flash)


async def _refused(
    request: AnyRequest, where: Where, fields: Fields, problem: Invalid | Denied | Stale
) -> Response[bytes]:
    """The sheet once more with what was typed, and why it was not saved."""
    actor, now = actor_of(request), arrival_of(request.scope).at
    try:
        view = await queries.sheet_for_judge(actor, where, now)
    except NotFound:
        # It ended while this was typed.
        why = problem.why if isinstance(problem, Denied) else ""
        return await ended.page_of(request, actor, where, why, fields)
    if (way := _owed(view)) is not None:
        return redirect(request, way)
    if isinstance(problem, Invalid):
        return await _again(request, view, fields, now, 422, problem.errors)
    if isinstance(problem, Denied):
        return await _again(request, view, fields, now, 403, {"": problem.why})
    page = typed_over(await _stored(request, view, now), fields)
    if page.differences:
        return drawn(request, page, status=409)
    # Both say the same: there is nothing to choose between.
    return await _go_on(request, where, fields, saved_flash(view.saved_at or now))


async def _known(actor: Actor, where: Where, change: Change, now: datetime) -> SheetView | None:
    """The sheet where it may be written and says all of this already; of everything else saving is the judge."""
    try:
        view = await queries.sheet_for_judge(actor, where, now)
    except NotFound:
        return None
    if view.entry is None or view.closed(now) or view.assignment_state == AssignmentState.SIGNED.value:
        return None
    marks = {criterion.code: criterion.mark for criterion in view.criteria}
    notes = {"city": view.note_city, "secretariat": view.note_secretariat}
    same = change.marks.items() <= marks.items() and change.notes.items() <= notes.items()
    return view if same and change.confidence in (None, view.confidence) else None


async def _go_on(request: AnyRequest, where: Where, fields: Fields, flash: Flash | None) -> Response[bytes]:
    """To where the button says: the next entry that waits, a neighbour, or this sheet again."""
    path = f"/bench/{where.programme}/{where.edition}/{where.round}"
    if not fields.keys() & {"next", "go"}:
        return redirect(request, f"{path}/{where.reference}#sheet", flash=flash)
    seat = await own_seat(actor_of(request), where.programme, where.edition, where.round)
    entries = await queries.my_entries(seat)
    order = [entry.reference for entry in entries]
    if (wanted := fields.get("go")) in order:
        return redirect(request, f"{path}/{wanted}", flash=flash)
    here = order.index(where.reference) if where.reference in order else -1
    # After this one and then from the start.
    waiting = [entry.reference for entry in entries[here + 1 :] + entries[: max(here, 0)] if entry.waits]
    return redirect(request, f"{path}/{waiting[0]}" if waiting else path, flash=flash)


def _owed(view: SheetView) -> str | None:
    if view.must_accept_terms:
        return f"{view.round.bench}/terms"
    if view.must_declare:
        return f"{view.round.bench}/conflicts"
    if view.in_conflict:
        return f"{view.round.bench}/{view.reference}/recuse"
    return view.round.bench if view.entry is None else None


async def _stored(request: AnyRequest, view: SheetView, now: datetime) -> SheetPage:
    own = await queries.own_marks(view.seat_id, view.round.id, scored=False)
    return page_of(view, own, now, person_key(actor_of(request).person_id))


async def _again(
    request: AnyRequest,
    view: SheetView,
    fields: Fields,
    now: datetime,
    status: int,
    problems: Mapping[str, str],
) -> Response[bytes]:
    """The same page with what was typed: in its fields, or beside a sheet that has none any more."""
    if view.entry is None:
        return redirect(request, view.round.bench)
    stored = await _stored(request, view, now)
    typed = typed_over(stored, fields)
    errors = errors_on(typed, problems)
    if stored.writable:
        page = replace(typed, errors=errors, differences=())
    else:
        page = replace(stored, errors=errors, differences=typed.differences)
    return drawn(request, page, status=status)


ROUTES: list[HTTPRouteHandler] = [sheet, save_by_button]
