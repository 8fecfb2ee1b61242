"""How far a round is, for the secretariat: counts and signs of sheets, never a mark."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import desk
from awards.editions.queries import seen_by
from awards.editions.rules import Role, RoundState, in_secretariat
from awards.errors import Denied, Invalid
from awards.panels.queries import RoundRow, round_run_by, round_seen_by, rounds_of, summaries
from awards.panels.queries.panel import RoundSummary
from awards.scoresheets import queries, services
from awards.scoresheets.arranging import page_of
from awards.scoresheets.forms import ReopenSheet
from awards.scoresheets.pages.ways import addressed, pages_of, views_of
from awards.scoresheets.queries import COLUMNS, Progress, ProgressEntry
from awards.scoresheets.queries.late import late_waiting
from awards.web.arrival import arrival_of
from awards.web.fields import read_fields
from awards.web.forms import parse
from awards.web.frame import NO_ERRORS, Choice, Flash, FormErrors, Link
from awards.web.i18n import _
from awards.web.render import redirect, render
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]


class RoundsPage(Struct, frozen=True):
    title: str
    rounds: tuple[tuple[RoundRow, RoundSummary], ...]


@get("/desk/{programme:str}/{edition:str}/progress", guards=[needs_sign_in])
async def rounds(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    found = await seen_by(actor, programme, edition, Role.AUDITOR)
    counts = await summaries(found.id)
    page = RoundsPage(_("Progress"), tuple((row, counts[row.id]) for row in await rounds_of(found.id)))
    return render(
        request,
        "scoresheets/rounds.html",
        page,
        role=desk.role_of(found, actor),
        place=desk.place(found),
        side=desk.side(found, request.url.path, actor),
        demo=found.demo,
    )


class ProgressPage(Struct, frozen=True):
    title: str
    round: RoundRow
    views: tuple[Link, ...]
    pages: tuple[Link, ...]
    exports: tuple[Link, ...]
    progress: Progress
    late: int
    """Sheets of which something arrived late and waits for two people."""
    columns: tuple[tuple[str, ProgressEntry], ...]
    signed: tuple[tuple[str, tuple[Choice, ...]], ...]
    values: dict[str, str]
    from_paper: bool
    """Whether a sheet of this page was keyed in from paper."""
    errors: FormErrors = NO_ERRORS

    @property
    def figures(self) -> tuple[tuple[str, int], ...]:
        counts = self.progress.counts
        return (
            (_("of %(wanted)d sheets signed off", wanted=self.progress.wanted), counts["signed"]),
            (_("ready to sign"), counts["ready"]),
            (_("started"), counts["started"]),
            (_("not started"), counts["not started"]),
        )


@get("/desk/{programme:str}/{edition:str}/progress/{round_code:str}", guards=[needs_sign_in])
async def progress(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    found = await round_seen_by(actor_of(request), programme, edition, round_code, Role.AUDITOR)
    return await _page(request, found)


@post(
    "/desk/{programme:str}/{edition:str}/progress/{round_code:str}/reopen",
    guards=[needs_sign_in],
    status_code=303,
)
async def reopen(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await round_run_by(actor, programme, edition, round_code)
    fields = await read_fields(request)
    seat, _dot, reference = fields.get("sheet", "").partition(".")
    command = parse(ReopenSheet, {"seat": seat, "reference": reference, "reason": fields.get("reason", "")})
    if isinstance(command, FormErrors):
        errors = {("reason" if name == "reason" else "sheet"): text for name, text in command.items()}
        return await _page(request, found, errors=FormErrors(errors), values=dict(fields), status=422)
    try:
        told = await services.reopen_sheet(
            round_id=found.id, command=command, actor=actor, clock=arrival_of(request.scope).clock
        )
    except Invalid as problem:
        return await _page(request, found, errors=FormErrors(problem.errors), values=dict(fields), status=422)
    except Denied as problem:
        return await _page(
            request, found, errors=FormErrors({"": problem.why}), values=dict(fields), status=403
        )
    text = "" if told else _("There is no address for its judge: tell them yourself.")
    heading = _("The sheet is reopened; its judge has a mail") if told else _("The sheet is reopened")
    return redirect(request, found.progress, flash=Flash("good", heading, text))


async def _page(
    request: AnyRequest,
    found: RoundRow,
    *,
    errors: FormErrors = NO_ERRORS,
    values: dict[str, str] | None = None,
    status: int = 200,
) -> Response[bytes]:
    actor = actor_of(request)
    number = page_of(request.query_params)
    view = await queries.progress_of(found, category=request.query_params.get("category", ""), page=number)
    asked = {"category": view.category}
    may_reopen = in_secretariat(actor, found.edition.programme_id, found.edition.id)
    takes_saves = found.state in (RoundState.OPEN, RoundState.EXTRA)
    signed = _signed(view) if may_reopen and takes_saves else ()
    name = dict(view.categories).get(view.category, "")
    page = ProgressPage(
        title=_("Progress: %(round)s, %(category)s", round=found.name, category=name)
        if name
        else _("Progress: %(round)s", round=found.name),
        round=found,
        views=views_of(found, "", view.category),
        pages=pages_of(found.progress, asked, view.total, COLUMNS, number),
        exports=tuple(
            Link(addressed(f"{found.progress}/export/sheets.{kind}", asked), kind.upper())
            for kind in ("csv", "xlsx")
        ),
        progress=view,
        late=await late_waiting(found.id),
        columns=tuple((f"{place:02}", entry) for place, entry in enumerate(view.entries, view.first + 1)),
        signed=signed,
        values={"sheet": "", "reason": "", **(values or {})},
        from_paper=any(any(line.papers) for line in view.judges),
        errors=errors,
    )
    return render(
        request,
        "scoresheets/progress.html",
        page,
        status=status,
        role=desk.role_of(found.edition, actor),
        place=desk.place(found.edition),
        side=desk.side(found.edition, request.url.path, actor),
        crumbs=(Link(f"{found.edition.desk}/progress", _("Progress")), Link("", found.name, True)),
        demo=found.edition.demo,
    )


def _signed(view: Progress) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """The sheets that are signed off, under the names of their judges."""
    titled = [
        (entry.reference, _("%(title)s, %(city)s", title=entry.title, city=entry.city))
        for entry in view.entries
    ]
    return tuple(
        (
            line.name,
            tuple(
                Choice(f"{line.seat_id}.{reference}", text)
                for (reference, text), state in zip(titled, line.states, strict=True)
                if state == "signed"
            ),
        )
        for line in view.judges
        if line.signed
    )


ROUTES: list[HTTPRouteHandler] = [rounds, progress, reopen]
