"""Would a prize of this category move: by other weights, methods and sheets, and without each judge."""

import asyncio
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
from awards.results.chances import followed
from awards.results.otherwise import Asked, Group, Tip, answers, groups, left_out, summary, tips
from awards.results.queries import RoundResults, read_body
from awards.results.queries.otherwise import doubtful_sheets
from awards.results.rules import shows_runs
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class OtherwisePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    round: RoundResults
    back: str
    method: str
    summary: str
    groups: tuple[Group, ...]
    tips: tuple[Tip, ...]
    left_out: tuple[str, ...]


@get("/desk/{programme:str}/{edition:str}/otherwise/{code:str}/{category:str}", guards=[needs_sign_in])
async def otherwise_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await queries.round_results(row.id, code)
    entries = await queries.entry_names(found.id, actor, now)
    own = [entry for entry in entries.values() if entry.category == category]
    if not own or category in queries.conflicted(entries) or not shows_runs(found.state) or not found.run:
        raise NotFound
    names = await queries.names_of(found)
    asked = Asked(
        entries=entries,
        names=names,
        criteria=names.judged(found.inputs, category),
        category=category,
        followed=followed(found.body, names, category, queries.conflicted(entries)),
    )
    doubtful = await doubtful_sheets(found.id, read_body(found.inputs))
    answered = await asyncio.to_thread(answers, found.inputs, doubtful)
    said = groups(found.body, answered, asked)
    page = OtherwisePage(
        title=_("%(category)s: would it have come out otherwise?", category=own[0].category_name),
        edition=row,
        round=found,
        back=f"{row.desk}/results/{code}/{category}",
        method=views.method_name(found.run.method),
        summary=summary(said),
        groups=said,
        tips=tips(answered, asked, category),
        left_out=left_out(found.body, asked),
    )
    home = f"{row.desk}/results"
    crumbs = (
        Link(home, _("Results")),
        Link(f"{home}/{code}", found.name),
        Link(page.back, own[0].category_name),
        Link("", _("Otherwise?"), True),
    )
    return on_desk(request, row, "results/otherwise.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [otherwise_page]
