"""A small run of `benchmarks.accuracy`: loose truths only, the bars are of 2,000 juries."""

import numpy as np
import pytest

from benchmarks.accuracy import KNOWN, OURS, bars, methods, run
from benchmarks.planted import SCENES, plant
from judging import Plain, plain_scores

BY_LETTER = {scene.letter: scene for scene in SCENES}


def test_calibration_beats_plain_means_where_judges_differ_in_severity() -> None:
    found = run(BY_LETTER["B"], 20)
    ours, raw, known = (float(found.tau[name].mean()) for name in (OURS, "raw mean", KNOWN))
    assert ours > raw + 0.03
    assert ours > known - 0.02
    assert 0.8 < found.cover.mean() < 0.98
    assert [words for words, *_ in bars(BY_LETTER["B"], found)] == [
        "tau - severity known >= -0.008",
        "tau - raw mean >= 0.06",
        "coverage .88 to .93",
    ]


def test_calibration_loses_next_to_nothing_where_they_do_not() -> None:
    found = run(BY_LETTER["K"], 20)
    assert float((found.tau[OURS] - found.tau["raw mean"]).mean()) > -0.005
    assert 0.8 < found.cover.mean() < 0.98


@pytest.mark.parametrize("letter", sorted(BY_LETTER))
def test_scenes_are_what_they_say(letter: str) -> None:
    scene = BY_LETTER[letter]
    one, again, other = plant(scene, 3), plant(scene, 3), plant(scene, 4)
    assert (one.values == again.values).all()
    assert (one.quality != other.quality).any()
    counts = np.bincount(one.entry, minlength=scene.entries)
    assert len(set(zip(one.entry.tolist(), one.judge.tolist(), strict=True))) == len(one.entry)
    if scene.uneven:
        assert counts.min() >= 2
        assert counts.max() <= 6
        assert np.bincount(one.judge)[0] == 3
    else:
        assert counts.sum() == scene.entries * scene.reads + scene.bridges
    if scene.points:
        assert np.allclose(one.values / one.step, np.round(one.values / one.step))
    table = one.judge * scene.tables // scene.judges
    assert (table != one.entry % scene.tables).sum() == scene.bridges


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("raw mean", Plain.MEAN),
        ("median", Plain.MEDIAN),
        ("trimmed mean", Plain.TRIMMED),
        ("z-score", Plain.Z_SCORE),
        ("min-max", Plain.MIN_MAX),
    ],
)
def test_plain_methods_are_those_of_the_library(name: str, plain: Plain) -> None:
    scene = BY_LETTER["H"]
    jury = plant(scene, 0)
    milli = np.round(1000 * jury.values).astype(np.int64)
    size = {"entries": scene.entries, "judges": scene.judges}
    known = plain_scores(plain, jury.entry, jury.judge, milli, **size)
    wanted = np.array([float(value) for value in known.values if value is not None])
    ours = methods(scene)[name](jury)
    # Up to the scale, which orders nothing, and what is lost by rounding to thousandths.
    assert np.corrcoef(ours, wanted)[0, 1] > 1 - 1e-5
