"""Who takes each prize by rule. Pure: integers and texts only, and the order of rows never matters.

The rule, so that anybody can write it anew:

1. A candidate is an entry that is still in. Its `rank` is its place in its category, its `overall` its place among the
   entries of all categories; a smaller number is better, equal numbers are a tie, and None is not ranked. Where entries
   cannot all be compared, none of them has a rank there.
2. A prize with a category looks at the candidates of that category by `rank`, one without looks at all of them by
   `overall`. Who has no such rank takes no prize by rule.
3. `values` are pairs of a key and a text, and a key can be there more than once. A candidate fits a prize when for each
   of the keys `region`, `country` and `kind` (the kind of who enters) that is there, one of its texts is the candidate's.
4. The *pool* of a prize, by its kind: **ranked**: who stands in its scope (`values` say nothing). **ring-fenced**: those
   of them that fit, whatever else they hold. **cascade**: those of them that fit and hold none of the prizes that `past`
   names; where it names none, no ranked prize of the same category (or, without a category, over all) and no cascade of
   it that was given before. **outside**: nobody, for it is given by decision alone.
5. In its pool a candidate's place is 1 + how many of the pool have a smaller rank.
6. A prize takes the places from `start` + 1 to `start` + `places`. `start` is 0, but for a ranked prize it is the sum of
   the places of the ranked prizes of the same category (or over all) before it, by position, then by code.
7. Whoever has one of these places in the pool takes the prize. So who is tied takes the same prize, which can then have
   more winners than places: it is *shared*, and the prize after it has fewer or none. Nothing else breaks a tie.
8. Prizes are given in this order: ranked, ring-fenced, cascade, outside; then by category, position and code. A cascade
   sees who holds the prizes before it. Where people decided a prize, its holders are those whom they chose.
9. Winners are named best first, those with the same place by their reference.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from awards.editions.document import PRIZE_KINDS

RANKED, RING_FENCED, CASCADE, OUTSIDE = PRIZE_KINDS
PAST = "past"


class Why(StrEnum):
    """What the rule says of a prize."""

    RANK = "by rank"
    TIE = "tie"
    """More winners than places: no rule separates them."""
    NOBODY = "nobody"
    """Nobody who is ranked has one of its places."""
    DECISION = "by decision"


class Candidate(Struct, frozen=True):
    """An entry as prizes see it; `region` and `country` of the city, `kind` of who enters."""

    reference: str
    category: str
    rank: int | None
    region: str = ""
    country: str = ""
    kind: str = ""
    overall: int | None = None


class PrizeRule(Struct, frozen=True):
    """`category` empty is over the whole edition."""

    code: str
    category: str
    position: int
    places: int
    kind: str = RANKED
    values: tuple[tuple[str, str], ...] = ()

    def said(self, key: str) -> frozenset[str]:
        return frozenset(text for name, text in self.values if name == key)

    @property
    def turn(self) -> tuple[int, str, int, str]:
        return PRIZE_KINDS.index(self.kind), self.category, self.position, self.code


class Given(Struct, frozen=True):
    """Who takes a prize by rule, best first; `passed` stood higher in a cascade and hold another prize already."""

    winners: tuple[str, ...] = ()
    shared: bool = False
    why: Why = Why.DECISION
    passed: tuple[str, ...] = ()


def award(
    candidates: Iterable[Candidate],
    prizes: Iterable[PrizeRule],
    decided: Mapping[str, Collection[str]] | None = None,
) -> Mapping[str, Given]:
    """What the rule gives of each prize, by its code. `decided`: who holds a prize that people have decided."""
    everybody, turns = list(candidates), sorted(prizes, key=lambda prize: prize.turn)
    result: dict[str, Given] = {}
    holders: dict[str, Collection[str]] = {}
    for prize in turns:
        held = {one for code in passes_over(prize, turns) for one in holders.get(code, ())}
        result[prize.code] = _given(prize, everybody, held, _start(prize, turns))
        holders[prize.code] = (decided or {}).get(prize.code, result[prize.code].winners)
    return result


def _given(prize: PrizeRule, everybody: list[Candidate], held: Collection[str], start: int) -> Given:
    if prize.kind == OUTSIDE:
        return Given()
    fitting = _lined_up(prize, everybody)
    pool = [(rank, name) for rank, name in fitting if name not in held]
    ranks = [rank for rank, _name in pool]
    winners = [
        (rank, name)
        for rank, name in pool
        if start < 1 + sum(other < rank for other in ranks) <= start + prize.places
    ]
    last = max((rank for rank, _name in winners), default=0)
    why = Why.TIE if len(winners) > prize.places else Why.RANK if winners else Why.NOBODY
    return Given(
        tuple(name for _rank, name in winners),
        len(winners) > prize.places,
        why,
        tuple(name for rank, name in fitting if name in held and (rank <= last or not winners)),
    )


def _lined_up(prize: PrizeRule, everybody: list[Candidate]) -> list[tuple[int, str]]:
    """Who is ranked in the prize's scope and fits it, best first."""
    found = []
    for one in everybody:
        rank = one.rank if prize.category else one.overall
        if rank is not None and prize.category in ("", one.category) and fits(prize, one):
            found.append((rank, one.reference))
    return sorted(found)


def fits(prize: PrizeRule, one: Candidate) -> bool:
    """Whether the prize is for such an entry at all, whatever its rank."""
    if prize.category not in ("", one.category):
        return False
    if prize.kind in (RANKED, OUTSIDE):
        return True
    asked = (("region", one.region), ("country", one.country), ("kind", one.kind))
    return all(own in wanted for key, own in asked if (wanted := prize.said(key)))


def passes_over(prize: PrizeRule, prizes: Iterable[PrizeRule]) -> frozenset[str]:
    """The prizes whose holders a cascade passes over."""
    if prize.kind != CASCADE:
        return frozenset()
    return prize.said(PAST) or frozenset(
        one.code
        for one in prizes
        if one.turn < prize.turn and one.category == prize.category and one.kind in (RANKED, CASCADE)
    )


def _start(prize: PrizeRule, turns: list[PrizeRule]) -> int:
    if prize.kind != RANKED:
        return 0
    return sum(
        one.places
        for one in turns
        if one.kind == RANKED and one.category == prize.category and one.turn < prize.turn
    )
