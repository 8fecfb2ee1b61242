"""From what is known before a round to what it would find, and the answer in sentences and rows. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import Any

from msgspec import Struct

from awards.errors import Busy
from awards.web.figures import MILLION, Axis, axis, fixed_axis
from awards.web.i18n import _, ngettext
from awards.web.words import chance, listing, number, places
from judging import Expected, Plan, Prospect, expected_of, plan_round

MOST_ENTRIES = 1000
MOST_JUDGES = 200
# The line between judges who differ less and more is drawn up to here: it asks for two plans more.
MOST_FOR_RANGE = 300
COMPARED = range(2, 7)
PATIENCE = 20

# Deviations of judges and of what is left of a score, with the entries' own as 1. Measured by REML on public data:
# diving .05 and .31, figure skating .13 and .30; essays .22 to .53 and .60 to 1.1; wines of 1976 .48 to .62 and 1.2 to 1.8.
LEVELS: Mapping[str, Expected] = {
    "small": Expected(1.0, 0.15, 0.35),
    "usual": Expected(1.0, 0.4, 0.8),
    "large": Expected(1.0, 0.6, 1.4),
}


class Known(Struct, frozen=True):
    """A category as the edition knows it."""

    code: str
    name: str
    drafts: int
    waiting: int
    eligible: int
    in_round: int
    places: int
    criteria: int


class Ask(Struct, frozen=True):
    """What is asked, checked. `minutes` are for one sheet."""

    entries: tuple[int, ...]
    judges: int
    apart: bool
    reads: int
    minutes: int
    criteria: int
    places: int
    differ: str
    expected: Expected

    @property
    def panels(self) -> tuple[int, ...]:
        """Judges of each category, where each has its own."""
        return shared_out(self.judges, self.entries)

    @property
    def largest(self) -> int:
        """The most sheets that an entry can have."""
        return max(self.panels, default=0) if self.apart else self.judges

    @property
    def compared(self) -> tuple[int, ...]:
        wanted = {*COMPARED, self.reads, self.reads + 1}
        return tuple(sorted(k for k in wanted if k <= self.largest))


def shared_out(judges: int, entries: Sequence[int]) -> tuple[int, ...]:
    """A panel for each category that has entries; each further judge goes where most is left to each."""
    given = [1 if count else 0 for count in entries]
    read = [i for i, count in enumerate(entries) if count]
    for _judge in range(judges - len(read) if read else 0):
        given[max(read, key=lambda i: entries[i] / given[i])] += 1
    return tuple(given)


def deviations(body: Mapping[str, Any]) -> Expected | None:
    """What a past run says of how judges and entries differ, to two decimals; None where it cannot."""
    rows = [s for s in body.get("standings", ()) if s["scope"] == "all" and s["sheets"]]
    judges = [j for j in body.get("judges", ()) if j["scope"] == "all"]
    if any(s["estimate"] is None or s["error"] is None for s in rows):
        return None
    if any(j["severity"] is None or j["error"] is None for j in judges):
        return None
    codes = {category: i for i, category in enumerate(sorted({s["category"] for s in rows}))}
    found = expected_of(
        [s["estimate"] / MILLION for s in rows],
        [s["error"] / MILLION for s in rows],
        [s["sheets"] for s in rows],
        [codes[s["category"]] for s in rows],
        [j["severity"] / MILLION for j in judges],
        [j["error"] / MILLION for j in judges],
    )
    # Noise of 0 is not to be had from a round that ended: what is rounded away counts as a hundredth.
    return found and Expected(1.0, round(found.judges, 2), max(round(found.noise, 2), 0.01))


# --- drawing, away from the event loop -------------------------------------------------------------------

_one_at_a_time = Lock()


def foreseen(ask: Ask, expected: Expected) -> tuple[Plan, ...]:
    """For each number of sheets that is compared. Known answers are kept; one question is worked on at a time."""
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise Busy
    try:
        panels = ask.panels if ask.apart else ask.judges
        return _plans(ask.entries, panels, ask.compared, expected, ask.places)
    finally:
        _one_at_a_time.release()


@lru_cache(maxsize=256)
def _plans(
    entries: tuple[int, ...],
    panels: int | tuple[int, ...],
    reads: tuple[int, ...],
    expected: Expected,
    most: int,
) -> tuple[Plan, ...]:
    return plan_round(entries, panels, reads, expected=expected, tiers=(1, most))


# --- the answer -----------------------------------------------------------------------------------------


class ReadsRow(Struct, frozen=True):
    """One number of sheets an entry; chances in millionths, over all categories alike."""

    reads: int
    chosen: bool
    first: int
    low: int
    high: int
    found: str
    right: int
    each: str
    hours: str
    sheets: int


class CategoryRow(Struct, frozen=True):
    name: str
    entries: int
    judges: int
    first: int
    right: int
    middle: int
    reach: int
    within: str


class Answer(Struct, frozen=True):
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    rows: tuple[ReadsRow, ...]
    axis: Axis
    ranged: bool
    categories: tuple[CategoryRow, ...]
    places_axis: Axis
    unranked: tuple[str, ...]


def answer(
    ask: Ask,
    known: Sequence[Known],
    limits: Sequence[int],
    plans: Sequence[Plan],
    others: Sequence[Sequence[Plan]],
) -> Answer:
    """`limits` is what judges of the panel read at most, where that is known; `others` are the same plans where judges
    differ less, and where they differ more, or nothing."""
    rows = tuple(_row(ask, plan, [plans_too[i] for plans_too in others]) for i, plan in enumerate(plans))
    chosen = next(i for i, plan in enumerate(plans) if plan.reads == ask.reads)
    categories = _categories(ask, known, plans[chosen])
    more = plans[chosen + 1] if chosen + 1 < len(plans) else None
    return Answer(
        sentences=tuple(_sentences(ask, plans[chosen], more, [plans_too[chosen] for plans_too in others])),
        warnings=(*_load_warnings(plans[chosen], limits), *_warnings(ask, known)),
        rows=rows,
        axis=axis([100 * value for row in rows for value in (row.low, row.high)]),
        ranged=bool(others),
        categories=categories,
        places_axis=fixed_axis(MILLION // 2, (max(row.reach for row in categories) + 1) * MILLION),
        unranked=tuple(one.name for one, count in zip(known, ask.entries, strict=True) if count == 1),
    )


def _row(ask: Ask, plan: Plan, others: Sequence[Plan]) -> ReadsRow:
    ranked = _ranked(plan)
    first = _first(plan)
    beside = [first, *(_first(other) for other in others)]
    return ReadsRow(
        reads=plan.reads,
        chosen=plan.reads == ask.reads,
        first=first,
        low=min(beside),
        high=max(beside),
        found=_found(ask, ranked),
        right=_mean([one.right[1] for one in ranked]),
        each=places(*plan.loads),
        hours=duration(plan.loads[1] * ask.minutes),
        sheets=plan.sheets,
    )


def _ranked(plan: Plan) -> list[Prospect]:
    return [one for one in plan.categories if one is not None]


def _mean(values: Sequence[float]) -> int:
    return round(MILLION * sum(values) / len(values))


def _first(plan: Plan) -> int:
    return _mean([one.winner for one in _ranked(plan)])


def _found(ask: Ask, ranked: Sequence[Prospect]) -> str:
    """How many of the first places go to entries that deserve one."""
    return number(Decimal(ask.places * _mean([one.found[1] for one in ranked])) / MILLION, 1)


def _categories(ask: Ask, known: Sequence[Known], plan: Plan) -> tuple[CategoryRow, ...]:
    return tuple(
        CategoryRow(
            name=one.name,
            entries=entries,
            judges=judges,
            first=round(MILLION * found.winner),
            right=round(MILLION * found.right[1]),
            middle=found.first_is[0],
            reach=found.first_is[1],
            within=places(1, found.first_is[1]),
        )
        for one, entries, judges, found in zip(
            known,
            ask.entries,
            ask.panels if ask.apart else (ask.judges,) * len(known),
            plan.categories,
            strict=True,
        )
        if found is not None
    )


def duration(minutes: int) -> str:
    """As long as people say it: 40 minutes, 2.5 hours, 12 hours."""
    if minutes < 90:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    halves = round(minutes / 30)
    if halves % 2 and halves < 20:
        return _("%(number)s hours", number=number(Decimal(halves) / 2, 1))
    hours = round(minutes / 60)
    return ngettext("%(num)d hour", "%(num)d hours", hours)


def _sentences(ask: Ask, plan: Plan, more: Plan | None, others: Sequence[Plan]) -> list[str]:
    ranked = _ranked(plan)
    said = [
        _(
            "With %(entries)s, %(judges)s and %(sheets)s an entry, each judge reads %(each)s: about %(hours)s, and %(marks)s.",
            entries=ngettext("%(num)d entry", "%(num)d entries", sum(ask.entries)),
            judges=ngettext("%(num)d judge", "%(num)d judges", ask.judges),
            sheets=ngettext("%(num)d sheet", "%(num)d sheets", ask.reads),
            each=_reads_words(plan.loads),
            hours=duration(plan.loads[1] * ask.minutes),
            marks=ngettext("%(num)d mark", "%(num)d marks", plan.loads[1] * ask.criteria),
        )
    ]
    sure = chance(_first(plan))
    if len(ranked) > 1:
        said.append(
            _(
                "The first place of a category would go to its truly best entry in about %(chance)s such juries.",
                chance=sure,
            )
        )
    else:
        said.append(
            _(
                "The first place would go to the truly best entry in about %(chance)s such juries.",
                chance=sure,
            )
        )
    if ask.places > 1:
        said.append(
            _(
                "Of the first %(places)d places %(found)s would go to entries that deserve one; all of them would in %(chance)s.",
                places=ask.places,
                found=_found(ask, ranked),
                chance=chance(_mean([one.right[1] for one in ranked])),
            )
        )
    if others:
        less, much = _first(others[0]), _first(others[1])
        said.append(
            _(
                "Were judges to differ as little as in sports with trained judges, the first place would be right in %(less)s; as much as in wine tasting, in %(more)s.",
                less=chance(less),
                more=chance(much),
            )
        )
    if more is not None and more.reads == ask.reads + 1:
        said.append(
            _(
                "One more sheet an entry would make the first place right in %(chance)s, and cost each judge up to %(entries)s more: about %(hours)s.",
                chance=chance(_first(more)),
                entries=ngettext("%(num)d entry", "%(num)d entries", more.loads[1] - plan.loads[1]),
                hours=duration((more.loads[1] - plan.loads[1]) * ask.minutes),
            )
        )
    else:
        said.append(_("More sheets an entry are not to be had: everybody reads everything that they can."))
    return said


def _reads_words(loads: tuple[int, int]) -> str:
    low, high = loads
    if low == high:
        return ngettext("%(num)d entry", "%(num)d entries", high)
    if high == low + 1:
        return _("%(low)d or %(high)d entries", low=low, high=high)
    return _("%(low)d to %(high)d entries", low=low, high=high)


def _load_warnings(plan: Plan, limits: Sequence[int]) -> list[str]:
    over = sum(limit < plan.loads[1] for limit in limits)
    if not over:
        return []
    return [
        ngettext(
            "%(num)d judge of the panel reads fewer entries at most than the %(load)d that fall to each: others would read more, or more judges are needed.",
            "%(num)d judges of the panel read fewer entries at most than the %(load)d that fall to each: others would read more, or more judges are needed.",
            over,
            load=plan.loads[1],
        )
    ]


def _warnings(ask: Ask, known: Sequence[Known]) -> list[str]:
    found = []
    panels = ask.panels if ask.apart else (ask.judges,)
    named = [
        one.name
        for one, panel, entries in zip(known, panels if ask.apart else (), ask.entries, strict=False)
        if entries and panel < 4
    ]
    if ask.reads == 1:
        found.append(
            _(
                "With one sheet an entry nobody can tell a strict judge from a weak entry. Ask for two at least."
            )
        )
    if not ask.apart and ask.judges < 4:
        found.append(
            _(
                "With fewer than 4 judges their strictness can hardly be estimated. Invite more, or let all read everything."
            )
        )
    if named:
        found.append(
            _(
                "The panels of %(names)s have fewer than 4 judges, so that their strictness can hardly be estimated.",
                names=listing(named),
            )
        )
    if ask.apart and sum(1 for count in ask.entries if count) > 1:
        found.append(
            _(
                "The panels are separate: how strict one is beside another cannot be known, so no prize can be given across categories. Judges who read in two categories, or entries that all read, would join them."
            )
        )
    short = [
        one.name
        for one, panel, entries in zip(known, panels if ask.apart else (), ask.entries, strict=False)
        if entries and panel < ask.reads
    ]
    if short:
        found.append(
            _(
                "In %(names)s there are fewer judges than sheets asked for: everybody reads everything there, and the sheets fall short.",
                names=listing(short),
            )
        )
    return found
