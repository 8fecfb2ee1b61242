"""From files to a ballot: columns, names, numbers, and every bad row by file, line and reason."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from awards.exchange.ranking.ballots import Ballot, Scores, Similar
from awards.exchange.ranking.columns import Column, Columns, no_empty, read_columns
from awards.exchange.ranking.headers import Faults
from awards.exchange.ranking.numbers import Limits, parse_scores, parse_weights
from awards.exchange.ranking.roster import Roster, read_roster
from awards.exchange.ranking.tables import open_table, plain
from awards.exchange.rows import BadFolder, Problem
from judging.arrays import Booleans, Integers

NEEDED = ("entry", "judge", "score")
OPTIONAL = ("criterion", "confidence", "category")
MOST_CONFIDENCE = 1_000_000
SHAPE = (
    "each row is one score, under a header with the columns entry, judge, score and perhaps criterion, confidence, "
    "category"
)
FORMULAS = (
    "every score is empty; where they are formulas, open the workbook in a spreadsheet and save it, so that it holds "
    "their results"
)
# From so many gaps on it is no slip.
GAPS = 3
MERGED = "where a name stands once for several rows, or cells are merged, it is to be written into every row"

Say = Callable[[str], None]


def read_ballot(
    path: Path,
    *,
    judges: Path | None = None,
    entries: Path | None = None,
    limits: Limits | None = None,
    progress: Say = lambda _text: None,
) -> Ballot:
    """Raises `BadFolder` with every fault of the file, or of one of the lists."""
    table = open_table(path, (*NEEDED, *OPTIONAL))
    faults = Faults(table)
    try:
        columns = read_columns(table, [[name] for name in NEEDED], OPTIONAL, faults, progress)
    except BadFolder as problem:
        if len(set(NEEDED) - {plain(cell) for cell in table.header}) < len(NEEDED) - 1:
            raise
        raise BadFolder([*problem.problems, Problem(table.name, 0, SHAPE)]) from problem
    if not len(columns.rows):
        faults.file("there are no rows under the header")
    elif not any(text.strip() for text in columns.columns["score"].texts):
        faults.file(FORMULAS)
    if any(_gaps(columns.columns[name]) >= GAPS for name in ("entry", "judge")):
        faults.file(MERGED)
    no_empty(columns, ("entry", "judge", *(("criterion",) if "criterion" in columns.columns else ())), faults)
    score = columns.columns["score"]
    parsed = parse_scores(score.texts, "score", limits)
    _say_bad(score, parsed.bad, columns.rows, faults)
    confidence = columns.columns.get("confidence")
    declared: tuple[int, ...] = ()
    if confidence is not None:
        declared, bad = parse_weights(confidence.texts, "confidence")
        _say_bad(confidence, bad, columns.rows, faults)
    entry_names, entry = _sorted_names(columns.columns["entry"])
    judge_names, judge = _sorted_names(columns.columns["judge"])
    criterion_column = columns.columns.get("criterion") or Column(("",), np.zeros_like(columns.rows))
    criteria, criterion = _sorted_names(criterion_column)
    order = _in_order(entry, judge, criterion, criteria, entry_names, judge_names, columns, faults)
    categories = _categories(columns.columns.get("category"), entry, entry_names, columns, faults)
    if len(criteria) > 1 and "all" in criteria:
        faults.file("a criterion cannot be called “all”")
    faults.refuse()

    units = np.array(parsed.values, dtype=np.int64)[score.codes]
    weights = None
    if confidence is not None and len(set(declared)) > 1:
        weights = _whole(declared)[confidence.codes]
    bounds = np.searchsorted(criterion[order], np.arange(len(criteria) + 1))
    scores = []
    for number, name in enumerate(criteria):
        rows = order[bounds[number] : bounds[number + 1]]
        own = None if weights is None else weights[rows]
        scores.append(Scores(name, entry[rows], judge[rows], units[rows], own))

    notes = [_found(columns, parsed.comma)]
    if parsed.rounded:
        notes.append(
            f"{table.name}: {parsed.rounded} different scores have more digits than can be kept; "
            f"they are rounded to {parsed.places} decimals."
        )
    roster_e = read_roster(entries, "entry", ("country", "category")) if entries else Roster()
    roster_j = read_roster(judges, "judge", ("country",)) if judges else Roster()
    if "category" not in columns.columns and roster_e.fields.get("category"):
        categories = tuple(roster_e.fields["category"].get(name, "") for name in entry_names)
    notes += [
        *roster_e.notes,
        *roster_j.notes,
        *roster_e.missing(entry_names),
        *roster_j.missing(judge_names),
    ]
    notes += roster_j.unused(judge_names)
    return Ballot(
        entries=entry_names,
        judges=judge_names,
        criteria=tuple(scores),
        categories=categories,
        entry_countries=roster_e.fields.get("country", {}),
        judge_countries=roster_j.fields.get("country", {}),
        limits=limits,
        places=parsed.places,
        similar=tuple(
            similar
            for kind, names in (
                ("entries", entry_names),
                ("judges", judge_names),
                ("criteria", criteria),
                ("categories", sorted({*categories} - {""})),
            )
            for similar in similar_names(kind, names)
        ),
        unscored=tuple(sorted(roster_e.names - set(entry_names))),
        notes=tuple(notes),
    )


def _whole(declared: Sequence[int]) -> Integers:
    """Declared confidence in the smallest whole numbers; what takes more than six digits is rounded to them."""
    whole: Integers = np.array(declared, dtype=np.int64)
    whole = whole // np.gcd.reduce(whole)
    if whole.max() > MOST_CONFIDENCE:
        whole = np.maximum(np.rint(whole * (MOST_CONFIDENCE / whole.max())), 1).astype(np.int64)
    return whole


def _say_bad(column: Column, bad: dict[int, str], rows: Integers, faults: Faults) -> None:
    if bad:
        which = np.isin(column.codes, np.fromiter(bad, np.int64, len(bad)))
        faults.rows(which, rows, lambda place: bad[int(column.codes[place])])


def _sorted_names(column: Column) -> tuple[tuple[str, ...], Integers]:
    """Names in their order, and each row's number among them: so the order of rows matters to nothing."""
    order = sorted(range(len(column.texts)), key=column.texts.__getitem__)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    codes = number[column.codes] if len(order) else column.codes
    return tuple(column.texts[k] for k in order), codes


def _in_order(
    entry: Integers,
    judge: Integers,
    criterion: Integers,
    criteria: Sequence[str],
    entry_names: Sequence[str],
    judge_names: Sequence[str],
    columns: Columns,
    faults: Faults,
) -> Integers:
    """Rows by criterion, entry and judge; where one is there twice, that is a fault."""
    named = _where_named(columns, "entry") & _where_named(columns, "judge")
    keys = (criterion * max(len(entry_names), 1) + entry) * max(len(judge_names), 1) + judge
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    starts = np.maximum.accumulate(
        np.where(np.concatenate([[True], ~same])[: len(order)], np.arange(len(order)), 0)
    )
    for place in (np.flatnonzero(same) + 1).tolist():
        row, first = int(order[place]), int(starts[place])
        if not named[row]:
            continue
        what = f" on {criteria[int(criterion[row])]}" if len(criteria) > 1 else ""
        who = f"{judge_names[int(judge[row])]} scores {entry_names[int(entry[row])]} twice{what}"
        faults.row(
            int(columns.rows[row]),
            _braces(who) + "; the first is on line {}",
            see=int(columns.rows[int(order[first])]),
        )
    return order


def _where_named(columns: Columns, name: str) -> Booleans:
    """An empty name is a fault by itself, and nobody's twice."""
    return columns.columns[name].where(lambda text: bool(text.strip()))


def _gaps(column: Column) -> int:
    return int(column.where(lambda text: not text.strip()).sum())


def _categories(
    column: Column | None, entry: Integers, names: Sequence[str], columns: Columns, faults: Faults
) -> tuple[str, ...]:
    """The category of each entry, empty where none is named; two are a fault."""
    if column is None:
        return ("",) * len(names)
    named = np.flatnonzero(column.where(lambda text: bool(text.strip())))
    result = [""] * len(names)
    first: dict[int, int] = {}
    pairs = entry[named] * len(column.texts) + column.codes[named]
    _different, at = np.unique(pairs, return_index=True)
    for place in named[np.sort(at)].tolist():
        who, text = int(entry[place]), column.texts[int(column.codes[place])]
        if who in first:
            reason = f"{names[who]} is in category {text} here and in {result[who]} on line "
            faults.row(int(columns.rows[place]), _braces(reason) + "{}", see=int(columns.rows[first[who]]))
        else:
            first[who], result[who] = place, text
    return tuple(result)


def _braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _found(columns: Columns, comma: bool) -> str:
    parts = [columns.table.found]
    if comma:
        parts.append("decimal commas")
    text = f"{columns.table.name}: {', '.join(parts)}."
    if columns.ignored:
        many = "columns" if len(columns.ignored) > 1 else "column"
        text += f" Ignored: the {many} {', '.join(columns.ignored)}."
    if columns.blank:
        text += f" Left out: {columns.blank} empty rows."
    return text


def similar_names(kind: str, names: Iterable[str]) -> list[Similar]:
    """Names that differ in spaces, case or ways of writing the same letters only. They are not merged."""
    listed = list(names)
    plain = [
        name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold() for name in listed
    ]
    keys = ["".join(one.split()) for one in plain]
    if len(set(keys)) == len(keys):
        return []
    alike: dict[str, list[str]] = {}
    for key, name in zip(keys, listed, strict=True):
        alike.setdefault(key, []).append(name)
    return [Similar(kind, tuple(group)) for group in alike.values() if len(group) > 1]
