"""Who may see marks and when, states of a run, and what a decision on prizes must say. Pure."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from awards.editions.document import ONCE
from awards.editions.round_method import BY_HAND, method_of
from awards.editions.rules import RoundState
from awards.errors import Denied, Invalid
from awards.web.i18n import _, ngettext
from judging import Method, Rule, TieBreak


class RunState(StrEnum):
    PROVISIONAL = "provisional"
    ADOPTED = "adopted"
    DROPPED = "dropped"
    SUPERSEDED = "superseded"


RUN_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.PROVISIONAL: frozenset({RunState.ADOPTED, RunState.DROPPED}),
    RunState.ADOPTED: frozenset({RunState.SUPERSEDED}),
    RunState.DROPPED: frozenset(),
    RunState.SUPERSEDED: frozenset(),
}

# While a sheet of the round may still change, nobody sees a mark or an average, the secretariat included.
SETTLED = frozenset({RoundState.CLOSED, RoundState.DECIDED})


def is_settled(state: str) -> bool:
    return state in SETTLED


def shows_runs(state: str) -> bool:
    """Whether the runs of a round are read. Those from before further reads hold no mark of these."""
    return is_settled(state) or state == RoundState.EXTRA


def may_ask_for_reads(state: str, rule: str = ONCE, read_before: bool = False) -> Denied | None:
    """A closed round can read entries once more, if its rules announced it; nobody reads on until the order suits."""
    if state in (RoundState.CLOSED, RoundState.EXTRA) and rule != ONCE:
        return Denied(
            "not announced",
            _("The rules of this edition say that no entry is read once more when a round is closed."),
        )
    if state == RoundState.CLOSED and read_before:
        return Denied(
            "read before",
            _("Entries of this round were read once more already. The rules allow it once at most."),
        )
    if state in (RoundState.CLOSED, RoundState.EXTRA):
        return None
    if state == RoundState.DECIDED:
        return Denied("round decided", _("This round is decided, so nothing of it is read any more."))
    return Denied("round open", _("Further reads can be asked for when the round is closed."))


def not_while_reading(state: str) -> Denied | None:
    """Between the closing and the closing after it no outcome is made: some of its sheets are still to come."""
    if state != RoundState.EXTRA:
        return None
    return Denied(
        "round extra", _("Entries of this round are being read once more. Close it again before you go on.")
    )


def near_a_line(rank_low: int | None, rank_high: int | None, places: int) -> bool:
    """Whether the interval of the rank lies on both sides of the line after so many places."""
    return rank_low is not None and rank_high is not None and places > 0 and rank_low <= places < rank_high


def may_calibrate(state: str, kind: str) -> Denied | None:
    if not is_settled(state):
        return Denied("round open", _("Results are computed when the round is closed."))
    if kind != "criteria":
        return Denied("no marks", _("This round is passed or failed; it has no marks to calibrate."))
    return None


def none_in_conflict(sheets: int) -> Denied | None:
    """In a closed round two people say what becomes of a sheet by a judge whom a rule keeps from the entry."""
    if not sheets:
        return None
    return Denied(
        "in conflict",
        ngettext(
            "%(num)s sheet that counts is by a judge whom a rule keeps from the entry. Two people set it aside or"
            " let it pass: see the conflict report of the round.",
            "%(num)s sheets that count are by judges whom a rule keeps from their entries. Two people set them"
            " aside or let them pass: see the conflict report of the round.",
            sheets,
        ),
    )


def may_run_again(state: str, holds: bool) -> Denied | None:
    """In a decided round a run only corrects: when what the adopted one was computed from no longer holds."""
    if state != RoundState.DECIDED or not holds:
        return None
    return Denied(
        "round decided",
        _(
            "This round is decided, and what its adopted run was computed from still holds. Another run is computed"
            " only for a correction: when two people have left a sheet out, or an entry is no longer in."
        ),
    )


def may_leave_out(state: str) -> Denied | None:
    """Two people leave a sheet out once the round is closed; while it is open, it is reopened instead."""
    if is_settled(state):
        return None
    return Denied("round open", _("A sheet is left out by two people when the round is closed."))


def decision_obstacles(
    state: str, kind: str, entries: int, adopted: bool, current: bool, unsettled: Collection[str] = ()
) -> tuple[str, ...]:
    """What stands in the way of declaring a round decided. `unsettled`: what its panels have not concluded."""
    if state == RoundState.DECIDED:
        return (_("The round is decided already."),)
    if not is_settled(state):
        return (_("The round is not closed."),)
    if kind != "criteria" or not entries:
        return ()
    if not adopted:
        return (_("No run of the round is adopted, so it has no outcome yet."),)
    if not current:
        return (
            _("The adopted run is out of date: other sheets count now. Calculate again and adopt that run."),
        )
    return tuple(unsettled)


def rests_on(
    inputs: Mapping[str, Any], entries: Collection[str], sheets: Collection[tuple[str, str]]
) -> bool:
    """Whether a run was computed from these entries and these sheets (reference, label), no more and no fewer."""
    return {entry["id"] for entry in inputs.get("entries", ())} == set(entries) and {
        (sheet["entry"], sheet["judge"]) for sheet in inputs.get("sheets", ())
    } == set(sheets)


def may_move(run: str, to: RunState) -> Denied | None:
    if to in RUN_MOVES[RunState(run)]:
        return None
    return Denied("run settled", _("This run is %(state)s; that cannot be changed.", state=run))


def may_judge_results(conflicted: Collection[object]) -> Denied | None:
    """A run is adopted whole, so who is in conflict with a category of it leaves that to another."""
    if not conflicted:
        return None
    return Denied(
        "in conflict",
        _(
            "You act for an entrant of this round, belong to it, or have a conflict on record. Another person of the"
            " secretariat does this."
        ),
    )


# --- the method of a round ------------------------------------------------------------------------------


class FrozenMethod(Struct, frozen=True):
    method: Method
    tie_breaks: tuple[TieBreak, ...]
    draws: int
    seed: int
    carried_weight: int = 0
    advance: tuple[str, str] = BY_HAND


def read_method(text: str) -> FrozenMethod:
    """The method as the round's document says it; an empty one is the calibrated score with its defaults."""
    found = method_of(json.loads(text) if text else {})
    return FrozenMethod(
        Method(Rule(found.rule), found.decimals, found.confidence),
        tuple(TieBreak(rule, value) for rule, value in found.tie_breaks),
        found.draws,
        found.seed,
        found.carried_weight,
        found.advance,
    )


# --- prizes ---------------------------------------------------------------------------------------------

NONE = "none"


class Place(Struct, frozen=True):
    """One place of a prize, as it is proposed and as it is decided; entries by their references."""

    prize: str
    prize_name: str
    prize_position: int
    kind: str
    place: int
    proposed: tuple[str, ...]
    """What the order gives: one reference, several where the tie holds, none where there is nobody."""
    decided: str
    """A reference, `none` for "not awarded", or empty while it is open."""
    version: int
    reason: str = ""
    citation: str = ""
    passed: tuple[str, ...] = ()
    """Who stood higher in a prize that goes to the next, and has another one already."""
    numbers: tuple[str, ...] = ()
    """Whom the numbers alone would give the prize, where a panel left another order."""
    outdated: bool = False
    """Decided by a run that another has replaced: the same winner is decided again."""


class Pick(Struct, frozen=True):
    prize: str
    place: int
    entry: str
    reason: str = ""
    citation: str = ""
    version: int = 0


def propose(places: int, winners: Sequence[str] | None, shared: bool) -> tuple[tuple[str, ...], ...]:
    """What the order says of each place of a prize; more places where a tie brings more entries."""
    if winners is None:
        return ((),) * places
    count = max(places, len(winners))
    if shared:
        return tuple(tuple(winners) if n < len(winners) else () for n in range(count))
    return tuple((winners[n],) if n < len(winners) else () for n in range(count))


def needs_reason(place: Place, entry: str) -> bool:
    """Whether the choice says something that the order by marks does not say by itself."""
    if not entry:
        return False
    if place.kind == "outside":
        return True
    return place.proposed != (entry,)


def check_picks(
    places: Sequence[Place],
    picks: Sequence[Pick],
    eligible: Mapping[str, str],
    fitting: Mapping[str, Collection[str]] | None = None,
) -> Mapping[str, str]:
    """What is wrong with the picks, by the names of the form's fields; `eligible`: reference -> name.

    `fitting` are the references that a prize is for, where not all may have it.
    """
    known = {(place.prize, place.place): place for place in places}
    wrong: dict[str, str] = {}
    ranked: Counter[str] = Counter()
    held: set[tuple[str, str]] = set()
    for pick in picks:
        key = f"{pick.prize}-{pick.place}"
        place = known.get((pick.prize, pick.place))
        if place is None:
            # The field for one place more, left empty: nobody shares the prize.
            if pick.entry:
                wrong[""] = _("One of the places does not exist. Open the page again.")
            continue
        if place.decided and not pick.entry:
            wrong[f"entry-{key}"] = _(
                "“%(prize)s” is decided: choose another entry, or “not awarded”", prize=place.prize_name
            )
        if pick.entry not in ("", NONE):
            if pick.entry not in eligible:
                wrong[f"entry-{key}"] = _(
                    "Choose an entry of this category for “%(prize)s”", prize=place.prize_name
                )
                continue
            if fitting is not None and pick.entry not in fitting.get(pick.prize, ()):
                wrong[f"entry-{key}"] = _(
                    "%(entry)s is not one of those whom “%(prize)s” is for",
                    entry=eligible[pick.entry], prize=place.prize_name,
                )  # fmt: skip
                continue
            if (pick.prize, pick.entry) in held:
                wrong[f"entry-{key}"] = _(
                    "%(entry)s already has “%(prize)s”", entry=eligible[pick.entry], prize=place.prize_name
                )
            held.add((pick.prize, pick.entry))
            if place.kind == "ranked":
                ranked[pick.entry] += 1
                if ranked[pick.entry] > 1 and f"entry-{key}" not in wrong:
                    wrong[f"entry-{key}"] = _(
                        "%(entry)s already has a prize of this category", entry=eligible[pick.entry]
                    )
        if needs_reason(place, pick.entry) and not pick.reason:
            wrong[f"reason-{key}"] = _(
                "Give a reason for “%(prize)s”: the order by marks alone does not say this",
                prize=place.prize_name,
            )
    return wrong


def require(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise Invalid(wrong)


# --- is everything there? -------------------------------------------------------------------------------


class Lack(Struct, frozen=True):
    """One thing that stands in the way of publication."""

    code: str
    text: str
    round: str = ""
    reference: str = ""
    category: str = ""
    of_marks: bool = False
    """Whether it rests on marks of the whole round, so that who may not see some of them does not see it."""

    def is_shown(self, hidden: Collection[str]) -> bool:
        """To somebody who is in conflict in these categories."""
        return not hidden or not (self.of_marks or self.category in hidden)
