"""One file of an entry on the desk: the original as it was handed in, and what judges see of it."""

from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, seen_by
from awards.editions.rules import Role
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries.files import SubmittedFile, file_on_desk
from awards.entries.viewing import ViewedFile, copy_for, first_of, saved_as, viewed
from awards.files.queries import file_by_id
from awards.web.downloads import send_file, show_picture
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of

BASE = "/desk/{programme:str}/{edition:str}/entries/{reference:str}/files/{number:int}"


class DeskFilePage(Struct, frozen=True):
    title: str
    file: ViewedFile
    back: str


async def _found(
    request: AnyRequest, programme: str, edition: str, reference: str, number: int
) -> tuple[EditionRow, SubmittedFile]:
    """Of what was submitted, for whoever reads submitted entries on the desk; drafts are nobody's business here."""
    row = await seen_by(actor_of(request), programme, edition, Role.SCREENER, Role.AUDITOR)
    return row, await file_on_desk(row.id, reference, number)


@get(BASE, guards=[needs_sign_in])
async def desk_file_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row, found = await _found(request, programme, edition, reference, number)
    back = f"{row.desk}/entries/{reference.upper()}"
    base = f"{back}/files/{number}"
    file = await viewed(
        await file_by_id(found.file_id),
        site_of(request).files.store,
        title=found.name,
        alt=found.alt,
        base=base,
        first=first_of(request.query_params.get("from", "")),
        original=f"{base}/original",
    )
    page = DeskFilePage(title=found.name, file=file, back=back)
    crumbs = (
        Link(f"{row.desk}/entries", _("Entries")),
        Link(back, reference.upper()),
        Link("", found.name, True),
    )
    return on_desk(request, row, "entries/file_desk.html", page, crumbs=crumbs)


@get(f"{BASE}/{{part:str}}", guards=[needs_sign_in])
async def desk_file_part(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
    part: FromPath[str],
) -> Response[Any]:
    _row, found = await _found(request, programme, edition, reference, number)
    file = await file_by_id(found.file_id)
    if part == "original":
        return await send_file(request, file, name=found.name)
    copy, saved = copy_for(file, part)
    if saved:
        return await send_file(
            request, copy, name=saved_as(f"{reference.upper()}-file-{number}", file.ending)
        )
    return await show_picture(request, copy)


ROUTES: list[HTTPRouteHandler] = [desk_file_page, desk_file_part]
