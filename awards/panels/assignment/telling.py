"""Words about proposals: what changed, what is short and what would help. Names come in by id."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from awards.panels.assignment.state import Change, Pair
from awards.web.i18n import _, ngettext

Names = Mapping[int, str]

# So many things are named; the others are counted.
NAMED = 3

_PHRASES: Mapping[str, Callable[[str], str]] = {
    "rules": lambda _named: _("the rules about conflicts are others"),
    "seat-new": lambda named: _("new on the panel: %(named)s", named=named),
    "seat-gone": lambda named: _("no longer on the panel: %(named)s", named=named),
    "seat-over": lambda named: _("takes entries now, or no more: %(named)s", named=named),
    "loads": lambda named: _("reads more or fewer at least or at most: %(named)s", named=named),
    "categories": lambda named: _("judges other categories: %(named)s", named=named),
    "expertise": lambda named: _("knows more or less of a field: %(named)s", named=named),
    "employer": lambda named: _("has another employer: %(named)s", named=named),
    "entry-new": lambda named: _("new in the round: %(named)s", named=named),
    "entry-gone": lambda named: _("no longer in the round: %(named)s", named=named),
    "wanted": lambda named: _("wants more or fewer sheets: %(named)s", named=named),
    "category": lambda named: _("has another category, or its category other fields: %(named)s", named=named),
    "bridge": lambda named: _("is read by all now, or no more: %(named)s", named=named),
    "conflict-new": lambda named: _("in conflict now: %(named)s", named=named),
    "conflict-gone": lambda named: _("no longer in conflict: %(named)s", named=named),
    "warning-new": lambda named: _("has a warning now: %(named)s", named=named),
    "warning-gone": lambda named: _("has no warning any more: %(named)s", named=named),
    "given": lambda named: _("given since: %(named)s", named=named),
    "taken": lambda named: _("taken back since: %(named)s", named=named),
    "stepped-aside": lambda named: _("stepped aside or set aside: %(named)s", named=named),
    "came-back": lambda named: _("no longer set aside: %(named)s", named=named),
}


def entry_name(entries: Names, key: int) -> str:
    return entries.get(key) or _("an entry that is gone")


def seat_name(seats: Names, key: int) -> str:
    return seats.get(key) or _("a judge who is gone")


def pair_words(entries: Names, seats: Names, pair: Sequence[int]) -> str:
    return _("%(judge)s with %(entry)s", judge=seat_name(seats, pair[1]), entry=entry_name(entries, pair[0]))


def few(names: Iterable[str], most: int = NAMED) -> str:
    """The first names, and how many more there are."""
    known = list(names)
    shown = "; ".join(known[:most])
    more = len(known) - most
    if more <= 0:
        return shown
    return ngettext("%(shown)s and %(num)d more", "%(shown)s and %(num)d more", more, shown=shown)


def changes_words(found: Sequence[Change], entries: Names, seats: Names) -> str:
    """Why a proposal is refused: what is not as it was computed from."""
    phrases = []
    for kind, same in groupby(
        sorted(found, key=lambda one: list(_PHRASES).index(one.kind)), lambda one: one.kind
    ):
        phrases.append(_PHRASES[kind](few(_of_change(one, entries, seats) for one in same)))
    if not phrases:
        return _(
            "The panel changed since this was computed, so nothing was assigned. Compute a new proposal."
        )
    return _(
        "The panel changed since this was computed, so nothing was assigned: %(changes)s. Compute a new proposal.",
        changes=" · ".join(phrases),
    )


def _of_change(one: Change, entries: Names, seats: Names) -> str:
    if one.entry is not None and one.seat is not None:
        return pair_words(entries, seats, (one.entry, one.seat))
    if one.entry is not None:
        return entry_name(entries, one.entry)
    return seat_name(seats, one.seat) if one.seat is not None else ""


def begun_words(pairs: Sequence[Pair], entries: Names, seats: Names) -> str:
    return _(
        "Nothing was changed: this would take back what a judge has begun or stepped aside from since: %(named)s."
        " Compute a new proposal.",
        named=few(pair_words(entries, seats, pair) for pair in pairs),
    )


def weakness_words(kept: Mapping[str, int]) -> str:
    """Why nobody who knows more reads an entry."""
    said = []
    if kept["better"]:
        said.append(
            ngettext(
                "%(num)d other judge knows its fields better",
                "%(num)d other judges know its fields better",
                kept["better"],
            )
        )
        for name, phrase in (
            ("conflict", _("in conflict: %(count)d")),
            ("category", _("other categories only: %(count)d")),
            ("banned", _("not wanted: %(count)d")),
            ("full", _("at their most: %(count)d")),
            ("needed", _("needed elsewhere: %(count)d")),
        ):
            if kept[name]:
                said.append(phrase % {"count": kept[name]})
    else:
        said.append(_("Nobody on the panel who is not in conflict knows more"))
    if kept["unsaid"]:
        said.append(_("said nothing of its fields: %(count)d", count=kept["unsaid"]))
    if kept["stay"]:
        said.append(_("had it before: %(count)d", count=kept["stay"]))
    return " · ".join(said)


def shortage_words(found: Mapping[str, Any]) -> str:
    """The cut that proves it, in numbers; the names stand beside it."""
    short = found["wanted"] - found["possible"]
    values = {"wanted": found["wanted"], "possible": found["possible"], "short": short}
    entries, judges = len(found["entries"]), len(found["seats"])
    if not found["missing"] and found["under"]:
        return ngettext(
            "This judge is to read %(wanted)d entries at least, and only %(possible)d sheets can be theirs: %(short)d short.",
            "These %(num)d judges are to read %(wanted)d entries at least, and only %(possible)d sheets can be theirs: %(short)d short.",
            judges,
            **values,
        )
    if not judges:
        return ngettext(
            "Nobody on the panel can be given this entry any more: %(wanted)d sheets wanted, %(possible)d possible, %(short)d short.",
            "Nobody on the panel can be given these %(num)d entries any more: %(wanted)d sheets wanted, %(possible)d possible, %(short)d short.",
            entries,
            **values,
        )
    by = ngettext("only by this judge", "only by these %(num)d judges", judges)
    return ngettext(
        "This entry can be read %(by)s: %(wanted)d sheets wanted, %(possible)d possible, %(short)d short.",
        "These %(num)d entries can be read %(by)s: %(wanted)d sheets wanted, %(possible)d possible, %(short)d short.",
        entries,
        by=by,
        **values,
    )


def rule_words(rules: Sequence[str]) -> tuple[str, ...]:
    said = {
        "expert-seat": _("Without the rule about experts less would be short."),
        "apart": _("If judges of one employer could read the same entry, less would be short."),
    }
    return tuple(said[rule] for rule in rules if rule in said)


def remedy_words(
    one: Mapping[str, Any],
    loads: Mapping[int, tuple[int, int | None]],
    wanted: Mapping[int, int],
    entries: Names,
    seats: Names,
    categories: Names,
) -> str:
    judge = seat_name(seats, one["seat"]) if one["seat"] else ""
    entry = entry_name(entries, one["entry"]) if one["entry"] else ""
    low, high = loads.get(one["seat"] or 0, (0, None))
    amount = one["amount"]
    match one["kind"]:
        case "raise-high":
            return _(
                "Let %(judge)s read %(more)d entries at most, not %(most)d",
                judge=judge,
                more=(high or 0) + amount,
                most=high or 0,
            )
        case "lower-low":
            return _(
                "Let %(judge)s read %(fewer)d entries at least, not %(least)d",
                judge=judge,
                fewer=max(low - amount, 0),
                least=low,
            )
        case "lower-need":
            least = wanted.get(one["entry"], 0)
            return ngettext(
                "Ask for %(num)d sheet of %(entry)s, not %(wanted)d",
                "Ask for %(num)d sheets of %(entry)s, not %(wanted)d",
                least - amount,
                entry=entry,
                wanted=least,
            )
        case "widen":
            return ngettext(
                "Let %(judge)s judge %(category)s too: %(num)d of these entries",
                "Let %(judge)s judge %(category)s too: %(num)d of these entries",
                amount,
                judge=judge,
                category=categories.get(one["category"], ""),
            )
        case "raise-all":
            return ngettext(
                "Let each of these judges read %(num)d entry more at most",
                "Let each of these judges read %(num)d entries more at most",
                amount,
            )
        case "lower-all":
            return ngettext(
                "Ask for %(num)d sheet less of each of these entries, one at least",
                "Ask for %(num)d sheets less of each of these entries, one at least",
                amount,
            )
        case "join-group":
            return _("Let judges of %(employer)s read the same entry", employer=one["employer"])
        case "lower-seats":
            return _("Do without an expert on %(entry)s", entry=entry)
        case "waive":
            return _(
                "Have two people waive the conflict of %(judge)s with %(entry)s", judge=judge, entry=entry
            )
        case _other:
            return ngettext(
                "Ask somebody else who may read these entries: %(num)d sheet is missing",
                "Ask somebody else who may read these entries: %(num)d sheets are missing",
                amount,
            )


def left_words(left: int | None) -> str:
    """What a remedy would leave short."""
    if left is None:
        return ""
    if left == 0:
        return _("Then nothing is short.")
    return ngettext(
        "Then %(num)d sheet would still be short.", "Then %(num)d sheets would still be short.", left
    )


def stage_words(percent: int) -> str:
    """What is being done, by how far it is (`awards.panels.assignment.solving.STAGES`)."""
    if percent < 2:
        return _("Waiting for its turn.")
    if percent < 10:
        return _("Reading who may read what.")
    if percent < 60:
        return _("Looking for the readers who fit best, with level loads.")
    if percent < 74:
        return _("Proving that nothing is better, or finding out what is short.")
    if percent < 90:
        return _("Linking judges by entries that they share, or trying out remedies.")
    return _("Writing it down.")
