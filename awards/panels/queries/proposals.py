"""Proposals of a round, and the state of the panel that one is computed from."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from awards.editions.tables import CategoryField
from awards.errors import NotFound
from awards.panels.assignment.matching import Options
from awards.panels.assignment.state import Pair, PanelState, ReadEntry, Reader
from awards.panels.queries.conflicts import conflicts_of_round
from awards.panels.queries.panel import Given, assignments_of_round, seats_of_round
from awards.panels.queries.rounds import RoundRow
from awards.panels.rules import ACTIVE, UNWRITTEN, AssignmentState, ProposalState, SeatState
from awards.panels.tables import Affiliation, Expertise, Proposal, RoundEntry


class ProposalRow(Struct, frozen=True):
    id: int
    round_id: int
    seed: int
    base_sha256: str
    state: ProposalState
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    body: Mapping[str, Any]


_PROPOSAL = "SELECT id, round AS round_id, seed, base_sha256, state, created_at, applied_at, undone_at, body FROM proposal "


async def proposal_of_round(round_id: int, proposal_id: int) -> ProposalRow:
    rows = await Proposal.raw(_PROPOSAL + "WHERE id = {} AND round = {}", proposal_id, round_id)
    if not rows:
        raise NotFound
    return _proposal(rows[0])


async def latest_proposal(round_id: int) -> ProposalRow | None:
    rows = await Proposal.raw(
        _PROPOSAL + "WHERE round = {} AND state <> 'offered' ORDER BY id DESC LIMIT 1", round_id
    )
    return _proposal(rows[0]) if rows else None


async def offers_of(round_id: int) -> list[ProposalRow]:
    """The ways to repair the panel that were computed last, in their order."""
    rows = await Proposal.raw(_PROPOSAL + "WHERE round = {} AND state = 'offered' ORDER BY id", round_id)
    return [_proposal(row) for row in rows]


async def latest_options(round_id: int) -> Options:
    """What the round's last proposal was asked with; the next one starts from it."""
    rows = (
        await Proposal.select(Proposal.rules)
        .where(Proposal.round == round_id)
        .order_by(Proposal.id, ascending=False)
        .limit(1)
    )
    if not rows:
        return Options()
    found = json.loads(rows[0]["rules"])
    return msgspec.convert(found["options"], Options) if isinstance(found, dict) else Options()


async def base_of(proposal_id: int) -> Mapping[str, Any] | None:
    """The document of the state that a proposal was computed from; the first ones were stored without it."""
    rows = await Proposal.select(Proposal.rules).where(Proposal.id == proposal_id)
    found = json.loads(rows[0]["rules"])
    return found["base"] if isinstance(found, dict) else None


def _proposal(row: dict[str, Any]) -> ProposalRow:
    return ProposalRow(**{**row, "state": ProposalState(row["state"]), "body": json.loads(row["body"])})


class ProposalNames(Struct, frozen=True):
    """What things are called, by id. `people` of the pool have no seat in the round; the best for a shortage first."""

    entries: Mapping[int, str]
    seats: Mapping[int, str]
    categories: Mapping[int, str]
    people: Mapping[int, str]


# In one question, because a page has few to ask. People are asked for only where entries are short of judges.
_NAMES = """
SELECT 'entry' AS kind, re.id, en.name, e.title, 0 AS level FROM round_entry re
JOIN entry e ON e.id = re.entry JOIN entrant en ON en.id = e.entrant WHERE re.round = {}
UNION ALL
SELECT 'seat', s.id, p.name, '', 0 FROM seat s JOIN person p ON p.id = s.person WHERE s.round = {}
UNION ALL
SELECT 'category', c.id, c.name, '', 0 FROM category c JOIN round r ON r.edition = c.edition WHERE r.id = {}
"""
_PEOPLE = """
UNION ALL
SELECT 'person', p.id, p.name, '', COALESCE((SELECT MAX(x.level) FROM expertise x JOIN category_field cf ON cf.field = x.field
  WHERE x.person = p.id AND cf.category IN (CATEGORIES)), 2)
FROM judge j JOIN person p ON p.id = j.person
WHERE p.erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.round = {} AND s.person = p.id
  AND s.state IN ('invited', 'accepted'))
"""
PEOPLE = 5


async def names_of_proposal(round_id: int, short_of: Sequence[int] = ()) -> ProposalNames:
    """`short_of` are categories whose entries need more judges."""
    values: list[int] = [round_id] * 3
    query = _NAMES
    if short_of:
        query += _PEOPLE.replace("CATEGORIES", ", ".join(["{}"] * len(short_of)))
        values += [*short_of, round_id]
    kinds: dict[str, dict[int, str]] = {"entry": {}, "seat": {}, "category": {}, "person": {}}
    people: list[tuple[int, str, int]] = []
    for row in await RoundEntry.raw(query, *values):
        name = f"{row['name']}, {row['title']}" if row["title"] else row["name"]
        kinds[row["kind"]][row["id"]] = name
        if row["kind"] == "person":
            people.append((-row["level"], name, row["id"]))
    best = {key: name for _level, name, key in sorted(people)[:PEOPLE]}
    return ProposalNames(kinds["entry"], kinds["seat"], kinds["category"], best)


_ENTRIES = """
SELECT re.id AS round_entry_id, e.id AS entry_id, e.reference, e.category AS category_id,
       re.sheets_wanted AS wanted, re.bridge
FROM round_entry re JOIN entry e ON e.id = re.entry WHERE re.round = {} ORDER BY re.id
"""
_ON_PANEL = "SELECT s.person FROM seat s WHERE s.round = {}"
_EXPERTISE = (
    f"SELECT x.person, x.field, x.level FROM expertise x WHERE x.person IN ({_ON_PANEL}) ORDER BY x.field"  # noqa: S608  # our own text
)
_EMPLOYERS = f"""
SELECT a.person, a.organisation, en.name FROM affiliation a LEFT JOIN entrant en ON en.id = a.entrant
WHERE a.person IN ({_ON_PANEL}) AND a.kind = 'employer' AND a.since <= {{}} AND (a."until" IS NULL OR a."until" > {{}})
ORDER BY a.id
"""  # noqa: S608  # our own text


async def panel_state(found: RoundRow, at: datetime) -> PanelState:
    """Read inside one transaction, so that all of it was true at once."""
    conflicts = await conflicts_of_round(found.id, found.edition.id, at)
    fields = await _fields(found.edition.id)
    entries = tuple(
        ReadEntry(**{**row, "bridge": bool(row["bridge"])}, fields=fields.get(row["category_id"], ()))
        for row in await RoundEntry.raw(_ENTRIES, found.id)
    )
    given = await assignments_of_round(found.id)
    active = [pair for pair in given if pair.state in ACTIVE]
    holding = {pair.seat_id for pair in active}
    seats = await seats_of_round(found.id)
    reading = {seat.id for seat in seats if seat.state is SeatState.ACCEPTED and seat.role == "scorer"}
    levels, employers = await _expertise(found.id), await _employers(found.id, at)
    readers = tuple(
        Reader(
            seat_id=seat.id,
            person_id=seat.person_id,
            label=seat.label,
            low=seat.low,
            high=seat.most,
            takes_more=seat.id in reading and not seat.is_away(at, found.opens, found.closes),
            categories=seat.categories,
            levels=tuple(levels.get(seat.person_id, ())),
            employers=tuple(employers.get(seat.person_id, ())),
        )
        for seat in sorted(seats, key=lambda seat: seat.id)
        if seat.id in reading or seat.id in holding
    )
    seats_of: dict[int, int] = {reader.person_id: reader.seat_id for reader in readers}
    entry_of = {entry.entry_id: entry.round_entry_id for entry in entries}
    barred, warned = set(), set()
    for person, entry in conflicts.findings:
        if person in seats_of and entry in entry_of:
            pair = (entry_of[entry], seats_of[person])
            if conflicts.forbidden(person, entry):
                barred.add(pair)
            elif conflicts.warned(person, entry):
                warned.add(pair)
    over = (AssignmentState.RECUSED.value, AssignmentState.SET_ASIDE.value)
    known = set(seats_of.values())
    return PanelState(
        round_id=found.id,
        rules=tuple((rule.code.value, rule.effect.value) for rule in conflicts.rules),
        entries=entries,
        readers=readers,
        barred=frozenset(barred),
        warned=frozenset(warned),
        pins=_pairs(active, ACTIVE),
        ended=_pairs([pair for pair in given if pair.seat_id in known], over),
        movable=_pairs(active, UNWRITTEN),
        opened=_pairs(active, (AssignmentState.OPENED.value,)),
    )


def _pairs(given: Sequence[Given], states: Sequence[str]) -> frozenset[Pair]:
    return frozenset((pair.round_entry_id, pair.seat_id) for pair in given if pair.state in states)


async def _fields(edition_id: int) -> Mapping[int, tuple[int, ...]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in await CategoryField.raw(
        "SELECT cf.category, cf.field FROM category_field cf JOIN category c ON c.id = cf.category"
        " WHERE c.edition = {} ORDER BY cf.category, cf.field",
        edition_id,
    ):
        found[row["category"]].append(row["field"])
    return {category: tuple(fields) for category, fields in found.items()}


async def _expertise(round_id: int) -> Mapping[int, list[tuple[int, int]]]:
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in await Expertise.raw(_EXPERTISE, round_id):
        found[row["person"]].append((row["field"], row["level"]))
    return found


async def _employers(round_id: int, at: datetime) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in await Affiliation.raw(_EMPLOYERS, round_id, at, at):
        if name := row["organisation"] or row["name"]:
            found[row["person"]].append(name)
    return found
