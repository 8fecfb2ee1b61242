"""One submitted entry before the desk: what was submitted for all who may read it, what was found for some."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from awards.actor import Actor
from awards.editions.queries import EditionRow, edition_by_slugs
from awards.editions.queries.deadlines import OWN_UNTIL
from awards.editions.rules import is_auditor, later
from awards.entries.answering import Asked
from awards.entries.asking import OpenEnquiry
from awards.entries.eligibility import breaks_limits, eligibility
from awards.entries.facts import Draft
from awards.entries.queries.doubles import Double, doubles_of
from awards.entries.queries.eligibility import facts_about
from awards.entries.queries.files import SubmittedFile, files_named
from awards.entries.queries.own import entrant_facts
from awards.entries.queries.standing import FROM, STANDING, TIED, enquiry_in, tied_to
from awards.entries.queries.trail import Finding, Trail, trail_of
from awards.entries.rule_words import RuleLine, lines
from awards.entries.rules import EntryState, may_screen
from awards.entries.saying import Said, said
from awards.entries.screening import Standing
from awards.entries.tables import Entry
from awards.errors import NotFound


async def screened_by(actor: Actor, programme: str, slug: str) -> EditionRow:
    """The edition, for its secretariat and its screeners; for anybody else it does not exist."""
    edition = await edition_by_slugs(programme, slug)
    if not may_screen(actor, edition.programme_id, edition.id):
        raise NotFound
    return edition


class ScreenedEntry(Struct, frozen=True):
    """The last submission whole: answers for the secretariat are among them, and what nobody answered."""

    id: int
    reference: str
    state: EntryState
    version: int
    number: int
    title: str
    lang: str
    category: str
    category_id: int
    entrant: Mapping[str, str]
    closes: datetime | None
    standing: Standing
    done: int
    tied: bool
    enquiry: OpenEnquiry | None
    answers: tuple[tuple[Asked, Said], ...]
    files: Mapping[str, tuple[SubmittedFile, ...]]
    rules: tuple[RuleLine, ...]
    doubles: tuple[Double, ...]


_ENTRY = f"""
SELECT n.id, n.reference, n.state, n.version, v.number, v.body, n.title, n.lang, c.name AS category, c.code AS category_code,
       c.id AS category_id,
       t.id AS entrant_id, COALESCE(n.for_city, n.entrant) AS counts_for,
       t.name AS entrant_name, t.kind AS entrant_kind, t.country, t.country_label, t.region, z.at AS closes,
       {OWN_UNTIL} AS own_until,
       q.id AS enquiry, q.questions, q.text AS asked, q.due, q.created_at AS asked_at, COALESCE(f.done, 0) AS done, {STANDING} AS standing,
       CASE WHEN {TIED} THEN 1 ELSE 0 END AS tied
{FROM} LEFT JOIN milestone z ON z.edition = n.edition AND z.kind = 'closes'
WHERE n.edition = {{}} AND n.reference = {{}} AND n.state <> 'draft'
"""


async def screened_entry(
    edition: EditionRow, reference: str, actor: Actor, now: datetime, *, beside: bool = True
) -> tuple[ScreenedEntry, Trail]:
    """The entry, and of its trail what the reader may know. The caller has asked for the edition's rights.

    `beside` asks for the edition's rules and for entries that may be the same too.
    """
    rows = await Entry.raw(
        _ENTRY, now, *tied_to(actor.person_id, now), edition.id, edition.id, reference.upper()
    )
    if not rows:
        raise NotFound
    row = rows[0]
    body = json.loads(row["body"])
    given = body.get("answers", {})
    title = body.get("title") or row["title"]
    trail = await trail_of(row["id"], edition.id)
    entry = ScreenedEntry(
        id=row["id"],
        reference=row["reference"],
        state=EntryState(row["state"]),
        version=row["version"],
        number=row["number"],
        title=title,
        lang=body.get("lang") or row["lang"],
        category=row["category"],
        category_id=row["category_id"],
        entrant=body.get("entrant") or entrant_facts(row),
        closes=later(row["closes"], row["own_until"]),
        standing=Standing(row["standing"]),
        done=row["done"],
        tied=bool(row["tied"]),
        enquiry=enquiry_in(row),
        answers=tuple(
            (question, said(question.kind, given.get(question.code, ""), question.limits.unit))
            for question in trail.asked
            if question.code in given or question.code in body.get("files", {})
        ),
        files=files_named(body, trail.files),
        rules=await _rules(row, body, trail.asked, edition.id, now) if beside else (),
        doubles=() if row["tied"] or not beside else tuple(await doubles_of(edition.id, row["id"], title)),
    )
    return entry, _shown(entry, trail, edition, actor)


async def _rules(
    row: Mapping[str, Any], body: Mapping[str, Any], asked: Sequence[Asked], edition_id: int, now: datetime
) -> tuple[RuleLine, ...]:
    """The edition's rules as they stand for what was submitted, not for what the draft says since."""
    facts = await facts_about(edition_id, row["entrant_id"], row["counts_for"], now, entry_id=row["id"])
    given = body.get("answers", {})
    wrong = (
        one.label
        for one in asked
        if breaks_limits(given.get(one.code, ""), one.limits.min_words, one.limits.max_words)
    )
    draft = Draft(
        body.get("title") or row["title"],
        body.get("category") or row["category_code"],
        body.get("lang") or row["lang"],
        tuple(wrong),
    )
    return lines(eligibility(facts, draft), started=True)


def _shown(entry: ScreenedEntry, trail: Trail, edition: EditionRow, actor: Actor) -> Trail:
    """Who is tied to an entry learns what its city does. Screeners see each other's findings when all are done."""
    if not may_screen(actor, edition.programme_id, edition.id) and is_auditor(
        actor, edition.programme_id, edition.id
    ):
        return trail
    if entry.tied:
        return replace(
            trail,
            findings=(),
            questions=tuple(replace(one, by="") for one in trail.questions),
            requests=(),
            decisions=tuple(replace(one, by="", asked_by="", by_id=0) for one in trail.decisions),
        )
    return replace(
        trail, findings=tuple(one for one in trail.findings if _is_shown(one, entry, trail, actor.person_id))
    )


def _is_shown(finding: Finding, entry: ScreenedEntry, trail: Trail, reader: int) -> bool:
    if finding.person_id == reader or entry.standing in (Standing.DECIDED, Standing.APPEALED):
        return True
    done = [one for one in trail.findings if one.number == entry.number and one.done_at is not None]
    return finding in done and len(done) >= trail.rules.screeners
