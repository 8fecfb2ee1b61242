"""`awards rank` as a person types it: a real process in an empty folder, its exit status, and what it leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from awards.exchange.ranking.report import Wish
from awards.exchange.ranking.sheet import as_csv
from awards.exchange.ranking.terminal import as_text
from awards.exchange.ranking.widths import pad, wide
from tests.awards.exchange.ranking.juries import HEADER, SMALL, jury, report, written


def run(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-m", "awards", "rank", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_a_ranking_is_0_and_needs_no_settings(tmp_path: Path) -> None:
    written(tmp_path / "scores.csv", SMALL)
    done = run(
        tmp_path,
        "scores.csv",
        "--json",
        "--html",
        "r.html",
        "--csv",
        "o.csv",
        AWARDS_MODE="production",
        PORT="no",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_scores"] == 8
    assert "scores.csv: UTF-8, commas between the cells." in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["o.csv", "r.html", "scores.csv"]
    assert (tmp_path / "o.csv").read_bytes().startswith(b"\xef\xbb\xbfrank,entry,")


def test_what_is_not_connected_is_3_and_still_ranked(tmp_path: Path) -> None:
    apart = [*SMALL, ("E", "p", 4), ("E", "q", 5), ("F", "p", 6), ("F", "q", 6.5)]
    written(
        tmp_path / "scores.csv",
        [(*row, "b" if row[0] in "EF" else "a") for row in apart],
        (*HEADER, "category"),
    )
    done = run(tmp_path, "scores.csv", "--json")
    assert done.returncode == 3
    ranks = {row["entry"]: (row["component"], row["rank"]) for row in json.loads(done.stdout)["entries"]}
    assert ranks["C"] == (0, 1)
    assert ranks["F"] == (1, 1)
    # The categories are connected within themselves: then nothing is missing.
    whole = run(tmp_path, "scores.csv", "--by-category")
    assert whole.returncode == 0
    assert "Every category lies in one of them" in " ".join(whole.stdout.split())


def test_a_scale_may_begin_below_0(tmp_path: Path) -> None:
    written(tmp_path / "scores.csv", [(e, j, -float(str(s))) for e, j, s in SMALL])
    assert run(tmp_path, "scores.csv", "--scale=-10,0,0.5").returncode == 0
    assert "Exit status" in run(tmp_path, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.csv"], "missing.csv: No such file or directory"),
        (["scores.csv", "--method", "best"], "invalid choice"),
        (["scores.csv", "--weights", "Impact"], "write CRITERION=N"),
        (["scores.csv", "--weights", "Impact=2"], "Impact is no criterion of the file"),
        (["scores.csv", "--by-category"], "no category is named for A, B, C, D"),
        (["scores.csv", "--scale", "0,10"], "write MIN,MAX,STEP"),
        (["scores.csv", "--scale", "0,10,3"], "one does not come to 10 in steps of 3"),
        (["scores.csv", "--scale", "0,8,1"], "scores.csv:5: the score 6.5 is not on the scale"),
        (["scores.csv", "--prizes", "1,0"], "write the places of each tier"),
        (["scores.csv", "--draws", "-1"], "the number of draws is a whole number"),
        (["scores.csv", "--method", "ordinal", "--scale", "0,10,0.5"], "for 5 or fewer"),
        (["scores.csv", "--judges", "scores.csv"], "scores.csv:4: x is there twice"),
    ],
)  # fmt: skip
def test_bad_input_is_2_and_named(tmp_path: Path, arguments: list[str], said: str) -> None:
    written(tmp_path / "scores.csv", [*SMALL, ("E", "x", 1), ("E", "y", 2)])
    done = run(tmp_path, *arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert not done.stdout


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    written(tmp_path / "scores.csv", SMALL)
    done = run(tmp_path, "scores.csv", "--html", "nowhere/r.html")
    assert done.returncode == 1
    assert "nowhere/r.html" in done.stderr


def test_who_reads_only_the_first_line_is_no_error(tmp_path: Path) -> None:
    written(tmp_path / "scores.csv", jury(200, 8, 3))
    line = f"{sys.executable} -m awards rank scores.csv --json --sensitivity none | head -1"
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())},
    )
    assert done.stdout == "{\n"
    assert "Broken pipe" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_terminal_is_written_for(tmp_path: Path) -> None:
    written(tmp_path / "scores.csv", [(e.replace("A", "Ürgüp"), j, s) for e, j, s in SMALL])
    done = run(tmp_path, "scores.csv", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "?rg?p" in done.stdout
    assert "---o---" in done.stdout
    found = json.loads(run(tmp_path, "scores.csv", "--json", PYTHONIOENCODING="ascii").stdout)
    assert "Ürgüp" in [row["entry"] for row in found["entries"]]


# --- what the terminal shows ---------------------------------------------------------------------------


def test_the_table_fits_80_columns_in_every_script(tmp_path: Path) -> None:
    names = [
        "循環の街づくり・港区の取り組みについて",
        "Ürgüp",
        "e\u0301ntrée",
        "\x1b[31mred",
        "القاهرة",
        "한국어 이름",
    ]
    rows = [
        (name, judge, 5 + n % 4 + shift)
        for n, name in enumerate(names)
        for shift, judge in ((0, "裁判 一"), (0.5, "B"), (n % 2, "C"))
    ]
    text = as_text(report(written(tmp_path / "a.csv", rows), Wish()))
    assert max(map(wide, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "is first, and truly the best in" in text
    lines = [line for line in text.splitlines() if "●" in line]
    assert len(lines) == len(names)
    assert len({wide(line[: line.index("●")].rstrip("─ ")) // 60 for line in lines}) == 1


def test_names_are_cut_by_what_they_take() -> None:
    assert pad("循環の街", 6) == "循環… "
    assert wide(pad("循環の街", 6)) == 6
    assert pad("e\u0301a", 4) == "e\u0301a  "


def test_refused_is_said_in_words(tmp_path: Path) -> None:
    alone = as_text(report(written(tmp_path / "a.csv", [(f"e{n}", "x", n) for n in range(4)]), Wish()))
    assert "e3 is first. How sure that is cannot be said from these scores." in alone
    assert "one-judge" in alone
    tied = as_text(report(written(tmp_path / "b.csv", [(e, j, 5) for e, j, _ in SMALL]), Wish()))
    assert "4 entries share the first place: A, B, C, D." in tied


def test_a_name_that_is_a_formula_is_none_in_the_csv(tmp_path: Path) -> None:
    rows = [(e.replace("A", "=cmd()"), j, s) for e, j, s in SMALL]
    text = as_csv(report(written(tmp_path / "a.csv", rows), Wish(tiers=(1, 2), sensitivity="none")))
    assert ",'=cmd()," in text
    assert text.splitlines()[0].endswith("chance_first,expected_rank,chance_prize_1,chance_prize_2")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == ["1", "2", "3", "4"]


def test_long_lists_are_cut_and_that_is_said(tmp_path: Path) -> None:
    text = as_text(report(written(tmp_path / "a.csv", jury(230, 12, 3)), Wish(sensitivity="none", draws=100)))
    assert "… and 30 more entries" in text
