"""What several verbs of panels share: each needs an open transaction and records nothing itself."""

from datetime import datetime

from awards import ids
from awards.accounts.steps import KnownPerson, person_with_address
from awards.db import in_transaction
from awards.panels.rules import UNWRITTEN
from awards.panels.tables import Affiliation, Assignment, Judge, Recusal, Seat, SeatCategory


async def judge_with_address(
    email: str, *, name: str, country: str, at: datetime, lang: str = "en"
) -> KnownPerson:
    """A member of the pool, added with a home country where the pool does not know them yet."""
    assert in_transaction()
    known = await person_with_address(email, name=name, at=at, lang=lang)
    if not await Judge.exists().where(Judge.person == known.person_id):
        await Judge.insert(Judge(person=known.person_id, joined_at=at, created_at=at))
        if country:
            await affiliate(known.person_id, kind="home", country=country, at=at)
    return known


async def affiliate(
    person_id: int,
    *,
    kind: str,
    at: datetime,
    country: str = "",
    organisation: str = "",
    entrant_id: int | None = None,
) -> None:
    assert in_transaction()
    await Affiliation.insert(
        Affiliation(
            person=person_id,
            kind=kind,
            country=country,
            organisation=organisation,
            entrant=entrant_id,
            since=at,
            created_at=at,
        )
    )


async def new_label(round_id: int) -> str:
    """Random and new for each round, so that labels of two rounds tell nobody who they are."""
    assert in_transaction()
    while True:
        label = ids.reference("J")
        if not await Seat.exists().where((Seat.round == round_id) & (Seat.label == label)):
            return label


async def narrow_seat(seat_id: int, category_ids: list[int], at: datetime) -> None:
    assert in_transaction()
    await SeatCategory.delete().where(SeatCategory.seat == seat_id)
    if category_ids:
        await SeatCategory.insert(
            *(SeatCategory(seat=seat_id, category=category, created_at=at) for category in category_ids)
        )


async def recuse_from(seat_id: int, entry_ids: list[int], *, code: str, text: str, at: datetime) -> int:
    """End the seat's running assignments of these entries as recused; returns how many there were.

    While a closed round takes extra reads, its other sheets are frozen and stay.
    """
    assert in_transaction()
    if not entry_ids:
        return 0
    marks = ", ".join(["{}"] * len(entry_ids))
    rows = await Assignment.raw(
        "UPDATE assignment SET state = 'recused' WHERE seat = {} AND state IN ('given', 'opened', 'started',"  # noqa: S608  # placeholders are joined
        f" 'signed') AND round_entry IN (SELECT id FROM round_entry WHERE entry IN ({marks}))"
        " AND (origin = 'extra' OR NOT EXISTS (SELECT 1 FROM seat s JOIN round r ON r.id = s.round"
        " WHERE s.id = assignment.seat AND r.state = 'extra')) RETURNING id",
        seat_id,
        *entry_ids,
    )
    if rows:
        await Recusal.insert(
            *(Recusal(assignment=row["id"], code=code, text=text, created_at=at) for row in rows)
        )
    return len(rows)


async def take_back_unwritten(seat_id: int) -> int:
    """Withdraw what the seat has not written on; returns how many."""
    assert in_transaction()
    rows = (
        await Assignment.update({Assignment.state: "withdrawn"})
        .where((Assignment.seat == seat_id) & Assignment.state.is_in(list(UNWRITTEN)))
        .returning(Assignment.id)
    )
    return len(rows)
