"""For those who follow, and for those who search: the feed, the map of all public pages, what is not for robots."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from awards.editions.queries import categories_of, editions
from awards.editions.rules import EditionState
from awards.publication import feeds, queries
from awards.publication.news import news
from awards.publication.pages.opendata import free
from awards.web.arrival import arrival_of
from awards.web.i18n import _
from awards.web.render import public_file
from awards.web.session import language_of
from awards.web.site import site_of
from awards.web.templating import assets, static_files

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}
A_DAY = timedelta(days=1)
LASTING = ("/", "/results", "/archive", "/practices", "/method", "/data", "/verify", "/check", "/pages/rules",
           "/pages/accessibility", "/pages/privacy", "/pages/contact")  # fmt: skip


@get("/feed.xml", opt=PUBLIC)
async def feed(request: AnyRequest) -> Response[bytes]:
    now, site = arrival_of(request.scope).at, site_of(request)
    content = feeds.atom(
        await news(now),
        title=_("%(programme)s: results", programme=site.masthead.name),
        base_url=site.settings.base_url,
        host=site.settings.base_host.partition(":")[0],
        lang=language_of(request, site.cookies, site.languages),
    )
    return free(content, "application/atom+xml", until=await queries.next_change(now))


@get("/sitemap.xml", opt=PUBLIC)
async def sitemap(request: AnyRequest) -> Response[bytes]:
    """Pages that anybody may open at this instant: an edition before its call and a result before its time are none."""
    now, base_url = arrival_of(request.scope).at, site_of(request).settings.base_url
    published = {one.edition_id: one for one in await queries.visible_publications(now)}
    found: dict[str, datetime | None] = dict.fromkeys(LASTING)
    for edition in await editions():
        if edition.state is EditionState.DRAFT:
            continue
        out = published.get(edition.id)
        found[edition.path] = out.visible_at if out else None
        for category in await categories_of(edition.id):
            found[f"{edition.path}/{category.code}"] = out.visible_at if out else None
        if out:
            found[f"{edition.path}/data"] = out.visible_at
    since = {one.id: one.visible_at for one in published.values()}
    for row in await queries.visible_rows(now):
        if row.category_code:
            found.setdefault(f"{row.edition_path}/{row.category_code}", since.get(row.publication_id))
        if row.won:
            found[row.path] = since.get(row.publication_id)
    content = feeds.sitemap((base_url + path, at) for path, at in found.items())
    return public_file(content, "application/xml", until=await queries.next_change(now))


@get("/robots.txt", opt=PUBLIC)
async def robots(request: AnyRequest) -> Response[bytes]:
    now, base_url = arrival_of(request.scope).at, site_of(request).settings.base_url
    return public_file(feeds.robots(base_url), "text/plain", until=await queries.next_change(now))


@get("/favicon.ico", opt=PUBLIC)
async def icon(request: AnyRequest) -> Response[bytes]:
    """What browsers ask for beside a file that names no icon of its own."""
    content, media_type = static_files()[assets().url("favicon.svg")]
    return public_file(content, media_type, until=arrival_of(request.scope).at + A_DAY)


ROUTES: list[HTTPRouteHandler] = [feed, sitemap, robots, icon]
