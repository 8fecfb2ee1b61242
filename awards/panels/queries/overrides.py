"""What two people let pass, and what the rules find among the pairs that read. For the secretariat and auditors."""

from datetime import datetime

from msgspec import Struct

from awards.panels.overriding import ACTION
from awards.panels.queries.conflicts import Conflicts, conflicts_of_round, conflicts_with
from awards.panels.queries.rounds import RoundRow
from awards.panels.rules import WRITTEN
from awards.panels.tables import Assignment, ConflictOverride
from judging.conflicts import FORCE, Code, Effect, Finding


class Overridden(Struct, frozen=True):
    """`given_at` is empty while it waits for a second person."""

    approval: int
    sha256: str
    seat_id: int
    judge: str
    judge_id: int
    reason: str
    asked_by: int
    asker: str
    at: datetime
    giver: str
    given_at: datetime | None
    pairs: tuple[tuple[str, str], ...]
    """An entry in words, and the kind of conflict."""


_OVERRIDES = """
SELECT ap.id AS approval, ap.subject_sha256 AS sha256, s.id AS seat_id, p.name AS judge, p.id AS judge_id, ap.reason,
  ap.asked_by, w.name AS asker, ap.created_at AS "at", COALESCE(g.name, '') AS giver, ap.given_at,
  t.name AS entrant, e.reference, v.code
FROM conflict_override v JOIN approval ap ON ap.id = v.approval JOIN seat s ON s.id = v.seat
JOIN person p ON p.id = s.person JOIN person w ON w.id = ap.asked_by LEFT JOIN person g ON g.id = ap.given_by
JOIN entry e ON e.id = v.entry JOIN entrant t ON t.id = e.entrant
WHERE s.round = {} AND v.ended_at IS NULL AND ap.ended_at IS NULL AND ap.action = {}
ORDER BY ap.id, t.folded, e.reference, v.code
"""


async def overrides_of(round_id: int) -> list[Overridden]:
    """Those that wait and those that stand, the oldest first."""
    found: dict[int, Overridden] = {}
    for row in await ConflictOverride.raw(_OVERRIDES, round_id, ACTION):
        before = found.get(row["approval"])
        pair = (f"{row['entrant']}, {row['reference']}", row["code"])
        facts = {name: row[name] for name in Overridden.__struct_fields__ if name != "pairs"}
        found[row["approval"]] = Overridden(**facts, pairs=(*(before.pairs if before else ()), pair))
    return list(found.values())


class Reported(Struct, frozen=True):
    """A pair that reads, or would read, and one thing that stands between them."""

    assignment_id: int
    judge: str
    entrant: str
    reference: str
    state: str
    known: bool
    """Whether this was known when the entry was given."""
    finding: Finding

    @property
    def written(self) -> bool:
        return self.state in WRITTEN


class Report(Struct, frozen=True):
    lines: tuple[Reported, ...]
    pairs: int
    conflicts: Conflicts

    @property
    def to_settle(self) -> int:
        return len({line.assignment_id for line in self.lines if line.finding.effect is Effect.FORBID})


_GIVEN = """
SELECT a.id, a.state, a.known_conflicts, s.person, p.name AS judge, re.entry, e.reference, t.name AS entrant
FROM assignment a JOIN seat s ON s.id = a.seat JOIN person p ON p.id = s.person
JOIN round_entry re ON re.id = a.round_entry JOIN entry e ON e.id = re.entry JOIN entrant t ON t.id = e.entrant
WHERE re.round = {} AND a.state IN ('given', 'opened', 'started', 'signed') ORDER BY p.name, t.folded, e.reference, a.id
"""


async def report_of(found: RoundRow, at: datetime) -> Report:
    """Every pair of the round that a rule speaks of, what forbids first."""
    rows = await Assignment.raw(_GIVEN, found.id)
    conflicts = await conflicts_of_round(found.id, found.edition.id, at)
    lines = [
        Reported(
            assignment_id=row["id"],
            judge=row["judge"],
            entrant=row["entrant"],
            reference=row["reference"],
            state=row["state"],
            known=finding.code.value in row["known_conflicts"].split(", "),
            finding=finding,
        )
        for row in rows
        for finding in conflicts.of(row["person"], row["entry"])
    ]
    lines.sort(key=lambda line: -FORCE[line.finding.effect])
    return Report(tuple(lines), len(rows), conflicts)


_READS = """
SELECT r.id, r.name, re.entry FROM assignment a JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round
JOIN round_entry re ON re.id = a.round_entry
WHERE s.person = {} AND r.edition = {} AND r.state IN ('draft', 'open')
  AND a.state IN ('given', 'opened', 'started', 'signed') ORDER BY r.position, re.entry
"""


async def reads_in_conflict(person_id: int, edition_id: int, at: datetime) -> dict[str, int]:
    """How many entries that a judge has are forbidden now, by the name of the round; only rounds still at work."""
    reads: dict[tuple[int, str], list[int]] = {}
    for row in await Assignment.raw(_READS, person_id, edition_id):
        reads.setdefault((row["id"], row["name"]), []).append(row["entry"])
    found = {}
    for (round_id, name), entries in reads.items():
        conflicts = await conflicts_with(person_id, entries, round_id, edition_id, at)
        if count := sum(conflicts.forbidden(person_id, entry) for entry in entries):
            found[name] = count
    return found


async def overridden_entries(seat_id: int, code: Code) -> set[int]:
    """Entries that the seat may read although this kind of conflict forbids it: two people let it pass."""
    rows = await ConflictOverride.raw(
        "SELECT v.entry FROM conflict_override v JOIN approval ap ON ap.id = v.approval"
        " WHERE v.seat = {} AND v.code = {} AND v.ended_at IS NULL AND ap.given_at IS NOT NULL",
        seat_id,
        code.value,
    )
    return {row["entry"] for row in rows}
