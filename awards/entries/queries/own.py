"""Entries as the officials of their entrant see them: the draft, and what was submitted last."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.cities.rules import WRITERS, OfficialRole
from awards.editions.document import UNTIL_SUBMITTED
from awards.editions.queries.deadlines import OWN_UNTIL, WAS
from awards.editions.rules import EditionState
from awards.editions.stored import rules_from
from awards.entries.asking import OpenEnquiry, codes_of, may_write_answer
from awards.entries.attaching import files_said
from awards.entries.queries.answers import AnswerRow
from awards.entries.rules import Call, EntryState, entry_body
from awards.entries.tables import Entry
from awards.errors import NotFound
from judging import canonical_bytes


class Published(Struct, frozen=True):
    """What came of an entry, once results are out; `prize` and `page` are empty where it won none."""

    prize: str
    page: str
    results: str
    method: str


class OwnEntry(Struct, frozen=True):
    """An entry for the people of its entrant: the draft as it stands, and what was last submitted."""

    id: int
    reference: str
    title: str
    lang: str
    state: EntryState
    version: int
    category_id: int
    category: str
    category_name: str
    entrant_id: int
    entrant: Mapping[str, str]
    counts_for: int
    edition_id: int
    edition: str
    edition_name: str
    programme: str
    programme_name: str
    zone: str
    demo: bool
    call: Call
    role: OfficialRole
    submitted: int
    submitted_sha256: str
    submitted_at: datetime | None
    withdrawn_at: datetime | None
    outcome: str
    reason: str
    decided: int
    """How many decisions there are: the second stands after an appeal."""
    appeal_until: datetime | None
    appealed: bool
    enquiry: OpenEnquiry | None
    languages: tuple[str, ...]
    published: Published | None

    @property
    def path(self) -> str:
        return f"/city/entries/{self.reference}"

    @property
    def may_write(self) -> bool:
        return self.role in WRITERS

    def may_change(self, code: str, now: datetime) -> bool:
        """Whether the answer to this question is open at this instant, by the call or because the city is asked."""
        return self.may_write and may_write_answer(self.state, self.call, self.enquiry, code, now) is None


_OWN = f"""
SELECT n.id, n.reference, n.title, n.lang, n.state, n.version, n.withdrawn_at, c.id AS category_id,
       c.code AS category, c.name AS category_name, t.id AS entrant_id, t.name AS entrant_name,
       t.kind AS entrant_kind, t.country, t.country_label, t.region,
       COALESCE(n.for_city, n.entrant) AS counts_for,
       e.id AS edition_id, e.slug AS edition, e.name AS edition_name, e.state AS edition_state,
       e.zone, e.demo,
       (SELECT l.value FROM edition_rule l WHERE l.edition = e.id AND l.code = 'languages') AS languages,
       (SELECT l.value FROM edition_rule l WHERE l.edition = e.id AND l.code = 'late_edit') AS late_edit,
       p.slug AS programme, p.name AS programme_name, mo.at AS opens, mc.at AS closes, o.role,
       {OWN_UNTIL} AS own_until, {WAS} AS was,
       v.number AS submitted, v.sha256 AS submitted_sha256, v.arrived_at AS submitted_at, d.outcome, d.reason,
       d.number AS decided, d.appeal_until, x.id AS appeal, q.id AS enquiry, q.questions, q.text AS asked, q.due,
       q.created_at AS asked_at, r.number AS published, w.prize, w.slug
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN edition e ON e.id = n.edition JOIN programme p ON p.id = e.programme
JOIN official o ON o.entrant = n.entrant AND o.person = {{}} AND o.since <= {{}}
 AND (o.until IS NULL OR o.until > {{}})
LEFT JOIN milestone mo ON mo.edition = e.id AND mo.kind = 'opens'
LEFT JOIN milestone mc ON mc.edition = e.id AND mc.kind = 'closes'
LEFT JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
LEFT JOIN screening_decision d ON d.entry = n.id
 AND d.number = (SELECT MAX(f.number) FROM screening_decision f WHERE f.entry = n.id)
LEFT JOIN appeal x ON x.entry = n.id
LEFT JOIN enquiry q ON q.entry = n.id AND q.answered_at IS NULL AND q.ended_at IS NULL
LEFT JOIN publication r ON r.edition = e.id AND n.state = 'eligible' AND r.kind <> 'archive'
 AND r.visible_at <= {{}} AND r.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM publication l
  WHERE l.edition = r.edition AND l.number > r.number AND l.visible_at <= {{}} AND l.withdrawn_at IS NULL)
 AND EXISTS (SELECT 1 FROM published_entry y WHERE y.publication = r.id AND y.prize <> '')
LEFT JOIN published_entry w ON w.publication = r.id AND w.entry = n.id
"""  # noqa: S608  our own words


async def own_entry(actor: Actor, reference: str, now: datetime) -> OwnEntry:
    """For who acts for the entrant at this instant; for everybody else it does not exist."""
    asked = (actor.person_id, now, now, now, now, reference.upper())
    rows = await Entry.raw(_OWN + " WHERE n.reference = {}", *asked)
    if not rows:
        raise NotFound
    return _own(rows[0])


async def own_entries(actor: Actor, now: datetime) -> list[OwnEntry]:
    """All that the person may open, those of the newest edition first."""
    order = " ORDER BY e.year DESC, e.id DESC, t.name, n.id"
    return [_own(row) for row in await Entry.raw(_OWN + order, actor.person_id, now, now, now, now)]


def _own(row: dict[str, Any]) -> OwnEntry:
    plain = ("id", "reference", "title", "lang", "version", "withdrawn_at", "category_id", "category",
             "category_name", "entrant_id", "counts_for", "edition_id", "edition",
             "edition_name", "programme", "programme_name", "zone", "submitted_at")  # fmt: skip
    return OwnEntry(
        **{name: row[name] for name in plain},
        state=EntryState(row["state"]),
        entrant=entrant_facts(row),
        demo=bool(row["demo"]),
        call=Call(
            EditionState(row["edition_state"]),
            row["opens"],
            row["closes"],
            row["own_until"],
            row["was"],
            ends_on_submitting=row["late_edit"] == UNTIL_SUBMITTED,
        ),
        role=OfficialRole(row["role"]),
        submitted=row["submitted"] or 0,
        submitted_sha256=row["submitted_sha256"] or "",
        outcome=row["outcome"] or "",
        reason=row["reason"] or "",
        decided=row["decided"] or 0,
        appeal_until=row["appeal_until"],
        appealed=row["appeal"] is not None,
        enquiry=OpenEnquiry(
            row["enquiry"], codes_of(row["questions"]), row["asked"], row["due"], row["asked_at"]
        )
        if row["enquiry"] is not None
        else None,
        languages=rules_from({"languages": row["languages"]} if row["languages"] else {}).languages,
        published=_published(row) if row["published"] else None,
    )


def _published(row: Mapping[str, Any]) -> Published:
    edition = f"/awards/{row['programme']}/{row['edition']}"
    category, prize = f"{edition}/{row['category']}", row["prize"] or ""
    return Published(prize, f"{category}/{row['slug']}" if prize else "", category, f"{edition}/method")


def entrant_facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": row["entrant_name"],
        "kind": row["entrant_kind"],
        "country": row["country"],
        "country_label": row["country_label"],
        "region": row["region"],
    }


def draft_of(entry: OwnEntry, answers: Sequence[AnswerRow]) -> tuple[str, str]:
    """What would be submitted at this moment: the document and its hash."""
    body = entry_body(
        title=entry.title,
        category=entry.category,
        lang=entry.lang,
        entrant=entry.entrant,
        answers={row.question.code: row.value for row in answers},
        files=files_said({row.question.code: row.files for row in answers}),
    )
    text = canonical_bytes(body)
    return text.decode(), hashlib.sha256(text).hexdigest()
