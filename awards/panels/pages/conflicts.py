"""Conflicts on record in a round, and the sheets that they set aside; for the secretariat."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import desk
from awards.editions.rules import RoundState
from awards.errors import Denied, Invalid, Stale
from awards.panels import queries, services
from awards.panels.forms import RecordConflict, RestoreSheet, WithdrawConflict
from awards.panels.queries import AsideLine, ConflictLine, RoundRow
from awards.panels.rules import FROZEN, may_restore
from awards.panels.sentences import sheets_words
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]

HERE = "/desk/{programme:str}/{edition:str}/panels/{round_code:str}/conflicts"


class ConflictsPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    conflicts: tuple[ConflictLine, ...]
    standing: tuple[Choice, ...]
    asides: tuple[AsideLine, ...]
    restorable: tuple[Choice, ...]
    judges: tuple[Choice, ...]
    entries: tuple[Choice, ...]
    frozen: bool
    may_restore: bool
    sources: Mapping[str, str]
    values: Mapping[str, str]
    form: str
    errors: FormErrors = NO_ERRORS

    def errors_in(self, form: str) -> FormErrors:
        """The errors of one of the page's forms: the others stay as they were."""
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str) -> str:
        return self.values.get(name, "") if self.form == form else ""


@get(HERE, guards=[needs_sign_in])
async def conflicts_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await queries.round_run_by(actor_of(request), programme, edition, round_code)
    return await _draw(request, found)


async def _draw(
    request: AnyRequest,
    found: RoundRow,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
) -> Response[bytes]:
    conflicts = await queries.conflicts_on_record(found.id, found.edition.id)
    asides = await queries.asides_of_round(found.id)
    sides = await queries.sides_of_round(found.id)
    page = ConflictsPage(
        title=_("Conflicts: %(round)s", round=found.name),
        round=found,
        path=f"{found.panel}/conflicts",
        conflicts=tuple(conflicts),
        standing=tuple(
            Choice(str(line.id), f"{line.judge}: {line.entry} {line.reference}".strip())
            for line in conflicts
            if line.withdrawn_at is None
        ),
        asides=tuple(asides),
        restorable=tuple(
            Choice(str(line.assignment_id), f"{line.judge}: {line.entry}, {line.reference}")
            for line in asides
            if line.code != "recused"
        ),
        judges=tuple(Choice(str(seat), name) for seat, name in sides.judges),
        entries=tuple(Choice(reference, text) for reference, text in sides.entries),
        frozen=found.state in (*FROZEN, RoundState.EXTRA),
        may_restore=may_restore(found.state) is None,
        sources={
            "judge": _("the judge"), "secretariat": _("the secretariat"), "entrant": _("the city"),
        },
        values=values or {},
        form=form,
        errors=errors,
    )  # fmt: skip
    return render(
        request,
        "panels/on_record.html",
        page,
        status=status,
        role=_("secretariat"),
        place=desk.place(found.edition),
        side=desk.side(found.edition, request.url.path, actor_of(request)),
        crumbs=(
            Link(f"{found.edition.desk}/panels", _("Panels")),
            Link(found.panel, found.name),
            Link("", _("Conflicts"), True),
        ),
        demo=found.edition.demo,
    )


async def _act(
    request: AnyRequest,
    found: RoundRow,
    name: str,
    form: type[Parsed],
    verb: Callable[[Parsed], Awaitable[Flash]],
) -> Response[bytes]:
    """Parse one of the page's forms, do it, and come back; or the page again with every error."""
    fields = await read_fields(request)
    command = parse(form, fields)
    if isinstance(command, FormErrors):
        return await _draw(request, found, name, fields, command, 422)
    try:
        flash = await verb(command)
    except Invalid as problem:
        return await _draw(request, found, name, fields, FormErrors(problem.errors), 422)
    except Denied as problem:
        return await _draw(request, found, name, fields, FormErrors({"": problem.why}), 403)
    except Stale:
        why = _("Somebody changed this before you. Look at it again.")
        return await _draw(request, found, name, fields, FormErrors({"": why}), 409)
    return redirect(request, f"{found.panel}/conflicts", flash=flash)


@post(HERE, guards=[needs_sign_in], status_code=303)
async def record(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def put(command: RecordConflict) -> Flash:
        recused, aside, kept = await services.record_conflict(
            round_id=found.id, command=command, actor=actor, clock=clock
        )
        said = [_("The entry was taken off the judge’s list.")] if recused else []
        said += sheets_words(aside, kept)
        return Flash("warn" if kept else "good", _("The conflict is on record"), " ".join(said))

    return await _act(request, found, "record", RecordConflict, put)


@post(HERE + "/withdraw", guards=[needs_sign_in], status_code=303)
async def withdraw(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def end(command: WithdrawConflict) -> Flash:
        await services.withdraw_conflict(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("", _("The conflict is withdrawn"), _("What it ended or set aside stays so."))

    return await _act(request, found, "withdraw", WithdrawConflict, end)


@post(HERE + "/restore", guards=[needs_sign_in], status_code=303)
async def restore(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    found = await queries.round_run_by(actor, programme, edition, round_code)

    async def bring_back(command: RestoreSheet) -> Flash:
        await services.restore_sheet(round_id=found.id, command=command, actor=actor, clock=clock)
        return Flash("good", _("The sheet counts again; its judge has a mail"))

    return await _act(request, found, "restore", RestoreSheet, bring_back)


ROUTES: list[HTTPRouteHandler] = [conflicts_page, record, withdraw, restore]
