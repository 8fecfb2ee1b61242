"""Pairs of submitted entries that may be one practice, for the secretariat and screeners."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import seen_by
from awards.editions.rules import Role
from awards.entries.pages.frame import AnyRequest
from awards.entries.pages.queue import PAGE, page_number
from awards.entries.queries import doubles
from awards.entries.queries.doubles import Pair
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class DoublesPage(Struct, frozen=True):
    title: str
    path: str
    pairs: tuple[Pair, ...]
    before: str
    after: str


@get("/desk/{programme:str}/{edition:str}/entries/doubles", guards=[needs_sign_in])
async def doubles_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await seen_by(actor_of(request), programme, edition, Role.SCREENER, Role.AUDITOR)
    number = page_number(request)
    found = await doubles.doubles_in(row.id, limit=PAGE + 1, offset=PAGE * (number - 1))
    path = f"{row.desk}/entries"
    page = DoublesPage(
        title=_("Entries that may be one practice"),
        path=path,
        pairs=tuple(found[:PAGE]),
        before=f"{path}/doubles?page={number - 1}" if number > 1 else "",
        after=f"{path}/doubles?page={number + 1}" if len(found) > PAGE else "",
    )
    crumbs = (Link(page.path, _("Entries")), Link("", page.title, True))
    return on_desk(request, row, "entries/doubles.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [doubles_page]
