"""Who takes each prize by rule, in one ranking or in thousands of drawn ones at once.

A prize has a pool: of its category, or of all, those whom it is for and who hold none of the prizes that it passes over.
In its pool an entry's place is 1 + how many of the pool stand before it, and a prize takes the places from its start on, as
many as it has. So of the pool it takes whoever stands no further back than the last of these places, ties and all, and
behind the last place before them: two order statistics a ranking, and no sorting. This project's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from judging.arrays import Booleans, Integers
from judging.rounds import RANKED, Entry, Prize

Ranks = npt.NDArray[np.integer]
LAST = np.iinfo(np.int32).max
"""Behind everybody."""


def in_turn(prizes: Sequence[Prize]) -> tuple[Prize, ...]:
    """Prizes in the order in which they are given: ranked, ring-fenced, cascade; then category, position and code."""
    return tuple(sorted(prizes, key=lambda prize: prize.turn))


def starts(prizes: Sequence[Prize]) -> dict[str, int]:
    """How many places of the same ranking other ranked prizes take before each prize; 0 for what is not ranked."""
    taken: dict[str | None, int] = {}
    result = {}
    for prize in in_turn(prizes):
        result[prize.code] = taken.get(prize.category, 0) if prize.kind == RANKED else 0
        if prize.kind == RANKED:
            taken[prize.category] = result[prize.code] + prize.places
    return result


def columns_of(prizes: Sequence[Prize], entries: Sequence[Entry]) -> dict[str, Integers]:
    """Indices of the entries that each prize is for, whatever their rank."""
    inside: dict[str | None, list[int]] = {None: list(range(len(entries)))}
    for i, entry in enumerate(entries):
        inside.setdefault(entry.category, []).append(i)
    result = {}
    for prize in prizes:
        chosen = inside.get(prize.category, [])
        if prize.kind != RANKED:
            among = set(prize.among)
            chosen = [i for i in chosen if entries[i].id in among]
        result[prize.code] = np.array(chosen, dtype=np.int64)
    return result


def holders(
    prizes: Sequence[Prize], columns: Mapping[str, Integers], ranks: Mapping[str | None, Ranks | None]
) -> dict[str, Booleans | None]:
    """
    Who holds each prize in each of D rankings of E entries.

    Parameters
    ----------
    prizes : sequence of Prize
        All of them, since what a prize passes over hangs on the others.
    columns : mapping of str to ndarray of int64
        As `columns_of` has them.
    ranks : mapping of category to ndarray of int, shape (D, E), or None
        Ranks by which the prizes of the category are given, 1 the best, 0 for who is not ranked; under None those over
        all. Only their order counts, and equal ranks are a tie. None or missing: its entries cannot be compared.

    Returns
    -------
    dict of str to ndarray of bool, shape (D, E), or None
        None where the entries cannot be compared. A prize that could not be given is passed over by nobody.
    """
    result: dict[str, Booleans | None] = {}
    start = starts(prizes)
    for prize in in_turn(prizes):
        scope = ranks.get(prize.category)
        if scope is None:
            result[prize.code] = None
            continue
        here = columns[prize.code]
        own = scope[:, here]
        pool = own > 0
        for code in prize.past:
            held = result.get(code)
            if held is not None:
                pool &= ~held[:, here]
        lined = np.where(pool, own, LAST)
        taken = pool & (lined <= _last_of(lined, start[prize.code] + prize.places)[:, None])
        if start[prize.code]:
            taken &= lined > _last_of(lined, start[prize.code])[:, None]
        whole = np.zeros(scope.shape, dtype=np.bool_)
        whole[:, here] = taken
        result[prize.code] = whole
    return result


def _last_of(lined: Ranks, places: int) -> Ranks:
    """The rank of who stands at the last of so many places, in each row."""
    if places > lined.shape[1]:
        return np.full(len(lined), LAST)
    last: Ranks = np.partition(lined, places - 1, axis=1)[:, places - 1]
    return last


class Tally:
    """
    How often each entry holds each prize, while drawn rankings of some entries come by.

    Parameters
    ----------
    prizes : sequence of Prize
    columns : mapping of str to ndarray of int64
    entries : sequence of int
        Indices of the columns of the rankings, rising.
    size : int
        How many entries there are in all.
    """

    def __init__(
        self, prizes: Sequence[Prize], columns: Mapping[str, Integers], entries: Sequence[int], size: int
    ) -> None:
        at = np.full(size, -1, dtype=np.int64)
        at[list(entries)] = np.arange(len(entries))
        self._prizes = prizes
        self._columns = {
            prize.code: at[columns[prize.code]][at[columns[prize.code]] >= 0] for prize in prizes
        }
        self.others = tuple(prize.code for prize in prizes if prize.kind != RANKED)
        """Those that are not shared out place by place."""
        self.counts = {prize.code: np.zeros(len(entries), dtype=np.int64) for prize in prizes}
        self.draws = 0

    def take(self, ranks: Ranks) -> None:
        """Some more rankings, shape (D, entries). In draws a category stands in the order of the whole."""
        self.draws += len(ranks)
        scopes: dict[str | None, Ranks | None] = {prize.category: ranks for prize in self._prizes}
        for code, held in holders(self._prizes, self._columns, scopes).items():
            if held is not None:
                self.counts[code] += held.sum(axis=0)

    def of(self, code: str) -> list[tuple[int, int]]:
        """Of the columns that a prize is for: the column, and in how many of the rankings it holds the prize."""
        return [(column, int(self.counts[code][column])) for column in self._columns[code].tolist()]
