"""What officials wrote to questions that are no longer asked: it is kept, and theirs to read."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.entries import queries
from awards.entries.pages.frame import AnyRequest, render_entry
from awards.entries.queries import OwnEntry
from awards.entries.queries.kept import KeptAnswer, kept_answers
from awards.web.arrival import arrival_of
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class KeptPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    answers: tuple[KeptAnswer, ...]


@get("/city/entries/{reference:str}/kept", guards=[needs_sign_in])
async def kept_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    page = KeptPage(_("Answers that are no longer asked for"), entry, tuple(await kept_answers(entry)))
    return render_entry(request, "entries/kept.html", page, entry, here=page.title)


ROUTES: list[HTTPRouteHandler] = [kept_page]
