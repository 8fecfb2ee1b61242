"""Rounds as the secretariat and the judges' bench find them."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.actor import Actor
from awards.editions.queries import EditionRow
from awards.editions.rules import EditionState, Role, RoundState, holds
from awards.editions.tables import Round
from awards.errors import NotFound


class RoundRow(Struct, frozen=True):
    id: int
    code: str
    name: str
    position: int
    kind: str
    opens: datetime
    closes: datetime
    state: RoundState
    blind: bool
    confidence: bool
    bridge_first: bool
    not_enough_evidence: bool
    sheets_wanted: int
    version: int
    edition: EditionRow

    @property
    def panel(self) -> str:
        return f"{self.edition.desk}/panels/{self.code}"

    @property
    def progress(self) -> str:
        return f"{self.edition.desk}/progress/{self.code}"

    @property
    def bench(self) -> str:
        """Where its judges work."""
        return f"/bench/{self.edition.programme}/{self.edition.slug}/{self.code}"


_COLUMNS = """
  r.id AS r_id, r.code AS r_code, r.name AS r_name, r.position AS r_position, r.kind AS r_kind,
  r.opens AS "opens", r.closes AS "closes", r.state AS r_state, r.blind AS r_blind,
  r.confidence AS r_confidence, r.bridge_first AS r_bridge_first,
  r.not_enough_evidence AS r_not_enough_evidence, r.sheets_wanted AS r_sheets_wanted, r.version AS r_version,
  ed.id AS e_id, ed.programme AS e_programme_id, pr.slug AS e_programme, pr.name AS e_programme_name,
  ed.slug AS e_slug, ed.name AS e_name, ed.year AS e_year, ed.zone AS e_zone, ed.lang AS e_lang,
  ed.origin AS e_origin, ed.demo AS e_demo, ed.state AS e_state, ed.version AS e_version
"""
_JOIN = "JOIN edition ed ON ed.id = r.edition JOIN programme pr ON pr.id = ed.programme"


def with_round(sql: str) -> str:
    """The query with all that `round_of` needs where it says ROUND_COLUMNS, and their tables after `round r`."""
    return sql.replace("ROUND_COLUMNS", _COLUMNS).replace("ROUND_TABLES", _JOIN)


_ROUND = with_round("SELECT ROUND_COLUMNS FROM round r ROUND_TABLES ")


def round_of(row: dict[str, Any]) -> RoundRow:
    """From a row of a query made by `with_round`."""
    mine = {name[2:]: value for name, value in row.items() if name.startswith("r_")}
    edition = {name[2:]: value for name, value in row.items() if name.startswith("e_")}
    edition |= {"state": EditionState(edition["state"]), "demo": bool(edition["demo"])}
    mine |= {"state": RoundState(mine["state"]), "opens": row["opens"], "closes": row["closes"]}
    mine |= {
        name: bool(mine[name]) for name in ("blind", "confidence", "bridge_first", "not_enough_evidence")
    }
    return RoundRow(**mine, edition=EditionRow(**edition))


async def round_by_id(round_id: int) -> RoundRow:
    rows = await Round.raw(_ROUND + "WHERE r.id = {}", round_id)
    if not rows:
        raise NotFound
    return round_of(rows[0])


async def round_by_codes(programme: str, edition: str, code: str) -> RoundRow:
    rows = await Round.raw(
        _ROUND + "WHERE pr.slug = {} AND ed.slug = {} AND r.code = {}", programme, edition, code
    )
    if not rows:
        raise NotFound
    return round_of(rows[0])


async def round_run_by(actor: Actor, programme: str, edition: str, code: str) -> RoundRow:
    """The round, for the secretariat of its edition; for anybody else it does not exist."""
    return _seen_by(actor, await round_by_codes(programme, edition, code))


async def round_seen_by(actor: Actor, programme: str, edition: str, code: str, *roles: Role) -> RoundRow:
    """The round, for the secretariat of its edition and for who holds one of the roles."""
    return _seen_by(actor, await round_by_codes(programme, edition, code), *roles)


async def own_round(actor: Actor, round_id: int) -> RoundRow:
    """As `round_run_by`, by the id that a verb was given."""
    return _seen_by(actor, await round_by_id(round_id))


def _seen_by(actor: Actor, found: RoundRow, *roles: Role) -> RoundRow:
    edition = found.edition
    if not any(holds(actor, role, edition.programme_id, edition.id) for role in (Role.SECRETARIAT, *roles)):
        raise NotFound
    return found


async def rounds_of(edition_id: int) -> list[RoundRow]:
    rows = await Round.raw(_ROUND + "WHERE ed.id = {} ORDER BY r.position", edition_id)
    return [round_of(row) for row in rows]


async def rounds_at_work() -> list[RoundRow]:
    """Of every edition, in the order in which the rounds were made."""
    rows = await Round.raw(_ROUND + "WHERE r.state IN ('open', 'extra') ORDER BY r.id")
    return [round_of(row) for row in rows]
