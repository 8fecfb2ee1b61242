"""Acts that cannot be taken back show what they do first, then ask once."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import services
from awards.editions.forms import ByVersion
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, RoundRow, document_of, round_by_code, run_by
from awards.editions.queries.census import count_entries, count_rounds
from awards.editions.queries.deadlines import last_own_deadline
from awards.editions.queries.papers import UnconfirmedPaper, unconfirmed_papers
from awards.editions.readiness import call_obstacles, round_obstacles, still_entering
from awards.editions.rules import EDITION_MOVES, EditionState, RoundState
from awards.errors import Denied, Invalid, NotFound, Stale
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in


class ConfirmPage(Struct, frozen=True):
    title: str
    errors: FormErrors
    action: str
    back: str
    version: int
    button: str
    lead: str
    facts: tuple[tuple[str, str], ...] = ()
    freezes: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unconfirmed: tuple[UnconfirmedPaper, ...] = ()
    """Paper sheets that the round would close without, and where they are looked at."""
    papers: str = ""


async def _call_page(request: Request[Any, Any, Any], row: EditionRow, errors: FormErrors) -> ConfirmPage:
    now = arrival_of(request.scope).at
    document = await document_of(row.id)
    waiting = document.milestone("opens")
    return ConfirmPage(
        title=_("Open the call"),
        errors=errors,
        action=f"{row.desk}/open",
        back=row.desk,
        version=row.version,
        button=_("Open the call"),
        lead=_("Cities can enter from now on, until the deadline.")
        if waiting is None or waiting <= now
        else _("Cities can enter by themselves when the opening time has come, until the deadline."),
        facts=(
            (_("Categories"), str(len(document.categories))),
            (_("Questions"), str(len(document.questions))),
            (_("Most entries of one city"), str(document.rules.entries_per_city or _("no limit"))),
        ),
        freezes=(
            _("The categories"),
            _("How many entries a city can send, who may enter, in which languages"),
            _("Questions that must be answered; wording can still be improved"),
            _("The deadline can become later, for all, and not earlier"),
        ),
        obstacles=call_obstacles(document, row.state, now),
    )


async def _open_round_page(
    request: Request[Any, Any, Any], row: EditionRow, round_: RoundRow, errors: FormErrors
) -> ConfirmPage:
    now = arrival_of(request.scope).at
    document = await document_of(row.id)
    counts = (await count_rounds(row.id))[round_.code]
    warnings = []
    if not counts.entries:
        warnings.append(_("No entry is in this round yet."))
    if not counts.accepted:
        warnings.append(_("No judge has accepted a seat yet."))
    if counts.entries and not counts.sheets:
        warnings.append(_("No entry is assigned to a judge yet."))
    if counts.entries and round_.bridge_first and not counts.read_by_all:
        warnings.append(
            _(
                "Calibration entries come first in this round, and none is chosen. Choose one on the panel’s page."
            )
        )
    return ConfirmPage(
        title=_("Open %(round)s", round=round_.name),
        errors=errors,
        action=f"{row.desk}/rounds/{round_.code}/open",
        back=row.desk,
        version=round_.version,
        button=_("Open the round"),
        lead=_(
            "Judges can mark between the round’s times. What decides is kept whole, with its fingerprint."
        ),
        facts=(
            (_("Entries in the round"), str(counts.entries)),
            (_("Judges who accepted"), str(counts.accepted)),
            (_("Judges invited, without an answer"), str(counts.invited)),
            (_("Sheets assigned"), str(counts.sheets)),
        ),
        freezes=(
            _("The criteria with their weights, scales and rubric"),
            _("The method, its options and the tie-breaks"),
            _("The prizes and what will be disclosed"),
            _("The text of each entry that a judge reads"),
        ),
        obstacles=round_obstacles(
            document, round_.code, row.state, round_.state, now, await last_own_deadline(row.id)
        ),
        warnings=tuple(warnings),
    )


async def _close_round_page(
    request: Request[Any, Any, Any], row: EditionRow, round_: RoundRow, errors: FormErrors
) -> ConfirmPage:
    now = arrival_of(request.scope).at
    counts = (await count_rounds(row.id))[round_.code]
    extra = round_.state is RoundState.EXTRA
    given, signed = (counts.reads, counts.reads_signed) if extra else (counts.sheets, counts.signed)
    unsigned, warnings = given - signed, []
    unconfirmed = await unconfirmed_papers(round_.id)
    if now < (counts.reads_until or round_.closes):
        warnings.append(
            _("The round’s own deadline is not over: judges who rely on it lose the rest of their time.")
        )
    if unsigned:
        warnings.append(_("Sheets that are not signed off do not count."))
    if extra and signed:
        warnings.append(_("Its runs are out of date then: calculate again, and adopt that run."))
    return ConfirmPage(
        title=_("Close %(round)s", round=round_.name),
        errors=errors,
        action=f"{row.desk}/rounds/{round_.code}/close",
        back=row.desk,
        version=round_.version,
        button=_("Close the round"),
        lead=_("No sheet changes any more. You and the chairs see the marks from then on."),
        facts=(
            (_("Further sheets signed off") if extra else _("Sheets signed off"), str(signed)),
            (_("Further sheets not signed off") if extra else _("Sheets not signed off"), str(unsigned)),
            (_("Entries in the round"), str(counts.entries)),
        ),
        freezes=(_("Every sheet of the round"),),
        obstacles=()
        if round_.state in (RoundState.OPEN, RoundState.EXTRA)
        else (_("The round is not open."),),
        warnings=tuple(warnings),
        unconfirmed=tuple(unconfirmed) if round_.state in (RoundState.OPEN, RoundState.EXTRA) else (),
        papers=f"{row.desk}/progress/{round_.code}/paper",
    )


async def _stage_page(
    request: Request[Any, Any, Any], row: EditionRow, to: EditionState, errors: FormErrors
) -> ConfirmPage:
    entries = await count_entries(row.id)
    obstacle = "" if to in EDITION_MOVES[row.state] else _("The edition is not at the stage for this.")
    if to is EditionState.JUDGING and not obstacle:
        now, extended = arrival_of(request.scope).at, await last_own_deadline(row.id)
        obstacle = still_entering(await document_of(row.id), row.state, extended, now)
    titles = {
        EditionState.JUDGING: _("Begin judging"),
        EditionState.DECIDED: _("Mark the edition as decided"),
        EditionState.ARCHIVED: _("Archive the edition"),
    }
    leads = {
        EditionState.JUDGING: _("No entry comes in any more."),
        EditionState.DECIDED: _("The results stand and can be published by two people."),
        EditionState.ARCHIVED: _("The edition is over. Its public pages stay as they are."),
    }
    return ConfirmPage(
        title=titles[to],
        errors=errors,
        action=f"{row.desk}/stage/{to.value}",
        back=row.desk,
        version=row.version,
        button=titles[to],
        lead=leads[to],
        facts=((_("Eligible entries"), str(entries.eligible)),),
        obstacles=(obstacle,) if obstacle else (),
    )


def _shown(
    request: Request[Any, Any, Any], row: EditionRow, page: ConfirmPage, status: int = 200
) -> Response[bytes]:
    crumbs = (Link(row.desk, row.name), Link("", page.title, True))
    return on_desk(request, row, "editions/confirm.html", page, crumbs=crumbs, status=status)


def _wrong(problem: Exception) -> tuple[FormErrors, int]:
    """What the page says, and its status, when the act was refused."""
    if isinstance(problem, Invalid):
        return FormErrors(problem.errors), 422
    if isinstance(problem, Denied):
        return FormErrors({"": problem.why}), 403
    return FormErrors({"": _("This changed since you opened the page. Read it again before you go on.")}), 409


async def _version(request: Request[Any, Any, Any]) -> int:
    command = parse(ByVersion, await read_fields(request))
    return -1 if isinstance(command, FormErrors) else command.version


@get("/desk/{programme:str}/{edition:str}/open", guards=[needs_sign_in])
async def open_call_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    return _shown(request, row, await _call_page(request, row, FormErrors()))


@post("/desk/{programme:str}/{edition:str}/open", guards=[needs_sign_in], status_code=303)
async def open_call(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    version = await _version(request)
    try:
        await services.open_call(
            edition_id=row.id, version=version, actor=actor, clock=arrival_of(request.scope).clock
        )
    except (Invalid, Denied, Stale) as problem:
        errors, status = _wrong(problem)
        row = await run_by(actor, programme, edition)
        return _shown(request, row, await _call_page(request, row, errors), status)
    return redirect(request, row.desk, flash=Flash("good", _("The call is open")))


@get("/desk/{programme:str}/{edition:str}/rounds/{code:str}/open", guards=[needs_sign_in])
async def open_round_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    round_ = await round_by_code(row.id, code)
    return _shown(request, row, await _open_round_page(request, row, round_, FormErrors()))


@post("/desk/{programme:str}/{edition:str}/rounds/{code:str}/open", guards=[needs_sign_in], status_code=303)
async def open_round(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    round_ = await round_by_code(row.id, code)
    version = await _version(request)
    try:
        await services.open_round(
            round_id=round_.id, version=version, actor=actor, clock=arrival_of(request.scope).clock
        )
    except (Invalid, Denied, Stale) as problem:
        errors, status = _wrong(problem)
        round_ = await round_by_code(row.id, code)
        return _shown(request, row, await _open_round_page(request, row, round_, errors), status)
    return redirect(request, row.desk, flash=Flash("good", _("%(round)s is open", round=round_.name)))


@get("/desk/{programme:str}/{edition:str}/rounds/{code:str}/close", guards=[needs_sign_in])
async def close_round_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    round_ = await round_by_code(row.id, code)
    return _shown(request, row, await _close_round_page(request, row, round_, FormErrors()))


@post("/desk/{programme:str}/{edition:str}/rounds/{code:str}/close", guards=[needs_sign_in], status_code=303)
async def close_round(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    round_ = await round_by_code(row.id, code)
    version = await _version(request)
    try:
        await services.close_round(
            round_id=round_.id,
            version=version,
            without_papers="without_papers" in await read_fields(request),
            actor=actor,
            clock=arrival_of(request.scope).clock,
        )
    except (Invalid, Denied, Stale) as problem:
        errors, status = _wrong(problem)
        round_ = await round_by_code(row.id, code)
        return _shown(request, row, await _close_round_page(request, row, round_, errors), status)
    return redirect(request, row.desk, flash=Flash("good", _("%(round)s is closed", round=round_.name)))


def _stage(text: str) -> EditionState:
    by_hand = {state.value: state for state in services.BY_HAND}
    if text not in by_hand:
        raise NotFound
    return by_hand[text]


@get("/desk/{programme:str}/{edition:str}/stage/{to:str}", guards=[needs_sign_in])
async def stage_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], to: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    return _shown(request, row, await _stage_page(request, row, _stage(to), FormErrors()))


@post("/desk/{programme:str}/{edition:str}/stage/{to:str}", guards=[needs_sign_in], status_code=303)
async def change_stage(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], to: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    state, version = _stage(to), await _version(request)
    try:
        await services.change_state(
            edition_id=row.id, to=state, version=version, actor=actor, clock=arrival_of(request.scope).clock
        )
    except (Invalid, Denied, Stale) as problem:
        errors, status = _wrong(problem)
        row = await run_by(actor, programme, edition)
        return _shown(request, row, await _stage_page(request, row, state, errors), status)
    return redirect(request, row.desk, flash=Flash("good", _("The stage of the edition has changed")))


ROUTES: list[HTTPRouteHandler] = [
    open_call_page,
    open_call,
    open_round_page,
    open_round,
    close_round_page,
    close_round,
    stage_page,
    change_stage,
]
