"""What an edition is made of, each kind in its order."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.editions.document import EditionRules, QuestionKind
from awards.editions.stored import Limits, limits_of, rules_from, show_if_of
from awards.editions.tables import Category, EditionRule, Milestone, Prize, Question


class CategoryRow(Struct, frozen=True):
    id: int
    code: str
    name: str
    description: str
    position: int


async def categories_of(edition_id: int) -> list[CategoryRow]:
    rows = await Category.raw(
        "SELECT id, code, name, description, position FROM category WHERE edition = {} ORDER BY position, id",
        edition_id,
    )
    return [CategoryRow(**row) for row in rows]


class QuestionRow(Struct, frozen=True):
    """`categories` empty is all of them."""

    id: int
    section: str
    code: str
    kind: QuestionKind
    label: str
    hint: str
    required: bool
    audience: str
    hidden_when_blind: bool
    limits: Limits
    categories: frozenset[str]
    show_if: tuple[str, str]
    frozen_at: datetime | None


async def questions_of(edition_id: int, category: str = "") -> list[QuestionRow]:
    """In their order; with a category's code those that stand there."""
    rows = await Question.raw(
        """
        SELECT q.id, q.section, q.code, q.kind, q.label, q.hint, q.limits, q.audience, q.hidden_when_blind,
               q.required, q.show_if, q.frozen_at, c.code AS category
        FROM question q LEFT JOIN question_category n ON n.question = q.id
        LEFT JOIN category c ON c.id = n.category
        WHERE q.edition = {} AND q.ended_at IS NULL ORDER BY q.position, q.id
        """,
        edition_id,
    )
    first: dict[int, dict[str, Any]] = {}
    narrowed: dict[int, set[str]] = {}
    for row in rows:
        first.setdefault(row["id"], row)
        narrowed.setdefault(row["id"], set()).update([row["category"]] if row["category"] else [])
    found = [
        QuestionRow(
            id=row["id"],
            section=row["section"],
            code=row["code"],
            kind=QuestionKind(row["kind"]),
            label=row["label"],
            hint=row["hint"],
            required=bool(row["required"]),
            audience=row["audience"],
            hidden_when_blind=bool(row["hidden_when_blind"]),
            limits=limits_of(row["limits"]),
            categories=frozenset(narrowed[row["id"]]),
            show_if=show_if_of(row["show_if"]),
            frozen_at=row["frozen_at"],
        )
        for row in first.values()
    ]
    return [one for one in found if not category or not one.categories or category in one.categories]


class MilestoneRow(Struct, frozen=True):
    kind: str
    at: datetime
    note: str
    public: bool


async def milestones_of(edition_id: int) -> list[MilestoneRow]:
    """In the order of time."""
    rows = (
        await Milestone.select(Milestone.kind, Milestone.at, Milestone.local_text, Milestone.public)
        .where(Milestone.edition == edition_id)
        .order_by(Milestone.at, Milestone.id)
    )
    return [MilestoneRow(row["kind"], row["at"], row["local_text"], bool(row["public"])) for row in rows]


class CallTimes(Struct, frozen=True):
    opens: datetime | None
    closes: datetime | None


async def call_of(edition_id: int) -> CallTimes:
    at = {row.kind: row.at for row in await milestones_of(edition_id)}
    return CallTimes(at.get("opens"), at.get("closes"))


async def rules_of(edition_id: int) -> EditionRules:
    rows = await EditionRule.select(EditionRule.code, EditionRule.value).where(
        EditionRule.edition == edition_id
    )
    return rules_from({row["code"]: row["value"] for row in rows})


class PrizeRow(Struct, frozen=True):
    """Without a category it is over the whole edition."""

    id: int
    code: str
    name: str
    category_id: int | None
    category: str
    position: int
    places: int
    kind: str


async def prizes_of(edition_id: int) -> list[PrizeRow]:
    """By category in their order, those over the whole edition last."""
    rows = await Prize.raw(
        """
        SELECT p.id, p.code, p.name, p.category AS category_id, COALESCE(c.code, '') AS category, p.position,
               p.places, p.kind
        FROM prize p LEFT JOIN category c ON c.id = p.category WHERE p.edition = {}
        ORDER BY CASE WHEN p.category IS NULL THEN 1 ELSE 0 END, COALESCE(c.position, 0), p.position, p.id
        """,
        edition_id,
    )
    return [PrizeRow(**row) for row in rows]
