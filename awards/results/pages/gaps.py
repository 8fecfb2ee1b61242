"""Why an entry has fewer sheets than it should: stated by the secretariat, once the round is closed."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.actor import Actor
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, round_by_code, run_by
from awards.errors import NotFound
from awards.results import queries, services
from awards.results.forms import ExplainGap
from awards.results.rules import EntryInRound, is_settled
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

HERE = "/desk/{programme:str}/{edition:str}/results/{code:str}/sheets/{reference:str}"


class GapPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    entry: EntryInRound
    errors: FormErrors
    reason: str


@get(HERE, guards=[needs_sign_in])
async def gap_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    entry = await _in_round(row, code, reference, actor_of(request), request)
    return _gap(request, row, entry, NO_ERRORS, entry.reason, 200)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def explain_gap(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    row = await run_by(actor, programme, edition)
    found = await round_by_code(row.id, code)
    entry = await _in_round(row, code, reference, actor, request)
    fields = await read_fields(request)
    form = parse(
        ExplainGap, {"round_id": found.id, "reference": reference, "reason": fields.get("reason", "")}
    )
    if isinstance(form, FormErrors):
        return _gap(request, row, entry, form, fields.get("reason", ""), 422)
    await services.explain_missing_sheets(command=form, actor=actor, clock=arrival_of(request.scope).clock)
    return redirect(request, f"{row.desk}/results", flash=Flash("good", _("The reason is stated")))


async def _in_round(
    row: EditionRow, code: str, reference: str, actor: Actor, request: Request[Any, Any, Any]
) -> EntryInRound:
    hidden = await queries.conflicted_categories(row.id, actor.person_id, arrival_of(request.scope).at)
    for entry in await queries.entries_in_rounds(row.id):
        if (entry.round, entry.reference) == (code, reference) and is_settled(entry.round_state):
            if entry.category in hidden:
                break
            return entry
    raise NotFound


def _gap(
    request: Request[Any, Any, Any],
    row: EditionRow,
    entry: EntryInRound,
    errors: FormErrors,
    reason: str,
    status: int,
) -> Response[bytes]:
    page = GapPage(_("Missing sheets of %(name)s", name=entry.entrant), row, entry, errors, reason)
    crumbs = (Link(f"{row.desk}/results", _("Results")), Link("", entry.reference, True))
    return on_desk(request, row, "results/gap.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [gap_page, explain_gap]
