"""A deliberation in rows and sentences, for one pair of eyes. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from awards.results.agenda import leavings
from awards.results.candidates import prize_lines
from awards.results.carrying import with_carried
from awards.results.deliberating import Kind, Ranks, order_after, still_in, targets
from awards.results.meeting import CHAIR, ENOUGH, JURY, SECRETARIAT, ActRow, Judged, Member, MetEntry, Sitting
from awards.web.figures import Axis, axis, between, in_question
from awards.web.frame import Choice
from awards.web.i18n import _, ngettext
from awards.web.words import listing, score


def part(role: str) -> str:
    """As what somebody is in the room."""
    return {
        CHAIR: _("chair"),
        JURY: _("jury"),
        SECRETARIAT: _("secretariat"),
    }.get(role, _("scorer"))


# --- the order -------------------------------------------------------------------------------------------


class OrderRow(Struct, frozen=True):
    """`place` is after the moves, `by_numbers` before them. `few`: too few sheets for this reader to see an average."""

    entry: MetEntry
    place: int | None
    by_numbers: int | None
    sheets: int
    few: bool
    raw: int | None
    estimate: int | None
    quantiles: tuple[int, ...]
    rank_low: int | None
    rank_high: int | None
    prize: int | None

    @property
    def moved(self) -> bool:
        return self.place != self.by_numbers

    @property
    def in_question(self) -> bool:
        return self.prize is not None and in_question(self.prize)


class Order(Struct, frozen=True):
    axis: Axis
    rows: tuple[OrderRow, ...]
    cut: int | None

    def row(self, reference: str) -> OrderRow | None:
        return next((row for row in self.rows if row.entry.reference == reference), None)


def order_of(found: Sitting) -> Order:
    """By the order after the moves; who has no place stands last, and those on one place by their references."""
    meeting = found.meeting
    now, before = found.places(meeting.order), found.places(meeting.ranks)
    rows = [_row(one, found, now, before) for one in meeting.standings if one["entry"] in found.shown]
    rows.sort(key=lambda row: (row.place is None, row.place, row.entry.reference))
    seen = [v for row in rows for v in (row.estimate, row.raw, *row.quantiles) if v is not None]
    return Order(axis(seen), tuple(rows), _cut(found) if found.whole else None)


def _row(one: Mapping[str, Any], found: Sitting, now: Ranks, before: Ranks) -> OrderRow:
    few = one["sheets"] < ENOUGH and not found.may_see_few
    # Places among all tell who is kept from an entry where that one stands.
    whole = found.whole and not few
    return OrderRow(
        entry=found.shown[one["entry"]],
        place=now[one["entry"]],
        by_numbers=before[one["entry"]],
        sheets=one["sheets"],
        few=few,
        raw=None if few else one["raw"],
        estimate=None if few else one["estimate"],
        quantiles=() if few else tuple(one["quantiles"]),
        rank_low=one["rank_low"] if whole else None,
        rank_high=one["rank_high"] if whole else None,
        prize=sum(one["prize_chances"].values()) if whole and one["prize_chances"] else None,
    )


def _cut(found: Sitting) -> int | None:
    """The prize line as the numbers draw it, where no average beside it is withheld."""
    meeting = found.meeting
    places = max(prize_lines(meeting.body, meeting.category), default=0)
    if not found.may_see_few and any(one["sheets"] < ENOUGH for one in meeting.standings):
        return None
    ranked = sorted(
        (
            one["estimate"]
            for one in meeting.standings
            if one["rank"] is not None and one["estimate"] is not None
        ),
        reverse=True,
    )
    return between(ranked[places - 1], ranked[places]) if 0 < places < len(ranked) else None


# --- the agenda and the room -------------------------------------------------------------------------------


class Item(Struct, frozen=True):
    """An entry on the agenda; `entry` is None where the reader leaves the room for it."""

    number: int
    entry: MetEntry | None
    leave: tuple[str, ...]
    acts: int

    @property
    def hint(self) -> str:
        if not self.leave:
            return ""
        return ngettext("%(names)s leaves the room", "%(names)s leave the room", len(self.leave),
                        names=listing(self.leave))  # fmt: skip


def items_of(found: Sitting) -> tuple[Item, ...]:
    """In the order of the agenda; an entry that came since stands at its end."""
    said = [act.entry for act in found.meeting.counting if act.kind not in (Kind.LEAVE, Kind.RETURN)]
    agenda = [ref for ref in found.meeting.agenda if ref in found.entries]
    agenda += [ref for ref in found.entries if ref not in agenda]
    return tuple(
        Item(number, found.shown.get(ref), leavers(found, ref), said.count(ref))
        for number, ref in enumerate(agenda, 1)
    )


def leavers(found: Sitting, reference: str) -> tuple[str, ...]:
    return tuple(one.name for one in found.members if reference in found.conflicts.get(one.person_id, ()))


def how_often(found: Sitting, order: Sequence[str], members: Sequence[Member]) -> int:
    """How many times somebody leaves, in this order."""
    out = {
        ref: frozenset(one.person_id for one in members if ref in found.conflicts.get(one.person_id, ()))
        for ref in order
    }
    return leavings(order, out)


class Seated(Struct, frozen=True):
    member: Member
    part: str
    out: bool
    why: str
    mine: bool


def room_of(found: Sitting) -> tuple[Seated, ...]:
    out = found.meeting.out
    return tuple(
        Seated(
            one,
            part(one.role),
            one.person_id in out,
            _for(found, out[one.person_id]) if one.person_id in out else "",
            one.person_id == found.reader,
        )
        for one in found.members
    )


def _for(found: Sitting, reference: str) -> str:
    if not reference:
        return ""
    return found.shown[reference].name if reference in found.shown else _("an entry")


def waiting_for(found: Sitting, reference: str) -> tuple[Member, ...]:
    """Who has to leave before this entry is spoken of."""
    inside = still_in(found.conflicts, found.meeting.out, [reference])
    return tuple(one for one in found.members if one.person_id in inside)


# --- the record --------------------------------------------------------------------------------------------


class Line(Struct, frozen=True):
    """One act: what was done, with the reason that stands under it."""

    number: int
    kind: str
    head: str
    reason: str
    by: str
    part: str
    at: datetime
    file: str = ""
    file_state: str = ""
    older: bool = False
    """Whether it was said of a run before: it stays, and moves nothing."""


def lines_of(found: Sitting, reference: str = "") -> tuple[Line, ...]:
    """Everything on record that the reader may read, or what concerns one entry; the first first."""
    order: Ranks = found.meeting.ranks
    lines, absent = [], False
    for act in found.meeting.acts:
        before = order
        if act.person_id == found.reader:
            absent = act.kind == Kind.LEAVE
        if absent and not found.whole and act.kind == Kind.NOTE and not act.entry:
            continue  # said while the reader was out: it may be of what they were out for
        older = act.run_id != found.meeting.run_id
        if act.kind == Kind.MOVE and not older:
            order = order_after(order, [act.said])
        if act.entry in found.hidden and act.kind not in (Kind.LEAVE, Kind.RETURN):
            continue
        if reference and (act.entry != reference or act.kind in (Kind.LEAVE, Kind.RETURN)):
            continue
        lines.append(
            Line(
                act.number,
                act.kind,
                _head(act, found, None if older else before, order),
                act.reason,
                act.by,
                part(act.as_role),
                act.at,
                act.file_name if act.file_id is not None else "",
                act.file_state,
                older,
            )
        )
    return tuple(lines)


def news(found: Sitting) -> str:
    """What the reader has seen of the record, in a word: another one when there is more of it for them."""
    meeting = found.meeting
    return f"{len(lines_of(found))}.{meeting.state}.{'asked' if meeting.asked else ''}"


def _head(act: ActRow, found: Sitting, before: Ranks | None, after: Ranks) -> str:
    name = _for(found, act.entry)
    match act.kind:
        case Kind.NOTE:
            return _("Note on %(entry)s", entry=name) if name else _("Note on the category")
        case Kind.CONSENSUS:
            return _("Agreed for %(entry)s: %(marks)s", entry=name, marks=agreed(act.marks, found.criteria))
        case Kind.MOVE:
            return _moved(act, name, before if found.whole else None, after, found)
        case Kind.ATTACH:
            return _("Brought in for %(entry)s: %(what)s", entry=name, what=act.title)
        case Kind.LEAVE if name:
            return _("%(person)s left the room for %(entry)s", person=act.person, entry=name)
        case Kind.LEAVE:
            return _("%(person)s left the room", person=act.person)
        case Kind.RETURN:
            return _("%(person)s came back", person=act.person)
        case _:
            return _("Taken up again")


def agreed(marks: Mapping[str, int], criteria: Sequence[Judged]) -> str:
    said = [
        _(
            "%(criterion)s %(mark)s",
            criterion=one.name,
            mark=score(one.value(marks[one.code]), _decimals(one)),
        )
        for one in criteria
        if one.code in marks
    ]
    return listing(said)


def _decimals(one: Judged) -> int:
    return next(
        (n for n in range(3) if all(v % 10 ** (3 - n) == 0 for v in (one.origin_milli, one.step_milli))), 3
    )


def _moved(act: ActRow, name: str, before: Ranks | None, after: Ranks, found: Sitting) -> str:
    if before is None:
        return _("%(entry)s was moved", entry=name)
    was = before.get(act.entry)
    if not act.place:
        return _("%(entry)s has no place any more; it was at place %(before)s", entry=name, before=was or "–")
    beside = [
        found.entries[ref].name
        for ref, rank in sorted(after.items())
        if rank == after[act.entry] and ref != act.entry and ref in found.entries
    ]
    values = {"entry": name, "before": was, "after": after[act.entry], "names": listing(beside)}
    if was is None and beside:
        return _(
            "%(entry)s, without a place before, was put at place %(after)d, level with %(names)s", **values
        )
    if was is None:
        return _("%(entry)s, without a place before, was put at place %(after)d", **values)
    if was == after[act.entry] and beside:
        return _("%(entry)s, at place %(before)d, now stands level with %(names)s", **values)
    if was == after[act.entry]:
        return _("%(entry)s now stands at place %(before)d alone", **values)
    if beside:
        return _(
            "%(entry)s was moved from place %(before)d to place %(after)d, level with %(names)s", **values
        )
    return _("%(entry)s was moved from place %(before)d to place %(after)d", **values)


# --- one entry ---------------------------------------------------------------------------------------------


def places_on_offer(found: Sitting, reference: str) -> tuple[Choice, ...]:
    """Where the entry can be moved to, each with who stands there."""
    choices = []
    for one in targets(found.meeting.order, reference):
        names = listing([found.entries[ref].name for ref in one.beside if ref in found.entries])
        if not one.place:
            text = _("No place")
        elif one.level:
            text = _("Place %(place)d, level with %(names)s", place=one.place, names=names)
        elif names:
            text = _("Place %(place)d, ahead of %(names)s", place=one.place, names=names)
        else:
            text = _("Place %(place)d, behind all others", place=one.place)
        choices.append(Choice(one.code, text))
    return tuple(choices)


class CriterionRow(Struct, frozen=True):
    criterion: Judged
    estimate: int | None
    others: tuple[int, ...]
    axis: Axis
    agreed: int | None
    marks: tuple[Choice, ...]


def criteria_of(found: Sitting, row: OrderRow) -> tuple[CriterionRow, ...]:
    """What the sheets say of each criterion, and the mark that the panel agreed on last."""
    marks: dict[str, int] = {}
    for act in found.meeting.counting:
        if act.kind == Kind.CONSENSUS and act.entry == row.entry.reference:
            marks |= act.marks
    rows = []
    for one in found.criteria:
        known = {
            s["entry"]: s["estimate"]
            for s in found.meeting.body.get("standings", ())
            if s["scope"] == one.code and s["entry"] in found.shown and s["estimate"] is not None
            and (found.may_see_few or s["sheets"] >= ENOUGH)
        }  # fmt: skip
        value = marks.get(one.code)
        rows.append(
            CriterionRow(
                one,
                None if row.few else known.get(row.entry.reference),
                tuple(known.values()),
                axis([*known.values(), *([one.value(value)] if value is not None else [])]),
                None if value is None else one.value(value),
                tuple(
                    Choice(str(mark), score(one.value(mark), _decimals(one)))
                    for mark in range(one.top, -1, -1)
                ),
            )
        )
    return tuple(rows)


def with_agreed(found: Sitting, row: OrderRow, criteria: Sequence[CriterionRow]) -> str:
    """Where the entry would stand by the scores with the agreed marks in place of the sheets'."""
    values = [
        (one.agreed if one.agreed is not None else one.estimate, one.criterion.weight) for one in criteria
    ]
    if not found.whole or row.few or all(one.agreed is None for one in criteria):
        return ""
    known = [(value, weight) for value, weight in values if value is not None]
    total = sum(weight for _value, weight in known)
    if len(known) < len(values) or not total:
        return ""
    carried = next(
        (one for one in found.meeting.inputs.get("carried", ()) if one["entry"] == row.entry.reference), None
    )
    would = with_carried(sum(value * weight for value, weight in known), total, carried)
    ahead = sum(
        one["estimate"] is not None and one["entry"] != row.entry.reference and one["estimate"] > would
        for one in found.meeting.standings
    )
    return _(
        "With the agreed marks in place of the sheets’ it would score %(score)s and stand at place %(place)d by the"
        " scores. Nothing moves by itself: a change of order is signed for itself.",
        score=score(would, 2),
        place=ahead + 1,
    )
