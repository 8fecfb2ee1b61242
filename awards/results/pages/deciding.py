"""Declaring a round decided: what it does is shown first, then asked once."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by
from awards.editions.rules import RoundState
from awards.errors import Denied, Stale
from awards.results import queries, services
from awards.results.forms import DecideRound
from awards.results.queries.deliberation import unsettled_deliberations
from awards.results.queries.gate import judged_lacks
from awards.results.rules import RunState, decision_obstacles, is_settled, may_judge_results
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/rounds/{code:str}/decide"


class DecidingPage(Struct, frozen=True):
    title: str
    action: str
    back: str
    version: int
    lead: str
    facts: tuple[tuple[str, str], ...]
    freezes: tuple[str, ...]
    obstacles: tuple[str, ...]
    warnings: tuple[str, ...]
    may_become: bool
    """Whether what stands in the way can be removed."""
    errors: FormErrors = NO_ERRORS


@get(HERE, guards=[needs_sign_in])
async def deciding_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    return await _page(request, row, code, NO_ERRORS, 200)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def decide(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    found = await queries.round_results(row.id, code)
    form = parse(DecideRound, await read_fields(request))
    version = -1 if isinstance(form, FormErrors) else form.version
    try:
        await services.decide_round(
            round_id=found.id, version=version, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Denied as problem:
        return await _page(request, row, code, FormErrors({"": problem.why}), 403)
    except Stale:
        why = _("This changed since you opened the page. Read it again before you go on.")
        return await _page(request, row, code, FormErrors({"": why}), 409)
    flash = Flash("good", _("%(round)s is decided", round=found.name))
    return redirect(request, f"{row.desk}/results/{code}", flash=flash)


async def _page(
    request: Request[Any, Any, Any], row: EditionRow, code: str, errors: FormErrors, status: int
) -> Response[bytes]:
    actor = actor_of(request)
    found = await queries.round_results(row.id, code)
    inside = await queries.in_round(found.id, actor, arrival_of(request.scope).at)
    adopted = next((run for run in found.runs if run.state == RunState.ADOPTED), None)
    # The run that is shown is the adopted one, where there is one.
    current = adopted is not None and inside.carries(found.inputs)
    unsettled = [one.text for one in await unsettled_deliberations(row.id) if one.round == code]
    obstacles = decision_obstacles(
        found.state, found.kind, len(inside.entries), adopted is not None, current, unsettled
    )
    if refusal := may_judge_results(queries.conflicted(inside.entries)):
        obstacles = (*obstacles, refusal.why)
    lacks = []
    if is_settled(found.state) and found.kind == "criteria":
        lacks = [
            lack for lack in await judged_lacks(row.id, arrival_of(request.scope).at) if lack.round == code
        ]
    warnings = []
    if lacks:
        warnings.append(
            ngettext(
                "%(num)d thing is open at the gate before publication. No sheet can come any more once the round is"
                " decided; two people can still let it pass.",
                "%(num)d things are open at the gate before publication. No sheet can come any more once the round is"
                " decided; two people can still let them pass.",
                len(lacks),
            )
        )
    if found.asked:
        warnings.append(_("A sheet waits for a second person to leave it out or to restore it."))
    page = DecidingPage(
        title=_("Declare %(round)s decided", round=found.name),
        action=f"{row.desk}/rounds/{code}/decide",
        back=f"{row.desk}/results/{code}",
        version=found.version,
        lead=_(
            "The outcome of the round stands. This cannot be taken back: afterwards two people can still leave a sheet"
            " out, for a correction."
        ),
        facts=(
            (_("Entries in the round"), str(len(inside.entries))),
            (_("Sheets that count"), str(len(inside.sheets))),
            (_("Sheets left out"), str(len(inside.left_out))),
            (
                _("Adopted run"),
                _("Run %(number)d", number=adopted.number) if adopted is not None else _("none"),
            ),
        ),
        freezes=(
            _("Its sheets and assignments: no further reading, and no sheet is opened again"),
            _("Its adopted run; another is calculated only for a correction"),
        ),
        obstacles=obstacles,
        warnings=tuple(warnings),
        may_become=found.state != RoundState.DECIDED,
        errors=errors,
    )
    home = f"{row.desk}/results"
    crumbs = (
        Link(home, _("Results")),
        Link(f"{home}/{code}", found.name),
        Link("", _("Declare decided"), True),
    )
    return on_desk(request, row, "results/deciding.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [deciding_page, decide]
