"""Drafts on the desk, and what came too late: how far each is, its text once that may be read, and the tries."""

from datetime import datetime
from itertools import groupby
from urllib.parse import urlencode

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.queries import EditionRow, call_of, run_by, seen_by
from awards.editions.queries.census import count_entries
from awards.editions.rules import EditionState, Role
from awards.entries.lateness import how_late, tried_words
from awards.entries.pages.frame import AnyRequest
from awards.entries.queries import AnswerRow
from awards.entries.queries.drafts import Draft, ReadDraft, drafts_of, read_draft
from awards.entries.queries.late import LateRow, late_tries, late_tries_of
from awards.entries.rules import Call
from awards.web.arrival import arrival_of
from awards.web.frame import Link
from awards.web.i18n import _
from awards.web.session import actor_of, needs_sign_in

DESK = "/desk/{programme:str}/{edition:str}"


class LateTryRow(Struct, frozen=True):
    """A try in words."""

    entrant: str
    reference: str
    tried: str
    closed: datetime
    at: datetime
    late: str
    by: str


def in_words(rows: list[LateRow]) -> tuple[LateTryRow, ...]:
    return tuple(
        LateTryRow(
            row.entrant, row.reference, tried_words(row.tried), row.closed, row.at, how_late(row.late), row.by
        )
        for row in rows
    )


class DraftsPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    path: str
    is_over: bool
    count: int
    drafts: tuple[Draft, ...]
    may_extend: bool
    before: str
    after: str


class DraftPage(Struct, frozen=True):
    title: str
    edition: EditionRow
    draft: Draft
    text: ReadDraft | None
    sections: tuple[tuple[str, tuple[AnswerRow, ...]], ...]
    late: tuple[LateTryRow, ...]
    extend: str


class LatePage(Struct, frozen=True):
    title: str
    edition: EditionRow
    tries: tuple[LateTryRow, ...]
    before: str
    after: str


@get(DESK + "/drafts", guards=[needs_sign_in])
async def drafts_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    number = _page(request)
    now = arrival_of(request.scope).at
    times = await call_of(row.id)
    found, more = await drafts_of(row, times, now, number=number)
    is_over = Call(row.state, times.opens, times.closes).is_over(now)
    path = f"{row.desk}/drafts"
    page = DraftsPage(
        title=_("Not submitted") if is_over else _("Drafts"),
        edition=row,
        path=path,
        is_over=is_over,
        count=(await count_entries(row.id)).drafts,
        drafts=tuple(found),
        may_extend=row.state is EditionState.OPEN,
        before=f"{path}?{urlencode({'page': number - 1})}" if number > 1 else "",
        after=f"{path}?{urlencode({'page': number + 1})}" if more else "",
    )
    return on_desk(request, row, "entries/drafts.html", page)


@get(DESK + "/drafts/{reference:str}", guards=[needs_sign_in])
async def draft_page(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], reference: FromPath[str]
) -> Response[bytes]:
    row = await run_by(actor_of(request), programme, edition)
    now = arrival_of(request.scope).at
    draft, text = await read_draft(row, reference, now)
    page = DraftPage(
        title=text.title if text else _("Draft %(reference)s", reference=draft.reference),
        edition=row,
        draft=draft,
        text=text,
        sections=tuple(
            (section, tuple(rows))
            for section, rows in groupby(text.answers, key=lambda answer: answer.question.section)
        )
        if text
        else (),
        late=in_words(await late_tries_of(draft.id)),
        extend=f"{row.desk}/extensions?for={draft.reference}" if row.state is EditionState.OPEN else "",
    )
    crumbs = (Link(f"{row.desk}/drafts", _("Drafts")), Link("", draft.reference, True))
    return on_desk(request, row, "entries/draft.html", page, crumbs=crumbs)


@get(DESK + "/extensions/late", guards=[needs_sign_in])
async def late_page(request: AnyRequest, programme: FromPath[str], edition: FromPath[str]) -> Response[bytes]:
    actor = actor_of(request)
    row = await seen_by(actor, programme, edition, Role.AUDITOR)
    number = _page(request)
    found, more = await late_tries(row.id, number=number)
    path = f"{row.desk}/extensions/late"
    page = LatePage(
        title=_("What came too late"),
        edition=row,
        tries=in_words(found),
        before=f"{path}?{urlencode({'page': number - 1})}" if number > 1 else "",
        after=f"{path}?{urlencode({'page': number + 1})}" if more else "",
    )
    crumbs = (Link(f"{row.desk}/extensions", _("Deadline")), Link("", page.title, True))
    return on_desk(request, row, "entries/late_tries.html", page, crumbs=crumbs)


def _page(request: AnyRequest) -> int:
    text = request.query_params.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 and int(text) else 1


ROUTES: list[HTTPRouteHandler] = [drafts_page, draft_page, late_page]
