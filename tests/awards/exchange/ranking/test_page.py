"""The report in one file: sound, complete, and alone."""

import re
from pathlib import Path

import pytest

from awards.exchange.ranking.page import as_html
from awards.exchange.ranking.report import Wish
from tests.awards.exchange.ranking.juries import HEADER, SMALL, jury, report, written
from tests.lint import elements, lint, parse, words

ALONE = ["an inline <style>"]


@pytest.mark.parametrize(
    "case", ["small", "criteria", "apart", "categories", "mean", "one judge", "unscored"]
)
def test_it_is_sound_and_loads_nothing(tmp_path: Path, case: str) -> None:
    rows, header, wish = list(SMALL), HEADER, Wish(tiers=(1, 2))
    if case == "criteria":
        rows, header = (
            [(*row, name) for name in ("Impact", "Craft") for row in jury()],
            (*HEADER, "criterion"),
        )
    elif case == "apart":
        rows += [("E", "p", 4), ("E", "q", 5), ("F", "p", 6), ("F", "q", 6.5)]
    elif case == "categories":
        rows, header = [(*row, f"kind {str(row[0])[-1] in '13579'}") for row in jury()], (*HEADER, "category")
        wish = Wish(by_category=True)
    elif case == "mean":
        wish = Wish(method=type(wish.method)("mean"), sensitivity="none")
    elif case == "one judge":
        rows = [(f"e{n}", "x", n) for n in range(4)]
    made = report(
        written(tmp_path / "a.csv", rows, header),
        wish,
        **(
            {"entries": written(tmp_path / "e.csv", [("A",), ("Z",)], ("name",))}
            if case == "unscored"
            else {}
        ),
    )
    html = as_html(made, "a.csv")
    assert lint(html) == ALONE
    assert "<script" not in html
    assert not re.findall(r"(?:src|href)=|url\(|@import", html)
    root, _ = parse(html)
    (heading,) = elements(root, "h1")
    assert words(heading) == "Ranking of a.csv"
    said = words(root)
    assert "How this was calculated" in said
    assert "NaN" not in said
    assert ("cannot be compared" in said or "can be compared" in said) == (case == "apart")


def test_it_shows_what_was_found(tmp_path: Path) -> None:
    rows = [("A", "m", 8), ("A", "n", 8.2), ("B", "s", 7.5), ("B", "t", 7.6)]
    rows += [
        (f"e{k}", j, 6 + k / 10 + (1 if j in "mn" else -1) + (k % 3) / 20) for k in range(8) for j in "mnst"
    ]
    root, _ = parse(as_html(report(written(tmp_path / "a.csv", rows), Wish()), "a.csv"))
    said = words(root)
    assert "Counted by mean, the first place would go to A instead of B" in said
    assert "Ratio of residual to judge variance" in said
    dots = [one for one in elements(root, "{http://www.w3.org/2000/svg}circle") if one.get("class") == "dot"]
    assert len(dots) >= 10 + 4


def test_what_people_wrote_is_text(tmp_path: Path) -> None:
    rows = [(str(e).replace("A", "<script>alert(1)</script>"), f"<b>{j}", s) for e, j, s in SMALL]
    html = as_html(report(written(tmp_path / "a.csv", rows), Wish()), "<i>.csv")
    assert "<script" not in html
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;script&gt;" in html


def test_the_same_file_gives_the_same_page(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", SMALL)
    assert as_html(report(path, Wish()), "a.csv") == as_html(report(path, Wish()), "a.csv")
