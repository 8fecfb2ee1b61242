"""What a city is asked about its submission, and what it may write while it is. Pure."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from awards.entries.rules import Call, EntryState, Late, may_write
from awards.errors import Denied
from awards.web.i18n import _
from awards.web.words import utc
from judging import canonical_bytes

# A question to a city ends within this.
MOST_TIME = timedelta(days=60)
# The city is reminded this long before the end of its time, or at half of it.
REMINDER = timedelta(days=2)
LONGEST_TEXT = 5_000


class LateAnswer(Late):
    """An answer to a question of the desk that came when its time was over."""

    def __init__(self, due: datetime) -> None:
        super().__init__(
            due,
            _(
                "The time to answer ended at %(time)s. What arrives before that instant is in; yours came at it or later.",
                time=utc(due, seconds=True),
            ),
        )


class OpenEnquiry(Struct, frozen=True):
    """What the city is asked now: these answers may be written until `due`, whatever the deadline of the call."""

    id: int
    codes: tuple[str, ...]
    text: str
    due: datetime
    asked_at: datetime

    def opens(self, code: str, state: EntryState, now: datetime) -> bool:
        return code in self.codes and state is EntryState.SUBMITTED and now < self.due


def due_problem(due: datetime, now: datetime) -> str:
    if due <= now:
        return _("Choose a time that is still to come")
    if due > now + MOST_TIME:
        return _("Give the city %(most)d days at most", most=MOST_TIME.days)
    return ""


def reminder_at(asked: datetime, due: datetime) -> datetime:
    return max(due - REMINDER, asked + (due - asked) / 2)


def body_with(before: Mapping[str, Any], now: Mapping[str, Any], codes: Collection[str]) -> dict[str, Any]:
    """What was submitted, with the answers and files to the asked questions as they are now, and nothing else."""
    body = dict(before)
    for part in ("answers", "files"):
        kept, new = _part(before, part), _part(now, part)
        merged = {code: value for code, value in kept.items() if code not in codes}
        merged |= {code: value for code, value in new.items() if code in codes}
        if merged or part in before:
            body[part] = merged
    if not body.get("files", True):
        del body["files"]
    return body


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def codes_text(codes: Collection[str]) -> str:
    return canonical_bytes(list(codes)).decode()


def codes_of(column: str) -> tuple[str, ...]:
    return tuple(json.loads(column)) if column else ()


def may_write_answer(
    state: EntryState, call: Call, enquiry: OpenEnquiry | None, code: str, now: datetime
) -> Denied | None:
    """What the city is asked may be written until it is due; for the rest the deadline of the call holds."""
    if enquiry is not None and enquiry.opens(code, state, now):
        return None
    return may_write(state, call, now)
