"""What a proposal's page says, from its body and from what things are called. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from awards.panels.assignment import telling
from awards.panels.assignment.by_entry import ByEntry, by_entry, reader
from awards.panels.assignment.telling import Names, entry_name, few, pair_words, seat_name
from awards.web.figures import MILLION, Axis, fixed_axis
from awards.web.i18n import _, ngettext
from awards.web.words import score

# From here on judges can be compared nearly as well as they ever could, and down to here fairly well.
WELL, FAIRLY = 800_000, 500_000
MANY = 12


class Called(Struct, frozen=True):
    """What entries, seats and categories are called, and people of the pool who might help, by id."""

    entries: Names
    seats: Names
    categories: Names
    people: Names


class LoadLine(Struct, frozen=True):
    """One judge; `most` is None where the seat has no upper bound."""

    name: str
    before: int
    after: int
    low: int
    most: int | None
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def bounds(self) -> str:
        if self.most is None:
            return _("%(low)d or more", low=self.low) if self.low else ""
        return _("%(low)d to %(most)d", low=self.low, most=self.most)


class WeakLine(Struct, frozen=True):
    name: str
    readers: tuple[str, ...]
    why: str


class LinkLine(Struct, frozen=True):
    """How well judges are linked at one moment; numbers in millionths, None where there is none."""

    when: str
    parts: int
    a_eff: int | None
    mean: int | None
    worst: int | None
    worst_pair: str


class BridgeOffer(Struct, frozen=True):
    entries: tuple[int, ...]
    names: str
    costs: tuple[str, ...]


class RemedyLine(Struct, frozen=True):
    """`index` is that of a remedy which is taken here; others lead to `links`."""

    text: str
    then: str
    index: int | None = None
    links: tuple[tuple[str, str], ...] = ()


class ShortageView(Struct, frozen=True):
    why: str
    entries: tuple[str, ...]
    judges: tuple[str, ...]
    missing: tuple[str, ...]
    rules: tuple[str, ...]
    remedies: tuple[RemedyLine, ...]


class Preview(Struct, frozen=True):
    loads: tuple[LoadLine, ...]
    moves: tuple[LoadLine, ...]
    axis: Axis
    by_entry: ByEntry
    weakest: tuple[WeakLine, ...]
    links: tuple[LinkLine, ...]
    linked: tuple[str, ...]
    parts: tuple[str, ...]
    bridges: tuple[BridgeOffer, ...]
    read_by_all: tuple[tuple[int, str], ...]
    waived: tuple[str, ...]
    warned: tuple[str, ...]
    in_conflict: tuple[str, ...]
    together: tuple[str, ...]
    refused: tuple[str, ...]
    fieldless: tuple[str, ...]
    proof: str
    shortage: ShortageView | None


def unit(value: int) -> int:
    """A count of entries as an axis takes it."""
    return value * MILLION


def preview(body: Mapping[str, Any], called: Called, panel: str) -> Preview:
    """`panel` is the address of the round's panel."""
    short = body["shortage"]
    shown = short["partial"] if short else body
    loads = _loads(shown, called)
    top = max((max(line.after, line.before, line.most or 0, line.low) for line in loads), default=1)
    entries, seats = called.entries, called.seats

    def pairs(name: str) -> tuple[str, ...]:
        return tuple(pair_words(entries, seats, pair) for pair in shown.get(name, ()))

    return Preview(
        loads=loads,
        moves=tuple(line for line in loads if line.added or line.removed),
        axis=fixed_axis(0, unit(max(top, 1)) + MILLION // 2),
        by_entry=by_entry(shown, entries, seats),
        weakest=tuple(_weak(line, shown, called) for line in shown["weakest"]),
        links=_links(body, called) if not short else (),
        linked=_linked(body) if not short else (),
        parts=tuple(
            few((seat_name(seats, seat) for seat in group), MANY) for group in body["after"]["groups"]
        ),
        bridges=tuple(_offer(offer, called) for offer in body.get("bridges", ())),
        read_by_all=tuple((key, entry_name(entries, key)) for key in body["read_by_all"]),
        waived=tuple(
            ngettext(
                "%(entry)s: %(num)d seat", "%(entry)s: %(num)d seats", count, entry=entry_name(entries, key)
            )
            for key, count in shown["waived"]
        ),
        warned=pairs("warned"),
        in_conflict=pairs("in_conflict"),
        together=tuple(
            _(
                "%(judges)s of %(employer)s on %(entry)s",
                judges=few(seat_name(seats, seat) for seat in members),
                employer=employer,
                entry=entry_name(entries, key),
            )
            for key, employer, members in shown["together"]
        ),
        refused=tuple(pair_words(entries, seats, pair) for pair in body.get("refused", ())),
        fieldless=tuple(called.categories.get(key, "") for key in body["fieldless"]),
        proof=_proof(body),
        shortage=_shortage(short, called, panel) if short else None,
    )


def _loads(body: Mapping[str, Any], called: Called) -> tuple[LoadLine, ...]:
    of: dict[str, dict[int, list[str]]] = {"added": {}, "removed": {}}
    for name, found in of.items():
        for entry, seat in body[name]:
            found.setdefault(seat, []).append(entry_name(called.entries, entry))
    lines = (
        LoadLine(
            seat_name(called.seats, seat), before, after, low, high,
            tuple(sorted(of["added"].get(seat, ()))), tuple(sorted(of["removed"].get(seat, ()))),
        )
        for seat, before, after, low, high in body["loads"]
    )  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (-line.after, line.name)))


def _share(millionths: int, decimals: int = 2) -> str:
    """Of a hundred, without decimals that say nothing: 1, 0.5, 0.91."""
    while decimals and millionths % 10 ** (5 - decimals) == 0:
        decimals -= 1
    return score(100 * millionths, decimals)


def _weak(line: Sequence[Any], body: Mapping[str, Any], called: Called) -> WeakLine:
    key, _mean, kept = line
    readers = next(row[2] for row in body["entries"] if row[0] == key)
    return WeakLine(
        entry_name(called.entries, key),
        tuple(reader(seat_name(called.seats, seat), level) for seat, level in readers),
        telling.weakness_words(kept),
    )


def _links(body: Mapping[str, Any], called: Called) -> tuple[LinkLine, ...]:
    rows = []
    if body["before"]["parts"]:
        rows.append((_("As given now"), body["before"]))
    linking = body.get("linking")
    if linking and linking["swaps"]:
        rows.append((_("Best readers alone"), linking["before"]))
        rows.append((_("With the swaps"), body["after"]))
    elif body["after"]["parts"]:
        rows.append((_("With this proposal"), body["after"]))
    return tuple(
        LinkLine(
            when, found["parts"], found["a_eff"], found["mean_se"], found["worst_se"],
            " · ".join(seat_name(called.seats, seat) for seat in found["worst_pair"]),
        )
        for when, found in rows
    )  # fmt: skip


def _linked(body: Mapping[str, Any]) -> tuple[str, ...]:
    """How well judges can be compared, in plain words, and what that cost."""
    after, separate = body["after"], body["options"]["separate"]
    if not after["parts"]:
        return ()
    said = [_compared(after["parts"], after["a_eff"], separate)]
    linking = body.get("linking")
    if linking is None or separate:
        return tuple(said)
    if not linking["in_time"]:
        said.append(_("There was no time for swaps that link judges better; allow more seconds for them."))
    elif linking["swaps"]:
        share = linking["lost"] * MILLION // max(linking["affinity"], 1)
        said.append(
            ngettext(
                "%(num)d swap of judges between two entries links them better. It costs %(share)s\u00a0%% of how well"
                " readers fit, and no load changes.",
                "%(num)d swaps of judges between two entries link them better. They cost %(share)s\u00a0%% of how well"
                " readers fit, and no load changes.",
                linking["swaps"],
                share=_share(share),
            )
        )
    elif linking["share"]:
        said.append(
            _(
                "No swap of judges would link them better for %(share)s\u00a0%% of how well readers fit.",
                share=_share(linking["share"]),
            )
        )
    return tuple(said)


def _compared(parts: int, a_eff: int | None, separate: bool) -> str:
    if parts > 1 and separate:
        return _(
            "The parts stay separate on purpose: each is calibrated by itself, and prizes are decided within it."
        )
    if parts > 1:
        return _(
            "The panel falls into %(parts)d parts that share no entry. Between them nobody can tell strict judges"
            " from weak entries, so marks of different parts cannot be compared.",
            parts=parts,
        )
    if a_eff is None:
        return _("There is only one judge, and nobody to compare with.")
    if a_eff >= WELL:
        return _(
            "All judges are linked by entries that they share, nearly as well as can be: how strict each is will be known well."
        )
    if a_eff >= FAIRLY:
        return _(
            "All judges are linked by entries that they share, fairly well: how strict each is will be known with some doubt."
        )
    return _(
        "All judges are linked by entries that they share, but thinly: how strict some are will hardly be known."
    )


def _offer(offer: Mapping[str, Any], called: Called) -> BridgeOffer:
    after = offer["after"]
    costs = [
        ngettext(
            "%(num)d sheet more, %(share)s\u00a0%% of all",
            "%(num)d sheets more, %(share)s\u00a0%% of all",
            offer["added"],
            share=_share(offer["share"]),
        ),
        _("one part") if after["parts"] == 1 else _("still %(parts)d parts", parts=after["parts"]),
    ]
    if after["a_eff"] is not None:
        costs.append(_("%(share)s\u00a0%% as well linked as can be", share=_share(after["a_eff"], 0)))
    if offer["over"]:
        costs.append(
            _(
                "above their most: %(judges)s",
                judges=few((seat_name(called.seats, s) for s in offer["over"]), 5),
            )
        )
    if offer["absent"]:
        costs.append(
            _(
                "may not read it: %(judges)s",
                judges=few((seat_name(called.seats, s) for _e, s in offer["absent"]), 5),
            )
        )
    return BridgeOffer(
        tuple(offer["entries"]),
        " + ".join(entry_name(called.entries, key) for key in offer["entries"]),
        tuple(costs),
    )


def _proof(body: Mapping[str, Any]) -> str:
    found = body.get("objective")
    if found is None or body["shortage"]:
        return ""
    if body["optimal"]:
        return _("Proved: no other choice that keeps the rules has readers who fit better, before any swaps.")
    return _("The solver found no better choice; that there is none is its word alone.")


def _shortage(found: Mapping[str, Any], called: Called, panel: str) -> ShortageView:
    entries, seats = called.entries, called.seats
    missing = [
        ngettext("%(entry)s: %(num)d sheet missing", "%(entry)s: %(num)d sheets missing", reads, entry=entry_name(entries, key))
        for key, reads in found["missing"]
    ] + [
        ngettext("%(judge)s: %(num)d entry below the least", "%(judge)s: %(num)d entries below the least", reads, judge=seat_name(seats, key))
        for key, reads in found["under"]
    ]  # fmt: skip
    loads = {line[0]: (line[3], line[4]) for line in found["partial"]["loads"]}
    wanted = {line[0]: line[1] for line in found["partial"]["entries"]}
    return ShortageView(
        why=telling.shortage_words(found),
        entries=tuple(entry_name(entries, key) for key in found["entries"]),
        judges=tuple(seat_name(seats, key) for key in found["seats"]),
        missing=tuple(missing),
        rules=telling.rule_words(found["rules"]),
        remedies=tuple(
            _remedy(index, one, loads, wanted, called, panel) for index, one in enumerate(found["remedies"])
        ),
    )


def _remedy(
    index: int,
    one: Mapping[str, Any],
    loads: Mapping[int, tuple[int, int | None]],
    wanted: Mapping[int, int],
    called: Called,
    panel: str,
) -> RemedyLine:
    text = telling.remedy_words(one, loads, wanted, called.entries, called.seats, called.categories)
    then = telling.left_words(one["left"])
    if one["kind"] == "waive":
        return RemedyLine(text, then, links=((f"{panel}/conflicts", _("Ask two people for it")),))
    if one["kind"] == "add-judge":
        people = tuple(
            (f"{panel}/test/{key}", _("Test %(name)s", name=name)) for key, name in called.people.items()
        )
        return RemedyLine(text, then, links=(*people, (f"{panel}#invite", _("Invite somebody new"))))
    return RemedyLine(text, then, index=index)
