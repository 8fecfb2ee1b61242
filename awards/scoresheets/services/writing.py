"""What an operation writes on a sheet, whoever sends it: the judge, or who keys in a paper sheet. A step of both verbs."""

from datetime import datetime

from piccolo.query.methods.raw import Raw

from awards.actor import Actor
from awards.db import in_transaction, together
from awards.errors import Denied, Stale
from awards.panels.tables import Assignment
from awards.scoresheets import steps
from awards.scoresheets.forms import SaveSheet
from awards.scoresheets.rules import NO_EVIDENCE, Change, Given, Judged, MarkState
from awards.scoresheets.steps import Desk
from awards.scoresheets.tables import Mark, Scoresheet, SheetNote
from awards.web.i18n import _


async def write_change(
    desk: Desk, judged: list[Judged], sheet_id: int, command: SaveSheet, author: Actor, now: datetime
) -> None:
    """The change with its revision, on the version that it was made from. The caller has asked all rules."""
    assert in_transaction()
    change, version = command.change, command.base_version + 1
    revision = steps.revision(
        sheet_id=sheet_id,
        version=version,
        actor=author,
        key=command.key,
        base_version=command.base_version,
        change=change.canonical,
        at=now,
        device_at=command.device_at,
    )
    lifted, touched, *_written = await together(
        _lift(sheet_id, command, version),
        _touch(desk, now),
        revision,
        *_marks(sheet_id, change, judged, now),
        *_notes(sheet_id, change, now),
    )
    if not lifted:
        raise Stale
    if not touched:
        raise Denied(
            "not writable", _("This sheet was signed off or taken back meanwhile. Nothing was saved.")
        )


def _lift(sheet_id: int, command: SaveSheet, version: int) -> Raw:
    """The one statement that decides a race: who finds another version than the one they read changes nothing."""
    if command.change.confidence is None:
        return Scoresheet.raw(
            "UPDATE scoresheet SET version = {} WHERE id = {} AND version = {} RETURNING id",
            version,
            sheet_id,
            command.base_version,
        )
    return Scoresheet.raw(
        "UPDATE scoresheet SET version = {}, confidence = {} WHERE id = {} AND version = {} RETURNING id",
        version,
        command.change.confidence,
        sheet_id,
        command.base_version,
    )


def _touch(desk: Desk, now: datetime) -> Raw:
    """The state is asked again by the statement that writes it: a sheet signed meanwhile stays as it is."""
    return Assignment.raw(
        "UPDATE assignment SET state = 'started', saved_at = {}"
        " WHERE id = {} AND state IN ('given', 'opened', 'started') RETURNING id",
        now,
        desk.assignment_id,
    )


def _marks(sheet_id: int, change: Change, judged: list[Judged], now: datetime) -> list[Raw]:
    if not change.marks:
        return []
    ids = {criterion.code: criterion.id for criterion in judged}
    arguments = [
        value
        for code, mark in sorted(change.marks.items())
        for value in (sheet_id, ids[code], *_stored(mark), now)
    ]
    return [Mark.raw(_mark_sql(len(change.marks)), *arguments)]


def _stored(mark: Given) -> tuple[int | None, str]:
    if mark == NO_EVIDENCE:
        return None, MarkState.NO_EVIDENCE.value
    return mark, MarkState.GIVEN.value


def _mark_sql(count: int) -> str:
    values = ", ".join(["({}, {}, {}, {}, {})"] * count)
    return (
        "INSERT INTO mark (scoresheet, criterion, value, state, created_at)"  # noqa: S608  # placeholders are joined
        " VALUES " + values + " ON CONFLICT (scoresheet, criterion) DO UPDATE"
        " SET value = excluded.value, state = excluded.state"
    )


def _notes(sheet_id: int, change: Change, now: datetime) -> list[Raw]:
    if not change.notes:
        return []
    values = ", ".join(["({}, {}, {}, {})"] * len(change.notes))
    arguments = [
        value for audience, text in sorted(change.notes.items()) for value in (sheet_id, audience, text, now)
    ]
    return [
        SheetNote.raw(
            "INSERT INTO sheet_note (scoresheet, audience, text, created_at)"  # noqa: S608  # placeholders are joined
            " VALUES " + values + " ON CONFLICT (scoresheet, audience) DO UPDATE SET text = excluded.text",
            *arguments,
        )
    ]
