"""What an entrant is told of its own entry after a publication: how it stands, by criterion, and in words. Pure.

Nothing here says who judged. It holds no single mark and no plain mean, only what was estimated from all sheets of the
round, and only from three sheets up. Words come in an order of their own for each entry, so that nobody follows one
writer from entry to entry.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.publication.document import FEWEST_SHEETS
from judging import canonical_bytes

FORMAT = "feedback-1"
# Of fewer entries the spread of a category would be the scores of entries that anybody can name.
FEWEST_ENTRIES = 5


class Spread(Struct, frozen=True):
    """The middle half of a category and its middle."""

    low: int
    middle: int
    high: int


class Criterion(Struct, frozen=True):
    name: str
    estimate: int
    beside: Spread | None


class RoundFeedback(Struct, frozen=True):
    """`entries`: those of the category that have a place. Without a standing fewer than three sheets count."""

    name: str
    entries: int
    sheets: int
    rank_low: int | None
    rank_high: int | None
    estimate: int | None
    quantiles: tuple[int, ...]
    scale: tuple[int, int] | None
    """Its ends, where all criteria are marked on the same."""
    beside: Spread | None
    criteria: tuple[Criterion, ...]
    words: tuple[str, ...]
    held: int
    """How many judges wrote words that would have told who they are."""

    @property
    def enough(self) -> bool:
        return self.sheets >= FEWEST_SHEETS


class Feedback(Struct, frozen=True):
    category: str
    rounds: tuple[RoundFeedback, ...]
    """The last one first."""


class Words(Struct, frozen=True):
    """One judge's words to the city as they go out; none where they are held back."""

    text: str
    held: bool


class ReadEntry(Struct, frozen=True):
    """An entry in one round: how many signed sheets count, and what their judges say to the city."""

    reference: str
    category: str
    category_name: str
    sheets: int
    words: tuple[Words, ...]


class ReadRound(Struct, frozen=True):
    """A round with the body of the run that stands for it; of a round without marks the body is empty."""

    code: str
    name: str
    position: int
    criteria: tuple[tuple[str, str], ...]
    scale: tuple[int, int] | None
    body: Mapping[str, Any]
    entries: Mapping[str, ReadEntry]


def feedback_of(reference: str, rounds: Sequence[ReadRound]) -> Feedback | None:
    """Of every round in which the entry was read; None where nobody read it."""
    read = sorted((one for one in rounds if reference in one.entries), key=lambda one: -one.position)
    if not read:
        return None
    return Feedback(
        read[0].entries[reference].category_name, tuple(_of_round(reference, one) for one in read)
    )


def _of_round(reference: str, round_: ReadRound) -> RoundFeedback:
    entry = round_.entries[reference]
    standings = [s for s in round_.body.get("standings", ()) if s["category"] == entry.category]
    totals = [s for s in standings if s["scope"] == "all"]
    own = next((s for s in totals if s["entry"] == reference), None)
    sheets = own["sheets"] if own is not None else entry.sheets
    empty = RoundFeedback(round_.name, 0, sheets, None, None, None, (), None, None, (), (), 0)
    if sheets < FEWEST_SHEETS:
        return empty
    shown = [one.text for one in entry.words if not one.held]
    return RoundFeedback(
        name=round_.name,
        entries=sum(1 for s in totals if s["rank"] is not None),
        sheets=sheets,
        rank_low=own["rank_low"] if own else None,
        rank_high=own["rank_high"] if own else None,
        estimate=own["estimate"] if own else None,
        quantiles=tuple(own["quantiles"]) if own and own["estimate"] is not None else (),
        scale=round_.scale,
        beside=spread(_estimates(totals)),
        criteria=tuple(_criteria(reference, round_, standings)),
        words=tuple(sorted(shown, key=lambda text: _shuffle(reference, text))),
        held=sum(1 for one in entry.words if one.held),
    )


def _criteria(
    reference: str, round_: ReadRound, standings: Sequence[Mapping[str, Any]]
) -> Iterable[Criterion]:
    for code, name in round_.criteria:
        found = [s for s in standings if s["scope"] == code]
        own = next((s for s in found if s["entry"] == reference), None)
        if own is not None and own["sheets"] >= FEWEST_SHEETS and own["estimate"] is not None:
            yield Criterion(name, own["estimate"], spread(_estimates(found)))


def _estimates(standings: Iterable[Mapping[str, Any]]) -> list[int]:
    return [s["estimate"] for s in standings if s["estimate"] is not None and s["sheets"] >= FEWEST_SHEETS]


def spread(values: Sequence[int]) -> Spread | None:
    """Quartiles of the values, each one of them or half-way between two; None of too few."""
    if len(values) < FEWEST_ENTRIES:
        return None
    ordered = sorted(values)
    return Spread(*(_quantile(ordered, quarter) for quarter in (1, 2, 3)))


def _quantile(ordered: Sequence[int], quarter: int) -> int:
    whole, rest = divmod((len(ordered) - 1) * quarter, 4)
    if not rest:
        return ordered[whole]
    return (ordered[whole] * (4 - rest) + ordered[whole + 1] * rest) // 4


def _shuffle(reference: str, text: str) -> str:
    """An order that follows from what the reader sees, and from nothing else."""
    return hashlib.sha256(f"{reference}\0{text}".encode()).hexdigest()


# --- as it is stored ------------------------------------------------------------------------------------


def text_of(feedback: Feedback) -> str:
    document = {
        "format": FORMAT,
        "category": feedback.category,
        "rounds": [
            {
                "name": one.name,
                "entries": one.entries,
                "sheets": one.sheets,
                "rank_low": one.rank_low,
                "rank_high": one.rank_high,
                "estimate": one.estimate,
                "quantiles": list(one.quantiles),
                "scale": None if one.scale is None else list(one.scale),
                "beside": _spread_data(one.beside),
                "criteria": [
                    {"name": c.name, "estimate": c.estimate, "beside": _spread_data(c.beside)}
                    for c in one.criteria
                ],
                "words": list(one.words),
                "held": one.held,
            }
            for one in feedback.rounds
        ],
    }
    return canonical_bytes(document).decode()


def read_feedback(text: str) -> Feedback:
    data = json.loads(text)
    return Feedback(
        data["category"],
        tuple(
            RoundFeedback(
                **{
                    **one,
                    "quantiles": tuple(one["quantiles"]),
                    "scale": None if one["scale"] is None else tuple(one["scale"]),
                    "beside": _spread_of(one["beside"]),
                    "criteria": tuple(
                        Criterion(c["name"], c["estimate"], _spread_of(c["beside"])) for c in one["criteria"]
                    ),
                    "words": tuple(one["words"]),
                }
            )
            for one in data["rounds"]
        ),
    )


def _spread_data(found: Spread | None) -> list[int] | None:
    return None if found is None else [found.low, found.middle, found.high]


def _spread_of(found: Sequence[int] | None) -> Spread | None:
    return None if found is None else Spread(*found)
