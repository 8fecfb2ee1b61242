"""What several verbs of panels share: each needs an open transaction and records nothing itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards import ids
from awards.accounts.steps import KnownPerson, person_with_address
from awards.actor import Actor
from awards.db import advisory_lock, in_transaction, shared
from awards.editions.rules import RoundState
from awards.editions.steps import hold_rounds
from awards.editions.tables import Edition, Round
from awards.errors import Denied, NotFound, Stale
from awards.jobs.services import ask_for
from awards.outbox.services import enqueue
from awards.panels.queries.conflicts import conflicts_of_pair
from awards.panels.queries.rounds import RoundRow, own_round
from awards.panels.queries.seats import OwnSeat, own_seat_by_id
from awards.panels.queries.titles import with_titles
from awards.panels.rules import ASSIGNMENT_MOVES, UNWRITTEN, Aside, AssignmentState, may_seat
from awards.panels.tables import (
    Affiliation,
    Assignment,
    Judge,
    Recusal,
    RoundEntry,
    Seat,
    SeatCategory,
    SetAside,
)
from awards.web.i18n import _
from awards.web.words import in_mail
from judging.conflicts import Effect


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
        " AND (extra_until IS NOT NULL OR NOT EXISTS (SELECT 1 FROM seat s JOIN round r ON r.id = s.round"
        " WHERE s.id = assignment.seat AND r.state = 'extra')) RETURNING id",
        seat_id,
        *entry_ids,
    )
    if rows:
        await Recusal.insert(
            *(Recusal(assignment=row["id"], code=code, text=text, created_at=at) for row in rows)
        )
    return len(rows)


REPAIR = "repair"

_SHORT = """
SELECT re.id FROM round_entry re JOIN round r ON r.id = re.round
WHERE re.round = {} AND r.state = {} AND re.bridge = FALSE AND re.sheets_wanted >
  (SELECT COUNT(*) FROM assignment a WHERE a.round_entry = re.id AND a.state IN ('given', 'opened', 'started', 'signed'))
LIMIT 1
"""


async def have_repairs_offered(round_id: int, at: datetime) -> None:
    """A judge stepped aside: who repairs the panel finds the ways to do it computed, and is not waited for."""
    assert in_transaction()
    if await RoundEntry.raw(_SHORT, round_id, RoundState.OPEN.value):
        await ask_for(REPAIR, subject=("round", round_id), args={"silent": []}, asked_by=0, at=at)


class Ended(Struct, frozen=True):
    """What a conflict ended: nothing was written of the recused ones, and the sheets set aside are kept."""

    recused: int
    aside: tuple[int, ...]


async def end_in_conflict(
    seat_id: int, entry_ids: list[int], *, code: Aside, reason: str, by: int, at: datetime
) -> Ended:
    """Nothing of a judge in conflict counts: what is not begun ends as recused, what is written is set aside.

    While a closed round takes extra reads, its other sheets are frozen and stay.
    """
    assert in_transaction()
    if not entry_ids:
        return Ended(0, ())
    marks = ", ".join(["{}"] * len(entry_ids))
    rows = await Assignment.raw(
        "SELECT a.id FROM assignment a JOIN seat s ON s.id = a.seat JOIN round r ON r.id = s.round"  # noqa: S608  # placeholders are joined
        " WHERE a.seat = {} AND a.state IN ('started', 'signed') AND (a.extra_until IS NOT NULL OR r.state <> 'extra')"
        f" AND a.round_entry IN (SELECT id FROM round_entry WHERE entry IN ({marks})) ORDER BY a.id",
        seat_id,
        *entry_ids,
    )
    for row in rows:
        await set_aside(row["id"], code=code, reason=reason, by=by, at=at)
    recused = await recuse_from(seat_id, entry_ids, code=code.value, text=reason, at=at)
    return Ended(recused, tuple(row["id"] for row in rows))


async def set_aside(
    assignment_id: int, *, code: Aside, reason: str, by: int | None, at: datetime, approval: int | None = None
) -> None:
    """The sheet stays as it is and counts no more."""
    assert in_transaction()
    rows = await Assignment.raw(
        "SELECT state FROM assignment WHERE id = {} AND state IN ('started', 'signed')", assignment_id
    )
    if not rows:
        raise Stale
    await _move(assignment_id, rows[0]["state"], AssignmentState.SET_ASIDE.value)
    await SetAside.insert(
        SetAside(
            assignment=assignment_id,
            code=code.value,
            reason=reason,
            state=rows[0]["state"],
            by=by,
            approval=approval,
            created_at=at,
        )
    )


async def restore(
    assignment_id: int, *, reason: str, by: int, at: datetime, approval: int | None = None
) -> str:
    """The sheet is again what it was before it was set aside; returns that state."""
    assert in_transaction()
    rows = (
        await SetAside.update(
            {
                SetAside.restored_at: at,
                SetAside.restored_by: by,
                SetAside.restored_reason: reason,
                SetAside.restored_approval: approval,
            }
        )
        .where((SetAside.assignment == assignment_id) & SetAside.restored_at.is_null())
        .returning(SetAside.state)
    )
    if not rows:
        raise Stale
    before = str(rows[0]["state"])
    await _move(assignment_id, AssignmentState.SET_ASIDE.value, before)
    return before


async def _move(assignment_id: int, before: str, after: str) -> None:
    if AssignmentState(after) not in ASSIGNMENT_MOVES[AssignmentState(before)]:
        raise Stale
    moved = (
        await Assignment.update({Assignment.state: after})
        .where((Assignment.id == assignment_id) & (Assignment.state == before))
        .returning(Assignment.id)
    )
    if not moved:
        raise Stale


async def take_back_unwritten(seat_id: int) -> int:
    """Withdraw what the seat has not written on; returns how many."""
    assert in_transaction()
    rows = (
        await Assignment.update({Assignment.state: "withdrawn"})
        .where((Assignment.seat == seat_id) & Assignment.state.is_in(list(UNWRITTEN)))
        .returning(Assignment.id)
    )
    return len(rows)


# Who closes a round holds its edition first, and so does whoever keeps it from closing.
_EDITION = "SELECT ed.id FROM edition ed WHERE ed.id = {}"
_EDITION_OF = "SELECT ed.id FROM edition ed JOIN round r ON r.edition = ed.id WHERE r.id = {}"
_ROUND = "SELECT r.id FROM round r WHERE r.id = {}"


async def round_to_change(actor: Actor, round_id: int, role: str = "") -> RoundRow:
    """The round, for whoever runs its edition, while seats of that role can still change; one at a time changes it."""
    assert in_transaction()
    # Nor does it close meanwhile.
    await Edition.raw(_EDITION_OF + shared("ed"), round_id)
    await advisory_lock(f"panel {round_id}")
    await Round.raw(_ROUND + shared("r"), round_id)
    found = await own_round(actor, round_id)
    if (refused := may_seat(found.state, role)) is not None:
        raise refused
    return found


async def hold_sheets(edition_id: int) -> None:
    """Until this transaction ends no round of the edition closes, and no sheet of one is written."""
    assert in_transaction()
    await Edition.raw(_EDITION + shared("ed"), edition_id)
    await hold_rounds(edition_id)


async def own_round_held(actor: Actor, round_id: int) -> RoundRow:
    """As `own_round`, with its sheets as they are from now on."""
    await hold_sheets((await own_round(actor, round_id)).edition.id)
    return await own_round(actor, round_id)


async def own_seat_held(actor: Actor, seat_id: int) -> OwnSeat:
    """As `own_seat_by_id`, with the sheets of its edition as they are from now on."""
    await hold_sheets((await own_seat_by_id(actor, seat_id)).round.edition.id)
    return await own_seat_by_id(actor, seat_id)


_JUDGES_IT = """
SELECT COUNT(*) AS own FROM assignment a JOIN seat s ON s.id = a.seat JOIN round_entry re ON re.id = a.round_entry
WHERE s.person = {} AND re.round = {} AND re.entry = {} AND a.state IN ('given', 'opened', 'started', 'signed')
"""


async def refuse_involved(actor: Actor, found: RoundRow, entry_id: int, at: datetime) -> None:
    """Who is in conflict with an entry, or judges it, has no hand in what others say of it."""
    pair = entry_id, found.id, found.edition.id, at
    if any(one.effect is Effect.FORBID for one in await conflicts_of_pair(actor.person_id, *pair)):
        raise Denied(
            "in conflict",
            _("A conflict rule keeps you from this entry. Let a colleague do this. Nothing was saved."),
        )
    (row,) = await Assignment.raw(_JUDGES_IT, actor.person_id, found.id, entry_id)
    if row["own"]:
        raise Denied(
            "judges it", _("You judge this entry yourself. Let a colleague do this. Nothing was saved.")
        )


async def tell_of_entries(
    found: RoundRow, judge: Mapping[str, Any], entries: int, *, key: str, at: datetime
) -> None:
    """The mail to a judge who was given entries; `judge` is a seat's row with name, address and deadline."""
    await _tell_of_list("entries-assigned", found, judge, {"entries": entries}, key=key, at=at)


async def tell_of_changes(
    found: RoundRow,
    judge: Mapping[str, Any],
    entries: int,
    *,
    gone: int,
    added: int,
    key: str,
    at: datetime,
) -> None:
    """As `tell_of_entries`, to a judge whose list lost entries, and perhaps gained others."""
    counts = {"entries": entries, "gone": gone, "added": added}
    await _tell_of_list("entries-changed", found, judge, counts, key=key, at=at)


async def _tell_of_list(
    template: str,
    found: RoundRow,
    judge: Mapping[str, Any],
    counts: Mapping[str, int],
    *,
    key: str,
    at: datetime,
) -> None:
    assert in_transaction()
    deadline = judge["extended_until"] or found.closes
    zone = judge["zone"] if judge["zone"] != "UTC" else found.edition.zone
    closes, closes_local = in_mail(deadline, zone, judge["lang"])
    await enqueue(
        template,
        to=judge["address"],
        at=at,
        dedupe_key=f"{template}:{key}",
        lang=judge["lang"],
        values={
            "name": judge["name"],
            "edition": found.edition.name,
            "round": found.name,
            **{name: str(count) for name, count in counts.items()},
            "closes": closes,
            "closes_local": closes_local,
            "link": found.bench,
        },
        edition_id=found.edition.id,
    )


_JUDGE_OF = """
SELECT p.name, p.lang, m.address, SUBMITTED_TITLE AS title FROM assignment a JOIN seat s ON s.id = a.seat
JOIN person p ON p.id = s.person JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE
JOIN round_entry re ON re.id = a.round_entry JOIN entry en ON en.id = re.entry WHERE a.id = {}
"""


async def tell_of_sheet(
    template: str, found: RoundRow, assignment_id: int, reason: str, *, at: datetime
) -> None:
    """The mail to the judge whose sheet was set aside or restored: why, and never a mark."""
    assert in_transaction()
    rows = await Assignment.raw(with_titles(_JUDGE_OF), assignment_id)
    if not rows:
        raise NotFound
    judge = rows[0]
    await enqueue(
        template,
        to=judge["address"],
        at=at,
        dedupe_key=f"{template}:{assignment_id}:{at.isoformat()}",
        lang=judge["lang"],
        values={
            "name": judge["name"],
            "title": judge["title"],
            "round": found.name,
            "edition": found.edition.name,
            "reason": reason,
            "link": found.bench,
        },
        edition_id=found.edition.id,
    )
