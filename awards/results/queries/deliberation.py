"""
What panels concluded, as prizes, the gate before publication, the public pages and the result pack read it.

Only what two people concluded counts, and only while the run that the panel deliberated on is the one that is adopted.
The ranks of the run stay beside it. Nothing here is asked by a public page: it is sealed into a publication first.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.results.deliberating import Act, order_after
from awards.results.rules import Lack
from awards.results.tables import Deliberation
from awards.web.i18n import _


class Decided(Struct, frozen=True):
    """A category of a round: what the numbers said, and the order that the panel concluded. Ranks by reference."""

    round_id: int
    round: str
    category: str
    run_id: int
    by_numbers: Mapping[str, int | None]
    order: Mapping[str, int | None]

    @property
    def moved(self) -> frozenset[str]:
        """Whose place is another than the numbers say."""
        return frozenset(entry for entry, rank in self.order.items() if self.by_numbers[entry] != rank)


_DECIDED = """
SELECT d.id, r.id AS round_id, r.code AS round, c.code AS category, d.run AS run_id, en.reference, s.rank,
  0 AS number, CAST(NULL AS INTEGER) AS place, 0 AS level
FROM deliberation d JOIN round r ON r.id = d.round JOIN category c ON c.id = d.category
JOIN calibration_run u ON u.id = d.run AND u.state = 'adopted'
JOIN standing s ON s.run = d.run AND s.scope = 'all' JOIN round_entry re ON re.id = s.round_entry
JOIN entry en ON en.id = re.entry AND en.category = d.category
WHERE r.edition = {} AND d.state = 'concluded'
UNION ALL
SELECT d.id, r.id, r.code, c.code, d.run, en.reference, NULL, a.number, a.place, CASE WHEN a.level THEN 1 ELSE 0 END
FROM deliberation d JOIN round r ON r.id = d.round JOIN category c ON c.id = d.category
JOIN calibration_run u ON u.id = d.run AND u.state = 'adopted'
JOIN deliberation_act a ON a.deliberation = d.id AND a.kind = 'move' AND a.run = d.run
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry
WHERE r.edition = {} AND d.state = 'concluded'
ORDER BY 1, 8, 6
"""


async def decided_orders(edition_id: int) -> dict[tuple[str, str], Decided]:
    """Of every category on which a panel concluded, by the codes of round and category; one query."""
    found: dict[tuple[str, str], tuple[int, int, dict[str, int | None], list[Act]]] = {}
    for row in await Deliberation.raw(_DECIDED, edition_id, edition_id):
        _round, _run, ranks, moves = found.setdefault(
            (row["round"], row["category"]), (row["round_id"], row["run_id"], {}, [])
        )
        if row["number"]:
            moves.append(Act(row["number"], "move", row["reference"], row["place"], bool(row["level"])))
        else:
            ranks[row["reference"]] = row["rank"]
    return {
        (code, category): Decided(round_id, code, category, run_id, ranks, order_after(ranks, moves))
        for (code, category), (round_id, run_id, ranks, moves) in found.items()
    }


async def decided_order(edition_id: int, round_code: str, category: str) -> Decided | None:
    return (await decided_orders(edition_id)).get((round_code, category))


# --- to be published ---------------------------------------------------------------------------------------


class PublishedAct(Struct, frozen=True):
    """A decision of the panel that is told with its reason: agreed marks, or a change of order."""

    number: int
    kind: str
    entry: str
    place: int | None
    level: bool
    marks: Mapping[str, int]
    reason: str
    as_role: str


class PublishedDeliberation(Struct, frozen=True):
    """
    What is told of a deliberation: no name of a judge, no note, no text of an interview.

    `acts` in their order, of all entries: a publication that shows some entries only, or no places, tells of the others
    how many there are. `attached` are the titles of what was brought in beside the marks, each with its entry.
    """

    round: str
    category: str
    run_id: int
    statement: str
    concluded_at: datetime
    acts: tuple[PublishedAct, ...]
    attached: tuple[tuple[str, str], ...]
    notes: int
    leavings: int


_TOLD = ("consensus", "move")

_TO_PUBLISH = """
SELECT r.code AS round, c.code AS category, d.run AS run_id, q.reason AS statement, d.concluded_at,
  a.number, a.kind, en.reference, a.place, a.level, a.marks, a.title, a.reason, a.as_role
FROM deliberation d JOIN round r ON r.id = d.round JOIN category c ON c.id = d.category
JOIN calibration_run u ON u.id = d.run AND u.state = 'adopted'
JOIN approval q ON q.id = d.approval AND q.given_at IS NOT NULL
LEFT JOIN deliberation_act a ON a.deliberation = d.id AND a.run = d.run
LEFT JOIN round_entry re ON re.id = a.round_entry LEFT JOIN entry en ON en.id = re.entry
WHERE r.edition = {} AND d.state = 'concluded' ORDER BY r.position, c.position, c.id, a.number
"""


async def acts_to_publish(edition_id: int) -> list[PublishedDeliberation]:
    """Of every category on which a panel concluded, in the order of rounds and categories; one query."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in await Deliberation.raw(_TO_PUBLISH, edition_id):
        groups.setdefault((row["round"], row["category"]), []).append(row)
    return [_published(rows) for rows in groups.values()]


def _published(rows: list[dict[str, Any]]) -> PublishedDeliberation:
    first, acts = rows[0], [row for row in rows if row["number"] is not None]
    return PublishedDeliberation(
        round=first["round"],
        category=first["category"],
        run_id=first["run_id"],
        statement=first["statement"],
        concluded_at=first["concluded_at"],
        acts=tuple(
            PublishedAct(
                number=row["number"],
                kind=row["kind"],
                entry=row["reference"],
                place=row["place"],
                level=bool(row["level"]),
                marks=json.loads(row["marks"] or "{}"),
                reason=row["reason"],
                as_role=row["as_role"],
            )
            for row in acts
            if row["kind"] in _TOLD
        ),
        attached=tuple((row["reference"], row["title"]) for row in acts if row["kind"] == "attach"),
        notes=sum(row["kind"] == "note" for row in acts),
        leavings=sum(row["kind"] == "leave" for row in acts),
    )


# --- the gate ----------------------------------------------------------------------------------------------

_OPEN = """
SELECT r.code AS round, r.name AS round_name, c.code, c.name AS category, d.state
FROM deliberation d JOIN round r ON r.id = d.round JOIN category c ON c.id = d.category
JOIN calibration_run u ON u.id = d.run
WHERE r.edition = {} AND (d.state = 'open' OR u.state <> 'adopted') ORDER BY r.position, c.position, c.id
"""


class Unsettled(Struct, frozen=True):
    """A deliberation that nobody concluded, or that another run left behind; the codes of round and category."""

    round: str
    category: str
    text: str


async def unsettled_deliberations(edition_id: int) -> list[Unsettled]:
    return [
        Unsettled(
            row["round"],
            row["code"],
            _("%(round)s, %(category)s: the deliberation is not concluded. Two people conclude it, also without a change.",
              round=row["round_name"], category=row["category"])
            if row["state"] == "open"
            else _("%(round)s, %(category)s: the panel concluded on a run that another has replaced. Take it up again.",
                   round=row["round_name"], category=row["category"]),
        )
        for row in await Deliberation.raw(_OPEN, edition_id)
    ]  # fmt: skip


def meeting_on(category: str, round_code: str, unsettled: Iterable[Unsettled]) -> str:
    """What keeps prizes of a category, or over all, that rest on the round from being decided; empty for nothing."""
    found = [one for one in unsettled if one.round == round_code and category in ("", one.category)]
    return found[0].text if found else ""


async def open_deliberations(edition_id: int, _now: datetime) -> list[Lack]:
    """What of it stands in the way of a publication."""
    return [Lack("deliberation", one.text, one.round) for one in await unsettled_deliberations(edition_id)]
