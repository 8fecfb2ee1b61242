"""Places and how sure they are: ranks within what can be compared, intervals and chances from draws."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.fitted import Fitted, Numbers
from judging.arrays import Integers
from judging.ranking import by_places, competition_ranks
from judging.uncertainty import DRAWS, outlook, widening

# Draws by entries: a dozen arrays of that size are in memory at once.
MOST_CELLS = 10_000_000
FEWEST = 100
MILLION = 1_000_000


@dataclass(frozen=True)
class Sure:
    """What draws say of one entry."""

    rank_low: int
    rank_high: int
    first: float
    prizes: tuple[float, ...]
    expected: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Standing:
    """Ranks by entry, None without; what draws say of each, None where refused; the draws that were taken."""

    ranks: tuple[int | None, ...]
    sure: tuple[Sure | None, ...]
    draws: int


@dataclass(frozen=True)
class Pool:
    """Entries that are to be ranked together. `parts`: more than one, and they cannot be."""

    category: str
    members: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]


def pools(ballot: Ballot, numbers: Numbers, by_category: bool) -> tuple[Pool, ...]:
    """One for each category, or one for all; entries without an estimate are in none."""
    sets: dict[str, dict[int, list[int]]] = {}
    for entry, part in enumerate(numbers.part.tolist()):
        if part >= 0 and numbers.official[entry] is not None:
            category = ballot.categories[entry] if by_category else ""
            sets.setdefault(category, {}).setdefault(part, []).append(entry)
    return tuple(
        Pool(
            category,
            tuple(sorted(member for members in sets[category].values() for member in members)),
            tuple(tuple(sets[category][part]) for part in sorted(sets[category])),
        )
        for category in sorted(sets)
    )


def ranks_in(pool: Pool, official: Sequence[int | None]) -> dict[int, int]:
    """Standard competition ranks within each part of a pool, by the official numbers alone."""
    result = {}
    for members in pool.parts:
        keys = [(official[member] or 0,) for member in members]
        for member, rank in zip(members, competition_ranks(keys), strict=True):
            result[member] = rank or 0
    return result


def takers(
    pool: Pool, official: Sequence[int | None], tiers: Sequence[int]
) -> tuple[tuple[int, ...], ...] | None:
    """Who takes each tier of prizes; None where the pool cannot be compared as a whole."""
    if len(pool.parts) > 1:
        return None
    ranks = ranks_in(pool, official)
    given = by_places([ranks.get(member) for member in pool.members], tiers)
    return tuple(tuple(pool.members[place] for place in tier) for tier in given)


def draws_for(ballot: Ballot, wanted: int | None) -> int:
    """As many as were asked for; else 4,000, or as many as so large a round lets be taken in a short time."""
    if wanted is not None:
        return wanted
    return max(min(DRAWS, MOST_CELLS // max(len(ballot.entries), 1)), FEWEST)


def stand(
    ballot: Ballot,
    fitted: Fitted,
    groups: Sequence[Pool],
    tiers: Sequence[int],
    *,
    draws: int,
    seed: int,
    shrunken: bool = False,
    progress: Callable[[str], None] = lambda _text: None,
) -> Standing:
    """`shrunken`: the method draws its estimates together, which tells places as it is."""
    ranks: list[int | None] = [None] * len(ballot.entries)
    sure: list[Sure | None] = [None] * len(ballot.entries)
    taken = 0
    for pool in groups:
        for member, rank in ranks_in(pool, fitted.official).items():
            ranks[member] = rank
        for part in pool.parts:
            members = np.array(part, dtype=np.int64)
            if draws and fitted.errors is not None and fitted.errors.can_draw(members):
                progress(f"{draws:,} draws for {len(members):,} entries")
                taken = draws
                seeds = _seed(seed, pool.category, ballot.entries[part[0]])
                for member, one in zip(
                    part, _look(fitted, members, tiers, draws, seeds, shrunken), strict=True
                ):
                    sure[member] = one
    return Standing(tuple(ranks), tuple(sure), taken)


def _look(
    fitted: Fitted,
    members: Integers,
    tiers: Sequence[int],
    draws: int,
    seed: tuple[int, ...],
    shrunken: bool,
) -> list[Sure]:
    errors = fitted.errors
    assert errors is not None
    drawn, centre = errors.draw(fitted.estimate, members, draws, seed), fitted.estimate[members]
    widened = 1.0 if shrunken else widening(centre, drawn)
    look = outlook(drawn, max(1, sum(tiers)), estimate=centre, widened=widened)
    result = []
    for column in range(len(members)):
        chances = look.chances[column]
        prizes, start = [], 0
        for places in tiers:
            prizes.append(sum(chances[start : start + places]) / MILLION)
            start += places
        result.append(
            Sure(
                int(look.rank_low[column]),
                int(look.rank_high[column]),
                chances[0] / MILLION,
                tuple(prizes),
                float(look.expected_rank[column]),
                tuple(look.quantiles[:, column].tolist()),
            )
        )
    return result


def _seed(seed: int, *names: str) -> tuple[int, ...]:
    """A stream of its own for each ranking, so that one more category changes nothing in the others."""
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).digest()
    return seed, int.from_bytes(digest[:8], "big")
