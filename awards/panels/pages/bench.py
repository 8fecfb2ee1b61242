"""A judge before the first mark: rounds, invitation, terms, conflicts, stepping aside. Looking changes nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct

from awards.editions.document import HELD
from awards.editions.queries import rules_of
from awards.errors import Denied, Invalid, NotFound
from awards.panels import queries, services
from awards.panels.forms import AcceptSeat, AcceptTerms, DeclareConflicts, DeclineSeat, Recuse
from awards.panels.queries import BenchRound, EntryToDeclare, OwnSeat
from awards.panels.queries.conflicts import conflicts_of_pair
from awards.panels.queries.records import is_judge
from awards.panels.rules import SeatState
from awards.panels.sentences import why_closed
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.markdown import to_html
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in
from judging.conflicts import Effect

AnyRequest = Request[Any, Any, Any]


class BenchPage(Struct, frozen=True):
    title: str
    invitations: tuple[BenchRound, ...]
    rounds: tuple[BenchRound, ...]
    in_pool: bool


@get("/bench", guards=[needs_sign_in])
async def bench(request: AnyRequest) -> Response[bytes]:
    actor = actor_of(request)
    rows = await queries.bench_of(actor)
    now = arrival_of(request.scope).at
    rounds = tuple(row for row in rows if row.state is SeatState.ACCEPTED)
    left = sum(row.left for row in rounds if now < row.deadline)
    page = BenchPage(
        title=ngettext("Your rounds: %(num)d entry left", "Your rounds: %(num)d entries left", left)
        if left
        else _("Your rounds"),
        invitations=tuple(row for row in rows if row.state is SeatState.INVITED),
        rounds=rounds,
        in_pool=await is_judge(actor.person_id),
    )
    return render(
        request,
        "panels/bench.html",
        page,
        role=_("judge") if rows else None,
        demo=any(row.round.edition.demo for row in rows),
    )


# --- the invitation ------------------------------------------------------------------------------------


class InvitationPage(Struct, frozen=True):
    title: str
    seat: OwnSeat
    path: str
    terms: Markup
    answered: str
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/invitation", guards=[needs_sign_in])
async def invitation(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await queries.own_seat(actor_of(request), programme, edition, round_code)
    if seat.state is SeatState.ACCEPTED:
        return redirect(request, seat.round.bench)
    return _invitation(request, seat)


@post("/bench/{programme:str}/{edition:str}/{round_code:str}/accept", guards=[needs_sign_in], status_code=303)
async def accept(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    seat = await queries.own_seat(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(AcceptSeat, fields)
    if isinstance(command, FormErrors):
        return _invitation(request, seat, values=fields, errors=command, status=422)
    try:
        await services.accept_seat(
            seat_id=seat.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return _invitation(request, seat, values=fields, errors=FormErrors(problem.errors), status=422)
    return redirect(request, f"{seat.round.bench}/conflicts")


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/decline", guards=[needs_sign_in], status_code=303
)
async def decline(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    seat = await queries.own_seat(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(DeclineSeat, fields)
    if isinstance(command, FormErrors):
        return _invitation(request, seat, values=fields, errors=command, status=422)
    await services.decline_seat(
        seat_id=seat.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
    )
    flash = Flash("", _("You declined the invitation"), _("The secretariat reads your reason."))
    return redirect(request, "/bench", flash=flash)


def _invitation(
    request: AnyRequest,
    seat: OwnSeat,
    *,
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    page = InvitationPage(
        title=_("Your invitation to judge: %(round)s", round=seat.round.name),
        seat=seat,
        path=seat.round.bench,
        terms=to_html(seat.terms, under=2) if seat.must_accept_terms else Markup(""),
        answered="" if seat.state is SeatState.INVITED else _("You declined this invitation."),
        values={"reason": "", "agree": "", "most": "", "away_since": "", "away_until": "", **(values or {})},
        errors=errors,
    )
    return _render(request, "panels/invitation.html", page, seat, _("Invitation"), status)


# --- terms ---------------------------------------------------------------------------------------------


class TermsPage(Struct, frozen=True):
    title: str
    seat: OwnSeat
    path: str
    terms: Markup
    must_accept: bool
    held: bool
    """Whether marks that arrive late are held for two people to decide; else they are refused."""
    errors: FormErrors = NO_ERRORS


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/terms", guards=[needs_sign_in])
async def terms(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    return await _terms(request, await queries.own_seat(actor_of(request), programme, edition, round_code))


@post("/bench/{programme:str}/{edition:str}/{round_code:str}/terms", guards=[needs_sign_in], status_code=303)
async def agree(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    seat = await queries.own_seat(actor, programme, edition, round_code)
    command = parse(AcceptTerms, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _terms(request, seat, command, 422)
    try:
        await services.accept_terms(
            seat_id=seat.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _terms(request, seat, FormErrors(problem.errors), 422)
    return redirect(request, seat.round.bench, flash=Flash("good", _("You accepted the terms")))


async def _terms(
    request: AnyRequest, seat: OwnSeat, errors: FormErrors = NO_ERRORS, status: int = 200
) -> Response[bytes]:
    page = TermsPage(
        title=_("Terms for judges"),
        seat=seat,
        path=seat.round.bench,
        terms=to_html(seat.terms),
        must_accept=seat.must_accept_terms,
        held=(await rules_of(seat.round.edition.id)).late_sync == HELD,
        errors=errors,
    )
    return _render(request, "panels/terms.html", page, seat, _("Terms"), status)


# --- conflicts -----------------------------------------------------------------------------------------


class ConflictsPage(Struct, frozen=True):
    title: str
    path: str
    entries: tuple[EntryToDeclare, ...]
    chosen: frozenset[str]
    reason: str
    declared_at: datetime | None
    first: bool
    errors: FormErrors = NO_ERRORS


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/conflicts", guards=[needs_sign_in])
async def conflicts(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await queries.own_seat(actor_of(request), programme, edition, round_code)
    if (way := _not_yet(seat)) is not None:
        return redirect(request, way)
    entries = await queries.entries_to_declare(seat)
    return _conflicts(request, seat, entries, frozenset(e.reference for e in entries if e.declared), "")


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/conflicts",
    guards=[needs_sign_in],
    status_code=303,
)
async def declare(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    seat = await queries.own_seat(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(DeclareConflicts, fields)
    errors, ended = NO_ERRORS, 0
    if isinstance(command, FormErrors):
        errors = command
    else:
        try:
            ended = await services.declare_conflicts(
                seat_id=seat.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
            )
        except Invalid as problem:
            errors = FormErrors(problem.errors)
    if errors:
        entries = await queries.entries_to_declare(seat)
        return _conflicts(
            request, seat, entries, frozenset(fields.all("entries")), fields.get("reason", ""), errors, 422
        )
    text = (
        ngettext("%(num)d entry was taken off your list.", "%(num)d entries were taken off your list.", ended)
        if ended
        else ""
    )
    return redirect(request, seat.round.bench, flash=Flash("good", _("Your declaration is recorded"), text))


def _not_yet(seat: OwnSeat) -> str | None:
    if seat.state is not SeatState.ACCEPTED:
        return f"{seat.round.bench}/invitation"
    return f"{seat.round.bench}/terms" if seat.must_accept_terms else None


def _conflicts(
    request: AnyRequest,
    seat: OwnSeat,
    entries: list[EntryToDeclare],
    chosen: frozenset[str],
    reason: str,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    page = ConflictsPage(
        title=_("Declare your conflicts"),
        path=seat.round.bench,
        entries=tuple(entries),
        chosen=chosen,
        reason=reason,
        declared_at=seat.conflicts_declared_at,
        first=seat.conflicts_declared_at is None,
        errors=errors,
    )
    return _render(request, "panels/conflicts.html", page, seat, _("Conflicts"), status)


# --- stepping aside ------------------------------------------------------------------------------------


class RecusePage(Struct, frozen=True):
    title: str
    path: str
    reference: str
    entry: str
    reason: str
    why: str
    """Why the entry is closed to the judge, where a rule forbids them to read it."""
    errors: FormErrors = NO_ERRORS


@get("/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}/recuse", guards=[needs_sign_in])
async def recuse_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    seat = await queries.own_seat(actor_of(request), programme, edition, round_code)
    return await _recuse(request, seat, reference, "", NO_ERRORS, 200)


@post(
    "/bench/{programme:str}/{edition:str}/{round_code:str}/{reference:str}/recuse",
    guards=[needs_sign_in],
    status_code=303,
)
async def recuse(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    seat = await queries.own_seat(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(Recuse, fields)
    if isinstance(command, FormErrors):
        return await _recuse(request, seat, reference, fields.get("reason", ""), command, 422)
    try:
        await services.recuse(
            seat_id=seat.id,
            reference=reference,
            command=command,
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except Denied as problem:
        return await _recuse(request, seat, reference, command.reason, FormErrors({"": problem.why}), 403)
    flash = Flash(
        "", _("You stepped aside from this entry"), _("The secretariat finds another judge for it.")
    )
    return redirect(request, seat.round.bench, flash=flash)


async def _recuse(
    request: AnyRequest, seat: OwnSeat, reference: str, reason: str, errors: FormErrors, status: int
) -> Response[bytes]:
    entry = await queries.entry_for_judge(seat, reference)
    if entry is None:
        raise NotFound
    entry_id, title = entry
    now = arrival_of(request.scope).at
    round_ = seat.round
    findings = await conflicts_of_pair(seat.person_id, entry_id, round_.id, round_.edition.id, now)
    forbidding = [finding for finding in findings if finding.effect is Effect.FORBID]
    page = RecusePage(
        title=_("Step aside from this entry"),
        path=seat.round.bench,
        reference=reference,
        entry=title,
        reason=reason,
        why=why_closed(forbidding) if forbidding else "",
        errors=errors,
    )
    return _render(request, "panels/recuse.html", page, seat, _("Step aside"), status)


def _render(
    request: AnyRequest, template: str, page: object, seat: OwnSeat, here: str, status: int
) -> Response[bytes]:
    return render(
        request,
        template,
        page,
        status=status,
        role=_("judge"),
        place=Link("/bench", seat.round.name),
        crumbs=(Link("/bench", _("Your rounds")), Link("", here, True)),
        demo=seat.round.edition.demo,
    )


ROUTES: list[HTTPRouteHandler] = [
    bench,
    invitation,
    accept,
    decline,
    terms,
    agree,
    conflicts,
    declare,
    recuse_page,
    recuse,
]
