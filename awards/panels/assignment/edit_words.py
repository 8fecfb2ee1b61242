"""What is said of edits by hand: why one cannot be, what it does, what keeps the whole from being applied."""

from collections.abc import Mapping, Sequence
from typing import Any

from awards.panels.assignment.editing import Act, Effects, Kind, Problem, Refusal
from awards.panels.assignment.state import Pair
from awards.panels.assignment.telling import Names, entry_name, few, pair_words, seat_name
from awards.web.i18n import _, ngettext
from awards.web.words import NBSP, score


def refusal_words(refusal: Refusal, entries: Names, seats: Names, conflict: str = "") -> str:
    """`conflict` says what stands between the two, where that is known."""
    judge, entry = seat_name(seats, refusal.seat), entry_name(entries, refusal.entry)
    match refusal.why:
        case "conflict" if conflict:
            return _(
                "%(judge)s cannot read %(entry)s: %(conflict)s.", judge=judge, entry=entry, conflict=conflict
            )
        case "conflict":
            return _("%(judge)s cannot read %(entry)s: a conflict forbids it.", judge=judge, entry=entry)
        case "ended":
            return _(
                "%(judge)s stepped aside from %(entry)s, or the sheet was set aside.",
                judge=judge,
                entry=entry,
            )
        case "seat":
            return _("%(judge)s takes no more entries in this round.", judge=judge)
        case "category":
            return _("%(judge)s does not judge the category of %(entry)s.", judge=judge, entry=entry)
        case "begun":
            return _(
                "%(judge)s has begun the sheet of %(entry)s. What is written is never moved.",
                judge=judge,
                entry=entry,
            )
        case "already":
            return _("%(judge)s reads %(entry)s already.", judge=judge, entry=entry)
        case "not":
            return _("%(judge)s does not read %(entry)s.", judge=judge, entry=entry)
        case "nothing":
            return _("That would change nothing. Choose another entry and another judge.")
        case _:
            return _("Choose an entry of this round and a judge of its panel.")


def done(edit: Sequence[Any]) -> Act:
    """An act as a body keeps it."""
    kind, entry, seat, other_entry, other_seat = edit
    return Act(Kind(kind), entry, seat, other_entry, other_seat)


def act_words(act: Act, entries: Names, seats: Names) -> str:
    judge, entry = seat_name(seats, act.seat), entry_name(entries, act.entry)
    other, elsewhere = seat_name(seats, act.other_seat or 0), entry_name(entries, act.other_entry or 0)
    match act.kind:
        case Kind.GIVE:
            return _("%(judge)s reads %(entry)s as well.", judge=judge, entry=entry)
        case Kind.TAKE:
            return _("%(judge)s no longer reads %(entry)s.", judge=judge, entry=entry)
        case Kind.HAND:
            return _("%(other)s reads %(entry)s instead of %(judge)s.", other=other, entry=entry, judge=judge)
        case Kind.SWAP:
            return _(
                "%(judge)s and %(other)s swap: %(other)s reads %(entry)s, %(judge)s reads %(elsewhere)s.",
                judge=judge,
                other=other,
                entry=entry,
                elsewhere=elsewhere,
            )
        case Kind.PIN:
            return _("%(judge)s must read %(entry)s.", judge=judge, entry=entry)
        case Kind.BAN:
            return _("%(judge)s must not read %(entry)s.", judge=judge, entry=entry)
        case Kind.FREE:
            return _("Whether %(judge)s reads %(entry)s is free again.", judge=judge, entry=entry)


def problem_words(problem: Problem, entries: Names, seats: Names) -> str:
    """What forbids to apply, in names."""
    match problem.kind:
        case "over":
            return ngettext(
                "%(judge)s would read %(num)d entry more than their most.",
                "%(judge)s would read %(num)d entries more than their most.",
                problem.by,
                judge=seat_name(seats, problem.seat or 0),
            )
        case "short":
            return ngettext(
                "%(entry)s would lack %(num)d sheet.",
                "%(entry)s would lack %(num)d sheets.",
                problem.by,
                entry=entry_name(entries, problem.entry or 0),
            )
        case "conflict":
            pair = pair_words(entries, seats, (problem.entry or 0, problem.seat or 0))
            return _("A conflict forbids it now: %(pair)s.", pair=pair)
        case _:
            pair = pair_words(entries, seats, (problem.entry or 0, problem.seat or 0))
            return _("The sheet is begun by now, so it is not taken back: %(pair)s.", pair=pair)


def effect_words(
    effects: Effects, entries: Names, seats: Names, warnings: Mapping[Pair, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what follows, what to think twice about); what forbids to apply is said by `problem_words`.

    `warnings` says what stands between judge and entry.
    """
    plain: list[str] = []
    care: list[str] = []
    for seat, before, after, low, high in effects.loads:
        text = _(
            "%(judge)s reads %(after)d instead of %(before)d.",
            judge=seat_name(seats, seat),
            after=after,
            before=before,
        )
        if after < low:
            care.append(text + " " + _("That is less than their least, %(low)d.", low=low))
        elif high is not None and after > high:
            plain.append(text + " " + _("That is more than their most, %(high)d.", high=high))
        else:
            plain.append(text)
    for entry, before, after, wanted in effects.entries:
        text = _(
            "%(entry)s has %(after)d of %(wanted)d sheets, before %(before)d.",
            entry=entry_name(entries, entry),
            after=after,
            wanted=wanted,
            before=before,
        )
        (care if after > wanted else plain).append(text)
    plain += [
        _(
            "Expertise on %(entry)s, from 0 to 100: %(after)d, before %(before)d.",
            entry=entry_name(entries, entry),
            after=after,
            before=before,
        )
        for entry, before, after in effects.points
        if after != before
    ]
    care += [
        _(
            "%(judge)s %(conflict)s: %(entry)s.",
            judge=seat_name(seats, pair[1]),
            conflict=warnings.get(pair) or _("has a warning"),
            entry=entry_name(entries, pair[0]),
        )
        for pair in effects.warned
    ]
    care += [
        _(
            "%(judges)s work for %(employer)s and would both read %(entry)s.",
            judges=", ".join(seat_name(seats, seat) for seat in together),
            employer=employer,
            entry=entry_name(entries, entry),
        )
        for entry, employer, together in effects.together
    ]
    care += [
        _("%(entry)s has no expert on a seat that the rule keeps for one.", entry=entry_name(entries, entry))
        for entry, _seats in effects.waived
    ]
    care += [
        _("The judge has looked at it already: %(pair)s.", pair=pair_words(entries, seats, pair))
        for pair in effects.opened
    ]
    link, worse = linkage_words(effects.before, effects.after)
    (care if worse else plain).append(link)
    return tuple(plain), tuple(care)


def linkage_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, bool]:
    """How well judges could be compared, and whether they fall into more groups than before."""
    if after["parts"] > max(before["parts"], 1):
        return ngettext(
            "Judges would fall into %(num)d group that shares no entry with the others.",
            "Judges would fall into %(num)d groups that share no entry.",
            after["parts"],
        ), True
    if after["a_eff"] is None:
        return _(
            "How well judges can be compared is not known: they fall into groups, or too few read."
        ), False
    if before["a_eff"] is None:
        return _("How well judges can be compared: %(after)s.", after=_percent(after["a_eff"])), False
    return _(
        "How well judges can be compared: %(after)s, before %(before)s.",
        after=_percent(after["a_eff"]),
        before=_percent(before["a_eff"]),
    ), False


def _percent(millionths: int) -> str:
    return f"{score(100 * millionths, 1)}{NBSP}%"


def all_words(problems: Sequence[Problem], entries: Names, seats: Names) -> str:
    return " ".join(problem_words(problem, entries, seats) for problem in problems)


def seen_words(pairs: Sequence[Pair], entries: Names, seats: Names) -> str:
    return _(
        "Nothing was changed: an entry that this would take from a judge was opened since: %(named)s. Compute it anew.",
        named=few(pair_words(entries, seats, pair) for pair in pairs),
    )


def opened_words(seen: Sequence[tuple[str, str]]) -> str:
    """(judge, entry) of what was opened: an assignment is undone as long as there is none."""
    return _(
        "It can no longer be undone, because entries of it were opened: %(named)s.",
        named=few(_("%(judge)s opened %(entry)s", judge=judge, entry=entry) for judge, entry in seen),
    )
