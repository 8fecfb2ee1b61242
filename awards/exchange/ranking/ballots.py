"""What a spreadsheet says, checked: who gave what to whom, in exact numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from awards.exchange.ranking.numbers import PLACES, Limits
from judging.arrays import Booleans, Floats, Integers
from judging.confidence import UNIT, whole_weights


@dataclass(frozen=True)
class Scores:
    """
    Scores of one criterion, by entry and judge. `units` are whole multiples of the ballot's 10**-places;
    `confidence`, where it was declared, are whole numbers from 1 to a million, in any unit.
    """

    name: str
    entry: Integers
    judge: Integers
    units: Integers
    confidence: Integers | None

    def __len__(self) -> int:
        return len(self.entry)

    def keep(self, rows: Booleans) -> "Scores":
        """Only some of the rows."""
        confidence = None if self.confidence is None else self.confidence[rows]
        return Scores(self.name, self.entry[rows], self.judge[rows], self.units[rows], confidence)

    @cached_property
    def weights(self) -> Floats | None:
        """What confidence makes each score weigh: capped and normalised within each judge."""
        return None if self.confidence is None else whole_weights(self.judge, self.confidence) / UNIT


@dataclass(frozen=True)
class Similar:
    """Names that differ in spaces or case only."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Ballot:
    """
    A file of scores. Entries, judges and criteria stand by name; `criteria` is one without a name where the
    file has no such column. `notes` is what reading found out, for people.
    """

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    criteria: tuple[Scores, ...]
    categories: tuple[str, ...]
    entry_countries: Mapping[str, str]
    judge_countries: Mapping[str, str]
    limits: Limits | None
    places: int
    similar: tuple[Similar, ...]
    unscored: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def scores(self) -> int:
        return sum(map(len, self.criteria))

    @property
    def unit(self) -> float:
        """How many of the units that `judging` counts in, thousands of `units`, make one point of the file."""
        return float(10 ** (self.places - PLACES))

    def of_own_country(self, entry: Integers, judge: Integers) -> Booleans:
        """Which scores come from a judge of the entry's own country; an unknown country is nobody's."""
        countries = sorted({*self.entry_countries.values(), *self.judge_countries.values()})
        numbers = {name: number for number, name in enumerate(countries)}
        of_entry = np.array([numbers.get(self.entry_countries.get(name, ""), -1) for name in self.entries])
        of_judge = np.array([numbers.get(self.judge_countries.get(name, ""), -2) for name in self.judges])
        result: Booleans = of_entry[entry] == of_judge[judge]
        return result

    def values(self, number: int) -> Floats:
        """Scores of a criterion in points of the file."""
        result: Floats = self.criteria[number].units / 10.0**self.places
        return result
