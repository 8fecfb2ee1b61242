"""Verbs of accounts. Each is one transaction; passwords are hashed before it opens."""

import hashlib
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards import ids
from awards.accounts import passwords, sessions, steps
from awards.accounts.forms import (
    AskByMail,
    ChangePassword,
    ChangePerson,
    CompleteAccount,
    EndSession,
    ProveIdentity,
    SignIn,
)
from awards.accounts.rules import (
    FAILURE_WINDOW,
    INVITATIONS,
    KEEP_FAILURES,
    MOST_FROM_ADDRESS,
    MOST_MAILS,
    Failures,
    Purpose,
    fold,
    must_wait,
    ticket_is_good,
)
from awards.accounts.tables import Credential, EmailAddress, Person, Session, SignInFailure, Ticket
from awards.actor import Actor
from awards.audit.actions import Action
from awards.audit.services import record
from awards.clock import Clock
from awards.db import advisory_lock, transaction
from awards.errors import Denied, Invalid, NotFound, TooMany
from awards.outbox.services import enqueue
from awards.web.i18n import _


class From(Struct, frozen=True):
    """Where a request without a session comes from."""

    address: str
    agent: str
    request_id: str
    lang: str = "en"
    # The session that this browser has already: a new one replaces it.
    session_id: int | None = None

    def actor(self, person_id: int = 0, name: str = "") -> Actor:
        return Actor(person_id=person_id, name=name, request_id=self.request_id, address=self.address)


async def sign_in(*, command: SignIn, origin: From, clock: Clock) -> str:
    """A new session's token; the same refusal for a wrong password and an unknown address."""
    now = clock.now()
    account = _account_key(command.email)
    await _attempt(account, origin.address, now)
    row = await _account(command.email)
    right = await passwords.matches(row["secret"] if row else None, command.password)
    if not right or row is None or row["disabled_at"] is not None:
        async with transaction():
            await record(
                Action.SIGN_IN_REFUSED,
                actor=origin.actor(),
                at=now,
                subject=("person", row["person"] if row else 0),
            )
        raise Invalid({"": _("The address or the password is not right. Check both and try again.")})
    async with transaction():
        token = await sessions.replace(
            origin.session_id,
            row["person"],
            at=now,
            agent=origin.agent,
            address=origin.address,
            shared=command.shared,
        )
        await SignInFailure.delete().where(SignInFailure.account_sha256 == account)
        await record(
            Action.SIGNED_IN,
            actor=origin.actor(row["person"], row["name"]),
            at=now,
            subject=("person", row["person"]),
        )
    return token


async def sign_out(*, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        await Session.update({Session.ended_at: now}).where(
            (Session.id == actor.session_id) & Session.ended_at.is_null()
        )
        await record(Action.SIGNED_OUT, actor=actor, at=now, subject=("person", actor.person_id))


async def ask_to_sign_up(*, command: AskByMail, origin: From, clock: Clock) -> None:
    """A mail goes out either way, so that nobody learns from the page who has an account."""
    now = clock.now()
    async with transaction():
        rows = await _account_rows(command.email)
        if not await _may_mail(command.email, origin.address, now):
            pass  # The page says the same; nobody's letter box is filled by strangers.
        elif rows and rows[0]["secret"]:
            await enqueue(
                "account-exists",
                to=rows[0]["address"],
                at=now,
                dedupe_key=f"account-exists:{ids.salt()}",
                lang=origin.lang,
                values={"name": rows[0]["name"], "link": "/reset"},
            )
        else:
            # To the address that is known, not to another that is folded to the same: ß and ss are two boxes.
            address = rows[0]["address"] if rows else command.email
            ticket_id, token = await steps.issue_ticket(Purpose.CONFIRM, email=address, at=now)
            await enqueue(
                "confirm",
                to=address,
                at=now,
                dedupe_key=f"confirm:{ticket_id}",
                lang=origin.lang,
                values={"link": f"/confirm/{token}"},
            )
        await record(Action.SIGNED_UP, actor=origin.actor(), at=now, subject=("person", 0))


async def ask_for_reset(*, command: AskByMail, origin: From, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        rows = [row for row in await _account_rows(command.email) if row["disabled_at"] is None]
        if await _may_mail(command.email, origin.address, now) and rows:
            row = rows[0]
            ticket_id, token = await steps.issue_ticket(
                Purpose.RESET, email=row["address"], at=now, person_id=row["person"]
            )
            await enqueue(
                "reset",
                to=row["address"],
                at=now,
                dedupe_key=f"reset:{ticket_id}",
                lang=row["lang"],
                values={"name": row["name"], "link": f"/reset/{token}"},
            )
        await record(
            Action.RESET_ASKED,
            actor=origin.actor(),
            at=now,
            subject=("person", rows[0]["person"] if rows else 0),
        )


async def complete_account(*, token_sha256: str, command: CompleteAccount, origin: From, clock: Clock) -> str:
    """From a link in a mail to a confirmed account with a password; returns a session's token."""
    now = clock.now()
    secret = await passwords.hash_of(command.password)
    async with transaction():
        ticket = await _good_ticket(token_sha256, {Purpose.CONFIRM, *INVITATIONS}, now)
        known = await steps.person_with_address(ticket.email, name=command.name, at=now, lang=origin.lang)
        has_password = await Credential.exists().where(
            (Credential.person == known.person_id) & (Credential.kind == "password")
        )
        if has_password:
            raise Denied("has account", _("This address has an account already. Sign in instead."))
        # An invitation to a seat or to a city is spent where it is accepted.
        spent_here = ticket.purpose in (Purpose.CONFIRM.value, Purpose.ROLE.value)
        if spent_here and not await steps.use_ticket(ticket.id, now):
            raise NotFound
        await Person.update({Person.name: command.name}).where(Person.id == known.person_id)
        await steps.set_password(known.person_id, secret, now)
        await steps.confirm_address(ticket.email, now)
        token = await sessions.replace(
            origin.session_id, known.person_id, at=now, agent=origin.agent, address=origin.address
        )
        await record(
            Action.ADDRESS_CONFIRMED,
            actor=origin.actor(known.person_id, command.name),
            at=now,
            subject=("person", known.person_id),
        )
    return token


async def choose_new_password(*, token_sha256: str, password: str, origin: From, clock: Clock) -> str:
    """From a reset link: the password changes, every session ends, a new one begins."""
    now = clock.now()
    secret = await passwords.hash_of(password)
    async with transaction():
        ticket = await _good_ticket(token_sha256, {Purpose.RESET}, now)
        if not await steps.use_ticket(ticket.id, now):
            raise NotFound
        await steps.set_password(ticket.person, secret, now)
        await steps.confirm_address(ticket.email, now)
        await steps.end_sessions(ticket.person, now)
        await SignInFailure.delete().where(SignInFailure.account_sha256 == _account_key(ticket.email))
        await steps.spend_resets(ticket.person, now)
        await _tell_of_new_password(ticket.person, now)
        token = await sessions.replace(
            origin.session_id, ticket.person, at=now, agent=origin.agent, address=origin.address
        )
        await record(
            Action.PASSWORD_CHANGED,
            actor=origin.actor(ticket.person),
            at=now,
            subject=("person", ticket.person),
        )
    return token


async def change_password(*, command: ChangePassword, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    await _must_know_password(actor, command.current, "current", now)
    secret = await passwords.hash_of(command.password)
    async with transaction():
        await steps.set_password(actor.person_id, secret, now)
        await steps.end_sessions(actor.person_id, now, but=actor.session_id)
        await steps.spend_resets(actor.person_id, now)
        await _tell_of_new_password(actor.person_id, now)
        await record(Action.PASSWORD_CHANGED, actor=actor, at=now, subject=("person", actor.person_id))


async def prove_identity(*, command: ProveIdentity, actor: Actor, clock: Clock) -> None:
    """The password once more, before an act that needs a fresh proof."""
    now = clock.now()
    await _must_know_password(actor, command.password, "password", now)
    async with transaction():
        await Session.update({Session.proved_at: now}).where(Session.id == actor.session_id)
        await record(Action.IDENTITY_PROVED, actor=actor, at=now, subject=("person", actor.person_id))


async def change_person(*, command: ChangePerson, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        await Person.update(
            {Person.name: command.name, Person.lang: command.lang, Person.zone: command.zone}
        ).where(Person.id == actor.person_id)
        await record(Action.PERSON_CHANGED, actor=actor, at=now, subject=("person", actor.person_id))


async def end_session(*, command: EndSession, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        own = (Session.id == command.session) & (Session.person == actor.person_id)
        rows = (
            await Session.update({Session.ended_at: now})
            .where(own & Session.ended_at.is_null())
            .returning(Session.id)
        )
        if not rows:
            raise NotFound
        await record(Action.SESSION_ENDED, actor=actor, at=now, subject=("session", command.session))


async def _must_know_password(actor: Actor, password: str, field: str, now: datetime) -> None:
    account = f"person:{actor.person_id}"
    await _attempt(account, actor.address, now)
    rows = await Credential.select(Credential.secret).where(
        (Credential.person == actor.person_id) & (Credential.kind == "password")
    )
    if await passwords.matches(rows[0]["secret"] if rows else None, password):
        async with transaction():
            await SignInFailure.delete().where(SignInFailure.account_sha256 == account)
        return
    async with transaction():
        await record(Action.SIGN_IN_REFUSED, actor=actor, at=now, subject=("person", actor.person_id))
    raise Invalid({field: _("This is not your present password")})


def _account_key(email: str) -> str:
    return hashlib.sha256(fold(email).encode()).hexdigest()


async def _attempt(account: str, address: str, now: datetime) -> None:
    """Counted before the password is looked at, so that a hundred guesses at once are a hundred guesses."""
    async with transaction():
        await advisory_lock("sign-in")
        if must_wait(await _failures(account, address, now)):
            raise TooMany(FAILURE_WINDOW)
        await SignInFailure.delete().where(SignInFailure.at <= now - KEEP_FAILURES)
        await SignInFailure.insert(
            SignInFailure(account_sha256=account, address=address, at=now, created_at=now)
        )


async def _may_mail(email: str, address: str, now: datetime) -> bool:
    """Whether one more mail may go to an address that somebody typed; too many from one place are refused."""
    account = f"mail:{_account_key(email)}"[:64]
    failures = await _failures(account, address, now)
    if failures.from_address >= MOST_FROM_ADDRESS:
        raise TooMany(FAILURE_WINDOW)
    await SignInFailure.insert(SignInFailure(account_sha256=account, address=address, at=now, created_at=now))
    return failures.on_account < MOST_MAILS


async def _tell_of_new_password(person_id: int, now: datetime) -> None:
    """To every confirmed address: who did not do it learns of it."""
    rows = await EmailAddress.raw(
        "SELECT e.address, p.name, p.lang FROM email_address e JOIN person p ON p.id = e.person"
        " WHERE e.person = {} AND e.confirmed_at IS NOT NULL",
        person_id,
    )
    for row in rows:
        await enqueue(
            "password-changed",
            to=row["address"],
            at=now,
            dedupe_key=f"password-changed:{ids.salt()}",
            lang=row["lang"],
            values={"name": row["name"], "link": "/reset"},
        )


async def _failures(account: str, address: str, now: datetime) -> Failures:
    rows = await SignInFailure.raw(
        "SELECT SUM(CASE WHEN account_sha256 = {} AND address = {} THEN 1 ELSE 0 END) AS from_here,"
        " SUM(CASE WHEN account_sha256 = {} THEN 1 ELSE 0 END) AS on_account,"
        " SUM(CASE WHEN address = {} THEN 1 ELSE 0 END) AS from_address"
        " FROM sign_in_failure WHERE (account_sha256 = {} OR address = {}) AND at > {}",
        account,
        address,
        account,
        address,
        account,
        address,
        now - FAILURE_WINDOW,
    )
    row = rows[0]
    return Failures(row["from_here"] or 0, row["on_account"] or 0, row["from_address"] or 0)


_ACCOUNT = """
SELECT e.person, e.address, p.name, p.lang, p.disabled_at, c.secret
FROM email_address e JOIN person p ON p.id = e.person
LEFT JOIN credential c ON c.person = e.person AND c.kind = 'password'
WHERE e.folded = {}
"""


async def _account_rows(email: str) -> list[dict[str, Any]]:
    return list(await EmailAddress.raw(_ACCOUNT, fold(email)))


async def _account(email: str) -> dict[str, Any] | None:
    rows = await _account_rows(email)
    return rows[0] if rows else None


async def _good_ticket(token_sha256: str, purposes: set[Purpose], now: datetime) -> Ticket:
    rows = await Ticket.objects().where(Ticket.token_sha256 == token_sha256)
    if not rows or rows[0].purpose not in {purpose.value for purpose in purposes}:
        raise NotFound
    ticket = rows[0]
    if not ticket_is_good(expires_at=ticket.expires_at, used_at=ticket.used_at, now=now):
        raise NotFound
    return ticket
