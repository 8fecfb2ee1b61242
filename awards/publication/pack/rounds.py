"""What a pack says of one round that was judged by marks. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from awards.publication.document import FEWEST_SHEETS, without_means
from awards.publication.pack.levels import Level
from awards.publication.pack.numbers import PartNumbers, parts_of
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
    return Counted(inputs, table, parts_of(table, judged.body["parts"]))


def round_document(
    judged: JudgedRound,
    numbers: Counted,
    level: Level,
    *,
    untold: Collection[str] = (),
    auditor: bool = False,
) -> Document:
    """Unproved where official numbers do not follow from the sums. At `results` the means of `untold` are left out."""
    of_few = set(untold) | without_means(judged.body) if level is Level.RESULTS else set()
    estimates = estimates_of(judged, numbers.table, few=level is not Level.RESULTS, untold=untold)
    result: Document = {
        "code": judged.code,
        "name": judged.name,
        "run": dict(judged.run),
        "ruleset": None if judged.ruleset is None else dict(judged.ruleset),
        "inputs": dict(judged.inputs) if auditor else _inputs(judged.inputs, level),
        "parts": {
            code: sorted(
                (_part(one, level, estimates[code]) for one in found), key=lambda one: sorted(one["entries"])
            )
            for code, found in numbers.parts.items()
        },
        "estimates": {
            code: {entry: list(pair) for entry, pair in own.items()} for code, own in estimates.items()
        },
        "results": results_of(judged, of_few),
        "deliberation": [dict(one) for one in judged.deliberation],
        "unreceipted": judged.sheets_signed - len(judged.openings),
        "commitments": sorted(one.commitment for one in judged.openings),
    }
    if auditor:
        openings = sorted(judged.openings, key=lambda one: one.commitment)
        result["openings"] = [dict(one.document) for one in openings]
    return result


def _inputs(inputs: Mapping[str, Any], level: Level) -> Document:
    """What the run was calculated from, as much of it as the level shows: at `sums` who read what, and no mark."""
    known: Document = {
        "criteria": inputs["criteria"],
        "entries": [{"id": one["id"], "category": one["category"]} for one in inputs["entries"]],
        "method": inputs["method"],
        "tie_breaks": inputs["tie_breaks"],
        "sheets": inputs["sheets"] if level is Level.MARKS else [],
        **({"carried": inputs["carried"]} if "carried" in inputs else {}),
    }
    if level is Level.SUMS:
        known["sheets"] = [
            {
                "entry": one["entry"],
                "judge": one["judge"],
                "marks": dict.fromkeys(one["marks"]),
                "confidence": 1,
            }
            for one in inputs["sheets"]
        ]
    return known


def estimates_of(
    judged: JudgedRound, table: Table, *, few: bool, untold: Collection[str] = ()
) -> dict[str, dict[str, tuple[int, int]]]:
    """By criterion and entry, the mean and the official number. Of fewer than three marks a mean would tell one."""
    fewest = 1 if few else FEWEST_SHEETS
    result: dict[str, dict[str, tuple[int, int]]] = {code: {} for code in table.criteria}
    for one in judged.body["standings"]:
        if one["scope"] == ALL or one["estimate"] is None or (not few and one["entry"] in untold):
            continue
        if one["sheets"] >= fewest:
            result[one["scope"]][one["entry"]] = (one["raw"], one["estimate"])
    return result


def results_of(judged: JudgedRound, without_mean: Collection[str] = ()) -> Document:
    ranks = judged.decided
    return {
        one["entry"]: {
            "raw": None if one["entry"] in without_mean else one["raw"],
            "total": one["estimate"],
            "sheets": one["sheets"],
            "rank": one["rank"],
            "decided": ranks.get(one["entry"], one["rank"]),
        }
        for one in judged.body["standings"]
        if one["scope"] == ALL
    }


def _part(part: PartNumbers, level: Level, estimates: Mapping[str, tuple[int, int]]) -> Document:
    if level is Level.RESULTS:
        return {"entries": dict.fromkeys(part.entries)}
    # Where sums are published every weight is the same, and counts as 1.
    unit = part.unit if level is Level.SUMS else 1
    total, given = part.sums()
    effects = part.effects({entry: official for entry, (_raw, official) in estimates.items()})
    return {
        "entries": {entry: of // unit for entry, of in zip(part.entries, total, strict=True)},
        "judges": {judge: of // unit for judge, of in zip(part.judges, given, strict=True)},
        "squares": str(part.squares // unit),
        "ratio": part.says_ratio,
        "effects": {} if effects is None else effects.document(part.judges),
        "over": "1" if effects is None else str(effects.over),
    }
