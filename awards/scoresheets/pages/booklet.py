"""A judge's entries with empty sheets as PDF: for the judge, and for the desk that prints it for them."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.actor import Actor
from awards.editions.pages_frame import on_desk
from awards.editions.rules import RoundKind
from awards.errors import NotFound
from awards.panels.queries import OwnSeat, RoundRow, own_seat, own_seat_by_id, round_run_by
from awards.panels.rules import LEADS, SeatState
from awards.scoresheets.booklet import Around, document, in_all, part_name, parts_of
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.pages.board import PROGRESS
from awards.scoresheets.queries.booklet import (
    Readable,
    booklet_entries,
    contact_of,
    judge_of,
    readable_entries,
)
from awards.web import typeset
from awards.web.arrival import arrival_of
from awards.web.forms import BIGGEST_ID
from awards.web.frame import Link
from awards.web.i18n import _, negotiate, use
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in
from awards.web.site import site_of
from awards.web.spreadsheet import download
from awards.web.words import day_time

AnyRequest = Request[Any, Any, Any]
BOOKLET = "/bench/{programme:str}/{edition:str}/{round_code:str}/booklet"
TEMPLATE = "booklet.typ"
PDF = "application/pdf"
# What the documents are called, and whether sheets that are signed off stand in them too.
KINDS = {"left": False, "all": True}


class BookletPage(Struct, frozen=True):
    title: str
    round: RoundRow
    deadline: datetime
    left: tuple[Link, ...]
    """The documents of what is not signed off, and of everything where that is more."""
    all: tuple[Link, ...]
    total: int
    back: str


@get(BOOKLET, guards=[needs_sign_in])
async def booklet(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    if (
        seat.role in LEADS
        or seat.state is not SeatState.ACCEPTED
        or seat.must_accept_terms
        or seat.must_declare
    ):
        # The list knows what is owed first.
        return redirect(request, seat.round.bench)
    entries = await readable_entries(seat, arrival_of(request.scope).at)
    left, every = (links_of(f"{seat.round.bench}/booklet", kind, entries) for kind in KINDS)
    page = BookletPage(
        title=_("Your booklet on paper"),
        round=seat.round,
        deadline=seat.deadline,
        left=left,
        all=every if len(_chosen(entries, "left")) < len(entries) else (),
        total=len(entries),
        back=seat.round.bench,
    )
    return on_the_bench(
        request,
        "scoresheets/booklet.html",
        page,
        seat.round,
        Link(seat.round.bench, _("Your entries")),
        Link("", page.title, True),
    )


@get(BOOKLET + "/{name:str}", guards=[needs_sign_in])
async def own_booklet(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    name: FromPath[str],
) -> Response[bytes]:
    actor = actor_of(request)
    return await _pdf(request, await own_seat(actor, programme, edition, round_code), actor, name)


class PrintPage(Struct, frozen=True):
    title: str
    round: RoundRow
    judge: str
    links: tuple[Link, ...]
    back: str


@get(f"{PROGRESS}/paper/{{seat:int}}/booklet", guards=[needs_sign_in])
async def to_print(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
) -> Response[bytes]:
    found = await round_run_by(actor_of(request), programme, edition, round_code)
    judge = await _judge(found, seat)
    entries = await readable_entries(await own_seat_by_id(judge, seat), arrival_of(request.scope).at)
    back = f"{found.progress}/paper?judge={seat}"
    page = PrintPage(
        title=_("Booklet of %(judge)s", judge=judge.name),
        round=found,
        judge=judge.name,
        links=links_of(f"{found.progress}/paper/{seat}/booklet", "left", entries),
        back=back,
    )
    crumbs = (
        Link(f"{found.edition.desk}/progress", _("Progress")),
        Link(found.progress, found.name),
        Link(back, _("On paper")),
        Link("", page.title, True),
    )
    return on_desk(request, found.edition, "scoresheets/print.html", page, crumbs=crumbs)


@get(f"{PROGRESS}/paper/{{seat:int}}/booklet/{{name:str}}", guards=[needs_sign_in])
async def printed_booklet(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    seat: FromPath[int],
    name: FromPath[str],
) -> Response[bytes]:
    """The very booklet of the judge: it says what the judge may read, and of no sheet what stands on it."""
    found = await round_run_by(actor_of(request), programme, edition, round_code)
    judge = await _judge(found, seat)
    # In the judge's language, whoever prints it.
    with use(negotiate("", judge.lang, site_of(request).languages)):
        return await _pdf(request, await own_seat_by_id(judge, seat), judge, name)


async def _judge(found: RoundRow, seat: int) -> Actor:
    judge = await judge_of(found.id, seat) if 0 < seat <= BIGGEST_ID else None
    if judge is None:
        raise NotFound
    return judge


def links_of(base: str, kind: str, entries: list[Readable]) -> tuple[Link, ...]:
    chosen = _chosen(entries, kind)
    parts = parts_of(len(chosen))
    return tuple(
        Link(
            f"{base}/{kind}-{number}.pdf",
            in_all(len(chosen)) if len(parts) == 1 else part_name(first, last),
        )
        for number, (first, last) in enumerate(parts, 1)
    )


def _chosen(entries: list[Readable], kind: str) -> list[Readable]:
    return [one for one in entries if KINDS[kind] or not one.signed]


async def _pdf(request: AnyRequest, seat: OwnSeat, judge: Actor, name: str) -> Response[bytes]:
    now = arrival_of(request.scope).at
    kind, _dash, rest = name.partition("-")
    number, _dot, ending = rest.partition(".")
    if (
        kind not in KINDS
        or ending != "pdf"
        or not number.isascii()
        or not number.isdigit()
        or len(number) > 4
    ):
        raise NotFound
    entries = _chosen(await readable_entries(seat, now), kind)
    parts = parts_of(len(entries))
    if not 1 <= int(number) <= len(parts):
        raise NotFound
    first, last = parts[int(number) - 1]
    round_, edition = seat.round, seat.round.edition
    facts = [
        (_("Programme"), edition.programme_name),
        (_("Judge"), judge.name),
        (_("Entries in this booklet"), part_name(first, last) if len(parts) > 1 else in_all(len(entries))),
        (
            _("Deadline"),
            "\n".join(dict.fromkeys(day_time(seat.deadline, zone) for zone in ("UTC", edition.zone))),
        ),
        (_("Made"), day_time(now)),
    ]
    around = Around(
        edition=edition.name,
        round=round_.name,
        judge=judge.name,
        contact=await contact_of(edition.programme_id),
        facts=facts,
        confidence=round_.confidence,
        evidence_may_lack=round_.not_enough_evidence,
        passing=round_.kind == RoundKind.PASSING,
    )
    data = document(around, await booklet_entries(seat, entries[first - 1 : last]))
    # The same minute, the same document: who saves it twice does not have it set twice.
    pdf = await typeset.long_pdf(TEMPLATE, data, now.replace(second=0, microsecond=0))
    return download(pdf, f"{edition.slug}-{round_.code}-booklet-{kind}-{number}.pdf", PDF)


ROUTES: list[HTTPRouteHandler] = [booklet, own_booklet, to_print, printed_booklet]
