"""What comes of a round of pass or fail: counts, and nothing that is not in them. Pure.

Yes and no give no scale on which the strictness of judges could be estimated, so none is. Nobody gets a place: with
three answers each, most entries stand level, and an order among them would be made up.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from msgspec import Struct

from awards.scoresheets.rules import verdict_of


class Answers(Struct, frozen=True):
    """`unsure` ones said that there is not enough evidence, and count for neither side."""

    passes: int = 0
    fails: int = 0
    unsure: int = 0

    @property
    def given(self) -> int:
        return self.passes + self.fails

    @property
    def all(self) -> int:
        return self.given + self.unsure

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.passes, self.given) if self.given else None

    def with_one(self, verdict: bool | None) -> "Answers":
        return Answers(
            self.passes + (verdict is True), self.fails + (verdict is False), self.unsure + (verdict is None)
        )


class SignedSheet(Struct, frozen=True):
    """`marks` holds the criteria that were passed (1) or failed (0); one of `judged` without a mark lacked evidence."""

    reference: str
    judged: frozenset[str]
    marks: Mapping[str, int]


class Passing(Struct, frozen=True):
    """How an entry was answered: by whole sheets, and by criterion where it is judged on that."""

    reference: str
    sheets: Answers
    criteria: Mapping[str, Answers]


def passing_of(references: Iterable[str], sheets: Iterable[SignedSheet]) -> list[Passing]:
    """Each entry once, those that nobody signed a sheet for too; the largest share of passes first."""
    whole = {reference: Answers() for reference in references}
    single: dict[str, dict[str, Answers]] = {reference: {} for reference in whole}
    for sheet in sheets:
        name = sheet.reference
        whole[name] = whole[name].with_one(verdict_of(sheet.marks, sheet.judged))
        for code in sheet.judged:
            mark = sheet.marks.get(code)
            verdict = None if mark is None else mark > 0
            single[name][code] = single[name].get(code, Answers()).with_one(verdict)
    found = [Passing(name, answers, single[name]) for name, answers in whole.items()]
    # Entries that stand level keep the order they came in.
    return sorted(found, key=lambda one: (one.sheets.share is None, -(one.sheets.share or 0)))
