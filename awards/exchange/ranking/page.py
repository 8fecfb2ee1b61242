"""The report as one page that needs nothing else: styles inside, figures drawn here, no script."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from awards import __version__, data_dir
from awards.exchange.ranking.explained import agreement_facts, agreement_words, explained, settings, unusual
from awards.exchange.ranking.report import Report, Result, in_place_order
from awards.exchange.ranking.standing import Pool, takers
from awards.exchange.ranking.warnings import Warned
from awards.exchange.ranking.widths import clean
from awards.exchange.ranking.words import how_sure_of, method_words
from awards.web.figures import Axis, Band, bands, between, fixed_axis, in_question
from awards.web.i18n import SOURCE, _, ngettext
from awards.web.templating import STATIC, environment
from judging.distributions import student_quantile

MILLION = 1_000_000
MOST_ROWS = 2000
MOST_JUDGES = 500
MOST_ANSWERS = 60
NAMES = 12


@dataclass(frozen=True)
class Row:
    rank: int
    entry: str
    count: int
    raw: int | None
    estimate: int
    quantiles: tuple[int, ...]
    low: int | None
    high: int | None
    first: int | None
    prizes: tuple[int | None, ...]


@dataclass(frozen=True)
class Ranking:
    title: str
    caption: str
    sure: str
    axis: Axis
    cut: int | None
    bands: tuple[Band[Row], ...]
    tied: bool
    drawn: bool
    more: str


@dataclass(frozen=True)
class JudgeLine:
    judge: str
    count: int
    severity: int | None
    low: int | None
    high: int | None
    spread: int | None
    infit: int | None
    outfit: int | None


@dataclass(frozen=True)
class Said:
    code: str
    message: str
    names: str


@dataclass(frozen=True)
class Page:
    lang: str
    styles: Markup
    title: str
    counts: str
    method: str
    apart: bool
    rankings: tuple[Ranking, ...]
    tiers: tuple[str, ...]
    decimals: int
    unranked: tuple[str, ...]
    warnings: tuple[Said, ...]
    limits: tuple[str, ...]
    severity_axis: Axis | None
    judges: tuple[JudgeLine, ...]
    more_judges: str
    agreement_words: str
    agreement: tuple[tuple[str, str], ...]
    unusual: tuple[str, ...]
    answers_words: str
    answers: tuple[str, ...]
    more_answers: str
    quiet: tuple[str, ...]
    quiet_words: str
    criteria: tuple[tuple[str, int], ...]
    by_criterion: tuple[tuple[str, tuple[int | None, ...]], ...]
    explained: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    made: str


def as_html(report: Report, name: str) -> str:
    """`name` of the file that was ranked."""
    page = make_page(report, name)
    return environment(data_dir("templates")).get_template("rank/report.html").render(page=page)


def make_page(report: Report, name: str) -> Page:
    ballot, total = report.ballot, report.total
    order = in_place_order(report, total)
    lines, severity_axis = _judges(report, total)
    asked = [answer for answer in total.answers if answer.prize and answer.moves is not None]
    moved = [answer for answer in asked if answer.moves]
    kept = [answer for answer in asked if not answer.moves]
    return Page(
        lang=SOURCE,
        styles=_styles(),
        title=_("Ranking of %(name)s", name=clean(name)),
        counts=_counts(report),
        method=method_words(report.wish.method),
        apart=not report.connected,
        rankings=tuple(
            _ranking(report, pool, number, members, order)
            for pool in total.decision.pools
            for number, members in enumerate(pool.parts)
        ),
        tiers=tuple(_("Prize %(number)s", number=n + 1) for n in range(len(report.wish.tiers)))
        if report.wish.tiers != (1,)
        else (),
        decimals=2,
        unranked=tuple(
            clean(ballot.entries[entry]) for entry in order if total.standing.ranks[entry] is None
        ),
        warnings=tuple(_said(one) for one in total.warned),
        limits=report.limits,
        severity_axis=severity_axis,
        judges=tuple(lines[:MOST_JUDGES]),
        more_judges=_(
            "%(more)s more judges between the strictest and the mildest are in the JSON.",
            more=len(lines) - MOST_JUDGES,
        )
        if len(lines) > MOST_JUDGES
        else "",
        agreement_words=agreement_words(total.seen.agreement),
        agreement=agreement_facts(total.seen.agreement),
        unusual=unusual(report),
        answers_words=_(
            "%(asked)s questions were asked; in %(moved)s of them a prize would move.",
            asked=len(asked),
            moved=len(moved),
        ),
        answers=tuple(answer.sentence for answer in moved[:MOST_ANSWERS]),
        more_answers=_("%(more)s more are in the JSON.", more=len(moved) - MOST_ANSWERS)
        if len(moved) > MOST_ANSWERS
        else "",
        quiet=tuple(answer.sentence for answer in kept),
        quiet_words=_("%(kept)s questions in which no prize moves", kept=len(kept)),
        criteria=tuple(
            (clean(criterion), weight)
            for (criterion, _result), weight in zip(report.criteria, report.weights, strict=True)
        )
        if report.criteria
        else (),
        by_criterion=tuple(
            (
                clean(ballot.entries[entry]),
                tuple(_millionths(float(result.fitted.estimate[entry])) for _name, result in report.criteria),
            )
            for entry in order[:MOST_ROWS]
        )
        if report.criteria
        else (),
        explained=explained(report),
        settings=settings(report),
        made=_(
            "Made by awards %(version)s. The same file and the same seed give the same page.",
            version=__version__,
        ),
    )


def _styles() -> Markup:
    # The stylesheet is ours; nothing that was read stands in it.
    styles = (STATIC / "awards.css").read_text(encoding="utf-8")
    return Markup(f"<style>\n{styles}</style>")  # noqa: S704


def _counts(report: Report) -> str:
    ballot = report.ballot
    scores, entries, judges = ballot.scores, len(ballot.entries), len(ballot.judges)
    parts = [
        ngettext("%(n)s score", "%(n)s scores", scores, n=f"{scores:,}"),
        ngettext("%(n)s entry", "%(n)s entries", entries, n=f"{entries:,}"),
        ngettext("%(n)s judge", "%(n)s judges", judges, n=f"{judges:,}"),
    ]
    if report.criteria:
        parts.append(_("%(n)s criteria", n=len(report.criteria)))
    return ", ".join(parts) + "."


def _ranking(
    report: Report, pool: Pool, number: int, members: tuple[int, ...], order: Sequence[int]
) -> Ranking:
    inside = set(members)
    ranked = [entry for entry in order if entry in inside]
    rows = [_row(report, entry) for entry in ranked[:MOST_ROWS]]
    title = clean(pool.category) or _("Ranking")
    if len(pool.parts) > 1:
        title = _(
            "%(title)s, part %(number)s of %(parts)s", title=title, number=number + 1, parts=len(pool.parts)
        )
    values = [
        value
        for row in rows
        for value in (row.estimate, *row.quantiles, *([] if row.raw is None else [row.raw]))
    ]
    cut = _cut(report, pool, ranked)
    grouped = bands(rows, _is_in_question)
    return Ranking(
        title=title,
        caption=_("%(title)s: places, scores and how sure they are", title=title),
        sure=how_sure_of(report, pool, number),
        axis=_axis(values),
        cut=cut,
        bands=grouped,
        tied=any(band.tied for band in grouped),
        drawn=any(row.quantiles for row in rows),
        more=_("%(more)s more entries are in the JSON and the CSV.", more=f"{len(ranked) - MOST_ROWS:,}")
        if len(ranked) > MOST_ROWS
        else "",
    )


def _row(report: Report, entry: int) -> Row:
    fitted, standing = report.total.fitted, report.total.standing
    sure = standing.sure[entry]
    return Row(
        rank=standing.ranks[entry] or 0,
        entry=clean(report.ballot.entries[entry]),
        count=int(fitted.counts[entry]),
        raw=_millionths(float(fitted.raw[entry])),
        estimate=_millionths(float(fitted.estimate[entry])) or 0,
        quantiles=() if sure is None else tuple(_millionths(value) or 0 for value in sure.quantiles),
        low=None if sure is None else sure.rank_low,
        high=None if sure is None else sure.rank_high,
        first=None if sure is None else round(sure.first * MILLION),
        prizes=()
        if report.wish.tiers == (1,)
        else tuple(
            None if sure is None else round(sure.prizes[n] * MILLION) for n in range(len(report.wish.tiers))
        ),
    )


def _is_in_question(row: Row) -> bool:
    """Of the last place that takes a prize, which is what a jury talks about."""
    chances = [row.first, *row.prizes] if not row.prizes else list(row.prizes)
    known = [chance for chance in chances if chance is not None]
    return bool(known) and in_question(min(MILLION, sum(known)))


def _cut(report: Report, pool: Pool, ranked: Sequence[int]) -> int | None:
    """Half-way between the last who takes a prize and the first who misses it."""
    fitted, ranks = report.total.fitted, report.total.standing.ranks
    given = takers(pool, report.total.decision.numbers.official, report.wish.tiers)
    inside = {entry for tier in given or () for entry in tier}
    missed = [entry for entry in ranked if entry not in inside and ranks[entry] is not None]
    if not inside or not missed:
        return None
    last = min(float(fitted.estimate[entry]) for entry in inside)
    return between(round(last * MILLION), round(float(fitted.estimate[missed[0]]) * MILLION))


def _judges(report: Report, result: Result) -> tuple[list[JudgeLine], Axis | None]:
    fitted = result.fitted
    lines = []
    freedom = {}
    if fitted.calibration is not None:
        freedom = {judge: part.dof for part in fitted.calibration.parts for judge in part.judges}
    for row in result.seen.rows:
        severity, error = float(fitted.severity[row.judge]), float(fitted.severity_se[row.judge])
        reach = student_quantile(0.95, min(max(freedom.get(row.judge, 1000), 1), 1000)) * error
        lines.append(
            JudgeLine(
                judge=clean(report.ballot.judges[row.judge]),
                count=int(fitted.judge_counts[row.judge]),
                severity=_millionths(severity),
                low=_millionths(severity - reach),
                high=_millionths(severity + reach),
                spread=_millionths(row.spread),
                infit=_millionths(row.infit),
                outfit=_millionths(row.outfit),
            )
        )
    lines.sort(key=lambda line: (-(line.severity if line.severity is not None else -(10**18)), line.judge))
    if len(lines) > MOST_JUDGES:
        lines = [
            *lines[: MOST_JUDGES // 2],
            *lines[-MOST_JUDGES // 2 :],
            *lines[MOST_JUDGES // 2 : -MOST_JUDGES // 2],
        ]
    known = [
        abs(value) for line in lines for value in (line.severity, line.low, line.high) if value is not None
    ]
    if not known:
        return lines, None
    reach_of_all = max(max(known) * 7 // 6, 1000)
    return lines, fixed_axis(-reach_of_all, reach_of_all)


def _axis(values: Sequence[int]) -> Axis:
    low, high = (min(values), max(values)) if values else (0, MILLION)
    air = max((high - low) // 20, 1000)
    return fixed_axis(low - air, high + air)


def _said(one: Warned) -> Said:
    return Said(one.code, one.message, _names([*one.judges, *one.entries]))


def _names(names: Iterable[str]) -> str:
    every = [clean(name) for name in names]
    shown = ", ".join(every[:NAMES])
    return shown + (_(" and %(more)s more", more=len(every) - NAMES) if len(every) > NAMES else "")


def _millionths(value: float) -> int | None:
    return round(value * MILLION) if math.isfinite(value) else None
