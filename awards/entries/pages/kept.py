"""What officials wrote to questions that are no longer asked: it is kept, theirs to read, and the secretariat's."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import run_by
from awards.entries import queries
from awards.entries.pages.frame import AnyRequest, render_entry
from awards.entries.queries import OwnEntry
from awards.entries.queries.drafts import read_draft
from awards.entries.queries.kept import KeptAnswer, kept_answers
from awards.errors import NotFound
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in


class KeptPage(Struct, frozen=True):
    title: str
    entry: OwnEntry
    answers: tuple[KeptAnswer, ...]


class KeptOfDraftPage(Struct, frozen=True):
    title: str
    lang: str
    back: str
    answers: tuple[KeptAnswer, ...]


@get("/city/entries/{reference:str}/kept", guards=[needs_sign_in])
async def kept_page(request: AnyRequest, reference: FromPath[str]) -> Response[bytes]:
    entry = await queries.own_entry(actor_of(request), reference, arrival_of(request.scope).at)
    kept = await kept_answers(entry.id, entry.edition_id, entry.category_id)
    page = KeptPage(_("Answers that are no longer asked for"), entry, tuple(kept))
    return render_entry(request, "entries/kept.html", page, entry, here=page.title)


@get("/desk/{programme:str}/{edition:str}/drafts/{reference:str}/kept", guards=[needs_sign_in])
async def kept_of_draft_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    """As the rest of the draft: after the deadline, or while its city asks for help."""
    row = await run_by(actor_of(request), programme, edition)
    draft, text = await read_draft(row, reference, arrival_of(request.scope).at)
    if text is None:
        raise NotFound
    kept = await kept_answers(draft.id, row.id, draft.category_id)
    above = f"{row.desk}/drafts/{draft.reference}"
    page = KeptOfDraftPage(_("Answers that are no longer asked for"), row.lang, above, tuple(kept))
    crumbs = (
        Link(f"{row.desk}/drafts", _("Drafts")),
        Link(above, draft.reference),
        Link("", page.title, True),
    )
    return on_desk(request, row, "entries/kept_of_draft.html", page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [kept_page, kept_of_draft_page]
