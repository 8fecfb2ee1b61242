"""The figures of judging/README.md, drawn from a planted jury by the report of `awards rank`.

`python -m benchmarks.figures` writes them again. Rows, axes and marks are those of the report's own page
(awards/exchange/ranking/page.py and the macros of templates/components/figures.html); only the frame around them,
and the truth, which a report cannot know, are drawn here.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from markupsafe import escape

from awards import data_dir
from awards.exchange.ranking.page import Page, make_page
from awards.exchange.ranking.reading import read_ballot
from awards.exchange.ranking.report import Wish, make_report
from awards.web.figures import Axis, fixed_axis
from awards.web.templating import STATIC, environment
from judging import Expected, Prospect, plan_round

FOLDER = Path(__file__).resolve().parent.parent / "judging" / "figures"
SEED = 20261122
MILLION = 1_000_000
READS = 4
NOISE = 0.55
# Deviations of judges and of noise beside the entries' own: as essays are marked, as wine is tasted, as diving is.
USUAL, MUCH, LITTLE = Expected(1.0, 0.4, 0.8), Expected(1.0, 0.6, 1.4), Expected(1.0, 0.15, 0.35)
ENTRIES = (
    "Air on every corner", "Benches that listen", "Budget in the open", "Bus within reach", "Care at the door",
    "Clinic by tram", "Clean harbour", "Court online", "Eyes on the river", "First day papers", "Forms in ten tongues",
    "Heat map for elders", "Land book for all", "Lights that sleep", "One counter", "Parking for wheels",
    "Repair a street", "School way safe", "Seeds of the city", "Water you can see",
)  # fmt: skip
# Positive gives less than others would; they sum to 0.
JUDGES = {
    "Adisa": 1.1, "Brandt": 0.7, "Chen": 0.3, "Duarte": 0.1, "Eriksen": -0.2, "Farah": -0.4, "Gupta": -0.6, "Horvat": -1.0,
}  # fmt: skip
CLASSES = (
    "ax",
    "ax-cut",
    "gridline",
    "zero",
    "cut",
    "reach",
    "reach-core",
    "whisker",
    "dot",
    "raw",
    "median",
)
WIDTH, ROW, HEAD, AIR = 780, 30, 46, 16


@dataclass(frozen=True)
class Planted:
    """`rows` of the spreadsheet, and the truth behind them."""

    rows: tuple[tuple[str, str, float], ...]
    quality: dict[str, float]
    severity: dict[str, float]


def planted() -> Planted:
    """Quarter points from 0 to 10; each entry is read by four of eight judges, drawn by lot."""
    draw = np.random.default_rng(SEED)
    names, severity = list(JUDGES), list(JUDGES.values())
    quality = np.round(draw.normal(7.0, 0.8, len(ENTRIES)), 2)
    rows = []
    for number, entry in enumerate(ENTRIES):
        for judge in sorted(draw.choice(len(names), READS, replace=False).tolist()):
            score = quality[number] - severity[judge] + draw.normal(0, NOISE)
            rows.append((entry, names[judge], float(np.clip(np.round(score * 4) / 4, 0, 10))))
    return Planted(tuple(rows), dict(zip(ENTRIES, quality.tolist(), strict=True)), JUDGES)


def page_of(jury: Planted) -> Page:
    """What `awards rank SCORES.csv --prizes 1,2 --html REPORT` shows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.csv"
        lines = ["entry,judge,score", *(f"{entry},{judge},{score}" for entry, judge, score in jury.rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return make_page(make_report(read_ballot(path), Wish(tiers=(1, 2))), path.name)


def figures() -> dict[str, str]:
    """The text of each file by its name."""
    jury = planted()
    page = page_of(jury)
    return {
        "ranking.svg": _svg(
            "A ranking: each entry’s calibrated score as a dot with its interval, the plain mean as a ring under it",
            *_ranking(page),
        ),
        "means.svg": _svg(
            "Plain means and calibrated scores beside the planted truth, for entries that met strict or mild judges",
            *_means(page, jury),
        ),
        "severity.svg": _svg(
            "Each judge’s estimated severity as a dot with its interval, and the planted severity as a bar",
            *_severity(page, jury),
        ),
        "planning.svg": _svg(
            "The chance that the first place is the best entry, by sheets an entry: a dot, and a line from judges "
            "who differ much to judges who differ little",
            *_planning(),
        ),
    }


# --- the three figures ---------------------------------------------------------------------------------


def _ranking(page: Page) -> tuple[list[str], int]:
    ranking = page.rankings[0]
    places, strip = (AIR, 30), (220, 360)
    drawn = [
        _text(places[0], HEAD - 8, "place", "soft"),
        _text(60, HEAD - 8, "entry", "soft"),
        _strip(_macro("head", ranking.axis, "", cut=ranking.cut), *strip, 0, HEAD),
        _text(650, HEAD - 8, "score", "soft end"),
        _text(WIDTH - AIR, HEAD - 8, "place in 90 of 100", "soft end"),
    ]
    y = HEAD
    for band in ranking.bands:
        if band.tied:
            drawn.append(f'<rect class="tie" x="0" y="{y}" width="{WIDTH}" height="{ROW * len(band.rows)}"/>')
        for row in band.rows:
            low, core_low, core_high, high = row.quantiles
            strip_of = _macro(
                "ranking", ranking.axis, low, high, row.estimate, core_low, core_high, row.raw, ranking.cut
            )
            drawn += [
                _text(places[0], y + 20, str(row.rank)),
                _text(60, y + 20, row.entry),
                _strip(strip_of, *strip, y, ROW),
                _text(650, y + 20, _points(row.estimate), "end"),
                _text(
                    WIDTH - AIR,
                    y + 20,
                    f"{row.low}–{row.high}" if row.low != row.high else str(row.low),
                    "end",
                ),
            ]
            y += ROW
    keys = [("dot", "calibrated score, its line: 50 and 90 of 100 recalculations"), ("raw", "plain mean")]
    return [*drawn, *_key(keys, y), _shade(510, y, "the scores do not settle these prizes")], y + 40


def _means(page: Page, jury: Planted) -> tuple[list[str], int]:
    """The entries whose judges were the strictest and the mildest on average."""
    rows = {row.entry: row for band in page.rankings[0].bands for row in band.rows}
    met = {
        name: sum(jury.severity[judge] for entry, judge, _ in jury.rows if entry == name) / READS
        for name in rows
    }
    order = sorted(rows, key=lambda name: (-met[name], name))
    shown = [*order[:5], *order[-5:]]
    values = [
        value
        for name in shown
        for value in (rows[name].estimate, rows[name].raw or 0, _truth(jury.quality[name]))
    ]
    axis = fixed_axis(min(values) - MILLION // 4, max(values) + MILLION // 4)
    by_mean = [row.raw or 0 for row in rows.values()]
    drawn = [
        _text(AIR, HEAD - 8, "entry", "soft"),
        _strip(_macro("head", axis, ""), 190, 330, 0, HEAD),
        _text(600, HEAD - 24, "its judges", "soft end"),
        _text(600, HEAD - 8, "gave", "soft end"),
        _text(690, HEAD - 24, "place by", "soft end"),
        _text(690, HEAD - 8, "mean", "soft end"),
        _text(WIDTH - AIR, HEAD - 24, "place", "soft end"),
        _text(WIDTH - AIR, HEAD - 8, "calibrated", "soft end"),
    ]
    y = HEAD
    for name in shown:
        row = rows[name]
        raw, truth = axis.at(row.raw or 0), axis.at(_truth(jury.quality[name]))
        strip_of = _inside(_macro("single", axis, row.estimate)).replace(
            "<circle",
            f'<line class="median" x1="{truth}" x2="{truth}" y1="15%" y2="85%"/>'
            f'<circle class="raw" cx="{raw}" cy="50%" r="5"/><circle',
        )
        drawn += [
            _text(AIR, y + 20, name),
            _nested(strip_of, 190, 330, y, ROW),
            _text(600, y + 20, f"{-met[name]:+.2f}".replace("-", "−"), "end"),
            _text(690, y + 20, str(1 + sum(one > (row.raw or 0) for one in by_mean)), "end"),
            _text(WIDTH - AIR, y + 20, str(row.rank), "end"),
        ]
        y += ROW
        if name == shown[4]:
            drawn.append(f'<line class="zero" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>')
    return [
        *drawn,
        *_key(
            [("dot", "calibrated score"), ("raw", "plain mean"), ("median", "the truth that was planted")], y
        ),
    ], y + 40


def _severity(page: Page, jury: Planted) -> tuple[list[str], int]:
    axis = page.severity_axis
    assert axis is not None
    ends = {"labels": "signed", "low_word": "milder", "high_word": "stricter"}
    drawn = [
        _text(AIR, HEAD - 8, "judge", "soft"),
        _text(160, HEAD - 8, "scores", "soft end"),
        _strip(_macro("head", axis, "", **ends), 190, 470, 0, HEAD),
        _text(WIDTH - AIR, HEAD - 8, "severity", "soft end"),
    ]
    y = HEAD
    for row in page.judges:
        truth = axis.at(_truth(jury.severity[row.judge]))
        strip_of = _inside(_macro("severity", axis, row.low, row.high, row.severity))
        strip_of = strip_of.replace(
            '<circle class="dot"',
            f'<line class="median" x1="{truth}" x2="{truth}" y1="15%" y2="85%"/><circle class="dot"',
        )
        drawn += [
            _text(AIR, y + 20, row.judge),
            _text(160, y + 20, str(row.count), "end"),
            _nested(strip_of, 190, 470, y, ROW),
            _text(WIDTH - AIR, y + 20, f"{(row.severity or 0) / MILLION:+.2f}".replace("-", "−"), "end"),
        ]
        y += ROW
    return [
        *drawn,
        *_key([("dot", "severity with its 90 % interval"), ("median", "the severity that was planted")], y),
    ], y + 40


class Foreseen(NamedTuple):
    """One number of sheets an entry: as judges usually differ, the first place's range, and the load of a judge."""

    prospect: Prospect
    much: float
    little: float
    load: int


def foreseen() -> dict[int, Foreseen]:
    """70 entries and 14 judges, by sheets an entry."""
    found = {}
    for plans in zip(
        *(plan_round((70,), 14, range(1, 7), expected=one) for one in (USUAL, MUCH, LITTLE)), strict=True
    ):
        usual, much, little = (plan.categories[0] for plan in plans)
        assert usual is not None
        assert much is not None
        assert little is not None
        found[plans[0].reads] = Foreseen(usual, much.winner, little.winner, plans[0].loads[1])
    return found


def _planning() -> tuple[list[str], int]:
    rows = foreseen()
    axis = fixed_axis(0, 100 * MILLION)
    drawn = [
        _text(AIR, HEAD - 24, "sheets", "soft"),
        _text(AIR, HEAD - 8, "an entry", "soft"),
        _strip(_macro("head", axis, ""), 90, 380, 0, HEAD),
        _text(560, HEAD - 24, "first place right", "soft end"),
        _text(560, HEAD - 8, "of 100", "soft end"),
        _text(670, HEAD - 24, "first three right", "soft end"),
        _text(670, HEAD - 8, "of 100", "soft end"),
        _text(WIDTH - AIR, HEAD - 24, "each judge", "soft end"),
        _text(WIDTH - AIR, HEAD - 8, "reads", "soft end"),
    ]
    y = HEAD
    for reads, (prospect, much, little, load) in rows.items():
        low, high, first = (_truth(100 * one) for one in (much, little, prospect.winner))
        drawn += [
            _text(AIR, y + 20, str(reads)),
            _strip(_macro("ranking", axis, low, high, first), 90, 380, y, ROW),
            _text(560, y + 20, str(round(100 * prospect.winner)), "end"),
            _text(670, y + 20, str(round(100 * prospect.right[1])), "end"),
            _text(WIDTH - AIR, y + 20, str(load), "end"),
        ]
        y += ROW
    key = [
        ("dot", "judges who differ as juries usually do; its line: from juries that differ much to little")
    ]
    return [*drawn, *_key(key, y)], y + 40


def _truth(points: float) -> int:
    return round(points * MILLION)


def _points(millionths: int) -> str:
    return f"{millionths / MILLION:.2f}"


# --- SVG -----------------------------------------------------------------------------------------------


def _svg(title: str, drawn: Sequence[str], height: int) -> str:
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        f"<title>{escape(title)}</title>",
        f"<style>\n{_styles()}\n</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        *drawn,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _styles() -> str:
    """The report's own colours and marks. Pictures have their own ground, so that they are read on any page."""
    css = (STATIC / "awards.css").read_text(encoding="utf-8")
    rules = [re.search(rf"^\.{name} {{[^}}]*}}", css, re.MULTILINE) for name in CLASSES]
    marks = [rule[0] for rule in rules if rule is not None]
    assert len(marks) == len(CLASSES)
    own = [
        "text { font: 400 14px var(--sans); fill: var(--ink); font-variant-numeric: tabular-nums; }",
        ".soft { fill: var(--soft); font-size: 12px; }",
        ".end { text-anchor: end; }",
        ".paper { fill: var(--paper); }",
        ".tie { fill: var(--tie); }",
    ]
    used = sorted(set(re.findall(r"var\(--([a-z-]+)\)", "\n".join([*marks, *own]))))
    light, dark = (
        css[: css.index("prefers-color-scheme: dark")],
        css[css.index("prefers-color-scheme: dark") :],
    )
    day = " ".join(f"--{name}: {_token(light, name)};" for name in used)
    night = " ".join(f"--{name}: {_token(dark, name)};" for name in used if name != "sans")
    marks = [re.sub(r"\.75rem", "12px", rule) for rule in marks]
    return "\n".join([
        f":root {{ {day} }}",
        f"@media (prefers-color-scheme: dark) {{ :root {{ {night} }} }}",
        *own,
        *marks,
    ])  # fmt: skip


def _token(css: str, name: str) -> str:
    found = re.search(rf"--{name}: ([^;]+);", css)
    assert found is not None, name
    return " ".join(found[1].split())


def _macro(name: str, axis: Axis, *values: Any, **words: Any) -> str:
    """A cell of the report's table."""
    module = environment(data_dir("templates")).get_template("components/figures.html").module
    return str(getattr(module, name)(axis, *values, **words))


def _inside(cell: str) -> str:
    return cell[cell.index(">", cell.index("<svg")) + 1 : cell.rindex("</svg>")]


def _strip(cell: str, x: int, width: int, y: int, height: int) -> str:
    return _nested(_inside(cell), x, width, y, height)


def _nested(inside: str, x: int, width: int, y: int, height: int) -> str:
    return f'<svg x="{x}" y="{y}" width="{width}" height="{height}" overflow="visible">{inside}</svg>'


def _text(x: int, y: int, text: str, classes: str = "") -> str:
    kind = f' class="{classes}"' if classes else ""
    return f'<text x="{x}" y="{y}"{kind}>{escape(text)}</text>'


def _key(marks: Iterable[tuple[str, str]], y: int) -> Iterator[str]:
    x = AIR + 8
    for mark, words in marks:
        if mark == "median":
            yield f'<line class="median" x1="{x}" x2="{x}" y1="{y + 14}" y2="{y + 32}"/>'
        else:
            yield f'<circle class="{mark}" cx="{x}" cy="{y + 23}" r="5.5"/>'
        yield _text(x + 14, y + 27, words, "soft")
        x += 40 + 6 * len(words)


def _shade(x: int, y: int, words: str) -> str:
    return f'<rect class="tie" x="{x}" y="{y + 15}" width="24" height="16"/>{_text(x + 32, y + 27, words, "soft")}'


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in figures().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"{FOLDER / name}: {len(text):,} bytes")


if __name__ == "__main__":
    main()
