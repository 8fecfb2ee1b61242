"""How published rows are shown: shapes of prizes, drawn rankings, sentences on how sure the order is. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.publication.naming import in_sentence
from awards.publication.queries import PublicationRow, WinnerRow
from awards.web.figures import Axis, Band, axis, bands, in_question, median
from awards.web.i18n import _
from awards.web.words import chance, listing, region


def method_name(code: str) -> str:
    """A way of counting as a reader knows it."""
    return {
        "calibrated": _("calibrated scores"),
        "least-squares": _("taking out each judge’s strictness in full (least squares)"),
        "mean": _("the plain mean of the marks"),
        "median": _("the median of the marks"),
        "trimmed": _("the mean without the highest and the lowest mark"),
        "z-score": _("marks counted from each judge’s own mean and spread"),
        "min-max": _("marks stretched to each judge’s own range"),
        "own country": _("leaving out judges of the entry’s own country"),
    }.get(code, code)


class PrizeMark(Struct, frozen=True):
    text: str
    kind: str
    order: int


def prize_mark(row: WinnerRow) -> PrizeMark:
    """The shape follows the order of the tier; the word always stands beside it."""
    first = (row.figures.get("awards") or [{}])[0]
    kind, order = first.get("kind", "unknown"), first.get("order", 0)
    if kind == "ranked":
        kind = "medal" if order <= 3 else "place"
    elif kind not in ("medal", "place", "best", "mention", "unknown"):
        kind = "mention"
    text = _("%(prize)s (shared)", prize=row.prize) if first.get("shared") else row.prize
    return PrizeMark(text or _("Prize not recorded"), kind, order)


def title_of(row: WinnerRow) -> str:
    """What a winner may call itself: of a prize that is not recorded it is still known that it was won."""
    return prize_mark(row).text if row.prize else _("Winner")


class Winner(Struct, frozen=True):
    row: WinnerRow
    mark: PrizeMark
    name: str
    where: str
    others: tuple[str, ...]


def winner(row: WinnerRow, *, category: bool = True) -> Winner:
    parts = [row.country_label or region(row.region)]
    if category:
        parts.append(row.category)
    return Winner(
        row,
        prize_mark(row),
        row.entrant_name or row.title,
        " · ".join(part for part in parts if part),
        tuple(
            _("%(prize)s (shared)", prize=award["name"]) if award.get("shared") else award["name"]
            for award in row.figures.get("awards", ())[1:]
        ),
    )


class RankedRow(Struct, frozen=True):
    row: WinnerRow
    name: str
    estimate: int
    raw: int | None
    error: int | None
    quantiles: tuple[int, ...]
    prize_chance: int | None


class Ranking(Struct, frozen=True):
    """Entries in the order of their official score, with what is drawn around it."""

    axis: Axis
    bands: tuple[Band[RankedRow], ...]
    cut: int | None
    drawn: bool
    tied: bool


def ranking(rows: Sequence[WinnerRow], cut: int | None) -> Ranking | None:
    """None where no scores are shown."""
    lines = [
        RankedRow(
            row,
            row.entrant_name or row.title,
            row.figures["estimate"],
            row.figures.get("raw"),
            row.figures.get("error"),
            tuple(row.figures.get("quantiles", ())),
            row.figures.get("prize_chance"),
        )
        for row in sorted(rows, key=lambda row: (row.rank or 10**6, row.slug))
        if row.figures.get("estimate") is not None
    ]
    if not lines:
        return None
    values = [
        value
        for line in lines
        for value in (line.estimate, *line.quantiles, *((line.raw,) if line.raw is not None else ()))
    ]
    grouped = bands(lines, lambda line: line.prize_chance is not None and in_question(line.prize_chance))
    return Ranking(
        axis(values), grouped, cut, any(line.quantiles for line in lines), any(band.tied for band in grouped)
    )


class Said(Struct, frozen=True):
    """A sentence with its tag: whether something moves."""

    moves: bool
    text: str


def sure(figures: Mapping[str, Any], rows: Sequence[WinnerRow]) -> list[str]:
    """How often one was ahead of the next, for those who have a prize or might have had one."""
    names = {row.slug: in_sentence(row) for row in rows}
    shown = {row.slug for row in rows if row.prize or in_question(row.figures.get("prize_chance") or 0)}
    return [
        _("%(first)s was ahead of %(second)s in %(count)s recalculations.", first=names[step["ahead"]],
          second=names[step["behind"]], count=chance(step["chance"]))
        for step in figures.get("steps", ())
        if step["ahead"] in shown and step["behind"] in names
    ][:6]  # fmt: skip


def otherwise(figures: Mapping[str, Any], prizes: Mapping[str, str], rows: Sequence[WinnerRow]) -> list[Said]:
    """What other ways of counting would have given, each as a sentence."""
    names = {row.slug: in_sentence(row) for row in rows}
    said = _without_the_meeting(rows)
    for alternative in figures.get("alternatives", ()):
        moves = [move for move in alternative["moves"] if move["prize"] in prizes]
        if alternative["kind"] == "judge":
            said.append(_judges(alternative, moves, prizes))
            continue
        way = method_name(alternative["what"])
        if not moves:
            said.append(Said(False, _("By %(way)s no prize would move.", way=way)))
            continue
        parts = []
        for move in moves:
            gains = [names[slug] for slug in move["gains"] if slug in names]
            prize = prizes[move["prize"]]
            parts.append(
                _("%(prize)s would go to %(names)s", prize=prize, names=listing(gains))
                if gains
                else _("%(prize)s would go elsewhere", prize=prize)
            )
        said.append(Said(True, _("By %(way)s, %(parts)s.", way=way, parts=listing(parts))))
    return said


def _without_the_meeting(rows: Sequence[WinnerRow]) -> list[Said]:
    moved = sorted((row for row in rows if row.moved), key=lambda row: (row.rank or 10**6, row.slug))
    if not moved:
        return []
    places = [
        _("%(name)s at place %(place)d", name=in_sentence(row), place=row.rank)
        if row.rank
        else _("%(name)s without a place", name=in_sentence(row))
        for row in moved
    ]
    return [Said(True, _("Without the meeting, by the numbers alone: %(places)s.", places=listing(places)))]


def _judges(
    alternative: Mapping[str, Any], moves: Sequence[Mapping[str, Any]], prizes: Mapping[str, str]
) -> Said:
    most = int(alternative["what"])
    if not moves:
        return Said(
            False,
            _("Leaving out one judge at a time moves no prize in any of the %(most)s cases.", most=most),
        )
    parts = [_("%(prize)s in %(cases)d", prize=prizes[move["prize"]], cases=move["cases"]) for move in moves]
    return Said(
        True,
        _(
            "Leaving out one judge at a time, in %(most)d cases, moves %(parts)s.",
            most=most,
            parts=listing(parts),
        ),
    )


def prize_names(publication: PublicationRow, category: str) -> dict[str, str]:
    return {
        prize["code"]: prize["name"]
        for prize in publication.figures.get("prizes", ())
        if prize["category"] in (category, "")
    }


class CriterionLine(Struct, frozen=True):
    name: str
    value: int
    others: tuple[int, ...]
    middle: int | None
    agreed: int | None
    """The mark that a meeting agreed on beside it."""


class ByCriterion(Struct, frozen=True):
    axis: Axis
    lines: tuple[CriterionLine, ...]


def by_criterion(
    row: WinnerRow, rows: Sequence[WinnerRow], figures: Mapping[str, Any], agreed: Mapping[str, int]
) -> ByCriterion | None:
    """The entry's official score in each criterion against those that are published beside it."""
    own = {one["code"]: one["estimate"] for one in row.figures.get("criteria", ())}
    lines = []
    for criterion in figures.get("criteria", ()):
        value = own.get(criterion["code"])
        if value is None:
            continue
        others = tuple(
            one["estimate"]
            for other in rows
            for one in other.figures.get("criteria", ())
            if one["code"] == criterion["code"] and one["estimate"] is not None
        )
        # The middle of three or more; of fewer it would only repeat one of them.
        lines.append(
            CriterionLine(
                criterion["name"],
                value,
                others,
                median(others) if len(others) > 2 else None,
                agreed.get(criterion["code"]),
            )
        )
    if not lines:
        return None
    return ByCriterion(axis([value for line in lines for value in line.others]), tuple(lines))
