"""A proposed assignment: asked for, previewed, applied, undone."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import desk
from awards.errors import Denied, Invalid
from awards.jobs.queries import JobRow, latest
from awards.panels import queries, services
from awards.panels.forms import AskForProposal, DecideProposal
from awards.panels.queries import Names, ProposalRow, RoundRow
from awards.panels.rules import PROPOSAL_MOVES, ProposalState
from awards.panels.services.proposing import KIND
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class LoadLine(Struct, frozen=True):
    name: str
    before: int
    after: int
    added: tuple[str, ...]


class ProposalPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    job: JobRow | None
    proposal: ProposalRow | None
    loads: tuple[LoadLine, ...]
    warned: tuple[str, ...]
    in_conflict: tuple[str, ...]
    missing: tuple[str, ...]
    shortage: str
    remedies: tuple[str, ...]
    may_apply: bool
    may_undo: bool
    errors: FormErrors = NO_ERRORS

    @property
    def waiting(self) -> bool:
        """Looked at again in a moment: the page refreshes by itself."""
        return self.job is not None and self.job.state in ("queued", "running")


@get("/desk/{programme:str}/{edition:str}/panels/{round_code:str}/proposal", guards=[needs_sign_in])
async def proposal(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    return await _page(request, found)


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/proposal",
    guards=[needs_sign_in],
    status_code=303,
)
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await queries.round_run_by(actor, programme, edition, round_code)
    command = parse(AskForProposal, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _page(request, found, command, 422)
    try:
        await services.ask_for_proposal(
            round_id=found.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _page(request, found, FormErrors(problem.errors), 422)
    except Denied as problem:
        return await _page(request, found, FormErrors({"": problem.why}), 403)
    return redirect(request, f"{found.panel}/proposal")


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/proposal/apply",
    guards=[needs_sign_in],
    status_code=303,
)
async def apply(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await queries.round_run_by(actor, programme, edition, round_code)
    command = parse(DecideProposal, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _page(request, found, command, 422)
    try:
        count = await services.apply_proposal(
            round_id=found.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Denied as problem:
        return await _page(request, found, FormErrors({"": problem.why}), 409)
    heading = ngettext("%(num)d entry is given to a judge", "%(num)d entries are given to judges", count)
    return redirect(request, found.panel, flash=Flash("good", heading, _("Each judge has one mail.")))


@post(
    "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/proposal/undo",
    guards=[needs_sign_in],
    status_code=303,
)
async def undo(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await queries.round_run_by(actor, programme, edition, round_code)
    command = parse(DecideProposal, await read_fields(request))
    if isinstance(command, FormErrors):
        return await _page(request, found, command, 422)
    try:
        count = await services.undo_proposal(
            round_id=found.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Denied as problem:
        return await _page(request, found, FormErrors({"": problem.why}), 409)
    heading = ngettext("%(num)d assignment was taken back", "%(num)d assignments were taken back", count)
    return redirect(request, found.panel, flash=Flash("", heading))


async def _page(
    request: AnyRequest, found: RoundRow, errors: FormErrors = NO_ERRORS, status: int = 200
) -> Response[bytes]:
    job = await latest(KIND, ("round", found.id))
    newest = await queries.latest_proposal(found.id)
    page = await _filled(found, job, newest, errors)
    answer = render(
        request,
        "panels/proposal.html",
        page,
        status=status,
        role=_("secretariat"),
        place=desk.place(found.edition),
        side=desk.side(found.edition, request.url.path, actor_of(request)),
        crumbs=(
            Link(f"{found.edition.desk}/panels", _("Panels")),
            Link(found.panel, found.name),
            Link("", _("Proposal"), True),
        ),
        demo=found.edition.demo,
    )
    if page.waiting:
        answer.headers["refresh"] = "2"
    return answer


async def _filled(
    found: RoundRow, job: JobRow | None, newest: ProposalRow | None, errors: FormErrors
) -> ProposalPage:
    names = await queries.names_of_round(found.id) if newest else Names({}, {})
    body = newest.body if newest else {}
    shortage = body.get("shortage")
    moves = PROPOSAL_MOVES[newest.state] if newest else frozenset()
    added: dict[int, list[str]] = {}
    for entry, seat in body.get("added", ()):
        added.setdefault(seat, []).append(_entry(names, entry))
    return ProposalPage(
        title=_("Proposed assignment: %(round)s", round=found.name),
        round=found,
        path=f"{found.panel}/proposal",
        job=job,
        proposal=newest,
        loads=tuple(
            LoadLine(_seat(names, seat), before, after, tuple(sorted(added.get(seat, ()))))
            for seat, before, after, _low, _high in body.get("loads", ())
        ),
        warned=tuple(_pair(names, pair) for pair in body.get("warned", ())),
        in_conflict=tuple(_pair(names, pair) for pair in body.get("in_conflict", ())),
        missing=tuple(
            _missing(names, entry, reads) for entry, reads in (shortage["missing"] if shortage else ())
        ),
        shortage=_sentence(names, shortage) if shortage else "",
        remedies=tuple(_remedy(names, remedy) for remedy in (shortage["remedies"] if shortage else ())),
        may_apply=ProposalState.APPLIED in moves and shortage is None,
        may_undo=ProposalState.UNDONE in moves,
        errors=errors,
    )


def _missing(names: Names, key: int, reads: int) -> str:
    entry = _entry(names, key)
    return ngettext(
        "%(entry)s: %(num)d sheet missing", "%(entry)s: %(num)d sheets missing", reads, entry=entry
    )


def _entry(names: Names, key: int) -> str:
    return names.entries.get(key) or _("an entry")


def _seat(names: Names, key: int) -> str:
    return names.seats.get(key) or _("a judge")


def _pair(names: Names, pair: list[int]) -> str:
    return _("%(judge)s reads %(entry)s", judge=_seat(names, pair[1]), entry=_entry(names, pair[0]))


def _sentence(names: Names, shortage: dict[str, Any]) -> str:
    judges = [_seat(names, key) for key in shortage["seats"]]
    return _(
        "These entries: %(entries)s. Only these judges may read them: %(judges)s. "
        "%(wanted)d sheets are wanted there, %(possible)d are possible.",
        entries="; ".join(_entry(names, key) for key in shortage["entries"]) or _("none"),
        judges=", ".join(judges) or _("none"),
        wanted=shortage["wanted"],
        possible=shortage["possible"],
    )


def _remedy(names: Names, remedy: dict[str, Any]) -> str:
    kind, seat, entry = remedy["kind"], remedy["seat"], remedy["entry"]
    if kind == "raise-high":
        return _("Let %(judge)s read more entries.", judge=_seat(names, seat))
    if kind == "lower-need":
        return _("Ask for fewer sheets for %(entry)s.", entry=_entry(names, entry))
    if kind == "lower-low":
        return _("Let %(judge)s read fewer entries.", judge=_seat(names, seat))
    if kind == "waive":
        return _(
            "Waive the conflict of %(judge)s with %(entry)s.",
            judge=_seat(names, seat),
            entry=_entry(names, entry),
        )
    return _("Add a judge who may read these entries.")


ROUTES: list[HTTPRouteHandler] = [proposal, ask, apply, undo]
