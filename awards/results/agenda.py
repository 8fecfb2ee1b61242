"""In which order a panel takes its entries, so that people in conflict leave the room as rarely as can be. Pure.

Somebody who must leave for two items that follow each other leaves once. So the leavings of an order are, over all
items, those who must be out for it and were in for the one before. Items with the same people out follow each other,
and those for which nobody leaves come first. What remains is the shortest path through the different sets of people
out: exact by dynamic programming over subsets (Held and Karp 1962) up to `EXACT` of them, which few panels pass;
beyond, the nearest next one, mended by moving stretches and turning them round until nothing gets better.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

EXACT = 12

Out = frozenset[int]


def leavings(order: Iterable[str], out: Mapping[str, Out]) -> int:
    """How often somebody leaves the room, over all items."""
    before: Out = frozenset()
    count = 0
    for entry in order:
        count += len(out[entry] - before)
        before = out[entry]
    return count


def agenda(out: Mapping[str, Out]) -> tuple[str, ...]:
    """
    The entries in an order with few leavings; `out` holds who must leave for each.

    Among equals the order is by name, so that it tells nothing of how the entries stand.
    """
    alike: dict[Out, list[str]] = {}
    for entry in sorted(out):
        alike.setdefault(out[entry], []).append(entry)
    kinds = sorted((kind for kind in alike if kind), key=lambda kind: alike[kind][0])
    path = _shortest(kinds) if len(kinds) <= EXACT else _mended(_nearest(kinds))
    return tuple(entry for kind in (frozenset[int](), *path) for entry in alike.get(kind, ()))


def _shortest(kinds: Sequence[Out]) -> list[Out]:
    if not kinds:
        return []
    size = len(kinds)
    step = [[len(after - before) for after in kinds] for before in kinds]
    # (taken, last) -> fewest leavings, and the path that has them; ties by the order of `kinds`.
    best: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {
        (1 << n, n): (len(kinds[n]), (n,)) for n in range(size)
    }
    for _taken in range(size - 1):
        longer: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {}
        for (taken, last), (cost, path) in best.items():
            for n in range(size):
                if taken >> n & 1:
                    continue
                key, found = (taken | 1 << n, n), (cost + step[last][n], (*path, n))
                if key not in longer or found < longer[key]:
                    longer[key] = found
        best = longer
    return [kinds[n] for n in min(best.values())[1]]


def _nearest(kinds: Sequence[Out]) -> list[Out]:
    rest = list(kinds)
    path = [rest.pop(min(range(len(rest)), key=lambda n: (len(rest[n]), n)))]
    while rest:
        path.append(rest.pop(min(range(len(rest)), key=lambda n: (len(rest[n] - path[-1]), n))))
    return path


def _mended(path: list[Out]) -> list[Out]:
    while True:
        cost = _cost(path)
        better = next((tried for tried in _neighbours(path) if _cost(tried) < cost), None)
        if better is None:
            return path
        path = better


def _neighbours(path: list[Out]) -> Iterator[list[Out]]:
    """Every order in which one stretch stands elsewhere, or there the other way round."""
    for first in range(len(path)):
        for last in range(first + 1, len(path) + 1):
            stretch, rest = path[first:last], path[:first] + path[last:]
            for place in range(len(rest) + 1):
                yield rest[:place] + stretch + rest[place:]
                yield rest[:place] + stretch[::-1] + rest[place:]


def _cost(path: Sequence[Out]) -> int:
    before: Out = frozenset()
    count = 0
    for kind in path:
        count += len(kind - before)
        before = kind
    return count
