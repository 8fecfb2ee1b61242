"""Who has signed what of an edition: the first signature that waits, and every publication that two have signed."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.accounts.tables import Approval
from awards.editions.approving import Deed
from awards.publication.outcome import Wish, read_wish
from awards.publication.rules import is_visible, may_withdraw

ACTION = Deed.PUBLISH


class Asked(Struct, frozen=True):
    """A first signature that waits for the second."""

    id: int
    asked_by: int
    name: str
    at: datetime
    sha256: str
    wish: Wish


class Signed(Struct, frozen=True):
    """A publication that two have signed."""

    number: int
    kind: str
    shows: str
    """What step it shows, a correction too."""
    visible_at: datetime
    withdrawn: bool
    public: bool
    note: str
    sha256: str
    first: str
    second: str
    may_withdraw: bool


async def signatures(edition_id: int, person_id: int, now: datetime) -> tuple[Asked | None, list[Signed]]:
    rows = await Approval.raw(
        "SELECT a.id, a.asked_by, a.given_by, a.created_at, a.reason, a.subject_sha256, f.name AS first,"
        " s.name AS second, p.number, p.kind, p.visible_at, p.withdrawn_at, p.note, p.pack_sha256"
        " FROM approval a JOIN person f ON f.id = a.asked_by LEFT JOIN person s ON s.id = a.given_by"
        " LEFT JOIN publication p ON p.approval = a.id"
        " WHERE a.action = {} AND a.subject_kind = 'edition' AND a.subject_id = {} AND a.ended_at IS NULL"
        " ORDER BY a.id DESC",
        ACTION, edition_id,
    )  # fmt: skip
    asked = next((_asked(row) for row in rows if row["number"] is None and row["given_by"] is None), None)
    return asked, [_signed(row, person_id, now) for row in rows if row["number"] is not None]


def _asked(row: dict[str, Any]) -> Asked:
    wish = read_wish(row["reason"])
    return Asked(row["id"], row["asked_by"], row["first"], row["created_at"], row["subject_sha256"], wish)


def _signed(row: dict[str, Any], person_id: int, now: datetime) -> Signed:
    signers = (row["asked_by"], row["given_by"])
    refusal = may_withdraw(signers, person_id, row["visible_at"], row["withdrawn_at"], now)
    return Signed(
        number=row["number"],
        kind=row["kind"],
        shows=read_wish(row["reason"]).shows,
        visible_at=row["visible_at"],
        withdrawn=row["withdrawn_at"] is not None,
        public=is_visible(row["visible_at"], row["withdrawn_at"], now),
        note=row["note"],
        sha256=row["pack_sha256"],
        first=row["first"],
        second=row["second"],
        may_withdraw=refusal is None,
    )
