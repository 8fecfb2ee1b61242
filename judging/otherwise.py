"""Would a prize move under other weights, or with other sheets counted: the questions that a desk asks of a run.

Beside `judging.stability`, which asks without each criterion and how far one weight can be moved. The weights that
were fixed decide. This project's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from judging.arrays import Integers
from judging.carrying import Burden
from judging.rounds import RoundInputs, Sheet
from judging.scoring import Pair, Scored, Table, rescored, score, tabulate
from judging.sensitivity import PrizeMove, prize_moves

LEFT_OUT, HALVED, DOUBLED, EQUAL = "left out", "halved", "doubled", "equal"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """
    What one change of weights or of sheets does to the prizes.

    Parameters
    ----------
    kind : str
        ``left out``, ``halved`` or ``doubled`` of a criterion's weight, ``equal`` for all weights alike; ``without`` or
        ``with`` sheets.
    what : str
        The criterion, or the code of the sheets; empty for ``equal``.
    moves : tuple of PrizeMove
        Prizes that would move; empty: no prize moves.
    unsettled : tuple of str
        Prizes that would no longer follow, because entries could not be compared any more, sorted.
    ranks : tuple of (entry id, rank or None)
        By entry id.
    """

    kind: str
    what: str
    moves: tuple[PrizeMove, ...]
    unsettled: tuple[str, ...]
    ranks: tuple[tuple[str, int | None], ...]


def other_weights(inputs: RoundInputs) -> tuple[Otherwise, ...]:
    """
    Each criterion's weight left out, halved and doubled, and then all weights alike.

    What is carried from an earlier round keeps its share of the total where all are alike, and its weight elsewhere.

    Parameters
    ----------
    inputs : RoundInputs

    Returns
    -------
    tuple of Otherwise
        By criterion; a criterion that alone is judged in a category is not left out.
    """
    decided = score(tabulate(inputs), inputs.method)
    return tuple(
        _otherwise(decided, rescored(decided, table, decided.official), kind, what)
        for kind, what, table in _weighings(decided.table)
    )


def other_sheets(
    inputs: RoundInputs, *, without: Mapping[str, Sequence[Pair]], added: Mapping[str, Sequence[Sheet]]
) -> tuple[Otherwise, ...]:
    """
    The same method without some of the sheets, and with sheets that do not count.

    Parameters
    ----------
    inputs : RoundInputs
    without : mapping of str to pairs of entry and judge
    added : mapping of str to sheets
        Of entries and judges of the round, not among its sheets.

    Returns
    -------
    tuple of Otherwise
        Those without, then those with, by code.

    Raises
    ------
    ValueError
        An added sheet that is among the sheets of the round, or does not fit into it.
    """
    decided = score(tabulate(inputs), inputs.method)
    found = [
        _otherwise(
            decided,
            score(tabulate(inputs, without_sheets=frozenset(pairs)), decided.method),
            "without",
            code,
        )
        for code, pairs in sorted(without.items())
    ]
    for code, sheets in sorted(added.items()):
        more = replace(inputs, sheets=(*inputs.sheets, *sheets))
        found.append(_otherwise(decided, score(tabulate(more), decided.method), "with", code))
    return tuple(found)


def _weighings(table: Table) -> Iterator[tuple[str, str, Table]]:
    weights, carried = table.weights, table.carried.weights
    for number, code in enumerate(table.criteria):
        if not weights[number].any():
            continue
        row = np.arange(len(table.criteria)) == number
        without = np.where(row[:, None], 0, weights)
        if (without.sum(axis=0) > 0).all():
            yield LEFT_OUT, code, _weighed(table, without, carried)
        # Half of an odd weight is none: everything else is doubled instead.
        yield HALVED, code, _weighed(table, np.where(row[:, None], weights, 2 * weights), 2 * carried)
        yield DOUBLED, code, _weighed(table, np.where(row[:, None], 2 * weights, weights), carried)
    judged = (weights > 0).astype(np.int64)
    yield EQUAL, "", _weighed(table, judged * weights.sum(axis=0), carried * judged.sum(axis=0))


def _weighed(table: Table, weights: Integers, carried: Integers) -> Table:
    burden = Burden(carried, table.carried.totals, table.carried.errors)
    return replace(table, weights=weights, carried=burden)


def _otherwise(decided: Scored, other: Scored, kind: str, what: str) -> Otherwise:
    had, has = decided.prizes(), other.prizes()
    lost = tuple(sorted(code for code, taken in has.items() if taken is None and had[code] is not None))
    return Otherwise(
        kind=kind,
        what=what,
        moves=tuple(move for move in prize_moves(decided, other) if move.prize not in lost),
        unsettled=lost,
        ranks=tuple(zip((entry.id for entry in decided.table.entries), other.ranks, strict=True)),
    )
