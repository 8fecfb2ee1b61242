"""What two versions of a publication tell beside one another: the difference of two sums may be one mark. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.publication.pack.hiding import FEWEST_READS

# By criterion and entry, who gave which mark.
Reads = Mapping[tuple[str, str], Mapping[str, int]]


class Earlier(Struct, frozen=True):
    """An earlier publication that showed numbers, with what they were calculated from, by the code of the round."""

    number: int
    inputs: Mapping[str, Mapping[str, Any]]


class Changed(Struct, frozen=True):
    """Against all that was published before; `told` are the entries whose two means would tell the marks of a few."""

    since: tuple[int, ...] = ()
    told: frozenset[str] = frozenset()


def changed(now: Mapping[str, Mapping[str, Any]], before: Sequence[Earlier]) -> Changed:
    since, told = [], set[str]()
    for earlier in before:
        for code in now.keys() & earlier.inputs.keys():
            one, other = reads_of(now[code]), reads_of(earlier.inputs[code])
            for place in one.keys() | other.keys():
                own, old = one.get(place, {}), other.get(place, {})
                judges = {judge for judge in own.keys() | old.keys() if own.get(judge) != old.get(judge)}
                if judges:
                    since.append(earlier.number)
                # Where nothing is left, or nothing was before, there is one mean and no difference.
                if own and old and len(judges) < FEWEST_READS:
                    told |= {place[1]} if judges else set()
    return Changed(tuple(sorted(set(since))), frozenset(told))


def reads_of(inputs: Mapping[str, Any]) -> Reads:
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for sheet in inputs["sheets"]:
        for code, mark in sheet["marks"].items():
            found[code, sheet["entry"]][sheet["judge"]] = mark
    return found
