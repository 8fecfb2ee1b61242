"""One judge of a run, for who sees all its categories: strictness rests on the marks of every one of them."""

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
from awards.results.strictness import OneJudge, one_judge
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class JudgePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    round: RoundResults
    judge: OneJudge
    method: str

    @property
    def path(self) -> str:
        return f"{self.edition.desk}/results/{self.round.code}"


@get("/desk/{programme:str}/{edition:str}/results/{code:str}/judges/{label:str}", guards=[needs_sign_in])
async def judge_page(
    request: Request[Any, Any, Any],
    programme: FromPath[str],
    edition: FromPath[str],
    code: FromPath[str],
    label: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await queries.round_results(row.id, code)
    entries = await queries.entry_names(found.id, actor, arrival_of(request.scope).at)
    if queries.conflicted(entries) or not shows_runs(found.state) or not found.run:
        raise NotFound
    judge = one_judge(read_body(found.inputs), found.body, label, await queries.names_of(found), entries)
    if judge is None:
        raise NotFound
    page = JudgePage(
        _("%(judge)s in %(round)s", judge=judge.name, round=found.name),
        row, found, judge, views.method_name(found.run.method),
    )  # fmt: skip
    home = f"{row.desk}/results"
    crumbs = (Link(home, _("Results")), Link(page.path, found.name), Link("", judge.name, True))
    return on_desk(request, row, "results/judge.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [judge_page]
