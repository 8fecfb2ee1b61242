"""Steps that end what a conflict ends, in every round of an edition. Each needs an open transaction."""

from datetime import datetime

from msgspec import Struct

from awards.db import in_transaction
from awards.panels import steps
from awards.panels.queries.conflicts import rules_of
from awards.panels.queries.rounds import round_by_id
from awards.panels.rules import FROZEN, Aside, AssignmentState
from awards.panels.tables import DeclaredConflict, Seat
from judging.conflicts import Code, Effect


class EndedEverywhere(Struct, frozen=True):
    """`kept` are signed sheets of rounds that are closed: they count until two people leave them out."""

    recused: int
    aside: tuple[int, ...]
    kept: int


# Wherever this person reads this entry in the edition: one conflict stands for all rounds.
_READ = """
SELECT s.id AS seat, s.round, a.state FROM seat s JOIN round r ON r.id = s.round
JOIN round_entry re ON re.round = r.id JOIN assignment a ON a.seat = s.id AND a.round_entry = re.id
WHERE r.edition = {} AND s.person = {} AND re.entry = {} AND a.state IN ('given', 'opened', 'started', 'signed')
ORDER BY r.position
"""


async def put_on_record(
    *, edition_id: int, person: int, entry: int, code: Code, source: str, reason: str, at: datetime
) -> int | None:
    """The conflict's id; None where one of this source is on record already."""
    assert in_transaction()
    if await DeclaredConflict.exists().where(
        (DeclaredConflict.person == person)
        & (DeclaredConflict.entry == entry)
        & (DeclaredConflict.source == source)
        & DeclaredConflict.withdrawn_at.is_null()
    ):
        return None
    conflict = DeclaredConflict(
        person=person,
        edition=edition_id,
        entry=entry,
        code=code.value,
        source=source,
        reason=reason,
        created_at=at,
    )
    await conflict.save()
    return int(conflict.id)


async def end_everywhere(
    *, edition_id: int, person: int, entry: int, code: Code, reason: str, by: int, at: datetime
) -> EndedEverywhere:
    """In every round of the edition that is still open, unless its rules let such a conflict pass.

    `reason` is what the judge reads of a sheet that is set aside.
    """
    assert in_transaction()
    if not any(rule.code is code and rule.effect is Effect.FORBID for rule in await rules_of(edition_id)):
        return EndedEverywhere(0, (), 0)
    await steps.hold_sheets(edition_id)
    recused, kept = 0, 0
    aside: list[int] = []
    for row in await Seat.raw(_READ, edition_id, person, entry):
        where = await round_by_id(row["round"])
        ended = steps.Ended(0, ())
        # Frozen is what is closed: between the deadline and the closing nobody has seen a mark yet.
        if where.state not in FROZEN:
            ended = await steps.end_in_conflict(
                row["seat"], [entry], code=Aside.SECRETARIAT, reason=reason, by=by, at=at
            )
        for assignment in ended.aside:
            await steps.tell_of_sheet("sheet-set-aside", where, assignment, reason, at=at)
        recused += ended.recused
        aside += ended.aside
        kept += not ended.aside and row["state"] == AssignmentState.SIGNED.value
    return EndedEverywhere(recused, tuple(aside), kept)
