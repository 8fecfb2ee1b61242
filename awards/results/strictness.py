"""One judge of a run: how strict in each criterion, and every sheet beside what its entry came to. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.results.queries import EntryName, Names
from awards.results.tracing import Cell, Counting, weighed
from awards.results.views import NINETY
from awards.web.figures import Axis, balanced_axis


class CriterionEffect(Struct, frozen=True):
    """`gives` is more or less than the others would give, in millionths; `agreement` the rank correlation with them."""

    name: str
    sheets: int
    gives: int | None
    low: int
    high: int
    agreement: int | None

    @property
    def flagged(self) -> bool:
        return self.low > 0 or self.high < 0


class ReadEntry(Struct, frozen=True):
    """A sheet over all criteria, None where a mark is missing; `estimate` is what the entry came to."""

    entry: EntryName
    total: Cell | None
    estimate: int | None

    @property
    def apart(self) -> int | None:
        """What the sheet counts as, less what the entry came to."""
        return None if self.estimate is None or self.total is None else self.total.counts - self.estimate


class OneJudge(Struct, frozen=True):
    name: str
    effects: tuple[CriterionEffect, ...]
    read: tuple[ReadEntry, ...]
    axis: Axis
    allows: bool


def one_judge(
    inputs: Mapping[str, Any], body: Mapping[str, Any], label: str, names: Names,
    entries: Mapping[str, EntryName],
) -> OneJudge | None:  # fmt: skip
    """None where the run knows no sheet of the judge."""
    found = {one["scope"]: one for one in body.get("judges", ()) if one["judge"] == label}
    if not found:
        return None
    counting = Counting.of(inputs, body)
    estimates = {one["entry"]: one["estimate"] for one in body.get("standings", ()) if one["scope"] == "all"}
    sheets = {one["entry"]: one["marks"] for one in inputs["sheets"] if one["judge"] == label}
    read = []
    for reference, entry in entries.items():
        if reference in sheets:
            weights = counting.weights(entry.category)
            cells = counting.cells(label, sheets[reference], list(weights))
            read.append(ReadEntry(entry, weighed(cells, list(weights.values())), estimates.get(reference)))
    effects = tuple(_effect(name, found[code]) for code, name in names.criteria.items() if code in found)
    return OneJudge(
        names.judges[label].name if label in names.judges else label,
        effects,
        tuple(read),
        balanced_axis([value for one in effects for value in (one.low, one.high)]),
        counting.allows,
    )


def _effect(name: str, one: Mapping[str, Any]) -> CriterionEffect:
    gives = None if one["severity"] is None else -one["severity"]
    reach = (one["error"] or 0) * NINETY // 1000
    return CriterionEffect(
        name, one["sheets"], gives, (gives or 0) - reach, (gives or 0) + reach, one["agreement"]
    )
