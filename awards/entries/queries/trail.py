"""What happened to a submitted entry, in one question: versions, screenings, questions to the city, decisions."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from awards.editions.document import EditionRules
from awards.editions.stored import limits_of, rules_from
from awards.entries.answering import Asked
from awards.entries.asking import codes_of
from awards.entries.attaching import FileFacts
from awards.entries.queries.naming import PARTS as NAMING
from awards.entries.queries.naming import Naming, naming_from
from awards.entries.rules import EntryState
from awards.entries.screening import EXCLUDE, Item, items_of
from awards.entries.tables import Entry


class Submission(Struct, frozen=True):
    number: int
    sha256: str
    arrived_at: datetime
    by: str


class Finding(Struct, frozen=True):
    """What one screener found in the submission `number`; done or still being written."""

    person_id: int
    screener: str
    number: int
    items: tuple[Item, ...]
    outcome: str
    note: str
    reason: str
    version: int
    done_at: datetime | None

    def item(self, code: str) -> Item:
        return next((one for one in self.items if one.code == code), Item(code))


class Question(Struct, frozen=True):
    """What the city was asked, and what it answered; who asked is for the desk alone."""

    id: int
    codes: tuple[str, ...]
    text: str
    due: datetime
    by: str
    asked_at: datetime
    reply: str
    answered_at: datetime | None
    answered_by: str
    ended_at: datetime | None
    number: int | None


class Request(Struct, frozen=True):
    """One person's word that the entry is not eligible, and what became of it."""

    id: int
    sha256: str
    reason: str
    asked_by: int
    name: str
    at: datetime
    ended_at: datetime | None
    given_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.ended_at is None and self.given_at is None


class Decision(Struct, frozen=True):
    number: int
    outcome: EntryState
    reason: str
    by_id: int
    by: str
    asked_by: str
    at: datetime
    appeal_until: datetime | None


class AppealText(Struct, frozen=True):
    text: str
    by: str
    as_role: str
    at: datetime


class Trail(Struct, frozen=True):
    """Everything, for who may know all of it: what is shown of it to whom is decided after.

    `asked` are the questions of the form, those too that were taken out of it since; they, what is stored of files and
    who entered come in one question with the rest.
    """

    rules: EditionRules
    asked: tuple[Asked, ...]
    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    requests: tuple[Request, ...]
    decisions: tuple[Decision, ...]
    appeal: AppealText | None
    files: tuple[FileFacts, ...]
    """Without the sizes of pictures."""
    naming: Naming


# The first part names and types the columns for all of them.
_TRAIL = f"""
SELECT 'question' AS part, q.id, q."by" AS person, v.number AS n, 0 AS m, q.created_at AS at, q.answered_at AS at2,
       q.due AS at3, q.ended_at AS at4, p.name AS who, a.name AS who2, q.questions AS t1, q.text AS t2, q.reply AS t3,
       '' AS t4
FROM enquiry q JOIN person p ON p.id = q."by" LEFT JOIN person a ON a.id = q.answered_by
LEFT JOIN entry_version v ON v.id = q.entry_version WHERE q.entry = {{}}
UNION ALL
SELECT 'submission', v.id, v."by", v.number, 0, v.arrived_at, NULL, NULL, NULL, p.name, NULL, v.sha256, '', '', ''
FROM entry_version v LEFT JOIN person p ON p.id = v."by" WHERE v.entry = {{}}
UNION ALL
SELECT 'finding', s.id, s.screener, s.number, s.version, s.created_at, s.done_at, NULL, NULL, p.name, NULL, s.items,
       s.note, s.reason, s.outcome
FROM screening s JOIN person p ON p.id = s.screener WHERE s.entry = {{}}
UNION ALL
SELECT 'decision', d.id, d."by", d.number, 0, d.created_at, d.appeal_until, NULL, NULL, p.name, r.name, d.outcome,
       d.reason, '', ''
FROM screening_decision d JOIN person p ON p.id = d."by" LEFT JOIN approval a ON a.id = d.approval
LEFT JOIN person r ON r.id = a.asked_by WHERE d.entry = {{}}
UNION ALL
SELECT 'appeal', x.id, x."by", 0, 0, x.created_at, NULL, NULL, NULL, p.name, NULL, x.text, x.as_role, '', ''
FROM appeal x JOIN person p ON p.id = x."by" WHERE x.entry = {{}}
UNION ALL
SELECT 'request', a.id, a.asked_by, 0, 0, a.created_at, a.ended_at, a.given_at, NULL, p.name, NULL, a.subject_sha256,
       a.reason, '', ''
FROM approval a JOIN person p ON p.id = a.asked_by
WHERE a.action = '{EXCLUDE}' AND a.subject_kind = 'entry' AND a.subject_id = {{}}
UNION ALL
SELECT 'rule', 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, er.code, er.value, '', ''
FROM edition_rule er WHERE er.edition = {{}}
UNION ALL
SELECT 'asked', f.id, f.position, CASE WHEN f.hidden_when_blind THEN 1 ELSE 0 END, CASE WHEN f.required THEN 1 ELSE 0 END,
       f.frozen_at, NULL, NULL, NULL, f.label, f.section, f.code, f.kind, f.limits, f.audience
FROM question f WHERE f.edition = {{}}
UNION ALL
SELECT 'file', t.id, t.file, t.number, (SELECT COUNT(*) FROM file_copy c WHERE c.file = f.id AND c.kind = 'page'),
       NULL, NULL, NULL, NULL, NULL, NULL, q.code, f.sha256, f.ending, f.state
FROM attachment t JOIN question q ON q.id = t.question JOIN stored_file f ON f.id = t.file WHERE t.entry = {{}}
UNION ALL {NAMING}
"""  # noqa: S608  our own words


async def trail_of(entry_id: int, edition_id: int) -> Trail:
    """The caller has asked who reads, and shows of it what they may know."""
    parts: Mapping[str, list[dict[str, Any]]] = defaultdict(list)
    values = (*[entry_id] * 6, edition_id, edition_id, *[entry_id] * 5)
    for row in await Entry.raw(_TRAIL, *values):
        # Columns of a union come back as text from SQLite.
        for name in ("at", "at2", "at3", "at4"):
            row[name] = _instant(row[name])
        parts[row["part"]].append(row)
    for rows in parts.values():
        rows.sort(key=lambda row: row["id"])
    return Trail(
        rules=rules_from({row["t1"]: row["t2"] for row in parts["rule"]}),
        asked=tuple(
            Asked(
                id=row["id"], section=row["who2"], code=row["t1"], kind=row["t2"], label=row["who"], hint="",
                required=bool(row["m"]), audience=row["t4"], hidden_when_blind=bool(row["n"]),
                limits=limits_of(row["t3"]), frozen_at=row["at"],
            )
            for row in sorted(parts["asked"], key=lambda row: (row["person"], row["id"]))
        ),
        submissions=tuple(
            Submission(row["n"], row["t1"], row["at"], row["who"] or "") for row in parts["submission"]
        ),
        findings=tuple(
            Finding(
                person_id=row["person"], screener=row["who"], number=row["n"], items=items_of(row["t1"]),
                outcome=row["t4"], note=row["t2"], reason=row["t3"], version=row["m"], done_at=row["at2"],
            )
            for row in parts["finding"]
        ),
        questions=tuple(
            Question(
                id=row["id"], codes=codes_of(row["t1"]), text=row["t2"], due=row["at3"], by=row["who"],
                asked_at=row["at"], reply=row["t3"], answered_at=row["at2"], answered_by=row["who2"] or "",
                ended_at=row["at4"], number=row["n"],
            )
            for row in parts["question"]
        ),
        requests=tuple(
            Request(
                id=row["id"], sha256=row["t1"], reason=row["t2"], asked_by=row["person"], name=row["who"],
                at=row["at"], ended_at=row["at2"], given_at=row["at3"],
            )
            for row in parts["request"]
        ),
        decisions=tuple(
            Decision(
                number=row["n"], outcome=EntryState(row["t1"]), reason=row["t2"], by_id=row["person"],
                by=row["who"], asked_by=row["who2"] or "", at=row["at"], appeal_until=row["at2"],
            )
            for row in parts["decision"]
        ),
        appeal=next(
            (AppealText(row["t1"], row["who"], row["t2"], row["at"]) for row in parts["appeal"]), None
        ),
        files=tuple(
            FileFacts(
                code=row["t1"], sha256=row["t2"], number=row["n"], file_id=row["person"], ending=row["t3"],
                state=row["t4"], pages=row["m"], width=0, height=0,
            )
            for row in parts["file"]
        ),
        naming=naming_from(parts),
    )  # fmt: skip


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else value
