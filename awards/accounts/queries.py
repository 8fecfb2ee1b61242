"""Reading accounts: what a link in a mail is worth, and where a person is signed in."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from awards.accounts.rules import IDLE, Purpose, device, ticket_is_good
from awards.accounts.tables import Session, Ticket
from awards.actor import Actor
from awards.errors import NotFound


class LinkState(StrEnum):
    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"


class LinkRow(Struct, frozen=True):
    """A ticket, for whoever holds its token: they were sent it at this address."""

    purpose: Purpose
    email: str
    state: LinkState
    # Whose address it is, where anybody's; `name` is what they were invited under.
    person_id: int | None
    name: str
    has_password: bool


_LINK = """
SELECT t.purpose, t.email, t.expires_at, t.used_at, e.person, p.name, c.id AS credential
FROM ticket t
LEFT JOIN email_address e ON e.folded = {}
LEFT JOIN person p ON p.id = e.person
LEFT JOIN credential c ON c.person = e.person AND c.kind = 'password'
WHERE t.token_sha256 = {}
"""


async def link_of(token_sha256: str, purposes: frozenset[Purpose], now: datetime) -> LinkRow:
    tickets = await Ticket.select(Ticket.email).where(Ticket.token_sha256 == token_sha256)
    if not tickets:
        raise NotFound
    rows = await Ticket.raw(_LINK, tickets[0]["email"].strip().casefold(), token_sha256)
    row = rows[0]
    if row["purpose"] not in purposes:
        raise NotFound
    good = ticket_is_good(expires_at=row["expires_at"], used_at=row["used_at"], now=now)
    state = LinkState.GOOD if good else LinkState.USED if row["used_at"] else LinkState.EXPIRED
    return LinkRow(
        purpose=Purpose(row["purpose"]),
        email=row["email"],
        state=state,
        person_id=row["person"],
        name=row["name"] or "",
        has_password=row["credential"] is not None,
    )


class SessionRow(Struct, frozen=True):
    id: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


async def sessions_of(actor: Actor, now: datetime) -> list[SessionRow]:
    """Where the person is signed in now, this session first, then the last used."""
    rows = (
        await Session.select()
        .where(
            (Session.person == actor.person_id)
            & Session.ended_at.is_null()
            & (Session.expires_at > now)
            & (Session.seen_at > now - IDLE)
        )
        .order_by(Session.seen_at, ascending=False)
    )
    found = [
        SessionRow(
            row["id"], device(row["agent"]), row["address"], row["created_at"], row["seen_at"],
            row["id"] == actor.session_id,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda session: not session.is_this)


async def address_of(person_id: int) -> str:
    """The address by which a person signs in."""
    rows = await Session.raw(
        "SELECT address FROM email_address WHERE person = {} ORDER BY is_primary DESC, id LIMIT 1", person_id
    )
    return str(rows[0]["address"]) if rows else ""


class Begun(Struct, frozen=True):
    """Whose session it is, and the token of its forms."""

    person_id: int
    name: str
    lang: str
    zone: str
    csrf: str


async def session_of(token_sha256: str) -> Begun:
    rows = await Session.raw(
        "SELECT p.id AS person_id, p.name, p.lang, p.zone, s.csrf FROM session s"
        " JOIN person p ON p.id = s.person WHERE s.token_sha256 = {}",
        token_sha256,
    )
    if not rows:
        raise NotFound
    return Begun(**rows[0])


async def drawn_for(person_id: int, csrf: str) -> bool:
    """Whether a form with this token was drawn for the person, in a session that may be over."""
    return await Session.exists().where((Session.person == person_id) & (Session.csrf == csrf))
