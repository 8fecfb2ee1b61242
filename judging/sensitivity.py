"""Would a prize move: by other methods, without a judge, without given sheets."""

from __future__ import annotations

from dataclasses import dataclass

from judging.rounds import Method, RoundInputs, Rule
from judging.scoring import Scored, score, tabulate

MOST_JUDGES = 200


@dataclass(frozen=True, slots=True)
class PrizeMove:
    """A prize that would go elsewhere: who would gain and who would lose it, by entry id, sorted."""

    prize: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """
    What another way of counting would give.

    Parameters
    ----------
    kind : str
        ``method``, ``judge`` (left out) or ``sheets`` (left out).
    what : str
        The method, the judge or the variant.
    results : tuple of (entry id, total in millionths or None, rank or None)
        For methods only, since these stand beside the official numbers; () otherwise.
    moves : tuple of PrizeMove
        Prizes that would move, in the order of their codes; empty: no prize moves.
    unranked : tuple of str
        Entries that would lose their rank, because nothing of them is left.
    """

    kind: str
    what: str
    results: tuple[tuple[str, int | None, int | None], ...]
    moves: tuple[PrizeMove, ...]
    unranked: tuple[str, ...]


def prize_moves(before: Scored, after: Scored) -> tuple[PrizeMove, ...]:
    """
    Prizes that two ways of counting give to different entries; where one gives none, all of the other's.
    """
    names = [entry.id for entry in before.table.entries]
    old, new = before.prizes(), after.prizes()
    moves = []
    for prize in sorted(old):
        had, has = set(old[prize] or ()), set(new[prize] or ())
        if had != has:
            moves.append(
                PrizeMove(
                    prize,
                    gains=tuple(sorted(names[i] for i in has - had)),
                    loses=tuple(sorted(names[i] for i in had - has)),
                )
            )
    return tuple(moves)


def other_methods(decided: Scored) -> tuple[Alternative, ...]:
    """What every other method would give, in the order of `Rule`."""
    rule = decided.method.rule
    return tuple(
        _alternative(decided, score(decided.table, Method(other)), "method", other.value)
        for other in Rule
        if other is not rule
    )


def without_each_judge(decided: Scored) -> tuple[Alternative, ...]:
    """The same method without each judge in turn; nothing for more than 200 judges."""
    inputs = decided.table.inputs
    present = sorted({sheet.judge for sheet in inputs.sheets})
    if len(present) > MOST_JUDGES or len(present) < 2:
        return ()
    return tuple(
        _alternative(decided, score(tabulate(inputs, without_judges={judge}), decided.method), "judge", judge)
        for judge in present
    )


def without_sheets(decided: Scored) -> tuple[Alternative, ...]:
    """The same method without the sheets of each variant of the inputs."""
    inputs: RoundInputs = decided.table.inputs
    return tuple(
        _alternative(
            decided,
            score(tabulate(inputs, without_sheets=frozenset(variant.sheets)), decided.method),
            "sheets",
            variant.code,
        )
        for variant in sorted(inputs.variants, key=lambda variant: variant.code)
    )


def _alternative(decided: Scored, other: Scored, kind: str, what: str) -> Alternative:
    names = [entry.id for entry in decided.table.entries]
    return Alternative(
        kind=kind,
        what=what,
        results=tuple(zip(names, other.totals, other.ranks, strict=True)) if kind == "method" else (),
        moves=prize_moves(decided, other),
        unranked=tuple(
            name
            for name, had, has in zip(names, decided.ranks, other.ranks, strict=True)
            if had is not None and has is None
        ),
    )
