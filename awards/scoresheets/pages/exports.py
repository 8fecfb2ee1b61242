"""The board taken away as CSV or XLSX, as it is asked for on its pages; never a mark or an average."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from awards.editions.rules import Role
from awards.errors import NotFound
from awards.panels.queries import RoundRow, round_seen_by
from awards.scoresheets.arranging import (
    ENTRIES_SHOWN,
    ENTRIES_SORTED,
    JUDGES_SHOWN,
    JUDGES_SORTED,
    arranged_entries,
    arranged_judges,
    asked_of,
)
from awards.scoresheets.board import COUNTED
from awards.scoresheets.pages.paper import PAPERS
from awards.scoresheets.pages.words import ENTRY_STANDINGS, OUTLOOKS, SHEETS, STANDINGS
from awards.scoresheets.queries import entries_board, judges_board, states_of
from awards.scoresheets.queries.keyed import keyed_in
from awards.web.arrival import arrival_of
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in
from awards.web.spreadsheet import FORMATS, Cell, as_file, download

AnyRequest = Request[Any, Any, Any]
Params = Mapping[str, str]
Rows = Sequence[Sequence[Cell]]


@get(
    "/desk/{programme:str}/{edition:str}/progress/{round_code:str}/export/{table:str}", guards=[needs_sign_in]
)
async def export(
    request: AnyRequest,
    programme: FromPath[str],
    edition: FromPath[str],
    round_code: FromPath[str],
    table: FromPath[str],
) -> Response[bytes]:
    found = await round_seen_by(actor_of(request), programme, edition, round_code, Role.AUDITOR)
    view, _dot, kind = table.partition(".")
    if view not in VIEWS or kind not in FORMATS:
        raise NotFound
    now = arrival_of(request.scope).at
    rows = await VIEWS[view](found, request.query_params, now)
    # In a thread of its own: a workbook of thousands of cells would hold up everybody's pages.
    content, media_type = await asyncio.to_thread(as_file, kind, view, rows)
    file = f"{found.edition.slug}-{found.code}-{view}-{now:%Y-%m-%d}.{kind}"
    return download(content, file, media_type)


async def _judges(found: RoundRow, params: Params, now: datetime) -> Rows:
    asked = asked_of(params, shown=JUDGES_SHOWN, sorts=JUDGES_SORTED)
    board = await judges_board(found, asked, now)
    return [
        [
            _("Judge"), _("Label"), _("State"), _("Given"), *_counts_head(), _("Left to sign off"),
            _("Last at work (UTC)"), _("Deadline (UTC)"), _("Forecast"), _("Read by (UTC)"), _("Reminded (UTC)"),
            *_papers_head(),
        ],
        *(
            [
                line.name, line.label, str(STANDINGS[line.standing][0]), line.given,
                *(line.counts[state] for state in COUNTED), line.left, line.last_at, line.until,
                str(OUTLOOKS[line.forecast.outlook]), line.forecast.done_at, line.reminded_at,
                line.papers, line.unconfirmed,
            ]
            for line in arranged_judges(board.judges, asked)
        ),
    ]  # fmt: skip


async def _entries(found: RoundRow, params: Params, now: datetime) -> Rows:
    asked = asked_of(params, shown=ENTRIES_SHOWN, sorts=ENTRIES_SORTED)
    board = await entries_board(found, asked, now)
    lines = [(board.named[line.round_entry], line) for line in arranged_entries(board.entries, asked)]
    return [
        [
            _("Entry"), _("City"), _("Title"), _("Category"), _("State"), _("Wanted"), _("Given"), *_counts_head(),
            _("Sheets to come"), _("Further judges needed"), _("Stepped aside or set aside"), _("Waits for"),
            _("Forecast"), _("Read by (UTC)"), *_papers_head(),
        ],
        *(
            [
                entry.reference, entry.city, entry.title, entry.category_name,
                str(ENTRY_STANDINGS[line.standing][0]), line.wanted, line.given,
                *(line.counts[state] for state in COUNTED), line.missing, line.short, line.ended,
                ", ".join(judge.name for judge in line.waits_for),
                str(OUTLOOKS[line.forecast.outlook]) if line.missing else "",
                line.forecast.done_at if line.missing else None,
                line.papers, line.unconfirmed,
            ]
            for entry, line in lines
        ),
    ]  # fmt: skip


async def _sheets(found: RoundRow, params: Params, now: datetime) -> Rows:
    """A row for each judge, a column for each entry, a word for each sheet; blank where there is none."""
    grid = await states_of(found, category=params.get("category", ""))
    words = {state: str(word) for state, word in SHEETS.items()}
    papers = {"paper": _("from paper"), "unconfirmed": _("from paper, not confirmed")}

    def said(state: str, paper: str) -> str:
        word = words.get(state, state)
        return f"{word}, {papers[paper]}" if paper else word

    rows: list[Sequence[Cell]] = [
        [_("Judge"), *(entry.reference for entry in grid.entries), _("Signed off"), _("Given")],
        ["", *(f"{entry.city}: {entry.title}" for entry in grid.entries)],
    ]
    rows.extend(
        [line.name, *map(said, line.states, line.papers), line.signed, line.given] for line in grid.judges
    )
    return rows


def _counts_head() -> list[str]:
    return [_("Not opened"), _("Opened"), _("Started"), _("Ready"), _("Signed off")]


def _papers_head() -> list[str]:
    return [_("From paper"), _("From paper, not confirmed")]


async def _papers(found: RoundRow, _params: Params, _now: datetime) -> Rows:
    """What was keyed in from paper, by whom and when, and where it is; what the judge says of it stays on the desk."""
    head: Sequence[Cell] = [
        _("Judge"), _("Entry"), _("City"), _("Title"), _("State"), _("Date on the paper"), _("Keyed in (UTC)"),
        _("Keyed in by"),
    ]  # fmt: skip
    rows: Rows = [
        [
            sheet.judge, sheet.reference, sheet.city, sheet.title, str(PAPERS[sheet.paper][0]), sheet.paper_date,
            sheet.keyed_at, sheet.keyed_by,
        ]
        for sheet in await keyed_in(found, remarks=False)
    ]  # fmt: skip
    return [head, *rows]


VIEWS: Mapping[str, Callable[[RoundRow, Params, datetime], Awaitable[Rows]]] = {
    "judges": _judges,
    "entries": _entries,
    "sheets": _sheets,
    "paper": _papers,
}

ROUTES: list[HTTPRouteHandler] = [export]
