"""What several verbs share: each needs an open transaction and records nothing itself."""

from datetime import datetime

from msgspec import Struct

from awards import ids
from awards.accounts.rules import LIFETIME, Purpose, fold
from awards.accounts.tables import Credential, EmailAddress, Person, Session, Ticket
from awards.db import in_transaction


class KnownPerson(Struct, frozen=True):
    person_id: int
    address: str
    added: bool


async def person_with_address(email: str, *, name: str, at: datetime, lang: str = "en") -> KnownPerson:
    """The person of this address; one who is not known yet is added without a way to sign in."""
    assert in_transaction()
    folded = fold(email)
    rows = await EmailAddress.select(EmailAddress.person, EmailAddress.address).where(
        EmailAddress.folded == folded
    )
    if rows:
        return KnownPerson(rows[0]["person"], rows[0]["address"], added=False)
    person = Person(name=name, lang=lang, created_at=at)
    await person.save()
    await EmailAddress.insert(
        EmailAddress(person=person.id, address=email, folded=folded, is_primary=True, created_at=at)
    )
    return KnownPerson(person.id, email, added=True)


async def issue_ticket(
    purpose: Purpose,
    *,
    email: str,
    at: datetime,
    person_id: int | None = None,
    subject: tuple[str, int] = ("", 0),
) -> tuple[int, str]:
    """A new ticket: its id for the row that waits for it, its token for the mail and nowhere else."""
    assert in_transaction()
    token = ids.token()
    ticket = Ticket(
        purpose=purpose.value,
        person=person_id,
        email=email,
        subject_kind=subject[0],
        subject_id=subject[1],
        token_sha256=ids.token_hash(token),
        expires_at=at + LIFETIME[purpose],
        created_at=at,
    )
    await ticket.save()
    return ticket.id, token


async def use_ticket(ticket_id: int, at: datetime) -> bool:
    """Spend it: true for exactly one caller."""
    assert in_transaction()
    rows = (
        await Ticket.update({Ticket.used_at: at})
        .where((Ticket.id == ticket_id) & Ticket.used_at.is_null() & (Ticket.expires_at > at))
        .returning(Ticket.id)
    )
    return bool(rows)


async def set_password(person_id: int, secret: str, at: datetime) -> None:
    assert in_transaction()
    changed = (
        await Credential.update({Credential.secret: secret, Credential.changed_at: at})
        .where((Credential.person == person_id) & (Credential.kind == "password"))
        .returning(Credential.id)
    )
    if not changed:
        await Credential.insert(
            Credential(person=person_id, kind="password", secret=secret, changed_at=at, created_at=at)
        )


async def spend_resets(person_id: int, at: datetime) -> None:
    """The other links that were asked for with the one that was used."""
    assert in_transaction()
    await Ticket.update({Ticket.used_at: at}).where(
        (Ticket.person == person_id)
        & (Ticket.purpose == Purpose.RESET.value)
        & Ticket.used_at.is_null()
        & (Ticket.expires_at > at)
    )


async def confirm_address(email: str, at: datetime) -> None:
    assert in_transaction()
    await EmailAddress.update({EmailAddress.confirmed_at: at}).where(
        (EmailAddress.folded == fold(email)) & EmailAddress.confirmed_at.is_null()
    )


async def end_sessions(person_id: int, at: datetime, *, but: int | None = None) -> None:
    assert in_transaction()
    theirs = (Session.person == person_id) & Session.ended_at.is_null()
    await Session.update({Session.ended_at: at}).where(theirs & (Session.id != but) if but else theirs)
