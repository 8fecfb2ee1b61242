"""What a judge's own marks can tell the judge before the signature, in private. Pure.

Only one judge's marks come in here, so only so much can be known. Who reads every scale upside down gives marks that
look, from inside, like those of who reads it the right way round: no count finds that. So what stands highest and
lowest is said in words (`ends`), for the judge to see at a glance. What can be found is a criterion that runs against
the judge's own others (`reversed_scales`), and marks that tell nothing apart. None of it proves a mistake.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from statistics import NormalDist

from msgspec import Struct

from awards.panels.rules import AssignmentState
from awards.scoresheets.strip import OwnCriterion, OwnSheet

# So rarely would marks without any pattern look like this; over all criteria of the round together for reversals.
RARE, RARE_REVERSED = 0.01, 0.05
# A criterion that runs the other way in fewer of its pairs of entries may simply measure something else.
MOSTLY = 2 / 3
FEWEST_CRITERIA, FEWEST_ENTRIES = 3, 4


class Flat(Struct, frozen=True):
    """Sheets on which every criterion has one and the same mark; `text` is empty where their scales differ."""

    references: tuple[str, ...]
    text: str


class Constant(Struct, frozen=True):
    """A criterion with one mark on all of `sheets` entries."""

    code: str
    text: str
    sheets: int


class Reversed(Struct, frozen=True):
    """In `against` of `pairs` of entries the criterion prefers the other one than the rest of the judge's marks do.

    Two codes: of two criteria nobody can tell which runs against which.
    """

    codes: tuple[str, ...]
    against: int
    pairs: int


class Ends(Struct, frozen=True):
    """References of what stands highest and lowest over all criteria."""

    highest: tuple[str, ...]
    lowest: tuple[str, ...]


class Warnings(Struct, frozen=True):
    flat: tuple[Flat, ...]
    constant: tuple[Constant, ...]
    reversed: tuple[Reversed, ...]

    def __bool__(self) -> bool:
        return bool(self.flat or self.constant or self.reversed)


def warnings_of(criteria: Sequence[OwnCriterion], sheets: Sequence[OwnSheet]) -> Warnings:
    """Of scales with two marks nothing is said: to pass every entry is no sign of anything. A sheet that is signed off
    is not complained of any more; its marks still count for what runs through all of them."""
    graded = [criterion for criterion in criteria if criterion.scale.top > 1]
    return Warnings(
        flat=_flat(graded, [one for one in sheets if one.state != AssignmentState.SIGNED.value]),
        constant=_constant(graded, sheets),
        reversed=reversed_scales(
            [(one.code, one.scale.top) for one in graded], [_marks(one) for one in sheets]
        ),
    )


def ends_of(sheets: Sequence[OwnSheet]) -> Ends | None:
    """By the weights of the round; None while fewer than two sheets have every mark, or where all stand alike."""
    scores = {sheet.reference: sheet.score for sheet in sheets if sheet.score is not None}
    if len(set(scores.values())) < 2:
        return None
    return Ends(
        highest=tuple(name for name, score in scores.items() if score == max(scores.values())),
        lowest=tuple(name for name, score in scores.items() if score == min(scores.values())),
    )


def missing_on(sheet: OwnSheet) -> frozenset[str]:
    """Codes of what is judged and has no answer, "not enough evidence" being one."""
    return sheet.judged - sheet.marks.keys() - sheet.unmarked


def _marks(sheet: OwnSheet) -> Mapping[str, int]:
    return {code: mark for code, mark in sheet.marks.items() if code in sheet.judged}


def _mean(marks: Mapping[str, int], tops: Mapping[str, int]) -> float | None:
    """How high on their scales the marks stand together, from 0 to 1; rounded, so that equal ones are equal."""
    heights = [marks[code] / top for code, top in tops.items() if code in marks]
    return round(math.fsum(heights) / len(heights), 9) if heights else None


# --- marks that tell nothing apart ---------------------------------------------------------------------


def _flat(criteria: Sequence[OwnCriterion], sheets: Sequence[OwnSheet]) -> tuple[Flat, ...]:
    by_text: dict[str, list[str]] = {}
    for sheet in sheets:
        marked = [(one, sheet.marks[one.code]) for one in criteria if one.code in _marks(sheet)]
        if len(marked) < FEWEST_CRITERIA or len({mark / one.scale.top for one, mark in marked}) > 1:
            continue
        # The first criterion may stand where it likes; each further one meets it by chance this often.
        if math.prod(1 / (one.scale.top + 1) for one, _mark in marked[1:]) > RARE:
            continue
        texts = {one.text(mark) for one, mark in marked}
        by_text.setdefault(texts.pop() if len(texts) == 1 else "", []).append(sheet.reference)
    return tuple(Flat(tuple(references), text) for text, references in sorted(by_text.items()))


def _constant(criteria: Sequence[OwnCriterion], sheets: Sequence[OwnSheet]) -> tuple[Constant, ...]:
    found = []
    for one in criteria:
        marks = [sheet.marks[one.code] for sheet in sheets if one.code in _marks(sheet)]
        by_chance = (1 / (one.scale.top + 1)) ** (len(marks) - 1)
        if len(marks) >= FEWEST_ENTRIES and len(set(marks)) == 1 and by_chance <= RARE:
            found.append(Constant(one.code, one.text(marks[0]), len(marks)))
    return tuple(found)


# --- a scale that is read the other way round ----------------------------------------------------------


def reversed_scales(
    scales: Sequence[tuple[str, int]], sheets: Sequence[Mapping[str, int]]
) -> tuple[Reversed, ...]:
    """Criteria, as code and top, that run against the judge's own others, the clearest first.

    Each pair of entries is asked which of the two stands higher by the criterion, and which by the mean of the
    others. The count of pairs that disagree is held against its exact distribution where the two have nothing to do
    with one another (Kendall 1938); pairs that tie say nothing, which errs on the side of silence. The clearest
    criterion is taken out before the rest is looked at again: it would pull the mean that they are held against.
    """
    tops, found = dict(scales), []
    limit = RARE_REVERSED / max(len(tops), 1)
    while len(tops) > 1:
        run = [(code, *_against(code, tops, sheets)) for code in tops]
        code, against, with_it, entries = max(run, key=lambda one: (one[1] - one[2], one[0]))
        pairs = against + with_it
        if not pairs or against < MOSTLY * pairs or chance_of(against - with_it, entries) > limit:
            break
        codes = (code,) if len(tops) > 2 else tuple(tops)
        found.append(Reversed(codes, against, pairs))
        del tops[code]
    return tuple(found)


def _against(code: str, tops: Mapping[str, int], sheets: Sequence[Mapping[str, int]]) -> tuple[int, int, int]:
    """How many pairs disagree, how many agree, and of how many entries they are."""
    others = {name: top for name, top in tops.items() if name != code}
    points = [
        (marks[code], rest)
        for marks in sheets
        if code in marks and (rest := _mean(marks, others)) is not None
    ]
    against = agree = 0
    for (mine, rest), (other, its_rest) in combinations(points, 2):
        if mine == other or rest == its_rest:
            continue
        if (mine < other) == (rest < its_rest):
            agree += 1
        else:
            against += 1
    return against, agree, len(points)


def chance_of(surplus: int, entries: int) -> float:
    """How often so many more pairs disagree than agree, or still more, among `entries` in random order."""
    pairs = entries * (entries - 1) // 2
    if entries > 20:
        spread = math.sqrt(entries * (entries - 1) * (2 * entries + 5) / 18)
        return 1 - NormalDist().cdf((surplus - 1) / spread)
    counts = _inversions(entries)
    least = -(-(pairs + surplus) // 2)
    return sum(counts[max(least, 0) :]) / math.factorial(entries)


@lru_cache(maxsize=32)
def _inversions(entries: int) -> tuple[int, ...]:
    """How many orders of so many entries have 0, 1, 2… pairs the wrong way round (Mahonian numbers)."""
    counts = [1]
    for size in range(2, entries + 1):
        counts = [
            sum(counts[max(0, place - size + 1) : place + 1]) for place in range(len(counts) + size - 1)
        ]
    return tuple(counts)
