"""A category by one criterion: the same picture as its ranking, without prizes."""

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
from awards.results.queries import RoundResults, read_body
from awards.results.rules import shows_runs
from awards.results.views import Ranking
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class CriterionPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    round: RoundResults
    category: str
    method: str
    ranking: Ranking
    criteria: tuple[tuple[str, str], ...]
    """The criteria of the category, by code and name; the page is of one of them."""
    criterion: str

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/results/{self.round.code}"


@get(
    "/desk/{programme:str}/{edition:str}/results/{code:str}/{category:str}/{criterion:str}",
    guards=[needs_sign_in],
)
async def criterion_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    category: FromPath[str],
    criterion: FromPath[str],
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await queries.round_results(row.id, code)
    entries = await queries.entry_names(found.id, actor, now)
    own = [entry for entry in entries.values() if entry.category == category]
    if not own or category in queries.conflicted(entries) or not shows_runs(found.state) or not found.run:
        raise NotFound
    judged = (await queries.names_of(found)).judged(found.inputs, category)
    name = judged.get(criterion)
    ranking = views.ranking(found.body, read_body(found.inputs), category, entries, criterion)
    if name is None or ranking is None:
        raise NotFound
    page = CriterionPage(
        title=_("%(category)s by %(criterion)s", category=own[0].category_name, criterion=name),
        edition=row,
        round=found,
        category=category,
        method=views.method_name(found.run.method),
        ranking=ranking,
        criteria=tuple(judged.items()),
        criterion=criterion,
    )
    home = f"{row.desk}/results"
    crumbs = (
        Link(home, _("Results")),
        Link(f"{home}/{code}", found.name),
        Link(f"{home}/{code}/{category}", own[0].category_name),
        Link("", name, True),
    )
    return on_desk(request, row, "results/criterion.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [criterion_page]
