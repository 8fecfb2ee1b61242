"""Rows for tests: each factory adds one thing that stands by itself and returns its id.

What a test does not say gets a sensible value. `season()` is an edition with everything that a round needs.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from piccolo.table import Table

from awards import ids
from awards.accounts.rules import fold
from awards.accounts.tables import Approval, Credential, EmailAddress, Person
from awards.cities.tables import Entrant, Official
from awards.editions.tables import (
    Category,
    Criterion,
    CriterionWeight,
    Edition,
    EditionRule,
    Milestone,
    Prize,
    Programme,
    Question,
    RoleGrant,
    Round,
    Ruleset,
    Scale,
)
from awards.entries.tables import Answer, AnswerRevision, Entry, EntryVersion
from awards.panels.tables import Affiliation, Assignment, Judge, RoundEntry, Seat
from awards.publication.tables import Publication, PublishedEntry
from awards.results.tables import CalibrationRun
from awards.scoresheets.tables import Mark, Scoresheet, SheetRevision
from judging import canonical_bytes

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)

_numbers = count(1)


async def add(table: type[Table], **values: Any) -> int:
    """One row of any table."""
    rows = await table.insert(table(**{"created_at": AT, **values}))
    return int(rows[0]["id"])


def sealed(document: Any) -> tuple[str, str]:
    """A document as the tables keep it: canonical JSON and its SHA-256."""
    body = canonical_bytes(document)
    return body.decode(), hashlib.sha256(body).hexdigest()


# --- people -------------------------------------------------------------------------------------------


async def person(name: str = "", *, email: str = "", secret: str = "", **more: Any) -> int:
    """Somebody with a confirmed address; with `secret`, the hash of a password, able to sign in."""
    number = next(_numbers)
    email = email or f"person{number}@example.org"
    person_id = await add(Person, name=name or f"Person {number}", **more)
    await add(
        EmailAddress, person=person_id, address=email, folded=fold(email), confirmed_at=AT, is_primary=True
    )
    if secret:
        await add(Credential, person=person_id, kind="password", secret=secret, changed_at=AT)
    return person_id


async def grant(person_id: int, role: str, scope: str = "instance", **more: Any) -> int:
    """`scope` is instance, programme:N or edition:N. Who holds it already keeps it."""
    held = (RoleGrant.person == person_id) & (RoleGrant.role == role) & (RoleGrant.scope == scope)
    for row in await RoleGrant.select(RoleGrant.id).where(held & RoleGrant.until.is_null()):
        return int(row["id"])
    return await add(RoleGrant, person=person_id, role=role, scope=scope, **{"since": AT - DAY, **more})


async def entrant(name: str = "", *, country: str = "KR", **more: Any) -> int:
    name = name or f"City {next(_numbers)}"
    values = {"region": "Asia", "state": "approved", "country_label": "Korea", **more}
    return await add(Entrant, name=name, folded=fold(name), country=country, **values)


async def official(person_id: int, entrant_id: int, **more: Any) -> int:
    """May act for the entrant since yesterday."""
    return await add(Official, person=person_id, entrant=entrant_id, **{"since": AT - DAY, **more})


async def approval(asked_by: int, given_by: int | None = None, **more: Any) -> int:
    given = {"given_by": given_by, "given_at": AT} if given_by else {}
    return await add(Approval, asked_by=asked_by, **{"action": "publish", **given, **more})


# --- an edition ---------------------------------------------------------------------------------------


async def programme(**more: Any) -> int:
    number = next(_numbers)
    values = {"slug": f"programme-{number}", "name": f"Programme {number}", "contact": "awards@example.org"}
    return await add(Programme, **{**values, **more})


async def edition(programme_id: int, **more: Any) -> int:
    number = next(_numbers)
    values = {"slug": f"edition-{number}", "name": f"Edition {number}", "year": 2026, "state": "open"}
    return await add(Edition, programme=programme_id, **{**values, **more})


@dataclass(frozen=True, slots=True)
class Season:
    """One edition with one of everything; the criteria weigh 60 and 40 on a scale from 0 to 10."""

    programme_id: int
    programme: str
    edition_id: int
    edition: str
    category_id: int
    question_id: int
    scale_id: int
    round_id: int
    criteria: tuple[int, int]
    prize_id: int

    @property
    def desk(self) -> str:
        return f"/desk/{self.programme}/{self.edition}"

    @property
    def scope(self) -> str:
        return f"edition:{self.edition_id}"


async def season(
    *,
    state: str = "open",
    round_state: str = "draft",
    opens: datetime = AT - 30 * DAY,
    closes: datetime = AT + 30 * DAY,
    round_opens: datetime | None = None,
    round_closes: datetime | None = None,
    rules: dict[str, str] | None = None,
    **more: Any,
) -> Season:
    """The call runs from `opens` until `closes`, the round after it unless said otherwise."""
    number = next(_numbers)
    programme_id = await programme(slug=f"wego-{number}", name="WeGO Awards")
    slug = f"2026-{number}"
    edition_id = await edition(programme_id, slug=slug, name="Edition 2026", state=state, **more)
    for kind, at in (("opens", opens), ("closes", closes), ("announcement", closes + 60 * DAY)):
        await add(Milestone, edition=edition_id, kind=kind, at=at)
    defaults = {"entries_per_city": "2", "one_category_per_entry": "yes", "disclosure": "sums",
                "languages": "en", "terms": "Judge what is written, tell nobody.",
                "late_edit": "until the deadline"}  # fmt: skip
    for code, value in {**defaults, **(rules or {})}.items():
        await add(EditionRule, edition=edition_id, code=code, value=value)
    category_id = await add(Category, edition=edition_id, code="inclusive", name="Inclusive City", position=1)
    question_id = await add(
        Question, edition=edition_id, section="The practice", code="summary", position=1,
        label="What did the city do?", limits='{"max_words": 300}',
    )  # fmt: skip
    scale_id = await add(
        Scale, edition=edition_id, code="ten", low_label="not shown", high_label="fully shown"
    )
    round_id = await judging_round(
        edition_id, state=round_state, opens=round_opens or closes, closes=round_closes or closes + 30 * DAY
    )
    criteria = (
        await criterion(round_id, scale_id, {category_id: 60}, code="impact", name="Impact", position=1),
        await criterion(round_id, scale_id, {category_id: 40}, code="new", name="Novelty", position=2),
    )
    prize_id = await add(
        Prize, edition=edition_id, category=category_id, code="gold", name="Gold", position=1, places=1
    )
    return Season(
        programme_id, f"wego-{number}", edition_id, slug, category_id, question_id, scale_id, round_id,
        criteria, prize_id,
    )  # fmt: skip


async def judging_round(edition_id: int, **more: Any) -> int:
    method = canonical_bytes({"method": "gls", "draws": 4000, "seed": 7, "tie_breaks": []}).decode()
    values = {"code": "first", "name": "First round", "position": 1, "opens": AT - DAY, "closes": AT + DAY}
    return await add(Round, edition=edition_id, method=method, **{**values, **more})


async def criterion(round_id: int, scale_id: int, weights: dict[int, int], **more: Any) -> int:
    criterion_id = await add(Criterion, round=round_id, scale=scale_id, **more)
    for category_id, weight in weights.items():
        await add(CriterionWeight, criterion=criterion_id, category=category_id, weight=weight)
    return criterion_id


# --- entries ------------------------------------------------------------------------------------------


async def entry(
    of: Season, entrant_id: int | None = None, *, state: str = "submitted", by: int | None = None, **more: Any
) -> int:
    """With its one answer; from `submitted` on also with a version."""
    entrant_id = entrant_id or await entrant()
    text = "Buses that lower their floor."
    values = {"reference": ids.reference("WG26"), "title": f"Practice {next(_numbers)}", "version": 1,
              "submitted_at": None if state == "draft" else AT - DAY, "category": of.category_id}  # fmt: skip
    entry_id = await add(
        Entry, edition=of.edition_id, entrant=entrant_id, state=state, by=by, **{**values, **more}
    )
    answer = await add(Answer, entry=entry_id, question=of.question_id, value=text, by=by, saved_at=AT - DAY)
    await add(AnswerRevision, answer=answer, version=1, value=text, by=by)
    if state != "draft":
        await entry_version(entry_id, by=by)
    return entry_id


async def entry_version(
    entry_id: int, *, number: int = 1, arrived_at: datetime = AT - DAY, **more: Any
) -> int:
    body, sha256 = sealed({"answers": {"summary": "Buses that lower their floor."}})
    return await add(
        EntryVersion, entry=entry_id, number=number, body=body, sha256=sha256, arrived_at=arrived_at, **more
    )


# --- panels -------------------------------------------------------------------------------------------


async def judge(name: str = "", *, country: str = "FR", **more: Any) -> int:
    """Somebody of the pool, at home in the country; returns the person's id."""
    person_id = await person(name, **more)
    await make_judge(person_id, country=country)
    return person_id


async def make_judge(person_id: int, *, country: str = "FR") -> None:
    await add(Judge, person=person_id, joined_at=AT - DAY)
    await add(Affiliation, person=person_id, country=country, since=AT - 3650 * DAY)


async def seat(round_id: int, person_id: int, *, state: str = "accepted", **more: Any) -> int:
    values = {"label": ids.reference("J"), **more}
    return await add(Seat, round=round_id, person=person_id, state=state, **values)


async def round_entry(round_id: int, entry_id: int, **more: Any) -> int:
    if "entry_version" not in more:
        rows = await EntryVersion.raw(
            "SELECT id FROM entry_version WHERE entry = {} ORDER BY number DESC LIMIT 1", entry_id
        )
        more["entry_version"] = rows[0]["id"] if rows else None
    return await add(RoundEntry, round=round_id, entry=entry_id, **more)


async def assignment(round_entry_id: int, seat_id: int, **more: Any) -> int:
    return await add(Assignment, round_entry=round_entry_id, seat=seat_id, **more)


async def scoresheet(
    assignment_id: int, marks: dict[str, int], *, signed: bool = False, at: datetime = AT
) -> int:
    """Marks by the code of their criterion, saved in one revision and, if told so, signed in a second."""
    rows = await Assignment.raw(
        "SELECT s.person, s.round FROM assignment a JOIN seat s ON s.id = a.seat WHERE a.id = {}",
        assignment_id,
    )
    person_id, round_id = rows[0]["person"], rows[0]["round"]
    criteria = await Criterion.select(Criterion.id, Criterion.code).where(Criterion.round == round_id)
    changes: list[dict[str, Any]] = [{"marks": marks, "notes": {}}]
    if signed:
        changes.append({"marks": {}, "notes": {}, "signed": True})
    sheet_id = await add(Scoresheet, assignment=assignment_id, version=len(changes), position=1)
    for version, change in enumerate(changes, start=1):
        await add(
            SheetRevision, scoresheet=sheet_id, version=version, base_version=version - 1,
            actor_id=person_id, operation=ids.salt(), change=sealed(change)[0], created_at=at,
        )  # fmt: skip
    for row in criteria:
        if row["code"] in marks:
            await add(Mark, scoresheet=sheet_id, criterion=row["id"], value=marks[row["code"]])
    await Assignment.update(
        {
            Assignment.state: "signed" if signed else "started",
            Assignment.signed_at: at if signed else None,
            Assignment.saved_at: at,
        }
    ).where(Assignment.id == assignment_id)
    return sheet_id


# --- results and publication --------------------------------------------------------------------------


async def ruleset(edition_id: int, **more: Any) -> int:
    body, sha256 = sealed({"rules": "as announced"})
    return await add(Ruleset, edition=edition_id, body=body, sha256=sha256, **more)


async def run(round_id: int, ruleset_id: int, *, body: Any = None, inputs: Any = None, **more: Any) -> int:
    text, sha256 = sealed(body or {})
    read, read_sha256 = sealed(inputs or {})
    return await add(
        CalibrationRun, round=round_id, ruleset=ruleset_id, inputs=read, inputs_sha256=read_sha256,
        body=text, sha256=sha256, **{"method": "gls", "software": "test", "seed": 7, **more},
    )  # fmt: skip


async def publication(edition_id: int, *, visible_at: datetime = AT - DAY, **more: Any) -> int:
    """An archive unless told otherwise; any other kind needs an approval."""
    return await add(Publication, edition=edition_id, visible_at=visible_at, **{"kind": "archive", **more})


async def published_entry(publication_id: int, **more: Any) -> int:
    number = next(_numbers)
    values = {"slug": f"practice-{number}", "title": f"Practice {number}", "entrant_name": "Lindmere",
              "country": "KR", "country_label": "Korea", "category": "Inclusive City",
              "category_code": "inclusive", "figures": json.dumps({})}  # fmt: skip
    return await add(PublishedEntry, publication=publication_id, **{**values, **more})
