"""What is said of a panel that is broken and of the offers to repair it. Names come in by id."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.panels.assignment.edit_words import act_words, done, linkage_words, problem_words
from awards.panels.assignment.editing import Problem
from awards.panels.assignment.state import points
from awards.panels.assignment.telling import Names, entry_name, few, pair_words, seat_name
from awards.panels.queries.broken import ShortEntry
from awards.web.i18n import _, ngettext


class Moved(Struct, frozen=True):
    """An entry that changes hands, or comes to somebody; `opened` if who loses it had looked at it."""

    entry: str
    source: str
    target: str
    opened: bool


class Said(Struct, frozen=True):
    """One offer: what it is for, what it does, in numbers for comparing and name by name."""

    proposal: int
    aim: str
    heading: str
    intent: str
    same_as: str
    given: str
    moves: int
    loads: str
    expertise: int
    compared: str
    mails: int
    sentences: tuple[str, ...]
    care: tuple[str, ...]
    changes: tuple[Moved, ...]


def aim_words(aim: str) -> tuple[str, str]:
    match aim:
        case "fewest":
            return _("Fewest moves"), _(
                "Only what is missing is given; nothing else changes hands if it need not."
            )
        case "balanced":
            return _("Level loads"), _(
                "Entries that nobody has opened may change hands, so that judges read alike."
            )
        case _:
            return _("Best value"), _(
                "Entries that nobody has opened may change hands, so that experts read them."
            )


def offer_words(proposal: int, body: Mapping[str, Any], entries: Names, seats: Names) -> Said:
    said = body["repair"]
    heading, intent = aim_words(said["aim"])
    opened = {tuple(pair) for pair in body["opened"]}
    gone = {(entry, seat): why for entry, seat, why in said["gone"]}
    others = [(entry, seat) for entry, seat, _to in body["moves"] if (entry, seat) not in gone]
    loads = [(before, after) for seat, before, after, *_bounds in body["loads"] if seat not in said["silent"]]
    link, split = linkage_words(body["before"], body["after"])
    care = [link] if split else []
    if said["missing"]:
        care.append(
            _(
                "Nobody can be given what stays missing: %(named)s.",
                named=few((_lacking(entries, entry, reads) for entry, reads in said["missing"]), 5),
            )
        )
    if opened:
        care.append(
            _(
                "Its judge has looked at it already, and no sheet could be given otherwise: %(named)s.",
                named=few((pair_words(entries, seats, pair) for pair in sorted(opened)), 5),
            )
        )
    if said["written"]:
        care.append(
            _(
                "The sheet is begun and a conflict forbids it: set it aside on the page of conflicts. %(named)s.",
                named=few((pair_words(entries, seats, pair) for pair in said["written"]), 5),
            )
        )
    return Said(
        proposal=proposal,
        aim=said["aim"],
        heading=heading,
        intent=intent,
        same_as=aim_words(said["same_as"])[0] if said["same_as"] else "",
        given=_("%(given)d of %(short)d", given=said["given"], short=said["short"]),
        moves=len(others),
        loads=_range([after for _before, after in loads]),
        expertise=_expertise(body),
        compared="" if split else link,
        mails=len({seat for part in ("added", "removed") for _entry, seat in body[part]}),
        sentences=tuple(_sentences(body, others, gone, loads)),
        care=tuple(care),
        changes=tuple(_changes(body, opened, entries, seats)),
    )


class Origin(Struct, frozen=True):
    """Where a proposal comes from, beside the computation: a repair, edits by hand, what these left undone."""

    repair: Said | None
    edits: tuple[str, ...]
    problems: tuple[str, ...]


def origin_words(proposal: int, body: Mapping[str, Any], entries: Names, seats: Names) -> Origin:
    return Origin(
        repair=offer_words(proposal, body, entries, seats) if "repair" in body else None,
        edits=tuple(act_words(done(edit), entries, seats) for edit in body.get("edits", ())),
        problems=tuple(problem_words(Problem(*one), entries, seats) for one in body.get("problems", ())),
    )


def _sentences(
    body: Mapping[str, Any],
    others: Sequence[tuple[int, int]],
    gone: Mapping[tuple[int, int], str],
    loads: Sequence[tuple[int, int]],
) -> list[str]:
    said = body["repair"]
    found = [
        ngettext(
            "%(given)d of %(num)d sheet finds a judge.",
            "%(given)d of %(num)d sheets find a judge.",
            said["short"],
            given=said["given"],
        )
    ]
    whys = Counter(gone.values())
    if whys["silent"]:
        found.append(
            ngettext(
                "%(num)d entry leaves a silent judge.", "%(num)d entries leave silent judges.", whys["silent"]
            )
        )
    if whys["conflict"]:
        found.append(
            ngettext(
                "%(num)d entry leaves a judge whom a conflict forbids it.",
                "%(num)d entries leave judges whom a conflict forbids them.",
                whys["conflict"],
            )
        )
    if whys["seat"]:
        found.append(
            ngettext(
                "%(num)d entry leaves a judge who no longer scores.",
                "%(num)d entries leave judges who no longer score.",
                whys["seat"],
            )
        )
    if others:
        found.append(
            ngettext("%(num)d other entry changes hands.", "%(num)d other entries change hands.", len(others))
        )
    else:
        found.append(_("Nothing else changes hands."))
    found.append(
        _(
            "Judges read %(after)s entries each, now %(before)s.",
            after=_range([after for _before, after in loads]),
            before=_range([before for before, _after in loads]),
        )
    )
    return found


def _range(loads: Sequence[int]) -> str:
    if not loads:
        return "0"
    low, high = min(loads), max(loads)
    return str(low) if low == high else _("%(low)d to %(high)d", low=low, high=high)


def _expertise(body: Mapping[str, Any]) -> int:
    worth = [points(level) for _entry, _wanted, readers in body["entries"] for _seat, level in readers]
    return sum(worth) // len(worth) if worth else 0


def _lacking(entries: Names, entry: int, reads: int) -> str:
    return ngettext(
        "%(entry)s, %(num)d sheet", "%(entry)s, %(num)d sheets", reads, entry=entry_name(entries, entry)
    )


def _changes(
    body: Mapping[str, Any], opened: set[tuple[int, ...]], entries: Names, seats: Names
) -> list[Moved]:
    taken = {(entry, to) for entry, _seat, to in body["moves"]}
    rows = [
        Moved(
            entry_name(entries, entry),
            seat_name(seats, seat),
            seat_name(seats, to) if to is not None else "",
            (entry, seat) in opened,
        )
        for entry, seat, to in body["moves"]
    ]
    rows += [
        Moved(entry_name(entries, entry), "", seat_name(seats, seat), False)
        for entry, seat in body["added"]
        if (entry, seat) not in taken
    ]
    return sorted(rows, key=lambda row: (row.entry, row.source))


def why_short(entry: ShortEntry) -> str:
    """How an entry came to have too few sheets."""
    if entry.late:
        return _("came after the others were given")
    parts = []
    if entry.recused:
        parts.append(ngettext("%(num)d judge stepped aside", "%(num)d judges stepped aside", entry.recused))
    if entry.aside:
        parts.append(ngettext("%(num)d sheet was set aside", "%(num)d sheets were set aside", entry.aside))
    if entry.withdrawn:
        parts.append(ngettext("%(num)d was taken back", "%(num)d were taken back", entry.withdrawn))
    return ", ".join(parts) or _("wants more sheets than were given")
