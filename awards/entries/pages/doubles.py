"""Pairs of submitted entries that may be one practice, for the secretariat and screeners."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import seen_by
from awards.editions.rules import Role
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries import doubles
from awards.entries.queries.doubles import Pair
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class DoublesPage(Struct, frozen=True):
    title: str
    path: str
    pairs: tuple[Pair, ...]


@get("/desk/{programme:str}/{edition:str}/entries/doubles", guards=[needs_sign_in])
async def doubles_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.SCREENER, Role.AUDITOR)
    page = DoublesPage(
        _("Entries that may be one practice"),
        f"{row.desk}/entries",
        tuple(await doubles.doubles_in(row.id)),
    )
    crumbs = (Link(page.path, _("Entries")), Link("", page.title, True))
    return on_desk(request, row, "entries/doubles.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [doubles_page]
