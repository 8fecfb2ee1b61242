"""Sheets on paper, on the desk: what was keyed in, what waits for its judge, and whose sheets could be keyed in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.rules import Role, in_secretariat
from awards.panels.queries import RoundRow, round_seen_by
from awards.panels.rules import ACTIVE, AssignmentState
from awards.scoresheets.keying import Paper, may_key
from awards.scoresheets.pages.board import PROGRESS
from awards.scoresheets.pages.ways import views_of
from awards.scoresheets.queries.keyed import (
    KeyedSheet,
    PaperSheet,
    judges_with_sheets,
    keyed_in,
    papers_of,
)
from awards.web.arrival import arrival_of
from awards.web.frame import Choice, Link
from awards.web.i18n import Lazy, _, lazy
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import day

AnyRequest = Request[Any, Any, Any]
PAPER = f"{PROGRESS}/paper"

PAPERS: Mapping[Paper, tuple[Lazy, str]] = {
    Paper.WAITING: (lazy("Waits for the judge"), "wait"),
    Paper.WRONG: (lazy("Not right, says the judge"), "bad"),
    Paper.TAKEN_OVER: (lazy("The judge goes on with it"), "going"),
    Paper.CONFIRMED: (lazy("Confirmed by the judge"), "done"),
    Paper.ENDED: (lazy("Does not count"), ""),
}


class KeyedRow(Struct, frozen=True):
    sheet: KeyedSheet
    day: str
    told: tuple[str, str]
    path: str
    """Where it is keyed in again; "" where it cannot be."""


class PaperRow(Struct, frozen=True):
    sheet: PaperSheet
    told: tuple[str, str]
    path: str


class PaperPage(Struct, frozen=True):
    title: str
    round: RoundRow
    views: tuple[Link, ...]
    exports: tuple[Link, ...]
    figures: tuple[tuple[str, int], ...]
    keyed: tuple[KeyedRow, ...]
    judges: tuple[Choice, ...]
    """Empty for who may look and not key in."""
    judge: str
    rows: tuple[PaperRow, ...]
    booklet: str
    path: str


@get(PAPER, guards=[needs_sign_in])
async def papers(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor, now = actor_of(request), arrival_of(request.scope).at
    found = await round_seen_by(actor, programme, edition, round_code, Role.AUDITOR)
    runs = in_secretariat(actor, found.edition.programme_id, found.edition.id)
    sheets = await keyed_in(found, remarks=runs)
    path = f"{found.progress}/paper"
    judges = await judges_with_sheets(found.id) if runs else []
    chosen = _chosen(request.query_params.get("judge", ""), judges)
    rows = await papers_of(found.id, chosen) if chosen else []
    counts = [sheet.paper for sheet in sheets]
    page = PaperPage(
        title=_("Sheets on paper: %(round)s", round=found.name),
        round=found,
        views=views_of(found, "/paper", ""),
        exports=tuple(
            Link(f"{found.progress}/export/paper.{kind}", kind.upper()) for kind in ("csv", "xlsx")
        ),
        figures=(
            (_("wait for their judge"), counts.count(Paper.WAITING)),
            (_("not right, says the judge"), counts.count(Paper.WRONG)),
            (_("confirmed or taken over"), counts.count(Paper.CONFIRMED) + counts.count(Paper.TAKEN_OVER)),
        ),
        keyed=tuple(
            KeyedRow(
                sheet,
                _day(sheet.paper_date),
                _told(sheet.paper),
                f"{path}/{sheet.seat_id}/{sheet.reference}"
                if runs and sheet.paper in (Paper.WAITING, Paper.WRONG)
                else "",
            )
            for sheet in sheets
        ),
        judges=tuple(Choice(str(seat), name) for seat, name in judges),
        judge=str(chosen or ""),
        rows=tuple(_row(row, found, now) for row in rows),
        booklet=f"{path}/{chosen}/booklet" if rows else "",
        path=path,
    )
    return on_desk(
        request,
        found.edition,
        "scoresheets/paper.html",
        page,
        crumbs=crumbs_of(found, Link("", _("On paper"), True)),
    )


def crumbs_of(found: RoundRow, *further: Link) -> tuple[Link, ...]:
    return (Link(f"{found.edition.desk}/progress", _("Progress")), Link(found.progress, found.name), *further)


def _row(sheet: PaperSheet, found: RoundRow, now: datetime) -> PaperRow:
    begun = may_key(state=sheet.state, version=sheet.version, keyed_version=sheet.keyed_version)
    if sheet.paper is not None:
        told = _told(sheet.paper)
    elif sheet.state == AssignmentState.SIGNED.value:
        told = _("Signed off on screen"), "done"
    elif begun is not None:
        told = (_("Begun on screen"), "going") if sheet.state in ACTIVE else (_("Does not count"), "")
    else:
        told = _("Nothing saved yet"), "todo"
    open_ = sheet.may_be_keyed(found, now) is None
    return PaperRow(sheet, told, f"{found.progress}/paper/{sheet.seat_id}/{sheet.reference}" if open_ else "")


def _told(paper: Paper) -> tuple[str, str]:
    word, kind = PAPERS[paper]
    return str(word), kind


def _day(paper_date: str) -> str:
    return day(date.fromisoformat(paper_date))


def _chosen(text: str, judges: Sequence[tuple[int, str]]) -> int:
    return next((seat for seat, _name in judges if str(seat) == text), 0)


ROUTES: list[HTTPRouteHandler] = [papers]
