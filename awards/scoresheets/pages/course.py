"""The picture of a round day by day: what was signed off, beside what is needed by then."""

from datetime import datetime

from msgspec import Struct

from awards.panels.queries import RoundRow
from awards.scoresheets.course import DAY, Course, Step, course
from awards.web.figures import fixed_axis
from awards.web.i18n import _, ngettext
from awards.web.words import day, number, short_day, zone_of

# In per cent of the picture: room for the numbers beside it and the days under it.
SIDE, FOOT, HEAD = 7.0, 15.0, 4.0


class Bar(Struct, frozen=True):
    """Positions as SVG takes them; `day` is the part that these days added, and what they need stands across."""

    x: str
    width: str
    begins: str
    ends: str
    day_y: str
    day_height: str
    before_y: str
    before_height: str
    needed_y: str
    past: bool


class Tick(Struct, frozen=True):
    y: str
    text: str


class Picture(Struct, frozen=True):
    """What is drawn, with its words: as long as it is the same, it is drawn once."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    first: str
    last: str


class Row(Struct, frozen=True):
    first: str
    days: int
    signed: str
    total: str
    needed: str


class CourseFigure(Struct, frozen=True):
    picture: Picture
    rows: tuple[Row, ...]
    sentences: tuple[str, ...]


def course_figure(
    found: RoundRow, signed_at: tuple[datetime, ...], wanted: int, now: datetime
) -> CourseFigure | None:
    """None before the round opens: nothing is signed off, and nothing is late."""
    if now < found.opens or not wanted:
        return None
    told = course(
        signed_at,
        wanted=wanted,
        opens=found.opens,
        closes=found.closes,
        now=now,
        zone=zone_of(found.edition.zone),
    )
    width = (100 - SIDE) / len(told.steps)

    def height(sheets: int) -> float:
        return (100 - FOOT - HEAD) * sheets / told.top

    def at(sheets: int) -> str:
        return _per_cent(100 - FOOT - height(sheets))

    bars = tuple(
        Bar(
            x=_per_cent(SIDE + width * (place + 0.1)),
            width=_per_cent(width * 0.8),
            begins=_per_cent(SIDE + width * place),
            ends=_per_cent(SIDE + width * (place + 1)),
            day_y=at(step.total),
            day_height=_per_cent(height(step.signed)),
            before_y=at(step.total - step.signed),
            before_height=_per_cent(height(step.total - step.signed)),
            needed_y=at(step.needed),
            past=step.past,
        )
        for place, step in enumerate(told.steps)
    )
    ticks = tuple(Tick(at(tick), number(tick)) for tick in (0, *fixed_axis(0, told.top, 4).ticks))
    first, last = told.steps[0].first, told.steps[-1].first + (told.steps[-1].days - 1) * DAY
    picture = Picture(bars, ticks, short_day(first), short_day(last) if last > first else "")
    return CourseFigure(picture, tuple(_row(step) for step in told.steps), _sentences(told))


def _row(step: Step) -> Row:
    """Of days to come only what they need is known."""
    return Row(
        day(step.first),
        step.days,
        number(step.signed) if step.past else "–",
        number(step.total) if step.past else "–",
        number(step.needed),
    )


def _per_cent(value: float) -> str:
    return f"{value:.2f}%"


def _sentences(told: Course) -> tuple[str, ...]:
    said = [
        ngettext(
            "%(signed)s of %(num)d sheet is signed off.",
            "%(signed)s of %(num)d sheets are signed off.",
            told.wanted,
            signed=number(told.signed),
        )
    ]
    if told.left and told.left_days:
        said.append(
            ngettext(
                "From today %(num)d a day is needed until the round closes;",
                "From today %(num)d a day are needed until the round closes;",
                told.a_day,
            )
            + " "
            + ngettext(
                "%(num)d came in the last seven days.", "%(num)d came in the last seven days.", told.recent
            )
        )
    elif told.left:
        said.append(_("The round's own deadline has passed."))
    return tuple(said)
