"""The screeners' queue: submitted entries with how far each is; drafts are never among them."""

from collections import Counter
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.entries.queries.standing import FROM, STANDING, TIED, tied_to
from awards.entries.queries.submitted import title_in
from awards.entries.screening import Standing
from awards.entries.tables import Entry

# Where something is to be done that is not the city's.
TO_DO = (
    Standing.TO_SCREEN,
    Standing.SECOND,
    Standing.DIFFER,
    Standing.AGREED,
    Standing.CONFIRM,
    Standing.OVERDUE,
    Standing.APPEALED,
)


class QueueRow(Struct, frozen=True):
    """`own` is how far the reader's own screening of this submission is: "", "begun" or "done"."""

    reference: str
    title: str
    category: str
    entrant: str
    country: str
    number: int
    submitted_at: datetime
    standing: Standing
    due: datetime | None
    done: int
    own: str
    tied: bool


class Asked(Struct, frozen=True):
    """What of the queue is shown: a standing and a category, "" for all; `whose` is "", "mine" or "open"."""

    standing: str = ""
    category: str = ""
    whose: str = ""


_OWN = """
CASE WHEN me.done_at IS NOT NULL AND me.number = v.number THEN 'done'
 WHEN me.id IS NOT NULL THEN 'begun' ELSE '' END
"""
# What decides which entries are shown; what is shown of them is asked of those alone.
_FOUND = f"""
SELECT n.id, v.id AS version_id, c.code, n.submitted_at, q.due, COALESCE(f.done, 0) AS done, q."by" AS asked_by,
       {STANDING} AS standing, {_OWN} AS own
{FROM} LEFT JOIN screening me ON me.entry = n.id AND me.screener = {{}}
WHERE n.edition = {{}} AND n.state <> 'draft'
"""
_SHOWN = f"""
SELECT n.reference, COALESCE(NULLIF(SUBMITTED_TITLE, ''), n.title) AS title, c.name AS category, t.name AS entrant,
       t.country_label AS country, v.number, x.submitted_at, x.due, x.done, x.standing, x.own,
       CASE WHEN {TIED} THEN 1 ELSE 0 END AS tied
FROM (FOUND) x JOIN entry n ON n.id = x.id JOIN category c ON c.id = n.category JOIN entrant t ON t.id = n.entrant
JOIN entry_version v ON v.id = x.version_id ORDER BY x.submitted_at, x.id
"""  # noqa: S608  our own words


async def queue_of(
    edition_id: int, asked: Asked, person_id: int, now: datetime, *, limit: int, offset: int = 0
) -> list[QueueRow]:
    """Those that have waited longest first. The caller has asked for the edition's rights."""
    values: list[Any] = [*tied_to(person_id, now), now, edition_id, person_id, edition_id]
    text = f"SELECT x.* FROM ({_FOUND}) x JOIN entry n ON n.id = x.id JOIN entrant t ON t.id = n.entrant WHERE 1 = 1"  # noqa: S608  our own words
    if asked.standing:
        text += " AND x.standing = {}"
        values.append(asked.standing)
    if asked.category:
        text += " AND x.code = {}"
        values.append(asked.category)
    if asked.whose == "mine":
        text += " AND (x.own <> '' OR x.asked_by = {})"
        values.append(person_id)
    elif asked.whose == "open":
        listed = ", ".join(f"'{one}'" for one in TO_DO)
        text += f" AND x.standing IN ({listed}) AND x.own <> 'done' AND NOT {TIED}"
        values += tied_to(person_id, now)
    text += " ORDER BY x.submitted_at, x.id LIMIT {} OFFSET {}"
    return [
        QueueRow(
            **{name: row[name] for name in QueueRow.__struct_fields__ if name not in ("standing", "tied")},
            standing=Standing(row["standing"]),
            tied=bool(row["tied"]),
        )
        for row in await Entry.raw(
            _SHOWN.replace("SUBMITTED_TITLE", title_in("v.body")).replace("FOUND", text),
            *values,
            limit,
            offset,
        )
    ]


class Census(Struct, frozen=True):
    """Every category in its order, and how many of its entries stand where."""

    categories: tuple[tuple[str, str], ...]
    counted: Counter[tuple[str, Standing]]

    def standing(self, standing: Standing, category: str = "") -> int:
        return sum(
            number
            for (code, one), number in self.counted.items()
            if one is standing and category in ("", code)
        )


_CENSUS = f"""
SELECT k.code, k.name, x.standing, COUNT(x.id) AS number FROM category k
LEFT JOIN (SELECT n.id, n.category, {STANDING} AS standing {FROM} WHERE n.edition = {{}} AND n.state <> 'draft') x
 ON x.category = k.id
WHERE k.edition = {{}} GROUP BY k.id, k.code, k.name, k.position, x.standing ORDER BY k.position, k.id
"""  # noqa: S608  our own words


async def census_of(edition_id: int, now: datetime) -> Census:
    rows = await Entry.raw(_CENSUS, now, edition_id, edition_id, edition_id)
    counted = Counter(
        {(row["code"], Standing(row["standing"])): row["number"] for row in rows if row["standing"]}
    )
    return Census(tuple(dict.fromkeys((row["code"], row["name"]) for row in rows)), counted)
