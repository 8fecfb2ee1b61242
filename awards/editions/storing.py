"""From a document to its rows: what is new is added, what changed is updated, what is gone is removed.

A row keeps its id as long as its code stays, so that entries, seats and marks keep pointing to it. What
others point to cannot be removed: the database refuses, and `Frozen` names it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from awards.db import in_transaction, transaction
from awards.editions.document import (
    PAST_EMPLOYER,
    CategoryPart,
    CriterionPart,
    EditionDocument,
    MilestonePart,
    PrizePart,
    QuestionPart,
    RoundPart,
    ScalePart,
)
from awards.editions.freezing import Frozen
from awards.editions.reading import Stored
from awards.editions.stored import field_name, limits_text, ring_text, rules_rows, show_if_text
from awards.editions.tables import (
    Category,
    CategoryField,
    ConflictRule,
    Criterion,
    CriterionWeight,
    Edition,
    EditionRule,
    Field,
    Milestone,
    Prize,
    Programme,
    Question,
    QuestionCategory,
    Round,
    RubricLevel,
    Scale,
)
from awards.errors import BrokenReference
from awards.web.i18n import _
from judging import canonical_bytes

P = TypeVar("P")
Values = dict[str, Any]


async def store(stored: Stored, new: EditionDocument, at: datetime) -> None:
    """Make the rows say what the new document says; `stored` is what they say now."""
    assert in_transaction()
    writing = _Writing(stored, new, at)
    await writing.heads()
    # What points goes before what it points to, and what is pointed to comes before what points.
    await writing.removed()
    await writing.written()


class _Writing:
    def __init__(self, stored: Stored, new: EditionDocument, at: datetime) -> None:
        self.stored, self.old, self.new, self.at = stored, stored.document, new, at
        self.owner = {"edition": stored.edition_id}

    async def heads(self) -> None:
        programme, new = self.new.programme, self.new
        if programme != self.old.programme:
            await Programme.update(
                {
                    Programme.name: programme.name,
                    Programme.zone: programme.zone,
                    Programme.lang: programme.lang,
                    Programme.contact: programme.contact,
                    Programme.version: Programme.version + 1,
                }
            ).where(Programme.id == self.stored.programme_id)
        await Edition.update(
            {
                Edition.name: new.name,
                Edition.year: new.year,
                Edition.zone: new.zone,
                Edition.lang: new.lang,
                Edition.origin: new.origin,
                Edition.demo: new.demo,
                Edition.summary: new.summary,
                Edition.version: Edition.version + 1,
            }
        ).where(Edition.id == self.stored.edition_id)

    async def removed(self) -> None:
        ids, old, new = self.stored.ids, self.old, self.new
        rounds = {part.code: part for part in new.rounds}
        for part in old.rounds:
            kept = {one.code for one in rounds[part.code].criteria} if part.code in rounds else set()
            for criterion in part.criteria:
                if criterion.code not in kept:
                    await self._remove_criterion(part.code, criterion.code)
        await self._remove(Prize, ids["prize"], new.prizes)
        await self._remove(Round, ids["round"], new.rounds)
        await self._remove_scales_later()
        await self._end_questions()
        await self._remove_category_links()
        await self._remove(Category, ids["category"], new.categories)
        kinds = {part.kind for part in new.milestones}
        for kind, row in ids["milestone"].items():
            if kind not in kinds:
                await Milestone.delete().where(Milestone.id == row)

    async def _remove(self, table: Any, known: Mapping[str, int], parts: Sequence[Any]) -> None:
        for code in _gone(known, parts):
            try:
                await table.delete().where(table.id == known[code])
            except BrokenReference:
                raise _in_use(table._meta.tablename, code) from None

    async def _end_questions(self) -> None:
        """What nobody answered goes; what has answers ends, and they stay with it."""
        known = self.stored.ids["question"]
        for code in _gone(known, self.new.questions):
            try:
                async with transaction():
                    await QuestionCategory.delete().where(QuestionCategory.question == known[code])
                    await Question.delete().where(Question.id == known[code])
            except BrokenReference:
                await Question.update({Question.ended_at: self.at}).where(Question.id == known[code])

    async def _remove_criterion(self, round_code: str, code: str) -> None:
        criterion_id = self.stored.criteria[round_code, code]
        await CriterionWeight.delete().where(CriterionWeight.criterion == criterion_id)
        await RubricLevel.delete().where(RubricLevel.criterion == criterion_id)
        try:
            await Criterion.delete().where(Criterion.id == criterion_id)
        except BrokenReference:
            raise _in_use("criterion", code) from None

    async def _remove_scales_later(self) -> None:
        """Criteria that stay may leave their scale: it goes after they were written."""
        self.scales_gone = _gone(self.stored.ids["scale"], self.new.scales)

    async def _remove_category_links(self) -> None:
        """Weights and narrowings of a category that goes are parts of the document: they go with it."""
        for code in _gone(self.stored.ids["category"], self.new.categories):
            category_id = self.stored.ids["category"][code]
            await CriterionWeight.delete().where(CriterionWeight.category == category_id)
            await QuestionCategory.delete().where(QuestionCategory.category == category_id)
            await CategoryField.delete().where(CategoryField.category == category_id)

    async def written(self) -> None:
        ids, old, new = self.stored.ids, self.old, self.new
        await self._sync(
            Milestone, ids["milestone"], old.milestones, new.milestones, _milestone, key="kind", ordered=False
        )
        await self._pairs(EditionRule, "value", ids["rule"], rules_rows(old.rules), rules_rows(new.rules))
        effects = {code: effect.value for code, effect in new.conflicts}
        before = {code: effect.value for code, effect in old.conflicts}
        await self._pairs(ConflictRule, "effect", ids["conflict"], before, effects)
        if new.past_years != old.past_years or PAST_EMPLOYER not in ids["conflict"]:
            await ConflictRule.update({ConflictRule.values: str(new.past_years)}).where(
                (ConflictRule.edition == self.stored.edition_id) & (ConflictRule.code == PAST_EMPLOYER)
            )
        categories = await self._sync(Category, ids["category"], old.categories, new.categories, _category)
        await self._fields(categories)
        # A question that comes back takes up its answers again.
        back = {
            one.code: self.stored.ended[one.code] for one in new.questions if one.code in self.stored.ended
        }
        questions = await self._sync(
            Question, {**ids["question"], **back}, old.questions, new.questions, _question
        )
        await self._narrow(questions, categories)
        scales = await self._sync(Scale, ids["scale"], old.scales, new.scales, _scale, ordered=False)
        if old.rounds != new.rounds:
            # Out of the way, so that no two rounds share a position while they change places.
            await Round.update({Round.position: Round.position * -1 - 1}).where(
                Round.edition == self.stored.edition_id
            )
        rounds = await self._sync(Round, ids["round"], old.rounds, new.rounds, _round)
        for part in new.rounds:
            await self._criteria(part, rounds[part.code], scales, categories)
        await self._remove(Scale, {code: ids["scale"][code] for code in self.scales_gone}, ())

        def prize(part: PrizePart, _place: int) -> Values:
            return {
                "name": part.name,
                "category": categories[part.category] if part.category else None,
                "position": part.position,
                "places": part.places,
                "kind": part.kind,
                "values": ring_text(part.values),
            }

        await self._sync(Prize, ids["prize"], old.prizes, new.prizes, prize, ordered=False)

    async def _sync(
        self, table: Any, known: Mapping[str, int], old: Sequence[P], new: Sequence[P],
        values: Callable[[P, int], Values], *, key: str = "code", owner: Mapping[str, int] | None = None,
        ordered: bool = True,
    ) -> dict[str, int]:  # fmt: skip
        """Add and update the rows of one list; the ids of all of it by code."""
        before = {getattr(part, key): part for part in old}
        moved = ordered and tuple(old) != tuple(new)
        found: dict[str, int] = {}
        for place, part in enumerate(new, 1):
            code = getattr(part, key)
            if code in known:
                found[code] = known[code]
                if moved or before.get(code) != part:
                    await table.update(values(part, place)).where(table.id == known[code])
            else:
                row = table(**values(part, place), **{key: code}, **(owner or self.owner), created_at=self.at)
                await row.save()
                found[code] = row.id
        return found

    async def _pairs(
        self,
        table: Any,
        column: str,
        known: Mapping[str, int],
        old: Mapping[str, str],
        new: Mapping[str, str],
    ) -> None:
        for code, value in new.items():
            if code not in known:
                await table.insert(table(**self.owner, code=code, **{column: value}, created_at=self.at))
            elif old.get(code) != value:
                await table.update({column: value}).where(table.id == known[code])

    async def _fields(self, categories: Mapping[str, int]) -> None:
        """A field that no category names any more stays: judges keep what they know."""
        before = {part.code: part.fields for part in self.old.categories}
        differing = [part for part in self.new.categories if before.get(part.code, ()) != part.fields]
        wanted = {code for part in differing for code in part.fields}
        known = await field_ids(self.stored.programme_id, wanted, self.at)
        for part in differing:
            await CategoryField.delete().where(CategoryField.category == categories[part.code])
            for code in part.fields:
                await CategoryField.insert(
                    CategoryField(category=categories[part.code], field=known[code], created_at=self.at)
                )

    async def _narrow(self, questions: Mapping[str, int], categories: Mapping[str, int]) -> None:
        before = {part.code: part.categories for part in self.old.questions}
        for part in self.new.questions:
            had = before.get(part.code, ())
            if had != part.categories or any(code not in self.stored.ids["category"] for code in had):
                await QuestionCategory.delete().where(QuestionCategory.question == questions[part.code])
                for code in part.categories:
                    await QuestionCategory.insert(
                        QuestionCategory(
                            question=questions[part.code], category=categories[code], created_at=self.at
                        )
                    )

    async def _criteria(
        self, part: RoundPart, round_id: int, scales: Mapping[str, int], categories: Mapping[str, int]
    ) -> None:
        old = next((one.criteria for one in self.old.rounds if one.code == part.code), ())
        known = {code: row for (owner, code), row in self.stored.criteria.items() if owner == part.code}

        def criterion(one: CriterionPart, place: int) -> Values:
            return {"name": one.name, "question": one.question, "scale": scales[one.scale], "position": place}

        ids = await self._sync(Criterion, known, old, part.criteria, criterion, owner={"round": round_id})
        before = {one.code: one for one in old}
        for one in part.criteria:
            await self._levels(before.get(one.code), one, ids[one.code], categories)

    async def _levels(
        self, old: CriterionPart | None, new: CriterionPart, criterion_id: int, categories: Mapping[str, int]
    ) -> None:
        if old is None or old.weights != new.weights:
            await CriterionWeight.delete().where(CriterionWeight.criterion == criterion_id)
            for code, weight in new.weights:
                await CriterionWeight.insert(
                    CriterionWeight(
                        criterion=criterion_id, category=categories[code], weight=weight, created_at=self.at
                    )
                )
        if old is None or old.rubric != new.rubric:
            await RubricLevel.delete().where(RubricLevel.criterion == criterion_id)
            for mark, text in new.rubric:
                await RubricLevel.insert(
                    RubricLevel(criterion=criterion_id, mark=mark, text=text, created_at=self.at)
                )


async def field_ids(programme_id: int, codes: Collection[str], at: datetime) -> dict[str, int]:
    """The ids of fields by code; one that the programme has not yet is added, called as its code reads."""
    assert in_transaction()
    rows = await Field.select(Field.id, Field.code).where(Field.programme == programme_id)
    known = {row["code"]: int(row["id"]) for row in rows}
    for code in sorted(set(codes) - known.keys()):
        field = Field(programme=programme_id, code=code, name=field_name(code), created_at=at)
        await field.save()
        known[code] = field.id
    return known


def _gone(known: Mapping[str, int], parts: Sequence[Any]) -> list[str]:
    stay = {part.code for part in parts}
    return [code for code in known if code not in stay]


def _in_use(what: str, code: str) -> Frozen:
    text = _(
        "%(what)s “%(code)s” cannot be removed: others refer to it.", what=what.replace("_", " "), code=code
    )
    return Frozen([text])


def _milestone(part: MilestonePart, _place: int) -> Values:
    return {"at": part.at, "local_text": part.note, "public": part.public}


def _category(part: CategoryPart, place: int) -> Values:
    return {"name": part.name, "description": part.description, "position": place}


def _question(part: QuestionPart, place: int) -> Values:
    return {
        "section": part.section,
        "kind": part.kind.value,
        "label": part.label,
        "hint": part.hint,
        "limits": limits_text(part),
        "audience": part.audience,
        "hidden_when_blind": part.hidden_when_blind,
        "show_if": show_if_text(part.show_if),
        "required": part.required,
        "frozen_at": part.frozen_at,
        "position": place,
        "ended_at": None,
    }


def _scale(part: ScalePart, _place: int) -> Values:
    return {
        "origin_milli": part.origin_milli,
        "step_milli": part.step_milli,
        "top": part.top,
        "low_label": part.low_label,
        "high_label": part.high_label,
    }


def _round(part: RoundPart, place: int) -> Values:
    return {
        "name": part.name,
        "position": place,
        "kind": part.kind,
        "opens": part.opens,
        "closes": part.closes,
        "blind": part.blind,
        "confidence": part.confidence,
        "bridge_first": part.bridge_first,
        "not_enough_evidence": part.not_enough_evidence,
        "sheets_wanted": part.sheets_wanted,
        "method": canonical_bytes(part.method.document()).decode(),
    }
