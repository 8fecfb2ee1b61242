"""Files of an entry, for its judges and for the chair: copies that we made, under numbers that tell nothing."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.rules import RoundState
from awards.entries.attaching import BlindFile
from awards.entries.queries import file_for_judges
from awards.entries.viewing import ViewedFile, copy_for, first_of, viewed
from awards.errors import NotFound
from awards.files.queries import FileRow, file_by_id
from awards.panels.queries import RoundRow
from awards.panels.queries.seats import own_seat_alone
from awards.panels.rules import LEADS, SeatState
from awards.scoresheets.pages.chair import is_readable
from awards.scoresheets.queries.chair import version_for_chair
from awards.scoresheets.queries.sheet import version_for_reader
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.downloads import send_file, show_picture
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import render
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of

AnyRequest = Request[Any, Any, Any]
ROUND = "/bench/{programme:str}/{edition:str}/{round_code:str}"
JUDGE = f"{ROUND}/{{reference:str}}/files/{{number:int}}"
LED = f"{ROUND}/chair/{{reference:str}}/files/{{number:int}}"


class FilePage(Struct, frozen=True):
    title: str
    file: ViewedFile
    lang: str
    back: str
    judged: bool
    """Whether the reader judges the entry, and may still step aside from it here."""


async def _of_judge(request: AnyRequest, where: Where, number: int) -> tuple[RoundRow, BlindFile, FileRow]:
    """For who reads the entry at this instant; for everybody else there is no such file."""
    found, version_id = await version_for_reader(actor_of(request), where, arrival_of(request.scope).at)
    file, file_id = await file_for_judges(version_id, number, blind=found.blind)
    return found, file, await file_by_id(file_id)


async def _of_chair(request: AnyRequest, where: Where, number: int) -> tuple[RoundRow, BlindFile, FileRow]:
    seat = await own_seat_alone(actor_of(request), where.programme, where.edition, where.round)
    if seat.role not in LEADS or seat.state is not SeatState.ACCEPTED:
        raise NotFound
    if seat.must_accept_terms or not is_readable(seat, request):
        raise NotFound
    version_id = await version_for_chair(seat, where.reference, arrival_of(request.scope).at)
    if version_id is None:
        raise NotFound
    file, file_id = await file_for_judges(version_id, number, blind=seat.round.blind)
    return seat.round, file, await file_by_id(file_id)


@get(JUDGE, guards=[needs_sign_in])
async def file_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    where = Where(programme, edition, round_code, reference)
    found, file, row = await _of_judge(request, where, number)
    judged = found.state in (RoundState.OPEN, RoundState.EXTRA)
    return await _page(request, found, file, row, f"{found.bench}/{reference}", judged=judged)


@get(f"{JUDGE}/{{part:str}}", guards=[needs_sign_in])
async def file_part(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
    part: FromPath[str],
) -> Response[Any]:
    where = Where(programme, edition, round_code, reference)
    _found, file, row = await _of_judge(request, where, number)
    return await _part(request, file, row, part, reference)


@get(LED, guards=[needs_sign_in])
async def led_file_page(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
) -> Response[bytes]:
    where = Where(programme, edition, round_code, reference)
    found, file, row = await _of_chair(request, where, number)
    return await _page(request, found, file, row, f"{found.bench}/chair/{reference}")


@get(f"{LED}/{{part:str}}", guards=[needs_sign_in])
async def led_file_part(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
    number: FromPath[int],
    part: FromPath[str],
) -> Response[Any]:
    where = Where(programme, edition, round_code, reference)
    _found, file, row = await _of_chair(request, where, number)
    return await _part(request, file, row, part, reference)


async def _page(
    request: AnyRequest, found: RoundRow, file: BlindFile, row: FileRow, back: str, *, judged: bool = False
) -> Response[bytes]:
    shown = await viewed(
        row,
        site_of(request).files.store,
        title=file.title,
        alt=file.alt,
        base=f"{back}/files/{file.number}",
        first=first_of(request.query_params.get("from", "")),
    )
    reference = back.rpartition("/")[2]
    return render(
        request,
        "scoresheets/file.html",
        FilePage(title=file.title, file=shown, lang="", back=back, judged=judged),
        role=_("judge"),
        place=Link("/bench", found.name),
        crumbs=(
            Link("/bench", _("Your rounds")),
            Link(found.bench, found.name),
            Link(back, reference),
            Link("", file.title, True),
        ),
        demo=found.edition.demo,
    )


async def _part(
    request: AnyRequest, file: BlindFile, row: FileRow, part: str, reference: str
) -> Response[Any]:
    copy, saved = copy_for(row, part)
    if saved:
        return await send_file(request, copy, name=f"{reference}-{file.download}")
    return await show_picture(request, copy)


ROUTES: list[HTTPRouteHandler] = [file_page, file_part, led_file_page, led_file_part]
