"""A panel at work is repaired: what is missing, who is silent, three offers, one of them chosen."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.actor import Actor
from awards.clock import Clock
from awards.editions.pages_frame import on_desk
from awards.errors import Denied, Invalid
from awards.jobs.queries import JobRow, latest
from awards.jobs.services import OPEN
from awards.panels import queries
from awards.panels.assignment.repair_words import Said, offer_words, why_short
from awards.panels.forms import CancelProposal, DecideProposal
from awards.panels.forms_repair import AskForRepair
from awards.panels.queries import RoundRow
from awards.panels.queries.broken import Lack, ShortEntry, lack_of
from awards.panels.queries.proposals import offers_of
from awards.panels.rules import may_change_panel
from awards.panels.services.proposing import cancel_computation
from awards.panels.services.repairs import KIND, ask_for_repair, choose_offer
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import day_time

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/repair"
REFRESH_SECONDS = 2


class RepairPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    lack: Lack
    short: tuple[tuple[ShortEntry, str], ...]
    silent: tuple[Choice, ...]
    ticked: tuple[str, ...]
    job: JobRow | None
    offers: tuple[Said, ...]
    may_change: bool
    errors: FormErrors = NO_ERRORS

    @property
    def waiting(self) -> bool:
        """Looked at again in a moment: the page refreshes by itself."""
        return self.job is not None and self.job.state in OPEN


@get(HERE, guards=[needs_sign_in])
async def repair(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    """`silent` names the seats that are ticked: the board of progress links here with a judge who went silent."""
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    return await _page(request, found, ticked=tuple(request.query_params.getall("silent", [])))


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: AskForRepair, actor: Actor, clock: Clock) -> str:
        await ask_for_repair(round_id=found.id, command=command, actor=actor, clock=clock)
        return f"{found.panel}/repair"

    return await _act(request, (programme, edition, round_code), AskForRepair, verb)


@post(HERE + "/choose", guards=[needs_sign_in], status_code=303)
async def choose(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: DecideProposal, actor: Actor, clock: Clock) -> str:
        await choose_offer(round_id=found.id, command=command, actor=actor, clock=clock)
        return f"{found.panel}/proposal"

    return await _act(request, (programme, edition, round_code), DecideProposal, verb)


@post(HERE + "/cancel", guards=[needs_sign_in], status_code=303)
async def call_off(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: CancelProposal, actor: Actor, clock: Clock) -> str:
        await cancel_computation(kind=KIND, round_id=found.id, command=command, actor=actor, clock=clock)
        return f"{found.panel}/repair"

    return await _act(request, (programme, edition, round_code), CancelProposal, verb)


async def _act(
    request: AnyRequest,
    address: tuple[str, str, str],
    form: type[Parsed],
    verb: Callable[[RoundRow, Parsed, Actor, Clock], Awaitable[str]],
) -> Response[bytes]:
    """Do it and go on where the verb says; or the page again, with what is wrong."""
    actor = actor_of(request)
    found = await queries.round_run_by(actor, *address)
    fields = await read_fields(request)
    ticked = tuple(fields.all("silent"))
    command = parse(form, fields)
    if isinstance(command, FormErrors):
        return await _page(request, found, command, 422, ticked)
    try:
        path = await verb(found, command, actor, arrival_of(request.scope).clock)
    except Invalid as problem:
        return await _page(request, found, FormErrors(problem.errors), 422, ticked)
    except Denied as problem:
        return await _page(request, found, FormErrors({"": problem.why}), 409, ticked)
    chosen = Flash("", _("Look at it before it is applied"), _("Nothing is changed yet."))
    return redirect(request, path, flash=chosen if path.endswith("/proposal") else None)


async def _page(
    request: AnyRequest,
    found: RoundRow,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    ticked: tuple[str, ...] = (),
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    lack = await lack_of(found.id)
    job = await latest(KIND, ("round", found.id))
    waits = job is not None and job.state in OPEN
    offers = [] if waits else await offers_of(found.id)
    page = RepairPage(
        title=_("Repair: %(round)s", round=found.name),
        round=found,
        path=f"{found.panel}/repair",
        lack=lack,
        short=tuple((entry, why_short(entry)) for entry in lack.short),
        silent=tuple(
            Choice(
                str(judge.seat_id),
                judge.name,
                _waiting(judge.unopened, day_time(judge.since), silent=judge.is_silent(now)),
            )
            for judge in sorted(lack.waiting, key=lambda one: (one.since, one.name))
        ),
        ticked=ticked,
        job=job,
        offers=tuple(offer_words(one.id, one.body, lack.entries, lack.seats) for one in offers),
        may_change=may_change_panel(found.state) is None,
        errors=errors,
    )
    answer = on_desk(
        request,
        found.edition,
        "panels/repair.html",
        page,
        status=status,
        crumbs=(
            Link(f"{found.edition.desk}/panels", _("Panels")),
            Link(found.panel, found.name),
            Link("", _("Repair"), True),
        ),
    )
    if waits:
        answer.headers["refresh"] = str(REFRESH_SECONDS)
    return answer


def _waiting(unopened: int, since: str, *, silent: bool) -> str:
    if silent:
        return ngettext(
            "silent since %(since)s, %(num)d entry not opened",
            "silent since %(since)s, %(num)d entries not opened",
            unopened,
            since=since,
        )
    return ngettext(
        "last seen or given entries on %(since)s, %(num)d entry not opened",
        "last seen or given entries on %(since)s, %(num)d entries not opened",
        unopened,
        since=since,
    )


ROUTES: list[HTTPRouteHandler] = [repair, ask, choose, call_off]
