"""What entries bring along from the round before: their official totals in its adopted run. Pure."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from awards.errors import Invalid
from awards.web.i18n import _
from judging import Carried


def carried_from(body: Mapping[str, Any], weight: int, here: Collection[str]) -> tuple[Carried, ...]:
    """The totals of those who are `here`, by reference; who had none starts afresh.

    Invalid where a category has fallen into parts: totals of different parts are not on one footing.
    """
    found: list[Carried] = []
    parts: dict[str, set[int | None]] = {}
    for standing in body["standings"]:
        if standing["scope"] != "all" or standing["estimate"] is None or standing["entry"] not in here:
            continue
        parts.setdefault(standing["category"], set()).add(standing["part"])
        found.append(Carried(standing["entry"], weight, standing["estimate"], standing["error"]))
    if any(len(some) > 1 for some in parts.values()):
        text = _(
            "Entries of the round before fell into parts that no judge links, so their scores cannot be carried over."
            " Set the weight of that score to 0 by a new ruleset."
        )
        raise Invalid({"": text})
    return tuple(sorted(found, key=lambda one: one.entry))


def without_carried(total: int, load: int, carried: Mapping[str, Any] | None) -> int:
    """What the criteria of this round alone give; `load` is the sum of their weights."""
    if carried is None:
        return total
    weight: int = carried["weight"]
    return round(Fraction(total * (load + weight) - weight * carried["total"], load))


def with_carried(weighed: int, load: int, carried: Mapping[str, Any] | None) -> int:
    """The total of criteria whose weighted sum is `weighed`, with what is carried over; rounded as every total is."""
    weight, total = (carried["weight"], carried["total"]) if carried is not None else (0, 0)
    return round(Fraction(weighed + weight * total, load + weight))


def carries_on(inputs: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether a run with these inputs was computed with the totals that the run of the round before has now."""
    said = {one["entry"]: (one["total"], one["error"]) for one in inputs.get("carried", ())}
    weight = max((one["weight"] for one in inputs.get("carried", ())), default=0)
    try:
        now = carried_from({"standings": (), **before}, weight, {one["id"] for one in inputs["entries"]})
    except Invalid:
        return False
    return said == {one.entry: (one.total, one.error) for one in now}
