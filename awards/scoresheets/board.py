"""How far each judge and each entry of a round is: counts, silence, deadlines and forecasts. Pure; no mark comes here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from awards.editions.rules import RoundState
from awards.panels.rules import SeatState, deadline_of, is_frozen, may_remind
from awards.scoresheets.forecast import Forecast, Outlook, forecast, latest

# How long nobody hears of a judge before they are called silent; the reader of the board may choose another.
SILENT_DAYS = 7
SILENT_CHOICES = (3, 5, 7, 14)

COUNTED = ("not opened", "opened", "started", "ready", "signed")


class Standing(StrEnum):
    """Where a judge is with what was given to them; each has exactly one, the first that holds."""

    ENDED = "ended"
    NO_ANSWER = "no answer"
    NOTHING = "nothing"
    DONE = "done"
    WAITS = "waits"
    LEFT_OPEN = "left open"
    OVERDUE = "overdue"
    SILENT = "silent"
    LATE = "late"
    NOT_BEGUN = "not begun"
    AT_WORK = "at work"


# In this order a list that shows first what asks for something.
URGENCY = {
    Standing.OVERDUE: 0,
    Standing.SILENT: 1,
    Standing.LATE: 2,
    Standing.NOT_BEGUN: 3,
    Standing.AT_WORK: 4,
    Standing.WAITS: 5,
    Standing.LEFT_OPEN: 6,
    Standing.NO_ANSWER: 7,
    Standing.NOTHING: 8,
    Standing.DONE: 9,
    Standing.ENDED: 10,
}


class Came(StrEnum):
    """Whether a sheet was keyed in from paper; unconfirmed until its judge says that it is theirs."""

    ON_SCREEN = ""
    ON_PAPER = "paper"
    UNCONFIRMED = "unconfirmed"


class RoundTimes(Struct, frozen=True):
    state: RoundState
    opens: datetime
    closes: datetime

    def takes_sheets(self, now: datetime) -> bool:
        return self.state in (RoundState.OPEN, RoundState.EXTRA) and now >= self.opens


class Sheet(Struct, frozen=True):
    """An entry in a judge's hands; `state` is one of COUNTED, or how it ended."""

    round_entry: int
    state: str
    given_at: datetime
    begun_at: datetime | None
    """When its judge first opened it, and when they last opened, saved or signed it off."""
    last_at: datetime | None
    signed_at: datetime | None
    extra_until: datetime | None
    paper: Came = Came.ON_SCREEN


class Place(Struct, frozen=True):
    """A seat of the round with its sheets."""

    seat_id: int
    label: str
    name: str
    state: SeatState
    extended_until: datetime | None
    reminded_at: datetime | None
    sheets: tuple[Sheet, ...]

    @property
    def may_write(self) -> bool:
        return self.state is SeatState.ACCEPTED


class JudgeLine(Struct, frozen=True):
    """One judge's row of the board."""

    seat_id: int
    label: str
    name: str
    state: SeatState
    standing: Standing
    counts: Mapping[str, int]
    given: int
    last_at: datetime | None
    """When they last opened, saved or signed off a sheet."""
    until: datetime
    forecast: Forecast
    reminded_at: datetime | None
    waiting: frozenset[int]
    """The round entries whose sheets wait for the judge: not signed off, and the round still reads them."""
    papers: int = 0
    """Sheets that were keyed in from paper, and those of them that the judge has not confirmed."""
    unconfirmed: int = 0

    @property
    def left(self) -> int:
        return len(self.waiting)

    @property
    def signed(self) -> int:
        return self.counts["signed"]

    @property
    def is_behind(self) -> bool:
        return self.standing in (Standing.OVERDUE, Standing.SILENT, Standing.LATE)

    def reminded_lately(self, now: datetime) -> bool:
        return not may_remind(self.reminded_at, now)


def judge_line(
    place: Place,
    times: RoundTimes,
    now: datetime,
    *,
    silent_days: int = SILENT_DAYS,
    among: frozenset[int] | None = None,
) -> JudgeLine:
    """`among` narrows what is counted to some entries; whether a judge is silent is told by all they read."""
    counts = dict.fromkeys(COUNTED, 0)
    live: list[Sheet] = []
    came = Counter[Came]()
    for sheet in place.sheets:
        if sheet.state in counts and (among is None or sheet.round_entry in among):
            counts[sheet.state] += 1
            came[sheet.paper] += 1
            if place.may_write and not is_frozen(times.state, sheet.extra_until):
                live.append(sheet)
    waiting = [sheet for sheet in live if sheet.state != "signed"]
    given = sum(counts.values())
    last = max((sheet.last_at for sheet in place.sheets if sheet.last_at is not None), default=None)
    # Of two deadlines the first tells: it is the one that passes.
    until = min(
        (_until(place, times, sheet.extra_until) for sheet in waiting), default=_until(place, times, None)
    )
    told = _forecast(given, counts["signed"], live, now, until)
    # Nobody is silent about what they have just been given.
    quiet_since = max(last or times.opens, min((sheet.given_at for sheet in waiting), default=times.opens))
    silent = now - quiet_since >= timedelta(days=silent_days)
    return JudgeLine(
        seat_id=place.seat_id,
        label=place.label,
        name=place.name,
        state=place.state,
        standing=_standing(
            place.state,
            told.outlook,
            times,
            now,
            waiting=bool(waiting),
            silent=silent,
            begun=any(sheet.last_at for sheet in live),
        ),
        counts=counts,
        given=given,
        last_at=last,
        until=until,
        forecast=told,
        reminded_at=place.reminded_at,
        waiting=frozenset(sheet.round_entry for sheet in waiting),
        papers=came[Came.ON_PAPER] + came[Came.UNCONFIRMED],
        unconfirmed=came[Came.UNCONFIRMED],
    )


def _until(place: Place, times: RoundTimes, extra_until: datetime | None) -> datetime:
    return deadline_of(
        state=times.state, closes=times.closes, extended_until=place.extended_until, extra_until=extra_until
    )


def _forecast(given: int, signed: int, live: Sequence[Sheet], now: datetime, until: datetime) -> Forecast:
    """Of the sheets that can still be written: what a round left open when it closed is nobody's work any more."""
    done = sum(sheet.state == "signed" for sheet in live)
    if signed < given and done == len(live):
        return Forecast(Outlook.OVER)
    if not live:
        return Forecast(Outlook.DONE if given else Outlook.NOTHING)
    return forecast(
        given=len(live),
        read=done + sum(sheet.state == "ready" for sheet in live),
        signed=done,
        began=min((sheet.begun_at for sheet in live if sheet.begun_at is not None), default=None),
        now=now,
        until=until,
    )


def _standing(
    seat: SeatState,
    outlook: Outlook,
    times: RoundTimes,
    now: datetime,
    *,
    waiting: bool,
    silent: bool,
    begun: bool,
) -> Standing:
    if seat in (SeatState.ENDED, SeatState.DECLINED):
        return Standing.ENDED
    if seat is SeatState.INVITED:
        return Standing.NO_ANSWER
    if outlook is Outlook.NOTHING:
        return Standing.NOTHING
    if outlook is Outlook.DONE:
        return Standing.DONE
    if not waiting:
        return Standing.LEFT_OPEN
    if not times.takes_sheets(now):
        return Standing.WAITS
    if outlook is Outlook.OVER:
        return Standing.OVERDUE
    if silent:
        return Standing.SILENT
    if outlook is Outlook.LATE:
        return Standing.LATE
    return Standing.AT_WORK if begun else Standing.NOT_BEGUN


class EntryStanding(StrEnum):
    COMPLETE = "complete"
    # Fewer judges have it than sheets are wanted.
    SHORT = "short"
    OVERDUE = "overdue"
    SILENT = "silent"
    LATE = "late"
    ON_ITS_WAY = "on its way"


class EntryOf(Struct, frozen=True):
    round_entry: int
    wanted: int


class EntryLine(Struct, frozen=True):
    """One entry's row of the board."""

    round_entry: int
    wanted: int
    counts: Mapping[str, int]
    coming: int
    """Sheets that wait for a judge who may still write them."""
    ended: int
    standing: EntryStanding
    forecast: Forecast
    waits_for: tuple[JudgeLine, ...]
    papers: int = 0
    unconfirmed: int = 0

    @property
    def signed(self) -> int:
        return self.counts["signed"]

    @property
    def given(self) -> int:
        return sum(self.counts.values())

    @property
    def missing(self) -> int:
        """How many sheets are not signed off of those that are wanted."""
        return max(self.wanted - self.signed, 0)

    @property
    def short(self) -> int:
        """How many further judges it takes."""
        return max(self.missing - self.coming, 0)


def entry_lines(
    entries: Iterable[EntryOf], places: Iterable[Place], judges: Iterable[JudgeLine]
) -> list[EntryLine]:
    """`judges` are the lines of `places`, in whatever order, counted over all entries."""
    lines = {line.seat_id: line for line in judges}
    held: dict[int, list[tuple[Sheet, JudgeLine]]] = {}
    for place in places:
        for sheet in place.sheets:
            held.setdefault(sheet.round_entry, []).append((sheet, lines[place.seat_id]))
    return [_entry_line(entry, held.get(entry.round_entry, [])) for entry in entries]


def _entry_line(entry: EntryOf, sheets: Sequence[tuple[Sheet, JudgeLine]]) -> EntryLine:
    counts, ended = dict.fromkeys(COUNTED, 0), 0
    came = Counter(sheet.paper for sheet, _line in sheets if sheet.state in counts)
    waits: list[JudgeLine] = []
    for sheet, line in sheets:
        if sheet.state in counts:
            counts[sheet.state] += 1
        else:
            ended += 1
        if entry.round_entry in line.waiting:
            waits.append(line)
    waits_for = tuple(waits)
    return EntryLine(
        round_entry=entry.round_entry,
        wanted=entry.wanted,
        counts=counts,
        coming=len(waits_for),
        ended=ended,
        standing=_entry_standing(entry.wanted, counts["signed"], waits_for),
        forecast=latest([line.forecast for line in waits_for]),
        waits_for=waits_for,
        papers=came[Came.ON_PAPER] + came[Came.UNCONFIRMED],
        unconfirmed=came[Came.UNCONFIRMED],
    )


def _entry_standing(wanted: int, signed: int, waits_for: Sequence[JudgeLine]) -> EntryStanding:
    if signed >= wanted:
        return EntryStanding.COMPLETE
    if signed + len(waits_for) < wanted:
        return EntryStanding.SHORT
    standings = {line.standing for line in waits_for}
    for standing, told in (
        (Standing.OVERDUE, EntryStanding.OVERDUE),
        (Standing.SILENT, EntryStanding.SILENT),
        (Standing.LATE, EntryStanding.LATE),
    ):
        if standing in standings:
            return told
    return EntryStanding.ON_ITS_WAY
