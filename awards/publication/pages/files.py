"""Files of a practice that won, as its city released them: copies that we made, never the original."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.queries import EditionRow
from awards.entries.attaching import JudgedFile
from awards.entries.viewing import ViewedFile, copy_for, first_of, viewed
from awards.errors import NotFound
from awards.files.queries import FileRow, file_by_id
from awards.publication import queries
from awards.publication.practices import practice_of_row
from awards.publication.queries import WinnerRow
from awards.web.arrival import arrival_of
from awards.web.downloads import send_file, show_picture
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render_public
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]
PUBLIC = {"public": True}
HERE = "/awards/{programme:str}/{edition:str}/{category:str}/{slug:str}/files/{number:int}"


class FilePage(Struct, frozen=True):
    title: str
    winner: WinnerRow
    file: ViewedFile
    lang: str


@get(HERE, opt=PUBLIC)
async def file_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    category: FromPath[str],
    slug: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row, winner, said, file, lang = await _file(request, programme, edition, category, slug, number)
    shown = await viewed(
        file,
        site_of(request).files.store,
        title=said.title,
        alt=said.alt,
        base=f"{winner.path}/files/{number}",
        first=first_of(request.query_params.get("from", "")),
    )
    return render_public(
        request, "publication/file.html", FilePage(said.title, winner, shown, lang),
        until=await queries.next_change(arrival_of(request.scope).at), demo=row.demo,
        crumbs=(Link(row.path, row.name), Link(winner.path, winner.entrant_name or winner.title),
                Link("", _("File %(number)d", number=number), True)),
    )  # fmt: skip


@get(f"{HERE}/{{part:str}}", opt=PUBLIC)
async def file_part(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    category: FromPath[str],
    slug: FromPath[str],
    number: FromPath[int],
    part: FromPath[str],
) -> Response[Any]:
    """One of the copies: the whole to be saved, or a picture."""
    _row, winner, said, file, _lang = await _file(request, programme, edition, category, slug, number)
    copy, saved = copy_for(file, part)
    if saved:
        return await send_file(request, copy, name=f"{winner.slug}-{said.download}", public=True)
    return await show_picture(request, copy, public=True)


async def _file(
    request: AnyRequest, programme: str, edition: str, category: str, slug: str, number: int
) -> tuple[EditionRow, WinnerRow, JudgedFile, FileRow, str]:
    """Of what is visible now, and of nothing else."""
    row = await queries.public_edition(programme, edition)
    winner = await queries.visible_row(row.id, category, slug, arrival_of(request.scope).at)
    if not winner.won:
        raise NotFound
    practice = await practice_of_row(winner)
    said, stored = practice.file(number)
    return row, winner, said, await file_by_id(stored.file_id), practice.lang


ROUTES: list[HTTPRouteHandler] = [file_page, file_part]
