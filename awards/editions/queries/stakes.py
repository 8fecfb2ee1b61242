"""How people stand to what an act of two would touch: their role, their ties, what they judged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from awards.accounts.tables import Person
from awards.actor import INSTANCE
from awards.editions.approving import Reach, Stake
from awards.editions.queries.tied import TIED_PERSON, whoever_is_tied
from awards.editions.rules import scopes_of


async def stakes_of(reach: Reach, now: datetime, *persons: int) -> Mapping[int, Stake]:
    codes = sorted(reach.categories or ())
    among = f" AND c.code IN ({_marks(codes)})" if reach.categories is not None else ""
    drafts = "" if reach.drafts else " AND en.state <> 'draft'"
    # Marks of one category move those of the others of their round.
    where = " AND re.round = {}" if reach.round_id is not None else among
    judged: list[Any] = [reach.round_id] if reach.round_id is not None else codes
    question = f"""
SELECT p.id, CASE WHEN p.disabled_at IS NULL AND p.erased_at IS NULL THEN 1 ELSE 0 END AS here,
 CASE WHEN EXISTS (SELECT 1 FROM role_grant g WHERE g.person = p.id AND g.role IN ({_marks(reach.roles)})
  AND g.scope IN ({{}}, {{}}, {{}}) AND g.since <= {{}} AND (g."until" IS NULL OR g."until" > {{}})) THEN 1 ELSE 0 END AS role,
 CASE WHEN EXISTS (SELECT 1 FROM entry en JOIN category c ON c.id = en.category
  WHERE en.edition = {{}}{among}{drafts} AND {TIED_PERSON}) THEN 1 ELSE 0 END AS tied,
 CASE WHEN EXISTS (SELECT 1 FROM assignment a JOIN seat s ON s.id = a.seat JOIN round_entry re ON re.id = a.round_entry
  JOIN entry en ON en.id = re.entry JOIN category c ON c.id = en.category
  WHERE s.person = p.id AND en.edition = {{}}{where} AND a.state NOT IN ('recused', 'withdrawn')) THEN 1 ELSE 0 END AS judged,
 CASE WHEN EXISTS (SELECT 1 FROM halt h WHERE h.edition = {{}} AND h.ended_at IS NULL) THEN 1 ELSE 0 END AS halted
FROM person p WHERE p.id IN ({_marks(persons)})
"""  # noqa: S608  # only texts of ours and placeholders are put in
    rows = await Person.raw(
        question,
        *reach.roles, INSTANCE, *scopes_of(reach.programme_id, reach.edition_id), now, now,
        reach.edition_id, *codes, *whoever_is_tied(now),
        reach.edition_id, *judged,
        reach.edition_id,
        *persons,
    )  # fmt: skip
    return {
        row["id"]: Stake(
            may=bool(row["here"]) and (bool(row["role"]) or row["id"] in reach.also),
            tied=bool(row["tied"]),
            judged=bool(row["judged"]),
            halted=bool(row["halted"]),
        )
        for row in rows
    }


def _marks(values: Any) -> str:
    return ", ".join(["{}"] * len(values)) or "NULL"
