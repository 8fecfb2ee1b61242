"""One entry on a panel's agenda: what the numbers say of it, who leaves for it, and what is put on record."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.errors import Denied, Invalid, NotFound, Stale
from awards.files.kinds import BY_ENDING, Refused
from awards.files.queries import file_by_id
from awards.files.services import taking
from awards.results import views_deliberation as drawn
from awards.results.deliberating import DeliberationState, Kind
from awards.results.forms_deliberation import AgreeMarks, AttachResult, MoveEntry, Note, marks_of
from awards.results.meeting import CHAIR, JURY, Meeting, Member, MetEntry, Sitting
from awards.results.pages.deliberation_frame import (
    HERE,
    AnyRequest,
    draw,
    found_for,
    layout_of,
    path_of,
    place_of,
    refusal_of,
)
from awards.results.services import deliberation as services
from awards.results.views_deliberation import CriterionRow, Item, Line, Order, OrderRow
from awards.web.arrival import arrival_of
from awards.web.downloads import send_file
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of
from awards.web.uploads import LARGEST_FORM, chosen_files, sentence

THERE = HERE + "/entries/{reference:str}"
FILE = "file"
ACCEPT = ",".join(f".{ending}" for ending in sorted(BY_ENDING))


class EntryPage(Struct, frozen=True):
    title: str
    layout: str
    path: str
    """Of the deliberation."""
    here: str
    meeting: Meeting
    entry: MetEntry
    text: str
    """Where the entry itself is read."""
    item: Item
    before: Item | None
    after: Item | None
    order: Order
    row: OrderRow | None
    criteria: tuple[CriterionRow, ...]
    agreed: str
    lines: tuple[Line, ...]
    waiting: tuple[Member, ...]
    """Who has to leave before anything is said here."""
    refused: str
    may_speak: bool
    out: bool
    may_move: bool
    places: tuple[Choice, ...]
    accept: str
    form: str
    values: Mapping[str, str]
    news: str
    errors: FormErrors = NO_ERRORS

    def errors_in(self, form: str) -> FormErrors:
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str) -> str:
        return self.values.get(name, "") if self.form == form else ""


@get(THERE, guards=[needs_sign_in])
async def entry_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    found = await found_for(request, programme, edition, code, category)
    return _page(request, found, reference)


def _page(
    request: AnyRequest,
    found: Sitting,
    reference: str,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    meeting, entry = found.meeting, found.shown.get(reference)
    if entry is None or meeting.id is None:
        raise NotFound
    items = drawn.items_of(found)
    item = next(one for one in items if one.entry == entry)
    known = [one for one in items if one.entry is not None]
    order = drawn.order_of(found)
    row, refused = order.row(reference), refusal_of(found)
    criteria = drawn.criteria_of(found, row) if row else ()
    page = EntryPage(
        title=entry.name,
        layout=layout_of(found),
        path=path_of(found),
        here=f"{path_of(found)}/entries/{reference}",
        meeting=meeting,
        entry=entry,
        text=_text_of(found, reference),
        item=item,
        before=next((one for one in reversed(known) if one.number < item.number), None),
        after=next((one for one in known if one.number > item.number), None),
        order=order,
        row=row,
        criteria=criteria,
        agreed=drawn.with_agreed(found, row, criteria) if row else "",
        lines=drawn.lines_of(found, reference),
        waiting=drawn.waiting_for(found, reference),
        refused=refused,
        may_speak=found.speaks and not refused,
        out=found.is_out,
        may_move=found.whole and row is not None,
        places=drawn.places_on_offer(found, reference) if found.whole and row is not None else (),
        accept=ACCEPT,
        form=form,
        values=values or {},
        news=drawn.news(found) if meeting.state == DeliberationState.OPEN else "",
        errors=errors,
    )
    crumbs = (Link(path_of(found), meeting.name), Link("", entry.name, True))
    return draw(request, found, "results/deliberation_entry.html", page, *crumbs, status=status)


def _text_of(found: Sitting, reference: str) -> str:
    edition = found.meeting.round.edition
    if found.may_see_few:
        return f"{edition.desk}/entries/{reference}"
    if found.role in (CHAIR, JURY):
        return f"{found.meeting.round.bench}/chair/{reference}"
    return ""


@post(THERE, guards=[needs_sign_in], status_code=303, request_max_body_size=LARGEST_FORM)
async def say(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    """A note, agreed marks, a change of order, or what a visit found."""
    found = await found_for(request, programme, edition, code, category)
    fields = {**await read_fields(request), "entry": reference}
    kind = fields.get("kind", "")
    try:
        errors = await _put(request, found, kind, fields)
        if errors is None:
            return redirect(request, f"{path_of(found)}/entries/{reference}", flash=_flash(kind))
        status = 422
    except Refused as problem:
        errors, status = FormErrors({FILE: sentence(problem.why)}), 422
    except Invalid as problem:
        errors, status = FormErrors(problem.errors), 422
    except Denied as problem:
        errors, status = FormErrors({"": problem.why}), 403
    except Stale:
        why = _("The order was changed while you looked. Read it below, and choose again.")
        errors, status = FormErrors({"": why}), 409
    again = await found_for(request, programme, edition, code, category)
    return _page(request, again, reference, kind, fields, errors, status)


async def _put(
    request: AnyRequest, found: Sitting, kind: str, fields: Mapping[str, str]
) -> FormErrors | None:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    place = place_of(found)
    if fields["entry"] not in found.shown:
        raise NotFound
    if kind == Kind.CONSENSUS:
        marks: Any = marks_of(fields, found.criteria)
        agreed = parse(AgreeMarks, {**fields, "marks": marks})
        if isinstance(agreed, FormErrors):
            return agreed
        await services.agree_marks(place=place, command=agreed, actor=actor, clock=clock)
    elif kind == Kind.MOVE:
        move = parse(MoveEntry, fields)
        if isinstance(move, FormErrors):
            return move
        await services.move_entry(place=place, command=move, actor=actor, clock=clock)
    elif kind == Kind.ATTACH:
        result = parse(AttachResult, fields)
        if isinstance(result, FormErrors):
            return result
        await _attach(request, found, result)
    else:
        note = parse(Note, fields)
        if isinstance(note, FormErrors):
            return note
        await services.put_note(place=place, command=note, actor=actor, clock=clock)
    return None


async def _attach(request: AnyRequest, found: Sitting, command: AttachResult) -> None:
    """With the file that was chosen, or without one. Raises Refused where the file is not taken."""
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    place = place_of(found)
    chosen = chosen_files(await request.form(), FILE)
    if not chosen:
        await services.attach_result(place=place, command=command, arrived=None, actor=actor, clock=clock)
        return
    if not found.speaks or refusal_of(found):
        raise Denied(
            "not open",
            refusal_of(found) or _("The chair, the jury and the secretariat put things on record."),
        )
    file, size = chosen[0]
    async with taking(
        source=cast("BinaryIO", file.file),
        name=file.filename,
        size=size,
        owner_id=actor.person_id,
        subject=("deliberation", int(found.meeting.id or 0)),
        purpose=command.entry,
        allowed=services.ALLOWED,
        files=site_of(request).files,
        clock=clock,
    ) as arrived:
        await services.attach_result(place=place, command=command, arrived=arrived, actor=actor, clock=clock)


def _flash(kind: str) -> Flash:
    if kind == Kind.MOVE:
        return Flash(
            "good", _("The change of order is on record"), _("What the numbers said stays beside it.")
        )
    return Flash("good", _("It is on record"))


@get(HERE + "/files/{number:int}", guards=[needs_sign_in])
async def result_file(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
    number: FromPath[int],
) -> Response[Any]:
    """What was brought in by this act: the copy that we made of it, without what its file tells beside."""
    found = await found_for(request, programme, edition, code, category)
    act = next((one for one in found.meeting.acts if one.number == number), None)
    if act is None or act.file_id is None or act.entry not in found.shown:
        raise NotFound
    copy = (await file_by_id(act.file_id)).copy("judge")
    return await send_file(request, copy, name=act.file_name)


ROUTES: list[HTTPRouteHandler] = [entry_page, say, result_file]
