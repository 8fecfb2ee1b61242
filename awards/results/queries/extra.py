"""What a closed round can read once more, and what of that is under way: states and counts, never a mark."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.document import ONCE
from awards.editions.queries.tied import TIED, tied_to
from awards.editions.rules import RoundState
from awards.panels.queries import PanelSeat, RoundRow, conflicts_of_round, seats_of_round
from awards.panels.rules import ACTIVE, UNWRITTEN, AssignmentState, SeatState
from awards.panels.tables import RoundEntry

SIGNED_ONCE = (AssignmentState.SIGNED.value, AssignmentState.SET_ASIDE.value)


class Reader(Struct, frozen=True):
    """A judge who may read an entry once more; `began` where an earlier sheet of theirs was never signed off."""

    seat_id: int
    label: str
    name: str
    load: int
    began: bool


class ReadableEntry(Struct, frozen=True):
    reference: str
    round_entry_id: int
    entry_id: int
    entrant: str
    title: str
    lang: str
    category: str
    wanted: int
    signed: int
    coming: int
    near: bool
    readers: tuple[Reader, ...]

    @property
    def missing(self) -> int:
        return max(self.wanted - self.signed - self.coming, 0)

    def reader(self, seat_id: int) -> Reader | None:
        return next((one for one in self.readers if one.seat_id == seat_id), None)


class ExtraRead(Struct, frozen=True):
    """A read that was asked for and counts in this time of further reads."""

    assignment_id: int
    seat_id: int
    judge: str
    reference: str
    entrant: str
    category: str
    state: str

    @property
    def unwritten(self) -> bool:
        return self.state in UNWRITTEN

    @property
    def unsigned(self) -> bool:
        return self.state in ACTIVE and self.state != AssignmentState.SIGNED.value


class FurtherReads(Struct, frozen=True):
    """`entries` and `reads` leave out the categories in which the reader of the page is in conflict."""

    entries: tuple[ReadableEntry, ...]
    reads: tuple[ExtraRead, ...]
    elsewhere: tuple[int, ...]
    """Seats that have such a read in a category that is not shown, one for each read not signed off."""
    until: datetime | None
    hidden: bool
    rule: str = ONCE
    """Whether the edition's rules announce further reads at all."""
    read_before: bool = False
    """Whether a further sheet was signed off in an earlier time of them: something was learned from it."""

    def entry(self, reference: str) -> ReadableEntry | None:
        return next((one for one in self.entries if one.reference == reference), None)

    @property
    def waiting(self) -> Counter[int]:
        """How many reads each seat has still to sign off."""
        return Counter([*(read.seat_id for read in self.reads if read.unsigned), *self.elsewhere])


_PAIRS = f"""
SELECT en.id, t.name, re.id AS round_entry, en.reference, en.title, en.lang, en.state AS entry_state,
  c.id AS category_id, c.code AS category, re.sheets_wanted, CASE WHEN {TIED} THEN 1 ELSE 0 END AS conflict,
  a.id AS assignment, a.seat, a.state, a.extra_until, a.origin,
  (SELECT x.value FROM edition_rule x WHERE x.edition = en.edition AND x.code = 'further_reads') AS rule
FROM round_entry re JOIN entry en ON en.id = re.entry JOIN entrant t ON t.id = en.entrant
JOIN category c ON c.id = en.category LEFT JOIN assignment a ON a.round_entry = re.id
WHERE re.round = {{}} ORDER BY c.position, c.id, t.folded, en.reference, a.id
"""  # noqa: S608  # only texts of ours are put in


async def further_reads(
    found: RoundRow, actor: Actor, now: datetime, near: frozenset[str] = frozenset()
) -> FurtherReads:
    """With the judges whom nothing keeps from each entry: no conflict that forbids, and no sheet of theirs yet."""
    rows = await RoundEntry.raw(_PAIRS, *tied_to(actor.person_id, now), found.id)
    seats = {seat.id: seat for seat in await seats_of_round(found.id)}
    conflicts = await conflicts_of_round(found.id, found.edition.id, now)
    loads = Counter(row["seat"] for row in rows if row["state"] in ACTIVE)
    hidden = {row["category"] for row in rows if row["conflict"]}
    entries, reads, elsewhere = [], [], []
    by_entry: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_entry.setdefault(row["round_entry"], []).append(row)
    until = None
    for lines in by_entry.values():
        first = lines[0]
        given = {row["seat"]: row for row in lines if row["assignment"] is not None}
        running = [row for row in given.values() if _is_running(found, row)]
        until = next((row["extra_until"] for row in running), until)
        read = [_read(row, seats) for row in running if row["state"] != AssignmentState.WITHDRAWN.value]
        if first["category"] in hidden:
            elsewhere += [one.seat_id for one in read if one.unsigned]
            continue
        reads += read
        if first["entry_state"] in ("withdrawn", "ineligible"):
            continue
        states = Counter(row["state"] for row in given.values())
        entries.append(
            ReadableEntry(
                reference=first["reference"],
                round_entry_id=first["round_entry"],
                entry_id=first["id"],
                entrant=first["name"],
                title=first["title"],
                lang=first["lang"],
                category=first["category"],
                wanted=first["sheets_wanted"],
                signed=states[AssignmentState.SIGNED.value],
                coming=sum(one.unsigned for one in read),
                near=first["reference"] in near,
                readers=tuple(
                    Reader(
                        seat.id,
                        seat.label,
                        seat.name,
                        loads[seat.id],
                        seat.id in given and _began(given[seat.id]),
                    )
                    for seat in seats.values()
                    if _may_read(seat, first, given.get(seat.id), found)
                    and not conflicts.forbidden(seat.person_id, first["id"])
                ),
            )
        )
    return FurtherReads(
        tuple(entries),
        tuple(reads),
        tuple(elsewhere),
        until,
        bool(hidden),
        rule=next((row["rule"] for row in rows if row["rule"]), ONCE),
        read_before=any(
            row["origin"] == "extra" and row["state"] in SIGNED_ONCE and not _is_running(found, row)
            for row in rows
        ),
    )


def _is_running(found: RoundRow, row: Mapping[str, Any]) -> bool:
    return found.state is RoundState.EXTRA and row["extra_until"] is not None


def _began(row: Mapping[str, Any]) -> bool:
    return bool(row["state"] == AssignmentState.STARTED.value)


def _may_read(
    seat: PanelSeat, entry: Mapping[str, Any], given: Mapping[str, Any] | None, found: RoundRow
) -> bool:
    if seat.state is not SeatState.ACCEPTED or seat.role != "scorer" or not seat.judges(entry["category_id"]):
        return False
    if given is None or given["state"] == AssignmentState.WITHDRAWN.value:
        return True
    # Who did not finish in time can be asked again; whose sheet is signed off, left or set aside has read it.
    unfinished = given["state"] in (*UNWRITTEN, AssignmentState.STARTED.value)
    return unfinished and not _is_running(found, given)


def _read(row: Mapping[str, Any], seats: Mapping[int, PanelSeat]) -> ExtraRead:
    return ExtraRead(
        assignment_id=row["assignment"],
        seat_id=row["seat"],
        judge=seats[row["seat"]].name,
        reference=row["reference"],
        entrant=row["name"],
        category=row["category"],
        state=row["state"],
    )
