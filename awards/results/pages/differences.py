"""Two runs compared; where the newer one waits, it is adopted or dropped here, whole, with the difference before one's eyes."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, round_by_code, seen_by
from awards.editions.rules import Role, in_secretariat
from awards.errors import NotFound
from awards.results import queries
from awards.results.differences import (
    Difference,
    entries_that_differ,
    places_that_move,
    prizes_that_move,
    what_was_read,
    what_was_ruled,
)
from awards.results.pages.rounds import bounded
from awards.results.rules import RunState, is_settled, shows_runs
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class DifferencePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    before: int
    after: int
    hidden: bool
    read: tuple[str, ...]
    ruled: tuple[str, ...]
    prizes: tuple[str, ...]
    places: str
    rows: tuple[Difference, ...]
    decides: bool
    """Whether the newer run can take the place of the older one."""


@get(
    "/desk/{programme:str}/{edition:str}/results/{code:str}/runs/{before:int}/{after:int}",
    guards=[needs_sign_in],
)
async def difference_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    before: FromPath[int],
    after: FromPath[int],
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await round_by_code(row.id, code)
    if not shows_runs(found.state):
        raise NotFound
    old, new = await queries.two_runs(found.id, bounded(before), bounded(after))
    entries = await queries.entry_names(found.id, actor, arrival_of(request.scope).at)
    names, hidden = await queries.names_of(found), queries.conflicted(entries)
    rows = tuple(entries_that_differ(old.body, new.body, entries, hidden))
    page = DifferencePage(
        title=_("Run %(after)d compared with run %(before)d", after=after, before=before),
        edition=row,
        path=f"{row.desk}/results/{code}",
        before=before,
        after=after,
        hidden=bool(hidden),
        read=tuple(what_was_read(old, new, names, entries, hidden)),
        ruled=tuple(what_was_ruled(old, new)),
        prizes=tuple(prizes_that_move(old, new, names, entries, hidden)),
        places=places_that_move(rows),
        rows=rows,
        decides=(old.state, new.state) == (RunState.ADOPTED, RunState.PROVISIONAL)
        and is_settled(found.state)
        and in_secretariat(actor, row.programme_id, row.id),
    )
    crumbs = (
        Link(f"{row.desk}/results", _("Results")),
        Link(page.path, found.name),
        Link("", _("Comparison"), True),
    )
    return on_desk(request, row, "results/difference.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [difference_page]
