"""A spreadsheet of marks, ranked without a database: entry, judge, mark and, criterion."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from awards.exchange.rows import BadFolder, Problem, Reader
from judging import (
    Criterion,
    Entry,
    Judge,
    RoundInputs,
    Sheet,
    Verdict,
    canonical_bytes,
    decide,
    scale_for,
    verdict_document,
)
from judging.scales import decimal_text

ONE_CATEGORY = "all"
ONE_CRITERION = "mark"


def rank_file(path: Path, *, weights: Mapping[str, int], seed: int, as_json: bool) -> str:
    """The ranking as text for a terminal, or the whole verdict as canonical JSON."""
    verdict = decide(_inputs(path, weights, seed))
    if as_json:
        return canonical_bytes(verdict_document(verdict)).decode() + "\n"
    return _table(verdict)


def _inputs(path: Path, weights: Mapping[str, int], seed: int) -> RoundInputs:
    reader = Reader(path.parent)
    cells: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    texts: dict[str, list[str]] = defaultdict(list)
    for line, row in reader.rows(path.name, "entry", "judge", "mark", may_be_empty=("criterion",)):
        criterion = row.get("criterion") or ONE_CRITERION
        sheet = cells[row["entry"], row["judge"]]
        if criterion in sheet:
            reader.say(path.name, line, f"{row['judge']} marks {row['entry']} twice on {criterion}")
        elif not _is_number(row["mark"]):
            reader.say(path.name, line, f"mark {row['mark']} is not a number")
        else:
            sheet[criterion] = row["mark"]
            texts[criterion].append(row["mark"])
    for name in sorted(set(weights) - set(texts)):
        reader.say(path.name, 0, f"--weight names {name}, which is no criterion of the file")
    if not texts:
        reader.say(path.name, 0, "there is no mark in it")
    if reader.problems:
        raise BadFolder(reader.problems)
    try:
        scales = {criterion: scale_for(values) for criterion, values in texts.items()}
    except ValueError as problem:
        raise BadFolder([Problem(path.name, 0, str(problem))]) from problem
    return RoundInputs(
        criteria=tuple(
            Criterion(code, scale, ((ONE_CATEGORY, weights.get(code, 1)),)) for code, scale in scales.items()
        ),
        entries=tuple(Entry(code, ONE_CATEGORY) for code in sorted({entry for entry, _judge in cells})),
        judges=tuple(Judge(code) for code in sorted({judge for _entry, judge in cells})),
        sheets=tuple(
            Sheet(
                entry,
                judge,
                tuple((code, scales[code].mark_of(text)) for code, text in sorted(marks.items())),
            )
            for (entry, judge), marks in sorted(cells.items())
        ),
        seed=seed,
    )


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _table(verdict: Verdict) -> str:
    lines = ["place  90 in 100   score      raw   sheets  entry"]
    for one in verdict.standings:
        if one.scope != "all":
            continue
        place = "-" if one.rank is None else str(one.rank)
        span = "-" if one.rank_low is None else f"{one.rank_low} to {one.rank_high}"
        lines.append(
            f"{place:>5}  {span:>9}  {_score(one.estimate):>6}  {_score(one.raw):>7}"
            f"  {one.sheets:>7}  {one.entry}"
        )
    lines += ["", "judge: severity (positive is stricter than the others)"]
    lines += [f"  {one.judge}: {_score(one.severity)}" for one in verdict.judges if one.scope == "all"]
    lines += ["", *(f"{one.sentence} {one.remedy}".rstrip() for one in verdict.remarks)]
    return "\n".join(lines).rstrip() + "\n"


def _score(millionths: int | None) -> str:
    if millionths is None:
        return "-"
    hundredths = (abs(millionths) + 5000) // 10_000
    return ("-" if millionths < 0 and hundredths else "") + decimal_text(hundredths * 10_000, 6)
