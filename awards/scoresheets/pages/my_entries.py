"""A judge's own list."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from awards.cities.rules import fold
from awards.editions.rules import RoundState
from awards.panels.queries import OwnAside, OwnSeat, RoundRow, asides_of_seat, own_seat
from awards.panels.rules import LEADS, SeatState
from awards.scoresheets import queries
from awards.scoresheets.pace import time_spent, to_look_at_again
from awards.scoresheets.pages import chair
from awards.scoresheets.pages.around import on_the_bench
from awards.scoresheets.queries import MyEntry, OwnMarks
from awards.scoresheets.rules import verdict_of
from awards.scoresheets.strip import Strip, strips
from awards.web.arrival import arrival_of
from awards.web.frame import Choice, Link
from awards.web.i18n import _, ngettext
from awards.web.render import redirect
from awards.web.session import actor_of, needs_sign_in

AnyRequest = Request[Any, Any, Any]
MINUTE = timedelta(minutes=1)


class Row(Struct, frozen=True):
    """An entry with what is reckoned of its own sheet; `said` is the judge's verdict where that is no number."""

    entry: MyEntry
    minutes: int
    score: int | None
    said: str


# In which order the list may be shown; equal rows stay in the judge's own order.
SORTED: Mapping[str, Callable[[Row], Any]] = {
    "": lambda row: row.entry.number,
    "left": lambda row: not row.entry.waits,
    "city": lambda row: fold(row.entry.city),
    "title": lambda row: fold(row.entry.title),
    "category": lambda row: fold(row.entry.category),
    "score": lambda row: (row.score is None, -(row.score or 0)),
    "said": lambda row: (not row.said, row.said),
    "time": lambda row: -row.minutes,
}


class ListPage(Struct, frozen=True):
    title: str
    round: RoundRow
    path: str
    deadline: datetime
    closed: str
    rows: tuple[Row, ...]
    sorts: tuple[Choice, ...]
    sort: str
    counts: tuple[tuple[str, int | str], ...]
    next: MyEntry | None
    ready: int
    blind: bool
    in_words: bool
    """Whether the round asks for yes and no: nothing is added up then."""
    timed: bool
    again: tuple[MyEntry, ...]
    """The first ones, to be looked at again once all are marked."""
    calibration: int
    strips: tuple[Strip, ...]
    further: int
    """Entries that the judge still reads although the round was closed."""
    asides: tuple[OwnAside, ...]


@get("/bench/{programme:str}/{edition:str}/{round_code:str}", guards=[needs_sign_in])
async def my_round(
    request: AnyRequest, programme: FromPath[str], edition: FromPath[str], round_code: FromPath[str]
) -> Response[bytes]:
    seat = await own_seat(actor_of(request), programme, edition, round_code)
    path = seat.round.bench
    if seat.state is not SeatState.ACCEPTED:
        return redirect(request, f"{path}/invitation")
    if seat.must_accept_terms:
        return redirect(request, f"{path}/terms")
    if seat.must_declare:
        return redirect(request, f"{path}/conflicts")
    if seat.role in LEADS:
        return await chair.page_of(request, seat)
    page = _page(
        seat,
        await queries.my_entries(seat),
        await queries.own_marks(seat.id, seat.round.id),
        await asides_of_seat(seat.id),
        asked=request.query_params.get("sort", ""),
        now=arrival_of(request.scope).at,
    )
    return on_the_bench(request, "scoresheets/list.html", page, seat.round, Link("", seat.round.name, True))


def _page(
    seat: OwnSeat,
    entries: Sequence[MyEntry],
    own: OwnMarks,
    asides: Sequence[OwnAside],
    *,
    asked: str,
    now: datetime,
) -> ListPage:
    by_state = {
        state: sum(entry.state == state and (state == "signed" or not entry.frozen) for entry in entries)
        for state in queries.STATES
    }
    left = sum(entry.state != "signed" and not entry.frozen for entry in entries)
    refused = seat.closed(now)
    rows = _rows(entries, own)
    in_words = any(criterion.words for criterion in own.criteria)
    sorts = _sorts(
        blind=seat.round.blind, in_words=in_words, several=len({row.entry.category for row in rows}) > 1
    )
    sort = asked if asked in {choice.value for choice in sorts} else ""
    return ListPage(
        title=ngettext("Your entries: %(num)d left", "Your entries: %(num)d left", left)
        if entries
        else _("Your entries"),
        round=seat.round,
        path=seat.round.bench,
        deadline=seat.deadline,
        closed=refused.why if refused else "",
        rows=tuple(sorted(rows, key=SORTED[sort])),
        sorts=sorts,
        sort=sort,
        counts=(
            (_("signed off"), by_state["signed"]),
            (_("ready to sign"), by_state["ready"]),
            (_("started"), by_state["started"]),
            (_("not started"), by_state["not started"]),
            *_time_so_far(rows),
        ),
        next=next((entry for entry in entries if entry.waits), None),
        ready=by_state["ready"],
        blind=seat.round.blind,
        in_words=in_words,
        timed=any(row.minutes for row in rows),
        again=() if refused else _again(entries),
        calibration=sum(entry.calibration for entry in entries),
        strips=strips(own.criteria, own.sheets) if any(sheet.marks for sheet in own.sheets) else (),
        further=left if seat.round.state is RoundState.EXTRA else 0,
        asides=tuple(asides),
    )


def _rows(entries: Sequence[MyEntry], own: OwnMarks) -> list[Row]:
    spent = time_spent({entry.reference: entry.trace for entry in entries})
    sheets = {sheet.reference: sheet for sheet in own.sheets}
    words = next((criterion.words for criterion in own.criteria if criterion.words), ())
    rows = []
    for entry in entries:
        sheet = sheets.get(entry.reference)
        verdict = verdict_of(sheet.marks, sheet.judged) if sheet and words else None
        rows.append(
            Row(
                entry,
                minutes=round(spent[entry.reference] / MINUTE),
                score=sheet.score if sheet and not words else None,
                said="" if verdict is None else words[verdict],
            )
        )
    return rows


def _sorts(*, blind: bool, in_words: bool, several: bool) -> tuple[Choice, ...]:
    return (
        Choice("", _("Shuffled for you")),
        Choice("left", _("What is left first")),
        *(() if blind else (Choice("city", _("City")),)),
        Choice("title", _("Title")),
        *((Choice("category", _("Category")),) if several else ()),
        Choice("said", _("Your answer")) if in_words else Choice("score", _("Your score, highest first")),
        Choice("time", _("Your time, longest first")),
    )


def _again(entries: Sequence[MyEntry]) -> tuple[MyEntry, ...]:
    """Once nothing waits any more; the sheets of a closed round that others are read of once more stay as they are."""
    if any(entry.waits for entry in entries):
        return ()
    ready = [entry.reference for entry in entries if entry.state == "ready" and not entry.frozen]
    first = to_look_at_again({entry.reference: entry.trace for entry in entries}, ready)
    by_reference = {entry.reference: entry for entry in entries}
    return tuple(by_reference[reference] for reference in first)


def _time_so_far(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    total = sum(row.minutes for row in rows)
    if not total:
        return ()
    done = [row.minutes for row in rows if row.entry.state in ("ready", "signed") and row.minutes]
    hours, minutes = divmod(total, 60)
    said = (
        _("%(hours)d h %(minutes)02d", hours=hours, minutes=minutes)
        if hours
        else _("%(minutes)d min", minutes=minutes)
    )
    what = (
        _("your time so far, %(minutes)d min an entry", minutes=round(sum(done) / len(done)))
        if done
        else _("your time so far")
    )
    return ((what, said),)


ROUTES: list[HTTPRouteHandler] = [my_round]
