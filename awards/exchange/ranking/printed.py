"""The answer as one JSON object: full precision, null where refused and never NaN."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from awards.exchange.ranking.report import Report, Result


def as_object(report: Report) -> dict[str, Any]:
    """The object that `--json` prints. Numbers are at full precision, None where refused, never NaN."""
    whole = _object(report, report.total, report.ballot.scores)
    if report.criteria:
        whole["criteria"] = {
            name: _object(report, result, len(report.ballot.criteria[number]))
            for number, (name, result) in enumerate(report.criteria)
        }
    return whole


def _object(report: Report, result: Result, scores: int) -> dict[str, Any]:
    ballot, fitted, standing = report.ballot, result.fitted, result.standing
    part, judge_part = fitted.part.tolist(), fitted.judge_part.tolist()
    parts: list[dict[str, list[str]]] = [
        {"entries": [], "judges": []} for _ in range(max([*part, *judge_part], default=-1) + 1)
    ]
    for kind, names, where in (("entries", ballot.entries, part), ("judges", ballot.judges, judge_part)):
        for name, number in zip(names, where, strict=True):
            if number >= 0:
                parts[number][kind].append(name)
    entries = []
    columns = (fitted.counts, fitted.raw, fitted.estimate, fitted.se)
    for i, (n, raw, estimate, se) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        sure = standing.sure[i]
        entries.append(
            {
                "entry": ballot.entries[i],
                "category": ballot.categories[i] or None,
                "component": part[i] if part[i] >= 0 else None,
                "n": n,
                "raw_mean": _number(raw),
                "estimate": _number(estimate),
                "standard_error": _number(se),
                "rank": standing.ranks[i],
                "rank_low": sure.rank_low if sure else None,
                "rank_high": sure.rank_high if sure else None,
                "chance_first": sure.first if sure else None,
                "chance_prizes": list(sure.prizes) if sure else [None] * len(report.wish.tiers),
                "expected_rank": sure.expected if sure else None,
            }
        )
    return {
        "method": report.wish.method.value,
        "seed": report.wish.seed,
        "n_scores": scores,
        "n_entries": len(ballot.entries),
        "n_judges": len(ballot.judges),
        "components": parts,
        "variance": {name: _number(value) for name, value in asdict(fitted.variance).items()},
        "log_likelihood": _number(fitted.log_likelihood),
        "entries": entries,
        "judges": [
            {
                "judge": ballot.judges[row.judge],
                "n": int(fitted.judge_counts[row.judge]),
                "severity": _number(float(fitted.severity[row.judge])),
                "standard_error": _number(float(fitted.severity_se[row.judge])),
                "spread": _number(row.spread),
                "infit": _number(row.infit),
                "outfit": _number(row.outfit),
            }
            for row in result.seen.rows
        ],
        "agreement": _plain(result.seen.agreement),
        "sensitivity": [_plain(asdict(answer)) for answer in result.answers],
        "warnings": [_plain(asdict(warned)) for warned in result.warned],
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _plain(value: Any) -> Any:
    """Mappings and sequences as JSON has them, without NaN."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return _number(value) if isinstance(value, float) else value


def json_lines(found: Mapping[str, Any], *, ascii_only: bool = False) -> Iterator[str]:
    """Pieces of the object as text: a line for each row of a list, which a spreadsheet of a million rows needs quick."""
    # The encoder in C knows no indent.
    encode = json.JSONEncoder(ensure_ascii=ascii_only, allow_nan=False).encode
    before = "{\n"
    for name, value in found.items():
        yield f"{before} {encode(name)}: "
        if isinstance(value, list) and value:
            yield "[\n" + ",\n".join(f"  {encode(row)}" for row in value) + "\n ]"
        elif name == "criteria":
            pieces = (
                f"{encode(one)}: {''.join(json_lines(own, ascii_only=ascii_only))}"
                for one, own in value.items()
            )
            yield "{" + ",\n".join(pieces) + "}"
        else:
            yield encode(value)
        before = ",\n"
    yield "\n}"
