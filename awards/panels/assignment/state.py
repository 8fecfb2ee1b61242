"""All that a proposal is computed from, as data; and what changed between two states of it. Pure.

Pairs are (round entry, seat), everywhere in panels.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from judging import sha256_of

Pair = tuple[int, int]

# How well a judge suits an entry: so much for each level of expertise, and this where nobody has said.
POINTS, UNSAID = 20, 50


class ReadEntry(Struct, frozen=True):
    """`fields` are those of its category; a `bridge` is read by every judge who may."""

    round_entry_id: int
    entry_id: int
    reference: str
    category_id: int
    wanted: int
    bridge: bool = False
    fields: tuple[int, ...] = ()


class Reader(Struct, frozen=True):
    """A seat that can be given entries, or that has some: `takes_more` is false once it ended.

    Without `categories` it serves all. `levels` are (field, expertise) as far as anybody has said; `employers`
    are names as people wrote them.
    """

    seat_id: int
    person_id: int
    label: str
    low: int
    high: int | None
    takes_more: bool
    categories: tuple[int, ...] = ()
    levels: tuple[tuple[int, int], ...] = ()
    employers: tuple[str, ...] = ()

    def serves(self, category_id: int) -> bool:
        return not self.categories or category_id in self.categories

    def level(self, fields: Sequence[int]) -> int | None:
        """The highest expertise in any of them; None where nobody has said."""
        return max((level for field, level in self.levels if field in fields), default=None)


def points(level: int | None) -> int:
    """From 0 to 100."""
    return UNSAID if level is None else POINTS * level


class PanelState(Struct, frozen=True):
    """Its hash says whether what a proposal was computed from is still true.

    A `barred` pair is forbidden by a conflict, which two people may waive; an `ended` one was stepped aside from
    or set aside, and never is again; a `warned` one is taken only where the needs cannot be met without it.
    `pins` are given, and stand; nothing is written yet on the `movable` ones, and of these the judge has looked
    at the `opened` ones. What is opened or written while a proposal is looked at changes nothing about it, so
    these are not part of the hash.
    """

    round_id: int
    rules: tuple[tuple[str, str], ...]
    entries: tuple[ReadEntry, ...]
    readers: tuple[Reader, ...]
    barred: frozenset[Pair]
    warned: frozenset[Pair]
    pins: frozenset[Pair]
    ended: frozenset[Pair] = frozenset()
    movable: frozenset[Pair] = frozenset()
    opened: frozenset[Pair] = frozenset()

    def document(self) -> dict[str, Any]:
        return {
            "round": self.round_id,
            "rules": [list(rule) for rule in self.rules],
            "entries": [[e.round_entry_id, e.category_id, e.wanted, e.bridge, list(e.fields)] for e in self.entries],
            "seats": [
                [
                    r.seat_id, r.low, r.high, r.takes_more, list(r.categories),
                    [list(known) for known in r.levels], list(r.employers),
                ]
                for r in self.readers
            ],
            "barred": as_lists(self.barred),
            "warned": as_lists(self.warned),
            "ended": as_lists(self.ended),
            "pins": as_lists(self.pins),
        }  # fmt: skip

    @property
    def sha256(self) -> str:
        return sha256_of(self.document())

    def refusal(self, entry: ReadEntry, reader: Reader) -> str:
        """Why this judge cannot be given this entry: `seat`, `ended`, `conflict`, `category`, or nothing."""
        pair = (entry.round_entry_id, reader.seat_id)
        if not reader.takes_more:
            return "seat"
        if pair in self.ended:
            return "ended"
        if pair in self.barred:
            return "conflict"
        # A bridge is read across categories: that is what it is for.
        if not entry.bridge and not reader.serves(entry.category_id):
            return "category"
        return ""


def as_lists(pairs: frozenset[Pair]) -> list[list[int]]:
    return [list(pair) for pair in sorted(pairs)]


class Change(Struct, frozen=True):
    """One thing that is not as it was. Kinds, by what they name:

    of a seat: `seat-new`, `seat-gone`, `seat-over`, `loads`, `categories`, `expertise`, `employer`;
    of an entry: `entry-new`, `entry-gone`, `wanted`, `category`, `bridge`;
    of both: `conflict-new`, `conflict-gone`, `warning-new`, `warning-gone`, `given`, `taken`, `stepped-aside`,
    `came-back`; of neither: `rules`.
    """

    kind: str
    entry: int | None = None
    seat: int | None = None


_OF_ENTRY = ((1, "category"), (2, "wanted"), (3, "bridge"), (4, "category"))
_OF_SEAT = (
    (1, "loads"),
    (2, "loads"),
    (3, "seat-over"),
    (4, "categories"),
    (5, "expertise"),
    (6, "employer"),
)
_OF_PAIR = (
    ("barred", "conflict-new", "conflict-gone"),
    ("warned", "warning-new", "warning-gone"),
    ("pins", "given", "taken"),
    ("ended", "stepped-aside", "came-back"),
)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two documents of a state; pairs only where both their entry and seat were there."""
    found: list[Change] = []
    if before["rules"] != after["rules"]:
        found.append(Change("rules"))
    entries = {row[0]: row for row in before["entries"]}, {row[0]: row for row in after["entries"]}
    seats = {row[0]: row for row in before["seats"]}, {row[0]: row for row in after["seats"]}
    for (old, new), columns, name in ((entries, _OF_ENTRY, "entry"), (seats, _OF_SEAT, "seat")):
        for key in sorted(old.keys() | new.keys()):
            if key not in new or key not in old:
                kinds = [f"{name}-gone" if key not in new else f"{name}-new"]
            else:
                kinds = [kind for at, kind in columns if old[key][at] != new[key][at]]
            found += [Change(kind, **{name: key}) for kind in dict.fromkeys(kinds)]
    known = (entries[0].keys() & entries[1].keys(), seats[0].keys() & seats[1].keys())
    for part, came, went in _OF_PAIR:
        old_pairs, new_pairs = ({tuple(pair) for pair in document[part]} for document in (before, after))
        for kind, pairs in ((came, new_pairs - old_pairs), (went, old_pairs - new_pairs)):
            found += [Change(kind, e, s) for e, s in sorted(pairs) if e in known[0] and s in known[1]]
    return tuple(found)
