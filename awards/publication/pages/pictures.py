"""Pictures of what is published: made when they are asked for, after the instant, and kept as the pages are."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.errors import NotFound
from awards.publication import queries
from awards.publication.badges import CARD, badge, edition_card, winner_card
from awards.publication.pages.opendata import free
from awards.publication.queries import PublicationRow, WinnerRow
from awards.web import typeset
from awards.web.arrival import arrival_of
from awards.web.i18n import negotiate, use
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}
HERE = "/awards/{programme:str}/{edition:str}"
WINNER = HERE + "/{category:str}/{slug:str}"


@get(HERE + "/card.png", opt=PUBLIC)
async def edition_picture(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    publication = await queries.visible_publication(row.id, now)
    if publication is None:
        raise NotFound
    with use(negotiate("", publication.lang, site_of(request).languages)):
        data = edition_card(publication)
    picture = await typeset.png(CARD, data, publication.visible_at)
    return free(picture, "image/png", until=await queries.next_change(now))


@get(WINNER + "/card.png", opt=PUBLIC)
async def winner_picture(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    category: FromPath[str],
    slug: FromPath[str],
) -> Response[bytes]:
    publication, found = await _winner(request, programme, edition, category, slug)
    with use(negotiate("", publication.lang, site_of(request).languages)):
        data = winner_card(found, publication.programme_name)
    picture = await typeset.png(CARD, data, publication.visible_at)
    return free(picture, "image/png", until=await queries.next_change(arrival_of(request.scope).at))


@get(WINNER + "/badge.svg", opt=PUBLIC)
async def winner_badge(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    category: FromPath[str],
    slug: FromPath[str],
) -> Response[bytes]:
    publication, found = await _winner(request, programme, edition, category, slug)
    with use(negotiate("", publication.lang, site_of(request).languages)):
        picture = badge(found, publication.programme_name)
    return free(picture, "image/svg+xml", until=await queries.next_change(arrival_of(request.scope).at))


async def _winner(
    request: AnyRequest, programme: str, edition: str, category: str, slug: str
) -> tuple[PublicationRow, WinnerRow]:
    now = arrival_of(request.scope).at
    row = await queries.public_edition(programme, edition)
    found = await queries.visible_row(row.id, category, slug, now)
    publication = await queries.visible_publication(row.id, now)
    if publication is None or not found.won:
        raise NotFound
    return publication, found


ROUTES: list[HTTPRouteHandler] = [edition_picture, winner_picture, winner_badge]
