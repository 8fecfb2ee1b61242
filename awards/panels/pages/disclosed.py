"""The conflict report of a round: what the rules find among the pairs that read. For the secretariat and auditors."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.rules import Role, RoundState, in_secretariat
from awards.errors import Denied, Stale
from awards.panels import queries, services
from awards.panels.forms_conflicts import SettleConflicts
from awards.panels.queries import RoundRow
from awards.panels.queries.overrides import Overridden, overrides_of, report_of
from awards.panels.rules import FROZEN
from awards.panels.sentences import conflict_words, sheets_words
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from judging.conflicts import Effect

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/conflicts/report"


class ReportLine(Struct, frozen=True):
    judge: str
    entry: str
    reference: str
    words: str
    effect: Effect
    state: str
    known: bool


class ReportPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    lines: tuple[ReportLine, ...]
    overrides: tuple[Overridden, ...]
    pairs: int
    to_settle: int
    runs: bool
    may_settle: bool
    values: dict[str, str]
    errors: FormErrors = NO_ERRORS

    def count(self, effect: str) -> int:
        return sum(line.effect.value == effect for line in self.lines)


@get(HERE, guards=[needs_sign_in])
async def report(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_seen_by(actor_of(request), programme, edition, round_code, Role.AUDITOR)
    return await _draw(request, found)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def settle(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)
    fields = await read_fields(request)
    command = parse(SettleConflicts, fields)
    if isinstance(command, FormErrors):
        return await _draw(request, found, dict(fields), command, 422)
    try:
        back, aside = await services.settle_conflicts(
            round_id=found.id, command=command, actor=actor, clock=clock
        )
    except Denied as problem:
        return await _draw(request, found, dict(fields), FormErrors({"": problem.why}), 403)
    except Stale:
        why = _("Somebody changed this before you. Look at it again.")
        return await _draw(request, found, dict(fields), FormErrors({"": why}), 409)
    said = [
        ngettext("%(num)d entry needs another judge.", "%(num)d entries need another judge.", back)
        if back
        else "",
        *sheets_words(aside),
    ]
    return redirect(
        request,
        f"{found.panel}/conflicts/report",
        flash=Flash("good", _("Nobody reads what a rule forbids"), " ".join(filter(None, said))),
    )


async def _draw(
    request: AnyRequest,
    found: RoundRow,
    values: dict[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    result = await report_of(found, arrival_of(request.scope).at)
    runs = in_secretariat(actor_of(request), found.edition.programme_id, found.edition.id)
    page = ReportPage(
        title=_("Conflict report: %(round)s", round=found.name),
        round=found,
        path=f"{found.panel}/conflicts/report",
        lines=tuple(
            ReportLine(
                line.judge,
                line.entrant,
                line.reference,
                conflict_words(line.finding),
                line.finding.effect,
                line.state,
                line.known,
            )
            for line in result.lines
        ),
        overrides=tuple(one for one in await overrides_of(found.id) if one.given_at is not None),
        pairs=result.pairs,
        to_settle=result.to_settle,
        runs=runs,
        may_settle=runs and found.state not in FROZEN and found.state is not RoundState.EXTRA,
        values=values or {},
        errors=errors,
    )
    crumbs = (
        Link(f"{found.edition.desk}/panels", _("Panels")),
        Link(found.panel, found.name),
        Link("", _("Conflict report"), True),
    )
    return on_desk(request, found.edition, "panels/report.html", page, crumbs=crumbs, status=status)


ROUTES: list[HTTPRouteHandler] = [report, settle]
