"""Which further sheets would tell most: entries beside their rival across a prize line. Pure."""

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from awards.results.rules import near_a_line
from judging import inputs_from_document
from judging.further import Worth, worth_of_reads

Told = Mapping[str, Mapping[str, Worth]]
"""By entry, and of it by the label of the judge."""


def rivals_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Each entry whose interval lies on both sides of a prize line, with the nearest one on the other side of it."""
    places: Counter[str] = Counter()
    for prize in body.get("prizes", ()):
        places[prize["category"]] += prize["places"]
    found = {}
    by_category: dict[str, list[Mapping[str, Any]]] = {}
    for one in body.get("standings", ()):
        if one["scope"] == "all" and one["rank"] is not None and one["estimate"] is not None:
            by_category.setdefault(one["category"], []).append(one)
    for category, ranked in by_category.items():
        line = places[category]
        ranked.sort(key=lambda one: (one["rank"], one["entry"]))
        for one in ranked:
            if near_a_line(one["rank_low"], one["rank_high"], line):
                inside = one["rank"] <= line
                across = [other for other in ranked if (other["rank"] <= line) != inside]
                if across:
                    found[one["entry"]] = (across[0] if inside else across[-1])["entry"]
    return found


@lru_cache(maxsize=8)
def told_by(inputs: str, rivals: tuple[tuple[str, str], ...]) -> Told:
    """Takes as long as a run: to be asked away from the event loop."""
    found: dict[str, dict[str, Worth]] = {}
    for worth in worth_of_reads(inputs_from_document(json.loads(inputs)), dict(rivals)):
        found.setdefault(worth.entry, {})[worth.judge] = worth
    return found
