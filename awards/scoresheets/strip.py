"""A judge's own marks drawn in their own reading order, a strip for each criterion. Pure.

Only one judge's marks ever come in here: no count, middle or range of anybody else's.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from judging.scales import Scale

# The drawing's own units: it is stretched over the width that it gets.
WIDTH, HEIGHT = 1000, 100
_AIR = 14  # between the scale's ends and the drawing's edge, so that a dot is not cut


class OwnCriterion(Struct, frozen=True):
    """`words` names the marks where they are said in words, as in a round of pass or fail; else they are numbers."""

    code: str
    name: str
    scale: Scale
    words: tuple[str, ...] = ()

    def text(self, mark: int) -> str:
        return self.words[mark] if self.words else self.scale.text(mark)


class OwnSheet(Struct, frozen=True):
    """One own sheet, as `number` in the reading order. A criterion that `judged` lacks is not judged there."""

    number: int
    reference: str
    state: str
    judged: frozenset[str]
    marks: Mapping[str, int]
    unmarked: frozenset[str] = frozenset()
    """Criteria answered with "not enough evidence"."""
    calibration: bool = False
    """Whether all judges read this entry before any other."""
    score: int | None = None
    """Its weighted mean in millionths of a scale unit; None as long as a mark is missing."""


class Point(Struct, frozen=True):
    """`text` is empty without a mark; `y` is empty where nothing can be drawn."""

    number: int
    reference: str
    x: int
    y: int | None
    text: str
    answered: bool
    judged: bool


class Strip(Struct, frozen=True):
    code: str
    name: str
    top: int
    in_words: bool
    low: str
    high: str
    """What stands at the foot and at the head."""
    points: tuple[Point, ...]
    """One for each own sheet, in the reading order."""
    here: Point | None
    """The sheet that is open now; not among `others`."""
    marked: int
    lowest: str
    highest: str
    """Over all own marks, the open sheet's too; empty while there is none."""
    at_the_top: int
    """How many own marks stand at the head of the scale: in words, how many pass."""

    @property
    def others(self) -> str:
        """The path of all the dots but the open sheet's."""
        here = self.here.reference if self.here else ""
        return _path(point for point in self.points if point.reference != here)

    @property
    def open_dot(self) -> str:
        return _path([self.here] if self.here else [])


def strips(criteria: Sequence[OwnCriterion], sheets: Sequence[OwnSheet], here: str = "") -> tuple[Strip, ...]:
    """One strip for each criterion, over the sheets in the order given; `here` is the reference of the open one."""
    return tuple(_strip(criterion, sheets, here) for criterion in criteria)


def without_open(strip: Strip) -> Strip:
    """What is said of the other sheets alone: the open one changes while it is looked at."""
    points = [
        point
        for point in strip.points
        if point.text and not (strip.here and point.number == strip.here.number)
    ]
    # Downwards from the head: the least is the highest mark.
    heights = {point.y: point.text for point in points if point.y is not None}
    top = height(strip.top, strip.top)
    return replace(
        strip,
        here=None,
        marked=len(points),
        lowest=heights[max(heights)] if heights else "",
        highest=heights[min(heights)] if heights else "",
        at_the_top=sum(point.y == top for point in points),
    )


def height(mark: int, top: int) -> int:
    """Where a mark stands, downwards from the strip's head."""
    return HEIGHT - _AIR - round((HEIGHT - 2 * _AIR) * mark / top)


def _strip(criterion: OwnCriterion, sheets: Sequence[OwnSheet], here: str) -> Strip:
    code, top = criterion.code, criterion.scale.top
    points = tuple(
        _point(criterion, sheet, (2 * place + 1) * WIDTH // (2 * len(sheets)))
        for place, sheet in enumerate(sheets)
    )
    given = [sheet.marks[code] for sheet in sheets if code in sheet.judged and code in sheet.marks]
    return Strip(
        code=code,
        name=criterion.name,
        top=top,
        in_words=bool(criterion.words),
        low=criterion.text(0),
        high=criterion.text(top),
        points=points,
        here=next((point for point in points if point.reference == here and point.judged), None),
        marked=len(given),
        lowest=criterion.text(min(given)) if given else "",
        highest=criterion.text(max(given)) if given else "",
        at_the_top=sum(mark == top for mark in given),
    )


def _point(criterion: OwnCriterion, sheet: OwnSheet, x: int) -> Point:
    judged = criterion.code in sheet.judged
    mark = sheet.marks.get(criterion.code) if judged else None
    return Point(
        number=sheet.number,
        reference=sheet.reference,
        x=x,
        y=None if mark is None else height(mark, criterion.scale.top),
        text="" if mark is None else criterion.text(mark),
        answered=mark is not None or (judged and criterion.code in sheet.unmarked),
        judged=judged,
    )


def _path(points: Iterable[Point]) -> str:
    """A dot is a stroke of no length with round ends: thirty of them weigh little more than one circle."""
    return "".join(f"M{point.x} {point.y}h0" for point in points if point.y is not None)
