"""One entry of a run: from its place down to the marks on each sheet."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, seen_by
from awards.editions.rules import Role
from awards.errors import NotFound
from awards.results import queries, views
from awards.results.queries import EntryName, RoundResults, read_body
from awards.results.queries.tracing import notes_of, round_before
from awards.results.rules import shows_runs
from awards.results.tracing import SheetRow, Trace, trace
from awards.web.arrival import arrival_of
from awards.web.forms import BIGGEST_ID
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class TracePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    round: RoundResults
    entry: EntryName
    trace: Trace
    method: str
    alone: bool
    """Whether the reader does not see every category, and so nobody's strictness by itself."""
    spoken: tuple[SheetRow, ...]
    """Sheets with words to the secretariat."""
    before: str
    """The round from which a total is carried over."""

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/results/{self.round.code}"


@get("/desk/{programme:str}/{edition:str}/results/{code:str}/entries/{reference:str}", guards=[needs_sign_in])
async def trace_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    reference: FromPath[str],
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await queries.round_results(row.id, code, _number(request))
    entries = await queries.entry_names(found.id, actor, now)
    entry = entries.get(reference)
    if (
        entry is None
        or entry.category in queries.conflicted(entries)
        or not shows_runs(found.state)
        or not found.run
    ):
        raise NotFound
    names = await queries.names_of(found)
    inputs = read_body(found.inputs)
    counted = {sheet["judge"] for sheet in inputs["sheets"] if sheet["entry"] == reference}
    criteria, notes = await notes_of(found.id, reference, counted)
    traced = trace(inputs, found.body, entry, names.judges, criteria, notes)
    if traced is None:
        raise NotFound
    page = TracePage(
        title=_("%(entrant)s: where its place comes from", entrant=entry.entrant),
        edition=row,
        round=found,
        entry=entry,
        trace=traced,
        method=views.method_name(found.run.method),
        alone=bool(queries.conflicted(entries)),
        before=await round_before(found.id) if traced.carried else "",
        spoken=tuple(sheet for sheet in (*traced.sheets, *traced.left_out) if sheet.note and sheet.note.text),
    )  # fmt: skip
    home = f"{row.desk}/results"
    crumbs = (
        Link(home, _("Results")),
        Link(f"{home}/{code}", found.name),
        Link(f"{home}/{code}/{entry.category}", entry.category_name),
        Link("", entry.entrant, True),
    )
    return on_desk(request, row, "results/entry.html", page, crumbs=crumbs)


def _number(request: Request[Any, Any, Any]) -> int | None:
    """An older run, where one is asked for."""
    text = request.query_params.get("run", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:11]) <= BIGGEST_ID):
        raise NotFound
    return int(text[:11])


ROUTES: list[HTTPRouteHandler] = [trace_page]
