"""How far the screening of each entry is: one text of SQL that the queue, the counts, the page and the verbs ask."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.db import in_transaction, lock_rows
from awards.editions.document import EditionRules
from awards.entries.asking import OpenEnquiry, codes_of
from awards.entries.rules import EntryState
from awards.entries.screening import EXCLUDE, Standing
from awards.entries.tables import Entry

# Whether a person acts for the entrant of `n` or the city it counts for, belongs there, or has a conflict with it on
# record, whoever declared it. Affiliations and conflicts belong to the panels above: they are asked for by name, as
# counts are, and nothing of them is read. `tied_to` gives the values.
_TIED = """
(EXISTS (SELECT 1 FROM official o WHERE (o.entrant = n.entrant OR o.entrant = COALESCE(n.for_city, t.city))
  AND o.person = PERSON AND o.since <= {} AND (o."until" IS NULL OR o."until" > {}))
 OR EXISTS (SELECT 1 FROM affiliation af WHERE (af.entrant = n.entrant OR af.entrant = COALESCE(n.for_city, t.city))
  AND af.person = PERSON AND af.since <= {} AND (af."until" IS NULL OR af."until" > {}) AND af.kind <> 'past')
 OR EXISTS (SELECT 1 FROM conflict k WHERE (k.entry = n.id OR k.entrant = n.entrant
  OR k.entrant = COALESCE(n.for_city, t.city))
  AND k.person = PERSON AND k.edition = n.edition AND k.withdrawn_at IS NULL AND k.created_at <= {}))
"""
TIED = _TIED.replace("PERSON", "{}")


def tied_to(person_id: int, now: datetime) -> tuple[int | datetime, ...]:
    return (person_id, now, now, person_id, now, now, person_id, now)


# How many screeners the edition of `n` wants.
WANTED = f"""
COALESCE((SELECT CAST(er.value AS INTEGER) FROM edition_rule er
 WHERE er.edition = n.edition AND er.code = 'screeners'), {EditionRules().screeners})
"""  # noqa: S608  our own words
# Of the newest submission `v` of the entry `n`, with `q` what its city is asked now. Value: the instant.
STANDING = f"""
CASE
 WHEN n.state = 'withdrawn' THEN '{Standing.WITHDRAWN}'
 WHEN n.state = 'ineligible' AND EXISTS (SELECT 1 FROM appeal x WHERE x.entry = n.id)
  AND NOT EXISTS (SELECT 1 FROM screening_decision d WHERE d.entry = n.id AND d.number = 2) THEN '{Standing.APPEALED}'
 WHEN n.state <> 'submitted' THEN '{Standing.DECIDED}'
 WHEN q.due > {{}} THEN '{Standing.WAITING}'
 WHEN q.due IS NOT NULL THEN '{Standing.OVERDUE}'
 WHEN f.done IS NULL THEN '{Standing.TO_SCREEN}'
 WHEN f.done < {WANTED} THEN '{Standing.SECOND}'
 WHEN EXISTS (SELECT 1 FROM approval a WHERE a.action = '{EXCLUDE}' AND a.subject_kind = 'entry'
  AND a.subject_id = n.id AND a.given_at IS NULL AND a.ended_at IS NULL) THEN '{Standing.CONFIRM}'
 WHEN f.against = f.done THEN '{Standing.AGREED}'
 ELSE '{Standing.DIFFER}'
END
"""  # noqa: S608  our own words
# What STANDING speaks of. Value: the edition. `f` counts who is done with the newest submission, and who is against.
FROM = """
FROM entry n JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN entry_version v ON v.entry = n.id
 AND v.number = (SELECT MAX(w.number) FROM entry_version w WHERE w.entry = n.id)
LEFT JOIN (SELECT s.entry, s.number, COUNT(*) AS done, SUM(CASE WHEN s.outcome = 'ineligible' THEN 1 ELSE 0 END) AS against
 FROM screening s JOIN entry e ON e.id = s.entry WHERE e.edition = {} AND s.done_at IS NOT NULL
 GROUP BY s.entry, s.number) f ON f.entry = n.id AND f.number = v.number
LEFT JOIN enquiry q ON q.entry = n.id AND q.answered_at IS NULL AND q.ended_at IS NULL
"""


class Screened(Struct, frozen=True):
    """An entry as the verbs of screening meet it, locked until their transaction ends."""

    id: int
    reference: str
    edition_id: int
    entrant_id: int
    state: EntryState
    version: int
    number: int
    version_id: int
    body: str
    title: str
    category_id: int
    standing: Standing
    tied: bool
    enquiry: OpenEnquiry | None


async def screened(edition_id: int, reference: str, person_id: int, now: datetime) -> Screened | None:
    """Nothing where there is no such submitted entry. The caller has asked for the edition's rights."""
    assert in_transaction()
    await lock_rows(Entry.select(Entry.id).where(Entry.reference == reference.upper()))
    rows = await Entry.raw(
        f"SELECT n.id, n.reference, n.edition AS edition_id, n.entrant AS entrant_id, n.state, n.version, v.number,"
        f" v.id AS version_id, v.body, n.title, c.id AS category_id, q.id AS enquiry, q.questions, q.text AS asked,"
        f" q.due, q.created_at AS asked_at, {STANDING} AS standing, CASE WHEN {TIED} THEN 1 ELSE 0 END AS tied {FROM}"
        " WHERE n.edition = {} AND n.reference = {} AND n.state <> 'draft'",
        now, *tied_to(person_id, now), edition_id, edition_id, reference.upper(),
    )  # fmt: skip
    if not rows:
        return None
    row = rows[0]
    plain = ("id", "reference", "edition_id", "entrant_id", "version", "number", "version_id", "body", "title",
             "category_id")  # fmt: skip
    return Screened(
        **{name: row[name] for name in plain},
        state=EntryState(row["state"]),
        standing=Standing(row["standing"]),
        tied=bool(row["tied"]),
        enquiry=enquiry_in(row),
    )


def enquiry_in(row: dict[str, Any]) -> OpenEnquiry | None:
    if row["enquiry"] is None:
        return None
    return OpenEnquiry(row["enquiry"], codes_of(row["questions"]), row["asked"], row["due"], row["asked_at"])


_OTHERS = f"""
SELECT DISTINCT g.person FROM role_grant g JOIN person p ON p.id = g.person, entry n JOIN entrant t ON t.id = n.entrant
WHERE g.role IN ('secretariat', 'screener') AND g.scope IN ('instance', {{}}, {{}}) AND g.since <= {{}}
 AND (g."until" IS NULL OR g."until" > {{}}) AND p.disabled_at IS NULL AND p.erased_at IS NULL AND g.person <> {{}}
 AND n.id = {{}} AND NOT {_TIED.replace("PERSON", "g.person")}
"""  # noqa: S608  our own words


async def others_who_may(
    scopes: tuple[str, str], entry_id: int, person_id: int, now: datetime
) -> frozenset[int]:
    """Who else may screen in an edition of these scopes and is not tied to the entry."""
    times = (now,) * 5
    rows = await Entry.raw(_OTHERS, *scopes, now, now, person_id, entry_id, *times)
    return frozenset(row["person"] for row in rows)


class Screener(Struct, frozen=True):
    """Somebody who may screen the entry, and where their mail goes."""

    person_id: int
    name: str
    lang: str
    address: str
    is_staff: bool


_WHO_MAY = f"""
SELECT p.id AS person_id, p.name, p.lang, m.address, MAX(CASE WHEN g.role = 'secretariat' THEN 1 ELSE 0 END) AS staff
FROM role_grant g JOIN person p ON p.id = g.person JOIN email_address m ON m.person = p.id AND m.is_primary,
 entry n JOIN entrant t ON t.id = n.entrant
WHERE g.role IN ('secretariat', 'screener') AND g.scope IN ('instance', {{}}, {{}}) AND g.since <= {{}}
 AND (g."until" IS NULL OR g."until" > {{}}) AND p.disabled_at IS NULL AND p.erased_at IS NULL
 AND n.id = {{}} AND NOT {_TIED.replace("PERSON", "g.person")}
GROUP BY p.id, p.name, p.lang, m.address ORDER BY p.id
"""  # noqa: S608  our own words


async def who_may_screen(scopes: tuple[str, str], entry_id: int, now: datetime) -> list[Screener]:
    """Everybody who may screen in an edition of these scopes and is not tied to the entry."""
    rows = await Entry.raw(_WHO_MAY, *scopes, now, now, entry_id, *(now,) * 5)
    return [
        Screener(row["person_id"], row["name"], row["lang"], row["address"], bool(row["staff"]))
        for row in rows
    ]
