"""What cities told about judges and suppliers, as the city and the secretariat see it."""

from datetime import datetime

from msgspec import Struct

from awards.panels.rules import ObjectionState
from awards.panels.tables import EntrySupplier, Objection
from judging.names import Names, words_of


class OwnObjection(Struct, frozen=True):
    """As the city reads it: whether somebody judges is not in it, nor who was found to be meant."""

    id: int
    name: str
    reason: str
    state: str
    """asked, seen or declined"""
    answer: str
    at: datetime


async def objections_of_entry(entry_id: int) -> list[OwnObjection]:
    rows = (
        await Objection.select(
            Objection.id,
            Objection.name,
            Objection.reason,
            Objection.state,
            Objection.answer,
            Objection.created_at,
        )
        .where((Objection.entry == entry_id) & (Objection.state != ObjectionState.WITHDRAWN.value))
        .order_by(Objection.id)
    )
    shown = {ObjectionState.ACCEPTED.value: "seen", ObjectionState.NOBODY.value: "seen"}
    return [
        OwnObjection(
            row["id"],
            row["name"],
            row["reason"],
            shown.get(row["state"], row["state"]),
            row["answer"],
            row["created_at"],
        )
        for row in rows
    ]


class Supplier(Struct, frozen=True):
    id: int
    name: str
    source: str
    entry: str
    reference: str


_SUPPLIERS = """
SELECT f.id, f.name, f.source, t.name AS entry, e.reference FROM entry_supplier f JOIN entry e ON e.id = f.entry
JOIN entrant t ON t.id = e.entrant WHERE f.ended_at IS NULL AND
"""


async def suppliers_of_entry(entry_id: int) -> list[Supplier]:
    rows = await EntrySupplier.raw(_SUPPLIERS + " e.id = {} ORDER BY f.folded, f.id", entry_id)
    return [Supplier(**row) for row in rows]


async def suppliers_of_edition(edition_id: int) -> list[Supplier]:
    rows = await EntrySupplier.raw(
        _SUPPLIERS + " e.edition = {} ORDER BY t.folded, e.reference, f.folded, f.id", edition_id
    )
    return [Supplier(**row) for row in rows]


class AskedObjection(Struct, frozen=True):
    """As the secretariat reads it; `judge` is who was found to be meant."""

    id: int
    name: str
    reason: str
    state: ObjectionState
    answer: str
    at: datetime
    entry: str
    reference: str
    title: str
    asker: str
    judge: str

    def may_mean(self, judge: str) -> bool:
        return may_be_one(self.name, judge)


_ASKED = """
SELECT o.id, o.name, o.reason, o.state, o.answer, o.created_at AS "at", t.name AS entry, e.reference, e.title,
  p.name AS asker, COALESCE(j.name, '') AS judge
FROM objection o JOIN entry e ON e.id = o.entry JOIN entrant t ON t.id = e.entrant JOIN person p ON p.id = o."by"
LEFT JOIN person j ON j.id = o.person
WHERE e.edition = {} AND o.state <> 'withdrawn' ORDER BY CASE WHEN o.state = 'asked' THEN 0 ELSE 1 END, o.id
"""


async def objections_of_edition(edition_id: int) -> list[AskedObjection]:
    """What waits first."""
    return [
        AskedObjection(**{**row, "state": ObjectionState(row["state"])})
        for row in await Objection.raw(_ASKED, edition_id)
    ]


async def entries_to_supply(edition_id: int) -> list[tuple[str, str]]:
    """Every entry that stands, by reference and in words."""
    rows = await Objection.raw(
        "SELECT e.reference, t.name, e.title FROM entry e JOIN entrant t ON t.id = e.entrant WHERE e.edition = {}"
        " AND e.state IN ('submitted', 'eligible') ORDER BY t.folded, e.reference",
        edition_id,
    )
    return [(row["reference"], f"{row['name']}: {row['title']}") for row in rows]


def may_be_one(one: str, other: str) -> bool:
    """Names of people, family name first or last, with or without accents, a letter more or less, or shortened."""
    a, b = sorted(words_of(one)), sorted(words_of(other))
    if not a or not b:
        return False
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if short == long or (len(short) > 1 and set(short) <= set(long)):
        return True
    return bool(Names([" ".join(a)]).alike(" ".join(b)))
