"""Mail as rows: written in the transaction that causes it, so that it is sent if and only if that holds."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice

from msgspec import Struct

from awards import ids
from awards.db import in_transaction, transaction
from awards.outbox.bounces import Report
from awards.outbox.tables import Bounce, Message


async def enqueue(
    template: str,
    *,
    to: str,
    at: datetime,
    dedupe_key: str,
    lang: str = "en",
    values: Mapping[str, str],
    edition_id: int = 0,
    not_before: datetime | None = None,
) -> bool:
    """Queue one mail to one person. A second call with the same `dedupe_key` adds nothing, and says so.

    `template` is a folder of templates/mail, `values` are what its texts name. Links are paths such as
    "/confirm/…": the worker puts the base URL in front.
    """
    assert in_transaction(), "mail is queued by the transaction that causes it"
    if await Message.exists().where(Message.dedupe_key == dedupe_key):
        return False
    await Message.insert(
        Message(
            dedupe_key=dedupe_key,
            message_id=f"{ids.salt()}@awards",
            to=to,
            lang=lang,
            template=template,
            values=json.dumps(dict(values), ensure_ascii=False, sort_keys=True),
            edition_id=edition_id,
            not_before=not_before or at,
            state="queued",
            created_at=at,
        )
    )
    return True


class Addressed(Struct, frozen=True):
    """One of many mails of one text: to whom, and what is theirs alone."""

    to: str
    lang: str
    dedupe_key: str
    values: Mapping[str, str]
    not_before: datetime


PIECE = 100
# A statement of our own: building rows one by one would hold the event loop, and the writer's lock, for a second.
_ROW = "({}, {}, {}, {}, {}, {}, {}, {}, {}, 'queued', 0, '')"
_INSERT = (
    'INSERT INTO message (dedupe_key, message_id, "to", lang, template, "values", edition_id, not_before, created_at,'
    " state, attempts, problem) VALUES "
)


async def enqueue_all(
    template: str, letters: Iterable[Addressed], *, at: datetime, edition_id: int
) -> dict[str, int]:
    """Queue them all or, with the transaction, none; the row of each by its key, none of which was used before."""
    assert in_transaction(), "mail is queued by the transaction that causes it"
    made: dict[str, int] = {}
    coming = iter(letters)
    while piece := list(islice(coming, PIECE)):
        rows = await Message.raw(
            _INSERT + ", ".join([_ROW] * len(piece)) + " RETURNING id, dedupe_key",
            *(
                value
                for letter in piece
                for value in (
                    letter.dedupe_key,
                    f"{ids.salt()}@awards",
                    letter.to,
                    letter.lang,
                    template,
                    json.dumps(dict(letter.values), ensure_ascii=False, sort_keys=True),
                    edition_id,
                    letter.not_before,
                    at,
                )
            ),
        )
        made |= {row["dedupe_key"]: row["id"] for row in rows}
    return made


class Noted(Struct, frozen=True):
    """What became of the reports that were read."""

    new: int = 0
    known: int = 0
    unknown: int = 0
    """Of mails that this service did not send, or no longer keeps."""


async def note_bounces(reports: Iterable[Report], *, at: datetime) -> Noted:
    """A mail that came back could not be sent. The same report read again changes nothing."""
    new = known = unknown = 0
    for report in reports:
        async with transaction():
            rows = await Message.select(Message.id, Message.sent_at).where(
                Message.message_id == report.message_id
            )
            if not rows:
                unknown += 1
            elif await Bounce.exists().where(Bounce.sha256 == report.sha256):
                known += 1
            else:
                new += 1
                await _came_back(rows[0]["id"], rows[0]["sent_at"], report, at)
    return Noted(new, known, unknown)


async def _came_back(message_id: int, sent_at: datetime | None, report: Report, at: datetime) -> None:
    await Bounce.insert(
        Bounce(
            message=message_id,
            sha256=report.sha256,
            status=report.status,
            sentence=report.sentence,
            created_at=at,
        )
    )
    await Message.update(
        {
            Message.state: "failed",
            Message.bounced_at: at,
            # What came back had left, whether or not we heard the server say so.
            Message.sent_at: sent_at or at,
            Message.problem: report.sentence,
            Message.leased_until: None,
        }
    ).where(Message.id == message_id)
