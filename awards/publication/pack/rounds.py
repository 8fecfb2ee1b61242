"""What a pack says of one round that was judged by marks. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from awards.publication.document import FEWEST_SHEETS
from awards.publication.pack.levels import Level
from awards.publication.pack.numbers import CALIBRATING, PartNumbers, parts_of
from judging.documents import inputs_from_document
from judging.rounds import RoundInputs
from judging.scoring import ALL, Table, tabulate

Document = dict[str, Any]


class Opening(Struct, frozen=True):
    """A receipt that stands: the promise, and the document that opens it."""

    commitment: str
    document: Mapping[str, Any]


class JudgedRound(Struct, frozen=True):
    """A round with the run that was adopted for it; `inputs` and `body` as they were stored."""

    code: str
    name: str
    run: Mapping[str, Any]
    ruleset: Mapping[str, Any] | None
    inputs: Mapping[str, Any]
    body: Mapping[str, Any]
    sheets_signed: int
    openings: tuple[Opening, ...]
    decided: Mapping[str, int | None]
    """By the reference of the entry, where a meeting was held."""
    deliberation: tuple[Mapping[str, Any], ...]


class Counted(Struct, frozen=True):
    """The round's sheets as arrays, and each criterion's parts with theirs."""

    inputs: RoundInputs
    table: Table
    parts: Mapping[str, tuple[PartNumbers, ...]]


def counted(judged: JudgedRound) -> Counted:
    inputs = inputs_from_document(judged.inputs)
    table = tabulate(inputs)
    calibrating = inputs.method.rule in CALIBRATING
    return Counted(inputs, table, parts_of(table, judged.body["parts"]) if calibrating else {})


def round_document(judged: JudgedRound, numbers: Counted, level: Level, *, auditor: bool = False) -> Document:
    """Unproved where official numbers do not follow from the sums."""
    estimates = estimates_of(judged, numbers.table, few=level is not Level.RESULTS)
    result: Document = {
        "code": judged.code,
        "name": judged.name,
        "run": dict(judged.run),
        "ruleset": None if judged.ruleset is None else dict(judged.ruleset),
        "inputs": dict(judged.inputs) if auditor else _rules(judged.inputs),
        "parts": {
            code: sorted(
                (_part(one, level, estimates[code]) for one in found), key=lambda one: one["entries"]
            )
            for code, found in numbers.parts.items()
        },
        "estimates": {
            code: {entry: list(pair) for entry, pair in own.items()} for code, own in estimates.items()
        },
        "results": results_of(judged),
        "deliberation": [dict(one) for one in judged.deliberation],
        "sheets_signed": judged.sheets_signed,
        "unreceipted": judged.sheets_signed - len(judged.openings),
        "commitments": sorted(one.commitment for one in judged.openings),
    }
    if level is not Level.RESULTS:
        result["reads"] = _reads(judged.inputs, with_marks=level is Level.MARKS)
    if level is Level.SUMS:
        result["sums"] = _sums(numbers.table)
    if auditor:
        openings = sorted(judged.openings, key=lambda one: one.commitment)
        result["openings"] = [dict(one.document) for one in openings]
    return result


def _rules(inputs: Mapping[str, Any]) -> Document:
    """What the run was calculated from, without judges and marks."""
    return {
        "criteria": inputs["criteria"],
        "entries": [{"id": one["id"], "category": one["category"]} for one in inputs["entries"]],
        "method": inputs["method"],
        "tie_breaks": inputs["tie_breaks"],
        **({"carried": inputs["carried"]} if "carried" in inputs else {}),
    }


def _reads(inputs: Mapping[str, Any], *, with_marks: bool) -> Document:
    """By criterion and entry: label, mark and confidence; without marks, labels alone."""
    result: Document = {criterion["code"]: {} for criterion in inputs["criteria"]}
    for one in inputs["sheets"]:
        for code, mark in one["marks"].items():
            known = [mark, one["confidence"]] if with_marks else [None, 1]
            result[code].setdefault(one["entry"], []).append([one["judge"], *known])
    return result


def estimates_of(judged: JudgedRound, table: Table, *, few: bool) -> dict[str, dict[str, tuple[int, int]]]:
    """By criterion and entry, the mean and the official number. Of fewer than three marks a mean would tell one."""
    fewest = 1 if few else FEWEST_SHEETS
    result: dict[str, dict[str, tuple[int, int]]] = {code: {} for code in table.criteria}
    for one in judged.body["standings"]:
        if one["scope"] != ALL and one["sheets"] >= fewest and one["estimate"] is not None:
            result[one["scope"]][one["entry"]] = (one["raw"], one["estimate"])
    return result


def results_of(judged: JudgedRound) -> Document:
    ranks = judged.decided
    return {
        one["entry"]: {
            "raw": one["raw"],
            "total": one["estimate"],
            "sheets": one["sheets"],
            "rank": one["rank"],
            "decided": ranks.get(one["entry"], one["rank"]),
        }
        for one in judged.body["standings"]
        if one["scope"] == ALL
    }


def _part(part: PartNumbers, level: Level, estimates: Mapping[str, tuple[int, int]]) -> Document:
    known: Document = {
        "entries": list(part.entries),
        "fit": part.fit.value,
        "ratio": None if part.ratio is None else f"{part.ratio.numerator}/{part.ratio.denominator}",
    }
    if level is Level.RESULTS:
        return known
    effects = part.effects({entry: official for entry, (_raw, official) in estimates.items()})
    known |= {"judges": list(part.judges), "effects": None if effects is None else effects.document()}
    if level is Level.SUMS:
        # Where sums are published every weight is the same, and counts as 1.
        known["squares"] = str(part.squares // part.unit)
    return known


def _sums(table: Table) -> Document:
    result: Document = {}
    for number, code in enumerate(table.criteria):
        of_entry: dict[str, int] = defaultdict(int)
        of_judge: dict[str, int] = defaultdict(int)
        columns = (table.entry[number], table.judge[number], table.milli[number])
        for e, j, milli in zip(*(column.tolist() for column in columns), strict=True):
            of_entry[table.entries[e].id] += milli
            of_judge[table.judges[j]] += milli
        result[code] = {"entries": dict(of_entry), "judges": dict(of_judge)}
    return result
