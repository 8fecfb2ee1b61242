"""Who reads each entry under a proposal, and what that changes: the other side of the loads. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.panels.assignment.telling import Names, entry_name, seat_name
from awards.web.i18n import _

# A page holds so many; entries whose readers change come first.
MOST = 500


class EntryLine(Struct, frozen=True):
    """One entry: readers who stay, who are new and who are taken back, each with their expertise in its fields."""

    name: str
    wanted: int
    kept: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def changes(self) -> bool:
        return bool(self.added or self.removed)

    @property
    def missing(self) -> int:
        return max(self.wanted - len(self.kept) - len(self.added), 0)


class ByEntry(Struct, frozen=True):
    """`lines` are the first of `count`."""

    lines: tuple[EntryLine, ...]
    count: int


def by_entry(body: Mapping[str, Any], entries: Names, seats: Names) -> ByEntry:
    added, removed = _seats(body["added"]), _seats(body["removed"])
    lines = []
    for key, wanted, readers in body["entries"]:
        new = added.get(key, set())
        lines.append(
            EntryLine(
                entry_name(entries, key),
                wanted,
                tuple(reader(seat_name(seats, seat), level) for seat, level in readers if seat not in new),
                tuple(reader(seat_name(seats, seat), level) for seat, level in readers if seat in new),
                tuple(sorted(seat_name(seats, seat) for seat in removed.get(key, ()))),
            )
        )
    lines.sort(key=lambda line: (not line.changes, line.name))
    return ByEntry(tuple(lines[:MOST]), len(lines))


def reader(name: str, level: int | None) -> str:
    if level is None:
        return _("%(judge)s (not said)", judge=name)
    return _("%(judge)s (%(level)d)", judge=name, level=level)


def _seats(pairs: Sequence[Sequence[int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for entry, seat in pairs:
        found.setdefault(entry, set()).add(seat)
    return found
