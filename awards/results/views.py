"""How a run is shown to the secretariat: rows beside each other, drawn, and as sentences. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.results import remarks as wording
from awards.results.candidates import prize_lines
from awards.results.carrying import without_carried
from awards.results.chances import Followed
from awards.results.queries import EntryName, JudgeName, Names
from awards.web.figures import Axis, Band, axis, balanced_axis, bands, between, in_question
from awards.web.i18n import _, ngettext
from awards.web.words import chance, listing
from judging import competition_ranks
from judging.rounds import Rule

# 90 of 100 lie within so many standard errors, in thousandths.
NINETY = 1645


def method_name(code: str) -> str:
    """A way of counting as the secretariat knows it."""
    return {
        "calibrated": _("calibrated scores"),
        "least-squares": _("least squares"),
        "mean": _("the plain mean"),
        "median": _("the median"),
        "trimmed": _("the trimmed mean"),
        "z-score": _("standardised marks"),
        "min-max": _("stretched marks"),
        "own country": _("judges of the entry’s own country left out"),
    }.get(code, code)


class StandingRow(Struct, frozen=True):
    reference: str
    entrant: str
    title: str
    sheets: int
    raw: int | None
    by_mean: int | None
    estimate: int | None
    difference: int | None
    error: int | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    quantiles: tuple[int, ...]
    first: int | None
    prize: int | None


class Ranking(Struct, frozen=True):
    axis: Axis
    bands: tuple[Band[StandingRow], ...]
    unranked: tuple[StandingRow, ...]
    cut: int | None
    tied: bool
    allows: bool
    """Whether the method allows for strictness, so that a score differs from its plain mean by what it allows."""
    carried: bool


def allows_for_strictness(body: Mapping[str, Any]) -> bool:
    return body["method"]["rule"] in (Rule.CALIBRATED.value, Rule.LEAST_SQUARES.value)


def ranking(
    body: Mapping[str, Any], inputs: Mapping[str, Any], category: str, entries: Mapping[str, EntryName],
    scope: str = "all",
) -> Ranking | None:  # fmt: skip
    """The category by its official order, with the prize line and the entries that it cuts through.

    By one criterion, its code as the scope, nobody takes a prize and nothing is carried over.
    """
    found = [s for s in body.get("standings", ()) if s["scope"] == scope and s["category"] == category]
    if not found:
        return None
    by_mean = competition_ranks([None if s["raw"] is None else (s["raw"],) for s in found])
    carried = {one["entry"]: one for one in inputs.get("carried", ()) if scope == "all"}
    load = sum(one["weights"].get(category, 0) for one in inputs["criteria"])
    rows = [
        _standing(s, mean, entries, load, carried.get(s["entry"]))
        for s, mean in zip(found, by_mean, strict=True)
    ]
    ranked = [row for row in rows if row.rank is not None and row.estimate is not None]
    values = [
        value for row in ranked for value in (row.estimate, row.raw, *row.quantiles) if value is not None
    ]
    grouped = bands(ranked, lambda row: row.prize is not None and in_question(row.prize))
    lines = prize_lines(body, category) if scope == "all" else ()
    return Ranking(
        axis(values),
        grouped,
        tuple(row for row in rows if row.rank is None),
        _cut(ranked, lines[-1] if lines else 0),
        any(band.tied for band in grouped),
        allows_for_strictness(body),
        any(row.reference in carried for row in rows),
    )


def _standing(
    s: Mapping[str, Any], by_mean: int | None, entries: Mapping[str, EntryName], load: int,
    carried: Mapping[str, Any] | None,
) -> StandingRow:  # fmt: skip
    name = entries.get(s["entry"])
    known = s["estimate"] is not None and s["raw"] is not None
    return StandingRow(
        reference=s["entry"],
        entrant=name.entrant if name else s["entry"],
        title=name.title if name else "",
        sheets=s["sheets"],
        raw=s["raw"],
        by_mean=by_mean,
        estimate=s["estimate"],
        difference=without_carried(s["estimate"], load, carried) - s["raw"] if known else None,
        error=s["error"],
        rank=s["rank"],
        rank_low=s["rank_low"],
        rank_high=s["rank_high"],
        quantiles=tuple(s["quantiles"]),
        first=s["chances"][0] if s["chances"] else None,
        prize=sum(s["prize_chances"].values()) if s["prize_chances"] else None,
    )


def _cut(ranked: Sequence[StandingRow], places: int) -> int | None:
    if not 0 < places < len(ranked):
        return None
    last_in, first_out = ranked[places - 1].estimate, ranked[places].estimate
    assert last_in is not None
    assert first_out is not None
    return between(last_in, first_out)


class JudgeRow(Struct, frozen=True):
    label: str
    name: str
    sheets: int
    low: int
    high: int
    gives: int
    """Points more or less than the others would give: severity with its sign turned round."""
    flagged: bool


class Judges(Struct, frozen=True):
    axis: Axis
    rows: tuple[JudgeRow, ...]


def judges(body: Mapping[str, Any], names: Mapping[str, JudgeName]) -> Judges | None:
    """How strict each judge is over all criteria; the interval is the widest that one criterion gives."""
    errors: dict[str, int] = {}
    for effect in body.get("judges", ()):
        if effect["error"] is not None:
            errors[effect["judge"]] = max(errors.get(effect["judge"], 0), effect["error"])
    rows = []
    for effect in body.get("judges", ()):
        if effect["scope"] != "all" or effect["severity"] is None:
            continue
        gives = -effect["severity"]
        reach = errors.get(effect["judge"], 0) * NINETY // 1000
        label = effect["judge"]
        rows.append(
            JudgeRow(
                label,
                names[label].name if label in names else label,
                effect["sheets"],
                gives - reach,
                gives + reach,
                gives,
                flagged=reach > 0 and (gives - reach > 0 or gives + reach < 0),
            )
        )
    if not rows:
        return None
    rows.sort(key=lambda row: (row.gives, row.label))
    return Judges(balanced_axis([value for row in rows for value in (row.low, row.high)]), tuple(rows))


class Said(Struct, frozen=True):
    """A sentence with what it asks: `look` is to be looked at, `moves` moves a prize."""

    kind: str
    text: str
    remedy: str = ""


def remarks(
    body: Mapping[str, Any], entries: Mapping[str, EntryName], names: Mapping[str, JudgeName],
    category: str | None, hidden: frozenset[str],
) -> list[Said]:  # fmt: skip
    """What the method has to say of its data; `category` None is what concerns the whole round."""
    said = []
    for remark in body.get("remarks", ()):
        if remark["category"] != category:
            continue
        who = [names[label].name for label in remark["judges"] if label in names]
        what = [
            entries[ref].entrant
            for ref in remark["entries"]
            if ref in entries and entries[ref].category not in hidden
        ]
        text = wording.sentence(remark["code"], remark["sentence"])
        if who and len(who) <= 6 and remark["code"] != "balanced":
            text = _("%(sentence)s Judges: %(names)s.", sentence=text, names=listing(who))
        if what and len(what) <= 6 and remark["code"] not in ("balanced", "disconnected"):
            text = _("%(sentence)s Entries: %(names)s.", sentence=text, names=listing(what))
        said.append(
            Said(
                "done" if remark["code"] in ("balanced", "method") else "look",
                text,
                wording.remedy(remark["remedy"]),
            )
        )
    return said


def otherwise(
    body: Mapping[str, Any], entries: Mapping[str, EntryName], names: Names, found: Followed
) -> list[Said]:
    """Would one of these prizes move: by other methods, without some sheets, without one judge."""
    said: list[Said] = []
    quiet: list[str] = []
    judges = 0
    for alternative in body.get("alternatives", ()):
        by_code = {move["prize"]: move for move in alternative["moves"]}
        moves = [by_code[rule.code] for rule in found.rules if rule.code in by_code]
        is_judge = alternative["kind"] == "judge"
        if not moves:
            judges += is_judge
            quiet += [] if is_judge else [method_name(alternative["what"])]
            continue
        judge = names.judges.get(alternative["what"]) if is_judge else None
        way = _("without %(judge)s", judge=judge.name) if judge else method_name(alternative["what"])
        parts = [moved(move["prize"], move["gains"], move["loses"], names, entries) for move in moves]
        said.append(Said("moves", f"{_capital(way)}: {'; '.join(parts)}."))
    if judges:
        quiet.append(ngettext("without %(num)d of the judges", "without any one of %(num)d judges", judges))
    if quiet:
        said.append(Said("done", _("No prize moves: %(ways)s.", ways=listing(quiet))))
    return said


def moved(
    code: str, gaining: Sequence[str], losing: Sequence[str], names: Names, entries: Mapping[str, EntryName]
) -> str:
    """Who would gain and who lose a prize, in words."""
    prize = names.prizes.get(code, code)
    gains = listing([entries[ref].entrant for ref in gaining if ref in entries])
    loses = listing([entries[ref].entrant for ref in losing if ref in entries])
    if gains and loses:
        return _("%(prize)s goes to %(gains)s instead of %(loses)s", prize=prize, gains=gains, loses=loses)
    if gains:
        return _("%(gains)s also takes %(prize)s", gains=gains, prize=prize)
    return _("%(loses)s loses %(prize)s", loses=loses, prize=prize)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def steps(body: Mapping[str, Any], category: str, entries: Mapping[str, EntryName]) -> list[str]:
    """How often the first few were ahead of the next."""
    said = []
    for step in body.get("steps", ()):
        ahead, behind = entries.get(step["ahead"]), entries.get(step["behind"])
        if ahead and behind and ahead.category == category:
            text = _("%(first)s was ahead of %(second)s in %(count)s recalculations.", first=ahead.entrant,
                     second=behind.entrant, count=chance(step["chance"]))  # fmt: skip
            said.append(text)
    return said[:5]


class MethodLine(Struct, frozen=True):
    """The ranks that other methods would give, in the order of the official one."""

    reference: str
    entrant: str
    ranks: tuple[int | None, ...]


def methods(
    body: Mapping[str, Any], category: str, entries: Mapping[str, EntryName], order: Sequence[StandingRow]
) -> tuple[tuple[str, ...], tuple[MethodLine, ...]]:
    found = [a for a in body.get("alternatives", ()) if a["kind"] == "method"]
    ranks = [{r["entry"]: r["rank"] for r in a["results"]} for a in found]
    return tuple(method_name(a["what"]) for a in found), tuple(
        MethodLine(row.reference, row.entrant, tuple(one.get(row.reference) for one in ranks))
        for row in order
    )


def own_country(
    body: Mapping[str, Any], category: str, entries: Mapping[str, EntryName], names: Mapping[str, JudgeName]
) -> list[tuple[str, str, str]]:
    """Sheets of judges from the entry's own country: entrant, country, judge."""
    return [
        (entries[o["entry"]].entrant, entries[o["entry"]].country, names[o["judge"]].name)
        for o in body.get("own_country", ())
        if o["entry"] in entries and o["judge"] in names and entries[o["entry"]].category == category
    ]
