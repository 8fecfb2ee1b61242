"""Work offline on this device: which entries a judge takes along, and the worker that answers without a line."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.accounts.rules import ABSOLUTE
from awards.editions.document import HELD
from awards.editions.queries import rules_of
from awards.entries.queries import files_for_judges
from awards.entries.viewing import PAGES_AT_ONCE
from awards.errors import Denied, NotFound
from awards.files.queries import FileRow, files_by_ids
from awards.panels.queries import OwnSeat, RoundRow, own_seat
from awards.panels.rules import LEADS, SeatState
from awards.scoresheets import queries
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.queries import MyEntry
from awards.scoresheets.queries.sheet import version_for_reader
from awards.scoresheets.steps import Where
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in, person_key, signed_in
from awards.web.site import site_of
from awards.web.templating import STATIC

AnyRequest = Request[Any, Any, Any]
ROUND = "/bench/{programme:str}/{edition:str}/{round_code:str}"
WORKER = (STATIC / "worker.js").read_bytes()


class OfflinePage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    deadline: datetime
    closed: str
    shared: bool
    held: bool
    """Whether the edition holds what arrives late; else it refuses it."""
    entries: tuple[MyEntry, ...]


class AwayPage(Struct, frozen=True):
    title: str
    path: str


class Pack(Struct, frozen=True):
    """One entry to be taken along: its page, and every address of its files that the page leads to."""

    page: str
    urls: tuple[str, ...]
    bytes: int


@get(f"{ROUND}/offline", guards=[needs_sign_in])
async def offline(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    if (way := _owed(seat)) is not None:
        return redirect(request, way)
    if seat.role in LEADS:
        raise NotFound
    refused = seat.closed(arrival_of(request.scope).at)
    page = OfflinePage(
        title=_("Work offline on this device"),
        round=seat.round,
        path=seat.round.bench,
        deadline=seat.deadline,
        closed=refused.why if refused else "",
        shared=_is_shared(request),
        held=(await rules_of(seat.round.edition.id)).late_sync == HELD,
        entries=tuple(entry for entry in await queries.my_entries(seat) if not entry.frozen),
    )
    return on_the_bench(
        request,
        "scoresheets/offline.html",
        page,
        seat.round,
        Link(seat.round.bench, _("Your entries")),
        Link("", _("Work offline"), True),
    )


@get(f"{ROUND}/offline/away", guards=[needs_sign_in])
async def away(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    """What the worker shows in place of a page that is not on the device."""
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    page = AwayPage(_("This page is not on this device"), seat.round.bench)
    return on_the_bench(
        request, "scoresheets/away.html", page, seat.round, Link(seat.round.bench, _("Your entries"))
    )


@get(f"{ROUND}/{{reference:str}}/pack", guards=[needs_sign_in])
async def pack(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    reference: FromPath[str],
) -> Response[Pack]:
    """What to fetch, by the addresses that serve this judge anyway: each of them asks for itself who may see it."""
    if _is_shared(request):
        raise Denied("shared device", _("You said that others use this device, so nothing is kept on it."))
    actor = actor_of(request)
    found, version_id = await version_for_reader(
        actor, Where(programme, edition, round_code, reference), arrival_of(request.scope).at
    )
    page = f"{found.bench}/{reference}"
    files = await files_for_judges(version_id, blind=found.blind)
    rows = await files_by_ids([file_id for _file, file_id in files])
    urls, size = [page], 0
    for file, file_id in files:
        urls += _addresses(rows[file_id], f"{page}/files/{file.number}")
        size += sum(copy.size for copy in rows[file_id].copies)
    cookies = site_of(request).cookies
    answer = Response(content=Pack(page, tuple(urls), size), headers={"cache-control": "no-store"})
    # Who signs in here next and is somebody else finds nothing of it.
    answer.cookies.append(
        cookies.set(cookies.keeper, person_key(actor.person_id), max_age=int(ABSOLUTE.total_seconds()))
    )
    return answer


def _addresses(row: FileRow, base: str) -> list[str]:
    """The pages of one file and the copies that they show."""
    if row.state != "ready":
        return [base]
    further = range(PAGES_AT_ONCE + 1, row.pages + 1, PAGES_AT_ONCE)
    found = [base, *(f"{base}?from={number}" for number in further)]
    for copy in row.copies:
        match copy.kind:
            case "judge":
                found += [f"{base}/picture", f"{base}/copy"] if _is_shown(row) else [f"{base}/copy"]
            case "page":
                found.append(f"{base}/page-{copy.number}")
            case "thumbnail":
                found.append(f"{base}/thumbnail")
    return found


def _is_shown(row: FileRow) -> bool:
    """Whether the copy for judges is a picture, seen inside a page."""
    return row.copy("judge").media_type.startswith("image/")


def _is_shared(request: AnyRequest) -> bool:
    found = signed_in(request)
    return found is not None and found.shared


def _owed(seat: OwnSeat) -> str | None:
    path = seat.round.bench
    if seat.state is not SeatState.ACCEPTED:
        return f"{path}/invitation"
    if seat.must_accept_terms:
        return f"{path}/terms"
    return f"{path}/conflicts" if seat.must_declare else None


@get("/bench/worker.js", opt={"public": True})
async def worker() -> Response[bytes]:
    """Under the bench, so that no page beside it is ever answered by it. Browsers look for a newer one by themselves."""
    return Response(content=WORKER, media_type="text/javascript", headers={"cache-control": "no-cache"})


ROUTES: list[HTTPRouteHandler] = [offline, away, pack, worker]
