"""Which further sheets would tell most: entries beside their rival across a prize line. Pure."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from awards.results.candidates import prize_lines
from awards.results.rules import near_a_line
from judging import inputs_from_document
from judging.further import Worth, worth_of_reads

Told = Mapping[str, Mapping[str, Worth]]
"""By entry, and of it by the label of the judge."""


def rivals_of(body: Mapping[str, Any]) -> dict[str, str]:
    """
    Each entry whose interval lies on both sides of the end of a prize, with the nearest one on the other side of it.

    Where it lies across several, of the one that its place is nearest to.
    """
    by_category: dict[str, list[Mapping[str, Any]]] = {}
    for one in body.get("standings", ()):
        if one["scope"] == "all" and one["rank"] is not None and one["estimate"] is not None:
            by_category.setdefault(one["category"], []).append(one)
    found = {}
    for category, ranked in by_category.items():
        ranked.sort(key=lambda one: (one["rank"], one["entry"]))
        lines = prize_lines(body, category)
        for one in ranked:
            across = [line for line in lines if near_a_line(one["rank_low"], one["rank_high"], line)]
            if across and (rival := _across(ranked, one, min(across, key=lambda line: _from(one, line)))):
                found[one["entry"]] = rival
    return found


def _from(one: Mapping[str, Any], line: int) -> int:
    """How far a place is from the line that lies behind another, in halves of a place."""
    return abs(2 * int(one["rank"]) - 2 * line - 1)


def _across(ranked: list[Mapping[str, Any]], one: Mapping[str, Any], line: int) -> str:
    inside = one["rank"] <= line
    others = [other["entry"] for other in ranked if (other["rank"] <= line) != inside]
    return "" if not others else others[0] if inside else others[-1]


@lru_cache(maxsize=8)
def told_by(inputs: str, rivals: tuple[tuple[str, str], ...]) -> Told:
    """Takes as long as a run: to be asked away from the event loop."""
    found: dict[str, dict[str, Worth]] = {}
    for worth in worth_of_reads(inputs_from_document(json.loads(inputs)), dict(rivals)):
        found.setdefault(worth.entry, {})[worth.judge] = worth
    return found
