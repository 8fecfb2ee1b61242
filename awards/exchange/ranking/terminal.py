"""The ranking as text: at most so many columns wide, with names in any script."""

from collections.abc import Iterator, Sequence

from awards.exchange.ranking.asking import points
from awards.exchange.ranking.report import Report, Result, in_place_order
from awards.exchange.ranking.widths import clean, pad, wrap
from awards.exchange.ranking.words import how_sure, method_words

MOST_ROWS = 200
PLOT = 19
NAME = 12


def as_text(report: Report, width: int = 80) -> str:
    return "\n".join(_lines(report, max(width, 60))) + "\n"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _lines(report: Report, width: int) -> Iterator[str]:
    ballot = report.ballot
    counts = [
        _counted(ballot.scores, "score", "scores"),
        _counted(len(ballot.entries), "entry", "entries"),
        _counted(len(ballot.judges), "judge", "judges"),
    ]
    if report.criteria:
        counts.append(f"{len(report.criteria)} criteria")
    yield from wrap(f"{', '.join(counts)}. {method_words(report.wish.method)}", width)
    yield ""
    yield from _ranking(report, width)
    yield ""
    for sentence in how_sure(report):
        yield from wrap(sentence, width)
    yield from _judges(report, report.total, width)
    moved = [answer for answer in report.total.answers if answer.moves]
    asked = [
        answer
        for answer in report.total.answers
        if answer.kind in ("method", "criterion", "judge", "sheets") and answer.prize
    ]
    if asked:
        yield ""
        yield f"Would a prize move? {len(asked)} questions, {len(moved)} yes."
        for answer in moved[:20]:
            yield from wrap(f"- {answer.sentence}", width, "  ")
        if len(moved) > 20:
            yield f"  … and {len(moved) - 20} more: --json or --html."
    if report.total.warned:
        yield ""
        yield "Warnings"
        for warned in report.total.warned:
            names = _some([*warned.judges, *warned.entries])
            yield from wrap(f"- {warned.code}: {warned.message}{names}", width, "  ")


def _ranking(report: Report, width: int) -> Iterator[str]:
    order = in_place_order(report, report.total)
    shown = order[:MOST_ROWS]
    if not shown:
        return
    ballot, fitted, standing = report.ballot, report.total.fitted, report.total.standing
    ends = _ends(report, shown)
    fixed = 5 + 2 + 8 + 2 + 8 + 2 + 8 + 2 + 4 + 2
    plot = PLOT if ends is not None and width >= fixed + NAME + 2 + PLOT else 0
    room = width - fixed - (plot + 2 if plot else 0)
    head = f"{'place':>5}  {'90 in 100':>9} {'score':>8}  {'mean':>8}  {'n':>4}  {pad('entry', room)}"
    if plot and ends is not None:
        head += "  " + _scale(ends, plot)
    yield head.rstrip()
    before: tuple[str, int] | None = None
    for entry in shown:
        part = int(fitted.part[entry])
        category = ballot.categories[entry] if report.wish.by_category else ""
        if (category, part) != before and (category or not report.connected):
            where = [category] if category else []
            if not report.connected:
                where.append(f"part {part + 1}" if part >= 0 else "without a place")
            yield from wrap(f"— {clean(', '.join(where))}", width)
            before = category, part
        rank, sure = standing.ranks[entry], standing.sure[entry]
        span = "–" if sure is None else f"{sure.rank_low}–{sure.rank_high}"
        line = (
            f"{'–' if rank is None else rank:>5}  {span:>9} {_points(fitted.estimate[entry]):>8}"
            f"  {_points(fitted.raw[entry]):>8}  {int(fitted.counts[entry]):>4}  {pad(clean(ballot.entries[entry]), room)}"
        )
        if plot and ends is not None:
            quantiles = None if sure is None else (sure.quantiles[0], sure.quantiles[-1])
            line += "  " + _drawn(float(fitted.estimate[entry]), quantiles, ends, plot)
        yield line.rstrip()
    if len(order) > len(shown):
        yield f"… and {len(order) - len(shown):,} more entries: --json, --csv OUT or --html REPORT."


def _judges(report: Report, result: Result, width: int) -> Iterator[str]:
    fitted = result.fitted
    rows = [row for row in result.seen.rows if fitted.severity[row.judge] == fitted.severity[row.judge]]
    if not rows:
        return
    rows.sort(key=lambda row: (-float(fitted.severity[row.judge]), row.judge))
    yield ""
    shown = rows if len(rows) <= 40 else [*rows[:20], *rows[-20:]]
    yield f"{'severity':>9}  {'±':>7}  {'n':>5}  judge (positive gives less than others would)"
    for place, row in enumerate(shown):
        if len(rows) > 40 and place == 20:
            yield f"{'…':>9}"
        error = float(fitted.severity_se[row.judge])
        yield (
            f"{fitted.severity[row.judge]:>+9.2f}  {_points(error):>7}  {int(fitted.judge_counts[row.judge]):>5}"
            f"  {pad(clean(report.ballot.judges[row.judge]), width - 29)}"
        ).rstrip()


def _ends(report: Report, shown: Sequence[int]) -> tuple[float, float] | None:
    """The span of the drawing: every interval and every estimate that is shown."""
    values = []
    for entry in shown:
        sure = report.total.standing.sure[entry]
        if sure is not None:
            values += [sure.quantiles[0], sure.quantiles[-1]]
        elif report.total.standing.ranks[entry] is not None:
            values.append(float(report.total.fitted.estimate[entry]))
    return (min(values), max(values)) if values and max(values) > min(values) else None


def _scale(ends: tuple[float, float], plot: int) -> str:
    low, high = points(round(ends[0], 2)), points(round(ends[1], 2))
    return low + " " * max(1, plot - len(low) - len(high)) + high


def _drawn(value: float, span: tuple[float, float] | None, ends: tuple[float, float], plot: int) -> str:
    if value != value:
        return ""

    def at(number: float) -> int:
        return min(plot - 1, max(0, round((number - ends[0]) / (ends[1] - ends[0]) * (plot - 1))))

    cells = [" "] * plot
    if span is not None:
        for place in range(at(span[0]), at(span[1]) + 1):
            cells[place] = "─"
    cells[at(value)] = "●"
    return "".join(cells)


def _points(value: float) -> str:
    return "–" if value != value else f"{value:.2f}" if abs(value) < 99_999 else f"{value:.3g}"


def _some(names: Sequence[str], most: int = 6) -> str:
    if not names or len(names) > 40:
        return ""
    shown = ", ".join(clean(name) for name in names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f" ({shown}{more})"
