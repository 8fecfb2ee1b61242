"""Words about proposals: what changed, what is short and what would help. Names come in by id."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from awards.panels.base import Change, Pair
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
