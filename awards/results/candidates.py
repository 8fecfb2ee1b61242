"""The ranks by which prizes are given: of a run, over all categories, and as a panel left them. Pure."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from judging import TieBreak, competition_ranks

Body = Mapping[str, Any]
# A criterion that an entry was not judged in breaks no tie for it: it counts as the lowest number.
_LOWEST = -(10**18)


def ranks_in(body: Body, category: str) -> dict[str, int | None]:
    """The ranks of a category's entries by reference; none of them where they fall into parts that no judge links."""
    own = [one for one in body.get("standings", ()) if one["scope"] == "all" and one["category"] == category]
    linked = len({one["part"] for one in own if one["rank"] is not None}) < 2
    return {one["entry"]: one["rank"] if linked else None for one in own}


def prize_lines(body: Body, category: str) -> tuple[int, ...]:
    """After how many places each ranked prize of the category ends; under the last of them nobody takes one."""
    return tuple(accumulate(one["places"] for one in body.get("prizes", ()) if one["category"] == category))


def ranks_over_all(body: Body, tie_breaks: Sequence[TieBreak]) -> dict[str, int | None]:
    """Ranks over all categories of a round by official totals and tie-breaks; nobody's where not all are linked."""
    scopes: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in body.get("standings", ()):
        scopes.setdefault(one["scope"], {})[one["entry"]] = one
    whole = scopes.pop("all", {})
    if any(len({one["part"] for one in own.values()} - {None}) > 1 for own in scopes.values()):
        return dict.fromkeys(whole)

    def key(reference: str, standing: Mapping[str, Any]) -> tuple[int, ...] | None:
        if standing["estimate"] is None:
            return None
        found = [standing["estimate"]]
        for rule in tie_breaks:
            if rule.rule == "criterion":
                number = scopes.get(rule.value, {}).get(reference, {}).get("estimate")
            else:
                number = standing[rule.rule]
            found.append(_LOWEST if number is None else number)
        return tuple(found)

    ranks = competition_ranks([key(reference, one) for reference, one in whole.items()])
    return dict(zip(whole, ranks, strict=True))
