"""Rounds, what their judges mark, and what froze when they opened."""

from collections.abc import Mapping
from datetime import datetime
from json import loads
from typing import Any

from msgspec import Struct

from awards.editions.round_method import RoundMethod, method_of
from awards.editions.rules import RoundState
from awards.editions.tables import Criterion, CriterionWeight, Round, RubricLevel
from awards.errors import NotFound


class RoundRow(Struct, frozen=True):
    id: int
    edition_id: int
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
    method: RoundMethod
    version: int


async def rounds_of(edition_id: int) -> list[RoundRow]:
    rows = await Round.select().where(Round.edition == edition_id).order_by(Round.position, Round.id)
    return [_round(row) for row in rows]


async def round_by_code(edition_id: int, code: str) -> RoundRow:
    rows = await Round.select().where((Round.edition == edition_id) & (Round.code == code))
    if not rows:
        raise NotFound
    return _round(rows[0])


async def round_by_id(round_id: int) -> RoundRow:
    rows = await Round.select().where(Round.id == round_id)
    if not rows:
        raise NotFound
    return _round(rows[0])


def _round(row: dict[str, Any]) -> RoundRow:
    return RoundRow(
        id=row["id"],
        edition_id=row["edition"],
        code=row["code"],
        name=row["name"],
        position=row["position"],
        kind=row["kind"],
        opens=row["opens"],
        closes=row["closes"],
        state=RoundState(row["state"]),
        blind=bool(row["blind"]),
        confidence=bool(row["confidence"]),
        bridge_first=bool(row["bridge_first"]),
        not_enough_evidence=bool(row["not_enough_evidence"]),
        sheets_wanted=row["sheets_wanted"],
        method=method_of(loads(row["method"]) if row["method"] else {}),
        version=row["version"],
    )


class ScaleRow(Struct, frozen=True):
    id: int
    code: str
    origin_milli: int
    step_milli: int
    top: int
    low_label: str
    high_label: str


class CriterionRow(Struct, frozen=True):
    """`weights` by category code; `rubric` texts hold from their mark up to the next one's."""

    id: int
    code: str
    name: str
    question: str
    position: int
    scale: ScaleRow
    weights: Mapping[str, int]
    rubric: tuple[tuple[int, str], ...]

    @property
    def levels(self) -> tuple[tuple[int, int, str], ...]:
        """(lowest mark, highest mark, text) of each level."""
        ends = [mark - 1 for mark, _text in self.rubric[1:]] + [self.scale.top]
        return tuple((mark, end, text) for (mark, text), end in zip(self.rubric, ends, strict=True))


async def criteria_of(round_id: int) -> list[CriterionRow]:
    """In their order, with scale, weights and rubric."""
    rows = await Criterion.raw(
        """
        SELECT k.id, k.code, k.name, k.question, k.position, s.id AS scale_id, s.code AS scale_code,
               s.origin_milli, s.step_milli, s.top, s.low_label, s.high_label
        FROM criterion k JOIN scale s ON s.id = k.scale WHERE k.round = {} ORDER BY k.position, k.id
        """,
        round_id,
    )
    weights = await CriterionWeight.raw(
        """
        SELECT w.criterion, c.code, w.weight FROM criterion_weight w JOIN criterion k ON k.id = w.criterion
        JOIN category c ON c.id = w.category WHERE k.round = {} ORDER BY c.position, c.id
        """,
        round_id,
    )
    rubric = await RubricLevel.raw(
        """
        SELECT l.criterion, l.mark, l.text FROM rubric_level l JOIN criterion k ON k.id = l.criterion
        WHERE k.round = {} ORDER BY l.mark
        """,
        round_id,
    )
    return [
        CriterionRow(
            id=row["id"],
            code=row["code"],
            name=row["name"],
            question=row["question"],
            position=row["position"],
            scale=ScaleRow(
                row["scale_id"], row["scale_code"], row["origin_milli"], row["step_milli"], row["top"],
                row["low_label"], row["high_label"],
            ),
            weights={one["code"]: one["weight"] for one in weights if one["criterion"] == row["id"]},
            rubric=tuple((one["mark"], one["text"]) for one in rubric if one["criterion"] == row["id"]),
        )
        for row in rows
    ]  # fmt: skip
