"""
What a panel decides beside the numbers: the order after its moves, who is in the room, and what may be said. Pure.

The order after a deliberation follows from the ranks of the run and the moves, and from nothing else:

1. Entries of one rank form a group; the groups stand in the order of their ranks. Who has no rank stands outside.
2. Acts are read in the order of their numbers. Only a move changes the order.
3. A move takes its entry out of its group, or in from outside; a group that is empty then is gone.
4. With place 0 the entry stands outside from then on: it has no place.
5. With place p and "level" it joins the group that has exactly p - 1 entries ahead of it, where there is one.
6. Else it forms a group of its own, ahead of the first group that has p - 1 entries or more ahead of it, and behind
   all where there is none.
7. In the end a rank is one more than the number of entries in the groups ahead. Who stands outside has none.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from awards.editions.rules import RoundState
from awards.errors import Denied
from awards.results.rules import is_settled
from awards.web.i18n import _
from awards.web.words import listing

Ranks = Mapping[str, int | None]


class Kind(StrEnum):
    NOTE = "note"
    CONSENSUS = "consensus"
    MOVE = "move"
    ATTACH = "attach"
    LEAVE = "leave"
    RETURN = "return"
    # The panel meets anew: on another run, or because what it concluded is taken up again.
    RENEW = "renew"


class DeliberationState(StrEnum):
    OPEN = "open"
    CONCLUDED = "concluded"


class Act(Struct, frozen=True):
    """As far as the order and the room depend on it. `person` is who leaves or comes back."""

    number: int
    kind: str
    entry: str = ""
    place: int | None = None
    level: bool = False
    person: int | None = None


# --- the order -------------------------------------------------------------------------------------------


def order_after(ranks: Ranks, acts: Iterable[Act]) -> dict[str, int | None]:
    """The ranks of the run as the moves leave them. ValueError where a move is of an entry that is not there."""
    groups = _groups(ranks)
    for act in sorted(acts, key=lambda one: one.number):
        if act.kind != Kind.MOVE:
            continue
        if act.entry not in ranks or act.place is None or act.place < 0:
            raise ValueError(f"act {act.number} moves {act.entry!r} to {act.place!r}")
        groups = [left for group in groups if (left := group - {act.entry})]
        if act.place:
            _put(groups, act)
    found: dict[str, int | None] = dict.fromkeys(ranks)
    ahead = 0
    for group in groups:
        found.update(dict.fromkeys(group, ahead + 1))
        ahead += len(group)
    return found


def _groups(ranks: Ranks) -> list[frozenset[str]]:
    by_rank: dict[int, set[str]] = {}
    for entry, rank in ranks.items():
        if rank is not None:
            by_rank.setdefault(rank, set()).add(entry)
    return [frozenset(by_rank[rank]) for rank in sorted(by_rank)]


def _put(groups: list[frozenset[str]], act: Act) -> None:
    assert act.place is not None
    ahead = 0
    for position, group in enumerate(groups):
        if act.level and ahead == act.place - 1:
            groups[position] = group | {act.entry}
            return
        if ahead >= act.place - 1:
            groups.insert(position, frozenset({act.entry}))
            return
        ahead += len(group)
    groups.append(frozenset({act.entry}))


def among(ranks: Ranks, shown: Collection[str]) -> dict[str, int | None]:
    """Places among those that are shown: they tell nothing of where the others stand."""
    return order_after({entry: rank for entry, rank in ranks.items() if entry in shown}, ())


def affected(before: Ranks, after: Ranks, entry: str) -> frozenset[str]:
    """Whose place a move changes; the one that is moved is always of them."""
    return frozenset(other for other in after if before.get(other) != after[other]) | {entry}


class Target(Struct, frozen=True):
    """A place that an entry can be moved to, and whom it stands ahead of or level with there."""

    place: int
    level: bool
    beside: tuple[str, ...]

    @property
    def code(self) -> str:
        return f"{self.place}{'=' if self.level else ''}"


def targets(ranks: Ranks, entry: str) -> list[Target]:
    """Every place that changes something, from the first on; the last one, with nobody beside, is no place at all."""
    now = order_after(ranks, ())
    found, ahead = [], 0
    for group in _groups({other: rank for other, rank in now.items() if other != entry}):
        beside = tuple(sorted(group))
        found += [Target(ahead + 1, False, beside), Target(ahead + 1, True, beside)]
        ahead += len(group)
    found += [Target(ahead + 1, False, ()), Target(0, False, ())]
    return [one for one in found if order_after(now, [_moved(entry, one)]) != now]


def _moved(entry: str, to: Target) -> Act:
    return Act(1, Kind.MOVE.value, entry, to.place, to.level)


# --- the room --------------------------------------------------------------------------------------------


def absences(acts: Iterable[Act]) -> dict[int, str]:
    """Who is out of the room, each with the entry that they left for; empty for who is away altogether."""
    out: dict[int, str] = {}
    for act in sorted(acts, key=lambda one: one.number):
        if act.person is None:
            continue
        if act.kind == Kind.LEAVE:
            out[act.person] = act.entry
        elif act.kind == Kind.RETURN:
            out.pop(act.person, None)
    return out


def still_in(
    conflicts: Mapping[int, Collection[str]], out: Collection[int], entries: Collection[str]
) -> list[int]:
    """Who is in conflict with one of the entries and has not left the room."""
    return [
        person
        for person, kept_from in conflicts.items()
        if person not in out and any(entry in kept_from for entry in entries)
    ]


# --- what may be done --------------------------------------------------------------------------------------


def may_deliberate(round_state: str, kind: str, run: int | None) -> Denied | None:
    """Whether a panel can meet on a round."""
    if kind != "criteria":
        return Denied("no marks", _("This round is passed or failed: there is no order to deliberate on."))
    if not is_settled(round_state):
        return Denied("round open", _("The panel deliberates when the round is closed."))
    if run is None:
        return Denied("no run", _("Adopt a run of the round first: the panel deliberates on its order."))
    return None


def may_open(round_state: str, kind: str, run: int | None) -> Denied | None:
    """Whether a panel can begin: not where the outcome stands already."""
    if round_state == RoundState.DECIDED:
        return Denied("round decided", _("This round is decided, so its order stays as it is."))
    return may_deliberate(round_state, kind, run)


def may_say(state: str, round_state: str, *, asked: bool, current: bool) -> Denied | None:
    """Whether anything can be put on record. `asked`: one person signed the conclusion and the second has not."""
    if state == DeliberationState.CONCLUDED:
        return Denied("concluded", _("This deliberation is concluded. What was decided stays as it is."))
    if not is_settled(round_state):
        return Denied("round open", _("The round is not closed. Nothing is put on record while it is not."))
    if asked:
        return Denied(
            "asked", _("The conclusion waits for its second signature. Take it back to go on deliberating.")
        )
    if not current:
        return Denied(
            "other run", _("Another run of this round is adopted by now. Take it up before you go on.")
        )
    return None


def must_have_left(names: list[str]) -> Denied | None:
    if not names:
        return None
    return Denied(
        "in the room",
        _(
            "Nothing is decided while somebody in conflict is in the room. Record first that they left: %(names)s.",
            names=listing(names),
        ),
    )


def may_renew(state: str, round_state: str, *, current: bool) -> Denied | None:
    """A concluded deliberation is taken up again while its round can still change, or when its run no longer holds."""
    if not is_settled(round_state):
        return Denied("round open", _("The panel deliberates when the round is closed."))
    if state == DeliberationState.OPEN and current:
        return Denied("open", _("This deliberation is open, on the run that is adopted."))
    if state == DeliberationState.CONCLUDED and current and round_state == RoundState.DECIDED:
        return Denied("round decided", _("This round is decided, so what the panel concluded stays."))
    return None
