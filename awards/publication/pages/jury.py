"""The public page of an edition's jury."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.queries import EditionRow
from awards.publication import queries
from awards.publication.juries import Jury, public_jury
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _, ngettext
from awards.web.render import render_public


class JuryPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    jury: Jury
    counted: str


@get("/awards/{programme:str}/{edition:str}/jury", opt={"public": True})
async def jury_page(
    request: Request[Any, Any, Any], programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    jury = await public_jury(row, await queries.visible_publication(row.id, now))
    page = JuryPage(_("The jury of %(edition)s", edition=row.name), row, jury, _counted(jury))
    return render_public(
        request, "publication/jury.html", page, until=await queries.next_change(now), demo=row.demo,
        crumbs=(Link(row.path, row.name), Link("", _("The jury"), True)),
    )  # fmt: skip


def _counted(jury: Jury) -> str:
    all_of_them = len(jury.members) + jury.others
    text = ngettext("%(num)d judge", "%(num)d judges", all_of_them)
    if not jury.others:
        return text
    return _(
        "%(judges)s, %(others)s",
        judges=text,
        others=ngettext(
            "%(num)d of them not named at their own wish",
            "%(num)d of them not named at their own wish",
            jury.others,
        ),
    )


ROUTES: list[HTTPRouteHandler] = [jury_page]
