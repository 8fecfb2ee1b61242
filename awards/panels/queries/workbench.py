"""What a proposal is edited with: the state that it was computed from, what all things are called, what is opened."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.panels.assignment.state import Pair, PanelState, ReadEntry, Reader
from awards.panels.queries.proposals import ProposalRow
from awards.panels.tables import Proposal, RoundEntry


class NamedEntry(Struct, frozen=True):
    entry_id: int
    reference: str
    city: str
    title: str
    lang: str


class NamedSeat(Struct, frozen=True):
    person_id: int
    name: str
    label: str


class Workbench(Struct, frozen=True):
    """Entries and seats by id. The state is the one that the proposal was computed from, with what was opened since."""

    state: PanelState
    entries: Mapping[int, NamedEntry]
    seats: Mapping[int, NamedSeat]

    @property
    def entry_names(self) -> dict[int, str]:
        return {key: f"{entry.city}, {entry.title}" for key, entry in self.entries.items()}

    @property
    def seat_names(self) -> dict[int, str]:
        return {key: seat.name for key, seat in self.seats.items()}

    def entry_called(self, reference: str) -> int:
        """0 where no entry of the round is."""
        return next((key for key, entry in self.entries.items() if entry.reference == reference), 0)


_NAMES = """
SELECT 'entry' AS kind, re.id, e.id AS other, e.reference AS code, en.name, e.title, e.lang FROM round_entry re
JOIN entry e ON e.id = re.entry JOIN entrant en ON en.id = e.entrant WHERE re.round = {}
UNION ALL
SELECT 'seat', s.id, p.id, s.label, p.name, '', '' FROM seat s JOIN person p ON p.id = s.person WHERE s.round = {}
UNION ALL
SELECT a.state, a.round_entry, a.seat, '', '', '', '' FROM assignment a JOIN seat s ON s.id = a.seat
WHERE s.round = {} AND a.state IN ('given', 'opened')
"""


async def workbench_of(proposal: ProposalRow) -> Workbench | None:
    """None for a proposal that was stored without its state."""
    stored = await Proposal.select(Proposal.rules).where(Proposal.id == proposal.id)
    rules = json.loads(stored[0]["rules"])
    if not isinstance(rules, dict):
        return None
    entries: dict[int, NamedEntry] = {}
    seats: dict[int, NamedSeat] = {}
    unwritten: dict[Pair, str] = {}
    for row in await RoundEntry.raw(_NAMES, *[proposal.round_id] * 3):
        if row["kind"] == "entry":
            entries[row["id"]] = NamedEntry(row["other"], row["code"], row["name"], row["title"], row["lang"])
        elif row["kind"] == "seat":
            seats[row["id"]] = NamedSeat(row["other"], row["name"], row["code"])
        else:
            unwritten[row["id"], row["other"]] = row["kind"]
    return Workbench(_state(rules["base"], entries, seats, unwritten), entries, seats)


def _state(
    base: Mapping[str, Any],
    entries: Mapping[int, NamedEntry],
    seats: Mapping[int, NamedSeat],
    unwritten: Mapping[Pair, str],
) -> PanelState:
    """As `PanelState.document` wrote it; what is gone from the round since has no name here."""
    pins = _pairs(base["pins"])
    return PanelState(
        round_id=base["round"],
        rules=tuple((code, effect) for code, effect in base["rules"]),
        entries=tuple(
            ReadEntry(
                round_entry_id=key,
                entry_id=entries[key].entry_id if key in entries else 0,
                reference=entries[key].reference if key in entries else "",
                category_id=category,
                wanted=wanted,
                bridge=bridge,
                fields=tuple(fields),
            )
            for key, category, wanted, bridge, fields in base["entries"]
        ),
        readers=tuple(
            Reader(
                seat_id=key,
                person_id=seats[key].person_id if key in seats else 0,
                label=seats[key].label if key in seats else "",
                low=low,
                high=high,
                takes_more=takes_more,
                categories=tuple(categories),
                levels=tuple((field, level) for field, level in levels),
                employers=tuple(employers),
            )
            for key, low, high, takes_more, categories, levels, employers in base["seats"]
        ),
        barred=_pairs(base["barred"]),
        warned=_pairs(base["warned"]),
        ended=_pairs(base["ended"]),
        pins=pins,
        movable=pins & unwritten.keys(),
        opened=frozenset(pair for pair in pins if unwritten.get(pair) == "opened"),
    )


def _pairs(rows: Any) -> frozenset[Pair]:
    return frozenset((entry, seat) for entry, seat in rows)
