"""A proposed assignment: asked for, called off, previewed, mended, applied, undone."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct, convert

from awards.actor import Actor
from awards.clock import Clock
from awards.editions.pages_frame import on_desk
from awards.errors import Denied, Invalid, Stale
from awards.jobs.queries import JobRow, latest
from awards.jobs.services import OPEN
from awards.panels import queries, services
from awards.panels.assignment.matching import Options
from awards.panels.assignment.preview import Called, Preview, preview
from awards.panels.assignment.repair_words import Origin, origin_words
from awards.panels.assignment.telling import stage_words
from awards.panels.forms import AskForProposal, CancelProposal, DecideProposal, MarkBridges, TakeRemedy
from awards.panels.queries import ProposalRow, RoundRow
from awards.panels.queries.proposals import names_of_proposal
from awards.panels.rules import PROPOSAL_MOVES, ProposalState
from awards.panels.services.proposing import KIND
from awards.web.arrival import arrival_of
from awards.web.fields import Fields, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/proposal"
REFRESH_SECONDS = 2
LEVELS = range(1, 6)


class ProposalPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    job: JobRow | None
    proposal: ProposalRow | None
    seen: Preview | None
    origin: Origin | None
    may_apply: bool
    may_undo: bool
    levels: tuple[Choice, ...]
    employers: tuple[Choice, ...]
    parts: tuple[Choice, ...]
    let_pass: tuple[str, ...]
    values: dict[str, str]
    errors: FormErrors = NO_ERRORS

    @property
    def waiting(self) -> bool:
        """Looked at again in a moment: the page refreshes by itself."""
        return self.job is not None and self.job.state in OPEN

    @property
    def stage(self) -> str:
        return stage_words(self.job.progress if self.job else 0)

    @property
    def ended(self) -> bool:
        """The last computation came after the proposal that is shown."""
        if self.job is None or self.waiting:
            return False
        return self.proposal is None or self.job.result.get("proposal") != self.proposal.id


@get(HERE, guards=[needs_sign_in])
async def proposal(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    return await _page(request, found)


async def _act(
    request: AnyRequest,
    address: tuple[str, str, str],
    form: type[Parsed],
    verb: Callable[[RoundRow, Parsed, Actor, Clock], Awaitable[Flash | None]],
) -> Response[bytes]:
    """Do what one of the page's forms asks; or the page again, with what is wrong and what was typed."""
    actor = actor_of(request)
    found = await queries.round_run_by(actor, *address)
    fields = await read_fields(request)
    command = parse(form, fields)
    if isinstance(command, FormErrors):
        return await _page(request, found, command, 422, fields)
    try:
        flash = await verb(found, command, actor, arrival_of(request.scope).clock)
    except Invalid as problem:
        return await _page(request, found, FormErrors(problem.errors), 422, fields)
    except Denied as problem:
        return await _page(request, found, FormErrors({"": problem.why}), 409)
    except Stale:
        said = _("Somebody changed the panel in the same moment, so nothing was done. Look at it again.")
        return await _page(request, found, FormErrors({"": said}), 409)
    return redirect(request, f"{found.panel}/proposal" if flash is None else found.panel, flash=flash)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: AskForProposal, actor: Actor, clock: Clock) -> None:
        await services.ask_for_proposal(round_id=found.id, command=command, actor=actor, clock=clock)

    return await _act(request, (programme, edition, round_code), AskForProposal, verb)


@post(f"{HERE}/cancel", guards=[needs_sign_in], status_code=303)
async def cancel(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: CancelProposal, actor: Actor, clock: Clock) -> None:
        await services.cancel_computation(
            kind=KIND, round_id=found.id, command=command, actor=actor, clock=clock
        )

    return await _act(request, (programme, edition, round_code), CancelProposal, verb)


@post(f"{HERE}/remedy", guards=[needs_sign_in], status_code=303)
async def remedy(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: TakeRemedy, actor: Actor, clock: Clock) -> None:
        await services.take_remedy(round_id=found.id, command=command, actor=actor, clock=clock)

    return await _act(request, (programme, edition, round_code), TakeRemedy, verb)


@post(f"{HERE}/bridges", guards=[needs_sign_in], status_code=303)
async def bridges(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: MarkBridges, actor: Actor, clock: Clock) -> None:
        await services.mark_bridges(round_id=found.id, command=command, actor=actor, clock=clock)

    return await _act(request, (programme, edition, round_code), MarkBridges, verb)


@post(f"{HERE}/apply", guards=[needs_sign_in], status_code=303)
async def apply(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: DecideProposal, actor: Actor, clock: Clock) -> Flash:
        count = await services.apply_proposal(round_id=found.id, command=command, actor=actor, clock=clock)
        heading = ngettext("%(num)d entry is given to a judge", "%(num)d entries are given to judges", count)
        return Flash("good", heading, _("Each judge has one mail."))

    return await _act(request, (programme, edition, round_code), DecideProposal, verb)


@post(f"{HERE}/undo", guards=[needs_sign_in], status_code=303)
async def undo(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: DecideProposal, actor: Actor, clock: Clock) -> Flash:
        count = await services.undo_proposal(round_id=found.id, command=command, actor=actor, clock=clock)
        heading = ngettext("%(num)d assignment was taken back", "%(num)d assignments were taken back", count)
        return Flash("", heading)

    return await _act(request, (programme, edition, round_code), DecideProposal, verb)


async def _page(
    request: AnyRequest,
    found: RoundRow,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    typed: Fields | None = None,
) -> Response[bytes]:
    job = await latest(KIND, ("round", found.id))
    newest = await queries.latest_proposal(found.id)
    page = await _filled(found, job, newest, errors, typed)
    crumbs = (
        Link(f"{found.edition.desk}/panels", _("Panels")),
        Link(found.panel, found.name),
        Link("", _("Proposal"), True),
    )
    answer = on_desk(request, found.edition, "panels/proposal.html", page, crumbs=crumbs, status=status)
    if page.waiting and status == 200:
        answer.headers["refresh"] = str(REFRESH_SECONDS)
    return answer


async def _filled(
    found: RoundRow, job: JobRow | None, newest: ProposalRow | None, errors: FormErrors, typed: Fields | None
) -> ProposalPage:
    # The first proposals were stored in another shape; they can only be computed anew.
    told = newest is not None and "options" in newest.body
    seen, options, let_pass = None, Options(), ()  # type: Preview | None, Options, tuple[str, ...]
    origin: Origin | None = None
    if newest is not None and told:
        body = newest.body
        short = body["shortage"]
        names = await names_of_proposal(found.id, short["categories"] if short else ())
        called = Called(names.entries, names.seats, names.categories, names.people)
        seen = preview(body, called, found.panel)
        origin = origin_words(newest.id, body, called.entries, called.seats)
        options = convert(body["options"], Options)
        let_pass = _let_pass(options, called)
    moves = PROPOSAL_MOVES[newest.state] if newest else frozenset()
    values = _values(options)
    if typed is not None:
        values |= {name: typed.get(name, "") for name in values if name in typed}
    return ProposalPage(
        title=_("Proposed assignment: %(round)s", round=found.name),
        round=found,
        path=f"{found.panel}/proposal",
        job=job,
        proposal=newest if told else None,
        seen=seen,
        origin=origin,
        may_apply=ProposalState.APPLIED in moves
        and seen is not None
        and seen.shortage is None
        and not (origin and origin.problems),
        may_undo=ProposalState.UNDONE in moves,
        levels=tuple(Choice(str(level), str(level)) for level in LEVELS),
        employers=(
            Choice("apart", _("read different entries")),
            Choice("together", _("may read the same entry")),
        ),
        parts=(
            Choice("joined", _("are joined where swaps can do it")),
            Choice("separate", _("stay separate on purpose")),
        ),
        let_pass=let_pass,
        values=values,
        errors=errors,
    )


def _values(options: Options) -> dict[str, str]:
    whole, rest = divmod(options.link_share, 10_000)
    return {
        "experts": str(options.experts),
        "expert_level": str(options.expert_level),
        "link_share": f"{whole}.{rest:04}".rstrip("0").rstrip("."),
        "employers": "apart" if options.employers_apart else "together",
        "parts": "separate" if options.separate else "joined",
        "seconds": str(options.seconds),
        "seed": str(options.seed),
    }


def _let_pass(options: Options, called: Called) -> tuple[str, ...]:
    """What remedies of earlier proposals allowed, and still allow."""
    said = [_("judges of %(employer)s may read the same entry", employer=name) for name in options.together]
    if options.fewer_experts:
        count = len(options.fewer_experts)
        said.append(
            ngettext("%(num)d entry does without an expert", "%(num)d entries do without an expert", count)
        )
    return tuple(said)


ROUTES: list[HTTPRouteHandler] = [proposal, ask, cancel, remedy, bridges, apply, undo]
