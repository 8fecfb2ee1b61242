"""Messages of an edition: drafts, what was sent, and what became of each mail."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.db import in_transaction, lock_rows
from awards.editions.rules import RoundState
from awards.errors import NotFound
from awards.messages.queries.groups import Of, OfRound
from awards.messages.rules import Group, MailingState, Text, Texts
from awards.messages.tables import Mailing, MailingRecipient, MessageTemplate
from awards.web.forms import BIGGEST_ID

PAGE = 100


class MailingRow(Struct, frozen=True):
    id: int
    number: int
    of: Of
    texts: Texts
    state: MailingState
    version: int
    created_at: datetime
    by: str
    by_id: int
    seen: Mapping[str, str]
    seen_sha256: str
    sent_at: datetime | None
    sent_by: str
    recipients: int
    left_out: int


class Counts(Struct, frozen=True):
    """What became of the mails of one message."""

    waiting: int = 0
    sent: int = 0
    failed: int = 0
    bounced: int = 0
    stopped: int = 0


class Listed(Struct, frozen=True):
    mailing: MailingRow
    counts: Counts


_COLUMNS = """
SELECT g.id, g.number, g.group_code, g.category AS category_id, c.name AS category, r.id AS round_id, r.code AS round_code,
       r.name AS round_name, r.state AS round_state, r.opens, r.closes, g.texts, g.state, g.version, g.created_at,
       p.name AS writer, p.id AS by_id, g.seen, g.seen_sha256, g.sent_at, s.name AS sent_by, g.recipients, g.left_out
"""
_TABLES = """
FROM mailing g JOIN person p ON p.id = g."by" LEFT JOIN person s ON s.id = g.sent_by
LEFT JOIN category c ON c.id = g.category LEFT JOIN round r ON r.id = g.round
"""


async def mailing_of(edition_id: int, number: int) -> MailingRow:
    if not 0 < number <= BIGGEST_ID:
        raise NotFound
    rows = await Mailing.raw(
        f"{_COLUMNS} {_TABLES} WHERE g.edition = {{}} AND g.number = {{}}",
        edition_id, number,
    )  # fmt: skip
    if not rows:
        raise NotFound
    return _row(rows[0])


async def mailing_locked(edition_id: int, number: int) -> MailingRow:
    """Nobody else's until this transaction ends."""
    assert in_transaction()
    if 0 < number <= BIGGEST_ID:
        await lock_rows(
            Mailing.select(Mailing.id).where((Mailing.edition == edition_id) & (Mailing.number == number))
        )
    return await mailing_of(edition_id, number)


_MAILS = """
SELECT COUNT(*) FROM mailing_recipient x JOIN message o ON o.id = x.message WHERE x.mailing = g.id AND o.state
"""


async def mailings_of(edition_id: int) -> list[Listed]:
    """The newest first; dropped drafts are gone from the list."""
    counted = ", ".join(
        f"({_MAILS} {what}) AS n_{name}"
        for name, what in (
            ("waiting", "= 'queued'"),
            ("sent", "= 'sent'"),
            ("failed", "= 'failed' AND o.bounced_at IS NULL"),
            ("bounced", "= 'failed' AND o.bounced_at IS NOT NULL"),
            ("stopped", "= 'dropped'"),
        )
    )
    rows = await Mailing.raw(
        f"{_COLUMNS}, {counted} {_TABLES} WHERE g.edition = {{}} AND g.state <> 'dropped'"
        " ORDER BY g.number DESC LIMIT 200",
        edition_id,
    )  # fmt: skip
    return [
        Listed(
            _row(row), Counts(row["n_waiting"], row["n_sent"], row["n_failed"], row["n_bounced"], row["n_stopped"])
        )
        for row in rows
    ]  # fmt: skip


def _row(row: Mapping[str, Any]) -> MailingRow:
    round_ = None
    if row["round_id"] is not None:
        round_ = OfRound(
            row["round_id"],
            row["round_code"],
            row["round_name"],
            RoundState(row["round_state"]),
            row["opens"],
            row["closes"],
        )
    return MailingRow(
        id=row["id"],
        number=row["number"],
        of=Of(Group(row["group_code"]), row["category_id"], row["category"] or "", round_),
        texts=texts_from(row["texts"]),
        state=MailingState(row["state"]),
        version=row["version"],
        created_at=row["created_at"],
        by=row["writer"],
        by_id=row["by_id"],
        seen=json.loads(row["seen"] or "{}"),
        seen_sha256=row["seen_sha256"],
        sent_at=row["sent_at"],
        sent_by=row["sent_by"] or "",
        recipients=row["recipients"],
        left_out=row["left_out"],
    )


def texts_from(document: str) -> Texts:
    return {lang: Text(one["subject"], one["body"]) for lang, one in json.loads(document or "{}").items()}


async def newest_to(edition_id: int, of: Of, now: datetime) -> datetime | None:
    """When the same group was last written to."""
    rows = await Mailing.raw(
        "SELECT sent_at FROM mailing WHERE edition = {} AND group_code = {} AND COALESCE(round, 0) = {}"
        " AND COALESCE(category, 0) = {} AND state = 'sent' AND sent_at <= {} ORDER BY sent_at DESC LIMIT 1",
        edition_id, of.group.value, of.round.id if of.round else 0, of.category_id or 0, now,
    )  # fmt: skip
    return rows[0]["sent_at"] if rows else None


async def written_since(edition_id: int, since: datetime) -> frozenset[int]:
    """Who had a message of this edition after that instant."""
    rows = await MailingRecipient.raw(
        "SELECT DISTINCT r.person FROM mailing_recipient r JOIN mailing g ON g.id = r.mailing"
        " WHERE g.edition = {} AND g.sent_at > {} AND r.left_out = ''",
        edition_id, since,
    )  # fmt: skip
    return frozenset(row["person"] for row in rows)


# --- what went to whom ---------------------------------------------------------------------------------


class Delivery(Struct, frozen=True):
    """One person of the group when it was sent, and the mail that went out, as long as that is kept."""

    name: str
    left_out: str
    message_id: int | None
    to: str
    state: str
    problem: str
    not_before: datetime | None
    sent_at: datetime | None
    bounced_at: datetime | None

    @property
    def what(self) -> str:
        """left out, waiting, sent, failed, bounced, dropped, or gone where the mail is no longer kept."""
        if self.left_out:
            return "left out"
        if self.message_id is None:
            return "gone"
        if self.state == "queued":
            return "waiting"
        return "bounced" if self.bounced_at and self.state == "failed" else self.state


class Deliveries(Struct, frozen=True):
    rows: tuple[Delivery, ...]
    total: int


# What needs somebody comes first.
_DELIVERIES = """
SELECT p.name, x.left_out, o.id AS message_id, o."to" AS address, o.state, o.problem, o.not_before, o.sent_at, o.bounced_at,
       COUNT(*) OVER () AS total
FROM mailing_recipient x JOIN person p ON p.id = x.person LEFT JOIN message o ON o.id = x.message
WHERE x.mailing = {}
ORDER BY CASE WHEN o.state = 'failed' THEN 0 WHEN o.problem <> '' THEN 1 WHEN x.left_out <> '' THEN 2
              WHEN o.state = 'dropped' THEN 3 ELSE 4 END,
         p.name, p.id
LIMIT {} OFFSET {}
"""


async def deliveries_of(mailing_id: int, page: int) -> Deliveries:
    rows = await MailingRecipient.raw(_DELIVERIES, mailing_id, PAGE, (page - 1) * PAGE)
    return Deliveries(
        tuple(
            Delivery(
                row["name"], row["left_out"], row["message_id"], row["address"] or "", row["state"] or "",
                row["problem"] or "", row["not_before"], row["sent_at"], row["bounced_at"],
            )
            for row in rows
        ),
        rows[0]["total"] if rows else 0,
    )  # fmt: skip


async def counts_of(mailing_id: int) -> Counts:
    rows = await MailingRecipient.raw(
        "SELECT o.state, CASE WHEN o.bounced_at IS NULL THEN 0 ELSE 1 END AS bounced, COUNT(*) AS n"
        " FROM mailing_recipient x JOIN message o ON o.id = x.message WHERE x.mailing = {} GROUP BY 1, 2",
        mailing_id,
    )
    n = {(row["state"], row["bounced"]): row["n"] for row in rows}
    return Counts(
        waiting=n.get(("queued", 0), 0) + n.get(("queued", 1), 0),
        sent=n.get(("sent", 0), 0) + n.get(("sent", 1), 0),
        failed=n.get(("failed", 0), 0),
        bounced=n.get(("failed", 1), 0),
        stopped=n.get(("dropped", 0), 0) + n.get(("dropped", 1), 0),
    )


# --- templates -----------------------------------------------------------------------------------------


class TemplateRow(Struct, frozen=True):
    """An edition's own words; with an empty text ours stand again."""

    lang: str
    group: Group
    text: Text
    version: int

    @property
    def stands(self) -> bool:
        return bool(self.text.body)


async def templates_of(edition_id: int, group: Group | None = None) -> list[TemplateRow]:
    chosen = MessageTemplate.edition == edition_id
    rows = await MessageTemplate.select().where(
        chosen if group is None else chosen & (MessageTemplate.group_code == group.value)
    )
    return [
        TemplateRow(row["lang"], Group(row["group_code"]), Text(row["subject"], row["body"]), row["version"])
        for row in rows
    ]
