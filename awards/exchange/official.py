"""Published panel scores beside ours: does the published rule reproduce them, value by value?"""

from collections import defaultdict
from fractions import Fraction

from msgspec import Struct

import judging
from awards.exchange.folder import Folder, OfficialScore
from judging.scales import Scale, half_up


class Comparison(Struct, frozen=True):
    """How many published scores the mean without the highest and the lowest mark reproduces exactly."""

    published: int
    reproduced: int
    differing: tuple[OfficialScore, ...]


def compare(folder: Folder, scales: dict[tuple[str, str], Scale]) -> Comparison:
    """`scales` maps (round, criterion) to its scale."""
    marks: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for sheet in folder.sheets:
        for criterion, mark in sheet.marks.items():
            milli = scales[sheet.round, criterion].milli(mark)
            marks[sheet.round, sheet.entry, criterion].append(milli)
    differing = tuple(
        score
        for score in folder.official
        if _published(marks.get((score.round, score.entry, score.criterion), [])) != Fraction(score.score)
    )
    return Comparison(len(folder.official), len(folder.official) - len(differing), differing)


def _published(milli: list[int]) -> Fraction | None:
    return half_up(judging.trimmed_mean(milli), 2) if milli else None
