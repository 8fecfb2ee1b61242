"""The canonical inputs of a round: everything a verdict depends on, frozen and checked.

Whoever holds these can recompute the verdict. Ids are texts and mean nothing here; the order in which things
are given changes nothing, because everything is sorted by id first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from judging.scales import Scale


class Rule(StrEnum):
    """The method that decides a round."""

    CALIBRATED = "calibrated"
    LEAST_SQUARES = "least-squares"
    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED = "trimmed"
    Z_SCORE = "z-score"
    MIN_MAX = "min-max"


class Depth(StrEnum):
    """How far a verdict asks whether a prize would move."""

    NONE = "none"
    METHODS = "methods"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Criterion:
    """
    A criterion: its scale, and its integer weight in each category that judges it, as (category, weight).
    """

    code: str
    scale: Scale
    weights: tuple[tuple[str, int], ...]

    def weight_in(self, category: str) -> int:
        """Weight in a category; 0 where it is not judged."""
        return dict(self.weights).get(category, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the round; `country` is empty where it is not known."""

    id: str
    category: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """
    A judge of the round under the label that stands in the result; `countries` are home and nationalities.
    """

    id: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Marks of one judge for one entry, as (criterion, mark); a criterion without a mark is left out."""

    entry: str
    judge: str
    marks: tuple[tuple[str, int], ...]
    confidence: int = 1


RANKED, RING_FENCED, CASCADE = KINDS = ("ranked", "ring-fenced", "cascade")


@dataclass(frozen=True, slots=True)
class Prize:
    """
    A prize that a rule gives; those of one kind and category by `position`. Without a category: over the whole round.

    ``ranked`` prizes share out the places of a ranking one after the other. A ``ring-fenced`` one goes to the first
    of the entries that it is for, whatever else they hold; a ``cascade`` to the first of these who hold none of the prizes
    that it passes over (`judging.holders`).

    Parameters
    ----------
    code : str
    category : str or None
    position, places : int
    kind : str
    among : tuple of str
        Entries that a prize of the other kinds is for; a ranked one is for all of its category.
    past : tuple of str
        Prizes whose holders a cascade passes over, so far as they are given before it.
    """

    code: str
    category: str | None
    position: int
    places: int
    kind: str = RANKED
    among: tuple[str, ...] = ()
    past: tuple[str, ...] = ()

    @property
    def turn(self) -> tuple[int, str, int, str]:
        return KINDS.index(self.kind), self.category or "", self.position, self.code


@dataclass(frozen=True, slots=True)
class TieBreak:
    """
    One named rule that breaks ties of official numbers.

    ``criterion``: the official estimate in criterion `value`; ``raw``: the plain mean of the total;
    ``sheets``: nothing but the number of complete sheets. Higher is better.
    """

    rule: str
    value: str = ""


TIE_BREAKS = ("criterion", "raw", "sheets")


@dataclass(frozen=True, slots=True)
class Method:
    """
    The method and its options.

    `decimals` rounds each criterion's value half up (plain methods only). `confidence` weighs sheets by declared
    confidence (calibrated and least squares only): in each criterion a judge's confidences are capped at four times the
    lowest and divided by their mean, so that declaring high everywhere gains nothing. Off, all sheets weigh the same.
    """

    rule: Rule = Rule.CALIBRATED
    decimals: int | None = None
    confidence: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """A question to the sensitivity: the same without these sheets, as (entry, judge)."""

    code: str
    sheets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """
    What an entry brings along from an earlier round.

    Its official total there and the standard error of that, in millionths of a scale unit, and the integer weight that
    this has beside the weights of the criteria: the total is (sum of weight x criterion + weight x carried total) /
    (sum of weights + weight), exact and rounded half to even once. `error` is None where it is not known.
    """

    entry: str
    weight: int
    total: int
    error: int | None = None


@dataclass(frozen=True, slots=True)
class RoundInputs:
    """
    Everything a verdict depends on. Who is not among the `carried` starts afresh.

    Raises
    ------
    ValueError
        Whatever does not fit together: unknown or doubled ids, a mark off its scale or for a criterion that
        has no weight in the entry's category, a category that judges nothing, options that the method does
        not have. The message names the thing. Pass-or-fail rounds have no marks and no verdict of this kind.
    """

    criteria: tuple[Criterion, ...]
    entries: tuple[Entry, ...]
    sheets: tuple[Sheet, ...]
    judges: tuple[Judge, ...] = ()
    prizes: tuple[Prize, ...] = ()
    method: Method = Method()
    tie_breaks: tuple[TieBreak, ...] = ()
    variants: tuple[Variant, ...] = ()
    seed: int = 0
    draws: int = 4000
    depth: Depth = Depth.FULL
    kind: str = "criteria"
    carried: tuple[Carried, ...] = ()

    def __post_init__(self) -> None:
        if self.kind != "criteria":
            raise ValueError(
                f"a round of kind {self.kind!r} is not decided by marks: only 'criteria' has a verdict"
            )
        _unique("criterion", (criterion.code for criterion in self.criteria))
        _unique("entry", (entry.id for entry in self.entries))
        _unique("judge", (judge.id for judge in self.judges))
        _unique("prize", (prize.code for prize in self.prizes))
        _unique("variant", (variant.code for variant in self.variants))
        if not self.criteria:
            raise ValueError("a round needs a criterion")
        if any(criterion.code in ("", "all") for criterion in self.criteria):
            raise ValueError("a criterion cannot be called 'all', which is the total, nor be without a code")
        if type(self.seed) is not int or self.seed < 0:
            raise ValueError("the seed must be an integer of 0 or more")
        if type(self.draws) is not int or not 0 <= self.draws <= 1_000_000:
            raise ValueError("the number of draws must be an integer from 0 to 1,000,000")
        for criterion in self.criteria:
            _unique(
                f"weight of {criterion.code} in category", (category for category, _ in criterion.weights)
            )
            for category, weight in criterion.weights:
                if type(weight) is not int or weight < 0:
                    raise ValueError(
                        f"the weight of {criterion.code} in {category} must be an integer of 0 or more"
                    )
        for category in self.categories:
            if not any(criterion.weight_in(category) for criterion in self.criteria):
                raise ValueError(f"no criterion has a weight in category {category}")
        self._check_method()
        self._check_sheets()
        self._check_carried()
        self._check_prizes()

    @property
    def categories(self) -> tuple[str, ...]:
        """Categories that have an entry, sorted."""
        return tuple(sorted({entry.category for entry in self.entries}))

    @property
    def judge_ids(self) -> tuple[str, ...]:
        """Everybody who is named or has a sheet, sorted."""
        return tuple(sorted({judge.id for judge in self.judges} | {sheet.judge for sheet in self.sheets}))

    def own_country_sheets(self) -> tuple[tuple[str, str], ...]:
        """Sheets of judges who share a known country with the entry, as sorted (entry, judge)."""
        countries = {entry.id: entry.country for entry in self.entries if entry.country}
        of_judge = {judge.id: set(judge.countries) for judge in self.judges}
        return tuple(
            sorted(
                (sheet.entry, sheet.judge)
                for sheet in self.sheets
                if countries.get(sheet.entry) in of_judge.get(sheet.judge, ())
            )
        )

    def _check_method(self) -> None:
        calibrating = self.method.rule in (Rule.CALIBRATED, Rule.LEAST_SQUARES)
        if self.method.decimals is not None and (calibrating or not 0 <= self.method.decimals <= 6):
            raise ValueError("decimals are an option of the plain methods, from 0 to 6")
        if self.method.confidence and not calibrating:
            raise ValueError("confidence is an option of the calibrating methods")
        codes = {criterion.code for criterion in self.criteria}
        for tie_break in self.tie_breaks:
            if tie_break.rule not in TIE_BREAKS:
                raise ValueError(f"unknown tie-break {tie_break.rule!r}: known are {', '.join(TIE_BREAKS)}")
            if tie_break.rule == "criterion" and tie_break.value not in codes:
                raise ValueError(f"tie-break by unknown criterion {tie_break.value!r}")

    def _check_sheets(self) -> None:
        criteria = {criterion.code: criterion for criterion in self.criteria}
        entries = {entry.id: entry for entry in self.entries}
        judges = {judge.id for judge in self.judges}
        seen = set()
        for sheet in self.sheets:
            where = f"the sheet of {sheet.judge} for {sheet.entry}"
            if sheet.entry not in entries:
                raise ValueError(f"{where} is for an entry that is not in the round")
            if judges and sheet.judge not in judges:
                raise ValueError(f"{where} is by a judge who is not in the round")
            if (sheet.entry, sheet.judge) in seen:
                raise ValueError(f"{where} is there twice")
            seen.add((sheet.entry, sheet.judge))
            if type(sheet.confidence) is not int or not 1 <= sheet.confidence <= 4:
                raise ValueError(f"{where} has a confidence of {sheet.confidence!r}: it must be 1 to 4")
            _unique(f"{where}: mark for", (code for code, _ in sheet.marks))
            for code, mark in sheet.marks:
                if code not in criteria:
                    raise ValueError(f"{where} has a mark for {code}, which is no criterion of the round")
                if not criteria[code].weight_in(entries[sheet.entry].category):
                    raise ValueError(f"{where} has a mark for {code}, which is not judged in its category")
                try:
                    criteria[code].scale.milli(mark)
                except ValueError as error:
                    raise ValueError(f"{where}, {code}: {error}") from None
        for variant in self.variants:
            for pair in variant.sheets:
                if pair not in seen:
                    raise ValueError(f"variant {variant.code} leaves out a sheet that is not there: {pair}")

    def _check_prizes(self) -> None:
        entries, codes = {entry.id for entry in self.entries}, {prize.code for prize in self.prizes}
        for prize in self.prizes:
            where = f"prize {prize.code}"
            if prize.category is not None and prize.category not in self.categories:
                raise ValueError(f"{where} is of category {prize.category}, which has no entry")
            if prize.places < 1:
                raise ValueError(f"{where} must have at least one place")
            if prize.kind not in KINDS:
                raise ValueError(f"{where} is of kind {prize.kind}, which no rule gives")
            if (prize.among and prize.kind == RANKED) or (prize.past and prize.kind != CASCADE):
                raise ValueError(f"{where} is of kind {prize.kind}, which chooses and passes over nobody so")
            _unique(f"entry of {where}:", prize.among)
            if unknown := sorted({*prize.among} - entries) + sorted({*prize.past} - codes):
                raise ValueError(f"{where} names {unknown[0]}, which is not in the round")

    def _check_carried(self) -> None:
        _unique("carried total of", (carried.entry for carried in self.carried))
        entries = {entry.id for entry in self.entries}
        for carried in self.carried:
            where = f"the carried total of {carried.entry}"
            if carried.entry not in entries:
                raise ValueError(f"{where} is of an entry that is not in the round")
            if type(carried.weight) is not int or carried.weight < 1:
                raise ValueError(f"{where} must have an integer weight of 1 or more")
            if type(carried.total) is not int:
                raise ValueError(f"{where} must be an integer of millionths")
            if carried.error is not None and (type(carried.error) is not int or carried.error < 0):
                raise ValueError(f"{where} must have an error of 0 or more, or none")


def sheet(entry: str, judge: str, marks: Mapping[str, int], confidence: int = 1) -> Sheet:
    """A sheet from a mapping of marks, in the order of the criteria's codes."""
    return Sheet(entry, judge, tuple(sorted(marks.items())), confidence)


def _unique(what: str, ids: Iterable[str]) -> None:
    doubled = [name for name, count in Counter(ids).items() if count > 1]
    if doubled:
        raise ValueError(f"{what} {doubled[0]} is there twice")
