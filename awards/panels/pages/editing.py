"""A proposal edited by hand: by entry or by judge, each act looked at before it is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.actor import Actor
from awards.clock import Clock
from awards.editions.pages_frame import on_desk
from awards.errors import Denied, Invalid, Stale
from awards.panels import queries
from awards.panels.assignment.edit_views import EntryLine, JudgeLine, Line, lines_by_entry, lines_by_judge
from awards.panels.assignment.edit_words import act_words, done, effect_words, problem_words
from awards.panels.assignment.editing import Kind, Plan, Refusal, effects_of, plan_of, problems_of, start_of
from awards.panels.forms import DecideProposal
from awards.panels.forms_repair import EditProposal
from awards.panels.queries import ProposalRow, RoundRow, latest_proposal
from awards.panels.queries.workbench import Workbench, workbench_of
from awards.panels.rules import ProposalState, may_change_panel
from awards.panels.services.editing import (
    act_of,
    compute_rest,
    edit_proposal,
    next_version,
    step_back,
    what_stands,
    why_not,
)
from awards.web.arrival import arrival_of
from awards.web.fields import clean, read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from judging.conflicts import Effect

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/proposal/edit"
LINES_A_PAGE = 100
FIELDS = ("act", "entry", "seat", "other_entry", "other_seat")


class Look(Struct, frozen=True):
    """What one act would do; it is kept by sending `fields`."""

    act: str
    plain: tuple[str, ...]
    care: tuple[str, ...]
    problems: tuple[str, ...]
    fields: Mapping[str, str]


class EditPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    proposal: ProposalRow | None
    by: str
    lines: tuple[Line, ...]
    pages: tuple[Link, ...]
    edits: tuple[str, ...]
    held: bool
    problems: tuple[str, ...]
    acts: tuple[Choice, ...]
    entries: tuple[Choice, ...]
    judges: tuple[Choice, ...]
    look: Look | None
    override: str
    may_edit: bool
    values: Mapping[str, str]
    errors: FormErrors = NO_ERRORS


@get(HERE, guards=[needs_sign_in])
async def edit(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    values = {name: clean(request.query_params.get(name, "")) for name in FIELDS}
    return await _page(request, found, values)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def keep(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: EditProposal, actor: Actor, clock: Clock) -> Flash:
        await edit_proposal(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("good", _("The change is kept"), _("Nothing is assigned until the proposal is applied."))

    return await _act(request, (programme, edition, round_code), EditProposal, verb)


@post(HERE + "/back", guards=[needs_sign_in], status_code=303)
async def back(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: DecideProposal, actor: Actor, clock: Clock) -> Flash:
        await step_back(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("", _("The last change is undone"))

    return await _act(request, (programme, edition, round_code), DecideProposal, verb)


@post(HERE + "/rest", guards=[needs_sign_in], status_code=303)
async def rest(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    async def verb(found: RoundRow, command: DecideProposal, actor: Actor, clock: Clock) -> None:
        await compute_rest(round_id=found.id, command=command, actor=actor, clock=clock)

    return await _act(request, (programme, edition, round_code), DecideProposal, verb)


async def _act(
    request: AnyRequest,
    address: tuple[str, str, str],
    form: type[Parsed],
    verb: Callable[[RoundRow, Parsed, Actor, Clock], Awaitable[Flash | None]],
) -> Response[bytes]:
    """Do it and come back, or go to the proposal that is computed; or the page again, with what is wrong."""
    actor = actor_of(request)
    found = await queries.round_run_by(actor, *address)
    fields = await read_fields(request)
    typed = {name: fields.get(name, "") for name in FIELDS}
    command = parse(form, fields)
    if isinstance(command, FormErrors):
        return await _page(request, found, typed, command, 422)
    try:
        flash = await verb(found, command, actor, arrival_of(request.scope).clock)
    except Invalid as problem:
        return await _page(request, found, typed, FormErrors(problem.errors), 422)
    except Denied as problem:
        return await _page(request, found, typed, FormErrors({"": problem.why}), 409)
    except Stale:
        said = _(
            "Somebody changed the proposal before you. This is the newest one; your change is not in it yet."
        )
        return await _page(request, found, typed, FormErrors({"": said}), 409)
    if flash is None:
        return redirect(request, f"{found.panel}/proposal")
    by = "?by=judge" if request.query_params.get("by") == "judge" else ""
    return redirect(request, f"{found.panel}/proposal/edit{by}", flash=flash)


async def _page(
    request: AnyRequest,
    found: RoundRow,
    values: Mapping[str, str],
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    newest = await latest_proposal(found.id)
    bench = await workbench_of(newest) if newest is not None else None
    may_edit = (
        bench is not None
        and newest is not None
        and newest.state is ProposalState.PROPOSED
        and may_change_panel(found.state) is None
    )
    by = "judge" if request.query_params.get("by") == "judge" else "entry"
    look: Look | None = None
    override = ""
    lines: tuple[EntryLine, ...] | tuple[JudgeLine, ...] = ()
    edits: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    plan = Plan(frozenset())
    if newest is not None and bench is not None:
        body = start_of(newest.body)
        plan = plan_of(bench.state, body)
        named = bench.entry_names, bench.seat_names
        edits = tuple(act_words(done(edit), *named) for edit in body.get("edits", ()))
        problems = tuple(problem_words(one, *named) for one in problems_of(bench.state, body))
        lines = lines_by_judge(bench, body, plan) if by == "judge" else lines_by_entry(bench, body, plan)
        if may_edit and values["act"] and not errors:
            asked = parse(EditProposal, {**values, "proposal": str(newest.id)})
            if isinstance(asked, FormErrors):
                errors, status = asked, 422
            else:
                look, refused = await _look(request, found, bench, newest, asked)
                if refused:
                    errors = FormErrors({"": refused[0]})
                    override = refused[1]
    number = _number(request.query_params.get("page", ""), len(lines))
    path = f"{found.panel}/proposal/edit"
    page = EditPage(
        title=_("Edit the proposal: %(round)s", round=found.name),
        round=found,
        path=path,
        proposal=newest,
        by=by,
        lines=tuple(lines[(number - 1) * LINES_A_PAGE : number * LINES_A_PAGE]),
        pages=_pages(path, by, number, len(lines)),
        edits=edits,
        held=bool(plan.pins or plan.bans),
        problems=problems,
        acts=_acts(),
        entries=_entries(bench),
        judges=_judges(bench),
        look=look,
        override=override,
        may_edit=may_edit,
        values=values,
        errors=errors,
    )
    return on_desk(
        request,
        found.edition,
        "panels/edit.html",
        page,
        status=status,
        crumbs=(
            Link(f"{found.edition.desk}/panels", _("Panels")),
            Link(found.panel, found.name),
            Link(f"{found.panel}/proposal", _("Proposal")),
            Link("", _("Edit"), True),
        ),
    )


async def _look(
    request: AnyRequest, found: RoundRow, bench: Workbench, newest: ProposalRow, asked: EditProposal
) -> tuple[Look | None, tuple[str, str] | None]:
    """What the act would do; or why it cannot be, and where two people may let it pass."""
    act = act_of(bench, asked)
    body = await asyncio.to_thread(next_version, bench, newest, act)
    if isinstance(body, Refusal):
        why = await why_not(body, bench, found, arrival_of(request.scope).at)
        person = bench.seats[body.seat].person_id if body.why == "conflict" else 0
        return None, (why, f"{found.panel}/overrides?judge={person}" if person else "")
    named = bench.entry_names, bench.seat_names
    effects = effects_of(bench.state, start_of(newest.body), body)
    at = arrival_of(request.scope).at
    warnings = {pair: await what_stands(bench, found, pair, Effect.WARN, at) for pair in effects.warned}
    plain, care = effect_words(effects, *named, warnings)
    fields = {
        "proposal": str(newest.id),
        "act": asked.act.value,
        "entry": asked.entry,
        "seat": str(asked.seat),
        "other_entry": asked.other_entry,
        "other_seat": str(asked.other_seat or ""),
    }
    said = tuple(problem_words(one, *named) for one in effects.problems)
    return Look(act_words(act, *named), plain, care, said, fields), None


def _acts() -> tuple[Choice, ...]:
    return (
        Choice(Kind.GIVE.value, _("Give the entry to the judge as well")),
        Choice(Kind.TAKE.value, _("Take the entry from the judge")),
        Choice(Kind.HAND.value, _("Hand the entry from the judge to the other judge")),
        Choice(Kind.SWAP.value, _("Swap the judge of the entry with the other judge of the other entry")),
        Choice(Kind.PIN.value, _("The judge must read the entry, in every later computation too")),
        Choice(Kind.BAN.value, _("The judge must not read the entry, in no later computation either")),
        Choice(Kind.FREE.value, _("Let the computation decide about the two again")),
    )


def _entries(bench: Workbench | None) -> tuple[Choice, ...]:
    if bench is None:
        return ()
    rows = [(f"{entry.city}: {entry.title}", entry.reference) for entry in bench.entries.values()]
    return tuple(Choice(reference, text) for text, reference in sorted(rows))


def _judges(bench: Workbench | None) -> tuple[Choice, ...]:
    if bench is None:
        return ()
    known = [
        (bench.seats[r.seat_id].name, r.seat_id) for r in bench.state.readers if r.seat_id in bench.seats
    ]
    return tuple(Choice(str(seat), name) for name, seat in sorted(known))


def _number(typed: str, lines: int) -> int:
    last = max(-(-lines // LINES_A_PAGE), 1)
    return min(max(int(typed), 1), last) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _pages(path: str, by: str, number: int, lines: int) -> tuple[Link, ...]:
    last = -(-lines // LINES_A_PAGE)
    return tuple(
        Link(f"{path}?{urlencode({'by': by, 'page': n})}", str(n), n == number) for n in range(1, last + 1)
    )


ROUTES: list[HTTPRouteHandler] = [edit, keep, back, rest]
