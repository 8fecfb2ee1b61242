"""Verbs of accounts. Each is one transaction; passwords are hashed before it opens."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from awards.db import transaction
from awards.errors import Denied, Invalid, NotFound
from awards.outbox.services import enqueue
from awards.web.i18n import _


class TooMany(Denied):
    """Guessing is slowed down."""


@dataclass(frozen=True, slots=True)
class From:
    """Where a request without a session comes from."""

    address: str
    agent: str
    request_id: str
    lang: str = "en"

    def actor(self, person_id: int = 0, name: str = "") -> Actor:
        return Actor(person_id=person_id, name=name, request_id=self.request_id, address=self.address)


async def sign_in(*, command: SignIn, origin: From, clock: Clock) -> str:
    """A new session's token; the same refusal for a wrong password and an unknown address."""
    now = clock.now()
    account = hashlib.sha256(fold(command.email).encode()).hexdigest()
    if must_wait(await _failures(account, origin.address, now)):
        raise TooMany("too many", _("Too many attempts. Wait 15 minutes, or set a new password."))
    row = await _account(command.email)
    right = await passwords.matches(row["secret"] if row else None, command.password)
    if not right or row is None or row["disabled_at"] is not None:
        async with transaction():
            await SignInFailure.insert(
                SignInFailure(account_sha256=account, address=origin.address, at=now, created_at=now)
            )
            await record(
                Action.SIGN_IN_REFUSED,
                actor=origin.actor(),
                at=now,
                subject=("person", row["person"] if row else 0),
            )
        raise Invalid({"": _("The address or the password is not right. Check both and try again.")})
    async with transaction():
        token = await sessions.start(row["person"], at=now, agent=origin.agent, address=origin.address)
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
        if rows and rows[0]["secret"]:
            await enqueue(
                "account-exists",
                to=rows[0]["address"],
                at=now,
                dedupe_key=f"account-exists:{fold(command.email)}:{now:%Y-%m-%dT%H}",
                lang=origin.lang,
                values={"name": rows[0]["name"], "link": "/reset"},
            )
        else:
            ticket_id, token = await steps.issue_ticket(Purpose.CONFIRM, email=command.email, at=now)
            await enqueue(
                "confirm",
                to=command.email,
                at=now,
                dedupe_key=f"confirm:{ticket_id}",
                lang=origin.lang,
                values={"link": f"/confirm/{token}"},
            )
        await record(Action.SIGNED_UP, actor=origin.actor(), at=now, subject=("person", 0))


async def ask_for_reset(*, command: AskByMail, origin: From, clock: Clock) -> None:
    now = clock.now()
    async with transaction():
        rows = await _account_rows(command.email)
        if rows:
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
        if ticket.purpose == Purpose.CONFIRM.value and not await steps.use_ticket(ticket.id, now):
            raise NotFound
        await Person.update({Person.name: command.name}).where(Person.id == known.person_id)
        await steps.set_password(known.person_id, secret, now)
        await steps.confirm_address(ticket.email, now)
        token = await sessions.start(known.person_id, at=now, agent=origin.agent, address=origin.address)
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
        token = await sessions.start(ticket.person, at=now, agent=origin.agent, address=origin.address)
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
        rows = await Session.update({Session.ended_at: now}).where(own).returning(Session.id)
        if not rows:
            raise NotFound
        await record(Action.SESSION_ENDED, actor=actor, at=now, subject=("session", command.session))


async def _must_know_password(actor: Actor, password: str, field: str, now: datetime) -> None:
    account = f"person:{actor.person_id}"
    if must_wait(await _failures(account, actor.address, now)):
        raise TooMany("too many", _("Too many attempts. Wait 15 minutes."))
    rows = await Credential.select(Credential.secret).where(
        (Credential.person == actor.person_id) & (Credential.kind == "password")
    )
    if await passwords.matches(rows[0]["secret"] if rows else None, password):
        return
    async with transaction():
        await SignInFailure.insert(
            SignInFailure(account_sha256=account, address=actor.address, at=now, created_at=now)
        )
        await record(Action.SIGN_IN_REFUSED, actor=actor, at=now, subject=("person", actor.person_id))
    raise Invalid({field: _("This is not your present password")})


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
