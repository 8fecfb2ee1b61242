"""A criterion as it is drawn for paper: its marks in a row, what each means, both ends named. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from awards.scoresheets.queries.sheet import SheetCriterion
from awards.scoresheets.rules import NO_EVIDENCE, words_of_marks
from awards.web.i18n import _


class DrawnCriterion(Struct, frozen=True):
    code: str
    label: str
    question: str
    weight: str
    marks: tuple[tuple[int, str], ...]
    """Each mark of the scale with what it is called."""
    rubric: tuple[tuple[str, str], ...]
    """The marks that a level covers, and its words."""
    low: str
    high: str
    mark: str
    """As forms send it: what stands on the sheet."""

    @property
    def said(self) -> str:
        if self.mark == NO_EVIDENCE:
            return _("Not enough evidence")
        return next((text for mark, text in self.marks if str(mark) == self.mark), "")


def drawn(criteria: Sequence[SheetCriterion], kind: str) -> tuple[DrawnCriterion, ...]:
    """`kind` is the round's: one that is passed or failed calls its marks by words."""
    total = sum(criterion.weight for criterion in criteria)
    return tuple(_one(criterion, kind, total) for criterion in criteria)


def _one(criterion: SheetCriterion, kind: str, total: int) -> DrawnCriterion:
    scale = criterion.scale
    named = words_of_marks(kind, criterion.low_label, criterion.high_label)
    texts = {mark: named[mark] if named else scale.text(mark) for mark in scale.marks}
    # A level holds from its own mark up to the next level's.
    tops = [level - 1 for level, _words in criterion.rubric[1:]] + [scale.top]
    return DrawnCriterion(
        code=criterion.code,
        label=criterion.name,
        question=criterion.question,
        weight=_("weight %(weight)d of %(total)d", weight=criterion.weight, total=total) if total else "",
        marks=tuple(texts.items()),
        rubric=tuple(
            (texts[low] if low == top else f"{texts[low]}–{texts[top]}", words)
            for (low, words), top in zip(criterion.rubric, tops, strict=False)
        ),
        low="" if named else criterion.low_label,
        high="" if named else criterion.high_label,
        mark="" if criterion.mark is None else str(criterion.mark),
    )
