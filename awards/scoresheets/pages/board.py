"""The board of a round: by judge and by entry. Counts of sheets, instants, forecasts; never a mark or an average."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.editions.pages_frame import on_desk
from awards.editions.rules import Role, in_secretariat
from awards.panels.queries import RoundRow, round_seen_by
from awards.panels.rules import may_change_panel
from awards.scoresheets.arranging import (
    ENTRIES_SHOWN,
    ENTRIES_SORTED,
    JUDGES_SHOWN,
    JUDGES_SORTED,
    Asked,
    arranged_entries,
    arranged_judges,
    asked_of,
)
from awards.scoresheets.board import SILENT_CHOICES, EntryLine, EntryStanding, JudgeLine, Standing
from awards.scoresheets.forecast import FEWEST_READ, together
from awards.scoresheets.pages import words
from awards.scoresheets.pages.course import CourseFigure, course_figure
from awards.scoresheets.pages.ways import addressed, pages_of, views_of
from awards.scoresheets.queries import (
    EntriesBoard,
    JudgesBoard,
    ProgressEntry,
    entries_board,
    judges_board,
    times_of,
)
from awards.scoresheets.reminders import takes_reminders
from awards.web.arrival import arrival_of
from awards.web.frame import Choice, Link
from awards.web.i18n import _, ngettext
from awards.web.session import actor_of, needs_sign_in
from awards.web.words import day

AnyRequest = Request[Any, Any, Any]

PROGRESS = "/desk/{programme:str}/{edition:str}/progress/{round_code:str}"
# Rows of a page.
MOST = 100


class Choices(Struct, frozen=True):
    show: tuple[Choice, ...]
    sort: tuple[Choice, ...]
    category: tuple[Choice, ...]
    days: tuple[Choice, ...] = ()


class JudgeRow(Struct, frozen=True):
    """A line with its words: what the standing is called and the kind of its tag, when all is read and what the forecast is called."""

    line: JudgeLine
    standing: tuple[str, str]
    told: tuple[datetime | None, str]
    may_tick: bool


class EntryRow(Struct, frozen=True):
    entry: ProgressEntry
    line: EntryLine
    standing: tuple[str, str]
    told: tuple[datetime | None, str]
    begun: int
    waiting: int
    short: int


class JudgesPage(Struct, frozen=True):
    title: str
    round: RoundRow
    views: tuple[Link, ...]
    figures: tuple[tuple[str, int], ...]
    outlook: tuple[str, ...]
    course: CourseFigure | None
    rows: tuple[JudgeRow, ...]
    total: int
    pages: tuple[Link, ...]
    asked: Asked
    category: str
    choices: Choices
    ticked: frozenset[int]
    ticks: tuple[Link, ...]
    remind: str
    """Where reminders are looked at before they are sent; "" where none can be, or the reader may not."""
    repair: str
    """Where the entries of a silent judge are given to others; "" where they cannot be."""
    exports: tuple[Link, ...]


@get(f"{PROGRESS}/judges", guards=[needs_sign_in])
async def judges(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await round_seen_by(actor, programme, edition, round_code, Role.AUDITOR)
    now = arrival_of(request.scope).at
    asked = asked_of(request.query_params, shown=JUDGES_SHOWN, sorts=JUDGES_SORTED)
    board = await judges_board(found, asked, now)
    lines = arranged_judges(board.judges, asked)
    runs = in_secretariat(actor, found.edition.programme_id, found.edition.id)
    path, query = f"{found.progress}/judges", _query(asked, board.category)
    tick = request.query_params.get("tick", "")
    shown = lines[MOST * (_page(asked, len(lines)) - 1) :][:MOST]
    page = JudgesPage(
        title=_title(_("Progress by judge: %(round)s", round=found.name), board),
        round=found,
        views=views_of(found, "/judges", board.category),
        figures=_judge_figures(board),
        outlook=_outlook(board, found, now),
        course=course_figure(found, board.signed_at, board.wanted, now),
        rows=tuple(_judge_row(line) for line in shown),
        total=len(lines),
        pages=pages_of(path, query, len(lines), MOST, asked.page),
        asked=asked,
        category=board.category,
        choices=Choices(
            show=words.judges_shown(),
            sort=words.judges_sorted(),
            category=tuple(Choice(code, name) for code, name in board.categories),
            days=tuple(
                Choice(str(count), ngettext("%(num)d day", "%(num)d days", count)) for count in SILENT_CHOICES
            ),
        ),
        ticked=frozenset(
            line.seat_id for line in shown if tick in ("silent", "unfinished") and JUDGES_SHOWN[tick](line)
        ),
        ticks=_ticks(path, query, shown),
        remind=f"{found.progress}/remind" if runs and takes_reminders(times_of(found), now) is None else "",
        repair=f"{found.panel}/repair" if runs and may_change_panel(found.state) is None else "",
        exports=_exports(found, "judges", query),
    )
    return _render(request, found, "scoresheets/judges.html", page, _("By judge"))


class EntriesPage(Struct, frozen=True):
    title: str
    round: RoundRow
    views: tuple[Link, ...]
    figures: tuple[tuple[str, int], ...]
    rows: tuple[EntryRow, ...]
    total: int
    pages: tuple[Link, ...]
    asked: Asked
    category: str
    choices: Choices
    repair: str
    exports: tuple[Link, ...]


@get(f"{PROGRESS}/entries", guards=[needs_sign_in])
async def entries(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    actor = actor_of(request)
    found = await round_seen_by(actor, programme, edition, round_code, Role.AUDITOR)
    asked = asked_of(request.query_params, shown=ENTRIES_SHOWN, sorts=ENTRIES_SORTED)
    board = await entries_board(found, asked, arrival_of(request.scope).at)
    lines = arranged_entries(board.entries, asked)
    runs = in_secretariat(actor, found.edition.programme_id, found.edition.id)
    path, query = f"{found.progress}/entries", _query(asked, board.category)
    shown = lines[MOST * (_page(asked, len(lines)) - 1) :][:MOST]
    page = EntriesPage(
        title=_title(_("Progress by entry: %(round)s", round=found.name), board),
        round=found,
        views=views_of(found, "/entries", board.category),
        figures=_entry_figures(board),
        rows=tuple(_entry_row(board, line) for line in shown),
        total=len(lines),
        pages=pages_of(path, query, len(lines), MOST, asked.page),
        asked=asked,
        category=board.category,
        choices=Choices(
            show=words.entries_shown(),
            sort=words.entries_sorted(),
            category=tuple(Choice(code, name) for code, name in board.categories),
        ),
        repair=f"{found.panel}/repair" if runs and may_change_panel(found.state) is None else "",
        exports=_exports(found, "entries", query),
    )
    return _render(request, found, "scoresheets/entries.html", page, _("By entry"))


def _judge_row(line: JudgeLine) -> JudgeRow:
    word, kind = words.STANDINGS[line.standing]
    told = line.forecast.done_at, str(words.OUTLOOKS[line.forecast.outlook])
    return JudgeRow(line, (str(word), kind), told, bool(line.waiting))


def _entry_row(board: EntriesBoard, line: EntryLine) -> EntryRow:
    word, kind = words.ENTRY_STANDINGS[line.standing]
    told: tuple[datetime | None, str] = None, ""
    if line.standing is not EntryStanding.COMPLETE:
        told = line.forecast.done_at, str(words.OUTLOOKS[line.forecast.outlook])
    counts = line.counts
    return EntryRow(
        board.named[line.round_entry],
        line,
        (str(word), kind),
        told,
        begun=counts["started"] + counts["ready"],
        waiting=counts["not opened"] + counts["opened"],
        short=line.short,
    )


def _page(asked: Asked, total: int) -> int:
    return min(asked.page, max(-(-total // MOST), 1))


def _title(text: str, board: JudgesBoard | EntriesBoard) -> str:
    name = dict(board.categories).get(board.category, "")
    return _("%(title)s, %(category)s", title=text, category=name) if name else text


def _query(asked: Asked, category: str) -> dict[str, object]:
    """What the address says beside the page."""
    return {
        "show": asked.show,
        "sort": asked.sort,
        "category": category,
        "days": "" if asked.silent_days == Asked().silent_days else asked.silent_days,
    }


def _exports(found: RoundRow, view: str, query: dict[str, object]) -> tuple[Link, ...]:
    return tuple(
        Link(addressed(f"{found.progress}/export/{view}.{kind}", query), kind.upper())
        for kind in ("csv", "xlsx")
    )


def _ticks(path: str, query: dict[str, object], shown: list[JudgeLine]) -> tuple[Link, ...]:
    silent = sum(JUDGES_SHOWN["silent"](line) for line in shown)
    unfinished = sum(JUDGES_SHOWN["unfinished"](line) for line in shown)
    links = [
        Link(addressed(path, {**query, "tick": name}) + "#judges", text)
        for name, text, count in (
            ("silent", ngettext("%(num)d silent", "%(num)d silent", silent), silent),
            ("unfinished", ngettext("%(num)d not done", "%(num)d not done", unfinished), unfinished),
        )
        if count
    ]
    return (*links, Link(addressed(path, query) + "#judges", _("nobody"))) if links else ()


def _judge_figures(board: JudgesBoard) -> tuple[tuple[str, int], ...]:
    standings = [line.standing for line in board.judges]
    return (
        (_("done"), standings.count(Standing.DONE)),
        (_("at work"), standings.count(Standing.AT_WORK)),
        (_("not begun"), standings.count(Standing.NOT_BEGUN)),
        (_("behind by forecast"), standings.count(Standing.LATE)),
        (_("silent"), standings.count(Standing.SILENT)),
        (_("overdue"), standings.count(Standing.OVERDUE)),
    )


def _entry_figures(board: EntriesBoard) -> tuple[tuple[str, int], ...]:
    return (
        (
            ngettext("of %(num)d entry complete", "of %(num)d entries complete", len(board.entries)),
            sum(line.missing == 0 for line in board.entries),
        ),
        (_("sheets to come"), sum(line.missing for line in board.entries)),
        (_("entries short of judges"), sum(line.short > 0 for line in board.entries)),
        (_("further judges they need"), sum(line.short for line in board.entries)),
    )


def _outlook(board: JudgesBoard, found: RoundRow, now: datetime) -> tuple[str, ...]:
    """In counts, and only what can be said: a pace of one evening is none."""
    if not times_of(found).takes_sheets(now):
        return ()
    told = together(line.forecast for line in board.judges if line.waiting or line.standing is Standing.DONE)
    said = []
    if told.last is not None:
        said.append(
            _(
                "If judges go on as they have since they began, the last sheet is read on %(day)s.",
                day=day(told.last),
            )
        )
    if told.late:
        said.append(
            ngettext(
                "At this pace %(num)d judge would not be done by the deadline.",
                "At this pace %(num)d judges would not be done by their deadlines.",
                told.late,
            )
        )
    if told.over:
        said.append(
            ngettext(
                "For %(num)d judge the deadline has passed with sheets open.",
                "For %(num)d judges the deadline has passed with sheets open.",
                told.over,
            )
        )
    if told.unknown:
        said.append(
            ngettext(
                "Of %(num)d judge nothing can be said yet: fewer than %(fewest)d sheets read, or begun less than "
                "a day ago.",
                "Of %(num)d judges nothing can be said yet: fewer than %(fewest)d sheets read, or begun less than "
                "a day ago.",
                told.unknown,
                fewest=FEWEST_READ,
            )
        )
    if told.in_time and not (told.late or told.over or told.unknown):
        said.append(_("At this pace every judge is done in time."))
    return tuple(said)


def _render(
    request: AnyRequest, found: RoundRow, template: str, page: JudgesPage | EntriesPage, name: str
) -> Response[bytes]:
    crumbs = (
        Link(f"{found.edition.desk}/progress", _("Progress")),
        Link(found.progress, found.name),
        Link("", name, True),
    )
    return on_desk(request, found.edition, template, page, crumbs=crumbs)


ROUTES: list[HTTPRouteHandler] = [judges, entries]
