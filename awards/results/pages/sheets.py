"""Sheets of a closed round that do not count: who asked to leave one out, who consented, who restores it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import FRESH_PROOF
from awards.editions.approving import NOT_PROVED
from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, RoundRow, round_by_code, run_by, seen_by
from awards.editions.rules import Role, RoundState, in_secretariat
from awards.errors import Denied, Invalid, Stale
from awards.results import queries, services
from awards.results.forms import AskAboutSheet, ConsentAboutSheet, EndAboutSheet
from awards.results.queries import SheetLine
from awards.results.rules import is_settled, shows_runs
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import Parsed, parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, proved_since

HERE = "/desk/{programme:str}/{edition:str}/aside/{code:str}"


class SheetsPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    back: str
    report: str
    readable: bool
    reading: bool
    """Whether entries are read once more: what waits for consent waits until that is over."""
    hidden: bool
    asked: tuple[SheetLine, ...]
    left_out: tuple[SheetLine, ...]
    in_conflict: tuple[SheetLine, ...]
    entries: tuple[Choice, ...]
    entry: str
    """Its sheets can be chosen from; empty until one is chosen."""
    signed: tuple[Choice, ...]
    restorable: tuple[Choice, ...]
    may_change: bool
    proved: bool
    prove: str
    reader: int
    values: Mapping[str, str]
    form: str
    errors: FormErrors = NO_ERRORS
    beside: bool = False
    """Whether the password is to be entered beside what was typed."""

    def errors_in(self, form: str) -> FormErrors:
        """The errors of one of the page's forms: the others stay as they were."""
        return self.errors if self.form == form else NO_ERRORS

    def value(self, form: str, name: str) -> str:
        return self.values.get(name, "") if self.form == form else ""


@get(HERE, guards=[needs_sign_in])
async def sheets_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.AUDITOR)
    found = await round_by_code(row.id, code)
    return await _draw(request, row, found, request.query_params.get("entry", "")[:30])


async def _draw(
    request: Request[Any, Any, Any],
    row: EditionRow,
    found: RoundRow,
    entry: str,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: FormErrors = NO_ERRORS,
    status: int = 200,
    beside: bool = False,
) -> Response[bytes]:
    actor = actor_of(request)
    names = await queries.entry_names(found.id, actor, arrival_of(request.scope).at)
    hidden = queries.conflicted(names)
    readable = shows_runs(found.state)
    lines = await queries.sheet_lines(found.id, entry) if readable else []
    shown = [line for line in lines if line.category not in hidden]
    idle = [line for line in shown if line.asked is None]
    page = SheetsPage(
        title=_("Sheets left out: %(round)s", round=found.name),
        edition=row,
        path=f"{row.desk}/aside/{found.code}",
        back=f"{row.desk}/results/{found.code}",
        report=f"{row.desk}/panels/{found.code}/conflicts/report",
        readable=readable,
        reading=found.state is RoundState.EXTRA,
        hidden=bool(hidden),
        asked=tuple(line for line in shown if line.asked is not None),
        left_out=tuple(line for line in shown if line.state != "signed"),
        in_conflict=tuple(line for line in idle if line.state == "signed" and line.conflict),
        entries=tuple(
            Choice(name.reference, f"{name.entrant}: {name.title}")
            for name in names.values()
            if name.category not in hidden
        ),
        entry=entry if entry in names and names[entry].category not in hidden else "",
        signed=tuple(
            Choice(f"{line.seat_id}.{line.reference}", line.judge)
            for line in idle
            if line.state == "signed" and line.reference == entry
        ),
        restorable=tuple(
            Choice(f"{line.seat_id}.{line.reference}", f"{line.judge}: {line.entrant}, {line.reference}")
            for line in idle
            if line.state == "set aside"
        ),
        may_change=in_secretariat(actor, row.programme_id, row.id) and is_settled(found.state),
        proved=beside or proved_since(actor, arrival_of(request.scope).at - FRESH_PROOF),
        prove=_prove(request, row, found),
        reader=actor.person_id,
        values=values or {},
        form=form,
        errors=errors,
        beside=beside,
    )
    home = Link(f"{row.desk}/results", _("Results"))
    crumbs = (home, Link(page.back, found.name), Link("", _("Sheets left out"), True))
    return on_desk(request, row, "results/sheets.html", page, crumbs=crumbs, status=status)


async def _act(
    request: Request[Any, Any, Any],
    row: EditionRow,
    found: RoundRow,
    name: str,
    form: type[Parsed],
    fields: Mapping[str, str],
    verb: Callable[[Parsed], Awaitable[Flash]],
) -> Response[bytes]:
    """Parse, do it, and come back; or the page again with every error."""
    seat, _dot, reference = fields.get("sheet", "").partition(".")
    given = {**fields, "round_id": str(found.id)}
    if "sheet" in fields:
        given |= {"seat": seat, "reference": reference}
    command = parse(form, given)
    beside = False
    try:
        if isinstance(command, FormErrors):
            errors, status = _about_sheet(command), 422
        else:
            flash = await verb(command)
            return redirect(request, f"{row.desk}/aside/{found.code}", flash=flash)
    except Invalid as problem:
        errors, status = FormErrors(problem.errors), 422
    except Denied as problem:
        beside = problem.code == NOT_PROVED
        if beside and not fields.get("reason"):
            return redirect(request, _prove(request, row, found))
        errors, status = FormErrors({"": problem.why}), 403
    except Stale:
        why = _("Somebody changed this before you. Look at it again.")
        errors, status = FormErrors({"": why}), 409
    return await _draw(
        request, row, found, fields.get("entry", "")[:30], name, fields, errors, status, beside
    )


def _prove(request: Request[Any, Any, Any], row: EditionRow, found: RoundRow) -> str:
    """Who asks or consents has typed the password a moment ago; else they do it now and come back."""
    entry = request.query_params.get("entry", "")[:30]
    back = f"{row.desk}/aside/{found.code}" + (f"?entry={quote(entry)}" if entry else "")
    return f"/prove?next={quote(back)}"


def _about_sheet(wrong: FormErrors) -> FormErrors:
    """A sheet is one field of the form, whatever part of it is missing."""
    return FormErrors(
        {("sheet" if name in ("seat", "reference") else name): text for name, text in wrong.items()}
    )


@post(HERE, guards=[needs_sign_in], status_code=303)
async def ask(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row = await run_by(actor, programme, edition)
    found = await round_by_code(row.id, code)
    fields = await read_fields(request)

    async def put(command: AskAboutSheet) -> Flash:
        await services.ask_about_sheet(command=command, actor=actor, clock=clock)
        return Flash(
            "", _("It is asked for"), _("Nothing changes until another person of the secretariat consents.")
        )

    return await _act(request, row, found, fields.get("to", ""), AskAboutSheet, fields, put)


@post(HERE + "/consent", guards=[needs_sign_in], status_code=303)
async def consent(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row = await run_by(actor, programme, edition)
    found = await round_by_code(row.id, code)

    async def give(command: ConsentAboutSheet) -> Flash:
        state = await services.consent_about_sheet(command=command, actor=actor, clock=clock)
        said = _("The sheet is left out") if state == "set aside" else _("The sheet counts again")
        return Flash(
            "good", said, _("Its judge has a mail. Runs from before are out of date: calculate again.")
        )

    return await _act(request, row, found, "", ConsentAboutSheet, await read_fields(request), give)


@post(HERE + "/end", guards=[needs_sign_in], status_code=303)
async def end(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor, clock = actor_of(request), arrival_of(request.scope).clock
    row = await run_by(actor, programme, edition)
    found = await round_by_code(row.id, code)

    async def take_back(command: EndAboutSheet) -> Flash:
        await services.end_about_sheet(command=command, actor=actor, clock=clock)
        return Flash("", _("It is no longer asked for"))

    return await _act(request, row, found, "", EndAboutSheet, await read_fields(request), take_back)


ROUTES: list[HTTPRouteHandler] = [sheets_page, ask, consent, end]
