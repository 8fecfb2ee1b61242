"""Pages of text: how judging works, rules, privacy, accessibility, contact. The secretariat writes over our defaults."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct

from awards.editions.queries import PageRow, first_programme, programme_pages
from awards.errors import NotFound
from awards.publication import queries
from awards.publication.defaults import default_text
from awards.web.arrival import arrival_of
from awards.web.i18n import current
from awards.web.markdown import to_html
from awards.web.render import render_public
from awards.web.site import site_of

# Written by the secretariat, or ours where it has written none.
SLUGS = ("rules", "privacy", "accessibility", "contact")


class TextPage(Struct, frozen=True):
    title: str
    body: Markup
    lang: str
    about: Markup | None = None
    about_title: str = ""


async def _written() -> dict[str, PageRow]:
    """Pages of the programme whose name the site bears: in the reader's language, or in the one that there is."""
    programme = await first_programme()
    if programme is None:
        return {}
    found: dict[str, PageRow] = {}
    for page in await programme_pages(programme.id):
        if page.slug not in found or page.lang == current():
            found[page.slug] = page
    return found


@get("/method", opt={"public": True})
async def method(request: Request[Any, Any, Any]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    about = (await _written()).get("about")
    text = default_text("method", site_of(request).masthead)
    page = TextPage(
        text.title,
        to_html(text.body),
        current(),
        to_html(about.body, under=2) if about else None,
        about.title if about else "",
    )
    return render_public(request, "publication/text.html", page, until=await queries.next_change(now))


@get("/pages/{slug:str}", opt={"public": True})
async def text_page(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[bytes]:
    now = arrival_of(request.scope).at
    written = (await _written()).get(slug)
    if written is None and slug not in SLUGS:
        raise NotFound
    if written is not None:
        page = TextPage(written.title, to_html(written.body), written.lang)
    else:
        text = default_text(slug, site_of(request).masthead)
        page = TextPage(text.title, to_html(text.body), current())
    return render_public(request, "publication/text.html", page, until=await queries.next_change(now))


ROUTES: list[HTTPRouteHandler] = [method, text_page]
