"""One entry of a run, from its place down to the marks on each sheet. Pure: read from what the run froze."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from awards.results.carrying import without_carried
from awards.results.queries import EntryName, JudgeName
from awards.results.views import NINETY, allows_for_strictness
from awards.results.worked import example
from awards.web.figures import MILLION, Axis, axis, median
from awards.web.i18n import _, ngettext
from judging.rounds import Rule
from judging.scales import Scale


class Note(Struct, frozen=True):
    """What goes with a sheet of the entry beside its marks; of one that is left out, its marks too."""

    label: str
    confidence: str
    text: str
    keyed: bool
    left_out: str
    marks: tuple[tuple[str, int], ...] = ()


class Cell(Struct, frozen=True):
    """A mark as given, and as it counts once the strictness of its judge is allowed for; in millionths."""

    given: int
    counts: int

    @property
    def allowed(self) -> int:
        return self.counts - self.given


class SheetRow(Struct, frozen=True):
    label: str
    judge: str
    cells: tuple[Cell | None, ...]
    total: Cell | None
    """Weighted over the criteria; None where a mark is missing."""
    note: Note | None


class CriterionRow(Struct, frozen=True):
    """A criterion, or the total of all; `others` are what the other entries of the category have."""

    code: str
    name: str
    weight: int
    share: int
    """Of all weights, in millionths."""
    sheets: int
    raw: int | None
    estimate: int | None
    reach: int | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    others: tuple[int, ...]
    middle: int | None
    difference: int | None
    """What is added to the plain mean, or taken from it; of the total, without what is carried over."""


class Trace(Struct, frozen=True):
    total: CriterionRow
    criteria: tuple[CriterionRow, ...]
    sheets: tuple[SheetRow, ...]
    left_out: tuple[SheetRow, ...]
    axis: Axis
    allows: bool
    """Whether the method allows for strictness."""
    says: str
    """How the score of a criterion comes from the marks below it."""
    carried: tuple[int, int] | None
    """The total of an earlier round in millionths, and the weight with which it counts."""


class Counting(Struct, frozen=True):
    """How a run counts a mark: on its scale, and with what it allows for the judge."""

    allows: bool
    scales: Mapping[str, Scale]
    severity: Mapping[tuple[str, str], int]
    by_category: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, inputs: Mapping[str, Any], body: Mapping[str, Any]) -> "Counting":
        allows = allows_for_strictness(inputs)
        effects = body.get("judges", ()) if allows else ()
        return cls(
            allows,
            {rule["code"]: _scale(rule) for rule in inputs["criteria"]},
            {(one["judge"], one["scope"]): one["severity"] or 0 for one in effects},
            {rule["code"]: rule["weights"] for rule in inputs["criteria"]},
        )

    def weights(self, category: str) -> dict[str, int]:
        return {
            code: weights[category] for code, weights in self.by_category.items() if weights.get(category)
        }

    def cells(self, label: str, marks: Mapping[str, int], codes: Sequence[str]) -> tuple[Cell | None, ...]:
        found = []
        for code in codes:
            given = self.scales[code].milli(marks[code]) * 1000 if code in marks else None
            found.append(None if given is None else Cell(given, given + self.severity.get((label, code), 0)))
        return tuple(found)


def trace(
    inputs: Mapping[str, Any],
    body: Mapping[str, Any],
    entry: EntryName,
    judges: Mapping[str, JudgeName],
    criteria: Sequence[tuple[str, str]],
    notes: Sequence[Note],
) -> Trace | None:
    """`criteria` are (code, name) in the order of the sheet. None where the run does not know the entry."""
    standings: dict[str, list[Mapping[str, Any]]] = {}
    for standing in body.get("standings", ()):
        if standing["category"] == entry.category:
            standings.setdefault(standing["scope"], []).append(standing)
    own = {
        scope: standing
        for scope, all_ in standings.items()
        for standing in all_
        if standing["entry"] == entry.reference
    }
    if "all" not in own:
        return None
    counting = Counting.of(inputs, body)
    weights = counting.weights(entry.category)
    judged = [(code, name) for code, name in criteria if weights.get(code)]
    by_label = {note.label: note for note in notes}
    sheets = {one["judge"]: one["marks"] for one in inputs["sheets"] if one["entry"] == entry.reference}
    carried = next((one for one in inputs.get("carried", ()) if one["entry"] == entry.reference), None)
    alone = sum(weights[code] for code, _name in judged)
    load = alone + (carried["weight"] if carried else 0)
    rows = tuple(
        _row(code, name, weights[code], Fraction(weights[code], load), own[code], standings[code])
        for code, name in judged
    )

    def sheet(label: str, marks: Mapping[str, int]) -> SheetRow:
        codes = [code for code, _name in judged]
        cells = counting.cells(label, marks, codes)
        name = judges[label].name if label in judges else label
        return SheetRow(
            label,
            name,
            cells,
            weighed(cells, [weights[code] for code in codes]),
            by_label.get(label),
        )

    total = _row("", "", load, Fraction(1), own["all"], standings["all"])
    if total.estimate is not None and total.raw is not None:
        rest = without_carried(total.estimate, alone, carried)
        total = replace(total, difference=rest - total.raw)
    values = [v for row in rows for v in (*row.others, row.estimate) if v is not None]
    return Trace(
        total=total,
        criteria=rows,
        sheets=tuple(
            sheet(label, marks)
            for label, marks in sorted(sheets.items(), key=lambda pair: _name(judges, pair[0]))
        ),
        left_out=tuple(
            sheet(note.label, dict(note.marks))
            for note in notes
            if note.left_out and note.label not in sheets
        ),
        axis=axis([*values, *(v for v in (own["all"]["estimate"],) if v is not None)]),
        allows=counting.allows,
        says=" ".join(
            part
            for part in (
                _says(inputs["method"]),
                example(
                    inputs,
                    counting.scales,
                    entry.reference,
                    {label: one.name for label, one in judges.items()},
                    judged,
                ),
            )
            if part
        ),
        carried=(carried["total"], carried["weight"]) if carried else None,
    )


def _name(judges: Mapping[str, JudgeName], label: str) -> str:
    return judges[label].name if label in judges else label


def _scale(rule: Mapping[str, Any]) -> Scale:
    return Scale(rule["scale"]["origin_milli"], rule["scale"]["step_milli"], rule["scale"]["top"])


def weighed(cells: Sequence[Cell | None], weights: Sequence[int]) -> Cell | None:
    known = [(cell, weight) for cell, weight in zip(cells, weights, strict=True) if cell is not None]
    if len(known) < len(weights):
        return None
    load = sum(weights)
    return Cell(
        round(Fraction(sum(cell.given * weight for cell, weight in known), load)),
        round(Fraction(sum(cell.counts * weight for cell, weight in known), load)),
    )


def _row(
    code: str,
    name: str,
    weight: int,
    share: Fraction,
    own: Mapping[str, Any],
    all_: Sequence[Mapping[str, Any]],
) -> CriterionRow:
    known = [one["estimate"] for one in all_ if one["estimate"] is not None]
    return CriterionRow(
        code=code,
        name=name,
        weight=weight,
        share=round(share * MILLION),
        sheets=own["sheets"],
        raw=own["raw"],
        estimate=own["estimate"],
        reach=None if own["error"] is None else own["error"] * NINETY // 1000,
        rank=own["rank"],
        rank_low=own["rank_low"],
        rank_high=own["rank_high"],
        others=tuple(
            one["estimate"] for one in all_ if one["estimate"] is not None and one["entry"] != own["entry"]
        ),
        middle=median(known) if known else None,
        difference=None if own["estimate"] is None or own["raw"] is None else own["estimate"] - own["raw"],
    )


def _says(method: Mapping[str, Any]) -> str:
    texts = {
        Rule.MEAN: _("Each mark counts as it was given. The score of a criterion is the mean of its column."),
        Rule.MEDIAN: _(
            "Each mark counts as it was given. The score of a criterion is the middle one of its column, or the mean of"
            " the middle two."
        ),
        Rule.TRIMMED: _(
            "Each mark counts as it was given. The score of a criterion is the mean of its column without one highest and"
            " one lowest mark, where there are three or more."
        ),
        Rule.Z_SCORE: _(
            "Marks stand here as they were given. The method first brings all marks of each judge in a criterion to the"
            " mean and the spread that all judges together have there; the score is the mean of what comes of it. Sheets of"
            " a judge who always gave the same mark there are left out."
        ),
        Rule.MIN_MAX: _(
            "Marks stand here as they were given. The method first stretches all marks of each judge in a criterion from"
            " the lowest to the highest of all judges; the score is the mean of what comes of it. Sheets of a judge who"
            " always gave the same mark there are left out."
        ),
    }
    said = texts.get(
        Rule(method["rule"]),
        _(
            "Each mark as it counts; beside it the mark as it was given, and what is added or taken for the strictness of"
            " its judge in that criterion. The score of a criterion is the mean of its column."
        ),
    )
    if method["decimals"] is not None:
        said += " " + ngettext(
            "It is rounded to %(num)d decimal.", "It is rounded to %(num)d decimals.", method["decimals"]
        )
    if method["confidence"]:
        said += " " + _("Sheets weigh by the confidence of their judge.")
    return said
