"""Drafts as the secretariat may see them: how far they are; their text after the deadline, or where help is asked.

What hides the text is decided here: a row without it has another type than one with it.
"""

from datetime import datetime
from itertools import groupby
from typing import Any

from msgspec import Struct

from awards.editions.queries import CallTimes, EditionRow, call_of
from awards.editions.queries.deadlines import OWN_UNTIL
from awards.entries.answering import answer_problem, asked_of_all
from awards.entries.queries.answers import AnswerRow, answers_of
from awards.entries.queries.questions import asked_of
from awards.entries.rules import Call
from awards.entries.tables import Entry, HelpRequest
from awards.errors import NotFound

PAGE = 50


class Draft(Struct, frozen=True):
    """Progress only: of `asked` needed answers `done` are given. Whose it is, and not a word of what it says."""

    id: int
    reference: str
    entrant_id: int
    entrant: str
    country: str
    category_id: int
    category: str
    call: Call
    started_at: datetime
    saved_at: datetime | None
    helped: bool
    is_over: bool
    done: int
    asked: int

    @property
    def is_readable(self) -> bool:
        """Whether the secretariat may read the text at this instant."""
        return self.helped or self.is_over


class HelpRow(Struct, frozen=True):
    id: int
    text: str
    by: str
    at: datetime


class ReadDraft(Struct, frozen=True):
    """A draft with its text, for an instant at which that may be read."""

    title: str
    lang: str
    help: HelpRow | None
    answers: tuple[AnswerRow, ...]


_DRAFTS = f"""
SELECT n.id, n.reference, t.id AS entrant_id, t.name AS entrant, t.country_label AS country,
       c.id AS category_id, c.name AS category, n.created_at AS started_at, {OWN_UNTIL} AS own_until,
       (SELECT a.saved_at FROM answer a WHERE a.entry = n.id ORDER BY a.saved_at DESC LIMIT 1) AS saved_at,
       h.id AS help{{more}}
FROM entry n JOIN entrant t ON t.id = n.entrant JOIN category c ON c.id = n.category
LEFT JOIN help_request h ON h.entry = n.id AND h.ended_at IS NULL LEFT JOIN person p ON p.id = h."by"
WHERE n.edition = {{{{}}}} AND n.state = 'draft'
"""  # noqa: S608  our own words
_LISTED = _DRAFTS.format(more="") + (
    " ORDER BY CASE WHEN h.id IS NULL THEN 1 ELSE 0 END, t.folded, n.reference LIMIT {} OFFSET {}"
)
_READ = (
    _DRAFTS.format(more=", n.title, n.lang, h.text, p.name AS asker, h.created_at AS asked_at")
    + " AND n.reference = {}"
)


async def drafts_of(
    edition: EditionRow, times: CallTimes, now: datetime, *, number: int = 1
) -> tuple[list[Draft], bool]:
    """One page in the order of entrants, those that ask for help first; and whether there is another page."""
    rows = await Entry.raw(_LISTED, edition.id, PAGE + 1, PAGE * (number - 1))
    shown = rows[:PAGE]
    progress = await _progress([row["id"] for row in shown])
    return [_draft(row, edition, times, now, progress[row["id"]]) for row in shown], len(rows) > PAGE


async def read_draft(edition: EditionRow, reference: str, now: datetime) -> tuple[Draft, ReadDraft | None]:
    """How far it is, and what it says: nothing of that while it is nobody's business."""
    rows = await Entry.raw(_READ, edition.id, reference.upper())
    if not rows:
        raise NotFound
    row, times = rows[0], await call_of(edition.id)
    answers = await answers_of(row["id"], edition.id, row["category_id"], now)
    needed = [each for each in answers if each.question.required]
    done = sum(1 for each in needed if not each.is_empty and not each.problem)
    draft = _draft(row, edition, times, now, (done, len(needed)))
    if not draft.is_readable:
        return draft, None
    helped = HelpRow(row["help"], row["text"], row["asker"], row["asked_at"]) if draft.helped else None
    return draft, ReadDraft(row["title"], row["lang"], helped, tuple(answers))


async def help_with(entry_id: int) -> HelpRow | None:
    """What its city asks the secretariat, while it does. The caller has checked who asks."""
    rows = await HelpRequest.raw(
        'SELECT h.id, h.text, p.name AS "by", h.created_at AS at FROM help_request h'
        ' JOIN person p ON p.id = h."by" WHERE h.entry = {} AND h.ended_at IS NULL',
        entry_id,
    )
    return HelpRow(**rows[0]) if rows else None


def _draft(
    row: dict[str, Any], edition: EditionRow, times: CallTimes, now: datetime, progress: tuple[int, int]
) -> Draft:
    plain = ("id", "reference", "entrant_id", "entrant", "country", "category_id", "category",
             "started_at", "saved_at")  # fmt: skip
    done, asked = progress
    call = Call(edition.state, times.opens, times.closes, row["own_until"])
    return Draft(
        **{name: row[name] for name in plain},
        call=call,
        helped=row["help"] is not None,
        is_over=call.is_over(now),
        done=done,
        asked=asked,
    )


_ANSWERED = """
SELECT n.id AS entry_id, q.id, q.section, q.code, q.kind, q.label, q.hint, q.required, q.audience,
       q.hidden_when_blind, q.limits, q.show_if, q.frozen_at, a.value,
       (SELECT COUNT(*) FROM attachment f WHERE f.entry = n.id AND f.question = q.id
        AND f.replaced_at IS NULL AND f.removed_at IS NULL) AS files
FROM entry n JOIN question q ON q.edition = n.edition AND q.ended_at IS NULL
 AND (NOT EXISTS (SELECT 1 FROM question_category g WHERE g.question = q.id)
  OR EXISTS (SELECT 1 FROM question_category g WHERE g.question = q.id AND g.category = n.category))
LEFT JOIN answer a ON a.entry = n.id AND a.question = q.id
"""


async def _progress(entry_ids: list[int]) -> dict[int, tuple[int, int]]:
    """By entry: how many of the needed answers are given, and how many are needed."""
    found = dict.fromkeys(entry_ids, (0, 0))
    if not entry_ids:
        return found
    places = ", ".join("{}" for _id in entry_ids)
    rows = await Entry.raw(
        f"{_ANSWERED} WHERE n.id IN ({places}) ORDER BY n.id, q.position, q.id", *entry_ids
    )
    known = {row["id"]: asked_of(row) for row in {row["id"]: row for row in rows}.values()}
    for entry_id, own in groupby(rows, key=lambda row: row["entry_id"]):
        theirs = list(own)
        values = {row["code"]: row["value"] or "" for row in theirs}
        asked = asked_of_all((known[row["id"]] for row in theirs), values)
        needed = [row for row in theirs if row["required"] and row["code"] in asked]
        done = sum(1 for row in needed if row["files"] or _is_given(known[row["id"]], row["value"] or ""))
        found[entry_id] = (done, len(needed))
    return found


def _is_given(question: Any, value: str) -> bool:
    return question.kind != "file" and not answer_problem(question, value)
