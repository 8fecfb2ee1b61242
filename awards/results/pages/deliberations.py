"""The deliberations of a round on the desk, and of a person on the bench."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions import desk
from awards.editions.queries import EditionRow, round_by_code, seen_by
from awards.editions.rules import Role, in_secretariat
from awards.results.pages.deliberation_frame import AnyRequest
from awards.results.queries.deliberations import CategoryLine, OwnLine, of_person, of_round
from awards.results.rules import is_settled
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in


class DeliberationsPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    back: str
    lines: tuple[CategoryLine, ...]
    hidden: bool
    settled: bool
    has_marks: bool
    adopted: bool
    may_open: bool


@get("/desk/{programme:str}/{edition:str}/deliberations/{code:str}", guards=[needs_sign_in])
async def of_the_round(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    found = await round_by_code(row.id, code)
    lines = await of_round(found.id, actor, arrival_of(request.scope).at)
    page = DeliberationsPage(
        title=_("Deliberations: %(round)s", round=found.name),
        edition=row,
        path=f"/deliberations/{row.programme}/{row.slug}/{found.code}",
        back=f"{row.desk}/results/{found.code}",
        lines=tuple(line for line in lines if not line.conflict),
        hidden=any(line.conflict for line in lines),
        settled=is_settled(found.state),
        has_marks=found.kind == "criteria",
        adopted=any(line.adopted for line in lines),
        may_open=in_secretariat(actor, row.programme_id, row.id),
    )
    crumbs = (
        Link(f"{row.desk}/results", _("Results")),
        Link(page.back, found.name),
        Link("", _("Deliberations"), True),
    )
    return render(
        request,
        "results/deliberations.html",
        page,
        role=desk.role_of(row, actor),
        place=desk.place(row),
        side=desk.side(row, page.back, actor),
        crumbs=crumbs,
        demo=row.demo,
    )


class OwnPage(Struct, frozen=True):
    title: str
    lines: tuple[OwnLine, ...]


@get("/deliberations", guards=[needs_sign_in])
async def own(request: AnyRequest) -> Response[bytes]:
    lines = tuple(await of_person(actor_of(request).person_id))
    return render(
        request,
        "results/own_deliberations.html",
        OwnPage(_("Your deliberations"), lines),
        role=_("judge") if lines else None,
        crumbs=(Link("/bench", _("Your rounds")), Link("", _("Deliberations"), True)),
        demo=any(line.demo for line in lines),
    )


ROUTES: list[HTTPRouteHandler] = [of_the_round, own]
