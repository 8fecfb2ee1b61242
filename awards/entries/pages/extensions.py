"""The deadline on the desk: how it stands, how it has moved, and more time for everybody or for one."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, call_of, run_by, seen_by
from awards.editions.queries.deadlines import DeadlineChange, ExtensionRow, deadline_changes, extensions_of
from awards.editions.rules import Role, in_secretariat
from awards.editions.setup import Answers
from awards.entries.extensions import (
    ENTRANT,
    EVERYBODY,
    Whom,
    consequences,
    extension_problem,
    may_extend,
)
from awards.entries.forms_deadlines import EndExtension, Extend
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries.extensions import call_for, extendable, found_by, reach_of, whom
from awards.entries.rules import Call
from awards.entries.services.extensions import end_extension, extend, seen_of
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import clean, read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/extensions"
FIELDS = ("whom", "until", "reason")


class DeadlinePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    call: Call
    is_over: bool
    refused: str
    changes: tuple[DeadlineChange, ...]
    extensions: tuple[ExtensionRow, ...]
    choices: tuple[Choice, ...]
    find: str
    """The part of a name that was searched for, and what it found among those who have begun nothing."""
    found: tuple[Whom, ...]
    values: Mapping[str, str]
    may_change: bool
    errors: FormErrors = NO_ERRORS


class CheckPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    whom: Whom
    call: Call
    until: datetime
    consequences: tuple[str, ...]
    values: Mapping[str, str]
    button: str


class EndPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    extension: ExtensionRow
    closes: datetime | None
    is_over: bool
    reason: str
    errors: FormErrors = NO_ERRORS


@get(HERE, guards=[needs_sign_in])
async def deadline_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.AUDITOR)
    asked = request.query_params
    return await _draw(
        request, row, {"whom": asked.get("for", "")[:60], "find": clean(asked.get("find", ""))[:100]}
    )


@post(HERE + "/check", guards=[needs_sign_in], status_code=200)
async def check(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    fields = {name: (await read_fields(request)).get(name, "") for name in (*FIELDS, "seen")}
    command = parse(Extend, {**fields, "whom": fields["whom"] or EVERYBODY})
    if isinstance(command, FormErrors):
        return await _draw(request, row, fields, command, 422)
    now = arrival_of(request.scope).at
    try:
        until = _instant(command.until, row.zone)
        of = await whom(row.id, command.whom)
        call = await call_for(row, of)
        if refused := may_extend(row.state, call.closes):
            raise refused
        if problem := extension_problem(call, until, now):
            raise Invalid({"until": problem})
    except (Invalid, Denied) as problem:
        return await _again(request, row, fields, problem)
    except NotFound:
        return await _draw(request, row, fields, FormErrors({"whom": _("Choose who gets more time")}), 422)
    page = CheckPage(
        title=_("Move the deadline for everybody?")
        if not of.entrant_id
        else _("Give this entrant more time?"),
        edition=row,
        path=f"{row.desk}/extensions",
        whom=of,
        call=call,
        until=until,
        consequences=tuple(consequences(of, call, until, await reach_of(row, of, until, now), now)),
        values={**fields, "whom": of.value, "seen": seen_of(call)},
        button=_("Move the deadline") if not of.entrant_id else _("Give more time"),
    )
    return _render(request, row, "entries/deadline_check.html", page, page.title)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def give(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    command = parse(Extend, fields)
    if isinstance(command, FormErrors):
        return await _draw(request, row, fields, command, 422)
    try:
        until = _instant(command.until, row.zone)
        told = await extend(edition_id=row.id, command=command, until=until, actor=actor, clock=clock)
    except (Invalid, Denied, Stale) as problem:
        return await _again(request, row, fields, problem)
    text = ngettext("%(num)d person is written to.", "%(num)d people are written to.", told)
    said = _("The deadline has moved") if command.whom == EVERYBODY else _("More time is given")
    return redirect(request, f"{row.desk}/extensions", flash=Flash("good", said, text))


@get(HERE + "/{number:int}/end", guards=[needs_sign_in])
async def end_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    return await _end(request, row, number, "", NO_ERRORS)


@post(HERE + "/{number:int}/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row = await run_by(actor, programme, edition)
    fields = await read_fields(request)
    command = parse(EndExtension, fields)
    if isinstance(command, FormErrors):
        return await _end(request, row, number, fields.get("reason", ""), command, 422)
    await end_extension(edition_id=row.id, extension_id=number, command=command, actor=actor, clock=clock)
    flash = Flash("good", _("The extension has ended"), _("The entrant is written to."))
    return redirect(request, f"{row.desk}/extensions", flash=flash)


# --- drawing -------------------------------------------------------------------------------------------


def _instant(text: str, zone: str) -> datetime:
    answers = Answers({"until": text}, zone)
    until = answers.moment("until")
    if answers.errors:
        raise Invalid(answers.errors)
    return until


async def _again(
    request: AnyRequest, row: EditionRow, fields: Mapping[str, str], problem: Exception
) -> Response[bytes]:
    if isinstance(problem, Invalid):
        return await _draw(request, row, fields, FormErrors(problem.errors), 422)
    if isinstance(problem, Denied):
        return await _draw(request, row, fields, FormErrors({"": problem.why}), 403)
    said = _("Somebody moved this deadline since you opened the page. Look at it again.")
    return await _draw(request, row, fields, FormErrors({"": said}), 409)


async def _draw(
    request: AnyRequest,
    row: EditionRow,
    values: Mapping[str, str],
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    times = await call_of(row.id)
    call = Call(row.state, times.opens, times.closes)
    refused = may_extend(row.state, call.closes)
    may_change = in_secretariat(actor, row.programme_id, row.id)
    known = await extendable(row.id) if may_change and not refused else []
    find = values.get("find", "") if may_change and not refused else ""
    found = await found_by(find) if find else []
    others = await _others(row, known, found, values.get("whom", ""))
    page = DeadlinePage(
        title=_("Deadline"),
        edition=row,
        path=f"{row.desk}/extensions",
        call=call,
        is_over=call.is_over(now),
        refused=refused.why if refused else "",
        changes=tuple(await deadline_changes(row.id)),
        extensions=tuple(await extensions_of(row.id)),
        choices=_choices([*known, *others]) if may_change and not refused else (),
        find=find,
        found=tuple(found),
        values={
            **{name: values.get(name, "") for name in FIELDS},
            # The one that was searched for and found is meant.
            "whom": values.get("whom", "") or (found[0].value if len(found) == 1 else ""),
        },
        may_change=may_change,
        errors=errors,
    )
    return _render(request, row, "entries/deadline.html", page, "", status)


async def _others(row: EditionRow, known: list[Whom], found: list[Whom], chosen: str) -> list[Whom]:
    """What the search found, and who was chosen before, beside those who have begun something."""
    values = {EVERYBODY, *(one.value for one in known)}
    others = [one for one in found if one.value not in values]
    if chosen.startswith(ENTRANT) and chosen not in values | {one.value for one in others}:
        with suppress(NotFound):
            others.append(await whom(row.id, chosen))
    return others


def _choices(candidates: list[Whom]) -> tuple[Choice, ...]:
    states = {"draft": _("draft"), "submitted": _("submitted")}
    return (
        Choice(EVERYBODY, _("Everybody")),
        *(
            Choice(one.value, _("%(entrant)s: only %(reference)s, %(state)s",
                                entrant=one.entrant, reference=one.reference, state=states[one.state]))
            if one.reference
            else Choice(one.value, _("%(entrant)s: all its entries, new ones too",
                                     entrant=f"{one.entrant}, {one.country}" if one.country else one.entrant))
            for one in candidates
        ),
    )  # fmt: skip


async def _end(
    request: AnyRequest, row: EditionRow, number: int, reason: str, errors: FormErrors, status: int = 200
) -> Response[bytes]:
    found = next((one for one in await extensions_of(row.id) if one.id == number), None)
    if found is None or found.ended_at is not None:
        raise NotFound
    closes = (await call_of(row.id)).closes
    now = arrival_of(request.scope).at
    page = EndPage(
        title=_("End this extension?"),
        edition=row,
        path=f"{row.desk}/extensions",
        extension=found,
        closes=closes,
        is_over=closes is not None and now >= closes,
        reason=reason,
        errors=errors,
    )
    return _render(request, row, "entries/deadline_end.html", page, page.title, status)


def _render(
    request: AnyRequest, row: EditionRow, template: str, page: object, here: str, status: int = 200
) -> Response[bytes]:
    path = f"{row.desk}/extensions"
    crumbs = (Link(path, _("Deadline")), Link("", here, True)) if here else ()
    return on_desk(request, row, template, page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [deadline_page, check, give, end_page, end]
