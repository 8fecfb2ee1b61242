"""Would a prize move? By every other method, each weight, each judge, the sheets of an entry's own country."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from awards.exchange.ranking.ballots import Ballot
from awards.exchange.ranking.fitted import By, Fitted, Numbers
from awards.exchange.ranking.leaving import LeaveOut
from awards.exchange.ranking.models import fits_ordinal
from awards.exchange.ranking.standing import Pool, pools, ranks_in, takers
from awards.exchange.ranking.totals import decide, decide_all
from judging.arrays import Booleans

MOST_JUDGES = 200
MODEL_CELLS = 600_000
NOISE_CELLS = 20_000
ALL_SCORES = 200_000
OWN_COUNTRY = "own-country"
LIMIT = "limit"


@dataclass(frozen=True)
class Answer:
    """
    What another way of counting does to one tier of prizes.

    `kind`: method, criterion, judge or sheets (these three left out), weight (how far it can be moved), limit (what
    was not asked, and why). `prize` counts tiers from 1. `moves` is None where the entries could no longer be
    compared. `lead`: by how much the last who takes the prize is ahead of the first who misses it, in points. `low`
    and `high`: between which weights the prize stays; None where nothing bounds it, and for other kinds.
    """

    kind: str
    what: str
    category: str
    prize: int | None
    moves: bool | None
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    lead: float | None
    lead_then: float | None
    sentence: str
    low: float | None = None
    high: float | None = None


def limit(what: str, sentence: str) -> Answer:
    """What size did not allow."""
    return Answer(LIMIT, what, "", None, None, (), (), None, None, sentence)


@dataclass(frozen=True)
class Decision:
    """What was decided and by what, so that questions can be put to it."""

    ballot: Ballot
    method: By
    criteria: tuple[Fitted, ...]
    weights: tuple[int, ...]
    by_category: bool
    tiers: tuple[int, ...]
    numbers: Numbers
    pools: tuple[Pool, ...]

    @property
    def split(self) -> bool:
        """Whether entries that were to be ranked together are not connected."""
        return any(len(pool.parts) > 1 for pool in self.pools)

    def prize_name(self, tier: int, pool: Pool) -> str:
        name = "the first place" if self.tiers == (1,) else f"prize {tier + 1}"
        return f"{name} of {pool.category}" if pool.category else name

    def points(self, official: int) -> float:
        return official / 1_000_000 / self.ballot.unit


def ask(
    decision: Decision, depth: str, progress: Callable[[str], None] = lambda _text: None
) -> tuple[Answer, ...]:
    """`depth` is auto, full or none. What auto leaves out for size is an answer of kind limit."""
    if depth == "none" or all(len(pool.parts) > 1 for pool in decision.pools):
        return ()
    answers = []
    for kind, what, other in _questions(decision, depth == "full", progress):
        if other is None:
            answers.append(limit(kind, what))
        else:
            answers += _answers(decision, other, kind, what)
    return (*answers, *_weight_answers(decision))


def _questions(
    decision: Decision, everything: bool, progress: Callable[[str], None]
) -> Iterator[tuple[str, str, Numbers | None]]:
    ballot, method, weights = decision.ballot, decision.method, decision.weights
    left: list[str] = []
    for other in By:
        if other is method or (other is By.ORDINAL and not fits_ordinal(ballot)):
            continue
        if not _is_for(ballot, other, everything):
            left.append(other.value)
            continue
        progress(f"counted by {other}")
        yield "method", other.value, decide_all(ballot, other, weights)
    if left:
        yield (
            "method",
            f"The round is large, so it was not counted by {_and(left)}: --sensitivity full does.",
            None,
        )
    counted = [number for number, weight in enumerate(weights) if weight]
    for number in counted if len(counted) > 1 else ():
        without = tuple(0 if k == number else weight for k, weight in enumerate(weights))
        yield "criterion", ballot.criteria[number].name, decide(decision.criteria, without)
    own = tuple(ballot.of_own_country(one.entry, one.judge) for one in ballot.criteria)
    if any(rows.any() for rows in own):
        yield "sheets", OWN_COUNTRY, _without(decision, own)
    judges = len(ballot.judges)
    if judges < 2:
        return
    if not everything and judges > MOST_JUDGES:
        yield (
            "judge",
            f"No judge was left out in turn, which {judges:,} judges make long: --sensitivity full does.",
            None,
        )
        return
    others = LeaveOut(ballot, method, decision.criteria, weights)
    for number, name in enumerate(ballot.judges):
        progress(f"without judge {number + 1:,} of {judges:,}")
        yield "judge", name, others.without(number)


def _is_for(ballot: Ballot, method: By, everything: bool) -> bool:
    cells = len(ballot.entries) * len(ballot.judges)
    if method is By.RELIABILITY:
        return cells <= (MODEL_CELLS if everything else NOISE_CELLS)
    if method in (By.MIXED, By.GAIN_OFFSET, By.ORDINAL):
        return cells <= MODEL_CELLS
    return everything or method in (By.MEAN, By.LEAST_SQUARES) or ballot.scores <= ALL_SCORES


def _without(decision: Decision, rows: Sequence[Booleans]) -> Numbers:
    """The same method without some of the scores."""
    kept = tuple(one.keep(~out) for one, out in zip(decision.ballot.criteria, rows, strict=True))
    ballot = replace(decision.ballot, criteria=kept)
    return decide_all(ballot, decision.method, decision.weights)


def _answers(decision: Decision, other: Numbers, kind: str, what: str) -> Iterator[Answer]:
    names = decision.ballot.entries
    then = {pool.category: pool for pool in pools(decision.ballot, other, decision.by_category)}
    for pool in decision.pools:
        had = takers(pool, decision.numbers.official, decision.tiers)
        if had is None:
            continue
        after = then.get(pool.category)
        has = takers(after, other.official, decision.tiers) if after is not None else None
        for tier in range(len(decision.tiers)):
            lead = _lead(pool, decision.numbers.official, had[tier])
            lead_then = (
                _lead(after, other.official, has[tier]) if after is not None and has is not None else None
            )
            gains = _names(names, set(has[tier]) - set(had[tier])) if has is not None else ()
            loses = _names(names, set(had[tier]) - set(has[tier])) if has is not None else ()
            moves = None if has is None else bool(gains or loses)
            prize = decision.prize_name(tier, pool)
            leads = [None if one is None else decision.points(one) for one in (lead, lead_then)]
            yield Answer(
                kind=kind,
                what=what,
                category=pool.category,
                prize=tier + 1,
                moves=moves,
                gains=gains,
                loses=loses,
                lead=leads[0],
                lead_then=leads[1],
                sentence=_sentence(
                    kind, what, prize, moves, gains, loses, _names(names, had[tier]), leads[1]
                ),
            )


def _lead(pool: Pool, official: Sequence[int | None], takes: Sequence[int]) -> int | None:
    ranks = ranks_in(pool, official)
    last = max((ranks[member] for member in takes), default=None)
    if last is None:
        return None
    missed = [official[member] or 0 for member in pool.members if ranks[member] > last]
    return min(official[member] or 0 for member in takes) - max(missed) if missed else None


OPENINGS = {
    "method": "Counted by {}",
    "criterion": "Without the criterion {}",
    "judge": "Without {} as a judge",
    "sheets": "Without the scores of judges from the entry’s own country",
}


def _sentence(
    kind: str,
    what: str,
    prize: str,
    moves: bool | None,
    gains: Sequence[str],
    loses: Sequence[str],
    holders: Sequence[str],
    lead: float | None,
) -> str:
    opening = OPENINGS[kind].replace("{}", what)
    if moves is None:
        return f"{opening}, the entries could no longer all be compared."
    far = "" if lead is None else f", ahead by {points(lead)}"
    if not moves:
        return (
            f"{opening}, {prize} stays with {_and(holders)}{far}."
            if holders
            else f"{opening}, {prize} stays as it is."
        )
    if gains and loses:
        return f"{opening}, {prize} would go to {_and(gains)} instead of {_and(loses)}{far}."
    if gains:
        return f"{opening}, {_and(gains)} would share {prize}{far}."
    return f"{opening}, {_and(loses)} would lose {prize}{far}."


def _weight_answers(decision: Decision) -> Iterator[Answer]:
    """How far each weight can be moved, the others kept, before a prize does. Exact: totals are linear in it."""
    weights = decision.weights
    counted = [number for number, weight in enumerate(weights) if weight]
    if len(counted) < 2:
        return
    for pool in decision.pools:
        had = takers(pool, decision.numbers.official, decision.tiers)
        if had is None:
            continue
        for tier, holders in enumerate(had):
            for number in counted if holders else ():
                low, high = _tips(decision, number, pool, holders)
                prize, name = decision.prize_name(tier, pool), decision.ballot.criteria[number].name
                yield Answer(
                    "weight", name, pool.category, tier + 1, False, (), (), None, None,
                    _tip(prize, name, weights[number], low, high),
                    None if low is None else float(low), None if high is None else float(high),
                )  # fmt: skip


def _tips(
    decision: Decision, number: int, pool: Pool, holders: Sequence[int]
) -> tuple[Fraction | None, Fraction | None]:
    weights, ranks = decision.weights, ranks_in(pool, decision.numbers.official)
    own = [decision.criteria[number].official[member] or 0 for member in range(len(decision.ballot.entries))]
    weight = weights[number]

    def rest(member: int) -> int:
        others = (w * (one.official[member] or 0) for w, one in zip(weights, decision.criteria, strict=True))
        return sum(others) - weight * own[member]

    best, worst = min(ranks[member] for member in holders), max(ranks[member] for member in holders)
    low: Fraction | None = None
    high: Fraction | None = None
    sums = {member: rest(member) for member in pool.members}
    for outside in pool.members:
        if best <= ranks[outside] <= worst:
            continue
        for member in holders:
            slope = own[member] - own[outside]
            if slope == 0:
                continue
            at = Fraction(sums[outside] - sums[member], slope)
            if 0 <= at <= weight and (low is None or at > low):
                low = at
            if at >= weight and (high is None or at < high):
                high = at
    return low, high


def _tip(prize: str, name: str, weight: int, low: Fraction | None, high: Fraction | None) -> str:
    opening = f"The weight of {name}, now {weight}, "
    if low is None and high is None:
        return f"{opening}can be moved as far as one likes: {prize} stays."
    if low is None:
        return f"{opening}can fall to 0 and rise to {float(high or 0):.3g} before {prize} moves."
    if high is None:
        return f"{opening}can rise without end and fall to {float(low):.3g} before {prize} moves."
    return f"{opening}can fall to {float(low):.3g} and rise to {float(high):.3g} before {prize} moves."


def points(value: float) -> str:
    """A difference in points, short."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) >= 0.0005 or value == 0 else f"{value:.1g}"


def _names(names: Sequence[str], members: "set[int] | Sequence[int]") -> tuple[str, ...]:
    return tuple(sorted(names[member] for member in members))


def _and(names: Sequence[str]) -> str:
    shown = list(names) if len(names) <= 6 else [*names[:5], f"{len(names) - 5} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
