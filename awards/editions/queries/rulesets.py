"""Requests for another ruleset, who relies on the present one, and who is told when it changes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import INSTANCE
from awards.cities.tables import Official
from awards.editions.differences import difference
from awards.editions.document import EditionDocument, normal
from awards.editions.freezing import frozen_among
from awards.editions.queries.programmes import EditionRow
from awards.editions.reading import stored_edition
from awards.editions.rules import Role, scopes_of
from awards.editions.rulesets import ACTION, Reliance, RoundReliance, obstacles, text_of
from awards.editions.tables import Edition, RoleGrant, Round, Ruleset, RulesetRequest
from awards.errors import NotFound

# Rows of features above are counted by name, and nothing of them is read.
_RELIANCE = """
SELECT CASE WHEN state = 'draft' THEN 'drafts' ELSE 'entries' END AS what, '' AS code, COUNT(*) AS number
FROM entry WHERE edition = {} AND state <> 'withdrawn' GROUP BY 1
UNION ALL
SELECT 'category', c.code, COUNT(*) FROM entry e JOIN category c ON c.id = e.category
WHERE e.edition = {} GROUP BY c.code
UNION ALL
SELECT 'answers', q.code, COUNT(*) FROM answer a JOIN question q ON q.id = a.question
WHERE q.edition = {} AND a.value <> '' GROUP BY q.code
UNION ALL
SELECT 'answers', q.code, COUNT(DISTINCT f.entry) FROM attachment f JOIN question q ON q.id = f.question
WHERE q.edition = {} AND f.replaced_at IS NULL AND f.removed_at IS NULL GROUP BY q.code
UNION ALL
SELECT 'round entries', r.code, COUNT(*) FROM round_entry x JOIN round r ON r.id = x.round
WHERE r.edition = {} GROUP BY r.code
UNION ALL
SELECT 'seats ' || s.state, r.code, COUNT(*) FROM seat s JOIN round r ON r.id = s.round
WHERE r.edition = {} GROUP BY s.state, r.code
UNION ALL
SELECT 'sheets ' || a.state, r.code, COUNT(*) FROM assignment a JOIN round_entry x ON x.id = a.round_entry
JOIN round r ON r.id = x.round WHERE r.edition = {} GROUP BY a.state, r.code
UNION ALL
SELECT 'begun', r.code, COUNT(*) FROM scoresheet h JOIN assignment a ON a.id = h.assignment
JOIN round_entry x ON x.id = a.round_entry JOIN round r ON r.id = x.round
WHERE r.edition = {} AND h.version > 0 GROUP BY r.code
UNION ALL
SELECT 'runs', r.code, COUNT(*) FROM calibration_run c JOIN round r ON r.id = c.round
WHERE r.edition = {} GROUP BY r.code
"""
_ENDED_SHEETS = frozenset({"sheets recused", "sheets withdrawn", "sheets set aside"})


async def reliance_of(edition_id: int) -> Reliance:
    rows = await Round.raw(_RELIANCE, *[edition_id] * _RELIANCE.count("{}"))
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        what = str(row["what"])
        if what.startswith("sheets ") and what not in _ENDED_SHEETS:
            counts["sheets"][row["code"]] += row["number"]
        counts[what][row["code"]] += row["number"]
    codes = {row["code"] for row in rows if row["what"] not in ("category", "answers")} - {""}
    return Reliance(
        drafts=counts["drafts"][""],
        entries=counts["entries"][""],
        answers=dict(counts["answers"]),
        categories=dict(counts["category"]),
        rounds={
            code: RoundReliance(
                entries=counts["round entries"][code],
                judges=counts["seats accepted"][code],
                invited=counts["seats invited"][code],
                sheets=counts["sheets"][code],
                begun=counts["begun"][code],
                signed=counts["sheets signed"][code],
                runs=counts["runs"][code],
            )
            for code in codes
        },
    )


class RequestRow(Struct, frozen=True):
    """`given` and `ended` are the instants of the second signature, and of a decline or a withdrawal."""

    id: int
    number: int
    approval_id: int
    asked_by: int
    asker: str
    asked_at: datetime
    reason: str
    public_note: str
    base_sha256: str
    sha256: str
    approval_sha256: str
    giver: str
    given: datetime | None
    ender: str
    ended_by: int | None
    ended: datetime | None
    answer: str
    base: str = ""
    body: str = ""

    @property
    def is_open(self) -> bool:
        return self.given is None and self.ended is None

    @property
    def is_withdrawn(self) -> bool:
        return self.ended is not None and self.ended_by == self.asked_by


_REQUEST = """
SELECT q.id, q.number, a.id AS approval_id, a.asked_by, f.name AS asker, a.created_at AS asked_at, a.reason,
       q.public_note, q.base_sha256, q.sha256, a.subject_sha256 AS approval_sha256, s.name AS giver,
       a.given_at AS given, z.name AS ender, q.ended_by, a.ended_at AS ended, q.answer
FROM ruleset_request q JOIN approval a ON a.id = q.approval JOIN person f ON f.id = a.asked_by
LEFT JOIN person s ON s.id = a.given_by LEFT JOIN person z ON z.id = q.ended_by
WHERE q.edition = {}
"""


async def requests_of(edition_id: int) -> list[RequestRow]:
    """All of an edition without their documents, the newest first."""
    rows = await RulesetRequest.raw(_REQUEST + " ORDER BY q.number DESC", edition_id)
    return [_request(row) for row in rows]


async def request_by_number(edition_id: int, number: int) -> RequestRow:
    rows = await RulesetRequest.raw(
        _REQUEST.replace("SELECT ", "SELECT q.base, q.body, ", 1) + " AND q.number = {}", edition_id, number
    )
    if not rows:
        raise NotFound
    return _request(rows[0])


def _request(row: dict[str, Any]) -> RequestRow:
    return RequestRow(**{**row, "giver": row["giver"] or "", "ender": row["ender"] or ""})


async def open_request(edition_id: int) -> int | None:
    """The number of the request that waits for its second signature."""
    rows = await RulesetRequest.raw(
        "SELECT q.number FROM ruleset_request q JOIN approval a ON a.id = q.approval"
        " WHERE q.edition = {} AND a.action = {} AND a.given_at IS NULL AND a.ended_at IS NULL",
        edition_id, ACTION,
    )  # fmt: skip
    return int(rows[0]["number"]) if rows else None


class RulesChange(Struct, frozen=True):
    """What the public reads of one new ruleset; `rounds` are those judged by it, none where it is the call's."""

    at: datetime
    note: str
    rounds: tuple[str, ...]


async def rules_changes(edition_id: int) -> list[RulesChange]:
    """The changes that two people made to what had frozen, the newest first."""
    rows = await Ruleset.raw(
        "SELECT f.approval, f.created_at, f.public_note, r.name AS round FROM ruleset f"
        " LEFT JOIN round r ON r.id = f.round_id WHERE f.edition = {} AND f.approval IS NOT NULL"
        " ORDER BY f.version DESC",
        edition_id,
    )
    found: dict[int, RulesChange] = {}
    for row in rows:
        known = found.get(row["approval"])
        rounds = (row["round"],) if row["round"] else ()
        found[row["approval"]] = RulesChange(
            row["created_at"], row["public_note"], (*rounds, *(known.rounds if known else ()))
        )
    return list(found.values())


class Offer(Struct, frozen=True):
    """What a page offers where a change was refused because it froze: the way to a new ruleset, or why there is none."""

    action: str
    document: str
    version: int
    obstacles: tuple[str, ...]


async def offer_of(edition: EditionRow, new: EditionDocument, now: datetime) -> Offer | None:
    """None where nothing of the change has frozen."""
    stored = await stored_edition(edition.id)
    new = normal(new)
    frozen = frozen_among(difference(stored.document, new), stored.document, new, stored.standing)
    if not frozen:
        return None
    reliance = await reliance_of(edition.id)
    found = obstacles(frozen, stored.document, new, stored.standing, reliance, now)
    return Offer(f"{edition.desk}/rulesets", text_of(new), edition.version, found)


# --- who is told ------------------------------------------------------------------------------------------


class Reader(Struct, frozen=True):
    """A person who gets a mail."""

    person_id: int
    name: str
    lang: str
    address: str


_READER = "SELECT DISTINCT p.id AS person_id, p.name, p.lang, m.address FROM "
_PERSON = (
    " JOIN person p ON p.id = {of} AND p.erased_at IS NULL AND p.disabled_at IS NULL"
    " JOIN email_address m ON m.person = p.id AND m.is_primary = TRUE"
)
_NOW = ' AND {of}.since <= {{}} AND ({of}."until" IS NULL OR {of}."until" > {{}})'


async def secretariat_of(programme_id: int, edition_id: int, now: datetime) -> list[Reader]:
    """Everybody who may run the edition now."""
    rows = await RoleGrant.raw(
        _READER + "role_grant g" + _PERSON.format(of="g.person")
        + " WHERE g.role = {} AND g.scope IN ({}, {}, {})" + _NOW.format(of="g") + " ORDER BY p.id",
        Role.SECRETARIAT.value, INSTANCE, *scopes_of(programme_id, edition_id), now, now,
    )  # fmt: skip
    return [Reader(**row) for row in rows]


async def judges_of(edition_id: int, round_codes: Sequence[str]) -> dict[str, list[Reader]]:
    """By the round's code: who has accepted a seat in it, asked by the names of rows above."""
    rows = await Edition.raw(
        _READER.replace("DISTINCT", "DISTINCT r.code,", 1) + "seat s JOIN round r ON r.id = s.round"
        + _PERSON.format(of="s.person") + " WHERE r.edition = {} AND s.state = 'accepted' ORDER BY r.code, p.id",
        edition_id,
    )  # fmt: skip
    found: dict[str, list[Reader]] = {code: [] for code in round_codes}
    for row in rows:
        code = row.pop("code")
        if code in found:
            found[code].append(Reader(**row))
    return found


async def officials_of(edition_id: int, now: datetime) -> list[Reader]:
    """Who acts for an entrant that has an entry in the edition, a draft too."""
    rows = await Official.raw(
        _READER + "official o JOIN entry e ON e.entrant = o.entrant OR e.for_city = o.entrant"
        + _PERSON.format(of="o.person")
        + " WHERE e.edition = {} AND e.state NOT IN ('withdrawn', 'ineligible')" + _NOW.format(of="o")
        + " ORDER BY p.id",
        edition_id, now, now,
    )  # fmt: skip
    return [Reader(**row) for row in rows]
