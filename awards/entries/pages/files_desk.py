"""One file of an entry on the desk: the original as it was handed in, and what judges see of it."""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, run_by, seen_by
from awards.editions.rules import Role, in_secretariat
from awards.entries.attaching import AttachedFile
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries.drafts import read_draft
from awards.entries.queries.files import SubmittedFile, file_on_desk
from awards.entries.steps import SECRETARIAT
from awards.entries.viewing import ViewedFile, copy_for, first_of, saved_as, viewed
from awards.errors import NotFound, Stale
from awards.files.kinds import Why
from awards.files.queries import file_by_id
from awards.files.services import retry_copies
from awards.web.arrival import arrival_of
from awards.web.downloads import send_file, show_picture
from awards.web.frame import Flash, Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of
from awards.web.uploads import sentence

DESK = "/desk/{programme:str}/{edition:str}"
SUBMITTED = f"{DESK}/entries/{{reference:str}}/files/{{number:int}}"
DRAFT = f"{DESK}/drafts/{{reference:str}}/files/{{number:int}}"


class DeskFilePage(Struct, frozen=True):
    title: str
    file: ViewedFile
    back: str
    why: str
    """What is the matter, in words for who handed it in; "" where nothing is."""
    retry: str
    """Where the copies are asked for again, by whoever may."""


async def _submitted(
    request: AnyRequest, programme: str, edition: str, reference: str, number: int
) -> tuple[EditionRow, SubmittedFile]:
    """Of what was submitted, for whoever reads submitted entries on the desk."""
    row = await seen_by(actor_of(request), programme, edition, Role.SCREENER, Role.AUDITOR)
    return row, await file_on_desk(row.id, reference, number)


async def _drafted(
    request: AnyRequest, programme: str, edition: str, reference: str, number: int
) -> tuple[EditionRow, AttachedFile]:
    """Of a draft that the secretariat may read at this instant; of any other there is no file."""
    row = await run_by(actor_of(request), programme, edition)
    _draft, text = await read_draft(row, reference, arrival_of(request.scope).at)
    for answer in text.answers if text is not None else ():
        for file in answer.files:
            if file.number == number:
                return row, file
    raise NotFound


async def _page(
    request: AnyRequest, row: EditionRow, found: SubmittedFile | AttachedFile, list_path: str, reference: str
) -> Response[bytes]:
    back = f"{list_path}/{reference.upper()}"
    base = f"{back}/files/{found.number}"
    stored = await file_by_id(found.file_id)
    file = await viewed(
        stored,
        site_of(request).files.store,
        title=found.name,
        alt=found.alt,
        base=base,
        first=first_of(request.query_params.get("from", "")),
        original=f"{base}/original",
    )
    has_failed = stored.state == "failed"
    may_retry = has_failed and in_secretariat(actor_of(request), row.programme_id, row.id)
    page = DeskFilePage(
        title=found.name,
        file=file,
        back=back,
        why=sentence(Why(stored.problem)) if has_failed and stored.problem in set(Why) else "",
        retry=f"{base}/retry" if may_retry else "",
    )
    of_drafts = list_path.endswith("/drafts")
    crumbs = (
        Link(list_path, _("Drafts") if of_drafts else _("Entries")),
        Link(back, reference.upper()),
        Link("", found.name, True),
    )
    return on_desk(request, row, "entries/file_desk.html", page, crumbs=crumbs)


async def _part(
    request: AnyRequest, found: SubmittedFile | AttachedFile, part: str, reference: str
) -> Response[Any]:
    file = await file_by_id(found.file_id)
    if part == "original":
        return await send_file(request, file, name=found.name)
    copy, saved = copy_for(file, part)
    if saved:
        name = saved_as(f"{reference.upper()}-file-{found.number}", file.ending)
        return await send_file(request, copy, name=name)
    return await show_picture(request, copy)


async def _retry(
    request: AnyRequest, row: EditionRow, found: SubmittedFile | AttachedFile, path: str
) -> Response[bytes]:
    """Asked for once, however often the button is pressed."""
    flash = Flash("good", _("The copies are made again"), _("Open this page again in a minute."))
    try:
        await retry_copies(
            file_id=found.file_id,
            edition_id=row.id,
            as_role=SECRETARIAT,
            actor=actor_of(request),
            clock=arrival_of(request.scope).clock,
        )
    except Stale:
        flash = Flash("", _("The copies of this file are made, or are being made"))
    return redirect(request, path, flash=flash)


@get(SUBMITTED, guards=[needs_sign_in])
async def submitted_file_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row, found = await _submitted(request, programme, edition, reference, number)
    return await _page(request, row, found, f"{row.desk}/entries", reference)


@get(f"{SUBMITTED}/{{part:str}}", guards=[needs_sign_in])
async def submitted_file_part(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
    part: FromPath[str],
) -> Response[Any]:
    _row, found = await _submitted(request, programme, edition, reference, number)
    return await _part(request, found, part, reference)


@post(f"{SUBMITTED}/retry", guards=[needs_sign_in], status_code=303)
async def retry_submitted(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    found = await file_on_desk(row.id, reference, number)
    return await _retry(request, row, found, f"{row.desk}/entries/{reference.upper()}/files/{number}")


@get(DRAFT, guards=[needs_sign_in])
async def draft_file_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row, found = await _drafted(request, programme, edition, reference, number)
    return await _page(request, row, found, f"{row.desk}/drafts", reference)


@get(f"{DRAFT}/{{part:str}}", guards=[needs_sign_in])
async def draft_file_part(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
    part: FromPath[str],
) -> Response[Any]:
    _row, found = await _drafted(request, programme, edition, reference, number)
    return await _part(request, found, part, reference)


@post(f"{DRAFT}/retry", guards=[needs_sign_in], status_code=303)
async def retry_drafted(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    row, found = await _drafted(request, programme, edition, reference, number)
    return await _retry(request, row, found, f"{row.desk}/drafts/{reference.upper()}/files/{number}")


ROUTES: list[HTTPRouteHandler] = [
    submitted_file_page,
    submitted_file_part,
    retry_submitted,
    draft_file_page,
    draft_file_part,
    retry_drafted,
]
